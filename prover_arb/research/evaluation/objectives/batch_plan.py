"""The value of a proof that a budget for many theorems, or a solve rate, amounts to.

Solving as many theorems of a batch as possible for an expected spend of B is a problem with one
constraint. Its multiplier V is what a proof is worth: maximise sum_i (V solved_i - spent_i), which
the index policy at V does for every theorem separately, and choose V so that sum_i spent_i = B
(Everett, "Generalized Lagrange Multiplier Method", Operations Research 11, 1963: what is bought
that way is optimal for the budget that it happens to spend). The least V at which the wanted share
is solved gives a solve rate at least cost. At V no theorem's next attempt gives more proofs per
dollar than 1/V, and none that was bought gave fewer.

The attempts of all paths, sorted by their asking values, form the *frontier*: spend and solved
theorems at every V. Attempts are bought whole, so a budget is met up to the attempts that have the
same asking value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.planning.paths import Paths


@dataclass(frozen=True)
class BatchPlan:
    """The index policy at one value of a proof, on a whole batch."""

    value: float
    """The value of a proof; attempts that ask for less are bought."""
    spend: float
    """The expected spend on all theorems."""
    solved: float
    """The expected number of solved theorems."""


@dataclass(frozen=True)
class Frontier:
    """Expected spend and solved theorems of a batch at E rising values of a proof."""

    value: Floats
    """The values [E], rising; at the last one, inf, everything on the paths is bought."""
    spend: Floats
    """The expected spend [E]."""
    solved: Floats
    """The expected number of solved theorems [E]."""

    def plan(self, at: int) -> BatchPlan:
        return BatchPlan(float(self.value[at]), float(self.spend[at]), float(self.solved[at]))


def frontier(paths: Paths) -> Frontier:
    """Returns the frontier of a batch."""
    asking, gain, cost = (values.ravel() for values in (paths.asking, paths.gain, paths.cost))
    order = np.argsort(asking, kind="stable")
    order = order[: int(np.isfinite(asking).sum())]
    asking = asking[order]
    # Attempts that ask the same are bought together; a point stands before each new value.
    first = np.nonzero(np.diff(asking, prepend=-1.0))[0]
    before = np.concatenate([first, [len(order)]])
    spend = np.concatenate([[0.0], np.cumsum(cost[order])])
    solved = np.concatenate([[0.0], np.cumsum(gain[order])])
    value = np.concatenate([asking[first], [np.inf]])
    return Frontier(value, spend[before], solved[before])


def for_budget(batch: Frontier, budget: float) -> BatchPlan:
    """Returns the plan that expects to solve most within `budget` for all theorems."""
    at = int(np.searchsorted(batch.spend, budget * (1 + 1e-12), side="right")) - 1
    return batch.plan(max(at, 0))


def for_rate(batch: Frontier, solved: float) -> BatchPlan | None:
    """Returns the cheapest plan that expects to solve so many theorems, or None."""
    at = int(np.searchsorted(batch.solved, solved * (1 - 1e-12)))
    return batch.plan(at) if at < len(batch.solved) else None


def at_value(paths: Paths, value: float) -> BatchPlan:
    """Returns what the index policy at `value` expects, or does in truth on played paths."""
    bought = paths.bought(value)
    return BatchPlan(value, float((bought * paths.cost).sum()), float((bought * paths.gain).sum()))
