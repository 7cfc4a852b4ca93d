module

public import ProverArb.Core.LogExp

/-!
Sine, cosine and π, by their laws. The class asks only for laws that hold of the reals, so a
statement for every instance implies the one about the reals.
-/

@[expose] public noncomputable section

set_option autoImplicit false
set_option linter.unusedSectionVars false

universe u

/-- An ordered field with sine, cosine and π. Mathlib proves every law of its own (`Real.cos_sub`,
`Real.cos_pi_div_two`, ...); addition, a quarter of the period and the sign between `0` and `π`
determine both functions on the multiples of `π` by dyadic fractions, and the bound above them all. -/
class Real.Trig (R : Type u) [Lean.Grind.Field R] [LE R] [LT R] where
  /-- Mathlib's `Real.sin`. -/
  sin : R → R
  /-- Mathlib's `Real.cos`. -/
  cos : R → R
  /-- Mathlib's `Real.pi`. -/
  pi : R
  sin_add : ∀ x y : R, sin (x + y) = sin x * cos y + cos x * sin y
  cos_add : ∀ x y : R, cos (x + y) = cos x * cos y - sin x * sin y
  sin_neg : ∀ x : R, sin (-x) = -sin x
  cos_neg : ∀ x : R, cos (-x) = cos x
  cos_zero : cos 0 = 1
  sin_pi_div_two : sin (pi / 2) = 1
  cos_pi_div_two : cos (pi / 2) = 0
  pi_gt_three : 3 < pi
  pi_lt_d2 : pi < 63 / 20
  sin_pos_of_pos_of_lt_pi : ∀ {x : R}, 0 < x → x < pi → 0 < sin x
  sin_lt : ∀ {x : R}, 0 < x → sin x < x

namespace Real
variable {R : Type u} [Lean.Grind.Field R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R] [Real.Trig R]

/-- Mathlib's `Real.sin`. -/
def sin (x : R) : R := Trig.sin x
/-- Mathlib's `Real.cos`. -/
def cos (x : R) : R := Trig.cos x
/-- Mathlib's `Real.pi`. -/
def pi : R := Trig.pi
/-- Mathlib's `Real.tan`. -/
def tan (x : R) : R := sin x / cos x
/-- Mathlib's `Real.cot`. -/
def cot (x : R) : R := cos x / sin x

theorem sin_add (x y : R) : sin (x + y) = sin x * cos y + cos x * sin y := Trig.sin_add x y
theorem cos_add (x y : R) : cos (x + y) = cos x * cos y - sin x * sin y := Trig.cos_add x y
@[simp] theorem sin_neg (x : R) : sin (-x) = -sin x := Trig.sin_neg x
@[simp] theorem cos_neg (x : R) : cos (-x) = cos x := Trig.cos_neg x
theorem sin_sub (x y : R) : sin (x - y) = sin x * cos y - cos x * sin y := by
  rw [show x - y = x + -y by grind, sin_add, cos_neg, sin_neg]; grind
theorem cos_sub (x y : R) : cos (x - y) = cos x * cos y + sin x * sin y := by
  rw [show x - y = x + -y by grind, cos_add, cos_neg, sin_neg]; grind
@[simp] theorem cos_zero : cos (0 : R) = 1 := Trig.cos_zero
@[simp] theorem sin_pi_div_two : sin (pi / 2 : R) = 1 := Trig.sin_pi_div_two
@[simp] theorem cos_pi_div_two : cos (pi / 2 : R) = 0 := Trig.cos_pi_div_two
theorem pi_gt_three : (3 : R) < pi := Trig.pi_gt_three
theorem pi_pos : (0 : R) < pi := by have := pi_gt_three (R := R); grind
theorem pi_ne_zero : (pi : R) ≠ 0 := by have := pi_pos (R := R); grind
theorem pi_le_four : (pi : R) ≤ 4 := by have := Trig.pi_lt_d2 (R := R); unfold pi; grind
theorem pi_lt_d2 : (pi : R) < 63 / 20 := Trig.pi_lt_d2
theorem sin_pos_of_pos_of_lt_pi {x : R} (h : 0 < x) (h' : x < pi) : 0 < sin x := Trig.sin_pos_of_pos_of_lt_pi h h'
theorem sin_lt {x : R} (h : 0 < x) : sin x < x := Trig.sin_lt h

theorem cos_sq_add_sin_sq (x : R) : cos x ^ 2 + sin x ^ 2 = 1 := by
  have h := cos_sub x x
  rw [show x - x = 0 by grind, cos_zero] at h
  grind
@[simp] theorem sin_sq_add_cos_sq (x : R) : sin x ^ 2 + cos x ^ 2 = 1 := by
  have := cos_sq_add_sin_sq x; grind
theorem sin_sq (x : R) : sin x ^ 2 = 1 - cos x ^ 2 := by have := cos_sq_add_sin_sq x; grind
theorem cos_sq' (x : R) : cos x ^ 2 = 1 - sin x ^ 2 := by have := cos_sq_add_sin_sq x; grind
@[simp] theorem sin_zero : sin (0 : R) = 0 := by
  have h := sin_neg (0 : R)
  rw [show -(0 : R) = 0 by grind] at h
  grind
theorem sin_two_mul (x : R) : sin (2 * x) = 2 * sin x * cos x := by
  rw [show 2 * x = x + x by grind, sin_add]; grind
theorem cos_two_mul (x : R) : cos (2 * x) = 2 * cos x ^ 2 - 1 := by
  have := cos_sq_add_sin_sq x
  rw [show 2 * x = x + x by grind, cos_add]; grind
theorem cos_two_mul' (x : R) : cos (2 * x) = cos x ^ 2 - sin x ^ 2 := by
  rw [show 2 * x = x + x by grind, cos_add]; grind
theorem cos_sq (x : R) : cos x ^ 2 = 1 / 2 + cos (2 * x) / 2 := by rw [cos_two_mul]; grind
theorem cos_three_mul (x : R) : cos (3 * x) = 4 * cos x ^ 3 - 3 * cos x := by
  have h1 := cos_sq_add_sin_sq x
  rw [show 3 * x = 2 * x + x by grind, cos_add, cos_two_mul, sin_two_mul]; grind
theorem sin_three_mul (x : R) : sin (3 * x) = 3 * sin x - 4 * sin x ^ 3 := by
  have h1 := cos_sq_add_sin_sq x
  rw [show 3 * x = 2 * x + x by grind, sin_add, cos_two_mul, sin_two_mul]; grind
theorem sin_le_one (x : R) : sin x ≤ 1 := by
  have h := cos_sq_add_sin_sq x
  have h1 := sq_nonneg (cos x)
  have h2 := sq_nonneg (sin x - 1)
  grind
theorem neg_one_le_sin (x : R) : -1 ≤ sin x := by
  have h := cos_sq_add_sin_sq x
  have h1 := sq_nonneg (cos x)
  have h2 := sq_nonneg (sin x + 1)
  grind
theorem cos_le_one (x : R) : cos x ≤ 1 := by
  have h := cos_sq_add_sin_sq x
  have h1 := sq_nonneg (sin x)
  have h2 := sq_nonneg (cos x - 1)
  grind
theorem neg_one_le_cos (x : R) : -1 ≤ cos x := by
  have h := cos_sq_add_sin_sq x
  have h1 := sq_nonneg (sin x)
  have h2 := sq_nonneg (cos x + 1)
  grind
@[simp] theorem cos_pi : cos (pi : R) = -1 := by
  rw [show (pi : R) = pi / 2 + pi / 2 by grind, cos_add]; simp only [cos_pi_div_two, sin_pi_div_two]; grind
@[simp] theorem sin_pi : sin (pi : R) = 0 := by
  rw [show (pi : R) = pi / 2 + pi / 2 by grind, sin_add]; simp only [cos_pi_div_two, sin_pi_div_two]; grind
theorem sin_pi_sub (x : R) : sin (pi - x) = sin x := by rw [sin_sub, sin_pi, cos_pi]; grind
theorem cos_pi_sub (x : R) : cos (pi - x) = -cos x := by rw [cos_sub, sin_pi, cos_pi]; grind
theorem sin_add_pi (x : R) : sin (x + pi) = -sin x := by rw [sin_add, sin_pi, cos_pi]; grind
theorem cos_add_pi (x : R) : cos (x + pi) = -cos x := by rw [cos_add, sin_pi, cos_pi]; grind
@[simp] theorem sin_two_pi : sin (2 * pi : R) = 0 := by rw [sin_two_mul, sin_pi]; grind
@[simp] theorem cos_two_pi : cos (2 * pi : R) = 1 := by rw [cos_two_mul, cos_pi]; grind
theorem sin_add_two_pi (x : R) : sin (x + 2 * pi) = sin x := by rw [sin_add, sin_two_pi, cos_two_pi]; grind
theorem cos_add_two_pi (x : R) : cos (x + 2 * pi) = cos x := by rw [cos_add, sin_two_pi, cos_two_pi]; grind
theorem cos_two_pi_sub (x : R) : cos (2 * pi - x) = cos x := by rw [cos_sub, sin_two_pi, cos_two_pi]; grind
theorem sin_two_pi_sub (x : R) : sin (2 * pi - x) = -sin x := by rw [sin_sub, sin_two_pi, cos_two_pi]; grind
theorem cos_pi_div_two_sub (x : R) : cos (pi / 2 - x) = sin x := by
  rw [cos_sub, cos_pi_div_two, sin_pi_div_two]; grind
theorem sin_pi_div_two_sub (x : R) : sin (pi / 2 - x) = cos x := by
  rw [sin_sub, cos_pi_div_two, sin_pi_div_two]; grind
theorem cos_pos_of_mem {x : R} (h : -(pi / 2) < x) (h' : x < pi / 2) : 0 < cos x := by
  rw [← sin_pi_div_two_sub]
  exact sin_pos_of_pos_of_lt_pi (by grind) (by grind)
@[grind =] theorem tan_eq_sin_div_cos (x : R) : tan x = sin x / cos x := rfl

grind_pattern cos_sq_add_sin_sq => sin x, cos x

end Real
