module

public import ProverArb.Core.Real

/-!
Logarithm, exponential and real powers, by their laws. The class asks only for laws that hold
of the reals, so a statement for every instance implies the one about the reals.
-/

@[expose] public noncomputable section

set_option autoImplicit false
set_option linter.unusedSectionVars false

universe u

/-- An ordered field with a logarithm, an exponential and powers. On the reals the first four
laws determine `Real.log` (a homomorphism below `x - 1` is the natural one) and the next two
`Real.exp`. A negative base is where Mathlib's `Real.rpow` involves a cosine; of those values
only the ones at integers are laid down here, and the rest may be anything, which makes a
statement that mentions them stronger. -/
class Real.LogExp (R : Type u) [Lean.Grind.Field R] [LE R] [LT R] where
  /-- Mathlib's `Real.log`. -/
  log : R → R
  /-- Mathlib's `Real.exp`. -/
  exp : R → R
  /-- Mathlib's `Real.rpow` at a negative base. -/
  rpowNeg : R → R → R
  log_mul_of_pos : ∀ {x y : R}, 0 < x → 0 < y → log (x * y) = log x + log y
  log_le_sub_one_of_pos : ∀ {x : R}, 0 < x → log x ≤ x - 1
  log_zero : log 0 = 0
  log_neg_eq_log : ∀ x : R, log (-x) = log x
  exp_pos : ∀ x : R, 0 < exp x
  log_exp : ∀ x : R, log (exp x) = x
  rpowNeg_intCast : ∀ {x : R} (n : ℤ), x < 0 → rpowNeg x (n : R) = x ^ n

namespace Real
variable {R : Type u} [Lean.Grind.Field R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R] [Real.Complete R] [Real.LogExp R]

/-- Mathlib's `Real.log`. -/
def log (x : R) : R := LogExp.log x
/-- Mathlib's `Real.exp`. -/
def exp (x : R) : R := LogExp.exp x
/-- Mathlib's `Real.logb`. -/
def logb (b x : R) : R := log x / log b
/-- Mathlib's `Real.rpow`. -/
def rpow (x y : R) : R :=
  if 0 < x then exp (log x * y) else if x = 0 then (if y = 0 then 1 else 0)
  else LogExp.rpowNeg x y

instance (priority := 50) : HPow R R R := ⟨rpow⟩

@[grind =] theorem logb_def (b x : R) : logb b x = log x / log b := rfl
theorem rpow_def_of_pos {x : R} (h : 0 < x) (y : R) : x ^ y = exp (log x * y) := by
  show rpow x y = _
  unfold rpow; rw [if_pos h]
grind_pattern rpow_def_of_pos => x ^ y

theorem log_mul {x y : R} (hx : 0 < x) (hy : 0 < y) : log (x * y) = log x + log y :=
  LogExp.log_mul_of_pos hx hy
theorem log_le_sub_one_of_pos {x : R} (h : 0 < x) : log x ≤ x - 1 :=
  LogExp.log_le_sub_one_of_pos h
@[simp, grind =] theorem log_zero : log (0 : R) = 0 := LogExp.log_zero
@[simp] theorem log_neg_eq_log (x : R) : log (-x) = log x := LogExp.log_neg_eq_log x
@[simp, grind =] theorem log_one : log (1 : R) = 0 := by
  have := log_mul (R := R) (x := 1) (y := 1) (by grind) (by grind)
  rw [show (1 : R) * 1 = 1 by grind] at this
  grind
theorem exp_pos (x : R) : 0 < exp x := LogExp.exp_pos x
grind_pattern exp_pos => exp x
@[simp, grind =] theorem log_exp (x : R) : log (exp x) = x := LogExp.log_exp x

theorem log_inv {x : R} (h : 0 < x) : log x⁻¹ = -log x := by
  have hinv : 0 < x⁻¹ := Lean.Grind.Field.IsOrdered.inv_pos_iff.2 h
  have := log_mul h hinv
  rw [Lean.Grind.Field.mul_inv_cancel (by grind), log_one] at this
  grind
theorem log_div {x y : R} (hx : 0 < x) (hy : 0 < y) : log (x / y) = log x - log y := by
  have hinv : 0 < y⁻¹ := Lean.Grind.Field.IsOrdered.inv_pos_iff.2 hy
  rw [Lean.Grind.Field.div_eq_mul_inv, log_mul hx hinv, log_inv hy]
  grind
theorem log_pow {x : R} (h : 0 < x) (n : ℕ) : log (x ^ n) = n * log x := by
  induction n with
  | zero => rw [Lean.Grind.Semiring.pow_zero, log_one, Lean.Grind.Semiring.natCast_zero]; grind
  | succ n ih =>
    rw [Lean.Grind.Semiring.pow_succ, log_mul (pow_pos h n) h, ih,
      Lean.Grind.Semiring.natCast_succ]
    grind

theorem log_lt_log {x y : R} (hx : 0 < x) (h : x < y) : log x < log y := by
  have hy : 0 < y := by grind
  have hinv : 0 < y⁻¹ := Lean.Grind.Field.IsOrdered.inv_pos_iff.2 hy
  have h1 := log_le_sub_one_of_pos (mul_pos hx hinv)
  rw [log_mul hx hinv, log_inv hy] at h1
  have h2 := mul_pos (show 0 < y - x by grind) hinv
  have h3 : y * y⁻¹ = 1 := Lean.Grind.Field.mul_inv_cancel (by grind)
  grind
theorem log_pos {x : R} (h : 1 < x) : 0 < log x := by
  have := log_lt_log (R := R) (by grind) h
  rwa [log_one] at this
theorem log_injOn_pos {x y : R} (hx : 0 < x) (hy : 0 < y) (h : log x = log y) : x = y := by
  apply Classical.byContradiction
  intro hne
  rcases Std.IsLinearPreorder.le_total x y with hl | hl
  · have := log_lt_log hx (show x < y by grind)
    grind
  · have := log_lt_log hy (show y < x by grind)
    grind
theorem exp_log {x : R} (h : 0 < x) : exp (log x) = x :=
  log_injOn_pos (exp_pos _) h (log_exp _)

theorem rpow_pos_of_pos {x : R} (h : 0 < x) (y : R) : 0 < x ^ y := by
  rw [rpow_def_of_pos h]; exact exp_pos _
theorem log_rpow {x : R} (h : 0 < x) (y : R) : log (x ^ y) = y * log x := by
  rw [rpow_def_of_pos h, log_exp]; grind
theorem exp_add (x y : R) : exp (x + y) = exp x * exp y :=
  log_injOn_pos (exp_pos _) (mul_pos (exp_pos x) (exp_pos y)) (by
    rw [log_mul (exp_pos x) (exp_pos y), log_exp, log_exp, log_exp])
theorem rpow_add {x : R} (h : 0 < x) (y z : R) : x ^ (y + z) = x ^ y * x ^ z := by
  rw [rpow_def_of_pos h, rpow_def_of_pos h, rpow_def_of_pos h, ← exp_add]
  congr 1; grind

grind_pattern log_pos => log x
grind_pattern exp_log => exp (log x)

end Real
