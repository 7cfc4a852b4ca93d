"""The study of what each prover solves at which cost, with bootstrap bands."""

from __future__ import annotations

from typing import Any

import numpy as np

from prover_arb.research import plots
from prover_arb.research.curves.prover_curve import ABOUT, ESTIMATORS, Estimator
from prover_arb.research.curves.solve import Curve, bands, curve
from prover_arb.research.market.model import Market
from prover_arb.research.study import Plot, Study, count, number, percent, share, tell
from prover_arb.scheduler.index.arrays import Floats

DASHES: dict[Estimator, str] = {"paper": "solid", "recorded": "dash", "independent": "dot"}

SEEN = 0.001
"""The least difference of solve rates that is spoken of."""

Bands = tuple[Floats, Floats, Floats, Floats]


def curves_study(markets: dict[Estimator, Market]) -> Study:
    """Returns the study of the curves of one market in each estimator."""
    first = markets[ESTIMATORS[0]]
    curves: dict[str, dict[Estimator, Curve]] = {}
    bands_by_prover: dict[str, dict[Estimator, Bands]] = {}
    for estimator, market in markets.items():
        for prover in market.provers:
            curves.setdefault(prover.name, {})[estimator] = curve(prover, market.budgets)
            bands_by_prover.setdefault(prover.name, {})[estimator] = bands(prover, market.budgets)
    rows = []
    for prover in first.provers:
        reaches = [percent(curves[prover.name][e].reach) for e in ESTIMATORS]
        single = float((prover.successes / prover.attempts).mean())
        few = int((prover.attempts < 10).sum())
        rows.append(
            [
                prover.name,
                number(float(prover.cost.mean())),
                f"{int(prover.attempts.min())} / {int(np.median(prover.attempts))}",
                percent(single),
                percent(float((prover.successes > 0).mean())),
                *reaches,
                str(few),
            ]
        )
    return Study(
        name="curves",
        title="What each prover solves, and for what",
        sentences=_sentences(first, curves),
        header=[
            "prover",
            f"cost of an attempt{first.in_unit}",
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
                        "solved": by_estimator[e].solved,
                        "solved_low": bands_by_prover[name][e][0],
                        "solved_high": bands_by_prover[name][e][1],
                        "spend": by_estimator[e].spend,
                        "spend_low": bands_by_prover[name][e][2],
                        "spend_high": bands_by_prover[name][e][3],
                    }
                    for e in markets
                }
                for name, by_estimator in curves.items()
            },
        },
        plots=_plots(first, curves, bands_by_prover),
    )


def _sentences(market: Market, curves: dict[str, dict[Estimator, Curve]]) -> list[str]:
    best = max(market.names, key=lambda name: curves[name]["paper"].reach)
    optimism = max(
        market.names,
        key=lambda name: curves[name]["paper"].reach - curves[name]["independent"].reach,
    )
    gap = curves[optimism]["paper"].reach - curves[optimism]["independent"].reach
    sentences = tell(
        "{provers} on the {problems} problems that all of them have records of; {best} solves the "
        "most, {reach}.",
        provers=f"{len(market.names)} prover{'' if len(market.names) == 1 else 's'}",
        problems=count(len(market.problems)),
        best=best,
        reach=share(curves[best]["paper"].reach),
    )
    if gap >= SEEN:
        sentences += tell(
            "How much hangs on the estimator: at the highest budget the paper's estimate of {name} "
            "lies {gap} percentage points above independent draws.",
            name=optimism,
            gap=f"{100 * gap:.1f}",
        )
    else:
        sentences.append(
            "Little hangs on the estimator: at the highest budget no estimate of the paper's lies "
            f"{100 * SEEN:.1f} percentage points above independent draws."
        )
    return sentences


def _plots(
    market: Market,
    curves: dict[str, dict[Estimator, Curve]],
    bands_by_prover: dict[str, dict[Estimator, Bands]],
) -> list[Plot]:
    def against_budget() -> Any:
        drawn = plots.figure(
            "budget" + market.per_problem,
            "share of problems solved",
            xaxis=plots.LOG,
            yaxis=plots.SHARE,
            height=440,
        )
        for name, tint in plots.colours(market.names).items():
            x = market.budgets[1:]
            low, high, _, _ = bands_by_prover[name]["paper"]
            plots.band(drawn, x, low[1:], high[1:], tint)
            for estimator, drawn_curve in curves[name].items():
                plots.line(
                    drawn,
                    x,
                    drawn_curve.solved[1:],
                    f"{name}, {estimator}",
                    tint,
                    dash=DASHES[estimator],
                    hover="%{y:.1%}",
                )
        return drawn

    def against_rate() -> Any:
        drawn = plots.rate_figure(
            "expected cost" + market.per_problem,
            yaxis=plots.LOG,
            height=440,
        )
        for name, tint in plots.colours(market.names).items():
            for estimator, drawn_curve in curves[name].items():
                plots.line(
                    drawn,
                    market.rates,
                    drawn_curve.cost(market.rates),
                    f"{name}, {estimator}",
                    tint,
                    dash=DASHES[estimator],
                )
        return drawn

    named = {
        f"{name} {estimator}": curve
        for name, by_estimator in curves.items()
        for estimator, curve in by_estimator.items()
    }
    solved = {name: curve.solved for name, curve in named.items()}
    priced = {name: curve.cost(market.rates) for name, curve in named.items()}
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
            {"budget": market.budgets, **solved},
        ),
        Plot(
            "curves-cost",
            f"Expected cost of solving a share of the problems. {legend} A line ends where the "
            "prover solves no more.",
            against_rate,
            {"solve_rate": market.rates, **priced},
        ),
    ]
