"""The two worlds: how a record of n attempts and s successes on one theorem is read.

independent   every attempt succeeds with chance s/n
beta          the chance is drawn once from Beta(s + 0.3, n - s + 0.3), and stays unknown
"""

from __future__ import annotations

from typing import Literal, get_args

World = Literal["independent", "beta"]

WORLDS: tuple[World, ...] = get_args(World)

PSEUDO = 0.3
"""Successes, and failures, added to a record in the beta world."""
