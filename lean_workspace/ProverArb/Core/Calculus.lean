module

public import ProverArb.Core.Pointwise

/-!
Derivatives, sums of series, suprema and convexity under Mathlib's names.

Derivatives are those of functions of one variable in the field itself (the reals or ℂ); each is
defined by the estimate that Mathlib's is equivalent to, and `deriv` is `0` where there is none, as
there. Functions of several variables, for which Mathlib has Fréchet derivatives, are not stated.
-/

@[expose] public noncomputable section

set_option autoImplicit false
set_option linter.unusedSectionVars false

universe u v w

open Filter

section Deriv
variable {R : Type u} [LE R] [LT R] [Lean.Grind.Field R]
  {𝕜 : Type u} [Sub 𝕜] [Norm 𝕜 R] {F : Type u} [Sub F] [SMul 𝕜 F] [Norm F R]

/-- Mathlib's `HasDerivWithinAt`, by `hasDerivWithinAt_iff_isLittleO`. -/
def HasDerivWithinAt (f : 𝕜 → F) (f' : F) (s : Set 𝕜) (x : 𝕜) : Prop :=
  ∀ ε : R, 0 < ε → ∃ δ : R, 0 < δ ∧
    ∀ y, y ∈ s → ‖y - x‖ < δ → ‖f y - f x - (y - x) • f'‖ ≤ ε * ‖y - x‖
/-- Mathlib's `HasDerivAt`, by `hasDerivAt_iff_isLittleO`. -/
def HasDerivAt (f : 𝕜 → F) (f' : F) (x : 𝕜) : Prop := HasDerivWithinAt f f' Set.univ x

/-- Mathlib's `deriv`: the derivative, and `0` where there is none. -/
def deriv [OfNat F 0] (f : 𝕜 → F) (x : 𝕜) : F :=
  open Classical in if h : ∃ f', HasDerivAt f f' x then Classical.choose h else 0
/-- Mathlib's `iteratedDeriv`, by `iteratedDeriv_zero` and `iteratedDeriv_succ`. -/
def iteratedDeriv [OfNat F 0] : ℕ → (𝕜 → F) → 𝕜 → F
  | 0, f => f
  | n + 1, f => deriv (iteratedDeriv n f)

variable (𝕜)
/-- Mathlib's `DifferentiableAt`, of one variable. -/
def DifferentiableAt (f : 𝕜 → F) (x : 𝕜) : Prop := ∃ f', HasDerivAt f f' x
/-- Mathlib's `DifferentiableWithinAt`, of one variable. -/
def DifferentiableWithinAt (f : 𝕜 → F) (s : Set 𝕜) (x : 𝕜) : Prop := ∃ f', HasDerivWithinAt f f' s x
/-- Mathlib's `Differentiable`, of one variable. -/
def Differentiable (f : 𝕜 → F) : Prop := ∀ x, DifferentiableAt 𝕜 f x
/-- Mathlib's `DifferentiableOn`, of one variable. -/
def DifferentiableOn (f : 𝕜 → F) (s : Set 𝕜) : Prop := ∀ x, x ∈ s → DifferentiableWithinAt 𝕜 f s x
/-- Mathlib's `ContDiff` of a finite order, of one variable, by `contDiff_iff_iteratedDeriv`. The
orders `⊤`, `∞` and `ω` are not stated: what `⊤` means changed between versions of Mathlib. -/
def ContDiff [OfNat F 0] [TopologicalSpace 𝕜] [TopologicalSpace F] (n : ℕ) (f : 𝕜 → F) : Prop :=
  (∀ m, m ≤ n → Continuous (iteratedDeriv m f)) ∧ ∀ m, m < n → Differentiable 𝕜 (iteratedDeriv m f)

end Deriv

section Sums
variable {α : Type u} {β : Type v}

/-- Mathlib's order of finite sets is inclusion. -/
instance : LE (Finset α) := ⟨fun s t => s ⊆ t⟩
instance : LT (Finset α) := ⟨fun s t => s ⊂ t⟩

variable [Lean.Grind.AddCommMonoid β] [TopologicalSpace β]

/-- Mathlib's `HasSum`. -/
def HasSum (f : α → β) (a : β) : Prop := Tendsto (fun s : Finset α => s.sum f) atTop (nhds a)
/-- Mathlib's `Summable`. -/
def Summable (f : α → β) : Prop := ∃ a, HasSum f a
/-- Mathlib's `tsum`, written `∑'`: `0` where there is no sum. The spaces here are Hausdorff, so that
a sum is the only one. -/
def tsum (f : α → β) : β := open Classical in if h : Summable f then Classical.choose h else 0

end Sums

open ProverArb.Binders in
/-- Mathlib's `∑' x, f x`. -/
syntax (name := bigTsum) "∑' " extBinders ", " term:67 : term

open ProverArb.Binders in
macro_rules
  | `(∑' $row:extBinders, $f) => nest (fun f => `(tsum $f)) (ofRow row) f

/-- Mathlib's `SupSet`. -/
class SupSet (α : Type u) where
  /-- The supremum of a set. -/
  sSup : Set α → α
/-- Mathlib's `InfSet`. -/
class InfSet (α : Type u) where
  /-- The infimum of a set. -/
  sInf : Set α → α

export SupSet (sSup)
export InfSet (sInf)

/-- Mathlib's `iSup`, written `⨆`. -/
def iSup {α : Type u} [SupSet α] {ι : Sort v} (f : ι → α) : α := sSup (Set.range f)
/-- Mathlib's `iInf`, written `⨅`. -/
def iInf {α : Type u} [InfSet α] {ι : Sort v} (f : ι → α) : α := sInf (Set.range f)

open ProverArb.Binders in
/-- Mathlib's `⨆ x, f x`. -/
syntax (name := bigSup) "⨆ " extBinders ", " term:60 : term
open ProverArb.Binders in
/-- Mathlib's `⨅ x, f x`. -/
syntax (name := bigInf) "⨅ " extBinders ", " term:60 : term

open ProverArb.Binders in
macro_rules
  | `(⨆ $row:extBinders, $f) => nest (fun f => `(iSup $f)) (ofRow row) f
  | `(⨅ $row:extBinders, $f) => nest (fun f => `(iInf $f)) (ofRow row) f

instance {α : Type u} : SupSet (Set α) := ⟨Set.sUnion⟩
instance {α : Type u} : InfSet (Set α) := ⟨Set.sInter⟩

section Sup
open Classical

/-- Mathlib's `Nat.sSup` and `Nat.sInf`: `0` where there is none. -/
instance : SupSet ℕ := ⟨fun s => if h : ∃ m, IsGreatest s m then choose h else 0⟩
instance : InfSet ℕ := ⟨fun s => if h : ∃ m, IsLeast s m then choose h else 0⟩
/-- As in Mathlib, `0` where there is none. -/
instance : SupSet ℤ := ⟨fun s => if h : ∃ m, IsGreatest s m then choose h else 0⟩
instance : InfSet ℤ := ⟨fun s => if h : ∃ m, IsLeast s m then choose h else 0⟩
variable {R : Type u} [Lean.Grind.Field R] [LE R] [Real.Complete R]
/-- Mathlib's `Real.sSup` and `Real.sInf`: `0` where there is none. -/
instance (priority := 50) : SupSet R := ⟨fun s => if h : s.Nonempty ∧ ∃ m, IsLUB s m then choose h.2 else 0⟩
instance (priority := 50) : InfSet R := ⟨fun s => if h : s.Nonempty ∧ ∃ m, IsGLB s m then choose h.2 else 0⟩

end Sup

/-- Mathlib's `Filter.limsup`. -/
def Filter.limsup {α : Type u} {β : Type v} [LE α] [InfSet α] (u : β → α) (f : Filter β) : α :=
  sInf (setOf fun a => Filter.Eventually (fun x => u x ≤ a) f)
/-- Mathlib's `Filter.liminf`. -/
def Filter.liminf {α : Type u} {β : Type v} [LE α] [SupSet α] (u : β → α) (f : Filter β) : α :=
  sSup (setOf fun a => Filter.Eventually (fun x => a ≤ u x) f)

section Convex
variable (𝕜 : Type u) [LE 𝕜] [LT 𝕜] [Lean.Grind.CommRing 𝕜] {E : Type v} [Add E] [SMul 𝕜 E]
  {β : Type w} [LE β] [LT β] [Add β] [SMul 𝕜 β]

/-- Mathlib's `segment`. -/
def segment (x y : E) : Set E := setOf fun z => ∃ a b : 𝕜, 0 ≤ a ∧ 0 ≤ b ∧ a + b = 1 ∧ a • x + b • y = z
/-- Mathlib's `openSegment`. -/
def openSegment (x y : E) : Set E := setOf fun z => ∃ a b : 𝕜, 0 < a ∧ 0 < b ∧ a + b = 1 ∧ a • x + b • y = z
/-- Mathlib's `Convex`. -/
def Convex (s : Set E) : Prop :=
  ∀ ⦃x⦄, x ∈ s → ∀ ⦃y⦄, y ∈ s → ∀ ⦃a b : 𝕜⦄, 0 ≤ a → 0 ≤ b → a + b = 1 → a • x + b • y ∈ s
/-- Mathlib's `convexHull`. -/
def convexHull (s : Set E) : Set E := setOf fun x => ∀ t, s ⊆ t → Convex 𝕜 t → x ∈ t
/-- Mathlib's `ConvexOn`. -/
def ConvexOn (s : Set E) (f : E → β) : Prop :=
  Convex 𝕜 s ∧ ∀ ⦃x⦄, x ∈ s → ∀ ⦃y⦄, y ∈ s → ∀ ⦃a b : 𝕜⦄, 0 ≤ a → 0 ≤ b → a + b = 1 →
    f (a • x + b • y) ≤ a • f x + b • f y
/-- Mathlib's `ConcaveOn`. -/
def ConcaveOn (s : Set E) (f : E → β) : Prop :=
  Convex 𝕜 s ∧ ∀ ⦃x⦄, x ∈ s → ∀ ⦃y⦄, y ∈ s → ∀ ⦃a b : 𝕜⦄, 0 ≤ a → 0 ≤ b → a + b = 1 →
    a • f x + b • f y ≤ f (a • x + b • y)
/-- Mathlib's `StrictConvexOn`. -/
def StrictConvexOn (s : Set E) (f : E → β) : Prop :=
  Convex 𝕜 s ∧ ∀ ⦃x⦄, x ∈ s → ∀ ⦃y⦄, y ∈ s → x ≠ y → ∀ ⦃a b : 𝕜⦄, 0 < a → 0 < b → a + b = 1 →
    f (a • x + b • y) < a • f x + b • f y
/-- Mathlib's `StrictConcaveOn`. -/
def StrictConcaveOn (s : Set E) (f : E → β) : Prop :=
  Convex 𝕜 s ∧ ∀ ⦃x⦄, x ∈ s → ∀ ⦃y⦄, y ∈ s → x ≠ y → ∀ ⦃a b : 𝕜⦄, 0 < a → 0 < b → a + b = 1 →
    a • f x + b • f y < f (a • x + b • y)

end Convex
