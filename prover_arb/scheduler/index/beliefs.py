"""The quantities that a belief about a new theorem is made of.

A belief is a row of weights over T recorded theorems, each of which stands for its own success
rates and costs. The forest (forest.py) says which recorded theorems a new one is like. It reads the
statement and what purchases revealed: the price of an attempt for provers that sell several
attempts, and the failure for provers that sell only one. What further failures say is Bayes' rule
(table.py).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.panel import Panel

NOISE = 0.5
"""How far, in log cost, a single attempt may be from its theorem's mean. It is assumed, since
records hold means only."""

SPREAD = 0.4
"""How far, in log cost, a theorem's mean price is expected to be from what the belief says."""


def difficulty(rate: Floats, cost: Floats) -> Floats:
    """Returns log odds of success and log cost [T, 2m] of each prover.

    `rate` and `cost` are [T, m]; rates lie strictly between 0 and 1.
    """
    return np.hstack([np.log(rate / (1 - rate)), np.log(cost)])


def smoothed(panel: Panel) -> Floats:
    """Returns success rates [T, m] with half a success and half a failure added."""
    return np.asarray((panel.successes + 0.5) / (panel.attempts + 1.0))


def revealed(solved: Floats, cost: Floats, once: NDArray[np.bool_]) -> Floats:
    """Returns what buying from each prover reveals [T, m].

    That is the log price; for provers that sell one attempt per theorem (`once` [m]) it is whether
    the attempt succeeded (`solved` [T, m]).
    """
    return np.where(once, solved, np.log(cost))
