"""The study of whether a policy fitted in one domain still earns money in others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from prover_arb.research import plots
from prover_arb.research.market.model import Market
from prover_arb.research.market.robustness import Transfer, domains, transfer
from prover_arb.research.study import Plot, Study, count, number, percent, share, tell

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
        rows.append(
            [
                result.trained_on,
                str(result.sample),
                number(result.search),
                percent(result.margin),
                f"{percent(low)} to {percent(high)}" if result.margins else "-",
                percent(result.net_margin(volume)),
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
            f"search cost{market.in_unit}",
            "margin elsewhere (mean over samples)",
            "margin, 90% of samples",
            f"net margin, {volume:,.0f} sold (mean over samples)",
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
                    "margin": result.margin,
                    "net_margin": result.net_margin(volume),
                    "net_profit": result.net_profit(volume),
                    "market_price": result.price,
                    "skipped": result.skipped,
                }
                for result in results
            ],
        },
        plots=_plots(market, results) if results else [],
    )


def _sentences(results: Sequence[Transfer], groups: dict[str, Any], volume: float) -> list[str]:
    if not results:
        number_of = f"{len(groups)} domain{'' if len(groups) == 1 else 's'}"
        return [
            f"The problems fall into {number_of} large enough; it takes two to fit on one and sell "
            "on another."
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
    earning = sum(result.net_margin(volume) > 0 for result in largest)
    mean = float(np.mean([result.margin for result in largest]))
    outcome, so_many = "keep a mean margin of {mean}", "still earn"
    if mean <= 0:
        outcome, so_many = "lose {mean} of the price on average", "earn"
    return [
        *tell(
            "Fitted on all problems of one domain and sold on the others, policies "
            + outcome
            + "; {earning} of {domains} domains "
            + so_many
            + " once the search is spread over {volume} problems.",
            mean=share(abs(mean)),
            earning=count(earning),
            domains=count(len(largest)),
            volume=count(volume),
        ),
        "The interval holds 90% of fits on problems drawn again from the domain, so it shows how "
        "much hangs on the sample.",
    ]


def _plots(market: Market, results: Sequence[Transfer]) -> list[Plot]:
    usable = [result for result in results if result.margins]

    def drawn() -> Any:
        names = list(dict.fromkeys(result.trained_on for result in usable))
        figure = plots.figure(
            f"search cost{market.in_unit}",
            "margin on the other domains (share of price)",
            xaxis=plots.LOG,
            yaxis=plots.SHARE,
        )
        figure.update_layout(hovermode="closest")
        for name, tint in plots.colours(names).items():
            own = [result for result in usable if result.trained_on == name]
            means = np.array([result.margin for result in own])
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
                "margin": [result.margin for result in usable],
                "low": [result.interval()[0] for result in usable],
                "high": [result.interval()[1] for result in usable],
            },
        )
    ]
