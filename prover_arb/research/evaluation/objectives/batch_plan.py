"""One budget for many theorems, or a share of them to be solved: the value of a proof for it.

To solve as many of a batch as possible for an expected spend of B is a problem with one constraint,
and its multiplier V is what a proof is worth: maximise sum_i (V solved_i - spent_i), which every
theorem does for itself by the index policy at V, and choose V so that sum_i spent_i = B (Everett,
"Generalized Lagrange Multiplier Method", Operations Research 11, 1963: what is bought that way is
optimal for the budget it happens to spend). The same V is the least at which the solved share is
reached, so a solve rate at least cost needs nothing else. At V no theorem's next attempt gives more
proofs per dollar than 1/V, and none that was bought gave less.

Attempts of all paths sorted by their asking values are the *frontier*: spend and solved theorems
at every V. Attempts are whole, so that a budget is met up to the attempts that ask the same.
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
    """Of a proof; what asks for less is bought."""
    spend: float
    """Expected, of all theorems."""
    solved: float
    """Expected number of theorems."""


@dataclass(frozen=True)
class Frontier:
    """Expected spend and solved theorems of a batch as a proof becomes worth more; E points."""

    value: Floats
    """[E] rising; inf at last: everything on the paths is bought."""
    spend: Floats
    """[E]"""
    solved: Floats
    """[E]"""

    def plan(self, at: int) -> BatchPlan:
        return BatchPlan(float(self.value[at]), float(self.spend[at]), float(self.solved[at]))


def frontier(paths: Paths) -> Frontier:
    """The frontier of a batch."""
    asking, gain, cost = (values.ravel() for values in (paths.asking, paths.gain, paths.cost))
    order = np.argsort(asking, kind="stable")
    order = order[: int(np.isfinite(asking).sum())]
    asking = asking[order]
    # Bought together where they ask the same, so that points stand before each new asking value.
    first = np.nonzero(np.diff(asking, prepend=-1.0))[0]
    before = np.concatenate([first, [len(order)]])
    spend = np.concatenate([[0.0], np.cumsum(cost[order])])
    solved = np.concatenate([[0.0], np.cumsum(gain[order])])
    value = np.concatenate([asking[first], [np.inf]])
    return Frontier(value, spend[before], solved[before])


def for_budget(batch: Frontier, budget: float) -> BatchPlan:
    """The plan that expects to solve most within `budget` for all theorems."""
    at = int(np.searchsorted(batch.spend, budget * (1 + 1e-12), side="right")) - 1
    return batch.plan(max(at, 0))


def for_rate(batch: Frontier, solved: float) -> BatchPlan | None:
    """The cheapest plan that expects to solve so many theorems; None if none does."""
    at = int(np.searchsorted(batch.solved, solved * (1 - 1e-12)))
    return batch.plan(at) if at < len(batch.solved) else None


def at_value(paths: Paths, value: float) -> BatchPlan:
    """What the index policy at `value` expects of a batch, or does, if the paths are played."""
    bought = paths.bought(value)
    return BatchPlan(value, float((bought * paths.cost).sum()), float((bought * paths.gain).sum()))
