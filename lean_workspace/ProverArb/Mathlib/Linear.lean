module

public import ProverArb.Core.LogExp
public import ProverArb.Core.NNReal

/-!
What the proofs of `linarith`, `nlinarith`, `positivity` and `ring` are put together from: facts
`0 ≤ e`, `0 < e` and `e = 0` of ordered commutative rings, their sums, multiples and products, and
equations decided by normal form.
-/

@[expose] public noncomputable section

set_option autoImplicit false
set_option linter.unusedSectionVars false

universe u

namespace ProverArb.Linear

section Ordered
variable {R : Type u} [Lean.Grind.CommRing R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R]

theorem of_le {a b : R} (h : a ≤ b) : 0 ≤ b - a := by grind
theorem of_lt {a b : R} (h : a < b) : 0 < b - a := by grind
theorem of_eq {a b : R} (h : a = b) : b - a = 0 := by grind
theorem of_not_le {a b : R} (h : ¬ a ≤ b) : 0 < a - b := by grind
theorem of_not_lt {a b : R} (h : ¬ a < b) : 0 ≤ a - b := by grind
theorem le_of {a b : R} (h : 0 < a - b → False) : a ≤ b := by grind
theorem lt_of {a b : R} (h : 0 ≤ a - b → False) : a < b := by grind
theorem eq_of {a b : R} (h : 0 < a - b → False) (h' : 0 < b - a → False) : a = b := by grind

theorem nn_of_pos {a : R} (h : 0 < a) : 0 ≤ a := by grind
theorem nn_of_eq {a : R} (h : a = 0) : 0 ≤ a := by grind
theorem neg_eq {a : R} (h : a = 0) : -a = 0 := by grind
theorem one_pos : (0 : R) < 1 := by grind

theorem add_nn {a b : R} (h : 0 ≤ a) (h' : 0 ≤ b) : 0 ≤ a + b := by grind
theorem add_pn {a b : R} (h : 0 < a) (h' : 0 ≤ b) : 0 < a + b := by grind
theorem add_np {a b : R} (h : 0 ≤ a) (h' : 0 < b) : 0 < a + b := by grind
theorem add_pp {a b : R} (h : 0 < a) (h' : 0 < b) : 0 < a + b := by grind

theorem natCast_nonneg (n : ℕ) : 0 ≤ (n : R) := Lean.Grind.OrderedRing.natCast_nonneg
theorem lit_nonneg (n : ℕ) : 0 ≤ (OfNat.ofNat n : R) := by
  rw [Lean.Grind.Semiring.ofNat_eq_natCast n]; exact natCast_nonneg n
theorem lit_pos (n : ℕ) : 0 < (OfNat.ofNat (n + 1) : R) := by
  have h := lit_nonneg (R := R) n
  rw [Lean.Grind.Semiring.ofNat_succ n]
  grind

theorem mul_nn {a b : R} (h : 0 ≤ a) (h' : 0 ≤ b) : 0 ≤ a * b := mul_nonneg h h'
theorem mul_pp {a b : R} (h : 0 < a) (h' : 0 < b) : 0 < a * b := mul_pos h h'
theorem mul_e {a : R} (b : R) (h : a = 0) : a * b = 0 := by grind
theorem mul_e' (a : R) {b : R} (h : b = 0) : a * b = 0 := by grind
theorem sq_nn (a : R) : 0 ≤ a * a := mul_self_nonneg a
theorem sq_nn' (a : R) : 0 ≤ a ^ 2 := sq_nonneg a

theorem scale_nn {a : R} (n : ℕ) (h : 0 ≤ a) : 0 ≤ (OfNat.ofNat n : R) * a :=
  mul_nonneg (lit_nonneg n) h
theorem scale_p {a : R} (n : ℕ) (h : 0 < a) : 0 < (OfNat.ofNat (n + 1) : R) * a :=
  mul_pos (lit_pos n) h
theorem scale_e {a : R} (n : ℕ) (h : a = 0) : (OfNat.ofNat n : R) * a = 0 := by grind

theorem absurd_pos {e : R} (h : 0 < e) (h' : e = 0) : False := by grind

end Ordered

section Ring
variable {R : Type u} [Lean.Grind.CommRing R]
theorem zero_zero : (0 : R) = 0 := rfl
theorem ring_of_eq {a b : R} (h : a = b) : a - b = 0 := by grind
theorem ring_mul (c : R) {a : R} (h : a = 0) : c * a = 0 := by grind
theorem ring_add {a b : R} (h : a = 0) (h' : b = 0) : a + b = 0 := by grind
theorem of_combination {a b s : R} (h : s = 0) (h' : a - b - s = 0) : a = b := by grind
end Ring

theorem int_of_lt {a b : ℤ} (h : a < b) : 0 ≤ b - a - 1 := by omega
theorem int_of_not_le {a b : ℤ} (h : ¬ a ≤ b) : 0 ≤ a - b - 1 := by omega
theorem int_pos {a : ℤ} (h : 0 < a) : 0 ≤ a - 1 := by omega

theorem nat_le {a b : ℕ} (h : a ≤ b) : (a : ℤ) ≤ (b : ℤ) := Int.ofNat_le.2 h
theorem nat_lt {a b : ℕ} (h : a < b) : (a : ℤ) < (b : ℤ) := Int.ofNat_lt.2 h
theorem nat_eq {a b : ℕ} (h : a = b) : (a : ℤ) = (b : ℤ) := congrArg _ h
theorem nat_not_le {a b : ℕ} (h : ¬ a ≤ b) : (b : ℤ) < (a : ℤ) := by omega
theorem nat_not_lt {a b : ℕ} (h : ¬ a < b) : (b : ℤ) ≤ (a : ℤ) := by omega
theorem nat_le_of {a b : ℕ} (h : (b : ℤ) < (a : ℤ) → False) : a ≤ b :=
  Nat.le_of_not_lt fun h' => h (by omega)
theorem nat_lt_of {a b : ℕ} (h : (b : ℤ) ≤ (a : ℤ) → False) : a < b :=
  Nat.lt_of_not_le fun h' => h (by omega)
theorem nat_eq_of {a b : ℕ} (h : (b : ℤ) < (a : ℤ) → False) (h' : (a : ℤ) < (b : ℤ) → False) :
    a = b := Nat.le_antisymm (nat_le_of h) (nat_le_of h')

section Normal
open Lean.Grind.CommRing

/-- An expression whose normal form is zero is zero. -/
theorem eq_zero_of_normal {R : Type u} [Lean.Grind.CommRing R] (ctx : Context R) (e : Expr)
    (h : (e.toPoly_k.beq' (.num 0)) = true) : e.denote ctx = 0 := by
  rw [Poly.beq'_eq, Expr.toPoly_k_eq_toPoly] at h
  rw [← Expr.denote_toPoly, h]
  simp [Poly.denote, Lean.Grind.Ring.intCast_zero]

/-- Expressions of one normal form are equal. -/
theorem eq_of_normal {R : Type u} [Lean.Grind.CommRing R] (ctx : Context R) (a b : Expr)
    (h : (a.toPoly_k.beq' b.toPoly_k) = true) : a.denote ctx = b.denote ctx := by
  rw [Poly.beq'_eq, Expr.toPoly_k_eq_toPoly, Expr.toPoly_k_eq_toPoly] at h
  rw [← Expr.denote_toPoly, h, Expr.denote_toPoly]

end Normal

end ProverArb.Linear
