"""Chooses budgets, solve rates and deadlines for one market, and studies them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prover_arb.errors import InputError
from prover_arb.research.evaluation.objectives.batch_plan import (
    BatchPlan,
    Frontier,
    for_budget,
    for_rate,
    frontier,
)
from prover_arb.research.evaluation.objectives.batch_study import batch_study
from prover_arb.research.evaluation.objectives.deadline_outcomes import deadline_outcomes
from prover_arb.research.evaluation.objectives.deadline_study import deadline_study
from prover_arb.research.evaluation.objectives.held_out_plan import (
    held_out,
    planned_paths,
    rollouts_in_truth,
)
from prover_arb.research.evaluation.objectives.shared_budget import BatchSimulation
from prover_arb.research.evaluation.objectives.study_options import ObjectivesOptions
from prover_arb.research.study import Study
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.panel import Panel

RATES = (0.5, 0.6, 0.7, 0.8)
"""The solve rates by default; what they are planned to cost gives the budgets by default."""

REACH = 20.0
"""Rollouts go on to this many times the highest planned value, in case beliefs are optimistic."""

CEILING = 1e5
"""The highest value of a proof, in attempts of the most expensive prover."""

DEADLINES = (1, 2, 4, 8, 16, 32, 64)
"""The deadlines by default, in attempts of the fastest prover."""


def study_objectives(
    panel: Panel,
    statements: Mapping[str, str] | None,
    seconds: Floats | None,
    options: ObjectivesOptions,
    report: Callable[[str], None],
) -> list[Study]:
    """Returns the study of budgets and solve rates, and of deadlines if there are `seconds` [N, m].

    Raises:
        InputError: there are more folds than theorems, or beliefs say that a rate cannot be
        reached.
    """
    report("beliefs about held-out theorems")
    parts = held_out(panel, statements, count=options.folds, seed=options.seed)
    plans = planned_paths(parts, float(panel.cost.mean(axis=0).max()) * CEILING)
    planned = frontier(plans)
    rates = RATES if options.rates is None else options.rates
    budgets = options.budgets or [_plan(planned, panel, rate).spend for rate in rates]
    most = max(
        *(_plan(planned, panel, rate).value for rate in rates),
        *(for_budget(planned, budget).value for budget in budgets),
    )
    report("what the index buys on them")
    bought = rollouts_in_truth(panel, parts, most * REACH, options.world)
    batch = BatchSimulation(panel, plans, bought, draws=options.draws, seed=options.seed)
    report("budgets and solve rates")
    spent = [batch.spent(budget) for budget in budgets]
    reached = [batch.reached(rate) for rate in rates]
    studies = [batch_study(panel, options, planned, spent, reached)]
    if seconds is not None:
        report("deadlines")
        fastest = float(seconds.mean(axis=0).min())
        deadlines = options.deadlines or [fastest * multiple for multiple in DEADLINES]
        plan = _plan(planned, panel, options.rate_by_deadline)
        rows = deadline_outcomes(
            panel,
            parts,
            seconds,
            deadlines=deadlines,
            solved=options.rate_by_deadline * len(panel),
            least=plan.value,
            world=options.world,
        )
        studies.append(deadline_study(panel, options, rows))
    return studies


def _plan(planned: Frontier, panel: Panel, rate: float) -> BatchPlan:
    plan = for_rate(planned, rate * len(panel))
    if plan is None:
        raise InputError(
            f"a solve rate of {rate:g} is out of reach: beliefs expect "
            f"{planned.solved[-1] / len(panel):.1%} at most"
        )
    return plan
