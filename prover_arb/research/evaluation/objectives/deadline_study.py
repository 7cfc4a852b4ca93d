"""The study of deadlines: table, data and plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from prover_arb.research import plots
from prover_arb.research.evaluation.objectives.deadline_outcomes import DeadlineOutcome
from prover_arb.research.evaluation.objectives.study_options import ObjectivesOptions
from prover_arb.research.study import Plot, Study, number, percent
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.planning.deadline_plan import RaceOutcome


def deadline_study(
    panel: Panel, options: ObjectivesOptions, outcomes: Sequence[DeadlineOutcome]
) -> Study:
    """Returns the study of what deadlines cost, with one attempt at a time and with several."""
    count = len(panel)
    rows = [
        [
            f"{number(outcome.deadline)} s",
            *_finish_cells(None if outcome.alone is None else outcome.alone.finish, count)[:2],
            *_finish_cells(outcome.alone_truth, count),
            "-" if outcome.plan is None else str(outcome.plan.max_parallel),
            *_finish_cells(None if outcome.plan is None else outcome.plan.finish, count)[:2],
            *_finish_cells(outcome.truth, count),
            "-" if outcome.truth is None else percent(outcome.truth.waste / outcome.truth.cost),
        ]
        for outcome in outcomes
    ]
    in_time = ["cost", "seconds", "proved in time"]
    return Study(
        name="deadlines",
        title=f"The cheapest plans that expect {percent(options.rate_by_deadline)} proved within a "
        f"deadline for each theorem, world of {options.world} draws",
        sentences=[_deadline_sentence(options, outcomes)],
        header=[
            "deadline",
            "one at a time: planned cost",
            "planned seconds",
            *in_time,
            "in parallel",
            "planned cost",
            "planned seconds",
            *in_time,
            "wasted",
        ],
        rows=rows,
        data={
            "theorems": count,
            "rate": options.rate_by_deadline,
            "world": options.world,
            "deadlines": [asdict(outcome) for outcome in outcomes],
        },
        plots=[_deadline_plot(outcomes)],
    )


def _finish_cells(finish: RaceOutcome | None, count: int) -> list[str]:
    if finish is None:
        return ["-", "-", "-"]
    return [number(finish.cost), number(finish.seconds), percent(finish.solved / count)]


def _deadline_sentence(options: ObjectivesOptions, outcomes: Sequence[DeadlineOutcome]) -> str:
    alone = next((outcome for outcome in outcomes if outcome.alone is not None), None)
    first = next((outcome for outcome in outcomes if outcome.plan is not None), None)
    if first is None or first.plan is None:
        return "No plan expects so many proved within any of these deadlines."
    sentence = (
        f"The shortest deadline that can be met is {number(first.deadline)} s, with "
        f"{first.plan.max_parallel} attempts in parallel"
    )
    if alone is None or alone.alone is None:
        return sentence + "; one at a time meets none of them."
    return (
        f"{sentence}, for {number(first.plan.finish.cost)}; one at a time needs "
        f"{number(alone.deadline)} s, for {number(alone.alone.finish.cost)}. Seconds are means "
        "over theorems, until proved or given up."
    )


def _deadline_plot(outcomes: Sequence[DeadlineOutcome]) -> Plot:
    deadlines = [outcome.deadline for outcome in outcomes]
    alone = [np.nan if outcome.alone is None else outcome.alone.finish.cost for outcome in outcomes]
    in_parallel = [
        np.nan if outcome.plan is None else outcome.plan.finish.cost for outcome in outcomes
    ]

    def draw() -> Any:
        drawn = plots.figure(
            "deadline, seconds", "planned cost of the batch", xaxis=plots.LOG, yaxis=plots.LOG
        )
        ink = plots.colours(["one at a time"])
        marks = {"mode": "lines+markers"}
        plots.line(drawn, deadlines, in_parallel, "in parallel", plots.STRONG, **marks)
        plots.line(drawn, deadlines, alone, "one at a time", ink["one at a time"], **marks)
        return drawn

    return Plot(
        "objectives-deadlines",
        "What a deadline costs, one attempt at a time and with several in parallel.",
        draw,
        {
            "deadline": deadlines,
            "one_at_a_time": alone,
            "in_parallel": in_parallel,
            "max_parallel": [
                None if outcome.plan is None else outcome.plan.max_parallel for outcome in outcomes
            ],
        },
    )
