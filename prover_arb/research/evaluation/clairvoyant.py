"""The bound: a customer who knows every theorem's success rates and costs.

For such a customer the cheapest way to a proof is the prover with the least c/p, tried until it
succeeds, and it is worth the money where c/p is below the value V of a proof. Where rates are drawn
from a distribution, X = min_j c_j/p_j is a random variable with P(X > x) = prod_j P(p_j <= c_j/x),
and

    solved(V) = P(X <= V)        cost(V) = V P(X <= V) - integral over x < V of P(X <= x)
"""

from __future__ import annotations

import numpy as np

from prover_arb.research.evaluation.world_outcomes import rate_below
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.world import World

STEPS = 4000
"""Points of the numeric integral."""


def clairvoyant(panel: Panel, world: World, values: Floats) -> tuple[Floats, Floats]:
    """Returns (solved, cost), each [N, L], for values of a proof `values` [L]."""
    if world == "independent":
        rate = panel.successes / panel.attempts
        price_of_proof = np.where(rate > 0, panel.cost / np.where(rate > 0, rate, 1.0), np.inf)
        least = price_of_proof.min(axis=1)[:, None]
        worth = least <= values
        return worth.astype(np.float64), np.where(worth, least, 0.0)
    # X is never below the cheapest attempt, so the integral may begin there.
    grid = np.geomspace(panel.cost.min() * 0.5, float(values[-1]), STEPS)
    missed = np.ones((len(panel), len(grid)))
    for j in range(len(panel.provers)):
        record = panel.successes[:, [j]], panel.attempts[:, [j]]
        missed *= rate_below(panel.reading(j, world), *record, panel.cost[:, [j]] / grid)
    below = 1.0 - missed
    area = np.concatenate(
        [
            np.zeros((len(panel), 1)),
            np.cumsum((below[:, 1:] + below[:, :-1]) / 2 * np.diff(grid), axis=1),
        ],
        axis=1,
    )
    solved = np.array([np.interp(values, grid, row) for row in below])
    cost = values * solved - np.array([np.interp(values, grid, row) for row in area])
    return solved, cost
