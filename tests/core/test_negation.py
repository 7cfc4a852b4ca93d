"""What it means that a statement is false."""

from __future__ import annotations

import pytest

from prover_arb.core.negation import negation
from prover_arb.core.theorem import Theorem
from prover_arb.provers.local.refuter import MOST, counterexamples


def negated(statement: str) -> str:
    denial = negation(Theorem(name="t", statement=statement))
    assert denial is not None
    assert denial.name == "t_is_false"
    return " ".join(denial.statement.split())


@pytest.mark.parametrize(
    ("statement", "denial"),
    [
        (": 1 = 2", ": ¬ (1 = 2)"),
        ("(n : ℕ) : n = 2", ": ¬ (∀ (n : ℕ), n = 2)"),
        ("n : n = 2", ": ¬ (∀ n, n = 2)"),
        (
            "{α : Type} [Inhabited α] ⦃x : α⦄ (f : ∀ n : ℕ, n = n) : ∃ y : α, x = y",
            ": ¬ (∀ {α : Type} [Inhabited α] ⦃x : α⦄ (f : ∀ n : ℕ, n = n), ∃ y : α, x = y)",
        ),
        ("(n : ℕ := 3) : n = 3", ": ¬ (∀ (n : ℕ := 3), n = 3)"),
        ("/- a : b -/ (n : ℕ) : n = 2", ": ¬ (∀ /- a : b -/ (n : ℕ), n = 2)"),
    ],
)
def test_the_negation_is_made_from_the_text(statement: str, denial: str) -> None:
    assert negated(statement) == denial


def test_a_comment_to_the_end_of_the_line_hides_nothing_that_comes_after() -> None:
    denial = negation(Theorem(name="t", statement="(n : ℕ) -- a : b\n : n = 2 -- c"))
    assert denial is not None
    assert denial.statement == ": ¬ (∀ (n : ℕ) -- a : b\n, n = 2 -- c\n)"


def test_a_text_without_a_goal_has_no_negation() -> None:
    assert negation(Theorem(name="t", statement="(n : ℕ)")) is None


class TestCounterexamples:
    def test_the_smallest_come_first(self) -> None:
        scripts = list(counterexamples("¬∀ (a b : ℕ), a - b + b = a"))
        assert len(scripts) == MOST == len(set(scripts))
        assert "claim := claim (0) (0)\n" in scripts[0]
        assert any("claim := claim (0) (1)\n" in script for script in scripts[:3])

    def test_numbers_of_the_statement_are_tried(self) -> None:
        scripts = list(counterexamples("¬∀ (x y : ℤ), x * y = 6 → x = 2"))
        assert any("(1) (6)" in script for script in scripts)

    def test_only_numbers_before_the_first_hypothesis_are_set(self) -> None:
        assert "claim (0)\n" in next(counterexamples("¬∀ (n : ℕ), (∀ (m : ℕ), m < n) → n = 1"))

    @pytest.mark.parametrize("target", ["¬1 = 2", "¬∀ (p : Prop), p", "False"])
    def test_without_numbers_there_are_none(self, target: str) -> None:
        assert list(counterexamples(target)) == []
