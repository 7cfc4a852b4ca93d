"""No policy sees of a held-out theorem what it has not paid for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from prover_arb.evaluation.entrants import SEQUENCES, Known, Sequencer, Sight
from prover_arb.evaluation.evaluate import Settings, evaluate, values_for
from prover_arb.evaluation.folds import folds
from prover_arb.scheduler.planner.lattice import lattice_for, tables_of
from prover_arb.scheduler.planner.panel import Panel
from tests.evaluation.synthetic import random_panel


def _setting(held_cost: np.ndarray | None = None) -> tuple[Known, Sight, Panel]:
    market = random_panel()
    train, held = next(iter(folds(len(market), 4, 0)))
    noise = np.random.default_rng(3).normal(size=(len(market), 5))
    known = Known(
        market.on(train),
        tables_of(market.on(train), lattice_for(market), "independent"),
        "independent",
        noise[train],
        values_for(market),
    )
    cost = market.on(held).cost if held_cost is None else held_cost
    return (
        known,
        Sight(market.on(held).theorems, noise[held], lambda j: cost[:, j]),
        market.on(held),
    )


def _plan(policy: Sequencer, known: Known, sight: Sight) -> np.ndarray:
    return policy.plan(known, sight, policy.belief(known, sight))


@pytest.mark.parametrize("policy", SEQUENCES, ids=lambda each: each.name)
def test_permuting_costs_that_were_not_paid_changes_no_action(policy: Sequencer) -> None:
    known, sight, held = _setting()
    before = _plan(policy, known, sight)
    hidden = held.cost.copy()
    hidden[:, 1] = np.random.default_rng(0).permutation(hidden[:, 1]) * 7
    if "price" not in policy.name and not policy.name.startswith("index"):
        hidden[:, 0] = np.random.default_rng(1).permutation(hidden[:, 0])
    known, sight, _ = _setting(hidden)
    after = _plan(policy, known, sight)
    unmet = known.tables.lattice.coordinates[1] == 0
    if "prices" in policy.name or policy.name.startswith("index"):
        # The dear prover's price may count only where it was paid.
        assert (after[unmet] == before[unmet]).all()
        assert (after != before).any()
    else:
        assert (after == before).all()


@pytest.mark.parametrize("policy", SEQUENCES, ids=lambda each: each.name)
def test_whoever_reacts_to_a_price_has_paid_it(policy: Sequencer) -> None:
    asked: list[int] = []
    known, sight, held = _setting()

    def till(prover: int) -> np.ndarray:
        asked.append(prover)
        return held.cost[:, prover]

    plan = _plan(policy, known, replace(sight, till=till))
    # The index plans for states in which a price was paid; all others must pay it first.
    if asked and not policy.name.startswith("index"):
        assert (plan[0] == 0).all()


def test_outcomes_of_a_held_out_theorem_do_not_reach_the_policies_that_play_it() -> None:
    market = random_panel()
    changed = replace(market, successes=market.successes.copy())
    changed.successes[0] = [0, 1]
    settings = Settings(seeds=(0,), draws=10)
    before, after = (
        evaluate(each, settings, policies=["dp", "price"]) for each in (market, changed)
    )
    part = next(held for _, held in folds(len(market), settings.folds, 0) if 0 in held)
    others = part[part != 0]
    for name in ("dp", "price", "cascade (cut)", "cascade (whole)"):
        one, two = before.outcomes[name], after.outcomes[name]
        assert one.cost[others] == pytest.approx(two.cost[others])
        assert not np.allclose(one.solved[0], two.solved[0])
