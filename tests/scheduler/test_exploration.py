"""Exploration stays within its share of what is spent, and can be decided again."""

from __future__ import annotations

import pytest

from prover_arb.core.history import History, PurchaseOutcome, TheoremHistory
from prover_arb.core.theorem import Theorem
from prover_arb.scheduler.policies.exploration import PRIOR, Exploration, ExplorationBound

THEOREMS = [Theorem(name=f"t{n}", statement=f": {n} = {n}") for n in range(4000)]


def finished(cost: int) -> TheoremHistory:
    past = PurchaseOutcome(prover="a", cost=cost, status="proved")
    return TheoremHistory(theorem="t", statement=": 1 = 1", past=(past,))


@pytest.mark.parametrize("cost", [30.0, 700.0, 2_500.0])
def test_exploring_costs_its_share_of_what_is_spent(cost: float) -> None:
    bound = ExplorationBound(Exploration(share=0.02, usual_cost=200.0))
    provers = ("a", "b", "c")
    bought = sum(
        bound.allows(theorem, prover, seed=1, cost=cost, products=3, history=History())
        for theorem in THEOREMS
        for prover in provers
    )
    spent = cost * bought / (200.0 * len(THEOREMS))
    assert 0.01 < spent < 0.03


def test_the_same_state_gives_the_same_answer_and_seeds_differ() -> None:
    def answers(seed: int) -> list[bool]:
        bound = ExplorationBound(Exploration(0.02, 200.0))
        return [
            bound.allows(t, "a", seed=seed, cost=20.0, products=2, history=History())
            for t in THEOREMS[:400]
        ]

    assert answers(1) == answers(1)
    assert answers(1) != answers(2)


def test_what_theorems_cost_is_learnt_from_the_history() -> None:
    bound = ExplorationBound(Exploration(0.02, 200.0))
    history = History()
    assert bound.mean_cost(history) == 200.0
    for _ in range(PRIOR):
        history = history.after(finished(1_000))
    assert bound.mean_cost(history) == 600.0
    # Another history, not a longer one, is counted afresh.
    assert bound.mean_cost(History([finished(200)] * PRIOR)) == 200.0
    assert bound.mean_cost(history) == 600.0
