module

public import ProverArb.Mathlib.Sums
public import ProverArb.Core.NNReal

/-!
Square roots, logarithms, exponentials, floors, maxima under Mathlib's names.
-/

@[expose] public noncomputable section

set_option autoImplicit false
set_option linter.unusedSectionVars false
set_option linter.unusedVariables false

universe u

open Lean.Grind

namespace Real

section Sqrt
variable {R : Type u} [Field R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R] [Real.Complete R]

@[simp] theorem sqrt_zero : sqrt (0 : R) = 0 := sqrt_eq_zero_of_nonpos (le_refl 0)
@[simp] theorem sqrt_one : sqrt (1 : R) = 1 := by
  have := sqrt_sq (R := R) (x := 1) zero_le_one; rwa [one_pow] at this
theorem sqrt_eq_zero' {x : R} : sqrt x = 0 ↔ x ≤ 0 := by
  constructor
  · intro h
    apply Classical.byContradiction; intro hn
    have := mul_self_sqrt (show 0 ≤ x by grind); grind
  · exact sqrt_eq_zero_of_nonpos
theorem sqrt_eq_zero {x : R} (h : 0 ≤ x) : sqrt x = 0 ↔ x = 0 := by rw [sqrt_eq_zero']; grind
theorem sqrt_pos {x : R} : 0 < sqrt x ↔ 0 < x := by
  have h1 := sqrt_eq_zero' (x := x)
  have h2 := sqrt_nonneg x
  grind
theorem sqrt_pos_of_pos {x : R} (h : 0 < x) : 0 < sqrt x := sqrt_pos.2 h
theorem sqrt_ne_zero {x : R} (h : 0 ≤ x) : sqrt x ≠ 0 ↔ x ≠ 0 := not_congr (sqrt_eq_zero h)
theorem sqrt_ne_zero' {x : R} : sqrt x ≠ 0 ↔ 0 < x := by
  have h1 := sqrt_eq_zero' (x := x); grind
theorem sqrt_lt_sqrt {x y : R} (hx : 0 ≤ x) (h : x < y) : sqrt x < sqrt y := by
  apply Classical.byContradiction; intro hn
  have h1 := mul_self_le_mul_self (sqrt_nonneg y) (show sqrt y ≤ sqrt x by grind)
  have h2 := mul_self_sqrt hx
  have h3 := mul_self_sqrt (show 0 ≤ y by grind)
  grind
theorem sqrt_le_sqrt_iff {x y : R} (hy : 0 ≤ y) : sqrt x ≤ sqrt y ↔ x ≤ y := by
  constructor
  · intro h; apply Classical.byContradiction; intro hn
    have := sqrt_lt_sqrt hy (show y < x by grind); grind
  · exact sqrt_le_sqrt
theorem sqrt_lt_sqrt_iff {x y : R} (hx : 0 ≤ x) : sqrt x < sqrt y ↔ x < y := by
  have := sqrt_le_sqrt_iff (x := y) hx; grind
theorem sqrt_inj {x y : R} (hx : 0 ≤ x) (hy : 0 ≤ y) : sqrt x = sqrt y ↔ x = y := by
  constructor
  · intro h
    have h1 := mul_self_sqrt hx
    have h2 := mul_self_sqrt hy
    rw [h] at h1; grind
  · intro h; rw [h]
theorem le_sqrt {x y : R} (hy : 0 ≤ y) : x ≤ sqrt y ↔ x ^ 2 ≤ y ∨ x ≤ 0 := by
  constructor
  · intro h
    by_cases hx : 0 < x
    · exact Or.inl ((le_sqrt' hx).1 h)
    · exact Or.inr (by grind)
  · rintro (h | h)
    · by_cases hx : 0 < x
      · exact (le_sqrt' hx).2 h
      · have := sqrt_nonneg y; grind
    · have := sqrt_nonneg y; grind
theorem le_sqrt_of_sq_le {x y : R} (h : x ^ 2 ≤ y) : x ≤ sqrt y := by
  by_cases hx : 0 < x
  · exact (le_sqrt' hx).2 h
  · have := sqrt_nonneg y; grind
theorem sqrt_le_left {x y : R} (hy : 0 ≤ y) : sqrt x ≤ y ↔ x ≤ y ^ 2 := by
  constructor
  · intro h
    by_cases hx : 0 ≤ x
    · have h1 := mul_self_le_mul_self (sqrt_nonneg x) h
      have h2 := mul_self_sqrt hx
      grind
    · have := sq_nonneg y; grind
  · intro h
    have h1 := sqrt_le_sqrt h
    rwa [sqrt_sq hy] at h1
theorem sqrt_le' {x y : R} : sqrt x ≤ y ↔ 0 ≤ y ∧ x ≤ y ^ 2 := by
  have h := sqrt_nonneg x
  constructor
  · intro h'; have hy : 0 ≤ y := le_trans h h'; exact ⟨hy, (sqrt_le_left hy).1 h'⟩
  · exact fun h' => (sqrt_le_left h'.1).2 h'.2
theorem sqrt_le_iff {x y : R} : sqrt x ≤ y ↔ 0 ≤ y ∧ x ≤ y ^ 2 := sqrt_le'
theorem sqrt_le_sqrt_of_le {x y : R} (h : x ≤ y) : sqrt x ≤ sqrt y := sqrt_le_sqrt h
theorem sqrt_le_self_of {x : R} (h : 1 ≤ x) : sqrt x ≤ x := (sqrt_le_left (by grind)).2 (by
  have := le_mul_of_one_le_right (show 0 ≤ x by grind) h; grind)
theorem sqrt_lt {x y : R} (hx : 0 ≤ x) : sqrt x < y ↔ 0 ≤ y ∧ x < y ^ 2 := by
  have h := sqrt_nonneg x
  constructor
  · intro h'
    have hy : 0 < y := lt_of_le_of_lt h h'
    exact ⟨le_of_lt hy, (sqrt_lt' hy).1 h'⟩
  · rintro ⟨hy, h'⟩
    by_cases h0 : y = 0
    · subst h0; grind
    · exact (sqrt_lt' (by grind)).2 h'
theorem lt_sqrt {x y : R} (hx : 0 ≤ x) : x < sqrt y ↔ x ^ 2 < y := by
  constructor
  · intro h
    apply Classical.byContradiction; intro hn
    have := sqrt_le_sqrt (show y ≤ x ^ 2 by grind)
    rw [sqrt_sq hx] at this; grind
  · intro h
    have := sqrt_lt_sqrt (sq_nonneg x) h
    rwa [sqrt_sq hx] at this
theorem lt_sqrt_of_sq_lt {x y : R} (h : x ^ 2 < y) : x < sqrt y := by
  by_cases hx : 0 ≤ x
  · exact (lt_sqrt hx).2 h
  · have := sqrt_nonneg y; grind
theorem sqrt_eq_iff_sq_eq {x y : R} (hx : 0 ≤ x) (hy : 0 ≤ y) : sqrt x = y ↔ y ^ 2 = x := by
  constructor
  · intro h; rw [← h]; exact sq_sqrt hx
  · intro h; rw [← h]; exact sqrt_sq hy
theorem sqrt_eq_iff_eq_sq {x y : R} (hx : 0 ≤ x) (hy : 0 ≤ y) : sqrt x = y ↔ x = y ^ 2 := by
  rw [sqrt_eq_iff_sq_eq hx hy, eq_comm]
theorem sqrt_eq_iff_mul_self_eq {x y : R} (hx : 0 ≤ x) (hy : 0 ≤ y) : sqrt x = y ↔ y * y = x := by
  rw [sqrt_eq_iff_sq_eq hx hy, pow_two]
theorem sqrt_eq_iff_sq_eq' {x y : R} (hx : 0 ≤ x) (hy : 0 ≤ y) : sqrt x = y ↔ x = y ^ 2 := sqrt_eq_iff_eq_sq hx hy
theorem sqrt_eq_iff' {x y : R} : sqrt x = y ↔ y * y = x ∧ 0 ≤ y ∨ x < 0 ∧ y = 0 := by
  constructor
  · intro h
    by_cases hx : 0 ≤ x
    · left; rw [← h]; exact ⟨mul_self_sqrt hx, sqrt_nonneg x⟩
    · right; exact ⟨by grind, by rw [← h]; exact sqrt_eq_zero_of_nonpos (by grind)⟩
  · rintro (⟨h, hy⟩ | ⟨h, hy⟩)
    · rw [← h]; exact sqrt_mul_self hy
    · rw [hy]; exact sqrt_eq_zero_of_nonpos (le_of_lt h)
theorem sqrt_eq_cases {x y : R} : sqrt x = y ↔ y * y = x ∧ 0 ≤ y ∨ x < 0 ∧ y = 0 := sqrt_eq_iff'
theorem sqrt_eq_iff {x y : R} : sqrt x = y ↔ y * y = x ∧ 0 ≤ y ∨ x < 0 ∧ y = 0 := sqrt_eq_iff'
theorem sqrt_eq_one {x : R} : sqrt x = 1 ↔ x = 1 := by
  constructor
  · intro h
    rcases sqrt_eq_iff'.1 h with ⟨h, _⟩ | ⟨_, h⟩
    · grind
    · grind
  · intro h; rw [h]; exact sqrt_one
theorem sqrt_mul' (x : R) {y : R} (hy : 0 ≤ y) : sqrt (x * y) = sqrt x * sqrt y := by
  by_cases hx : 0 ≤ x
  · exact sqrt_mul hx hy
  · rw [sqrt_eq_zero_of_nonpos (show x ≤ 0 by grind), zero_mul]
    exact sqrt_eq_zero_of_nonpos (mul_nonpos_of_nonpos_of_nonneg (by grind) hy)
theorem sqrt_inv (x : R) : sqrt x⁻¹ = (sqrt x)⁻¹ := by
  by_cases hx : 0 < x
  · have h1 := sqrt_mul (le_of_lt hx) (inv_nonneg.2 (le_of_lt hx))
    rw [mul_inv_cancel₀ (show x ≠ 0 by grind), sqrt_one] at h1
    exact (inv_eq_of_mul_eq_one_right h1.symm).symm
  · rw [sqrt_eq_zero_of_nonpos (show x ≤ 0 by grind), inv_zero]
    exact sqrt_eq_zero_of_nonpos (inv_nonpos.2 (by grind))
theorem sqrt_div {x : R} (hx : 0 ≤ x) (y : R) : sqrt (x / y) = sqrt x / sqrt y := by
  rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv]
  by_cases hy : 0 ≤ y
  · rw [sqrt_mul hx (inv_nonneg.2 hy), sqrt_inv]
  · rw [sqrt_eq_zero_of_nonpos (show y ≤ 0 by grind), inv_zero, mul_zero]
    exact sqrt_eq_zero_of_nonpos (mul_nonpos_of_nonneg_of_nonpos hx (inv_nonpos.2 (by grind)))
theorem sqrt_div_self {x : R} : sqrt x / x = (sqrt x)⁻¹ := by
  by_cases hx : 0 < x
  · have h1 := mul_self_sqrt (le_of_lt hx)
    have h2 := sqrt_pos.2 hx
    rw [div_eq_iff (by grind)]; grind
  · rw [sqrt_eq_zero_of_nonpos (by grind), zero_div, inv_zero]
theorem add_sqrt_self_pos {x : R} (h : 0 < x) : 0 < x + sqrt x := by have := sqrt_nonneg x; grind
theorem sqrt_sq_eq_abs (x : R) : sqrt (x ^ 2) = |x| := by
  rcases le_total 0 x with h | h
  · rw [sqrt_sq h, abs_of_nonneg h]
  · rw [← neg_sq, sqrt_sq (by grind), abs_of_nonpos h]
theorem sqrt_mul_self_eq_abs (x : R) : sqrt (x * x) = |x| := by rw [← pow_two, sqrt_sq_eq_abs]
theorem one_lt_sqrt_two : (1 : R) < sqrt 2 := (lt_sqrt zero_le_one).2 (by grind)

end Sqrt

section Max
variable {R : Type u} [Field R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R] [Real.Complete R]

theorem _root_.max_eq_left {a b : R} (h : b ≤ a) : max a b = a := by grind
theorem _root_.max_eq_right {a b : R} (h : a ≤ b) : max a b = b := by grind
theorem _root_.min_eq_left {a b : R} (h : a ≤ b) : min a b = a := by grind
theorem _root_.min_eq_right {a b : R} (h : b ≤ a) : min a b = b := by grind
theorem _root_.le_max_left (a b : R) : a ≤ max a b := by grind
theorem _root_.le_max_right (a b : R) : b ≤ max a b := by grind
theorem _root_.min_le_left (a b : R) : min a b ≤ a := by grind
theorem _root_.min_le_right (a b : R) : min a b ≤ b := by grind
theorem _root_.max_le {a b c : R} (h : a ≤ c) (h' : b ≤ c) : max a b ≤ c := by grind
theorem _root_.le_min {a b c : R} (h : c ≤ a) (h' : c ≤ b) : c ≤ min a b := by grind
theorem _root_.max_le_iff {a b c : R} : max a b ≤ c ↔ a ≤ c ∧ b ≤ c := by grind
theorem _root_.le_min_iff {a b c : R} : c ≤ min a b ↔ c ≤ a ∧ c ≤ b := by grind
theorem _root_.max_comm (a b : R) : max a b = max b a := by grind
theorem _root_.min_comm (a b : R) : min a b = min b a := by grind

end Max

section Log
variable {R : Type u} [Field R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R] [Real.Complete R] [Real.LogExp R]

theorem log_abs (x : R) : log |x| = log x := by
  rcases le_total 0 x with h | h
  · rw [abs_of_nonneg h]
  · rw [abs_of_nonpos h, log_neg_eq_log]
theorem log_le_log {x y : R} (hx : 0 < x) (h : x ≤ y) : log x ≤ log y := by
  by_cases e : x = y
  · rw [e]
  · exact le_of_lt (log_lt_log hx (by grind))
theorem log_le_log_iff {x y : R} (hx : 0 < x) (hy : 0 < y) : log x ≤ log y ↔ x ≤ y := by
  constructor
  · intro h; apply Classical.byContradiction; intro hn
    have := log_lt_log hy (show y < x by grind); grind
  · exact log_le_log hx
theorem log_lt_log_iff {x y : R} (hx : 0 < x) (hy : 0 < y) : log x < log y ↔ x < y := by
  have := log_le_log_iff hy hx; grind
theorem log_nonneg {x : R} (h : 1 ≤ x) : 0 ≤ log x := by
  have := log_le_log zero_lt_one h; rwa [log_one] at this
theorem log_neg {x : R} (h0 : 0 < x) (h : x < 1) : log x < 0 := by
  have := log_lt_log h0 h; rwa [log_one] at this
theorem log_nonpos {x : R} (h0 : 0 ≤ x) (h : x ≤ 1) : log x ≤ 0 := by
  by_cases e : x = 0
  · rw [e, log_zero]
  · have := log_le_log (show 0 < x by grind) h; rwa [log_one] at this
theorem log_pos_iff {x : R} (h : 0 < x) : 0 < log x ↔ 1 < x := by
  have := log_lt_log_iff zero_lt_one h; rwa [log_one] at this
theorem log_ne_zero_of_pos_of_ne_one {x : R} (h : 0 < x) (h' : x ≠ 1) : log x ≠ 0 := by
  intro e
  exact h' (log_injOn_pos h zero_lt_one (by rw [e, log_one]))
theorem log_eq_zero_of_pos {x : R} (h : 0 < x) : log x = 0 ↔ x = 1 :=
  ⟨fun e => log_injOn_pos h zero_lt_one (by rw [e, log_one]), fun e => by rw [e, log_one]⟩
@[simp] theorem exp_zero : exp (0 : R) = 1 := by
  have := exp_log (R := R) zero_lt_one; rwa [log_one] at this
theorem exp_ne_zero (x : R) : exp x ≠ 0 := ne_of_gt (exp_pos x)
theorem exp_neg (x : R) : exp (-x) = (exp x)⁻¹ := by
  have h := exp_add x (-x)
  rw [add_neg_cancel, exp_zero] at h
  exact (inv_eq_of_mul_eq_one_right h.symm).symm
theorem exp_sub (x y : R) : exp (x - y) = exp x / exp y := by
  rw [sub_eq_add_neg, exp_add, exp_neg, Field.div_eq_mul_inv]
theorem exp_lt_exp {x y : R} : exp x < exp y ↔ x < y := by
  have := log_lt_log_iff (exp_pos x) (exp_pos y); rw [log_exp, log_exp] at this; exact this.symm
theorem exp_le_exp {x y : R} : exp x ≤ exp y ↔ x ≤ y := by
  have := exp_lt_exp (x := y) (y := x); grind
theorem exp_injective {x y : R} (h : exp x = exp y) : x = y := by
  rw [← log_exp x, h, log_exp]
theorem add_one_le_exp (x : R) : x + 1 ≤ exp x := by
  have := log_le_sub_one_of_pos (exp_pos x); rw [log_exp] at this; grind
theorem exp_nat_mul (x : R) (n : ℕ) : exp (n * x) = exp x ^ n := by
  induction n with
  | zero => rw [Semiring.natCast_zero, zero_mul, exp_zero, pow_zero]
  | succ n ih => rw [Semiring.natCast_succ, add_mul, one_mul, exp_add, ih, pow_succ]
theorem log_sqrt {x : R} (h : 0 ≤ x) : log (sqrt x) = log x / 2 := by
  by_cases e : x = 0
  · rw [e, sqrt_zero, log_zero, zero_div]
  · have hx : 0 < x := by grind
    have h1 := log_mul (sqrt_pos.2 hx) (sqrt_pos.2 hx)
    rw [mul_self_sqrt h] at h1; grind
theorem log_mul' {x y : R} (hx : x ≠ 0) (hy : y ≠ 0) : log (x * y) = log x + log y := by
  rw [← log_abs, abs_mul, log_mul (abs_pos.2 hx) (abs_pos.2 hy), log_abs, log_abs]
theorem rpow_def_of_pos' {x : R} (h : 0 < x) (y : R) : x ^ y = exp (log x * y) := rpow_def_of_pos h y
theorem rpow_zero (x : R) : x ^ (0 : R) = 1 := by
  rcases lt_trichotomy x 0 with h | h | h
  · show rpow x 0 = 1
    unfold rpow
    rw [if_neg (by grind), if_neg (by grind)]
    have := LogExp.rpowNeg_intCast (R := R) (x := x) 0 h
    rw [Ring.intCast_zero] at this
    rw [this]; exact Field.zpow_zero x
  · subst h
    show rpow 0 0 = 1
    unfold rpow
    rw [if_neg (by grind), if_pos rfl, if_pos rfl]
  · rw [rpow_def_of_pos h, mul_zero, exp_zero]
theorem rpow_one_of_pos {x : R} (h : 0 < x) : x ^ (1 : R) = x := by
  rw [rpow_def_of_pos h, mul_one, exp_log h]
theorem rpow_natCast_of_pos {x : R} (h : 0 < x) (n : ℕ) : x ^ (n : R) = x ^ n := by
  rw [rpow_def_of_pos h, mul_comm, exp_nat_mul, exp_log h]
theorem rpow_natCast (x : R) (n : ℕ) : x ^ (n : R) = x ^ n := by
  rcases lt_trichotomy x 0 with h | h | h
  · show rpow x n = x ^ n
    unfold rpow
    rw [if_neg (by grind), if_neg (by grind)]
    have := LogExp.rpowNeg_intCast (R := R) (x := x) (n : ℤ) h
    rw [Ring.intCast_natCast] at this
    rw [this]; exact Field.zpow_natCast x n
  · subst h
    show rpow (0 : R) (n : R) = (0 : R) ^ n
    unfold rpow
    rw [if_neg (by grind), if_pos rfl]
    cases n with
    | zero => rw [if_pos Semiring.natCast_zero, pow_zero]
    | succ n =>
      have := Nat.cast_add_one_ne_zero (R := R) n
      rw [if_neg (by rw [Semiring.natCast_succ]; exact this), zero_pow_succ]
  · exact rpow_natCast_of_pos h n
theorem rpow_nat_cast (x : R) (n : ℕ) : x ^ (n : R) = x ^ n := rpow_natCast x n
@[simp] theorem rpow_two (x : R) : x ^ (2 : R) = x ^ 2 := by
  have := rpow_natCast x 2; rwa [Nat.cast_ofNat] at this
theorem rpow_ofNat (x : R) (n : ℕ) : x ^ (OfNat.ofNat n : R) = x ^ n := by
  have := rpow_natCast x n; rwa [← Semiring.ofNat_eq_natCast] at this
@[simp] theorem rpow_one (x : R) : x ^ (1 : R) = x := by
  have := rpow_natCast x 1; rwa [Nat.cast_one, pow_one] at this
@[simp] theorem one_rpow (x : R) : (1 : R) ^ x = 1 := by
  rw [rpow_def_of_pos zero_lt_one, log_one, zero_mul, exp_zero]
theorem rpow_mul {x : R} (h : 0 < x) (y z : R) : x ^ (y * z) = (x ^ y) ^ z := by
  rw [rpow_def_of_pos h, rpow_def_of_pos (rpow_pos_of_pos h y), log_rpow h]
  congr 1; grind
theorem rpow_neg {x : R} (h : 0 < x) (y : R) : x ^ (-y) = (x ^ y)⁻¹ := by
  rw [rpow_def_of_pos h, rpow_def_of_pos h, mul_neg, exp_neg]
theorem rpow_sub {x : R} (h : 0 < x) (y z : R) : x ^ (y - z) = x ^ y / x ^ z := by
  rw [rpow_def_of_pos h, rpow_def_of_pos h, rpow_def_of_pos h, mul_sub, exp_sub]
theorem sqrt_eq_rpow_of_pos {x : R} (h : 0 < x) : sqrt x = x ^ ((1 : R) / 2) := by
  have h1 : sqrt x ^ (2 : R) = x := by rw [rpow_two, sq_sqrt (le_of_lt h)]
  have h2 := rpow_mul (sqrt_pos.2 h) 2 (1 / 2)
  rw [h1, show (2 : R) * (1 / 2) = 1 by grind, rpow_one] at h2
  exact h2
theorem logb_one {b : R} : logb b 1 = 0 := by rw [logb_def, log_one, zero_div]
theorem logb_zero {b : R} : logb b 0 = 0 := by rw [logb_def, log_zero, zero_div]
theorem logb_mul {b x y : R} (hx : x ≠ 0) (hy : y ≠ 0) : logb b (x * y) = logb b x + logb b y := by
  rw [logb_def, logb_def, logb_def, log_mul' hx hy, add_div]
theorem log_div_log {b x : R} : log x / log b = logb b x := rfl
theorem logb_self_eq_one {b : R} (h : 1 < b) : logb b b = 1 := by
  rw [logb_def, div_self]; exact ne_of_gt (log_pos h)
theorem logb_rpow {b x : R} (hb : 0 < b) (h : b ≠ 1) : logb b (b ^ x) = x := by
  rw [logb_def, log_rpow hb, mul_div_cancel_right₀]
  exact log_ne_zero_of_pos_of_ne_one hb h
theorem rpow_logb {b x : R} (hb : 0 < b) (h : b ≠ 1) (hx : 0 < x) : b ^ logb b x = x := by
  rw [rpow_def_of_pos hb, logb_def, mul_div_cancel' _ (log_ne_zero_of_pos_of_ne_one hb h), exp_log hx]

end Log
end Real

section Floor
variable {R : Type u} [CommRing R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R] [FloorRing R]

theorem Int.sub_one_lt_floor (a : R) : a - 1 < (Int.floor a : R) := by
  have := Int.lt_floor_add_one a; grind
theorem Int.floor_nonneg {a : R} : 0 ≤ Int.floor a ↔ 0 ≤ a := by
  rw [Int.le_floor, Ring.intCast_zero]
theorem Int.lt_ceil {a : R} {z : ℤ} : z < Int.ceil a ↔ (z : R) < a := by
  have := Int.ceil_le (z := z) (a := a); grind
theorem Int.ceil_lt_add_one (a : R) : (Int.ceil a : R) < a + 1 := by
  apply Classical.byContradiction; intro h
  have := (Int.ceil_le (z := Int.ceil a - 1) (a := a)).2 (by rw [Ring.intCast_sub, Ring.intCast_one]; grind)
  omega
theorem Int.ceil_eq_iff {a : R} {z : ℤ} : Int.ceil a = z ↔ (z : R) - 1 < a ∧ a ≤ (z : R) := by
  constructor
  · intro h; subst h
    exact ⟨by have := Int.ceil_lt_add_one a; grind, Int.le_ceil a⟩
  · rintro ⟨h1, h2⟩
    have h3 := Int.ceil_le.2 h2
    have h4 := (Int.lt_ceil (a := a) (z := z - 1)).2 (by rw [Ring.intCast_sub, Ring.intCast_one]; exact h1)
    omega
@[simp] theorem Int.floor_intCast (z : ℤ) : Int.floor (z : R) = z :=
  Int.floor_eq_iff.2 ⟨le_refl _, by grind⟩
@[simp] theorem Int.floor_natCast (n : ℕ) : Int.floor (n : R) = n := by
  have := Int.floor_intCast (R := R) n; rwa [Ring.intCast_natCast] at this
theorem Int.fract_nonneg (a : R) : 0 ≤ Int.fract a := by
  have := Int.floor_le a; unfold Int.fract; grind
theorem Int.fract_lt_one (a : R) : Int.fract a < 1 := by
  have := Int.lt_floor_add_one a; unfold Int.fract; grind
theorem Int.floor_add_fract (a : R) : (Int.floor a : R) + Int.fract a = a := by unfold Int.fract; grind
theorem Int.self_sub_floor (a : R) : a - Int.floor a = Int.fract a := rfl
theorem Nat.floor_le {a : R} (h : 0 ≤ a) : (Nat.floor a : R) ≤ a := by
  have h1 := Int.floor_nonneg.2 h
  have h2 : ((Nat.floor a : ℕ) : ℤ) = Int.floor a := Int.toNat_of_nonneg h1
  have h3 := Int.floor_le a
  rw [← h2, Ring.intCast_natCast] at h3; exact h3
theorem Nat.lt_floor_add_one (a : R) : a < (Nat.floor a : R) + 1 := by
  have h1 := Int.lt_floor_add_one a
  have h2 : Int.floor a ≤ ((Nat.floor a : ℕ) : ℤ) := Int.self_le_toNat _
  have h3 := (Int.cast_le (R := R)).2 h2
  rw [Ring.intCast_natCast] at h3; grind
theorem Nat.le_floor {a : R} {n : ℕ} (h : (n : R) ≤ a) : n ≤ Nat.floor a := by
  have h1 : (n : ℤ) ≤ Int.floor a := Int.le_floor.2 (by rw [Ring.intCast_natCast]; exact h)
  unfold Nat.floor; omega
theorem Nat.floor_lt {a : R} (h : 0 ≤ a) {n : ℕ} : Nat.floor a < n ↔ a < n := by
  have h1 := Int.floor_nonneg.2 h
  have h2 := Int.floor_lt (a := a) (z := n)
  rw [Ring.intCast_natCast] at h2
  rw [← h2]; unfold Nat.floor; omega
theorem Nat.floor_eq_iff {a : R} (h : 0 ≤ a) {n : ℕ} : Nat.floor a = n ↔ (n : R) ≤ a ∧ a < (n : R) + 1 := by
  have h1 := Int.floor_nonneg.2 h
  have h2 := Int.floor_eq_iff (a := a) (z := n)
  rw [Ring.intCast_natCast] at h2
  rw [← h2]; unfold Nat.floor; omega

end Floor
