module

public import ProverArb.Core.Pointwise

/-!
The strict order of pairs. Lean's own compares them as words in a dictionary; Mathlib's is the one
that belongs to comparing both parts.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u v

/-- Mathlib's strict order of pairs (`Prod.instPreorder`), before Lean's lexicographic one. -/
instance (priority := high) Prod.strictOrder {α : Type u} {β : Type v} [LE α] [LE β] : LT (α × β) :=
  ⟨fun p q => p ≤ q ∧ ¬ q ≤ p⟩
