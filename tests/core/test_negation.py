"""What it means that a statement is false."""

from __future__ import annotations

import pytest

from prover_arb.core.negation import denies, negation, type_parameters
from prover_arb.core.theorem import Theorem
from prover_arb.provers.local.refuter import MOST, counterexamples

GIVEN = "{ℝ : Type} [inst._@.7._hygCtx._hyg.3 : Field.{0} ℝ]"


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


@pytest.mark.parametrize(
    ("denial", "claim", "holds"),
    [
        ("Not False", "False", True),
        ("Not (Eq.{1} Nat a b)", "Eq.{1} Nat a b", True),
        ("Not (forall (n : Nat), P n)", "forall (n : Nat), P n", True),
        ("forall (n : Nat), Not (P n)", "forall (n : Nat), P n", False),
        ("Not (P a)", "P b", False),
        ("Not (P a) ", "P a", False),
        # The names of instances are Lean's own and differ from one elaboration to the next.
        ("Not (Q x._@.1._hygCtx._hyg.3)", "Q x._@.8._hygCtx._hyg.5", True),
        (
            "Not (Q x._@.1._hygCtx._hyg.3 x._@.1._hygCtx._hyg.4)",
            "Q x._@.8._hygCtx._hyg.5 x._@.8._hygCtx._hyg.5",
            False,
        ),
        (f"forall {GIVEN}, Not (forall (x : ℝ), P x)", f"forall {GIVEN} (x : ℝ), P x", True),
        (f"forall {GIVEN}, Not (P 0)", f"forall {GIVEN}, P 0", True),
        (f"forall {GIVEN} (x : ℝ), Not (P x)", f"forall {GIVEN} (x : ℝ), P x", False),
        (f"forall {GIVEN} [F : False], Not (P 0)", f"forall {GIVEN} [F : False], P 0", False),
    ],
)
def test_types_decide_what_is_denied(denial: str, claim: str, holds: bool) -> None:
    assert denies(denial, claim, GIVEN) == holds


def test_without_type_parameters_nothing_may_stand_before_the_negation() -> None:
    assert not denies(f"forall {GIVEN}, Not (P 0)", f"forall {GIVEN}, P 0", "")


def test_type_parameters_end_at_the_first_comma_outside_brackets() -> None:
    assert type_parameters(f"forall {GIVEN}, Eq.{{1}} ℝ a b") == GIVEN
    assert type_parameters("Eq.{1} Real a b") == ""


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
