"""Deadlines on recorded theorems: the cheapest plan for each, and its outcome in truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from prover_arb.research.evaluation.objectives.held_out_plan import Fold
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.world import World
from prover_arb.scheduler.planning.cells import true_cells
from prover_arb.scheduler.planning.deadline_plan import (
    DeadlinePlan,
    RaceOutcome,
    by_deadline,
    plans,
    race,
)
from prover_arb.scheduler.planning.paths import Paths, paths_for

VALUES = 10
"""How many values of a proof are tried for a deadline."""

WIDER = 300.0
"""The highest value tried, over the lowest."""


@dataclass(frozen=True)
class DeadlineOutcome:
    """One deadline."""

    deadline: float
    """Seconds for each theorem."""
    plan: DeadlinePlan | None
    """The cheapest plan, or None if no plan expects so many proofs in time."""
    truth: RaceOutcome | None
    """Its outcome in truth."""
    alone: DeadlinePlan | None
    """The cheapest plan with one attempt at a time."""
    alone_truth: RaceOutcome | None
    """Its outcome in truth."""


def deadline_outcomes(
    panel: Panel,
    parts: Sequence[Fold],
    seconds: Floats,
    *,
    deadlines: Sequence[float],
    solved: float,
    least: float,
    world: World,
) -> list[DeadlineOutcome]:
    """Returns the cheapest plans that expect `solved` theorems of the batch in time.

    The deadlines rise. `seconds` [N, m] is how long attempts take; it is believed with the weights
    of the belief about the theorem. `least` is the value of a proof that suffices without a
    deadline.
    """
    values = np.geomspace(least, least * WIDER, VALUES).tolist()
    choices: list[list[DeadlinePlan]] = []
    for _, similar_deadlines in groupby(
        deadlines, lambda deadline: _fast(parts, seconds, deadline)
    ):
        choices += _choices(parts, seconds, list(similar_deadlines), values)
    one_at_a_time = [[plan for plan in choice if plan.max_parallel == 1] for choice in choices]
    return [
        DeadlineOutcome(
            deadline,
            plan,
            None if plan is None else in_truth(panel, parts, seconds, plan, world),
            single,
            None if single is None else in_truth(panel, parts, seconds, single, world),
        )
        for deadline, plan, single in zip(
            deadlines, by_deadline(choices, solved), by_deadline(one_at_a_time, solved), strict=True
        )
    ]


def _choices(
    parts: Sequence[Fold], seconds: Floats, deadlines: Sequence[float], values: Sequence[float]
) -> list[list[DeadlinePlan]]:
    """Returns plans for the whole batch, for deadlines that the same provers can meet."""
    total: list[list[DeadlinePlan]] | None = None
    theorems = sum(len(part.held) for part in parts)
    for part in parts:
        here = plans(
            _paths(part, seconds, deadlines[0], values[-1]),
            part.cells,
            part.weights,
            part.weights @ seconds[part.rows],
            values=values,
            deadlines=deadlines,
        )
        share = len(part.held) / theorems
        here = [
            [_with(plan, _weighted(plan.finish, share)) for plan in plans_in_fold]
            for plans_in_fold in here
        ]
        if total is not None:
            here = [
                [_with(a, _sum(a.finish, b.finish)) for a, b in zip(*pair, strict=True)]
                for pair in zip(total, here, strict=True)
            ]
        total = here
    return total or []


def _fast(parts: Sequence[Fold], seconds: Floats, deadline: float) -> list[list[bool]]:
    """Returns which provers take no longer than the deadline on average, by what each fold
    knows."""
    return [(seconds[part.rows].mean(axis=0) <= deadline).tolist() for part in parts]


def in_truth(
    panel: Panel, parts: Sequence[Fold], seconds: Floats, plan: DeadlinePlan, world: World
) -> RaceOutcome:
    """Returns the outcome of a plan on the theorems as they are."""
    total = RaceOutcome(0.0, 0.0, 0.0, 0.0)
    for part in parts:
        truth = panel.on(part.held)
        run = race(
            _paths(part, seconds, plan.deadline, plan.value),
            true_cells(truth, world),
            np.eye(len(truth)),
            seconds[part.held],
            plan.max_parallel,
            until=plan.deadline,
        )
        share = len(part.held) / len(panel)
        total = _sum(total, _weighted(run.by(plan.deadline), share))
    return total


def _paths(part: Fold, seconds: Floats, deadline: float, highest: float) -> Paths:
    """Returns paths without the provers that take longer than the deadline on average."""
    most = part.most.copy()
    most[seconds[part.rows].mean(axis=0) > deadline] = 0
    return paths_for(part.cells, part.weights, highest, most)


def _weighted(finish: RaceOutcome, factor: float) -> RaceOutcome:
    """Returns the outcome with its mean time as a share of that of the batch.

    The other figures are sums already.
    """
    return RaceOutcome(finish.solved, finish.cost, finish.waste, finish.seconds * factor)


def _sum(first: RaceOutcome, other: RaceOutcome) -> RaceOutcome:
    return RaceOutcome(
        first.solved + other.solved,
        first.cost + other.cost,
        first.waste + other.waste,
        first.seconds + other.seconds,
    )


def _with(plan: DeadlinePlan, finish: RaceOutcome) -> DeadlinePlan:
    return replace(plan, finish=finish)
