"""One budget for many theorems, or a solve rate: the outcome of four ways to spend.

    shared    the best index of all theorems buys next, as `bench run --batch-budget` does
    fixed     every theorem is bought for at the value of a proof planned for the whole batch
    refitted  one theorem after another; after each, the value is planned anew from what is left
    equal     every theorem has the same budget of its own, spent by its index

Outcomes are random draws: each draw decides at which attempt of its rollout every theorem is
proved, and all ways meet the same draws. The figures for fixed and equal are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from prover_arb.research.evaluation.objectives.batch_plan import (
    BatchPlan,
    at_value,
    for_budget,
    for_rate,
    frontier,
)
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.planning.paths import NOBODY, Paths

BISECTIONS = 60
"""Steps of the search for the equal budget that solves a given number."""

FURTHER = 5_000
"""How many attempts are considered after the money no longer pays for the best one."""

GRID = 400
"""How many values of a proof a refitted one is chosen from."""


@dataclass(frozen=True)
class DrawnOutcome:
    """Means over draws, and standard deviations from draw to draw."""

    spend: float
    solved: float
    spend_sd: float
    solved_sd: float
    reached: float = 1.0
    """The share of the draws in which the solve rate was reached."""


@dataclass(frozen=True)
class BudgetOutcome:
    """What one batch budget achieves in the four ways."""

    budget: float
    plan: BatchPlan
    shared: DrawnOutcome
    fixed: BatchPlan
    refitted: DrawnOutcome
    equal: BatchPlan
    """Its `value` is the budget of each theorem: an equal part."""
    equal_as_many: float
    """What equal budgets spend to solve as many theorems as `shared`; inf out of reach."""


@dataclass(frozen=True)
class RateOutcome:
    """What one solve rate costs."""

    rate: float
    plan: BatchPlan | None
    """The plan, or None if beliefs say that the rate is out of reach."""
    shared: DrawnOutcome
    fixed: BatchPlan | None
    equal: float
    """What equal budgets spend to solve as many theorems; inf out of reach."""


class BatchSimulation:
    """A batch of theorems with planned paths and rollouts, on which ways to spend are simulated."""

    def __init__(
        self, panel: Panel, plans: Paths, rollouts: Paths, *, draws: int, seed: int
    ) -> None:
        self._plans, self._rollouts = plans, rollouts
        self._planned = frontier(plans)
        on = rollouts.prover != NOBODY
        rows = np.arange(len(panel))[:, None]
        self._price = np.where(on, panel.cost[rows, np.where(on, rollouts.prover, 0)], np.inf)
        self._paid = np.cumsum(np.where(on, self._price, 0.0), axis=1)
        rng = np.random.default_rng(seed)
        uniform = rng.random((draws, len(panel), 1))
        proved = np.cumsum(rollouts.gain, axis=1)
        # [draws, N]: the attempt that is the proof, or one past the last attempt.
        self._proof = np.array([(proved < numbers).sum(axis=1) for numbers in uniform])
        self._orders = [rng.permutation(len(panel)) for _ in range(draws)]
        row, step = np.nonzero(on)
        order = np.lexsort((step, row, rollouts.asking[row, step]))
        self._row, self._step = row[order], step[order]

    def spent(self, budget: float) -> BudgetOutcome:
        plan = for_budget(self._planned, budget)
        shared = self._shared(money=budget, target=None)
        return BudgetOutcome(
            budget,
            plan,
            shared,
            at_value(self._rollouts, plan.value),
            self._refitted(budget),
            self.equal(budget / len(self._rollouts)),
            self.equal_for(shared.solved),
        )

    def reached(self, rate: float) -> RateOutcome:
        theorems = rate * len(self._rollouts)
        plan = for_rate(self._planned, theorems)
        return RateOutcome(
            rate,
            plan,
            self._shared(money=np.inf, target=int(np.ceil(theorems - 1e-9))),
            None if plan is None else at_value(self._rollouts, plan.value),
            self.equal_for(theorems),
        )

    def equal(self, budget: float) -> BatchPlan:
        """Returns the outcome if every theorem has a budget of its own.

        Attempts begin while less than the budget is spent, and are finished, since their cost is
        not known before. A whole batch may therefore spend somewhat more than the budgets together.
        """
        fits = self._paid - self._price < budget * (1 - 1e-12)
        return BatchPlan(
            budget,
            float((fits * self._rollouts.cost).sum()),
            float((fits * self._rollouts.gain).sum()),
        )

    def equal_for(self, solved: float) -> float:
        """Returns what the equal budgets spend that solve so many theorems; inf if none do."""
        low, high = 0.0, float(self._paid.max())
        if self.equal(high).solved < solved:
            return float("inf")
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            low, high = (low, middle) if self.equal(middle).solved >= solved else (middle, high)
        return self.equal(high).spend

    def _shared(self, *, money: float, target: int | None) -> DrawnOutcome:
        price = self._price[self._row, self._step]
        spend, solved, reached = [], [], []
        for proof in self._proof:
            bought = self._step <= proof[self._row]
            row, cost = self._row[bought], price[bought]
            hit = self._step[bought] == proof[row]
            paid, hits = np.cumsum(cost), np.cumsum(hit)
            last = int(np.searchsorted(paid, money * (1 + 1e-12), side="right"))
            if target is not None:
                last = min(last, int(np.searchsorted(hits, target)) + 1)
            last = min(last, len(hits))
            used, proved = (float(paid[last - 1]), int(hits[last - 1])) if last else (0.0, 0)
            if target is None:
                rest = slice(last, last + FURTHER)
                more = _what_fits(money - used, row[rest], cost[rest], hit[rest])
                used, proved = used + more[0], proved + more[1]
            spend.append(used)
            solved.append(proved)
            reached.append(target is None or proved >= target)
        return _drawn(spend, solved, reached)

    def _refitted(self, money: float) -> DrawnOutcome:
        spend, solved = [], []
        for proof, order in zip(self._proof, self._orders, strict=True):
            paid, hits = self._one_after_another(money, proof, order)
            spend.append(paid)
            solved.append(hits)
        return _drawn(spend, solved, [True])

    def _one_after_another(self, money: float, proof: Ints, order: Ints) -> tuple[float, int]:
        grid, by_theorem = self._spend_by_value
        total = by_theorem.sum(axis=0)
        paid, hits = 0.0, 0
        for i in order:
            at = int(np.searchsorted(total, money - paid, side="right")) - 1
            total = total - by_theorem[i]
            wanted = int(np.searchsorted(self._rollouts.asking[i], grid[at])) if at >= 0 else 0
            whole = int(np.searchsorted(self._paid[i], money - paid, side="right"))
            made = min(wanted, whole, int(proof[i]) + 1)
            paid += float(self._paid[i, made - 1]) if made else 0.0
            hits += int(made == proof[i] + 1)
        return paid, hits

    @cached_property
    def _spend_by_value(self) -> tuple[Floats, Floats]:
        """(values of a proof [G], the spend planned for each theorem at each value [N, G])."""
        asking = self._plans.asking
        known = asking[np.isfinite(asking)]
        grid = np.geomspace(known.min(), known.max() * 1.01, GRID)
        place = np.searchsorted(grid, asking, side="right")
        spend = np.zeros((len(asking), GRID + 1))
        np.add.at(spend, (np.arange(len(asking))[:, None], place), self._plans.cost)
        return grid, np.cumsum(spend, axis=1)[:, :GRID]


def _what_fits(left: float, row: Ints, cost: Floats, hit: NDArray[np.bool_]) -> tuple[float, int]:
    """Returns (spend, proofs) of what the rest of the money still pays for.

    A theorem whose next attempt it does not pay for leaves the batch.
    """
    used, proved = 0.0, 0
    out: set[int] = set()
    least = cost.min(initial=np.inf)
    for i, price, proof in zip(row.tolist(), cost.tolist(), hit.tolist(), strict=True):
        if left - used < least:
            break
        if i in out:
            continue
        if price > left - used:
            out.add(i)
            continue
        used, proved = used + price, proved + int(proof)
    return used, proved


def _drawn(spend: list[float], solved: list[int], reached: list[bool]) -> DrawnOutcome:
    return DrawnOutcome(
        float(np.mean(spend)),
        float(np.mean(solved)),
        float(np.std(spend)),
        float(np.std(solved)),
        float(np.mean(reached)),
    )
