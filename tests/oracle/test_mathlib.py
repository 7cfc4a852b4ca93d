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
MORE = [
    # what is named in Real speaks of ℝ
    (": Real.sqrt 3 ^ 2 = 3", "exact Real.sq_sqrt (show 0 ≤ 3 by norm_num)"),
    (": 3 < Real.pi", "linarith [Real.pi_gt_three]"),
    ("(x : ℝ) (h : 0 ≤ x) : √x * √x = x", "rw [Real.mul_self_sqrt h]"),
    # norm_num knows values of functions, and evaluates before its arguments are used
    (": |(-7 : ℝ) / 2| = 7 / 2", "norm_num"),
    (": ⌊(-7 : ℝ) / 2⌋ = -4", "norm_num"),
    (": ⌈(7 : ℝ) / 2⌉ = 4", "norm_num"),
    (": Real.sqrt (9 / 4) = 3 / 2", "norm_num"),
    (": (0.25 : ℝ) + 0.5 = 3 / 4", "norm_num"),
    ("(h : 35 = 7 * 5) : 35 % 7 = 0", "norm_num [h]"),
    (": (3 : ℂ) ≠ 0", "norm_num"),
    # ring_nf writes sums of monomials, in atoms too
    ("(f : ℤ → ℤ) (x : ℤ) (h : f (x * 2) = 1) : f (x + x) = 1", "ring_nf\nexact h"),
    ("(z : ℂ) (h : z = Complex.I) : z * (z * 2) = -2", "rw [h]\nring_nf\nsimp"),
    # positivity goes by the form
    ("(x : ℝ) : 0 < 2 + x ^ 2", "positivity"),
    ("(n : ℕ) : 0 ≤ (2 : ℝ) ^ n", "positivity"),
    ("(x y : ℝ) (h : 0 < x) (k : y ≠ 0) : 0 < x / y ^ 2 + |y|", "positivity"),
    ("(a b : ℕ) (h : 0 < a) : (b : ℝ) / a + √2 ≠ 0", "positivity"),
    ("(n : ℕ) : 0 < (n ! : ℝ) * Real.exp (-3) * Real.pi", "positivity"),
    # interval_cases puts the value everywhere
    (
        "(n : ℕ) (p : ℕ → Prop) (h : 2 ≤ n) (k : n < 4) (a : p 2) (b : p 3) : p n",
        "interval_cases n\n· exact a\n· exact b",
    ),
    ("(z : ℤ) (h : -1 ≤ z) (k : z ≤ 1) : z ^ 3 = z", "interval_cases z <;> rfl"),
    # use splits what is left only where all of it closes
    (": ∃ n : ℕ, n < 5 ∧ n = 4", "use 4\nconstructor\n· norm_num\n· rfl"),
    # membership in a set is decided as its property is
    (": 39 ∈ {n : ℕ | n % 7 = 4 ∧ n % 2 = 1}", "decide"),
    # a lemma that is not here is passed over by simplifiers
    ("(n : ℕ) : n + 0 = n", "simp [Nat.no_such_lemma_is_here]"),
]
FORMS = [
    # without loss of generality: all variables and hypotheses are spoken of anew
    (
        "(x y : ℕ) (k : x ≠ y) (m : x + y = 5) : x * y ≤ 6",
        "wlog h : x < y with H\n· have := H y x k.symm (by omega) (by omega)\n  nlinarith\n"
        "· have : x ≤ 2 := by omega\n  interval_cases x <;> omega",
    ),
    (
        "(x y : ℕ) (P : ℕ → ℕ → Prop) (s : ∀ a b, P a b → P b a) (t : ∀ a b, a ≤ b → P a b)"
        " : P x y",
        "wlog h : x ≤ y generalizing x y\n· exact s _ _ (this y x (by omega))\n· exact t _ _ h",
    ),
    # quantifiers of a term and of the goal
    (
        "(p q : ℕ → ℕ → Prop) (h : ∀ m, ∃ n, p m n) (k : ∀ m n, p m n → q m n) : ∀ m, ∃ n, q m n",
        "peel h with m n a\nexact k m n a",
    ),
    ("(p q : ℕ → Prop) (h : ∀ n, p n ↔ q n) : (∀ n, p n) ↔ ∀ n, q n", "peel with n\nexact h n"),
    (
        "(p q : ℕ → Prop) (h : ∀ n > 3, p n) (k : ∀ n, p n → q n) : ∀ n > 3, q n",
        "peel 2 h with n a b\nexact k n b",
    ),
    # choose names functions, then what is known of them
    (
        "(h : ∀ n : ℕ, ∃ m k : ℕ, n < m ∧ m < k) : ∃ f : ℕ → ℕ, ∀ n, n < f n",
        "choose f g a b using h\nexact ⟨f, a⟩",
    ),
    (
        "(h : ∀ n : ℕ, 2 < n → ∃ m, n < m) : ∃ f : ℕ → ℕ, ∀ n, 2 < n → n < f n",
        "choose! f a using h\nexact ⟨f, a⟩",
    ),
    # names that congruence and simplification bring
    (
        "(f g : ℕ → ℕ) (h : ∀ x, f x = g x) : (fun x => f x + 1) = fun x => g x + 1",
        "rcongr x\nexact h x",
    ),
    ("(f : ℕ → ℕ) (a b : ℕ) (h : a = b) : f a + 1 = f b + 1", "congrm f ?_ + 1\nexact h"),
    ("(p q : Prop) : p ∧ True → q → p", "simp_intro h k\nexact h"),
    (
        "(x : ℕ) (h : x = 2) : x + 3 = 5",
        "let y := x + 3\nhave k : y = 5 := by\n  unfold_let y\n  omega\nexact k",
    ),
    (
        "(f : ℕ → ℕ) (i : Function.Injective f) (a b : ℕ) (h : f a = f b) : a = b",
        "apply_fun f using i\nexact h",
    ),
    ("(z : ℤ) (h : 0 ≤ z) : ∃ n : ℕ, (n : ℤ) = z", "lift z to ℕ using h with n hn\nexact ⟨n, rfl⟩"),
    # goals without a proof, and what is forgotten
    ("(a b : ℕ) (h : a = b) : b = a", "have k : a = b\n· exact h\nexact k.symm"),
    ("(a b : ℕ) (h : a = b) : b = a", "suffices k : a = b\n· exact k.symm\nexact h"),
    ("(a b c : ℕ) (h : a < b) (k : c = 0) : a ≠ b", "clear * - h\nomega"),
    ("(a b c : ℝ) (h : a ≤ b) (k : b ≤ c) : a ≤ c", "trans b\n· exact h\n· exact k"),
    (
        "(n : ℕ) (h : 1 ≤ n) : 1 ≤ n ^ 2",
        "induction' n, h using Nat.le_induction with n h i\n· norm_num\n· nlinarith",
    ),
    # decimals, and exponents that are multiples
    ("(x : ℝ) (h : 1.5 * x ≤ 3) : x ≤ 2", "linarith"),
    ("(x : ℝ) (n : ℕ) : x ^ (2 * n + 1) = x * (x ^ n) ^ 2", "ring"),
    # the laws of orders hold of ℕ, ℤ and ℝ alike
    ("(x y : ℕ) (h : 0 < x) (k : 0 < y) : 0 < x * y", "exact mul_pos h k"),
    ("(x y : ℕ) (h : 0 < x) (k : 0 < y) : x < x * y + 1", "nlinarith [mul_pos h k, sq_nonneg x]"),
    (
        "(a b c d : ℕ) (h : a ≤ b) (k : c ≤ d) : a * c + c ≤ b * d + d",
        "exact add_le_add (mul_le_mul h k (by omega) (by omega)) k",
    ),
    (
        "(a b : ℤ) (h : 0 ≤ a) (k : a < b) : a ^ 3 < b ^ 3",
        "exact pow_lt_pow_left₀ k h (by norm_num)",
    ),
    (
        "(a b : ℕ) (h : a ^ 2 = b ^ 2) : a = b",
        "exact pow_left_injective₀ (by omega) (by omega) (by norm_num) h",
    ),
]
NOT_PROVED = [
    ("(x y : ℕ) : x ≤ y", "wlog h : x ≤ y\n· exact this x y (by omega)\n· exact h"),
    ("(p : ℕ → Prop) (h : ∃ n, p n) : ∀ n, p n", "peel h with n a\nexact a"),
    (
        "(h : ∀ n : ℕ, 2 < n → ∃ m, n < m ∧ m < 3) : False",
        "choose! f a using h\nexact absurd (a 0) (by simp)",
    ),
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
    (": ⌊(7 : ℝ) / 2⌋ = 4", "norm_num"),
    (": Real.sqrt 2 = 1", "norm_num"),
    ("(x : ℝ) : 0 < x ^ 2 + |x|", "positivity"),
    ("(n : ℕ) (h : n ≤ 3) : n ∣ 6", "interval_cases n\n· decide\n· decide\n· decide\n· decide"),
    ("(a b : ℕ) (h : a ≤ b) : a ≤ b", "linarith\nlinarith"),
    ("(n : ℕ) : n * 0 = 0", "rw [Nat.no_such_lemma_is_here]"),
]
WHOLE_ANSWER = """import Mathlib
import Aesop

set_option maxHeartbeats 400000

open BigOperators Real Nat Topology Rat

lemma helper (x : ℝ) : 0 ≤ x ^ 2 := by positivity

/-- What was asked for. -/
theorem target (x y : ℝ) : 0 ≤ x ^ 2 + y ^ 2 := by
  have h := helper x
  nlinarith [h, helper y]
"""


@pytest.mark.lean
@pytest.mark.parametrize(("statement", "script"), [*PROVED, *MORE, *FORMS])
def test_proved(lean: Lean, statement: str, script: str) -> None:
    verdict = lean.verify(statement, script)
    assert verdict.status == "proved", verdict.detail


@pytest.mark.lean
@pytest.mark.parametrize(("statement", "script"), NOT_PROVED)
def test_not_proved(lean: Lean, statement: str, script: str) -> None:
    assert lean.verify(statement, script).status == "rejected"


@pytest.mark.lean
def test_a_model_s_whole_answer_is_a_file(lean: Lean) -> None:
    verdict = lean.verify("(x y : ℝ) : 0 ≤ x ^ 2 + y ^ 2", WHOLE_ANSWER, kind="file")
    assert verdict.status == "proved", verdict.detail


@pytest.mark.lean
def test_a_rule_of_aesop_may_be_unsafe(lean: Lean) -> None:
    verdict = lean.verify("(p q : Prop) (h : p) (k : p → q) : q", "aesop (add unsafe 50% k)")
    assert verdict.status == "proved", verdict.detail


@pytest.mark.lean
def test_a_failing_proof_ends_with_its_first_failing_step(lean: Lean) -> None:
    script = "have h : a = b := by omega\nhave k : a = c := by omega\nomega"
    verdict = lean.verify("(a b c : ℕ) : a = b + c", script)
    places = {message.line for message in verdict.messages if message.severity == "error"}
    assert verdict.status == "rejected"
    assert min(places) == 1
    assert 2 not in places


def test_every_tactic_is_carried_out() -> None:
    folder = workspace() / "ProverArb"
    declared = set(
        re.findall(
            r"^syntax \(name := (\w+)\)", (folder / "Mathlib/Syntax.lean").read_text(), re.MULTILINE
        )
    )
    carried = set(re.findall(r"\(`(\w+), ", (folder / "Tactics/Register.lean").read_text()))
    assert {name.removesuffix("Bang") for name in declared - {"lemma"}} == carried
