"""Deadlines, as a table, as data and as a plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from prover_arb.research.evaluation.objectives.deadline_outcomes import DeadlineOutcome
from prover_arb.research.evaluation.objectives.study_options import ObjectivesOptions
from prover_arb.research.study import Plot, Study, number, percent
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.planning.deadline_plan import RaceOutcome


def deadline_study(
    panel: Panel, asked: ObjectivesOptions, found: Sequence[DeadlineOutcome]
) -> Study:
    """The table of what deadlines cost, one attempt at a time and with several in parallel."""
    count = len(panel)
    rows = [
        [
            f"{number(one.deadline)} s",
            *_finish_cells(None if one.alone is None else one.alone.finish, count)[:2],
            *_finish_cells(one.alone_truth, count),
            "-" if one.plan is None else str(one.plan.max_parallel),
            *_finish_cells(None if one.plan is None else one.plan.finish, count)[:2],
            *_finish_cells(one.truth, count),
            "-" if one.truth is None else percent(one.truth.waste / one.truth.cost),
        ]
        for one in found
    ]
    in_time = ["cost", "seconds", "proved in time"]
    return Study(
        name="deadlines",
        title=f"The cheapest plans that expect {percent(asked.rate_by_deadline)} proved within a "
        f"deadline for each theorem, world of {asked.world} draws",
        sentences=[_deadline_sentence(asked, found)],
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
            "rate": asked.rate_by_deadline,
            "world": asked.world,
            "deadlines": [asdict(one) for one in found],
        },
        plots=[_deadline_plot(found)],
    )


def _finish_cells(finish: RaceOutcome | None, count: int) -> list[str]:
    if finish is None:
        return ["-", "-", "-"]
    return [number(finish.cost), number(finish.seconds), percent(finish.solved / count)]


def _deadline_sentence(asked: ObjectivesOptions, found: Sequence[DeadlineOutcome]) -> str:
    alone = next((one for one in found if one.alone is not None), None)
    first = next((one for one in found if one.plan is not None), None)
    if first is None or first.plan is None:
        return "No plan expects so many proved within any of these deadlines."
    said = (
        f"The shortest deadline that can be met is {number(first.deadline)} s, with "
        f"{first.plan.max_parallel} attempts in parallel"
    )
    if alone is None or alone.alone is None:
        return said + "; one at a time meets none of them."
    return (
        f"{said}, for {number(first.plan.finish.cost)}; one at a time needs "
        f"{number(alone.deadline)} s, for {number(alone.alone.finish.cost)}. Seconds are means "
        "over theorems, until proved or given up."
    )


def _deadline_plot(found: Sequence[DeadlineOutcome]) -> Plot:
    deadlines = [one.deadline for one in found]
    alone = [np.nan if one.alone is None else one.alone.finish.cost for one in found]
    in_parallel = [np.nan if one.plan is None else one.plan.finish.cost for one in found]

    def draw() -> Any:
        from prover_arb.research import plots  # noqa: PLC0415

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
            "max_parallel": [None if one.plan is None else one.plan.max_parallel for one in found],
        },
    )
