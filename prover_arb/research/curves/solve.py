"""Curves of one prover: solve rate and expected spend as a budget grows, and how to read them.

Source: arXiv 2603.22404 (see prover_curve.py). For prover j over N problems:

    P_j(b)   solve rate: mean of pass over problems
    E_j(b)   expected spend per problem up to budget b, the integral of 1 - P_j

The cost of solving a share q is E_j at the budget b(q) where P_j reaches q. Between two budgets of
the grid the curve is read linearly, which a customer achieves by choosing between them at random. A
solve rate beyond the end of a curve costs infinity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prover_arb.research.curves.prover_curve import ProverCurve
from prover_arb.scheduler.index.arrays import Floats


@dataclass(frozen=True)
class Curve:
    """Solve rate and spend per problem on a grid of budgets, each [B]; budgets rise."""

    budget: Floats
    solved: Floats
    spend: Floats

    @property
    def reach(self) -> float:
        """The highest solve rate on the curve."""
        return float(self.solved[-1])

    def cost(self, rates: ArrayLike) -> Floats:
        """Returns the expected spend per problem at each of `rates` [Q]; inf out of reach."""
        return read_cost(self.solved, self.spend, rates)


def budget_grid(provers: list[ProverCurve], most: float, points: int = 250) -> Floats:
    """Returns budgets [points]: 0, then a log grid from half the cheapest attempt to `most`."""
    least = min(float(prover.cost.min()) for prover in provers) / 2
    return np.concatenate([[0.0], np.geomspace(min(least, most / 10), most, points - 1)])


def curve(prover: ProverCurve, budgets: Floats) -> Curve:
    """Returns the curve of one prover at `budgets` [B]."""
    fail, spend = prover.tables(budgets)
    return Curve(budgets, 1.0 - fail.mean(axis=1), spend.mean(axis=1))


def read_cost(solved: Floats, spend: Floats, rates: ArrayLike) -> Floats:
    """Returns the spend at each of `rates` [Q], linear between points; inf above the last point.

    `solved` must not fall; where it is constant, the first and cheapest point counts.
    """
    q = np.atleast_1d(np.asarray(rates, dtype=np.float64))
    right = np.searchsorted(solved, q - 1e-12)
    out = np.full(q.shape, np.inf)
    inside = right < len(solved)
    hi = right[inside]
    lo = np.maximum(hi - 1, 0)
    step = solved[hi] - solved[lo]
    part = np.where(step > 0, (q[inside] - solved[lo]) / np.where(step > 0, step, 1.0), 1.0)
    part = np.clip(part, 0.0, 1.0)
    out[inside] = spend[lo] + part * (spend[hi] - spend[lo])
    return out


def bands(prover: ProverCurve, budgets: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Returns 90% bootstrap bands over problems: (solved low, high, spend low, high), each [B]."""
    fail, spend = prover.tables(budgets)
    weights = bootstrap_weights(len(prover), draws=200, seed=0)
    tail = [0.05, 0.95]
    solved_low, solved_high = np.quantile(1.0 - fail @ weights.T, tail, axis=1)
    spend_low, spend_high = np.quantile(spend @ weights.T, tail, axis=1)
    return solved_low, solved_high, spend_low, spend_high


def bootstrap_weights(problems: int, draws: int, seed: int) -> Floats:
    """Returns weights [draws, problems] that sum to 1: problems drawn with replacement."""
    rng = np.random.default_rng(seed)
    counts: NDArray[np.int64] = rng.multinomial(problems, np.full(problems, 1 / problems), draws)
    return counts / problems
