"""When a small prover first earns, with and without arbitrage."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.errors import InputError
from prover_arb.research.market.entry import first_earning, growth
from prover_arb.research.market.model import Market
from prover_arb.research.study import Plot, Study, percent


def entry_study(market: Market, *, small: str | None = None, points: int = 11) -> Study:
    """The cheapest prover (or `small`) growing from nothing to what it is.

    Raises:
        InputError: `small` is not on the market.
    """
    name = small or market.names[0]
    if name not in market.names:
        raise InputError(f"--small: no prover {name!r}; there are {', '.join(market.names)}")
    grown = growth(market, name, [float(f) for f in np.linspace(0, 1, points)])
    early = first_earning(grown, with_arbitrage=True)
    late = first_earning(grown, with_arbitrage=False)
    return Study(
        name="entry",
        title="When a small prover first earns",
        sentences=[
            f"{name} first earns "
            + (f"at a pass rate of {percent(early.pass_rate)}" if early else "never")
            + " with arbitrage, and "
            + (f"at {percent(late.pass_rate)}" if late else "not at all")
            + " without: an arbitrageur buys what is good for easy problems long before it is the "
            "cheapest way to any solve rate.",
        ],
        header=["factor", "pass rate", "share of revenue without", "with arbitrage"],
        rows=[
            [
                f"{one.factor:.2f}",
                percent(one.pass_rate),
                percent(one.without),
                percent(one.with_arbitrage),
            ]
            for one in grown
        ],
        data={
            "prover": name,
            "pass_rate": [one.pass_rate for one in grown],
            "factor": [one.factor for one in grown],
            "without": [one.without for one in grown],
            "with": [one.with_arbitrage for one in grown],
            "first_with": early.pass_rate if early else None,
            "first_without": late.pass_rate if late else None,
        },
        plots=[
            Plot(
                "entry",
                f"Share of all provers' revenue that {name} takes, mean over solve rates, as its "
                "pass rate grows to the recorded one (independent draws).",
                lambda: _draw(grown),
                {
                    "pass_rate": [one.pass_rate for one in grown],
                    "without": [one.without for one in grown],
                    "with": [one.with_arbitrage for one in grown],
                },
            )
        ],
    )


def _draw(grown: list[Any]) -> Any:
    from prover_arb.research import plots  # noqa: PLC0415

    drawn = plots.figure(
        "its pass rate in one attempt",
        "share of provers' revenue",
        xaxis=plots.SHARE,
        yaxis={**plots.SHARE, "rangemode": "tozero"},
    )
    x = [one.pass_rate for one in grown]
    for label, y, tint in (
        ("without arbitrage", [one.without for one in grown], plots.QUIET),
        ("with arbitrage", [one.with_arbitrage for one in grown], plots.STRONG),
    ):
        plots.line(drawn, x, y, label, tint, mode="lines+markers", hover="%{y:.1%}")
    return drawn
