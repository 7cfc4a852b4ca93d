"""When a small prover first earns money, with and without arbitrage.

Source: arXiv 2603.22404, where a small prover's revenue is shown as its pass rate grows. Here its
pass rate is the recorded one times a factor from 0 to 1, with independent draws, so that the factor
may be any number. The other provers stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from prover_arb.research.curves.prover_curve import ProverCurve
from prover_arb.research.market.arbitrage import arbitrage
from prover_arb.research.market.model import Market
from prover_arb.research.market.revenue import revenue
from prover_arb.scheduler.index.arrays import Floats

EARNS = 0.005
"""A prover earns money if it takes this share of all provers' revenue, as a mean over solve
rates."""

SCALE = 1_000_000
"""A rate is stored as successes among so many attempts."""


@dataclass(frozen=True)
class Growth:
    """The small prover at one factor of its pass rate."""

    factor: float
    pass_rate: float
    """The mean over problems of the chance of one attempt."""
    without: float
    """Its share of provers' revenue, as a mean over solve rates."""
    with_arbitrage: float


def weakened(prover: ProverCurve, factor: float) -> ProverCurve:
    """Returns the same prover succeeding `factor` times as often, in independent draws."""
    rate = factor * prover.successes / prover.attempts
    wins = np.round(rate * SCALE).astype(np.int64)
    # Independent draws need only the rate; the flat tables would have a million entries each.
    return replace(
        prover, attempts=np.full(len(prover), SCALE), successes=wins, estimator="independent"
    )


def growth(market: Market, small: str, factors: Sequence[float]) -> list[Growth]:
    """Returns the small prover's share of revenue at each factor."""
    at = market.names.index(small)
    stages = []
    for factor in factors:
        weak = weakened(market.provers[at], factor)
        changed = market.with_provers(
            [weak if prover.name == small else prover for prover in market.provers]
        )
        earned = revenue(changed, arbitrage(changed))
        position = changed.names.index(small)
        stages.append(
            Growth(
                factor=float(factor),
                pass_rate=float((weak.successes / weak.attempts).mean()),
                without=_share(earned.without, position),
                with_arbitrage=_share(earned.with_arbitrage, position),
            )
        )
    return stages


def first_earning(grown: Sequence[Growth], *, with_arbitrage: bool) -> Growth | None:
    """Returns the smallest factor at which the prover earns money, or None."""
    for stage in grown:
        if (stage.with_arbitrage if with_arbitrage else stage.without) >= EARNS:
            return stage
    return None


def _share(revenues: Floats, position: int) -> float:
    total = revenues.sum(axis=0)
    sold = np.isfinite(total) & (total > 0)
    return float((revenues[position, sold] / total[sold]).mean()) if sold.any() else 0.0
