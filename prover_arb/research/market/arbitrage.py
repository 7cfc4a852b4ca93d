"""Arbitrage: market price, the arbitrageur's cost and policy, and the margin, at each solve rate.

Source: Olmedo, Schölkopf, Hardt, "Computational Arbitrage in AI Model Markets", 2026,
arXiv 2603.22404. With the market price M(q) and the arbitrageur's cost A(q), the margin is
max(0, M - A) / M, and the arbitrageur may sell at any price in between. Provers then earn A instead
of M, so their revenue changes to A / M of what it was. The net margin subtracts two costs that the
paper leaves out:

    verification   every attempt that an arbitrageur buys is judged: attempts * price of a verdict
    search         the records that a policy is fitted on were bought: their cost / problems sold
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from prover_arb.research.curves.cascade import Cheapest, cheapest_on_grid, outcome
from prover_arb.research.curves.cascade_search import cheapest_by_climbing
from prover_arb.research.market.model import Market
from prover_arb.scheduler.index.arrays import Floats

ROUNDING = 1e-9
"""The share of a price below which a difference is a rounding error of the search, and no gain."""


@dataclass(frozen=True)
class Arbitrage:
    """One arbitrageur in one market; arrays over its Q solve rates, costs per problem."""

    rates: Floats
    """The solve rates q [Q]."""
    price: Floats
    """The market price M(q) [Q]; inf where no single prover reaches q."""
    cost: Floats
    """The arbitrageur's cost A(q) [Q]; inf where no cascade reaches q."""
    thresholds: Floats
    """The thresholds of the cheapest cascade [Q, m]."""
    shares: Floats
    """What each prover earns of A [m, Q]; NaN where A is inf. The sum over provers is A."""
    attempts: Floats
    """Attempts bought per problem [Q]."""
    vectors: int
    """How many threshold vectors were compared."""

    @property
    def margin(self) -> Floats:
        """The gross margin [Q]; NaN where no single prover reaches q, since there is no price."""
        return margin(self.price, self.cost)

    @property
    def revenue_change(self) -> Floats:
        """Provers' revenue with arbitrage over that without [Q]: min(1, A / M)."""
        return 1.0 - self.margin

    def net_margin(self, *, verification: float = 0.0, search: float = 0.0) -> Floats:
        """Returns the margin [Q] after `verification` per attempt and `search` per problem sold.

        Only the arbitrageur is charged; the market price stays what the provers ask. Where the
        arbitrageur would lose money it stays away, and the margin is zero.
        """
        return margin(self.price, self.cost + verification * self.attempts + search)


def margin(price: ArrayLike, cost: ArrayLike) -> Floats:
    """Returns max(0, M - A) / M; NaN where the price M is not finite."""
    m, a = np.asarray(price, dtype=np.float64), np.asarray(cost, dtype=np.float64)
    known = np.isfinite(m) & (m > 0)
    out = np.full(m.shape, np.nan)
    # inf - inf cannot happen: only finite prices are looked at.
    gain = (m[known] - np.broadcast_to(a, m.shape)[known]) / m[known]
    out[known] = np.where(gain > ROUNDING, gain, 0.0)
    return out


def arbitrage(market: Market, grid: Floats | None = None) -> Arbitrage:
    """Finds the best cascades of a market.

    With `grid` [G] every vector of those thresholds (and 0) is compared, as in the paper; without a
    grid the thresholds are searched from coarse to fine, for any number of provers.
    """
    cheapest = _search(market, grid)
    # A single prover is a cascade too, so arbitrage never costs more than the market.
    return described(market, cheapest)


def described(market: Market, cheapest: Cheapest) -> Arbitrage:
    """Adds what each prover earns, and how many attempts are bought, to the cascades of a
    search."""
    shares = np.full((len(market.provers), len(cheapest.rates)), np.nan)
    attempts = np.full(len(cheapest.rates), np.nan)
    for i in np.nonzero(np.isfinite(cheapest.cost))[0]:
        _, spend = outcome(market.provers, cheapest.thresholds[i])
        paid = spend.mean(axis=1)
        # The thresholds were interpolated between grid points, so the sum is off by a rounding.
        scale = cheapest.cost[i] / paid.sum() if paid.sum() > 0 else 1.0
        shares[:, i] = paid * scale
        costs = np.array([prover.cost for prover in market.provers])
        attempts[i] = (spend / costs).sum(axis=0).mean() * scale
    return Arbitrage(
        rates=cheapest.rates,
        price=market.price,
        cost=cheapest.cost,
        thresholds=cheapest.thresholds,
        shares=shares,
        attempts=attempts,
        vectors=cheapest.vectors,
    )


def _search(market: Market, grid: Floats | None) -> Cheapest:
    provers = market.provers
    if grid is None:
        cheapest = cheapest_by_climbing(provers, market.budgets, market.rates)
    else:
        thresholds = np.unique(np.append(grid, 0.0))
        cheapest = cheapest_on_grid(
            provers, [thresholds] * (len(provers) - 1), market.budgets, market.rates
        )
    return _or_single(market, cheapest)


def _or_single(market: Market, cascades: Cheapest) -> Cheapest:
    """Takes the cheapest single prover where it is cheaper than the cascades found."""
    worse = market.price < cascades.cost
    cost, thresholds = cascades.cost.copy(), cascades.thresholds.copy()
    for i in np.nonzero(worse)[0]:
        j = int(market.cheapest[i])
        curve = market.curves[j]
        cost[i] = market.price[i]
        thresholds[i] = 0.0
        thresholds[i, j] = np.interp(cost[i], curve.spend, curve.budget)
    return Cheapest(cascades.rates, cost, thresholds, cascades.vectors)


def break_even(price: float, cost: float, records_cost: float) -> float:
    """Returns how many problems must be sold to pay for the search; inf if it never pays."""
    gain = price - cost
    return records_cost / gain if gain > ROUNDING * price else float("inf")


def at_rate(trade: Arbitrage, rate: float) -> int:
    """Returns the position of the solve rate nearest to `rate`."""
    return int(np.abs(trade.rates - rate).argmin())


def widest(trade: Arbitrage) -> int:
    """Returns the position of the largest margin, or 0 if there is none."""
    gains: Sequence[float] = np.nan_to_num(trade.margin, nan=-1.0)  # type: ignore[assignment]
    return int(np.argmax(gains))
