"""The study of whether a policy fitted in one domain still earns money in others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from prover_arb.research import plots
from prover_arb.research.market.model import Market
from prover_arb.research.market.robustness import Transfer, domains, transfer
from prover_arb.research.study import Plot, Study, number, percent

SAMPLES = (0.25, 0.5, 1.0)


def robustness_study(
    market: Market, *, repeats: int = 20, volume: float = 100_000, seed: int = 0
) -> Study:
    """Returns the study of fitting on each domain with three search budgets."""
    results = transfer(market, samples=SAMPLES, repeats=repeats, seed=seed)
    groups = domains(market.problems)
    rows = []
    for result in results:
        low, high = result.interval()
        mean = float(np.mean(result.margins)) if result.margins else float("nan")
        net = result.net_profit(volume) / result.price if result.margins else float("nan")
        rows.append(
            [
                result.trained_on,
                str(result.sample),
                number(result.search),
                percent(mean),
                f"{percent(low)} to {percent(high)}",
                percent(net),
                str(result.skipped),
            ]
        )
    return Study(
        name="robustness",
        title="Does a policy still earn on problems of another kind?",
        sentences=_sentences(results, groups, volume),
        header=[
            "fitted on",
            "problems",
            "search cost",
            "margin elsewhere",
            "90% of samples",
            f"net, {volume:,.0f} sold",
            "samples without a price",
        ],
        rows=rows,
        data={
            "volume": volume,
            "domains": {name: len(numbers) for name, numbers in groups.items()},
            "transfers": [
                {
                    "fitted_on": result.trained_on,
                    "sample": result.sample,
                    "search": result.search,
                    "margins": result.margins,
                    "profits": result.profits,
                    "interval": result.interval(),
                    "net_profit": result.net_profit(volume),
                    "market_price": result.price,
                    "skipped": result.skipped,
                }
                for result in results
            ],
        },
        plots=_plots(results) if results else [],
    )


def _sentences(results: Sequence[Transfer], groups: dict[str, Any], volume: float) -> list[str]:
    if not results:
        return [
            f"The problems fall into {len(groups)} domain(s) large enough; it takes two to fit on "
            "one and sell on another."
        ]
    usable = [result for result in results if result.margins]
    if not usable:
        return ["No fitted policy reached a solve rate that a single prover sells elsewhere."]
    largest = [
        result
        for result in usable
        if result.sample
        == max(other.sample for other in usable if other.trained_on == result.trained_on)
    ]
    earning = [result for result in largest if result.net_profit(volume) > 0]
    mean = float(np.mean([np.mean(result.margins) for result in largest]))
    return [
        f"Fitted on all problems of one domain and sold on the others, policies keep a mean margin "
        f"of {percent(mean)}; {len(earning)} of {len(largest)} domains still earn once the search "
        f"is spread over {volume:,.0f} problems.",
        "The interval holds 90% of fits on problems drawn again from the domain, so it shows how "
        "much hangs on the sample.",
    ]


def _plots(results: Sequence[Transfer]) -> list[Plot]:
    usable = [result for result in results if result.margins]

    def drawn() -> Any:
        names = list(dict.fromkeys(result.trained_on for result in usable))
        figure = plots.figure(
            "search cost (log)", "margin on the other domains", xaxis=plots.LOG, yaxis=plots.SHARE
        )
        figure.update_layout(hovermode="closest")
        for name, tint in plots.colours(names).items():
            own = [result for result in usable if result.trained_on == name]
            means = np.array([np.mean(result.margins) for result in own])
            ends = np.array([result.interval() for result in own])
            plots.line(
                figure,
                [result.search for result in own],
                means,
                name,
                tint,
                mode="lines+markers",
                error_y={
                    "type": "data",
                    "array": ends[:, 1] - means,
                    "arrayminus": means - ends[:, 0],
                    "thickness": 1,
                },
                hover="%{y:.1%}",
            )
        return figure

    return [
        Plot(
            "robustness",
            "Margin on all other domains against what the search cost, by the domain a policy was "
            "fitted on. Bars hold 90% of repeated samples; below zero the policy loses money.",
            drawn,
            {
                "fitted_on": [result.trained_on for result in usable],
                "search": [result.search for result in usable],
                "margin": [float(np.mean(result.margins)) for result in usable],
                "low": [result.interval()[0] for result in usable],
                "high": [result.interval()[1] for result in usable],
            },
        )
    ]
