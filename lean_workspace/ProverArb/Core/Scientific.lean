module

public import ProverArb.Core.Divisibility

/-!
Decimals in a field, degrees of polynomials with the zero polynomial's `⊥`, and evaluation of
polynomials in a larger ring, under Mathlib's names.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u v

/-- Mathlib's decimals: `2.5` is the quotient of integers that it says. -/
instance (priority := 50) {R : Type u} [Lean.Grind.Field R] : OfScientific R where
  ofScientific m s e := if s then (m : R) / 10 ^ e else (m : R) * 10 ^ e

@[simp] theorem ofScientific_def {R : Type u} [Lean.Grind.Field R] (m : ℕ) (s : Bool) (e : ℕ) :
    (OfScientific.ofScientific m s e : R) = if s then (m : R) / 10 ^ e else (m : R) * 10 ^ e := rfl
namespace Polynomial
variable {R : Type u} [Lean.Grind.CommRing R]

open Classical in
/-- Mathlib's `Polynomial.degree`: `⊥` for the zero polynomial. -/
def degree (p : Polynomial R) : WithBot ℕ := if p = 0 then ⊥ else (p.natDegree : WithBot ℕ)
/-- Mathlib's `Polynomial.rootSet` in the ring of the coefficients. -/
def zeros (p : Polynomial R) : Set R := setOf fun x => p.eval x = 0

end Polynomial

/-- Mathlib's `Algebra`, for the rings that a statement can embed: its map is `algebraMap`. -/
class Algebra (R : Type u) (A : Type v) where
  /-- Mathlib's `algebraMap`. -/
  algebraMap : R → A

export Algebra (algebraMap)

instance (priority := 60) {R : Type u} : Algebra R R := ⟨id⟩
instance (priority := 50) {A : Type u} [Lean.Grind.Ring A] : Algebra ℤ A := ⟨fun n => (n : A)⟩
instance (priority := 50) {A : Type u} [Lean.Grind.Field A] : Algebra ℚ A := ⟨fun q => (q : A)⟩
instance {R : Type u} [Lean.Grind.CommRing R] : Algebra R (Complex R) := ⟨Complex.ofReal⟩

/-- Mathlib's `Polynomial.aeval`. -/
def Polynomial.aeval {R : Type u} {A : Type v} [Lean.Grind.CommRing R] [Lean.Grind.CommRing A] [Algebra R A]
    (x : A) (p : Polynomial R) : A := p.eval₂ (algebraMap (A := A)) x
