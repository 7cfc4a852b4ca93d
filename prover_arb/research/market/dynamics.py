"""Prices that move, and a policy that is refitted: its regret against hindsight.

A market is replayed over T periods. In each of them every prover's prices are multiplied by a
factor, which is infinite while the prover is off the market. Customers want the same solve rate in
every period. Three ways to buy are compared:

    market      the cheapest single prover of the period
    refitted    an arbitrageur whose thresholds date from its last refit
    hindsight   an arbitrageur that refits every period, knowing its prices

Thresholds are amounts of money, so after a price cut the old ones buy more attempts. A policy that
is out of date goes on with its last prover until it reaches the wanted rate; where it cannot, it
buys at the market price instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from prover_arb.errors import InputError
from prover_arb.research.curves.cascade import evaluate
from prover_arb.research.curves.cascade_search import FIT_POINTS, FIT_PRICES, cheapest_by_climbing
from prover_arb.research.curves.prover_curve import ProverCurve
from prover_arb.research.curves.solve import budget_grid, curve, read_cost
from prover_arb.research.market.model import Market
from prover_arb.scheduler.index.arrays import Floats

Scenario = Literal["random-walk", "price-cut", "new-model", "outage"]

SCENARIOS: tuple[Scenario, ...] = get_args(Scenario)


def price_path(scenario: Scenario, provers: int, periods: int, *, seed: int = 0) -> Floats:
    """Returns the factors [T, m] on each prover's prices; inf while it does not sell.

    random-walk   every price moves by about 5% a period, independently of the others
    price-cut     the most expensive prover halves its prices after a third of the time
    new-model     the most expensive prover enters the market after a third of the time
    outage        the cheapest prover is off the market in the middle third

    Raises:
        InputError: the scenario is unknown.
    """
    path = np.ones((periods, provers))
    third = periods // 3
    if scenario == "random-walk":
        steps = np.random.default_rng(seed).normal(0.0, 0.05, (periods, provers))
        steps[0] = 0.0
        path = np.exp(np.cumsum(steps, axis=0))
    elif scenario == "price-cut":
        path[third:, -1] = 0.5
    elif scenario == "new-model":
        path[:third, -1] = np.inf
    elif scenario == "outage":
        path[third : 2 * third, 0] = np.inf
    else:
        raise InputError(f"unknown scenario {scenario!r}; known: {', '.join(SCENARIOS)}")
    return path


@dataclass(frozen=True)
class PriceReplay:
    """Costs per problem of the wanted solve rate, each [T]; inf where it cannot be had."""

    market: Floats
    refitted: Floats
    hindsight: Floats
    refits: NDArray[np.int64]
    """The periods in which the policy was refitted."""

    @property
    def regret(self) -> Floats:
        """What knowing each period's prices would have saved, added up [T]."""
        known = np.isfinite(self.refitted) & np.isfinite(self.hindsight)
        lost = np.zeros(len(known))
        lost[known] = self.refitted[known] - self.hindsight[known]
        return np.asarray(np.cumsum(lost))

    @property
    def relative_regret(self) -> float:
        """Regret over the cost with hindsight, in the periods in which the rate can be reached."""
        known = np.isfinite(self.refitted) & np.isfinite(self.hindsight)
        total = float(self.hindsight[known].sum())
        lost = float((self.refitted[known] - self.hindsight[known]).sum())
        return lost / total if total > 0 else float("nan")


def replay(market: Market, factors: Floats, rate: float, *, every: int) -> PriceReplay:
    """Replays a market whose prices follow `factors` [T, m], refitting `every` so many periods."""
    periods = len(factors)
    fitted: dict[bytes, tuple[Floats, float]] = {}
    single, stale, best = (np.full(periods, np.inf) for _ in range(3))
    tau = np.zeros(len(market.provers))
    refits = []
    top = float(market.budgets[-1])
    for t, factor in enumerate(factors):
        key = factor.tobytes()
        selling = np.isfinite(factor)
        selling_now = [
            prover.scaled(float(f))
            for prover, f, here in zip(market.provers, factor, selling, strict=True)
            if here
        ]
        if not selling_now:
            continue
        grid = budget_grid(selling_now, top * float(factor[selling].max()), FIT_POINTS)
        single[t] = min(float(curve(prover, grid).cost(rate)[0]) for prover in selling_now)
        if key not in fitted:
            fitted[key] = _fit(selling_now, grid, rate, selling, single[t])
        if t % every == 0:
            tau, stale[t] = fitted[key]
            refits.append(t)
        else:
            swept = _swept(selling_now, tau[selling], grid, rate)
            stale[t] = swept if np.isfinite(swept) else single[t]
        # With hindsight the old policy may be kept as well, where it is the better one.
        best[t] = min(fitted[key][1], stale[t])
    return PriceReplay(single, stale, best, np.array(refits))


def _fit(
    provers: list[ProverCurve], grid: Floats, rate: float, selling: NDArray[np.bool_], single: float
) -> tuple[Floats, float]:
    cheapest = cheapest_by_climbing(provers, grid, [rate], prices=FIT_PRICES)
    tau = np.zeros(len(selling))
    if np.isfinite(cheapest.cost[0]):
        # Thresholds are interpolated between grid points; rounded up, the cascade reaches the rate.
        tau[selling] = grid[np.searchsorted(grid, cheapest.thresholds[0] * (1 - 1e-12))]
    return tau, min(float(cheapest.cost[0]), single)


def _swept(provers: list[ProverCurve], tau: Floats, grid: Floats, rate: float) -> float:
    """Returns the cost of a cascade at the rate, if its last prover goes on until it is reached."""
    longer = np.append(tau[:-1], grid[-1])
    begins = np.cumsum(longer) - longer
    solved, spend = evaluate(provers, longer[None], np.unique(np.add.outer(begins, grid)))
    return float(read_cost(solved[0], spend[0], rate)[0])
