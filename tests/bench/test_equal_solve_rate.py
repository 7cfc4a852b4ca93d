"""Cost at equal solve rate: by hand where that is possible, and how it behaves where it is not."""

from __future__ import annotations

import numpy as np
import pytest
from test_summary import row

from prover_arb.bench.at_budget import needed, solved_at, spent_at
from prover_arb.bench.equal_solve_rate import (
    AgainstBest,
    Spending,
    against_best,
    comparison_lines,
    comparisons,
)
from prover_arb.broker.ledger.overheads import PolicyOverhead

VOID = ("single:b", "z")


def _compared(
    policies: dict[str, Spending], policy: str = "schedule", *references: str
) -> AgainstBest:
    found = against_best(policies, policy, references or ("single:a", "single:b"))
    assert found is not None
    return found


def test_the_same_purchases_at_half_the_price_have_ratio_one_half() -> None:
    cost = [1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0]
    solved = [True, True, False, True, True, True, True, False]
    policies = {
        "single:a": Spending.cut_off(cost, solved),
        "single:b": Spending.cut_off([10 * c for c in cost], solved),
        "schedule": Spending.cut_off([c / 2 for c in cost], solved),
    }
    found = _compared(policies)
    assert found.ratio == pytest.approx(0.5)
    assert found.interval == pytest.approx((0.5, 0.5))
    assert found.at_top == pytest.approx(0.5)
    assert found.band == (0.5, 0.95)
    assert (found.reference, found.solvable) == ("single:a", 6)


def test_a_curve_computed_by_hand() -> None:
    # Two theorems, both solvable: every share of the band from 0.5 on needs 1 or 2 of them.
    policies = {
        "single:a": Spending.cut_off([4.0, 10.0], [True, True]),
        "single:b": Spending.cut_off([40.0, 40.0], [True, True]),
        "schedule": Spending.cut_off([1.0, 20.0], [True, True]),
    }
    found = _compared(policies)
    # One theorem: 1 + 1 against 4 + 4; two: 1 + 20 against 4 + 10. One share of 46 is 0.50.
    logs = [np.log(2 / 8)] + [np.log(21 / 14)] * 45
    assert found.ratio == pytest.approx(np.exp(np.mean(logs)))
    assert found.at_top == pytest.approx(21 / 14)


def test_the_cheapest_reference_counts_at_each_rate() -> None:
    policies = {
        "single:a": Spending.cut_off([1.0, 1.0, 90.0, 90.0], [True, True, False, False]),
        "single:b": Spending.cut_off([5.0, 5.0, 5.0, 5.0], [True, True, True, True]),
        "schedule": Spending.cut_off([1.0, 1.0, 5.0, 5.0], [True, True, True, True]),
    }
    found = _compared(policies)
    assert found.at_top == pytest.approx(12 / 20)
    assert found.reference == "single:b"
    assert found.ratio < 1


def test_the_band_ends_where_nobody_to_compare_with_goes_on() -> None:
    few = [True] * 6 + [False] * 4
    policies = {
        "single:a": Spending.cut_off([1.0] * 10, few),
        "single:b": Spending.cut_off([2.0] * 10, few),
        "schedule": Spending.cut_off([1.0] * 10, [True] * 10),
    }
    assert _compared(policies).band == (0.5, 0.6)
    policies["schedule"] = Spending.cut_off([1.0] * 10, [True] * 2 + [False] * 8)
    policies["single:b"] = Spending.cut_off([2.0] * 10, [True] * 10)
    assert against_best(policies, "schedule", ("single:a", "single:b")) is None


def test_there_is_nothing_to_say_without_references_or_proofs() -> None:
    alone = {"schedule": Spending.cut_off([1.0], [True])}
    assert against_best(alone, "schedule", ()) is None
    assert against_best(alone, "schedule", ("schedule",)) is None
    unsolved = {
        "schedule": Spending.cut_off([1.0], [False]),
        "single:a": Spending.cut_off([1.0], [False]),
    }
    assert against_best(unsolved, "schedule", ("single:a",)) is None


def test_the_interval_is_paired_and_reproducible() -> None:
    random = np.random.default_rng(3)
    cost = random.exponential(size=80)
    solved = [bool(s) for s in random.random(80) < 0.7]
    noisy = list(cost * random.uniform(0.4, 1.0, size=80))
    policies = {
        "single:a": Spending.cut_off(list(cost), solved),
        "schedule": Spending.cut_off(noisy, solved),
    }
    first = _compared(policies, "schedule", "single:a")
    assert first == _compared(policies, "schedule", "single:a")
    low, high = first.interval
    assert low < first.ratio < high
    # Theorems vary by a factor of hundreds; only a paired draw keeps the interval this narrow.
    assert high / low < 1.6


def test_a_run_is_compared_over_the_theorems_that_every_policy_was_judged_on() -> None:
    prices = {"single:a": 100, "single:b": 300, "cascade": 80, "schedule": 50}
    rows = [row(policy, t, ("a", price, 0)) for policy, price in prices.items() for t in "xyz"]
    rows = [
        one.model_copy(update={"status": "void"}) if (one.policy, one.theorem) == VOID else one
        for one in rows
    ]
    found = {comparison.policy: comparison for comparison in comparisons(rows)}
    assert set(found) == {"cascade", "schedule"}
    single, cascade = found["schedule"].against_best_single, found["schedule"].against_best_cascade
    assert single is not None
    assert cascade is not None
    assert single.solvable == 2
    assert (single.ratio, cascade.ratio) == pytest.approx((0.5, 50 / 80))
    assert found["cascade"].against_best_cascade is None
    lines = comparison_lines(rows)
    assert len(lines) == 3
    assert "schedule costs 0.50 times what the best single prover costs" in lines[1]
    assert "0.62 times cascade at the top" in lines[2]


def test_what_a_policy_took_for_itself_counts_at_every_solve_rate() -> None:
    prices = {"single:a": 100, "cascade": 90, "schedule": 50}
    rows = [row(policy, t, ("a", price, 0)) for policy, price in prices.items() for t in "wxyz"]
    own = {
        policy: PolicyOverhead(
            policy=policy, deciding_us=1, learning_us=1, deciding_cost=deciding, learning_cost=10
        )
        for policy, deciding in (("schedule", 30), ("single:a", 10))
    }
    free, paid = (
        {comparison.policy: comparison.against_best_single for comparison in comparisons(rows, by)}
        for by in ({}, own)
    )
    assert free["schedule"] is not None
    assert paid["schedule"] is not None
    assert free["schedule"].ratio == pytest.approx(50 / 100)
    # Four theorems at one price each are solved at one budget, whatever share is wanted.
    assert paid["schedule"].ratio == pytest.approx((4 * 50 + 40) / (4 * 100 + 20))
    assert paid["schedule"].at_top == pytest.approx(paid["schedule"].ratio)
    low, high = paid["schedule"].interval
    assert (low, high) == pytest.approx((paid["schedule"].ratio, paid["schedule"].ratio))


def test_a_policy_that_weighs_purchases_stops_sooner_at_a_small_budget() -> None:
    silent = row("single:a", "x", ("a", 4, 0), ("a", 20, 4))
    assert [spent_at(silent, budget) for budget in (3, 4, 10, 28, 60)] == [3, 4, 10, 28, 28]
    assert [solved_at(silent, budget) for budget in (27, 28)] == [False, True]
    bought = row("schedule", "x", ("a", 4, 0), ("b", 20, 0), ("c", 30, 0))
    asking = (10, 60, 50)
    weighed = bought.model_copy(
        update={
            "purchases": tuple(
                purchase.model_copy(update={"asking": value})
                for purchase, value in zip(bought.purchases, asking, strict=True)
            )
        }
    )
    # The second purchase asks for more than was paid in all, and the third comes after it.
    assert needed(weighed) == 60
    spent = [spent_at(weighed, budget) for budget in (3, 9, 10, 59, 60, 500)]
    assert spent == [0, 0, 4, 4, 54, 54]
    assert [solved_at(weighed, budget) for budget in (59, 60)] == [False, True]
