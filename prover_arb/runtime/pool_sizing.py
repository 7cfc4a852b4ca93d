"""Decides how many workers a pool should have; it reads no clock and starts nothing."""

from __future__ import annotations

from dataclasses import dataclass

from prover_arb.core.worker_bounds import Workers


@dataclass(frozen=True)
class PoolLoad:
    """What is known about a pool at one moment."""

    members: int
    """Workers that take requests, now or once they are ready again."""
    not_ready: int = 0
    """Those of them that are being started."""
    joining: int = 0
    """Workers besides that are being started; they become members when they are ready."""
    waiting: int = 0
    """Requests that wait for a worker."""
    waited_seconds: float = 0.0
    """For how long requests have found no free worker."""
    spare: int = 0
    """How many members were free at every moment of a period that ends now; 0 within a period."""
    may_start: bool = True
    """False for a while after a start failed."""


def workers_wanted(load: PoolLoad, bounds: Workers) -> int:
    """Returns how many workers there should be, members and joining ones together.

    While requests wait, that is one more for each of them for which none is being started yet; but
    no more join at a time than there are members, since the queue may be gone when they are ready.
    When some members were not needed for a whole period, these go, and nobody joins any more.
    """
    there = load.members + load.joining
    missing = bounds.least - there
    if missing > 0:
        more = missing
    elif load.waiting and load.waited_seconds >= bounds.patience_seconds:
        unserved = load.waiting - load.joining - load.not_ready
        at_once = max(1, load.members) - load.joining
        more = max(0, min(unserved, at_once, bounds.most - there))
    elif load.spare and not load.waiting:
        return max(bounds.least, load.members - load.spare)
    else:
        more = 0
    return there + more if load.may_start else there
