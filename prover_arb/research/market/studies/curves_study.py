"""What each prover solves for what, in three estimators, with bootstrap bands."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.research.curves.prover_curve import ABOUT, ESTIMATORS, Estimator
from prover_arb.research.curves.solve import Curve, bands, curve
from prover_arb.research.market.model import Market
from prover_arb.research.study import Plot, Study, number, percent
from prover_arb.scheduler.index.arrays import Floats

DASHES: dict[Estimator, str] = {"paper": "solid", "recorded": "dash", "independent": "dot"}

Bands = tuple[Floats, Floats, Floats, Floats]


def curves_study(markets: dict[Estimator, Market]) -> Study:
    """Curves of the same market in each estimator."""
    first = markets[ESTIMATORS[0]]
    found: dict[str, dict[Estimator, Curve]] = {}
    spread: dict[str, dict[Estimator, Bands]] = {}
    for estimator, market in markets.items():
        for one in market.sellers:
            found.setdefault(one.name, {})[estimator] = curve(one, market.budgets)
            spread.setdefault(one.name, {})[estimator] = bands(one, market.budgets)
    rows = []
    for one in first.sellers:
        reaches = [percent(found[one.name][e].reach) for e in ESTIMATORS]
        single = float((one.successes / one.attempts).mean())
        few = int((one.attempts < 10).sum())
        rows.append(
            [
                one.name,
                number(float(one.cost.mean())),
                f"{int(one.attempts.min())} / {int(np.median(one.attempts))}",
                percent(single),
                percent(float((one.successes > 0).mean())),
                *reaches,
                str(few),
            ]
        )
    return Study(
        name="curves",
        title="What each prover solves, and for what",
        sentences=_sentences(first, found),
        header=[
            "prover",
            "cost of an attempt",
            "attempts (least / median)",
            "one attempt solves",
            "ever solved",
            *(f"reach, {e}" for e in ESTIMATORS),
            "problems with < 10 attempts",
        ],
        rows=rows,
        data={
            "problems": len(first.problems),
            "unit": first.unit,
            "budget": first.budgets,
            "estimators": ABOUT,
            "provers": {
                name: {
                    e: {
                        "solved": of[e].solved,
                        "solved_low": spread[name][e][0],
                        "solved_high": spread[name][e][1],
                        "spend": of[e].spend,
                        "spend_low": spread[name][e][2],
                        "spend_high": spread[name][e][3],
                    }
                    for e in markets
                }
                for name, of in found.items()
            },
        },
        plots=_plots(first, found, spread),
    )


def _sentences(market: Market, found: dict[str, dict[Estimator, Curve]]) -> list[str]:
    best = max(market.names, key=lambda name: found[name]["paper"].reach)
    optimism = max(
        market.names,
        key=lambda name: found[name]["paper"].reach - found[name]["independent"].reach,
    )
    gap = found[optimism]["paper"].reach - found[optimism]["independent"].reach
    return [
        f"{len(market.names)} provers on the {len(market.problems)} problems that all of them have "
        f"records of; {best} solves the most, {percent(found[best]['paper'].reach)}.",
        f"How much hangs on the estimator: at the highest budget the paper's estimate of "
        f"{optimism} lies {100 * gap:.1f} percentage points above independent draws.",
    ]


def _plots(
    market: Market,
    found: dict[str, dict[Estimator, Curve]],
    spread: dict[str, dict[Estimator, Bands]],
) -> list[Plot]:
    def against_budget() -> Any:
        from prover_arb.research import plots  # noqa: PLC0415

        drawn = plots.figure(
            "budget for one problem" + _unit(market),
            "solved",
            xaxis=plots.LOG,
            yaxis=plots.SHARE,
            height=440,
        )
        for name, tint in plots.colours(market.names).items():
            x = market.budgets[1:]
            low, high, _, _ = spread[name]["paper"]
            plots.band(drawn, x, low[1:], high[1:], tint)
            for estimator, of in found[name].items():
                plots.line(
                    drawn,
                    x,
                    of.solved[1:],
                    f"{name}, {estimator}",
                    tint,
                    dash=DASHES[estimator],
                    hover="%{y:.1%}",
                )
        return drawn

    def against_rate() -> Any:
        from prover_arb.research import plots  # noqa: PLC0415

        drawn = plots.figure(
            "share of problems solved",
            "expected cost per problem" + _unit(market),
            xaxis=plots.SHARE,
            yaxis=plots.LOG,
            height=440,
        )
        for name, tint in plots.colours(market.names).items():
            for estimator, of in found[name].items():
                plots.line(
                    drawn,
                    market.rates,
                    of.cost(market.rates),
                    f"{name}, {estimator}",
                    tint,
                    dash=DASHES[estimator],
                )
        return drawn

    flat = {f"{name} {e}": of.solved for name, each in found.items() for e, of in each.items()}
    priced = {
        f"{name} {e}": of.cost(market.rates)
        for name, each in found.items()
        for e, of in each.items()
    }
    legend = (
        "Solid: the paper's estimator. Dashed: a replay, never past the recorded attempts (it "
        "parts from the paper's in what it spends). Dotted: independent draws."
    )
    return [
        Plot(
            "curves-budget",
            f"Share solved against the budget for one problem. {legend} The band is 90% of "
            "bootstrap draws over problems, for the paper's estimator.",
            against_budget,
            {"budget": market.budgets, **flat},
        ),
        Plot(
            "curves-cost",
            f"Expected cost of solving a share of the problems. {legend} A line ends where the "
            "prover solves no more.",
            against_rate,
            {"solve_rate": market.rates, **priced},
        ),
    ]


def _unit(market: Market) -> str:
    return f" ({market.unit})" if market.unit else " (records' unit)"
