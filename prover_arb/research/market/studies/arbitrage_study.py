"""The study of arbitrage: price, cost and margin against solve rate, gross and net."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from prover_arb.core.protocols import Policy
from prover_arb.research import plots
from prover_arb.research.market.arbitrage import (
    Arbitrage,
    arbitrage,
    at_rate,
    break_even,
    margin,
    widest,
)
from prover_arb.research.market.model import Market
from prover_arb.research.market.policies import Played, play
from prover_arb.research.study import Plot, Study, amount, count, number, percent, share, tell

VOLUME = 100_000
"""The number of problems over which the cost of the search is spread by default."""


def arbitrage_study(
    market: Market,
    *,
    trade: Arbitrage | None = None,
    verification: float = 0.0,
    volume: float = VOLUME,
    played: Sequence[Played] = (),
) -> Study:
    """Returns the study of a market's arbitrage.

    `verification` is the cost of one verdict in the unit of the records, and `volume` the number of
    problems over which the cost of the search is spread.
    """
    trade = trade or arbitrage(market)
    judged = trade.net_margin(verification=verification)
    net = trade.net_margin(verification=verification, search=market.records_cost / volume)
    rates = np.unique([at_rate(trade, rate) for rate in _round_rates(trade.rates)])
    rows = []
    for i in rates:
        rows.append(
            [
                percent(trade.rates[i]),
                market.names[market.cheapest[i]] if market.cheapest[i] >= 0 else "nobody",
                number(trade.price[i]),
                number(trade.cost[i]),
                percent(trade.margin[i]),
                percent(judged[i]),
                percent(net[i]),
                " + ".join(number(t) for t in trade.thresholds[i]),
            ]
        )
    return Study(
        name="arbitrage",
        title="Where the arbitrage is",
        sentences=_sentences(market, trade, net, verification=verification, volume=volume),
        header=[
            "solved",
            "cheapest prover",
            f"market price{market.per_problem}",
            f"arbitrageur's cost{market.per_problem}",
            "margin (share of price)",
            "net of verification",
            "net of search too",
            f"thresholds{market.in_unit}: " + " + ".join(market.names),
        ],
        rows=rows,
        data={
            "provers": market.names,
            "problems": len(market.problems),
            "unit": market.unit,
            "solve_rate": trade.rates,
            "market_price": trade.price,
            "market_prover": [market.names[j] if j >= 0 else None for j in market.cheapest],
            "arbitrage_cost": trade.cost,
            "margin": trade.margin,
            "margin_net_of_verification": judged,
            "margin_net": net,
            "thresholds": trade.thresholds,
            "attempts": trade.attempts,
            "revenue_change": trade.revenue_change,
            "verification": verification,
            "search": market.records_cost,
            "volume": volume,
            "vectors": trade.vectors,
            "policies": [
                {
                    "policy": p.policy,
                    "budget": p.budget,
                    "solve_rate": p.solved,
                    "cost": p.cost,
                    "margin": _played_margin(market, p),
                }
                for p in played
            ],
        },
        plots=_plots(market, trade, net, played),
    )


def policy_study(market: Market, policies: Sequence[Policy], *, micro: float) -> list[Played]:
    """Replays each policy at budgets from the cheapest attempt to the highest budget."""
    budgets = np.geomspace(float(market.budgets[1]) * 4, float(market.budgets[-1]), 8)
    return [
        play(market, policy, float(budget), micro=micro, draws=2)
        for policy in policies
        for budget in budgets
    ]


def _played_margin(market: Market, played: Played) -> float:
    price = min(float(curve.cost(played.solved)[0]) for curve in market.curves)
    return float(margin([price], [played.cost])[0])


def _sentences(
    market: Market, trade: Arbitrage, net: Any, *, verification: float, volume: float
) -> list[str]:
    priced = np.isfinite(trade.price)
    at = widest(trade)
    if not trade.margin[at] > 0:
        sentences = ["There is no arbitrage: no cascade is cheaper than the cheapest prover."]
    else:
        sentences = tell(
            "The margin is widest, {margin}, at {rate} solved: the market asks {price} per "
            "problem, a cascade costs {cost}. Providers then earn {left} of what they did.",
            margin=share(trade.margin[at]),
            rate=share(trade.rates[at]),
            price=amount(trade.price[at]),
            cost=amount(trade.cost[at]),
            left=share(trade.revenue_change[at]),
        )
        sentences += _search_sentences(market, trade, net, verification=verification, volume=volume)
    if not priced.all():
        first = trade.rates[~priced].min()
        further = np.isfinite(trade.cost[~priced]).any()
        sentences.append(
            f"From {percent(first)} solved on, no single prover reaches the rate, so there is no "
            "market price" + ("; cascades go on." if further else ", and no cascade does either.")
        )
    return sentences


def _search_sentences(
    market: Market, trade: Arbitrage, net: Any, *, verification: float, volume: float
) -> list[str]:
    """Returns what the search costs, and whether the widest margin pays for it."""
    at = widest(trade)
    judged = float(trade.cost[at] + verification * trade.attempts[at])
    worth = break_even(float(trade.price[at]), judged, market.records_cost)
    sentences = tell(
        "Knowing the market cost {search}, the records it was fitted on; selling {worth} problems "
        "there pays for it.",
        otherwise="Verification costs more there than the margin, so no number of problems pays "
        "for knowing the market.",
        search=amount(market.records_cost),
        worth=count(np.ceil(worth)),
    )
    if net[at] > 0:
        sentences += tell(
            "Spread over {volume} problems, the margin is {net} net of verification and search.",
            volume=count(volume),
            net=share(float(net[at])),
        )
    else:
        sentences += tell(
            "Spread over {volume} problems, verification and search cost more than the margin, so "
            "that an arbitrageur stays away.",
            volume=count(volume),
        )
    return sentences


def _round_rates(rates: Any) -> list[float]:
    inside = [r / 100 for r in range(0, 101, 5) if rates[0] - 1e-9 <= r / 100 <= rates[-1] + 1e-9]
    return [*inside, float(rates[-1])] if inside else [float(rates[0]), float(rates[-1])]


def _plots(market: Market, trade: Arbitrage, net: Any, played: Sequence[Played]) -> list[Plot]:
    def prices() -> Any:
        drawn = plots.rate_figure(
            f"cost{market.per_problem}",
            yaxis=plots.LOG,
            height=440,
        )
        for (name, tint), own in zip(
            plots.colours(market.names).items(), market.prices, strict=True
        ):
            plots.line(drawn, trade.rates, own, name, tint, width=1.5, dash="dot")
        plots.line(drawn, trade.rates, trade.price, "market price M", plots.QUIET, width=4)
        plots.line(drawn, trade.rates, trade.cost, "arbitrageur's cost A", plots.STRONG, width=4)
        for policy in dict.fromkeys(p.policy for p in played):
            own_points = [p for p in played if p.policy == policy]
            plots.line(
                drawn,
                [p.solved for p in own_points],
                [p.cost for p in own_points],
                policy,
                plots.QUIET,
                mode="markers+lines",
                dash="dash",
                width=1,
            )
        drawn.update_xaxes(range=[float(trade.rates[0]), float(trade.rates[-1])])
        return drawn

    def margins() -> Any:
        drawn = plots.rate_figure(
            "margin, as a share of the market price",
            yaxis={**plots.SHARE, "rangemode": "tozero"},
        )
        plots.line(drawn, trade.rates, trade.margin, "gross", plots.STRONG, hover="%{y:.1%}")
        plots.line(
            drawn,
            trade.rates,
            net,
            "net of verification and search",
            plots.PALETTE[0],
            dash="dash",
            hover="%{y:.1%}",
        )
        return drawn

    def thresholds() -> Any:
        drawn = plots.rate_figure(
            "share of spend",
            yaxis={**plots.SHARE, "range": [0, 1]},
        )
        for (name, tint), spent in zip(
            plots.colours(market.names).items(), trade.shares / trade.cost, strict=True
        ):
            plots.area(drawn, trade.rates, spent, name, tint)
        return drawn

    return [
        Plot(
            "arbitrage-prices",
            "What a problem costs at each solve rate: of each prover (dotted), on the market, and "
            "of the cheapest cascade. Between the two thick lines is the arbitrage.",
            prices,
            {
                "solve_rate": trade.rates,
                **{f"price of {n}": p for n, p in zip(market.names, market.prices, strict=True)},
                "market_price": trade.price,
                "arbitrage_cost": trade.cost,
            },
        ),
        Plot(
            "arbitrage-margin",
            "The arbitrageur's margin, gross and net of verification and of the search for the "
            "policy.",
            margins,
            {"solve_rate": trade.rates, "margin": trade.margin, "margin_net": net},
        ),
        Plot(
            "arbitrage-spend",
            "The policy behind it: how the cheapest cascade divides its spend among provers.",
            thresholds,
            {
                "solve_rate": trade.rates,
                **{f"spent on {n}": s for n, s in zip(market.names, trade.shares, strict=True)},
                **{
                    f"threshold of {n}": t
                    for n, t in zip(market.names, trade.thresholds.T, strict=True)
                },
            },
        ),
    ]
