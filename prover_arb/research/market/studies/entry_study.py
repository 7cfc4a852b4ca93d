"""The study of when a small prover first earns money, with and without arbitrage."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.errors import InputError
from prover_arb.research import plots
from prover_arb.research.market.entry import Growth, first_earning, growth
from prover_arb.research.market.model import Market
from prover_arb.research.study import Plot, Study, percent, share, tell


def entry_study(market: Market, *, small: str | None = None) -> Study:
    """Returns the study of a prover whose pass rate grows from 0 to the recorded one.

    It is the cheapest prover, or `small`.

    Raises:
        InputError: `small` is not on the market.
    """
    name = small or market.names[0]
    if name not in market.names:
        raise InputError(f"--small: no prover {name!r}; there are {', '.join(market.names)}")
    stages = growth(market, name, [float(f) for f in np.linspace(0, 1, 11)])
    early = first_earning(stages, with_arbitrage=True)
    late = first_earning(stages, with_arbitrage=False)
    return Study(
        name="entry",
        title="When a small prover first earns",
        sentences=_sentences(name, early, late),
        header=[
            "share of the recorded pass rate",
            "pass rate",
            "share of revenue without arbitrage",
            "share of revenue with arbitrage",
        ],
        rows=[
            [
                f"{stage.factor:.2f}",
                percent(stage.pass_rate),
                percent(stage.without),
                percent(stage.with_arbitrage),
            ]
            for stage in stages
        ],
        data={
            "prover": name,
            "pass_rate": [stage.pass_rate for stage in stages],
            "factor": [stage.factor for stage in stages],
            "without": [stage.without for stage in stages],
            "with": [stage.with_arbitrage for stage in stages],
            "first_with": early.pass_rate if early else None,
            "first_without": late.pass_rate if late else None,
        },
        plots=[
            Plot(
                "entry",
                f"Share of all provers' revenue that {name} takes, mean over solve rates, as its "
                "pass rate grows to the recorded one (independent draws).",
                lambda: _draw(stages),
                {
                    "pass_rate": [stage.pass_rate for stage in stages],
                    "without": [stage.without for stage in stages],
                    "with": [stage.with_arbitrage for stage in stages],
                },
            )
        ],
    )


def _sentences(name: str, early: Growth | None, late: Growth | None) -> list[str]:
    if early is None and late is None:
        return [
            f"{name} earns nothing up to its recorded pass rate, with arbitrage or without: it "
            "sells no solve rate alone, and no cheapest cascade uses it."
        ]
    if early is None and late is not None:
        return tell(
            "{name} first earns at a pass rate of {late} without arbitrage, and not at all with: "
            "cascades of the other provers are cheaper.",
            name=name,
            late=share(late.pass_rate),
        )
    if late is None and early is not None:
        return tell(
            "{name} first earns at a pass rate of {early} with arbitrage, and not at all without: "
            "it is never the cheapest way to a solve rate alone.",
            name=name,
            early=share(early.pass_rate),
        )
    assert early is not None
    assert late is not None
    why = "arbitrage makes no difference to when"
    if early.pass_rate < late.pass_rate:
        why = (
            "an arbitrageur buys what is good for easy problems before it is the cheapest way to "
            "any solve rate"
        )
    elif early.pass_rate > late.pass_rate:
        why = "cascades of the other provers are cheaper for longer"
    return tell(
        "{name} first earns at a pass rate of {early} with arbitrage, and at {late} without: "
        "{why}.",
        name=name,
        early=share(early.pass_rate),
        late=share(late.pass_rate),
        why=why,
    )


def _draw(stages: list[Any]) -> Any:
    drawn = plots.figure(
        "its pass rate in one attempt (share of problems)",
        "share of provers' revenue",
        xaxis=plots.SHARE,
        yaxis={**plots.SHARE, "rangemode": "tozero"},
    )
    x = [stage.pass_rate for stage in stages]
    for label, y, tint in (
        ("without arbitrage", [stage.without for stage in stages], plots.QUIET),
        ("with arbitrage", [stage.with_arbitrage for stage in stages], plots.STRONG),
    ):
        plots.line(drawn, x, y, label, tint, mode="lines+markers", hover="%{y:.1%}")
    return drawn
