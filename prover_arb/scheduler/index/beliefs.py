"""What a belief about a new theorem is made of.

A belief is a row of weights over T recorded theorems, each of which stands for its own success
rates and costs. `forest.py` says which recorded theorems a new one is like, from its statement and
from what purchases revealed: the prices of those who sell several attempts, and of those who sell
one, that it failed. What further failures say is Bayes' rule (`rollout.py`, `table.py`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.panel import Panel

NOISE = 0.5
"""How far, in log cost, a single attempt may be from its theorem's mean; assumed, since records
hold means alone."""

SPREAD = 0.4
"""How far, in log cost, a theorem's mean price is expected to be from what the belief says."""


def difficulty(rate: Floats, cost: Floats, once: NDArray[np.bool_]) -> Floats:
    """[T, d] log odds of success and log cost, of each prover that sells several attempts.

    `rate` [T, m] lies between 0 and 1. Whether one who sells once succeeds is left out: it is met
    as a failure or ends everything, and would count twice.
    """
    several = once if once.all() else ~once
    each = rate[:, several]
    return np.hstack([np.log(each / (1 - each)), np.log(cost[:, several])])


def smoothed(panel: Panel) -> Floats:
    """[T, m] success rates, half a success and half a failure added."""
    return np.asarray((panel.successes + 0.5) / (panel.attempts + 1.0))


def revealed(solved: Floats, cost: Floats, once: NDArray[np.bool_]) -> Floats:
    """[T, m] what buying from each prover reveals: the log price, or where one attempt is all
    there is, whether it succeeded (`solved`)."""
    return np.where(once, solved, np.log(cost))
