module

public import ProverArb.Core.Inverse
public import ProverArb.Core.Calculus

/-!
Euclidean space, angles and collinearity under Mathlib's names.
-/

@[expose] public noncomputable section

set_option autoImplicit false
set_option linter.unusedSectionVars false

universe u v w

open Lean

/-- Mathlib's `EuclideanSpace`. -/
def EuclideanSpace (R : Type u) (ι : Type) : Type u := ι → R

namespace EuclideanSpace
variable {R : Type u} {ι : Type}

instance : CoeFun (EuclideanSpace R ι) fun _ => ι → R := ⟨fun x => x⟩

section Ring
variable [Lean.Grind.CommRing R]
instance : Lean.Grind.AddCommGroup (EuclideanSpace R ι) :=
  (Lean.Grind.Ring.toAddCommGroup : Lean.Grind.AddCommGroup (ι → R))
instance : SMul R (EuclideanSpace R ι) := ⟨fun c x i => c * x i⟩
instance : OfNat (EuclideanSpace R ι) 0 := ⟨fun _ => 0⟩
@[simp, grind =] theorem add_apply (x y : EuclideanSpace R ι) (i : ι) : (x + y) i = x i + y i := rfl
@[simp, grind =] theorem sub_apply (x y : EuclideanSpace R ι) (i : ι) : (x - y) i = x i - y i := rfl
@[simp, grind =] theorem neg_apply (x : EuclideanSpace R ι) (i : ι) : (-x) i = -x i := rfl
@[simp, grind =] theorem smul_apply (c : R) (x : EuclideanSpace R ι) (i : ι) : (c • x) i = c * x i := rfl
@[ext, grind ext] protected theorem ext {x y : EuclideanSpace R ι} (h : ∀ i, x i = y i) : x = y := funext h

/-- The inner product, Mathlib's `inner ℝ x y`. -/
def innerProduct [Fintype ι] (x y : EuclideanSpace R ι) : R := Finset.univ.sum fun i => x i * y i
end Ring

variable [Lean.Grind.Field R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [Lean.Grind.OrderedRing R] [Real.Complete R] [Fintype ι]

instance : Norm (EuclideanSpace R ι) R := ⟨fun x => Real.sqrt (Finset.univ.sum fun i => x i ^ 2)⟩
instance : Dist (EuclideanSpace R ι) R := ⟨fun x y => Real.sqrt (Finset.univ.sum fun i => (x i - y i) ^ 2)⟩
instance : TopologicalSpace (EuclideanSpace R ι) := .ofDist (EuclideanSpace R ι)
/-- Mathlib's `EuclideanSpace.norm_eq`. -/
theorem norm_eq (x : EuclideanSpace R ι) : ‖x‖ = Real.sqrt (Finset.univ.sum fun i => x i ^ 2) := rfl
/-- Mathlib's `EuclideanSpace.dist_eq`. -/
theorem dist_eq (x y : EuclideanSpace R ι) :
    dist x y = Real.sqrt (Finset.univ.sum fun i => (x i - y i) ^ 2) := rfl

/-- Mathlib's `EuclideanGeometry.angle`, written `∠`. -/
def _root_.EuclideanGeometry.angle [Real.Trig R] (A B C : EuclideanSpace R ι) : R :=
  Real.arccos (innerProduct (A - B) (C - B) / (‖A - B‖ * ‖C - B‖))

end EuclideanSpace

namespace EuclideanGeometry
@[inherit_doc] scoped notation "∠" => EuclideanGeometry.angle
end EuclideanGeometry

section Affine
variable (𝕜 : Type u) [Lean.Grind.Field 𝕜] {E : Type v} [Add E] [Sub E] [SMul 𝕜 E]

/-- Mathlib's `Collinear`, by `collinear_iff_exists_forall_eq_smul_vadd`. -/
def Collinear (s : Set E) : Prop := s = ∅ ∨ ∃ p₀ v : E, ∀ p, p ∈ s → ∃ r : 𝕜, p = r • v + p₀
/-- Mathlib's `midpoint`. -/
def midpoint (x y : E) : E := x + (1 / 2 : 𝕜) • (y - x)
/-- Mathlib's `Wbtw`: `y` lies between `x` and `z`. -/
def Wbtw [LE 𝕜] (x y z : E) : Prop := ∃ t : 𝕜, 0 ≤ t ∧ t ≤ 1 ∧ x + t • (z - x) = y
/-- Mathlib's `Sbtw`: `y` lies strictly between `x` and `z`. -/
def Sbtw [LE 𝕜] (x y z : E) : Prop := Wbtw 𝕜 x y z ∧ y ≠ x ∧ y ≠ z
/-- Mathlib's `AffineIndependent`. -/
def AffineIndependent {F : Type v} [Lean.Grind.AddCommMonoid F] [SMul 𝕜 F] {ι : Type w} (p : ι → F) : Prop :=
  ∀ (s : Finset ι) (a : ι → 𝕜), s.sum a = 0 → s.sum (fun i => a i • p i) = 0 → ∀ i, i ∈ s → a i = 0

end Affine

namespace Matrix
variable {α : Type u}

/-- Mathlib's `Matrix.vecEmpty`. -/
def vecEmpty : Fin 0 → α := fun i => i.elim0
/-- Mathlib's `Matrix.vecCons`. -/
def vecCons {n : ℕ} (h : α) (t : Fin n → α) : Fin (n + 1) → α := fun i => Fin.cases h t i

@[simp] theorem cons_val_zero {n : ℕ} (x : α) (t : Fin n → α) : vecCons x t 0 = x := rfl
@[simp] theorem cons_val_succ {n : ℕ} (x : α) (t : Fin n → α) (i : Fin n) : vecCons x t i.succ = t i := rfl
@[simp] theorem cons_val_one {n : ℕ} (x : α) (t : Fin (n + 1) → α) : vecCons x t 1 = t 0 := rfl

end Matrix

/-- Mathlib's `![a, b, c]`, a function on `Fin 3`. -/
syntax (name := vecNotation) "![" term,* "]" : term

namespace ProverArb.Vector
meta def build : List Term → MacroM Term
  | [] => `(Matrix.vecEmpty)
  | x :: rest => do `(Matrix.vecCons $x $(← build rest))
meta def elements : List Syntax → List Term
  | [] => []
  | [x] => [⟨x⟩]
  | x :: _ :: rest => ⟨x⟩ :: elements rest
end ProverArb.Vector

macro_rules (kind := vecNotation)
  | stx => ProverArb.Vector.build (ProverArb.Vector.elements stx[1].getArgs.toList)
