"""Figures of students on attempts whose figures are known in closed form."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from prover_arb.research.market.model import Market
from prover_arb.research.market.seeded_attempts import SeededAttempts
from prover_arb.research.market.student_figures import (
    StudentFigures,
    over_seeds,
    student_figures,
)
from prover_arb.research.market.studies import students_study

NAMES = tuple(f"t{i}" for i in range(25))
STATEMENTS = {name: f"(n : ℕ) : n + {i} = n" for i, name in enumerate(NAMES)}


def attempts(prover: str, solved: np.ndarray, price: float, tokens: int = 0) -> SeededAttempts:
    return SeededAttempts(
        prover,
        NAMES,
        solved=solved,
        cost=np.full(solved.shape, price),
        cpu_s=np.full(solved.shape, price / 2),
        tokens=tokens,
    )


def teacher() -> SeededAttempts:
    """Solves every theorem for 10 dollars."""
    return attempts("teacher", np.ones((1, 25, 1), dtype=bool), 10.0)


def pupil(easy: int, tokens: int) -> SeededAttempts:
    """Solves the first theorems for a dollar, in two seeds of one draw, and never the others."""
    solved = np.zeros((2, 25, 1), dtype=bool)
    solved[:, :easy] = True
    return attempts(f"student_{tokens}", solved, 1.0, tokens)


def test_a_buyer_pays_until_a_proof_comes() -> None:
    solved = np.array([[[0, 1, 1], [0, 0, 0]], [[1, 0, 0], [0, 0, 1]]], dtype=bool)
    drawn = SeededAttempts("s", ("a", "b"), solved, np.full((2, 2, 3), 2.0), np.ones((2, 2, 3)))
    proved, cost, cpu_s = drawn.until_proved()
    assert proved.tolist() == [[1, 0], [1, 1]]
    assert cost.tolist() == [[4, 6], [2, 6]]
    assert cpu_s.tolist() == [[2, 3], [1, 3]]
    rows = drawn.records().rows
    assert rows["a"].outcomes == (False, True, True, True, False, False)
    assert (rows["a"].mean_cost, rows["a"].unit) == (2.0, "USD")
    assert drawn.of_seed(1).records().rows["b"].outcomes == (False, False, True)


@pytest.fixture(scope="module")
def measured() -> tuple[Market, list[StudentFigures]]:
    return student_figures(
        teacher(), [pupil(20, 900), pupil(10, 300)], statements=STATEMENTS, resamples=10
    )


def test_figures_of_a_student_that_solves_what_is_easy(
    measured: tuple[Market, list[StudentFigures]],
) -> None:
    market, (small, large) = measured
    assert (small.student, large.student) == ("student_300", "student_900")
    assert large.solved.mean == 20
    assert large.solve_share.mean == pytest.approx(0.8)
    assert large.cost_share.mean == large.cpu_share.mean == pytest.approx(0.1)
    assert large.new.mean == 0
    assert large.solved.over_seeds == (20, 20)
    low, high = large.solve_share.over_theorems
    # The share of easy theorems among those that are drawn, within three times its error.
    error = math.sqrt(0.8 * 0.2 / 25)
    assert 0.8 - 3 * error < low < 0.8 < high < 0.8 + 3 * error
    # Up to 80% the student sells alone. All cost 10 each of the teacher, and 1 + 10 * 5 / 25
    # = 3 with the student asked first: above 80% the margin is 70% or more, at 57% of the rates.
    assert (market.rates[0], market.rates[-1]) == (0.65, 1)
    assert 0.57 * 0.65 < large.margin.mean < 0.57 * 0.8
    assert large.margin_at_each_rate.mean == pytest.approx(large.margin.mean, abs=0.02)
    assert large.margin.mean > small.margin.mean > 0
    assert large.teacher_loss_to_both.mean > small.teacher_loss_to_both.mean > 0.3
    assert large.schedule_ratio.mean > 0


def test_the_study_has_every_figure_with_its_intervals(
    measured: tuple[Market, list[StudentFigures]],
) -> None:
    market, figures = measured
    study = students_study(teacher(), figures, seeds=(0, 1), draws=1, band=(0.65, 1.0))
    data = json.loads(study.as_json())
    assert (data["teacher_solved"], data["seeds"]) == (25, [0, 1])
    assert [row["tokens"] for row in data["students"]] == [300, 900]
    margin = data["students"][1]["margin"]
    low, high = margin["over_theorems"]
    assert low <= high
    assert margin["over_seeds"] == [margin["mean"], margin["mean"]]
    assert any("student_900, 900 tokens" in sentence for sentence in study.sentences)
    for plot in study.plots:
        assert plot.as_csv().count("\n") == 3
        assert [trace.name for trace in plot.draw().data if trace.error_y.array is not None]
    assert set(market.names) == {"student_300", "student_900", "teacher"}


def test_an_interval_over_seeds_needs_two() -> None:
    assert over_seeds([1.0, 1.0]) == (1.0, 1.0)
    low, high = over_seeds([1.0, 2.0, 3.0])
    # Student's t with two degrees of freedom: 4.303 standard errors.
    assert (high - low) / 2 == pytest.approx(4.303 / math.sqrt(3), rel=1e-3)
    assert all(math.isnan(bound) for bound in over_seeds([1.0, math.nan]))
