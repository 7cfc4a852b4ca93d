module

public import ProverArb.Core.Order

/-!
Fields: the cast of the rationals, irrationality, and inverses in ordered fields under Mathlib's
names.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u

set_option linter.unusedSectionVars false

/-- Mathlib's cast of the rationals into a field, by `Rat.cast_def`. -/
def Rat.cast {R : Type u} [Lean.Grind.Field R] (q : ℚ) : R := (q.num : R) / (q.den : R)

instance {R : Type u} [Lean.Grind.Field R] : CoeTail ℚ R := ⟨Rat.cast⟩
instance {R : Type u} [Lean.Grind.Field R] : CoeHTCT ℚ R := ⟨Rat.cast⟩

@[grind =] theorem Rat.cast_def {R : Type u} [Lean.Grind.Field R] (q : ℚ) :
    (Rat.cast q : R) = (q.num : R) / (q.den : R) := rfl

/-- Mathlib's `Irrational`. -/
def Irrational {R : Type u} [Lean.Grind.Field R] (x : R) : Prop :=
  ¬ x ∈ Set.range (fun q : ℚ => (q : R))

section OrderedField
variable {R : Type u} [Lean.Grind.Field R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R]

theorem inv_pos {a : R} : 0 < a⁻¹ ↔ 0 < a := Lean.Grind.Field.IsOrdered.inv_pos_iff
theorem inv_nonneg {a : R} : 0 ≤ a⁻¹ ↔ 0 ≤ a := Lean.Grind.Field.IsOrdered.inv_nonneg_iff
theorem div_pos {a b : R} (ha : 0 < a) (hb : 0 < b) : 0 < a / b := by
  rw [Lean.Grind.Field.div_eq_mul_inv]; exact mul_pos ha (inv_pos.2 hb)
theorem div_nonneg {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a / b := by
  rw [Lean.Grind.Field.div_eq_mul_inv]; exact mul_nonneg ha (inv_nonneg.2 hb)
theorem mul_inv_cancel_right₀ {b : R} (hb : b ≠ 0) (a : R) : a * b * b⁻¹ = a := by
  rw [Lean.Grind.Semiring.mul_assoc, Lean.Grind.Field.mul_inv_cancel hb,
    Lean.Grind.Semiring.mul_one]
theorem div_mul_cancel₀ (a : R) {b : R} (hb : b ≠ 0) : a / b * b = a := by grind
theorem div_le_iff₀ {a b c : R} (hc : 0 < c) : a / c ≤ b ↔ a ≤ b * c := by
  have hne : c ≠ 0 := by grind
  have hpos : 0 ≤ c := by grind
  constructor
  · intro h
    have := mul_le_mul_of_nonneg_right h hpos
    rwa [div_mul_cancel₀ a hne] at this
  · intro h
    have := mul_le_mul_of_nonneg_right h (inv_nonneg.2 hpos)
    rwa [mul_inv_cancel_right₀ hne, ← Lean.Grind.Field.div_eq_mul_inv] at this
theorem le_div_iff₀ {a b c : R} (hc : 0 < c) : a ≤ b / c ↔ a * c ≤ b := by
  have hne : c ≠ 0 := by grind
  have hpos : 0 ≤ c := by grind
  constructor
  · intro h
    have := mul_le_mul_of_nonneg_right h hpos
    rwa [div_mul_cancel₀ b hne] at this
  · intro h
    have := mul_le_mul_of_nonneg_right h (inv_nonneg.2 hpos)
    rwa [mul_inv_cancel_right₀ hne, ← Lean.Grind.Field.div_eq_mul_inv] at this

end OrderedField
