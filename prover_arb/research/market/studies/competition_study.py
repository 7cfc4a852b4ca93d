"""The study of how the price changes when several arbitrageurs compete."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.research import plots
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
    trade: Arbitrage | None = None,
    arbitrageurs: int = 2,
    step: float = 0.05,
    fixed: float = 0.02,
) -> Study:
    """Returns the study of undercutting at the widest margin, and of the end at every rate.

    `fixed` is the fixed cost of an arbitrageur per period, as a share of what customers pay for one
    period's problems at the market price.
    """
    trade = trade or arbitrage(market)
    at = widest(trade)
    price, cost = float(trade.price[at]), float(trade.cost[at])
    price_war = undercut(price, [cost] * arbitrageurs, step)
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
        for turn, p in enumerate(price_war.prices)
    ]
    return Study(
        name="competition",
        title="What competition among arbitrageurs does",
        sentences=[
            f"At {percent(trade.rates[at])} solved, {arbitrageurs} arbitrageurs undercutting by "
            f"{percent(step)} of the market price take {len(price_war.undercutters)} turns to "
            f"bring it from {number(price)} to {number(price_war.price)}; the margin ends at "
            f"{percent((price_war.price - cost) / price_war.price)} and customers keep "
            f"{percent((price - price_war.price) / price)}.",
            f"If each of them has fixed costs of {percent(fixed)} of a period's turnover, "
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
            "walk": price_war.prices,
            "undercut_by": price_war.undercutters,
            "periods": [p.__dict__ for p in periods],
        },
        plots=_plots(trade, price_war, periods, (before, after), cost),
    )


def _slope(before: Any, after: Any) -> str:
    known = np.isfinite(before) & np.isfinite(after)
    if not known.any():
        return "too few solve rates to tell"
    lost = float((after[known] < before[known]).mean())
    return f"at {percent(lost)} of the solve rates it is lower with arbitrage"


def _plots(
    trade: Arbitrage,
    price_war: PriceWar,
    periods: list[Period],
    slope: tuple[Any, Any],
    cost: float,
) -> list[Plot]:
    before, after = slope

    def prices_by_turn() -> Any:
        drawn = plots.figure("turn, or period", "price per problem")
        turns = list(range(len(price_war.prices)))
        plots.line(drawn, turns, price_war.prices, "undercutting", plots.STRONG)
        entered = [float(price_war.prices[0]), *(p.price for p in periods)]
        plots.line(
            drawn,
            list(range(len(entered))),
            entered,
            "entry and exit, fixed costs",
            plots.PALETTE[0],
        )
        plots.line(
            drawn,
            [0, max(len(price_war.prices), len(entered)) - 1],
            [cost, cost],
            "cost of the cascade",
            plots.QUIET,
            dash="dot",
        )
        return drawn

    def slopes() -> Any:
        drawn = plots.rate_figure(
            "marginal revenue of provers",
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

    entered = [float(price_war.prices[0]), *(p.price for p in periods)]
    length = max(len(price_war.prices), len(entered))
    return [
        Plot(
            "competition-walk",
            "How the price falls from the market's to the cascade's cost, by undercutting alone, "
            "and where arbitrageurs enter, leave and have fixed costs.",
            prices_by_turn,
            {
                "turn": range(length),
                "undercutting": _padded(price_war.prices, length),
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
