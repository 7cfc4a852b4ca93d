"""Whether a policy fitted in one domain still earns in others, the search paid for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from prover_arb.research.market.model import Market
from prover_arb.research.market.robustness import Transfer, domains, transfer
from prover_arb.research.study import Plot, Study, number, percent

SAMPLES = (0.25, 0.5, 1.0)


def robustness_study(
    market: Market, *, repeats: int = 20, volume: float = 100_000, seed: int = 0
) -> Study:
    """Fit on each domain with three search budgets, sell on the others."""
    found = transfer(market, samples=SAMPLES, repeats=repeats, seed=seed)
    groups = domains(market.problems)
    rows = []
    for one in found:
        low, high = one.interval()
        mean = float(np.mean(one.margins)) if one.margins else float("nan")
        net = one.net_profit(volume) / one.price if one.margins else float("nan")
        rows.append(
            [
                one.trained_on,
                str(one.sample),
                number(one.search),
                percent(mean),
                f"{percent(low)} to {percent(high)}",
                percent(net),
                str(one.skipped),
            ]
        )
    return Study(
        name="robustness",
        title="Does a policy still earn on problems of another kind?",
        sentences=_sentences(found, groups, volume),
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
                    "fitted_on": one.trained_on,
                    "sample": one.sample,
                    "search": one.search,
                    "margins": one.margins,
                    "profits": one.profits,
                    "interval": one.interval(),
                    "net_profit": one.net_profit(volume),
                    "market_price": one.price,
                    "skipped": one.skipped,
                }
                for one in found
            ],
        },
        plots=_plots(found) if found else [],
    )


def _sentences(found: Sequence[Transfer], groups: dict[str, Any], volume: float) -> list[str]:
    if not found:
        return [
            f"The problems fall into {len(groups)} domain(s) large enough; it takes two to fit on "
            "one and sell on another."
        ]
    usable = [one for one in found if one.margins]
    if not usable:
        return ["No fitted policy reached a solve rate that a single prover sells elsewhere."]
    largest = [
        one
        for one in usable
        if one.sample == max(other.sample for other in usable if other.trained_on == one.trained_on)
    ]
    earning = [one for one in largest if one.net_profit(volume) > 0]
    mean = float(np.mean([np.mean(one.margins) for one in largest]))
    return [
        f"Fitted on all problems of one domain and sold on the others, policies keep a mean margin "
        f"of {percent(mean)}; {len(earning)} of {len(largest)} domains still earn once the search "
        f"is spread over {volume:,.0f} problems.",
        "The interval holds 90% of fits on problems drawn again from the domain, so it shows how "
        "much hangs on the sample.",
    ]


def _plots(found: Sequence[Transfer]) -> list[Plot]:
    usable = [one for one in found if one.margins]

    def drawn() -> Any:
        from prover_arb.research import plots  # noqa: PLC0415

        names = list(dict.fromkeys(one.trained_on for one in usable))
        figure = plots.figure(
            "search cost (log)", "margin on the other domains", xaxis=plots.LOG, yaxis=plots.SHARE
        )
        figure.update_layout(hovermode="closest")
        for name, tint in plots.colours(names).items():
            own = [one for one in usable if one.trained_on == name]
            means = np.array([np.mean(one.margins) for one in own])
            ends = np.array([one.interval() for one in own])
            plots.line(
                figure,
                [one.search for one in own],
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
                "fitted_on": [one.trained_on for one in usable],
                "search": [one.search for one in usable],
                "margin": [float(np.mean(one.margins)) for one in usable],
                "low": [one.interval()[0] for one in usable],
                "high": [one.interval()[1] for one in usable],
            },
        )
    ]
