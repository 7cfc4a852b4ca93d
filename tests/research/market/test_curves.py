"""The curves against closed forms, and against attempts drawn one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover_arb.research.curves import ESTIMATORS, Estimator, prover_curve, read_cost
from prover_arb.research.curves.cascade import cheapest_on_grid, evaluate, outcome
from prover_arb.research.curves.solve import bands, curve
from tests.research.market.synthetic_market import calm


def test_pass_at_k_counts_subsets() -> None:
    n, s = 7, 2
    fail, _ = prover_curve("a", [1.0], [n], [s]).tables(range(n))
    for k in range(n):
        subsets = list(combinations(range(n), k))
        none = sum(all(i >= s for i in subset) for subset in subsets)
        assert fail[k, 0] == pytest.approx(none / len(subsets))


def test_the_three_estimators_part_where_the_records_end() -> None:
    budgets = [3.0, 4.0, 9.0]
    of = {e: prover_curve("a", [1.0, 1.0], [4, 4], [1, 0], e).tables(budgets) for e in ESTIMATORS}
    assert of["paper"][0][:, 0].tolist() == pytest.approx([0.25, 0.0, 0.0])
    assert of["recorded"][0][:, 0].tolist() == pytest.approx([0.25, 0.0, 0.0])
    assert of["independent"][0][:, 0].tolist() == pytest.approx([0.75**3, 0.75**4, 0.75**9])
    # An unsolved problem goes on costing, but a replay stops at the last record.
    assert of["paper"][1][:, 1].tolist() == budgets
    assert of["recorded"][1][:, 1].tolist() == [3.0, 4.0, 4.0]
    assert of["independent"][1][:, 1].tolist() == budgets


@calm
@given(
    cost=st.floats(0.1, 10),
    n=st.integers(1, 12),
    data=st.data(),
    estimator=st.sampled_from(ESTIMATORS),
    budgets=st.lists(st.floats(0, 100), min_size=2, max_size=6),
)
def test_spend_is_the_integral_of_failing(
    cost: float, n: int, data: st.DataObject, estimator: Estimator, budgets: list[float]
) -> None:
    s = data.draw(st.integers(0, n))
    prover = prover_curve("a", [cost], [n], [s], estimator)
    _, spend = prover.tables(budgets)
    for b, spent in zip(budgets, spend[:, 0], strict=True):
        total, k = 0.0, 0
        while k * cost < b and not (estimator == "recorded" and k >= n):
            fail, _ = prover.tables((k + 0.5) * cost)
            total += float(fail[0, 0]) * min(cost, b - k * cost)
            k += 1
        assert spent == pytest.approx(total, abs=1e-6)


def test_a_cascade_equals_buying_attempt_by_attempt() -> None:
    """One certain and one coin-tossing prover: 0.5 * nothing more + 0.5 * 10, after one toss."""
    coin = prover_curve("coin", [1.0], [1000], [500], "independent")
    sure = prover_curve("sure", [10.0], [10], [10], "independent")
    solved, spend = evaluate([coin, sure], [[2.0, 10.0]], np.array([0.0, 1.0, 2.0, 7.0, 12.0]))
    assert solved[0].tolist() == pytest.approx([0.0, 0.5, 0.75, 0.75, 1.0])
    assert spend[0].tolist() == pytest.approx([0.0, 1.0, 1.5, 1.5 + 0.25 * 5, 4.0])
    fail, paid = outcome([coin, sure], [2.0, 10.0])
    assert fail[0] == pytest.approx(0.0)
    assert paid[:, 0].tolist() == pytest.approx([1.5, 2.5])


def test_vectors_of_different_widths_share_an_evaluation() -> None:
    first = prover_curve("a", [1.0, 2.0], [5, 5], [2, 1])
    second = prover_curve("b", [3.0, 3.0], [4, 4], [3, 1])
    vectors = np.array([[0.0, 9.0], [2.0, 3.0], [2.0, 9.0], [4.5, 0.0]])
    budgets = np.linspace(0, 9, 37)
    solved, spend = evaluate([first, second], vectors, budgets)
    for row, (t1, t2) in enumerate(vectors):
        for col, b in enumerate(budgets):
            fail, paid = outcome([first, second], [min(b, t1), min(max(b - t1, 0.0), t2)])
            assert solved[row, col] == pytest.approx(1 - fail.mean())
            assert spend[row, col] == pytest.approx(paid.sum(axis=0).mean())


def test_nothing_is_read_beyond_the_end() -> None:
    solved, spend = np.array([0.0, 0.5, 0.5, 0.8]), np.array([0.0, 1.0, 2.0, 4.0])
    cost = read_cost(solved, spend, [0.5, 0.65, 0.81])
    assert cost.tolist() == pytest.approx([1.0, 3.0, np.inf])


def test_bands_contain_the_curve_and_shrink() -> None:
    rng = np.random.default_rng(1)
    widths = []
    for n in (20, 500):
        wins = rng.binomial(10, 0.4, n)
        prover = prover_curve("a", np.ones(n), np.full(n, 10), wins)
        budgets = np.linspace(0, 8, 9)
        low, high, cheap, dear = bands(prover, budgets)
        whole = curve(prover, budgets)
        assert (low <= whole.solved + 1e-12).all()
        assert (whole.solved <= high + 1e-12).all()
        assert (cheap <= whole.spend + 1e-12).all()
        assert (whole.spend <= dear + 1e-12).all()
        widths.append(float((high - low).mean()))
    assert widths[1] < widths[0] / 2


def test_a_grid_with_the_answer_finds_it() -> None:
    cheap = prover_curve("cheap", np.ones(10), [10] * 10, [10] * 8 + [0] * 2)
    dear = prover_curve("dear", np.full(10, 10.0), [10] * 10, [10] * 10)
    sweep = np.linspace(0, 10, 101)
    cheapest = cheapest_on_grid([cheap, dear], [np.array([0.0, 1.0, 2.0])], sweep, [0.8, 1.0])
    assert cheapest.cost.tolist() == pytest.approx([1.0, 3.0])
    assert cheapest.thresholds.tolist() == [[1.0, 0.0], [1.0, 10.0]]
