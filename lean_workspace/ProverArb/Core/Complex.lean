module

public import ProverArb.Core.NNReal

/-!
Complex numbers as ordered pairs over the field, Mathlib's `Complex` when the field is the reals.
Every operation is defined as Mathlib's is, or is proved to agree with it by its laws.
-/

@[expose] public noncomputable section

set_option autoImplicit false
set_option linter.unusedSectionVars false

universe u

/-- Mathlib's `Complex` over the field `R`. -/
@[ext] structure Complex (R : Type u) where
  /-- The real part. -/
  re : R
  /-- The imaginary part. -/
  im : R

namespace Complex

section Ring
variable {R : Type u} [Lean.Grind.CommRing R]

instance : Add (Complex R) := ⟨fun z w => ⟨z.re + w.re, z.im + w.im⟩⟩
instance : Mul (Complex R) := ⟨fun z w => ⟨z.re * w.re - z.im * w.im, z.re * w.im + z.im * w.re⟩⟩
instance : Neg (Complex R) := ⟨fun z => ⟨-z.re, -z.im⟩⟩
instance : Sub (Complex R) := ⟨fun z w => ⟨z.re - w.re, z.im - w.im⟩⟩

/-- A real number as a complex one, Mathlib's `Complex.ofReal`. -/
def ofReal (x : R) : Complex R := ⟨x, 0⟩

/-- Powers by repeated multiplication. -/
def natPow (z : Complex R) : ℕ → Complex R
  | 0 => ⟨1, 0⟩
  | n + 1 => natPow z n * z

instance commRing : Lean.Grind.CommRing (Complex R) where
  natCast := ⟨fun n => ⟨(n : R), 0⟩⟩
  ofNat n := ⟨⟨OfNat.ofNat n, 0⟩⟩
  nsmul := ⟨fun n z => ⟨(n : R), 0⟩ * z⟩
  npow := ⟨natPow⟩
  intCast := ⟨fun n => ⟨(n : R), 0⟩⟩
  zsmul := ⟨fun n z => ⟨(n : R), 0⟩ * z⟩
  add_zero z := Complex.ext (Lean.Grind.Semiring.add_zero z.re) (Lean.Grind.Semiring.add_zero z.im)
  add_comm z w := Complex.ext (Lean.Grind.Semiring.add_comm z.re w.re) (Lean.Grind.Semiring.add_comm z.im w.im)
  add_assoc z w v := Complex.ext (Lean.Grind.Semiring.add_assoc z.re w.re v.re)
    (Lean.Grind.Semiring.add_assoc z.im w.im v.im)
  mul_assoc z w v := Complex.ext
    (show (z.re * w.re - z.im * w.im) * v.re - (z.re * w.im + z.im * w.re) * v.im =
      z.re * (w.re * v.re - w.im * v.im) - z.im * (w.re * v.im + w.im * v.re) by grind)
    (show (z.re * w.re - z.im * w.im) * v.im + (z.re * w.im + z.im * w.re) * v.re =
      z.re * (w.re * v.im + w.im * v.re) + z.im * (w.re * v.re - w.im * v.im) by grind)
  mul_one z := Complex.ext (show z.re * 1 - z.im * 0 = z.re by grind) (show z.re * 0 + z.im * 1 = z.im by grind)
  one_mul z := Complex.ext (show 1 * z.re - 0 * z.im = z.re by grind) (show 1 * z.im + 0 * z.re = z.im by grind)
  left_distrib z w v := Complex.ext
    (show z.re * (w.re + v.re) - z.im * (w.im + v.im) = (z.re * w.re - z.im * w.im) + (z.re * v.re - z.im * v.im) by grind)
    (show z.re * (w.im + v.im) + z.im * (w.re + v.re) = (z.re * w.im + z.im * w.re) + (z.re * v.im + z.im * v.re) by grind)
  right_distrib z w v := Complex.ext
    (show (z.re + w.re) * v.re - (z.im + w.im) * v.im = (z.re * v.re - z.im * v.im) + (w.re * v.re - w.im * v.im) by grind)
    (show (z.re + w.re) * v.im + (z.im + w.im) * v.re = (z.re * v.im + z.im * v.re) + (w.re * v.im + w.im * v.re) by grind)
  zero_mul z := Complex.ext (show 0 * z.re - 0 * z.im = 0 by grind) (show 0 * z.im + 0 * z.re = 0 by grind)
  mul_zero z := Complex.ext (show z.re * 0 - z.im * 0 = 0 by grind) (show z.re * 0 + z.im * 0 = 0 by grind)
  pow_zero _ := rfl
  pow_succ _ _ := rfl
  ofNat_succ n := Complex.ext (Lean.Grind.Semiring.ofNat_succ n) (show (0 : R) = 0 + 0 by grind)
  ofNat_eq_natCast n := Complex.ext (Lean.Grind.Semiring.ofNat_eq_natCast n) rfl
  nsmul_eq_natCast_mul _ _ := rfl
  neg_add_cancel z := Complex.ext (show -z.re + z.re = 0 by grind) (show -z.im + z.im = 0 by grind)
  sub_eq_add_neg z w := Complex.ext (show z.re - w.re = z.re + -w.re by grind) (show z.im - w.im = z.im + -w.im by grind)
  neg_zsmul n z := Complex.ext
    (show ((-n : ℤ) : R) * z.re - 0 * z.im = -((n : R) * z.re - 0 * z.im) by rw [Lean.Grind.Ring.intCast_neg]; grind)
    (show ((-n : ℤ) : R) * z.im + 0 * z.re = -((n : R) * z.im + 0 * z.re) by rw [Lean.Grind.Ring.intCast_neg]; grind)
  zsmul_natCast_eq_nsmul n z := Complex.ext
    (show (((n : ℤ)) : R) * z.re - 0 * z.im = (n : R) * z.re - 0 * z.im by rw [Lean.Grind.Ring.intCast_natCast])
    (show (((n : ℤ)) : R) * z.im + 0 * z.re = (n : R) * z.im + 0 * z.re by rw [Lean.Grind.Ring.intCast_natCast])
  intCast_ofNat n := Complex.ext (Lean.Grind.Ring.intCast_ofNat n) rfl
  intCast_neg n := Complex.ext (Lean.Grind.Ring.intCast_neg n) (show (0 : R) = -0 by grind)
  mul_comm z w := Complex.ext
    (show z.re * w.re - z.im * w.im = w.re * z.re - w.im * z.im by grind)
    (show z.re * w.im + z.im * w.re = w.re * z.im + w.im * z.re by grind)

/-- Mathlib's `Complex.I`. -/
def I : Complex R := ⟨0, 1⟩

instance : CoeTail R (Complex R) := ⟨ofReal⟩
instance : CoeHTCT R (Complex R) := ⟨ofReal⟩

@[simp, grind =] theorem add_re (z w : Complex R) : (z + w).re = z.re + w.re := rfl
@[simp, grind =] theorem add_im (z w : Complex R) : (z + w).im = z.im + w.im := rfl
@[simp, grind =] theorem sub_re (z w : Complex R) : (z - w).re = z.re - w.re := rfl
@[simp, grind =] theorem sub_im (z w : Complex R) : (z - w).im = z.im - w.im := rfl
@[simp, grind =] theorem mul_re (z w : Complex R) : (z * w).re = z.re * w.re - z.im * w.im := rfl
@[simp, grind =] theorem mul_im (z w : Complex R) : (z * w).im = z.re * w.im + z.im * w.re := rfl
@[simp, grind =] theorem neg_re (z : Complex R) : (-z).re = -z.re := rfl
@[simp, grind =] theorem neg_im (z : Complex R) : (-z).im = -z.im := rfl
@[simp, grind =] theorem I_re : (I : Complex R).re = 0 := rfl
@[simp, grind =] theorem I_im : (I : Complex R).im = 1 := rfl
@[simp, grind =] theorem ofReal_re (x : R) : (ofReal x).re = x := rfl
@[simp, grind =] theorem ofReal_im (x : R) : (ofReal x).im = 0 := rfl
@[simp, grind =] theorem ofNat_re (n : ℕ) : (OfNat.ofNat n : Complex R).re = OfNat.ofNat n := rfl
@[simp, grind =] theorem ofNat_im (n : ℕ) : (OfNat.ofNat n : Complex R).im = 0 := rfl
@[simp] theorem zero_re : (0 : Complex R).re = 0 := rfl
@[simp] theorem zero_im : (0 : Complex R).im = 0 := rfl
@[simp] theorem one_re : (1 : Complex R).re = 1 := rfl
@[simp] theorem one_im : (1 : Complex R).im = 0 := rfl
@[simp, grind =] theorem natCast_re (n : ℕ) : ((n : Complex R)).re = (n : R) := rfl
@[simp, grind =] theorem natCast_im (n : ℕ) : ((n : Complex R)).im = 0 := rfl
@[simp, grind =] theorem intCast_re (n : ℤ) : ((n : Complex R)).re = (n : R) := rfl
@[simp, grind =] theorem intCast_im (n : ℤ) : ((n : Complex R)).im = 0 := rfl
theorem ext_iff' {z w : Complex R} : z = w ↔ z.re = w.re ∧ z.im = w.im :=
  ⟨fun h => by subst h; exact ⟨rfl, rfl⟩, fun h => Complex.ext h.1 h.2⟩
@[simp] theorem I_mul_I : (I : Complex R) * I = -1 :=
  Complex.ext (show (0 : R) * 0 - 1 * 1 = -1 by grind) (show (0 : R) * 1 + 1 * 0 = -0 by grind)
@[simp, grind =] theorem I_sq : (I : Complex R) ^ 2 = -1 := by
  rw [Lean.Grind.Semiring.pow_two]; exact I_mul_I
theorem I_pow_four : (I : Complex R) ^ 4 = 1 := by
  have h := I_sq (R := R); grind
theorem ofReal_add (x y : R) : ofReal (x + y) = ofReal x + ofReal y := Complex.ext rfl (show (0 : R) = 0 + 0 by grind)
theorem ofReal_mul (x y : R) : ofReal (x * y) = ofReal x * ofReal y :=
  Complex.ext (show x * y = x * y - 0 * 0 by grind) (show (0 : R) = x * 0 + 0 * y by grind)

/-- Mathlib's `Complex.normSq`. -/
def normSq (z : Complex R) : R := z.re * z.re + z.im * z.im

@[grind =] theorem normSq_apply (z : Complex R) : normSq z = z.re * z.re + z.im * z.im := rfl

/-- Mathlib's conjugation, `starRingEnd ℂ`. -/
def conj (z : Complex R) : Complex R := ⟨z.re, -z.im⟩

@[simp, grind =] theorem conj_re (z : Complex R) : (conj z).re = z.re := rfl
@[simp, grind =] theorem conj_im (z : Complex R) : (conj z).im = -z.im := rfl

end Ring

section Field
variable {R : Type u} [Lean.Grind.Field R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R]

theorem normSq_ne_zero {z : Complex R} (h : z ≠ 0) : normSq z ≠ 0 := by
  intro h0
  apply h
  have h1 := mul_self_nonneg z.re
  have h2 := mul_self_nonneg z.im
  unfold normSq at h0
  have h3 : z.re * z.re = 0 := by grind
  have h4 : z.im * z.im = 0 := by grind
  exact Complex.ext (show z.re = 0 by grind) (show z.im = 0 by grind)

instance : Inv (Complex R) := ⟨fun z => ⟨z.re / normSq z, -z.im / normSq z⟩⟩
instance : Div (Complex R) := ⟨fun z w => z * w⁻¹⟩

/-- Powers with integers for exponents. -/
def intPow (z : Complex R) : ℤ → Complex R
  | .ofNat n => z ^ n
  | .negSucc n => (z ^ (n + 1))⁻¹

theorem inv_zero' : (0 : Complex R)⁻¹ = 0 :=
  Complex.ext (show (0 : R) / _ = 0 by grind) (show -(0 : R) / _ = 0 by grind)

theorem mul_inv_cancel' {z : Complex R} (h : z ≠ 0) : z * z⁻¹ = 1 := by
  have hn := normSq_ne_zero h
  have hd : normSq z = z.re * z.re + z.im * z.im := rfl
  refine Complex.ext ?_ ?_
  · show z.re * (z.re / normSq z) - z.im * (-z.im / normSq z) = 1
    grind
  · show z.re * (-z.im / normSq z) + z.im * (z.re / normSq z) = 0
    grind

theorem inv_inv' (z : Complex R) : z⁻¹⁻¹ = z := by
  by_cases h : z = 0
  · subst h; rw [inv_zero', inv_zero']
  · have h1 := mul_inv_cancel' h
    have h2 : z⁻¹ ≠ 0 := by
      intro h3
      rw [h3] at h1
      have h4 : z.re * 0 - z.im * 0 = 1 := congrArg Complex.re h1
      exact Lean.Grind.Field.zero_ne_one (show (0 : R) = 1 by grind)
    have h3 := mul_inv_cancel' h2
    have h4 : z * z⁻¹ * z⁻¹⁻¹ = z := by rw [Lean.Grind.Semiring.mul_assoc, h3, Lean.Grind.Semiring.mul_one]
    rw [h1, Lean.Grind.Semiring.one_mul] at h4
    exact h4

instance : Lean.Grind.Field (Complex R) where
  div_eq_mul_inv _ _ := rfl
  zero_ne_one h := Lean.Grind.Field.zero_ne_one (congrArg Complex.re h : (0 : R) = 1)
  inv_zero := inv_zero'
  mul_inv_cancel := mul_inv_cancel'
  zpow := ⟨intPow⟩
  zpow_zero _ := rfl
  zpow_succ _ _ := rfl
  zpow_neg z n := by
    cases n with
    | ofNat n =>
      cases n with
      | zero =>
        show (1 : Complex R) = (1 : Complex R)⁻¹
        have h := mul_inv_cancel' (R := R) (z := 1) (fun h => Lean.Grind.Field.zero_ne_one (congrArg Complex.re h : (1 : R) = 0).symm)
        rw [Lean.Grind.Semiring.one_mul] at h
        exact h.symm
      | succ n => rfl
    | negSucc n =>
      show z ^ (n + 1) = ((z ^ (n + 1))⁻¹)⁻¹
      rw [inv_inv']

instance : Lean.Grind.IsCharP (Complex R) 0 where
  ofNat_ext_iff {x y} := by
    rw [← Lean.Grind.IsCharP.ofNat_ext_iff (α := R) (p := 0)]
    exact ⟨fun h => congrArg Complex.re h, fun h => Complex.ext h rfl⟩

/-- Mathlib's `Complex.abs`, the norm. -/
def abs [Real.Complete R] (z : Complex R) : R := Real.sqrt (normSq z)

theorem div_re (z w : Complex R) : (z / w).re = z.re * w.re / normSq w + z.im * w.im / normSq w := by
  show z.re * (w.re / normSq w) - z.im * (-w.im / normSq w) = _
  grind
theorem inv_re (z : Complex R) : z⁻¹.re = z.re / normSq z := rfl
theorem inv_im (z : Complex R) : z⁻¹.im = -z.im / normSq z := rfl

end Field
end Complex

/-- Mathlib's `Norm`; the norm's values are in `R`. -/
class Norm (α : Type u) (R : outParam (Type u)) where
  /-- The norm. -/
  norm : α → R

export Norm (norm)

/-- Mathlib's `‖x‖`. -/
macro:max atomic("‖" noWs) a:term noWs "‖" : term => `(norm $a)

section Norm
variable {R : Type u} [Lean.Grind.Field R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R] [Real.Complete R]

instance : Norm (Complex R) R := ⟨Complex.abs⟩
instance (priority := 50) : Norm R R := ⟨fun x => |x|⟩

theorem Real.norm_eq_abs (x : R) : ‖x‖ = |x| := rfl
theorem Complex.norm_eq_abs (z : Complex R) : ‖z‖ = Complex.abs z := rfl

end Norm
