"""The core profile's tactics, names and notations of Mathlib, each on goals of its kind."""

from __future__ import annotations

import re

import pytest

from prover_arb.core.workspace import workspace
from tests.conftest import Lean

PROVED = [
    ("(x y : ℝ) (h : x < y) (k : y < 3) : x < 3", "linarith"),
    ("(x y : ℝ) (h : 2 * x + y = 7) (k : x - y = 2) : x = 3", "linarith"),
    ("(x y : ℝ) (h : x / 2 + y ≤ 7) (k : 0 ≤ y) : x ≤ 14", "linarith [h, k]"),
    ("(a b : ℕ) (h : a < b) (k : b < 3 * a) : 1 ≤ a", "linarith"),
    ("(x y : ℝ) : 2 * x * y ≤ x ^ 2 + y ^ 2", "nlinarith [sq_nonneg (x - y)]"),
    ("(x : ℝ) (h : 0 < x) (k : x < 1) : x ^ 2 < x", "nlinarith"),
    ("(x : ℝ) (h : x ^ 2 = 4) (k : 0 < x) : x = 2", "nlinarith"),
    ("(a b : ℤ) (h : 3 * a + 2 * b = 12) (k : 5 * a - 7 * b < 0) : 2 * a < 6", "linarith"),
    ("(n : ℕ) (h : n ≤ 57) : (n : ℝ) ≤ 57", "exact_mod_cast h"),
    ("(a b c : ℕ) (h : a ≠ 0) (k : a * b = a * c) : b = c", "exact mul_left_cancel₀ h k"),
    ("(x y : ℝ) : (x + y) / 2 = x / 2 + y / 2", "ring"),
    ("(n : ℕ) : 2 ^ (n + 1) = 2 * 2 ^ n", "ring"),
    ("(x y : ℝ) (h : x = y + 1) (k : y = 2) : x = 3", "linear_combination h + k"),
    ("(x y : ℝ) (h : 0 < x) (k : 0 < y) : 0 < x * y + x ^ 2 / y", "positivity"),
    ("(a b c : ℝ) (h : a ≤ b) : a + c ≤ b + c", "gcongr"),
    (": (2 : ℝ) / 4 + 1 = 3 / 2", "norm_num"),
    ("(x : ℝ) (h : 2 * x = 4) : x = 2", "norm_num at h ⊢\nlinarith"),
    ("(n : ℕ) (h : n ≤ 3) (k : 1 ≤ n) : n ∣ 6", "interval_cases n <;> decide"),
    ("(x : Fin 2) : x = 0 ∨ x = 1", "fin_cases x <;> simp"),
    (": ∃ n : ℕ, n * n = 9", "use 3"),
    ("(p q : Prop) (h : p ∧ q) : q ∧ p", "cases' h with a b\nexact ⟨b, a⟩"),
    (
        "(f : ℕ → ℕ) (h : f 0 = 0) (k : ∀ n, f (n + 1) = f n) (n : ℕ) : f n = 0",
        "induction' n with n ih\n· exact h\n· rw [k, ih]",
    ),
    ("(x : ℝ) (h : ¬ (x ≤ 1 ∨ 3 ≤ x)) : 1 < x", "push_neg at h\nexact h.1"),
    ("(x : ℝ) (h : x ^ 2 = 0) : x = 0", "by_contra! k\nexact pow_ne_zero 2 k h"),
    ("(a b : ℕ) (h : a + 1 ≤ b) : ¬ b ≤ a", "contrapose! h\nomega"),
    ("(p q : Prop) (h : p → q) (k : ¬ q) : ¬ p", "tauto"),
    ("(x : ℝ) (h : x ≠ 0) : x / x = 1", "field_simp"),
    (": ∑ k in Finset.range 4, k = 6", "decide"),
    (": (Complex.I : ℂ) ^ 2 = -1", "exact Complex.I_sq"),
    (
        "(x : ℝ) : Real.sin x ^ 2 ≤ 1",
        "nlinarith [Real.cos_sq_add_sin_sq x, sq_nonneg (Real.cos x)]",
    ),
]
NOT_PROVED = [
    ("(x y : ℝ) (h : x ≤ y) : x < y", "linarith"),
    ("(x : ℝ) : 0 < x ^ 2", "positivity"),
    ("(x y : ℝ) : (x + y) ^ 2 = x ^ 2 + y ^ 2", "ring"),
    (": (2 : ℝ) + 2 = 5", "norm_num"),
    ("(x : ℝ) : x / x = 1", "field_simp"),
    ("(n : ℕ) (h : n ≤ 3) : n ∣ 6", "interval_cases n <;> norm_num"),
    ("(x y : ℝ) (h : x = y) : x = y + 1", "linear_combination h"),
    ("(n : ℕ) : n = 0", "first | simp | linarith"),
    (": ∑ k in Finset.range 4, k = 7", "norm_num"),
    ("(x : ℝ) : Real.sin x = 1", "norm_num"),
]


@pytest.mark.lean
@pytest.mark.parametrize(("statement", "script"), PROVED)
def test_proved(lean: Lean, statement: str, script: str) -> None:
    verdict = lean.verify(statement, script)
    assert verdict.status == "proved", verdict.detail


@pytest.mark.lean
@pytest.mark.parametrize(("statement", "script"), NOT_PROVED)
def test_not_proved(lean: Lean, statement: str, script: str) -> None:
    assert lean.verify(statement, script).status == "rejected"


def test_every_tactic_is_carried_out() -> None:
    folder = workspace() / "ProverArb"
    declared = set(
        re.findall(
            r"^syntax \(name := (\w+)\)", (folder / "Mathlib/Syntax.lean").read_text(), re.MULTILINE
        )
    )
    carried = set(re.findall(r"\(`(\w+), ", (folder / "Tactics/Register.lean").read_text()))
    assert {name.removesuffix("Bang") for name in declared} == carried
