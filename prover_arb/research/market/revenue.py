"""What each prover earns, and which solve rates it serves, with and without arbitrage.

Source: arXiv 2603.22404. Without arbitrage, the cheapest prover at q takes all of M(q). With it,
each prover takes what the cascade spends on it, and the arbitrageur keeps M - A.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prover_arb.research.market.arbitrage import Arbitrage
from prover_arb.research.market.model import Market
from prover_arb.scheduler.index.arrays import Floats

SERVES = 0.01
"""A prover serves a solve rate if it takes at least this share of what provers earn there."""


@dataclass(frozen=True)
class Revenue:
    """Revenue per problem, over Q solve rates; NaN where no prover sells."""

    without: Floats
    """What each prover earns without arbitrage [m, Q]."""
    with_arbitrage: Floats
    """What each prover earns with arbitrage [m, Q]."""
    kept: Floats
    """What the arbitrageur keeps if it sells just below the market price [Q]."""

    @property
    def change(self) -> Floats:
        """All provers' revenue with arbitrage over that without [Q]."""
        total = self.without.sum(axis=0)
        out = np.full(total.shape, np.nan)
        np.divide(self.with_arbitrage.sum(axis=0), total, out=out, where=total > 0)
        return out

    @property
    def serving_without(self) -> Floats:
        """How many provers serve each solve rate without arbitrage [Q]."""
        return _serving(self.without)

    @property
    def serving_with(self) -> Floats:
        """How many provers serve each solve rate with arbitrage [Q]."""
        return _serving(self.with_arbitrage)


def revenue(market: Market, trade: Arbitrage) -> Revenue:
    """Returns the revenue of each prover with and without the arbitrage `trade`."""
    sold = np.isfinite(market.price)
    without = np.full(trade.shares.shape, np.nan)
    without[:, sold] = 0.0
    at = np.nonzero(sold)[0]
    without[market.cheapest[at], at] = market.price[at]
    trades = sold & (trade.cost <= market.price)
    shares = np.where(trades, trade.shares, without)
    kept = np.where(trades, market.price, np.nan) - np.where(trades, trade.cost, np.nan)
    return Revenue(without, shares, kept)


def segments(market: Market, shares: Floats) -> list[tuple[str, float, float]]:
    """Returns runs of solve rates that the same provers serve: (provers, from, to)."""
    labels = []
    for column in shares.T:
        total = np.nansum(column)
        if not np.isfinite(column).all() or total <= 0:
            labels.append("nobody")
            continue
        labels.append(
            " + ".join(
                name
                for name, share in zip(market.names, column / total, strict=True)
                if share >= SERVES
            )
        )
    runs: list[tuple[str, float, float]] = []
    for label, rate in zip(labels, market.rates, strict=True):
        if runs and runs[-1][0] == label:
            runs[-1] = (label, runs[-1][1], float(rate))
        else:
            runs.append((label, float(rate), float(rate)))
    return runs


def _serving(shares: Floats) -> Floats:
    total = shares.sum(axis=0)
    part = np.divide(shares, total, out=np.full(shares.shape, np.nan), where=total > 0)
    return np.where(np.isfinite(total), (part >= SERVES).sum(axis=0), np.nan)
