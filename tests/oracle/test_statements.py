"""Statements mean what they mean in Mathlib, or are not stated at all.

Each of `MEANS` is a fact that tells Mathlib's reading of a notation from another; each of
`UNSTATED` is a text that Mathlib refuses, or that would mean something else here.
"""

from __future__ import annotations

import pytest

from prover_arb.core.theorem import Theorem
from tests.conftest import Lean

MEANS = [
    # Precedence.
    ("(x y : ℝ) (h : y = -x ^ 2) : y = -(x * x)", "rw [h, pow_two]"),
    (": (∑ i ∈ Finset.range 3, i + 1) = 4", "decide"),
    (": (∑ i in Finset.range 3, 2 * i) = 6", "decide"),
    (": (∏ i ∈ Finset.range 3, 2 + 1) = 9", "decide"),
    (": 2 * 3 ! = 12 ∧ 2 ^ 3 ! = 64", "decide"),
    (": 2 + 3 ≡ 5 * 3 [MOD 10]", "decide"),
    (": (-1 : ℤ) ≡ 2 [ZMOD 3]", "decide"),
    ("(x y : ℝ) : |x| * |y| = |x * y|", "exact (abs_mul x y).symm"),
    ("(x : ℝ) (h : 0 ≤ x) : √x ^ 2 = x", "exact Real.sq_sqrt h"),
    (
        "(p q : ℕ → Prop) (h : ∀ x, p x ∧ q x) : (∀ x, p x) ∧ ∀ x, q x",
        "exact ⟨fun x => (h x).1, fun x => (h x).2⟩",
    ),
    # Division, remainders, subtraction, casts.
    (": (7 : ℕ) / 2 = 3 ∧ (-7 : ℤ) / 2 = -4 ∧ (-7 : ℤ) % 3 = 2 ∧ (7 : ℤ) % (-3) = 1", "decide"),
    (": (7 : ℕ) / 0 = 0 ∧ (7 : ℕ) % 0 = 7 ∧ (3 : ℕ) - 5 = 0", "decide"),
    (": (7 : ℝ) / 2 = 3 + 1 / 2", "norm_num"),
    ("(a b : ℕ) (h : a = 7) (k : b = 2) : (a / b : ℝ) = 7 / 2", "subst h k; norm_num"),
    ("(a b : ℕ) (h : a = 7) (k : b = 2) : ((a / b : ℕ) : ℝ) = 3", "subst h k; norm_num"),
    ("(a b : ℕ) (h : a = 3) (k : b = 5) : ((a - b : ℕ) : ℤ) = 0", "subst h k; rfl"),
    ("(a b : ℕ) (h : a = 3) (k : b = 5) : (a - b : ℤ) = -2", "subst h k; rfl"),
    (": Int.natAbs (-3) = 3 ∧ Int.toNat (-3) = 0", "decide"),
    # Sums without end, least upper bounds, powers of negative bases.
    (": (∑' n : ℕ, (0 : ℝ) + 1) = (∑' n : ℕ, (0 : ℝ)) + 1", "rfl"),
    (
        "(f : ℕ → ℝ) (h : ¬ Summable f) : ∑' n, f n = 0",
        "unfold tsum\nexact dif_neg h",
    ),
    (
        "(s : Set ℝ) (h : ¬ (s.Nonempty ∧ ∃ x, IsLUB s x)) : sSup s = 0",
        "exact dif_neg h",
    ),
    (": (-2 : ℝ) ^ (2 : ℝ) = 4", "rw [Real.rpow_two]\nnorm_num"),
    # Values where a function has none.
    (": (0 : ℝ)⁻¹ = 0 ∧ (1 : ℝ) / 0 = 0", "exact ⟨inv_zero, div_zero 1⟩"),
    (": Real.sqrt (-4) = 0", "exact Real.sqrt_eq_zero_of_nonpos (by norm_num)"),
    (
        ": Real.log 0 = 0 ∧ Real.log (-1) = 0",
        "exact ⟨Real.log_zero, by rw [Real.log_neg_eq_log, Real.log_one]⟩",
    ),
    (": (0 : ℝ) ^ 0 = 1 ∧ (0 : ℝ) ^ (0 : ℝ) = 1", "exact ⟨pow_zero 0, Real.rpow_zero 0⟩"),
    # Numerals and exponents.
    ("(x : ℝ) : x ^ (1 / 2) = 1", "exact pow_zero x"),
    (
        ": (4 : ℝ) ^ (1 / 2 : ℝ) * 4 ^ (1 / 2 : ℝ) = 4",
        "rw [← Real.rpow_add (by norm_num)]; norm_num",
    ),
    (": 2 - 3 = 0", "rfl"),
    (": (2 : Fin 3) + 2 = 1 ∧ (5 : Fin 3) = 2 ∧ (0 : Fin 3) - 1 = 2", "decide"),
    (
        ": (2 : ℝ) ∣ 3 ∧ ¬ (0 : ℝ) ∣ 3",
        "exact ⟨⟨3 / 2, by norm_num⟩, fun ⟨c, h⟩ => by rw [zero_mul] at h; linarith⟩",
    ),
    # Sums and intervals whose ends are the wrong way round.
    (": (∑ i ∈ Finset.Icc 3 1, i) = 0", "decide"),
    (": Set.Icc (3 : ℕ) 1 = ∅", "ext x; simp; omega"),
    # Floors.
    (": ⌊(-1 / 2 : ℝ)⌋ = -1", "rw [Int.floor_eq_iff]; norm_num"),
    (": ⌊(7 / 2 : ℝ)⌋ = 3", "rw [Int.floor_eq_iff]; norm_num"),
    # Binders.
    (": ∃ x > (0 : ℤ), x < 2", "exact ⟨1, by decide, by decide⟩"),
    (": ∃! x : ℕ, x + 1 = 3", "exact ⟨2, rfl, fun y h => by omega⟩"),
    (
        ": ¬ ∃! x : ℝ, x ^ 2 = 1",
        "rintro ⟨x, _, h⟩\nhave h1 := h 1 (by norm_num)\nhave h2 := h (-1) (by norm_num)\nlinarith",
    ),
    (": ∃! x ∈ Finset.range 3, 2 ≤ x", "exact ⟨2, by decide, fun y h => by simp at h; omega⟩"),
    (": ∃ᵉ (x ∈ Finset.range 3) (y > 4), x + y = 7", "exact ⟨2, by decide, 5, by decide, rfl⟩"),
    # Sets.
    (": {x ∈ Finset.range 10 | x % 3 = 0}.card = 4", "decide"),
    (
        ": (5, 7) ∈ {(a, b) : ℕ × ℕ | a < b} ∧ ¬ (7, 5) ∈ {(a, b) : ℕ × ℕ | a < b}",
        "exact ⟨by show 5 < 7; decide, by show ¬ 7 < 5; decide⟩",
    ),
    (
        ": 9 ∈ {n ^ 2 | n ∈ Finset.range 4} ∧ ¬ 16 ∈ {n ^ 2 | n ∈ Finset.range 4}",
        "refine ⟨⟨3, by decide, rfl⟩, ?_⟩\nrintro ⟨n, h, k⟩\nsimp at h\n"
        "interval_cases n <;> simp at k",
    ),
    ("(s : Set ℕ) : ¬ s ⊂ s", "exact fun h => h.2 h.1"),
    (
        "(h : (Set.univ : Set ℕ).Infinite) : (Set.univ : Set ℕ).ncard = 0",
        "exact Set.Infinite.ncard h",
    ),
    ("(s : ℕ → Set ℕ) (h : ∀ i, 3 ∈ s i) : 3 ∈ ⋂ i ∈ Finset.range 5, s i", "exact fun i _ => h i"),
    # Functions.
    ("(f : ℕ → ℕ) (x : ℕ) : f^[2] x = f (f x) ∧ f^[0] x = x", "exact ⟨rfl, rfl⟩"),
    ("(f g : ℝ → ℝ) (x : ℝ) : (f + g) x = f x + g x ∧ (f * g) x = f x * g x", "exact ⟨rfl, rfl⟩"),
    (
        "(u : ℕ → ℝ) (h : ∀ n, u n = 5) : Filter.Tendsto u Filter.atTop (𝓝 5)",
        "rw [Metric.tendsto_atTop]\nintro ε hε\nrefine ⟨0, fun n _ => ?_⟩\n"
        "rw [Real.dist_eq, h, sub_self, abs_of_nonneg le_rfl]\nexact hε",
    ),
    (
        "(x : ℝ) (h : ¬ DifferentiableAt ℝ (fun y => |y|) x) : deriv (fun y : ℝ => |y|) x = 0",
        "exact dif_neg h",
    ),
    ("(α : Type*) (a : α) : a = a", "rfl"),
    (": ¬ ((1, 5) : ℕ × ℕ) < (2, 3)", "exact fun h => absurd h.1.2 (by decide)"),
]

UNSTATED = [
    "(h : x = 0) : x = 0",
    "(f : α → α) : f = f",
    "(a b c : ℕ) (h : a < b < c) : a < c",
    "(n : ℕ) : ∃! x y, x + y = n",
    "(π : ℕ) : π = π",
    ": sqrt 4 = 2",
    "(n : ℕ) : sqrt n ≤ n",
    "(f : ℝ → ℝ) : ContDiff ℝ ⊤ f",
    "(x : ℝ) : x % 2 = 0",
    "(n : ℕ) : ⌊n⌋ = n",
    "(s : Finset ℕ) : {x : ℤ | x ∈ s}.card = s.card",
    "(z w : ℂ) : z ≤ w",
]
"""Mathlib refuses these, or its meaning is not to be had here."""

OPENED = [("open Complex", "(x : ℝ) : log x = 0"), ("open Int", "(n : ℤ) : sqrt n = 0")]
"""What is opened makes a name mean two things."""


@pytest.mark.lean
@pytest.mark.parametrize(("statement", "script"), MEANS)
def test_the_meaning_is_mathlibs(lean: Lean, statement: str, script: str) -> None:
    verdict = lean.verify(statement, script)
    assert verdict.status == "proved", verdict.detail


@pytest.mark.lean
@pytest.mark.parametrize(
    ("preamble", "statement"), [*(("", statement) for statement in UNSTATED), *OPENED]
)
def test_not_stated(lean: Lean, preamble: str, statement: str) -> None:
    theorem = Theorem(name="target", statement=statement, preamble=preamble)
    check = lean.run(lean.oracle.inspect(theorem))
    assert not check.elaborates, check.type


@pytest.mark.lean
def test_an_open_of_an_absent_namespace_is_passed_over(lean: Lean) -> None:
    assert (
        lean.verify(": 1 + 1 = 2", "rfl", preamble="open Nowhere Nat Elsewhere.Deep").status
        == "proved"
    )
    theorem = Theorem(name="target", statement=": missing = 2", preamble="open Nowhere")
    assert not lean.run(lean.oracle.inspect(theorem)).elaborates
