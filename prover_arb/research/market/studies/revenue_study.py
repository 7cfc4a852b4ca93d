"""The study of what provers earn and serve, with and without arbitrage."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.research import plots
from prover_arb.research.market.arbitrage import ROUNDING, Arbitrage, arbitrage
from prover_arb.research.market.model import Market
from prover_arb.research.market.revenue import Revenue, revenue, segments
from prover_arb.research.study import Plot, Study, number, share, tell


def revenue_study(market: Market, *, trade: Arbitrage | None = None) -> Study:
    """Returns the study of the revenue and segmentation of a market."""
    trade = trade or arbitrage(market)
    earned = revenue(market, trade)
    before, after = segments(market, earned.without), segments(market, earned.with_arbitrage)
    sold = np.isfinite(market.price)
    rows = []
    for j, name in enumerate(market.names):
        was, now = _mean(earned.without[j, sold]), _mean(earned.with_arbitrage[j, sold])
        rows.append([name, number(was), number(now), _change(was, now)])
    kept = _mean(earned.kept[sold])
    rows.append(["arbitrageur", "0", number(kept), _change(0.0, kept)])
    return Study(
        name="revenue",
        title="Who gains and who loses",
        sentences=_sentences(market, earned, len(before)),
        header=[
            "",
            f"revenue without arbitrage{market.per_problem}",
            f"revenue with arbitrage{market.per_problem}",
            "change of revenue (%)",
        ],
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


def _sentences(market: Market, earned: Revenue, segments_before: int) -> list[str]:
    if not np.isfinite(earned.change).any():
        return ["No single prover reaches any of these solve rates, so none has revenue."]
    lowest = int(np.nanargmin(earned.change))
    if earned.change[lowest] > 1 - ROUNDING:
        return ["Provers earn what they did: there is no arbitrage at any of these solve rates."]
    sentences = tell(
        "Provers together keep {kept} of their revenue on average over solve rates, and {least} "
        "where they lose most, at {rate} solved.",
        kept=share(_mean(earned.change)),
        least=share(earned.change[lowest]),
        rate=share(market.rates[lowest]),
    )
    several = _mean(np.where(np.isfinite(market.price), earned.serving_with, np.nan))
    if several >= 1.05:
        sentences += tell(
            "Without arbitrage one prover serves each solve rate ({segments}); with it "
            "{several} provers earn at once: the market is less segmented.",
            segments=f"{segments_before} segment{'' if segments_before == 1 else 's'}",
            several=f"{several:.1f}",
        )
    return sentences


def _change(was: float, now: float) -> str:
    """Returns how much a revenue grew or fell; `new` if there was none before."""
    if was > 0:
        return f"{now / was - 1:+.1%}" if np.isfinite(now) else "-"
    return "new" if now > 0 else "-"


def _mean(values: Any) -> float:
    """Returns the mean of the values that are defined; NaN if none is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


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
