"""Why declarations are not accepted, in one exception."""

from __future__ import annotations

from typing import Literal

from prover_arb.oracle.kernels.official.store import Name

Reason = Literal[
    "wrong_statement",
    "forbidden_axiom",
    "uses_sorry",
    "malformed_declaration",
    "replay_failed",
    "heartbeats",
    "memory",
]
"""Part of the closed list of reasons in verdicts."""

_SHOWN = 120


class Refused(Exception):
    """The declarations are not accepted; the message says why."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def show(name: Name) -> str:
    """A name for a message; a long one is cut."""
    text = ".".join(map(str, name))
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
