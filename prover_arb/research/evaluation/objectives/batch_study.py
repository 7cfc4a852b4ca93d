"""Budgets and solve rates of a batch, as a table, as data and as a plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from prover_arb.research.evaluation.objectives.batch_plan import Frontier
from prover_arb.research.evaluation.objectives.shared_budget import (
    BudgetOutcome,
    DrawnOutcome,
    RateOutcome,
)
from prover_arb.research.evaluation.objectives.study_options import ObjectivesOptions
from prover_arb.research.study import Plot, Study, number, percent
from prover_arb.scheduler.index.panel import Panel

NOTES = [
    "Planned: what beliefs expect before anything is bought. Shared, as `bench run --batch-budget` "
    "and `--target-rate` buy: mean and standard deviation over draws. Equal parts: every theorem "
    "buys by the same index within a budget of its own; `for as many` is what such budgets, "
    "chosen with hindsight, spend to solve as many.",
    "A rate that is reached in every draw costs more than one that is reached on average.",
    "Attempts cost what is recorded as the mean of that prover and theorem, and are decided on in "
    "blocks that grow.",
]


def batch_study(
    panel: Panel,
    asked: ObjectivesOptions,
    ahead: Frontier,
    spent: Sequence[BudgetOutcome],
    reached: Sequence[RateOutcome],
) -> Study:
    """The table of what was planned, what sharing comes to, and what other ways do."""
    count = len(panel)
    rows = [
        [
            f"budget {number(one.budget)}",
            number(one.plan.spend),
            percent(one.plan.solved / count),
            number(one.shared.spend),
            _share(one.shared, count),
            number(one.fixed.spend),
            percent(one.fixed.solved / count),
            number(one.refitted.spend),
            percent(one.refitted.solved / count),
            number(one.equal.spend),
            percent(one.equal.solved / count),
            number(one.equal_as_many),
        ]
        for one in spent
    ]
    rows += [
        [
            f"solve rate {percent(one.rate)}",
            "-" if one.plan is None else number(one.plan.spend),
            "-" if one.plan is None else percent(one.plan.solved / count),
            f"{number(one.shared.spend)} ± {number(one.shared.spend_sd, 2)}",
            percent(one.shared.solved / count),
            "-" if one.fixed is None else number(one.fixed.spend),
            "-" if one.fixed is None else percent(one.fixed.solved / count),
            "-",
            "-",
            "-",
            "-",
            number(one.equal),
        ]
        for one in reached
    ]
    return Study(
        name="objectives",
        title=f"{count} held-out theorems as one batch, world of {asked.world} draws",
        sentences=[*map(_budget_sentence, spent), *map(_rate_sentence, reached), *NOTES],
        header=[
            "asked for",
            "planned spend",
            "planned solved",
            "shared: spend",
            "solved",
            "fixed value: spend",
            "solved",
            "refitted value: spend",
            "solved",
            "equal parts: spend",
            "solved",
            "for as many",
        ],
        rows=rows,
        data={
            "theorems": count,
            "provers": list(panel.provers),
            "world": asked.world,
            "folds": asked.folds,
            "seed": asked.seed,
            "draws": asked.draws,
            "budgets": [asdict(one) for one in spent],
            "rates": [asdict(one) for one in reached],
            "notes": NOTES,
        },
        plots=[_frontier_plot(count, ahead, spent)],
    )


def _share(drawn: DrawnOutcome, count: int) -> str:
    return f"{percent(drawn.solved / count)} ± {drawn.solved_sd / count:.1%}"


def _budget_sentence(one: BudgetOutcome) -> str:
    return (
        f"Of a budget of {number(one.budget)}, sharing spends {one.shared.spend / one.budget:.1%} "
        f"and the value planned for it {one.fixed.spend / one.budget:.1%}; equal parts spend "
        f"{number(one.equal_as_many)} to solve as many as sharing, "
        f"{one.equal_as_many / one.shared.spend:.2f} times as much."
    )


def _rate_sentence(one: RateOutcome) -> str:
    start = f"To solve {percent(one.rate)}, sharing spends {number(one.shared.spend)}"
    if one.plan is not None:
        start += f" where {number(one.plan.spend)} was planned"
    if one.shared.reached < 1:
        start += f" (and gets there in {percent(one.shared.reached)} of the draws)"
    return start + f"; equal parts spend {number(one.equal)}."


def _frontier_plot(count: int, ahead: Frontier, spent: Sequence[BudgetOutcome]) -> Plot:
    shown = ahead.spend <= 2 * max(one.budget for one in spent)
    some = np.unique(np.linspace(0, int(shown.sum()) - 1, 300).astype(int))
    budgets = [one.budget for one in spent]
    shared = [one.shared.solved / count for one in spent]
    equal = [one.equal.solved / count for one in spent]

    def draw() -> Any:
        from prover_arb.research import plots  # noqa: PLC0415

        drawn = plots.figure(
            "spend on the whole batch", "share solved", xaxis=plots.LOG, yaxis=plots.SHARE
        )
        ink = plots.colours(["planned", "shared", "equal parts"])
        spend, solved = ahead.spend[some], ahead.solved[some] / count
        plots.line(drawn, spend, solved, "planned", ink["planned"], dash="dot")
        marks = {"mode": "lines+markers"}
        plots.line(drawn, budgets, shared, "shared", plots.STRONG, **marks)
        spends = [one.equal.spend for one in spent]
        plots.line(drawn, spends, equal, "equal parts", ink["equal parts"], **marks)
        return drawn

    return Plot(
        "objectives-frontier",
        "Solved share against the spend of the whole batch: planned before, shared by the best "
        "index, and in equal parts.",
        draw,
        {
            "budget": budgets,
            "planned_solved": [one.plan.solved / count for one in spent],
            "shared_solved": shared,
            "equal_spend": [one.equal.spend for one in spent],
            "equal_solved": equal,
        },
    )
