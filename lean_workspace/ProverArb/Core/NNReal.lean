module

public import ProverArb.Core.Real

/-!
The nonnegative elements of an ordered field, Mathlib's `NNReal` when the field is the reals.
-/

@[expose] public noncomputable section

set_option autoImplicit false
set_option linter.unusedSectionVars false

universe u

/-- Mathlib's `NNReal` over the field `R`. -/
def NNReal (R : Type u) [Lean.Grind.Field R] [LE R] : Type u := {x : R // 0 ≤ x}

namespace NNReal
variable {R : Type u} [Lean.Grind.Field R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R]

instance : CoeOut (NNReal R) R := ⟨Subtype.val⟩

theorem coe_nonneg (x : NNReal R) : 0 ≤ x.val := x.property
grind_pattern coe_nonneg => x.val

@[ext] protected theorem ext {x y : NNReal R} (h : x.val = y.val) : x = y := Subtype.ext h

/-- A nonnegative element of the field. -/
def ofNonneg (x : R) (h : 0 ≤ x) : NNReal R := ⟨x, h⟩

theorem natCast_nonneg (n : ℕ) : 0 ≤ (n : R) := Lean.Grind.OrderedRing.natCast_nonneg

theorem ofNat_nonneg (n : ℕ) : 0 ≤ (OfNat.ofNat n : R) := by
  rw [Lean.Grind.Semiring.ofNat_eq_natCast n]; exact natCast_nonneg n

instance commSemiring : Lean.Grind.CommSemiring (NNReal R) where
  add x y := ⟨x.val + y.val, by have := x.property; have := y.property; grind⟩
  mul x y := ⟨x.val * y.val, mul_nonneg x.property y.property⟩
  natCast := ⟨fun n => ⟨(n : R), natCast_nonneg n⟩⟩
  ofNat n := ⟨⟨OfNat.ofNat n, ofNat_nonneg n⟩⟩
  nsmul := ⟨fun n x => ⟨(n : R) * x.val, mul_nonneg (natCast_nonneg n) x.property⟩⟩
  npow := ⟨fun x n => ⟨x.val ^ n, pow_nonneg x.property n⟩⟩
  add_zero x := NNReal.ext (Lean.Grind.Semiring.add_zero x.val)
  add_comm x y := NNReal.ext (Lean.Grind.Semiring.add_comm x.val y.val)
  add_assoc x y z := NNReal.ext (Lean.Grind.Semiring.add_assoc x.val y.val z.val)
  mul_assoc x y z := NNReal.ext (Lean.Grind.Semiring.mul_assoc x.val y.val z.val)
  mul_one x := NNReal.ext (Lean.Grind.Semiring.mul_one x.val)
  one_mul x := NNReal.ext (Lean.Grind.Semiring.one_mul x.val)
  left_distrib x y z := NNReal.ext (Lean.Grind.Semiring.left_distrib x.val y.val z.val)
  right_distrib x y z := NNReal.ext (Lean.Grind.Semiring.right_distrib x.val y.val z.val)
  zero_mul x := NNReal.ext (Lean.Grind.Semiring.zero_mul x.val)
  mul_zero x := NNReal.ext (Lean.Grind.Semiring.mul_zero x.val)
  pow_zero x := NNReal.ext (Lean.Grind.Semiring.pow_zero x.val)
  pow_succ x n := NNReal.ext (Lean.Grind.Semiring.pow_succ x.val n)
  ofNat_succ n := NNReal.ext (Lean.Grind.Semiring.ofNat_succ n)
  ofNat_eq_natCast n := NNReal.ext (Lean.Grind.Semiring.ofNat_eq_natCast n)
  nsmul_eq_natCast_mul _ _ := rfl
  mul_comm x y := NNReal.ext (Lean.Grind.CommSemiring.mul_comm x.val y.val)

instance : LE (NNReal R) := ⟨fun x y => x.val ≤ y.val⟩
instance : LT (NNReal R) := ⟨fun x y => x.val < y.val⟩
instance : Std.LawfulOrderLT (NNReal R) := ⟨fun x y => Std.LawfulOrderLT.lt_iff x.val y.val⟩
instance : Std.IsLinearOrder (NNReal R) where
  le_refl x := Std.IsPreorder.le_refl x.val
  le_trans x y z := Std.IsPreorder.le_trans x.val y.val z.val
  le_antisymm x y h h' := NNReal.ext (Std.IsPartialOrder.le_antisymm x.val y.val h h')
  le_total x y := Std.IsLinearPreorder.le_total x.val y.val

instance : Inv (NNReal R) :=
  ⟨fun x => ⟨x.val⁻¹, Lean.Grind.Field.IsOrdered.inv_nonneg_iff.2 x.property⟩⟩
instance : Div (NNReal R) := ⟨fun x y => x * y⁻¹⟩
/-- Truncated, as in Mathlib. -/
instance : Sub (NNReal R) := ⟨fun x y =>
  open Classical in if h : y.val ≤ x.val then ⟨x.val - y.val, by grind⟩ else 0⟩

/-- Mathlib's `NNReal.sqrt`. -/
def sqrt (x : NNReal R) : NNReal R := ⟨Real.sqrt x.val, Real.sqrt_nonneg x.val⟩

@[simp, grind =] theorem coe_add (x y : NNReal R) : (x + y).val = x.val + y.val := rfl
@[simp, grind =] theorem coe_mul (x y : NNReal R) : (x * y).val = x.val * y.val := rfl
@[simp, grind =] theorem coe_pow (x : NNReal R) (n : ℕ) : (x ^ n).val = x.val ^ n := rfl
@[simp, grind =] theorem coe_inv (x : NNReal R) : (x⁻¹).val = x.val⁻¹ := rfl
@[simp, grind =] theorem coe_div (x y : NNReal R) : (x / y).val = x.val / y.val :=
  (Lean.Grind.Field.div_eq_mul_inv x.val y.val).symm
@[simp, grind =] theorem coe_ofNat (n : ℕ) :
    (OfNat.ofNat n : NNReal R).val = (OfNat.ofNat n : R) := rfl
@[simp, grind =] theorem coe_natCast (n : ℕ) : ((n : NNReal R)).val = (n : R) := rfl
@[simp, grind =] theorem coe_sqrt (x : NNReal R) : (sqrt x).val = Real.sqrt x.val := rfl
@[grind =] theorem le_iff (x y : NNReal R) : (x ≤ y) = (x.val ≤ y.val) := rfl
@[grind =] theorem lt_iff (x y : NNReal R) : (x < y) = (x.val < y.val) := rfl

end NNReal
