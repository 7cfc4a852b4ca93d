"""Scripts made from goals: for every goal some, and never text that breaks out of its line."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover_arb.provers.local.goal import Goal, Hypothesis, parse_goal
from prover_arb.provers.local.moves import MOST, moves
from prover_arb.provers.local.opening import unwrap
from prover_arb.provers.local.session import guarded
from prover_arb.provers.local.templates import scripts_for
from prover_arb.provers.local.templates.functions import argument_slots
from prover_arb.provers.local.templates.reading import (
    facts,
    moduli,
    numerals,
    only_about,
    split_top,
)

NAMES = st.sampled_from(["a", "b", "x", "n", "h₀", "h₁", "f", "S", "x✝"])
TYPES = st.sampled_from(["ℕ", "ℤ", "ℚ", "ℝ", "ℕ → ℝ", "Type"])
PIECES = st.sampled_from(
    [
        "x",
        "n",
        "f (n + 1)",
        "0",
        "12",
        "% 7 = 3",
        " < ",
        " ≤ ",
        " = ",
        " / ",
        "(x - 1)",
        " ∧ ",
        "|x|",
        " ∨ ",
        " ↔ ",
        "∀ (n : ℕ), ",
        "∃ x, ",
        " → ",
        "n ∈ S",
        "IsLeast {x : ℕ | x = 2} 2",
        "⌊x⌋ = 3",
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=8).map("".join)
ANY = st.text(max_size=40).filter(lambda t: "⊢" not in t)


@st.composite
def goals(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    """A printed goal, more or less."""
    lines = [f"{draw(NAMES)} : {draw(TYPES)}" for _ in range(draw(st.integers(0, 4)))]
    lines += [f"{draw(NAMES)} : {draw(texts)}" for _ in range(draw(st.integers(0, 4)))]
    return "\n".join([*lines, f"⊢ {draw(texts)}"])


@given(goals(TEXTS))
def test_every_goal_has_scripts_and_brackets_stay_balanced(printed: str) -> None:
    for script in islice(scripts_for(parse_goal(printed)), 200):
        assert script.strip()
        for left, right in ("()", "⟨⟩", "[]"):
            assert script.count(left) == script.count(right)


@given(goals(TEXTS | ANY))
def test_text_of_a_goal_never_starts_a_line_of_its_own(printed: str) -> None:
    """Hypotheses and target are on one line each, so no template can be broken by a line break."""
    goal = parse_goal(printed)
    for text in (goal.target, *(h.type for h in goal.hypotheses), *(h.name for h in goal.facts)):
        assert len(text.splitlines()) <= 1
    assert list(scripts_for(goal)) == list(scripts_for(parse_goal(printed)))


@given(goals(TEXTS), st.integers(0, 30))
def test_moves_are_few_single_and_distinct(printed: str, depth: int) -> None:
    found = moves(parse_goal(printed), depth=depth)
    assert len(found) == len(set(found)) <= MOST
    assert all(len(move.splitlines()) == 1 for move in found)


def test_a_guarded_script_keeps_its_lines_in_step() -> None:
    inner = guarded("intro x\nomega").splitlines()[2:4]
    assert inner == ["    intro x", "    omega)"]


def test_conjunctions_are_taken_apart_with_their_projections() -> None:
    goal = Goal((Hypothesis("h", "0 < a ∧ (b = 1 ∧ c = 2) ∧ d"),), "True")
    assert [(f.proof, f.text) for f in facts(goal)] == [
        ("h.1", "0 < a"),
        ("h.2.1", "(b = 1 ∧ c = 2)"),
        ("h.2.2", "d"),
    ]


@pytest.mark.parametrize("text", ["p ∨ q ∧ r", "p → q ∧ r", "(a ↔ b) ∧ c", "∀ x, p ∧ q"])
def test_what_is_no_conjunction_stays_whole(text: str) -> None:
    assert [f.proof for f in facts(Goal((Hypothesis("h", text),), "True"))] == ["h"]


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("∀ (x : ℝ), f x = 2", ["_"]),
        ("∀ x > 0, ∀ y > 0, f (x * y) = f x / y", ["_", "(by grind)", "_", "(by grind)"]),
        ("∀ (x y : ℝ), x ≠ 0 ∧ y ≠ 0 → x * y ≠ 0 → p x y", ["_", "_", "(by grind)", "(by grind)"]),
        ("f x = 2", []),
    ],
)
def test_universal_facts_tell_what_they_are_applied_to(text: str, slots: list[str]) -> None:
    assert argument_slots(text) == slots


@pytest.mark.parametrize(
    ("printed", "step"),
    [
        ("⊢ ∀ (n : ℕ), n = n", "intro z3"),
        ("p : Prop\n⊢ p → p", "intro z3"),
        ("h : ∃ x, x = 2\n⊢ False", "obtain ⟨y3, w3⟩ := h"),
        ("x y : ℝ\nh : x = y + 1\n⊢ x > y", "subst h"),
        ("x y : ℝ\nh : y + 1 = x\n⊢ x > y", "subst h"),
        ("x y : ℝ\nh : x = x * y\n⊢ x > y", None),
        ("x y : ℝ\nh : x = y ∨ x = 2\n⊢ x > y", None),
    ],
)
def test_a_goal_is_unwrapped_step_by_step(printed: str, step: str | None) -> None:
    assert unwrap(parse_goal(printed), 3) == step


@pytest.mark.parametrize(
    ("printed", "script"),
    [
        ("a b : ℝ\n⊢ 2 * a * b ≤ a ^ 2 + b ^ 2", "nlinarith [sq_nonneg (a - b)]"),
        (
            "a b : ℝ\nh : 0 < a\ng : 0 < b\n⊢ 0 < a * b + a",
            "nlinarith [mul_pos (show 0 < a by grind) (show 0 < b by grind), sq_nonneg (a - b)]",
        ),
        ("x y : ℤ\nh : x < y\n⊢ x ≤ y ∧ x ≠ y", "refine ⟨?_, ?_⟩ <;> linarith"),
        ("x : ℝ\nh : x = 2\n⊢ x + 1 = 3", "norm_num [h]"),
    ],
)
def test_closers_get_hints_from_the_goal(printed: str, script: str) -> None:
    assert script in list(scripts_for(parse_goal(printed)))


def test_complex_parts_are_for_complex_goals() -> None:
    plain, complex_ = (
        list(scripts_for(parse_goal(f"z : {kind}\nh : z = 1\n⊢ z * z = 1"))) for kind in "ℝℂ"
    )
    assert any("Complex.ext_iff" in script for script in complex_)
    assert not any("Complex.ext_iff" in script for script in plain)


def test_numbers_and_terms_are_read_off_the_text() -> None:
    goal = parse_goal("x₁ : ℕ\nh₂ : x₁ % 7 = 3\n⊢ 12 ∣ x₁ + x₁ / (x₁ + 5)")
    assert numerals(goal) == [12, 5, 7, 3]
    assert moduli(goal) == [12, 7]
    assert only_about("x₁ < 3", {"x₁"}, goal)
    assert not only_about("h₂ x₁", {"x₁"}, goal)
    assert split_top("(a = b) = c", " = ") == ["(a = b)", "c"]
