"""The study of how the price changes when several arbitrageurs compete."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.research import plots
from prover_arb.research.market.arbitrage import ROUNDING, Arbitrage, arbitrage, widest
from prover_arb.research.market.competition import (
    Period,
    PriceWar,
    entry_and_exit,
    marginal_revenue,
    undercut,
)
from prover_arb.research.market.model import Market
from prover_arb.research.study import Plot, Study, amount, number, percent, share, tell


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
        sentences=_sentences(trade, price_war, last, step=step, fixed=fixed, sellers=arbitrageurs)
        + (_slope(before, after) if trade.margin[at] > 0 else []),
        header=[
            "turn",
            f"price{market.per_problem}",
            "margin (share of price)",
            "customers keep (share of market price)",
        ],
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
        plots=_plots(market, trade, price_war, periods, (before, after)),
    )


def _sentences(
    trade: Arbitrage, war: PriceWar, last: Period, *, step: float, fixed: float, sellers: int
) -> list[str]:
    at = widest(trade)
    price, cost = float(trade.price[at]), float(trade.cost[at])
    if not trade.margin[at] > 0:
        return ["There is no margin at any solve rate, so no arbitrageur undercuts the market."]
    sentences = tell(
        "At {rate} solved, {sellers} undercutting by {step} of the market price take {turns} to "
        "bring it from {price} to {end}; the margin ends at {margin} and customers keep {kept}.",
        rate=share(trade.rates[at]),
        sellers="one arbitrageur" if sellers == 1 else f"{sellers} arbitrageurs",
        step=share(step),
        turns="one turn" if len(war.undercutters) == 1 else f"{len(war.undercutters)} turns",
        price=amount(price),
        end=amount(war.price),
        margin=share((war.price - cost) / war.price),
        kept=share((price - war.price) / price),
    )
    if last.active == 0:
        return sentences + tell(
            "If each of them has fixed costs of {fixed} of a period's turnover, none stays: fixed "
            "costs are more than the margin.",
            fixed=share(fixed),
        )
    kept_up = last.price > cost * (1 + ROUNDING)
    return sentences + tell(
        "If each of them has fixed costs of {fixed} of a period's turnover, {stay} and the price "
        "ends at {price}{why}.",
        fixed=share(fixed),
        stay="one stays" if last.active == 1 else f"{last.active} stay",
        price=amount(last.price),
        why=": fixed costs, not the cost of proofs, keep it up" if kept_up else "",
    )


def _slope(before: Any, after: Any) -> list[str]:
    known = np.isfinite(before) & np.isfinite(after)
    if not known.any():
        return []
    lost = float((after[known] < before[known] * (1 - ROUNDING)).mean())
    if lost == 0:
        return ["At no solve rate do provers earn less by the next percentage point of problems."]
    return tell(
        "Providers earn A instead of M, so what they earn by the next percentage point of problems "
        "falls too: at {lost} of the solve rates it is lower with arbitrage.",
        lost=share(lost),
    )


def _plots(
    market: Market,
    trade: Arbitrage,
    price_war: PriceWar,
    periods: list[Period],
    slope: tuple[Any, Any],
) -> list[Plot]:
    before, after = slope
    cost = float(trade.cost[widest(trade)])

    def prices_by_turn() -> Any:
        drawn = plots.figure("turn, or period", "price" + market.per_problem)
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
            "marginal revenue of provers" + market.in_unit,
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
