"""What becomes of the price when several arbitrageurs compete."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.research.market.arbitrage import Arbitrage, arbitrage, widest
from prover_arb.research.market.competition import (
    Period,
    PriceWar,
    entry_and_exit,
    marginal_revenue,
    undercut,
)
from prover_arb.research.market.model import Market
from prover_arb.research.study import Plot, Study, number, percent


def competition_study(
    market: Market,
    *,
    found: Arbitrage | None = None,
    arbitrageurs: int = 2,
    step: float = 0.05,
    fixed: float = 0.02,
) -> Study:
    """Undercutting at the solve rate of the widest margin, and at every rate in the end.

    `fixed` is the fixed cost of an arbitrageur per period, as a share of what customers pay for one
    period's problems at the market price.
    """
    trade = found or arbitrage(market)
    at = widest(trade)
    price, cost = float(trade.price[at]), float(trade.cost[at])
    walk = undercut(price, [cost] * arbitrageurs, step)
    periods = entry_and_exit(price, cost, volume=1.0, fixed=fixed * price, step=step)
    ended = np.array(
        [
            undercut(m, [a] * arbitrageurs, step).price if np.isfinite(m) else a
            for m, a in zip(trade.price, trade.cost, strict=True)
        ]
    )
    surplus = trade.price - ended
    before = marginal_revenue(trade.rates, trade.price)
    after = marginal_revenue(trade.rates, trade.cost)
    last = periods[-1]
    rows = [
        [str(turn), number(p), percent((p - cost) / p), percent((price - p) / price)]
        for turn, p in enumerate(walk.prices)
    ]
    return Study(
        name="competition",
        title="What competition among arbitrageurs does",
        sentences=[
            f"At {percent(trade.rates[at])} solved, {arbitrageurs} arbitrageurs undercutting by "
            f"{percent(step)} of the market price take {len(walk.sellers)} turns to bring it from "
            f"{number(price)} to {number(walk.price)}; the margin ends at "
            f"{percent((walk.price - cost) / walk.price)} and customers keep "
            f"{percent((price - walk.price) / price)}.",
            f"If being there costs each of them {percent(fixed)} of a period's turnover, "
            f"{last.active} stay and the price ends at {number(last.price)}: fixed costs, not the "
            "cost of proofs, keep it up.",
            "Providers earn A instead of M, so what they earn by the next percentage point of "
            f"problems falls too: {_slope(before, after)}.",
        ],
        header=["turn", "price", "margin", "customers keep"],
        rows=rows,
        data={
            "solve_rate": trade.rates,
            "consumer_price": ended,
            "market_price": trade.price,
            "consumer_surplus": surplus,
            "marginal_revenue_without": before,
            "marginal_revenue_with": after,
            "at_solve_rate": float(trade.rates[at]),
            "walk": walk.prices,
            "undercut_by": walk.sellers,
            "periods": [p.__dict__ for p in periods],
        },
        plots=_plots(trade, walk, periods, (before, after), cost),
    )


def _slope(before: Any, after: Any) -> str:
    known = np.isfinite(before) & np.isfinite(after)
    if not known.any():
        return "too few solve rates to tell"
    lost = float((after[known] < before[known]).mean())
    return f"at {percent(lost)} of the solve rates it is lower with arbitrage"


def _plots(
    trade: Arbitrage, walk: PriceWar, periods: list[Period], slope: tuple[Any, Any], cost: float
) -> list[Plot]:
    before, after = slope

    def walked() -> Any:
        from prover_arb.research import plots  # noqa: PLC0415

        drawn = plots.figure("turn, or period", "price per problem")
        turns = list(range(len(walk.prices)))
        plots.line(drawn, turns, walk.prices, "undercutting", plots.STRONG)
        entered = [float(walk.prices[0]), *(p.price for p in periods)]
        plots.line(
            drawn,
            list(range(len(entered))),
            entered,
            "entry and exit, fixed costs",
            plots.PALETTE[0],
        )
        plots.line(
            drawn,
            [0, max(len(walk.prices), len(entered)) - 1],
            [cost, cost],
            "cost of the cascade",
            plots.QUIET,
            dash="dot",
        )
        return drawn

    def slopes() -> Any:
        from prover_arb.research import plots  # noqa: PLC0415

        drawn = plots.figure(
            "share of problems solved",
            "marginal revenue of provers",
            xaxis=plots.SHARE,
            yaxis=plots.LOG,
        )
        plots.line(
            drawn,
            trade.rates,
            np.where(before > 0, before, np.nan),
            "without arbitrage",
            plots.QUIET,
        )
        plots.line(
            drawn,
            trade.rates,
            np.where(after > 0, after, np.nan),
            "with competing arbitrageurs",
            plots.STRONG,
        )
        return drawn

    entered = [float(walk.prices[0]), *(p.price for p in periods)]
    length = max(len(walk.prices), len(entered))
    return [
        Plot(
            "competition-walk",
            "How the price falls from the market's to the cascade's cost, by undercutting alone, "
            "and where arbitrageurs enter, leave and have fixed costs.",
            walked,
            {
                "turn": range(length),
                "undercutting": _padded(walk.prices, length),
                "entry": _padded(entered, length),
            },
        ),
        Plot(
            "competition-marginal",
            "What all provers together earn by solving one more problem, as its share of all.",
            slopes,
            {"solve_rate": trade.rates, "without": before, "with": after},
        ),
    ]


def _padded(values: Any, length: int) -> list[Any]:
    return [*values, *[None] * (length - len(values))]
