"""The study of what provers earn and serve, with and without arbitrage."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.research import plots
from prover_arb.research.market.arbitrage import Arbitrage, arbitrage
from prover_arb.research.market.model import Market
from prover_arb.research.market.revenue import revenue, segments
from prover_arb.research.study import Plot, Study, number, percent


def revenue_study(market: Market, *, trade: Arbitrage | None = None) -> Study:
    """Returns the study of the revenue and segmentation of a market."""
    trade = trade or arbitrage(market)
    earned = revenue(market, trade)
    before, after = segments(market, earned.without), segments(market, earned.with_arbitrage)
    sold = np.isfinite(market.price)
    rows = []
    for j, name in enumerate(market.names):
        was, now = earned.without[j, sold].mean(), earned.with_arbitrage[j, sold].mean()
        rows.append([name, number(was), number(now), percent(now / was) if was > 0 else "new"])
    kept = earned.kept[sold].mean()
    rows.append(["arbitrageur", "0", number(kept), "new" if kept > 0 else "-"])
    lowest = int(np.nan_to_num(earned.change, nan=np.inf).argmin())
    several = np.nanmean(np.where(sold, earned.serving_with, np.nan))
    return Study(
        name="revenue",
        title="Who gains and who loses",
        sentences=[
            f"Provers together keep {percent(float(np.nanmean(earned.change)))} of their revenue "
            f"on average over solve rates, and {percent(earned.change[lowest])} where they lose "
            f"most, at {percent(market.rates[lowest])} solved.",
            f"Without arbitrage one prover serves each solve rate ({len(before)} segments); with "
            f"it {several:.1f} provers earn at once: the market is less segmented.",
        ],
        header=["", "revenue without", "with arbitrage", "change"],
        rows=rows,
        data={
            "provers": market.names,
            "solve_rate": market.rates,
            "without": earned.without,
            "with": earned.with_arbitrage,
            "arbitrageur": earned.kept,
            "revenue_change": earned.change,
            "serving_without": earned.serving_without,
            "serving_with": earned.serving_with,
            "segments_without": before,
            "segments_with": after,
        },
        plots=_plots(market, earned.without, earned.with_arbitrage, earned.kept),
    )


def _plots(market: Market, without: Any, with_: Any, kept: Any) -> list[Plot]:
    def stacked(shares: Any, extra: Any) -> Any:
        drawn = plots.rate_figure(
            "share of the market price",
            yaxis={**plots.SHARE, "range": [0, 1]},
            height=320,
        )
        for (name, tint), own in zip(plots.colours(market.names).items(), shares, strict=True):
            plots.area(drawn, market.rates, own / market.price, name, tint)
        if extra is not None:
            plots.area(drawn, market.rates, extra / market.price, "arbitrageur", plots.STRONG)
        return drawn

    columns = {"solve_rate": market.rates, "market_price": market.price}
    return [
        Plot(
            "revenue-without",
            "Who takes what customers pay without arbitrage: the cheapest prover, all of it.",
            lambda: stacked(without, None),
            {**columns, **dict(zip(market.names, without, strict=True))},
        ),
        Plot(
            "revenue-with",
            "And with it, if the arbitrageur asks just below the market price.",
            lambda: stacked(with_, kept),
            {**columns, **dict(zip(market.names, with_, strict=True)), "arbitrageur": kept},
        ),
    ]
