"""Threshold cascades fitted on recorded theorems, in three accountings.

Source: Olmedo, Schölkopf, Hardt, "Computational Arbitrage in AI Model Markets", 2026,
arXiv 2603.22404. Up to tau_1 is spent on prover 1, then up to tau_2 on prover 2, and so on. The
accountings differ in what happens to the attempt that does not fit into the rest of tau_j:

    cut     it begins and is cut off: the rest is spent and buys nothing
    whole   attempts begin while less than tau_j is spent, and are finished
    count   tau_j is a number of attempts, whatever they cost

A budget in money reacts to a theorem's own costs: where attempts are short, and theorems therefore
easy, it buys more of them. A count does not, so that cascade uses no cost signal.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from prover_arb.research.evaluation.lattice import blocks
from prover_arb.research.evaluation.world_outcomes import paid, survival
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.world import World

Accounting = Literal["cut", "whole", "count"]

VECTORS = 20_000
"""About how many threshold vectors the coarse grid has."""

FINE = 60
"""Points of the fine grid of each prover."""

ROUNDS = 3
"""How often each threshold is improved on the fine grid."""


def outcomes(
    panel: Panel, prover: int, world: World, thresholds: Floats, accounting: Accounting
) -> tuple[Floats, Floats]:
    """Returns (fail, spend), each [len(thresholds), N], of each threshold on one prover."""
    c = panel.cost[:, prover]
    most = 1.0 if panel.once[prover] else np.inf
    record = panel.reading(prover, world), panel.successes[:, prover], panel.attempts[:, prover]
    if accounting == "count":
        k = np.minimum(thresholds[:, None], most)
        return survival(*record, k), c * paid(*record, k)
    fits = thresholds[:, None] / c
    if accounting == "whole":
        k = np.minimum(np.ceil(fits * (1 - 1e-12)), most)
        return survival(*record, k), c * paid(*record, k)
    k = np.minimum(np.floor(fits * (1 + 1e-12)), most)
    fail = survival(*record, k)
    rest = np.where(k < most, np.maximum(thresholds[:, None] - k * c, 0.0), 0.0)
    return fail, c * paid(*record, k) + rest * fail


def cascade(
    panel: Panel, thresholds: Floats, world: World, accounting: Accounting
) -> tuple[Floats, Floats]:
    """Returns (solved, cost), each [N, L], of the cascades `thresholds` [L, m]."""
    open_ = np.ones((len(thresholds), len(panel)))
    cost = np.zeros_like(open_)
    for j in range(len(panel.provers)):
        fail, spend = outcomes(panel, j, world, thresholds[:, j], accounting)
        cost += open_ * spend
        open_ = open_ * fail
    return (1.0 - open_).T, cost.T


def fit_cascades(panel: Panel, world: World, values: Floats, accounting: Accounting) -> Floats:
    """Returns the best thresholds [L, m] where a proof is worth each of `values` [L].

    All vectors of a coarse grid are compared, then each threshold is improved on a fine one.
    """
    m = len(panel.provers)
    # Where nothing is cut off, a prover that sells one attempt is either asked or not.
    yes_or_no = 0 if accounting == "cut" else int(panel.once.sum())
    points = max(4, int((VECTORS / 2**yes_or_no) ** (1 / max(1, m - yes_or_no))))
    top = float(values[-1])
    grids = [_grid(panel, j, top, points, accounting) for j in range(m)]
    solved, cost = np.zeros(1), np.zeros(1)
    open_ = np.ones((1, len(panel)))
    for j, grid in enumerate(grids):
        fail, spend = outcomes(panel, j, world, grid, accounting)
        cost = (cost[:, None] + open_ @ spend.T / len(panel)).ravel()
        if j < m - 1:
            open_ = (open_[:, None, :] * fail[None, :, :]).reshape(-1, len(panel))
        else:
            solved = 1.0 - (open_ @ fail.T / len(panel)).ravel()
    best = np.array([int(np.argmax(value * solved - cost)) for value in values])
    at = np.unravel_index(best, tuple(len(grid) for grid in grids))
    chosen = np.stack([grid[i] for grid, i in zip(grids, at, strict=True)], axis=1)
    return _refined(panel, world, values, accounting, chosen)


def _refined(
    panel: Panel, world: World, values: Floats, accounting: Accounting, chosen: Floats
) -> Floats:
    m = len(panel.provers)
    grids = [_grid(panel, j, float(values[-1]), FINE, accounting) for j in range(m)]
    tables = [outcomes(panel, j, world, grid, accounting) for j, grid in enumerate(grids)]
    chosen = chosen.copy()
    for i, value in enumerate(values):
        for _ in range(ROUNDS):
            before = chosen[i].copy()
            now = [outcomes(panel, j, world, chosen[i, [j]], accounting) for j in range(m)]
            for j in range(m):
                left_before = np.ones(len(panel))
                for fail, _spend in now[:j]:
                    left_before = left_before * fail[0]
                behind, later = np.zeros(len(panel)), np.ones(len(panel))
                for fail, spend in now[j + 1 :]:
                    behind = behind + later * spend[0]
                    later = later * fail[0]
                fail, spend = tables[j]
                gain = -(
                    value * (fail @ (left_before * later))
                    + spend @ left_before
                    + fail @ (left_before * behind)
                )
                old_fail, old_spend = now[j]
                old = -float(
                    (
                        left_before
                        * (value * old_fail[0] * later + old_spend[0] + old_fail[0] * behind)
                    ).sum()
                )
                best = int(np.argmax(gain))
                if gain[best] > old:
                    chosen[i, j] = grids[j][best]
                    now[j] = (fail[[best]], spend[[best]])
            if (before == chosen[i]).all():
                break
    return chosen


def _grid(panel: Panel, prover: int, top: float, points: int, accounting: Accounting) -> Floats:
    c = panel.cost[:, prover]
    if panel.once[prover] and accounting != "cut":
        return np.array([0.0, 1.0 if accounting == "count" else float(c.max())])
    if accounting == "count":
        return blocks(int(panel.attempts[:, prover].max()), points).astype(np.float64)
    most = min(top, float((c * panel.attempts[:, prover]).max()))
    low = float(c.min()) * 0.99
    return np.concatenate([[0.0], np.geomspace(low, max(most, 2 * low), points - 1)])


def single_thresholds(panel: Panel, prover: int, levels: int) -> Floats:
    """Returns thresholds [levels] of one prover, from below one attempt to all its records."""
    c = panel.cost[:, prover]
    return np.geomspace(c.min() * 0.99, (c * panel.attempts[:, prover]).max(), levels)
