module

public import ProverArb.Core.Trig
public import ProverArb.Core.LogExp
public import ProverArb.Core.Complex

/-!
Inverse trigonometric and hyperbolic functions, and the exponential, the logarithm and the
trigonometric functions of ℂ, under Mathlib's names. Each is defined from the functions of the field,
and is Mathlib's where the field is the reals.
-/

@[expose] public noncomputable section

set_option autoImplicit false
set_option linter.unusedSectionVars false

universe u

namespace Real
variable {R : Type u} [Lean.Grind.Field R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R] [Real.Complete R]

section Trig
variable [Real.Trig R]

open Classical in
/-- Mathlib's `Real.arcsin`: of what lies outside `[-1, 1]`, the value at the nearer end. -/
def arcsin (x : R) : R :=
  if x < -1 then -(pi / 2) else if 1 < x then pi / 2
  else if h : ∃ y : R, -(pi / 2) ≤ y ∧ y ≤ pi / 2 ∧ sin y = x then choose h else 0
/-- Mathlib's `Real.arccos`. -/
def arccos (x : R) : R := pi / 2 - arcsin x
/-- Mathlib's `Real.arctan`, by `Real.arctan_eq_arcsin`. -/
def arctan (x : R) : R := arcsin (x / sqrt (1 + x ^ 2))

end Trig

section Exp
variable [Real.LogExp R]

/-- Mathlib's `Real.sinh`. -/
def sinh (x : R) : R := (exp x - exp (-x)) / 2
/-- Mathlib's `Real.cosh`. -/
def cosh (x : R) : R := (exp x + exp (-x)) / 2
/-- Mathlib's `Real.tanh`. -/
def tanh (x : R) : R := sinh x / cosh x

end Exp
end Real

namespace Complex
variable {R : Type u} [Lean.Grind.Field R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R] [Real.Complete R] [Real.LogExp R] [Real.Trig R]

/-- Mathlib's `Complex.exp`. -/
def exp (z : Complex R) : Complex R := ⟨Real.exp z.re * Real.cos z.im, Real.exp z.re * Real.sin z.im⟩
open Classical in
/-- Mathlib's `Complex.arg`. -/
def arg (z : Complex R) : R :=
  if 0 ≤ z.re then Real.arcsin (z.im / Complex.abs z)
  else if 0 ≤ z.im then Real.arcsin (-z.im / Complex.abs z) + Real.pi
  else Real.arcsin (-z.im / Complex.abs z) - Real.pi
/-- Mathlib's `Complex.log`. -/
def log (z : Complex R) : Complex R := ⟨Real.log (Complex.abs z), arg z⟩
/-- Mathlib's `Complex.cosh`. -/
def cosh (z : Complex R) : Complex R := (exp z + exp (-z)) / 2
/-- Mathlib's `Complex.sinh`. -/
def sinh (z : Complex R) : Complex R := (exp z - exp (-z)) / 2
/-- Mathlib's `Complex.tanh`. -/
def tanh (z : Complex R) : Complex R := sinh z / cosh z
/-- Mathlib's `Complex.cos`. -/
def cos (z : Complex R) : Complex R := (exp (z * I) + exp (-z * I)) / 2
/-- Mathlib's `Complex.sin`. -/
def sin (z : Complex R) : Complex R := (exp (-z * I) - exp (z * I)) * I / 2
/-- Mathlib's `Complex.tan`. -/
def tan (z : Complex R) : Complex R := sin z / cos z
/-- Mathlib's `Complex.cot`. -/
def cot (z : Complex R) : Complex R := cos z / sin z

theorem exp_add (z w : Complex R) : exp (z + w) = exp z * exp w := Complex.ext
  (show Real.exp (z.re + w.re) * Real.cos (z.im + w.im) =
      Real.exp z.re * Real.cos z.im * (Real.exp w.re * Real.cos w.im) -
      Real.exp z.re * Real.sin z.im * (Real.exp w.re * Real.sin w.im) by
    rw [Real.exp_add, Real.cos_add]; grind)
  (show Real.exp (z.re + w.re) * Real.sin (z.im + w.im) =
      Real.exp z.re * Real.cos z.im * (Real.exp w.re * Real.sin w.im) +
      Real.exp z.re * Real.sin z.im * (Real.exp w.re * Real.cos w.im) by
    rw [Real.exp_add, Real.sin_add]; grind)

/-- Mathlib's `Complex.log` of a real number. -/
def logOfReal (x : R) : Complex R := log (ofReal x)

-- Where `Complex` is open, `log` means this one too: of a real number it is ambiguous, and an error.
@[inherit_doc] scoped notation "log" => Complex.log
@[inherit_doc] scoped notation "log" => Complex.logOfReal

end Complex
