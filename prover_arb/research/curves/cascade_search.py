"""A search for cheap cascades over many provers, from coarse to fine.

A grid over m thresholds grows as 20^m. Here each threshold is improved in turn while the others
stay. For a price lambda of a solved problem, the value of a cascade is lambda * solved - spend. It
is linear in the tables of the prover whose threshold moves, so one matrix product gives the best of
all grid points. Prices from low to high trace the cheap cascades. The curves through them, along
which one threshold moves at a time, are read at the wanted solve rates.

The result is an upper bound of the least cost.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prover_arb.research.curves.cascade import Cheapest
from prover_arb.research.curves.prover_curve import ProverCurve
from prover_arb.research.curves.solve import read_cost
from prover_arb.scheduler.index.arrays import Floats

Steps = NDArray[np.int64]
"""Thresholds as positions on the grid [m]."""

COARSE = 10
"""The first passes look only at every tenth grid point."""

FIT_POINTS = 80
"""Thresholds on the grid of a search that is repeated many times."""

FIT_PRICES = 30
"""Prices of a solved problem that such a search tries."""

LONGEST = 30
"""The most passes over all thresholds at one price, in case the search cycles."""


class _Search:
    """Tables of m provers on a grid of G thresholds, and what moving one threshold does."""

    def __init__(self, provers: Sequence[ProverCurve], grid: Floats) -> None:
        tables = [prover.tables(grid) for prover in provers]
        self.fail = [f for f, _ in tables]
        self.spend = [c for _, c in tables]
        self.count = len(provers[0])
        self.grid = grid

    def around(self, steps: Steps, j: int) -> tuple[Floats, float, Floats, Floats]:
        """Returns (fail before j, paid before j, fail after j, spend after j) of a cascade."""
        fail, paid = np.ones(self.count), 0.0
        for stage in range(j):
            paid += float((fail * self.spend[stage][steps[stage]]).mean())
            fail = fail * self.fail[stage][steps[stage]]
        after, later = np.ones(self.count), np.zeros(self.count)
        for stage in range(j + 1, len(steps)):
            later = later + after * self.spend[stage][steps[stage]]
            after = after * self.fail[stage][steps[stage]]
        return fail, paid, after, later

    def along(self, steps: Steps, j: int) -> tuple[Floats, Floats]:
        """Returns (solved, spend per problem) as threshold j runs over the grid."""
        fail, paid, after, later = self.around(steps, j)
        f, c = self.fail[j], self.spend[j]
        return (
            1.0 - f @ (fail * after) / self.count,
            paid + (c @ fail + f @ (fail * later)) / self.count,
        )

    def climb(self, steps: Steps, price: float) -> Steps:
        """Returns a cascade that moving one threshold does not improve; coarse steps come first."""
        steps = steps.copy()
        for every in (COARSE, 1):
            for _ in range(LONGEST):
                moved = False
                for j in range(len(steps)):
                    solved, spend = self.along(steps, j)
                    value = price * solved - spend
                    best = int(value[::every].argmax()) * every
                    if value[best] > value[steps[j]] + 1e-12 * abs(value[steps[j]]):
                        steps[j], moved = best, True
                if not moved:
                    break
        return steps


def cheapest_by_climbing(
    provers: Sequence[ProverCurve], grid: Floats, rates: ArrayLike, *, prices: int = 80
) -> Cheapest:
    """Returns a low A(q) for any number of provers, with thresholds on `grid` [G].

    The grid begins with 0; `prices` is how many prices of a solved problem are tried.
    """
    q = np.atleast_1d(np.asarray(rates, dtype=np.float64))
    search = _Search(provers, grid)
    m = len(provers)
    cascades: dict[bytes, Steps] = {}
    zero = np.zeros(m, dtype=np.int64)
    least = min(float(prover.cost.min()) for prover in provers)
    offers = np.geomspace(least, float(grid[-1]) * 10, prices)
    for order in (offers, offers[::-1]):
        steps = zero
        for price in order:
            steps = search.climb(steps, float(price))
            cascades[steps.tobytes()] = steps
    cascades[zero.tobytes()] = zero
    best = np.full(q.shape, np.inf)
    tau = np.full((len(q), m), np.nan)
    looked = 0
    for _ in range(2):
        improved = np.zeros(q.shape, dtype=bool)
        for steps in cascades.values():
            for j in range(m):
                solved, spend = search.along(steps, j)
                looked += len(grid)
                cost = read_cost(solved, spend, q)
                better = cost < best * (1 - 1e-12)
                if better.any():
                    best[better] = cost[better]
                    tau[better] = grid[steps]
                    tau[better, j] = read_cost(solved, grid, q[better])
                    improved |= better
        # Search once more from the best cascades, with each threshold moved a little.
        cascades = _neighbours(tau[improved], grid)
    return Cheapest(q, best, tau, looked)


def _neighbours(tau: Floats, grid: Floats) -> dict[bytes, Steps]:
    cascades: dict[bytes, Steps] = {}
    for row in tau:
        near = np.clip(np.searchsorted(grid, row), 0, len(grid) - 1).astype(np.int64)
        for j in range(len(row)):
            for move in (-3, -1, 0, 1, 3):
                steps = near.copy()
                steps[j] = np.clip(steps[j] + move, 0, len(grid) - 1)
                cascades[steps.tobytes()] = steps
    return cascades
