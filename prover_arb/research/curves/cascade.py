"""Threshold cascades: up to tau_1 on prover 1, then up to tau_2 on prover 2, and so on.

Source: Olmedo, Schölkopf, Hardt, "Computational Arbitrage in AI Model Markets", 2026,
arXiv 2603.22404. A cascade tau = (tau_1, ..., tau_m) leaves problem i unsolved with probability
prod_j fail_ij(tau_j), and spends on it

    sum_j  prod_{l<j} fail_il(tau_l) * spend_ij(tau_j)

since prover j is asked only about what the provers before it left. A customer who stops at a budget
b uses the first b of the cascade, so every cascade is a whole curve: its *sweep*. The arbitrageur's
cost A(q) is the least cost at q of all sweeps.

Everything here is exact for the tables that are given; the grids are the only approximation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prover_arb.research.curves.prover_curve import ProverCurve
from prover_arb.research.curves.solve import read_cost
from prover_arb.scheduler.index.arrays import Floats


@dataclass(frozen=True)
class Cheapest:
    """The least cost of each of Q solve rates, and the cascade that has it."""

    rates: Floats
    """The solve rates [Q]."""
    cost: Floats
    """The expected spend per problem [Q]; inf where no cascade reaches the rate."""
    thresholds: Floats
    """tau_j in the order of the provers [Q, m]; NaN where no cascade reaches the rate."""
    vectors: int
    """How many threshold vectors were compared."""


def evaluate(
    provers: Sequence[ProverCurve], thresholds: ArrayLike, budgets: Floats
) -> tuple[Floats, Floats]:
    """Returns the sweeps of given cascades: (solve rate, spend per problem), each [V, B].

    `thresholds` is [V, m]. At budget b a cascade has spent min(b, tau_1) on the first prover,
    min(b - tau_1, tau_2) on the second if anything is left, and so on.
    """
    tau = np.atleast_2d(np.asarray(thresholds, dtype=np.float64))
    solved = np.empty((len(tau), len(budgets)))
    spend = np.empty_like(solved)
    for rows, fail, paid, begin, stage in _stages(provers, tau):
        most = tau[rows[0], stage] if _same(tau[rows, stage]) else None
        width = tau[rows, stage].max()
        here = (budgets >= begin) & (budgets <= begin + width + 1e-12 * (1 + width))
        last = stage == len(provers) - 1
        if last:
            here = budgets >= begin
        if not here.any():
            continue
        x = budgets[here] - begin
        f, c = provers[stage].tables(x if most is None else np.minimum(x, most))
        unsolved, spent = f @ fail / len(fail), paid + c @ fail / len(fail)
        if most is not None:
            solved[np.ix_(rows, here)] = 1.0 - unsolved
            spend[np.ix_(rows, here)] = spent
            continue
        for row in rows:
            # Beyond its own threshold a vector is overwritten by its next stage, or stays constant.
            end = tau[row, stage]
            stop, cost = (t @ fail / len(fail) for t in provers[stage].tables(end))
            inside = x <= end
            solved[row, here] = 1.0 - np.where(inside, unsolved, stop)
            spend[row, here] = np.where(inside, spent, paid + cost)
    return solved, spend


def cheapest_on_grid(
    provers: Sequence[ProverCurve], grids: Sequence[Floats], sweep: Floats, rates: ArrayLike
) -> Cheapest:
    """Returns A(q) over all cascades with thresholds on `grids`, each swept along `sweep`.

    `grids` holds one array for every prover but the last, each with a 0; `sweep` [B] begins with 0.
    Time and memory grow with the product of the grids' lengths, B and the number of problems.
    """
    q = np.atleast_1d(np.asarray(rates, dtype=np.float64))
    count, m = len(provers[0]), len(provers)
    best = np.full(q.shape, np.inf)
    tau = np.full((len(q), m), np.nan)
    tables = [prover.tables(sweep) for prover in provers]
    at_grid = [prover.tables(grid) for prover, grid in zip(provers, grids, strict=False)]
    vectors = 0
    fails, paid, taus = np.ones((1, count)), np.zeros(1), np.zeros((1, 0))
    for stage, (fail, spend) in enumerate(tables):
        for block in _blocks(len(fails), 512):
            solved = 1.0 - fails[block] @ fail.T / count
            cost = paid[block, None] + fails[block] @ spend.T / count
            vectors += len(solved)
            for row, prefix in enumerate(taus[block]):
                costs = read_cost(solved[row], cost[row], q)
                better = costs < best * (1 - 1e-12)
                if better.any():
                    best[better] = costs[better]
                    tau[better] = 0.0
                    tau[better, :stage] = prefix
                    tau[better, stage] = read_cost(solved[row], sweep, q[better])
        if stage + 1 < m:
            f, c = at_grid[stage]
            paid = (paid[:, None] + fails @ c.T / count).reshape(-1)
            fails = (fails[:, None, :] * f[None]).reshape(-1, count)
            taus = np.array([[*t, g] for t, g in product(taus, grids[stage])])
    return Cheapest(q, best, tau, vectors)


def outcome(provers: Sequence[ProverCurve], tau: ArrayLike) -> tuple[Floats, Floats]:
    """Returns what one cascade [m] does to each problem: (fail [N], spend [m, N] by prover)."""
    fail = np.ones(len(provers[0]))
    spends = []
    for prover, threshold in zip(provers, np.asarray(tau, dtype=np.float64), strict=True):
        f, c = prover.tables(threshold)
        spends.append(fail * c[0])
        fail = fail * f[0]
    return fail, np.array(spends)


def _stages(
    provers: Sequence[ProverCurve], tau: Floats
) -> Iterator[tuple[NDArray[np.int64], Floats, float, float, int]]:
    """Yields vectors that share a beginning, by stage: (rows, fail [N], paid, begin, stage)."""
    groups = [(np.arange(len(tau)), np.ones(len(provers[0])), 0.0, 0.0)]
    for stage, prover in enumerate(provers):
        following = []
        for rows, fail, paid, begin in groups:
            yield rows, fail, paid, begin, stage
            for value in np.unique(tau[rows, stage]):
                f, c = prover.tables(value)
                following.append(
                    (
                        rows[tau[rows, stage] == value],
                        fail * f[0],
                        paid + float((fail * c[0]).mean()),
                        begin + float(value),
                    )
                )
        groups = following


def _same(values: Floats) -> bool:
    return bool((values == values[0]).all())


def _blocks(length: int, size: int) -> Iterator[slice]:
    for begin in range(0, length, size):
        yield slice(begin, min(begin + size, length))
