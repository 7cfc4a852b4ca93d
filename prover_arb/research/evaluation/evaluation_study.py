"""An evaluation as a table for people, as JSON for programs, and as plots for a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from prover_arb.research import plots
from prover_arb.research.evaluation.candidate_policies import PRIMARY
from prover_arb.research.evaluation.evaluate import Result
from prover_arb.research.evaluation.scores import BOUND, COUNT, Score
from prover_arb.research.study import Plot, Study, number, percent
from prover_arb.scheduler.index.world import PSEUDO

NOTES = [
    "Unless another is named, the reference is the better of two threshold cascades, fitted on the "
    "training folds: one charges the attempt it cuts off, the other launches attempts while its "
    "budget lasts and lets them finish. The cascade of attempt counts stands beside them: budgets "
    "in money react to a theorem's own prices, counts do not.",
    "A theorem's price on a prover is the mean over its recorded attempts, since single attempts "
    "were not recorded with their costs. Policies that react to prices (the two cascades, prices "
    "and contextual) see less noise than on a live market, so their gain from prices is an upper "
    "bound. The policy named noisy pays prices that are off by an assumed factor, and allows for "
    "it; the reference still sees exact ones.",
    "A prover with one attempt on every theorem is assumed to repeat itself: it sells one attempt, "
    "and its outcome is known after that.",
    "Attempts past the recorded ones cost as much as those before. Recording stopped after a quota "
    "of successes, so s/n is somewhat too high where n is small; the independent world keeps "
    f"s/n, the beta world adds {PSEUDO} failures and successes, which draws it back.",
    "Intervals are a paired bootstrap over theorems, without refitting.",
]


def study_of(results: Mapping[str, Result]) -> Study:
    """Returns the study of one market's evaluations, given by world."""
    first = next(iter(results.values()))
    several = len(results) > 1
    rows = [
        [name, *(_cell(results[world].scores[name], cell) for cell in CELLS for world in results)]
        for name in first.scores
    ]
    heads = [f"{head}, {world}" if several else head for head, _ in CELLS for world in results]
    return Study(
        name="schedule",
        title="Policies on held-out theorems: cost against the reference cascade at equal "
        "solve rate",
        sentences=[_sentence(world, result) for world, result in results.items()],
        header=["policy", *heads],
        rows=rows,
        data=_data(results),
        plots=[
            plot
            for world, result in results.items()
            for plot in (_costs(world, result), _reliability(world, result))
        ],
    )


def _ratio(score: Score) -> str:
    return _with_interval(score.band_cost_ratio, *score.interval)


def _counted(score: Score) -> str:
    return _with_interval(*score.against_count)


def _brier(score: Score) -> str:
    return "-" if score.calibration is None else f"{score.calibration.brier:.3f}"


CELLS = (
    ("band cost ratio", _ratio),
    ("against counts", _counted),
    ("clairvoyant share", lambda score: percent(score.clairvoyant_share)),
    ("Brier", _brier),
)


def _cell(score: Score, cell: Any) -> str:
    return str(cell[1](score))


def _with_interval(value: float, low: float, high: float) -> str:
    return f"{value:.3f} [{low:.2f}, {high:.2f}]" if np.isfinite(value) else "-"


def _sentence(world: str, result: Result) -> str:
    band = f"{result.settings.low:.0%} to {result.settings.high:.0%} solved"
    bound = result.scores[BOUND]
    start = f"World of {world} draws, {band}, reference {result.reference}: "
    if PRIMARY in result.scores:
        score = result.scores[PRIMARY]
        start += (
            f"the primary variant, {PRIMARY!r}, costs {_ratio(score)} of the reference and "
            f"{_counted(score)} of the cascade of counts; "
        )
    return start + f"knowing every success rate would cost {bound.band_cost_ratio:.2f} of it."


def _data(results: Mapping[str, Result]) -> dict[str, Any]:
    first = next(iter(results.values()))
    settings = first.settings
    return {
        "provers": list(first.panel.provers),
        "theorems": len(first.panel),
        "folds": settings.folds,
        "seeds": list(settings.seeds),
        "band": [settings.low, settings.high],
        "bootstrap": {"draws": settings.draws, "seed": settings.bootstrap_seed},
        "primary": PRIMARY,
        "notes": NOTES,
        "worlds": {
            world: {
                "reference": result.reference,
                "value_of_a_proof": result.worth,
                "policies": {name: _score(score) for name, score in result.scores.items()},
            }
            for world, result in results.items()
        },
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "source": score.source,
        "band_cost_ratio": score.band_cost_ratio,
        "interval": score.interval,
        "against_count_cascade": {
            "band_cost_ratio": score.against_count[0],
            "interval": score.against_count[1:],
        },
        "sub_bands": {
            band: {"band_cost_ratio": numbers[0], "interval": numbers[1:]}
            for band, numbers in score.sub_bands.items()
        },
        "clairvoyant_share": score.clairvoyant_share,
        "curve": {"solve_rate": score.rates, "cost": score.cost},
        "net_value": score.net_value,
        "regret": score.regret,
        "calibration": None if score.calibration is None else vars(score.calibration),
    }


def _costs(world: str, result: Result) -> Plot:
    reference = result.scores[result.reference].cost

    def draw() -> Any:
        drawn = plots.figure(
            "share of theorems solved",
            "cost, reference cascade = 1",
            xaxis=plots.SHARE,
            yaxis=plots.LOG,
        )
        ink = plots.colours(list(result.scores))
        for name, score in result.scores.items():
            main = name == PRIMARY
            plots.line(
                drawn,
                score.rates,
                score.cost / reference,
                name,
                plots.STRONG if main else ink[name],
                width=4 if main else 2,
                dash="dot" if name in (BOUND, COUNT.name) else "solid",
            )
        return drawn

    return Plot(
        f"costs-{world}",
        f"Cost at equal solve rate on held-out theorems, world of {world} draws.",
        draw,
        {
            "solve_rate": next(iter(result.scores.values())).rates,
            **{name: score.cost for name, score in result.scores.items()},
        },
    )


def _reliability(world: str, result: Result) -> Plot:
    known = {name: score.calibration for name, score in result.scores.items() if score.calibration}

    def draw() -> Any:
        drawn = plots.figure(
            "predicted chance of the next attempt", "recorded success rate",
            xaxis=plots.SHARE, yaxis=plots.SHARE,
        )  # fmt: skip
        plots.line(drawn, [0, 1], [0, 1], "perfect", plots.QUIET, dash="dot")
        ink = plots.colours(list(result.scores))
        for name, calibration in known.items():
            plots.line(
                drawn,
                calibration.predicted,
                calibration.observed,
                name,
                ink[name],
                mode="lines+markers",
            )
        return drawn

    rows = [
        (name, *point)
        for name, calibration in known.items()
        for point in zip(
            calibration.predicted, calibration.observed, calibration.count, strict=True
        )
    ]
    return Plot(
        f"reliability-{world}",
        "Predicted chances against recorded success rates, held-out theorems and all provers, "
        f"before anything was bought (world of {world} draws).",
        draw,
        {
            name: [row[i] for row in rows]
            for i, name in enumerate(("policy", "predicted", "observed", "count"))
        },
    )


def sub_band_rows(result: Result) -> tuple[list[str], list[list[str]]]:
    """Returns (header, rows) of a table of the ratios in the thirds of the band."""
    bands = list(next(iter(result.scores.values())).sub_bands)
    return ["policy", *bands, *(f"net value at {number(v)}" for v in result.worth)], [
        [
            name,
            *(_with_interval(*score.sub_bands[band]) for band in bands),
            *([number(net) for net in score.net_value] or ["-"] * len(result.worth)),
        ]
        for name, score in result.scores.items()
    ]
