"""No policy sees of a held-out theorem what it has not paid for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from prover_arb.research.evaluation.candidate_policies import (
    CANDIDATE_POLICIES,
    CONTEXTUAL,
    Contextual,
)
from prover_arb.research.evaluation.evaluate import evaluate, values_for
from prover_arb.research.evaluation.folds import folds
from prover_arb.research.evaluation.held_out import (
    CandidatePolicy,
    HeldOutMarket,
    Observation,
    TrainingData,
)
from prover_arb.research.evaluation.lattice import in_blocks, lattice_for, tables_of
from prover_arb.research.evaluation.rollout import Rollout
from prover_arb.research.evaluation.scores import Settings
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.panel import Panel
from tests.research.evaluation.synthetic_panel import random_panel

CONTEXTUALS = [policy for policy in CANDIDATE_POLICIES if isinstance(policy, Contextual)]


def _setting(held_cost: Floats | None = None) -> tuple[TrainingData, Observation, Panel]:
    market = random_panel()
    train, held = next(iter(folds(len(market), 4, 0)))
    noise = np.random.default_rng(3).normal(size=(len(market), 15))
    prior = market.on(train)
    known = TrainingData(
        prior,
        tables_of(prior, lattice_for(market), "independent"),
        tables_of(prior, in_blocks(market), "independent"),
        "independent",
        noise[train],
        values_for(market),
    )
    cost = market.on(held).cost if held_cost is None else held_cost
    return (
        known,
        Observation(market.on(held).theorems, noise[held], lambda j, rows, count: cost[rows, j]),
        market.on(held),
    )


def _before(way: Rollout, prover: int) -> list[tuple[list[int], list[float]]]:
    """Every theorem's steps up to and with the first purchase from a prover."""
    before = []
    for bought, asking in zip(way.prover, way.asking, strict=True):
        at = np.nonzero(bought == prover)[0]
        end = int(at[0]) + 1 if len(at) else len(bought)
        before.append((bought[:end].tolist(), asking[:end].tolist()))
    return before


@pytest.mark.parametrize("policy", CONTEXTUALS, ids=lambda each: each.name)
@pytest.mark.parametrize("prover", [0, 1])
def test_permuting_costs_that_were_not_paid_changes_no_action(
    policy: Contextual, prover: int
) -> None:
    known, observation, held = _setting()
    before = policy.roll_out(known, observation)
    hidden = held.cost.copy()
    hidden[:, prover] = np.random.default_rng(0).permutation(hidden[:, prover]) * 7
    _, other, _ = _setting(hidden)
    after = policy.roll_out(known, other)
    assert _before(before, prover) == _before(after, prover)
    # Once paid, a price that is seven times as high does change what is bought.
    assert before.prover.shape != after.prover.shape or (before.prover != after.prover).any()


@pytest.mark.parametrize("policy", CONTEXTUALS, ids=lambda each: each.name)
def test_the_till_is_asked_only_by_those_who_have_just_paid(policy: Contextual) -> None:
    known, observation, held = _setting()
    asked: dict[tuple[int, int], int] = {}

    def price_lookup(prover: int, rows: Ints, count: Ints) -> Floats:
        for row, bought in zip(rows.tolist(), count.tolist(), strict=True):
            asked[prover, row] = max(asked.get((prover, row), 0), bought)
        return held.cost[rows, prover]

    way = policy.roll_out(known, replace(observation, price_lookup=price_lookup))
    for (prover, row), bought in asked.items():
        blocks = int((way.prover[row] == prover).sum())
        assert bought <= known.fine.lattice.counts[prover][blocks]


@pytest.mark.parametrize("policy", CANDIDATE_POLICIES, ids=lambda each: each.name)
def test_what_a_policy_does_to_a_theorem_is_not_moved_by_the_outcomes_of_others(
    policy: CandidatePolicy,
) -> None:
    known, observation, held = _setting()
    other = replace(held, successes=held.successes[::-1].copy())
    played = []
    for truth in (held, other):
        market = HeldOutMarket(
            tables_of(truth, known.tables.lattice, "independent"),
            tables_of(truth, known.fine.lattice, "independent"),
        )
        played.append(policy.outcome(known, observation, market))
    same = (held.successes == other.successes).all(axis=1)
    for one, two in zip(*played, strict=True):
        assert (one[same] == two[same]).all()
        assert (one[~same] != two[~same]).any()


def test_outcomes_of_a_held_out_theorem_do_not_reach_the_policies_that_play_it() -> None:
    market = random_panel()
    changed = replace(market, successes=market.successes.copy())
    changed.successes[0] = [0, 1]
    settings = Settings(seeds=(0,), draws=10)
    before, after = (
        evaluate(panel, settings, policies=["dp", "prices"]) for panel in (market, changed)
    )
    part = next(held for _, held in folds(len(market), settings.folds, 0) if 0 in held)
    others = part[part != 0]
    for name in ("dp", "prices", "cascade (cut)", "cascade (whole)"):
        one, two = before.outcomes[name], after.outcomes[name]
        assert one.cost[others] == pytest.approx(two.cost[others])
        assert not np.allclose(one.solved[0], two.solved[0])


def test_the_control_is_told_other_statements_and_the_same_prices() -> None:
    known, observation, _ = _setting()
    shuffled = next(
        policy for policy in CANDIDATE_POLICIES if policy.name == f"{CONTEXTUAL.name}-permuted"
    )
    one, two = CONTEXTUAL.belief(known, observation), shuffled.belief(known, observation)
    assert one.shape == two.shape
    assert not np.allclose(one, two)
