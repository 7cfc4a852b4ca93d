"""The study of budgets and solve rates of a batch: table, data and plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from prover_arb.research import plots
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
    "Planned: what beliefs expect before anything is bought. Shared: what `bench run "
    "--batch-budget` and `--target-rate` do, as mean and standard deviation over draws. Equal "
    "parts: every theorem is bought for by the same index within a budget of its own; `for as "
    "many` is what such budgets, chosen with hindsight, spend to solve as many theorems.",
    "A rate that is reached in every draw costs more than one that is reached on average.",
    "Attempts cost what is recorded as the mean of that prover and theorem, and are decided on in "
    "blocks that grow.",
]


def batch_study(
    panel: Panel,
    options: ObjectivesOptions,
    planned: Frontier,
    spent: Sequence[BudgetOutcome],
    reached: Sequence[RateOutcome],
) -> Study:
    """Returns the study of what was planned, of sharing one budget, and of the other ways."""
    count = len(panel)
    rows = [
        [
            f"budget {number(outcome.budget)}",
            number(outcome.plan.spend),
            percent(outcome.plan.solved / count),
            number(outcome.shared.spend),
            _share(outcome.shared, count),
            number(outcome.fixed.spend),
            percent(outcome.fixed.solved / count),
            number(outcome.refitted.spend),
            percent(outcome.refitted.solved / count),
            number(outcome.equal.spend),
            percent(outcome.equal.solved / count),
            number(outcome.equal_as_many),
        ]
        for outcome in spent
    ]
    rows += [
        [
            f"solve rate {percent(outcome.rate)}",
            "-" if outcome.plan is None else number(outcome.plan.spend),
            "-" if outcome.plan is None else percent(outcome.plan.solved / count),
            f"{number(outcome.shared.spend)} ± {number(outcome.shared.spend_sd, 2)}",
            percent(outcome.shared.solved / count),
            "-" if outcome.fixed is None else number(outcome.fixed.spend),
            "-" if outcome.fixed is None else percent(outcome.fixed.solved / count),
            "-",
            "-",
            "-",
            "-",
            number(outcome.equal),
        ]
        for outcome in reached
    ]
    return Study(
        name="objectives",
        title=f"{count} held-out theorems as one batch, world of {options.world} draws",
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
            "world": options.world,
            "folds": options.folds,
            "seed": options.seed,
            "draws": options.draws,
            "budgets": [asdict(outcome) for outcome in spent],
            "rates": [asdict(outcome) for outcome in reached],
            "notes": NOTES,
        },
        plots=[_frontier_plot(count, planned, spent)],
    )


def _share(drawn: DrawnOutcome, count: int) -> str:
    return f"{percent(drawn.solved / count)} ± {drawn.solved_sd / count:.1%}"


def _budget_sentence(outcome: BudgetOutcome) -> str:
    return (
        f"Of a budget of {number(outcome.budget)}, sharing spends "
        f"{outcome.shared.spend / outcome.budget:.1%} and the value planned for it "
        f"{outcome.fixed.spend / outcome.budget:.1%}; equal parts spend "
        f"{number(outcome.equal_as_many)} to solve as many as sharing, "
        f"{outcome.equal_as_many / outcome.shared.spend:.2f} times as much."
    )


def _rate_sentence(outcome: RateOutcome) -> str:
    start = f"To solve {percent(outcome.rate)}, sharing spends {number(outcome.shared.spend)}"
    if outcome.plan is not None:
        start += f" where {number(outcome.plan.spend)} was planned"
    if outcome.shared.reached < 1:
        start += f" (and gets there in {percent(outcome.shared.reached)} of the draws)"
    return start + f"; equal parts spend {number(outcome.equal)}."


def _frontier_plot(count: int, planned: Frontier, spent: Sequence[BudgetOutcome]) -> Plot:
    shown = planned.spend <= 2 * max(outcome.budget for outcome in spent)
    sampled = np.unique(np.linspace(0, int(shown.sum()) - 1, 300).astype(int))
    budgets = [outcome.budget for outcome in spent]
    shared = [outcome.shared.solved / count for outcome in spent]
    equal = [outcome.equal.solved / count for outcome in spent]

    def draw() -> Any:
        drawn = plots.figure(
            "spend on the whole batch", "share solved", xaxis=plots.LOG, yaxis=plots.SHARE
        )
        ink = plots.colours(["planned", "shared", "equal parts"])
        spend, solved = planned.spend[sampled], planned.solved[sampled] / count
        plots.line(drawn, spend, solved, "planned", ink["planned"], dash="dot")
        marks = {"mode": "lines+markers"}
        plots.line(drawn, budgets, shared, "shared", plots.STRONG, **marks)
        spends = [outcome.equal.spend for outcome in spent]
        plots.line(drawn, spends, equal, "equal parts", ink["equal parts"], **marks)
        return drawn

    return Plot(
        "objectives-frontier",
        "Solved share against the spend of the whole batch: planned before, shared by the best "
        "index, and in equal parts.",
        draw,
        {
            "budget": budgets,
            "planned_solved": [outcome.plan.solved / count for outcome in spent],
            "shared_solved": shared,
            "equal_spend": [outcome.equal.spend for outcome in spent],
            "equal_solved": equal,
        },
    )
