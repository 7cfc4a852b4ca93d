module

public import ProverArb.Core.Sums
public import ProverArb.Core.Order

/-!
More of Mathlib's sets: unions and intersections of families, complements, cardinality, images and
injections on sets; and the finite types that sums run over.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u v w

open Lean ProverArb.Binders

/-- Mathlib's `⊤`. -/
class Top (α : Type u) where
  /-- The greatest element. -/
  top : α
/-- Mathlib's `⊥`. -/
class Bot (α : Type u) where
  /-- The least element. -/
  bot : α
@[inherit_doc] notation "⊤" => Top.top
@[inherit_doc] notation "⊥" => Bot.bot

/-- Mathlib's `HasCompl`. -/
class HasCompl (α : Type u) where
  /-- The complement, written `aᶜ`. -/
  compl : α → α
@[inherit_doc] postfix:1024 "ᶜ" => HasCompl.compl

namespace Set
variable {α : Type u} {β : Type v} {ι : Sort w}

instance : HasCompl (Set α) := ⟨fun s => setOf fun x => ¬ x ∈ s⟩
instance : Top (Set α) := ⟨univ⟩
instance : Bot (Set α) := ⟨∅⟩
instance : HasSSubset (Set α) := ⟨fun s t => s ⊆ t ∧ ¬ t ⊆ s⟩
/-- Mathlib's order of sets is inclusion. -/
instance : LE (Set α) := ⟨fun s t => s ⊆ t⟩
instance : LT (Set α) := ⟨fun s t => s ⊂ t⟩
@[simp, grind =] theorem mem_compl_iff (s : Set α) (x : α) : (x ∈ sᶜ) = ¬ x ∈ s := rfl
theorem ssubset_def {s t : Set α} : (s ⊂ t) = (s ⊆ t ∧ ¬ t ⊆ s) := rfl

/-- Mathlib's `Set.iUnion`. -/
def iUnion (s : ι → Set α) : Set α := setOf fun x => ∃ i, x ∈ s i
/-- Mathlib's `Set.iInter`. -/
def iInter (s : ι → Set α) : Set α := setOf fun x => ∀ i, x ∈ s i
/-- Mathlib's `Set.sUnion`. -/
def sUnion (S : Set (Set α)) : Set α := setOf fun x => ∃ t, t ∈ S ∧ x ∈ t
/-- Mathlib's `Set.sInter`. -/
def sInter (S : Set (Set α)) : Set α := setOf fun x => ∀ t, t ∈ S → x ∈ t
@[simp, grind =] theorem mem_iUnion {x : α} {s : ι → Set α} : (x ∈ iUnion s) = ∃ i, x ∈ s i := rfl
@[simp, grind =] theorem mem_iInter {x : α} {s : ι → Set α} : (x ∈ iInter s) = ∀ i, x ∈ s i := rfl
@[simp, grind =] theorem mem_sUnion {x : α} {S : Set (Set α)} : (x ∈ sUnion S) = ∃ t, t ∈ S ∧ x ∈ t := rfl
@[simp, grind =] theorem mem_sInter {x : α} {S : Set (Set α)} : (x ∈ sInter S) = ∀ t, t ∈ S → x ∈ t := rfl

/-- Mathlib's `Set.powerset`. -/
def powerset (s : Set α) : Set (Set α) := setOf fun t => t ⊆ s
/-- Mathlib's `Set.MapsTo`. -/
def MapsTo (f : α → β) (s : Set α) (t : Set β) : Prop := ∀ ⦃x⦄, x ∈ s → f x ∈ t
/-- Mathlib's `Set.SurjOn`. -/
def SurjOn (f : α → β) (s : Set α) (t : Set β) : Prop := t ⊆ image f s
/-- Mathlib's `Set.BijOn`. -/
def BijOn (f : α → β) (s : Set α) (t : Set β) : Prop := MapsTo f s t ∧ InjOn f s ∧ SurjOn f s t
/-- Mathlib's `Set.EqOn`. -/
def EqOn (f g : α → β) (s : Set α) : Prop := ∀ ⦃x⦄, x ∈ s → f x = g x
/-- Mathlib's `Set.Pairwise`. -/
protected def Pairwise (s : Set α) (r : α → α → Prop) : Prop :=
  ∀ ⦃x⦄, x ∈ s → ∀ ⦃y⦄, y ∈ s → x ≠ y → r x y
/-- Mathlib's `Set.Subsingleton`. -/
protected def Subsingleton (s : Set α) : Prop := ∀ ⦃x⦄, x ∈ s → ∀ ⦃y⦄, y ∈ s → x = y
/-- Mathlib's `Set.Nontrivial`. -/
protected def Nontrivial (s : Set α) : Prop := ∃ x, x ∈ s ∧ ∃ y, y ∈ s ∧ x ≠ y

/-- Mathlib's `Set.ncard`: the number of members of a finite set, and `0` of an infinite one. -/
def ncard (s : Set α) : ℕ := open Classical in if h : s.Finite then (Classical.choose h).card else 0

theorem ncard_eq_card_of {s : Set α} {t : Finset α} (h : ∀ x, x ∈ t ↔ x ∈ s) : s.ncard = t.card := by
  have hs : s.Finite := ⟨t, h⟩
  unfold ncard
  rw [dif_pos hs, show Classical.choose hs = t from Finset.ext fun x => by
    rw [Classical.choose_spec hs x, h x]]
/-- Mathlib's `Set.ncard_coe_finset`. -/
@[simp] theorem ncard_coe_finset (t : Finset α) : (setOf fun x => x ∈ t).ncard = t.card :=
  ncard_eq_card_of fun _ => Iff.rfl
/-- Mathlib's `Set.ncard_eq_toFinset_card'`. -/
theorem ncard_eq_toFinset_card' (s : Set α) [Fintype s] : s.ncard = s.toFinset.card :=
  ncard_eq_card_of fun _ => mem_toFinset
theorem Infinite.ncard {s : Set α} (h : s.Infinite) : s.ncard = 0 := by unfold Set.ncard; rw [dif_neg h]
@[simp] theorem ncard_empty : (∅ : Set α).ncard = 0 :=
  (ncard_eq_card_of (t := ∅) fun x => by rw [Finset.notMem_empty, mem_empty_iff_false]).trans rfl
@[simp] theorem ncard_singleton (a : α) : ({a} : Set α).ncard = 1 :=
  (ncard_eq_card_of (t := {a}) fun x => by rw [Finset.mem_singleton, mem_singleton_iff]).trans rfl

/-- Mathlib's `Set.Finite.toFinset`. -/
def Finite.toFinset {s : Set α} (h : s.Finite) : Finset α := Classical.choose h
@[simp] theorem Finite.mem_toFinset {s : Set α} (h : s.Finite) {a : α} : a ∈ h.toFinset ↔ a ∈ s :=
  Classical.choose_spec h a
/-- Mathlib's `Set.Finite.subset`. -/
theorem Finite.subset {s t : Set α} (h : s.Finite) (h' : t ⊆ s) : t.Finite := by
  classical
  obtain ⟨u, hu⟩ := h
  exact ⟨Finset.filter (fun x => x ∈ t) u, fun x => by
    rw [Finset.mem_filter, hu x]; exact ⟨fun h => h.2, fun h => ⟨h' x h, h⟩⟩⟩

end Set

/-- Mathlib's `Nat.card`. -/
protected def Nat.card (α : Type u) : ℕ := (Set.univ : Set α).ncard
/-- Mathlib's `Finite`. -/
class Finite (α : Type u) : Prop where
  /-- All elements are members of a finite set. -/
  finite_univ : (Set.univ : Set α).Finite
/-- Mathlib's `Infinite`. -/
class Infinite (α : Type u) : Prop where
  /-- The type is not finite. -/
  not_finite : ¬ Finite α
instance (priority := 50) {α : Type u} [Fintype α] : Finite α :=
  ⟨Finset.univ, fun x => ⟨fun _ => trivial, fun _ => Finset.mem_univ x⟩⟩

@[inherit_doc] prefix:110 "⋃₀ " => Set.sUnion
@[inherit_doc] prefix:110 "⋂₀ " => Set.sInter
@[inherit_doc] prefix:100 "𝒫 " => Set.powerset

/-- Mathlib's `⋃ i, s i` and `⋃ i ∈ t, s i`. -/
syntax (name := bigUnion) "⋃ " extBinders ", " term:60 : term
/-- Mathlib's `⋂ i, s i` and `⋂ i ∈ t, s i`. -/
syntax (name := bigInter) "⋂ " extBinders ", " term:60 : term

macro_rules
  | `(⋃ $row:extBinders, $s) => nest (fun f => `(Set.iUnion $f)) (ofRow row) s
  | `(⋂ $row:extBinders, $s) => nest (fun f => `(Set.iInter $f)) (ofRow row) s

/-- Mathlib's `Disjoint`, for sets and finite sets. -/
class HasDisjoint (α : Type u) where
  /-- The two have nothing in common. -/
  disjoint : α → α → Prop
/-- Mathlib's `Disjoint`. -/
def Disjoint {α : Type u} [HasDisjoint α] (a b : α) : Prop := HasDisjoint.disjoint a b
instance {α : Type u} : HasDisjoint (Set α) := ⟨fun s t => ∀ x, x ∈ s → ¬ x ∈ t⟩
instance {α : Type u} : HasDisjoint (Finset α) := ⟨fun s t => ∀ x, x ∈ s → ¬ x ∈ t⟩
/-- Mathlib's `Set.disjoint_left`. -/
theorem Set.disjoint_left {α : Type u} {s t : Set α} : Disjoint s t ↔ ∀ ⦃a⦄, a ∈ s → ¬ a ∈ t :=
  ⟨fun h a => h a, fun h a => @h a⟩
/-- Mathlib's `Finset.disjoint_left`. -/
theorem Finset.disjoint_left {α : Type u} {s t : Finset α} : Disjoint s t ↔ ∀ ⦃a⦄, a ∈ s → ¬ a ∈ t :=
  ⟨fun h a => h a, fun h a => @h a⟩
/-- Mathlib's `Pairwise`. -/
def Pairwise {α : Type u} (r : α → α → Prop) : Prop := ∀ ⦃i j⦄, i ≠ j → r i j
/-- Mathlib's `Set.PairwiseDisjoint`. -/
def Set.PairwiseDisjoint {ι : Type u} {α : Type v} [HasDisjoint α] (s : Set ι) (f : ι → α) : Prop :=
  s.Pairwise fun i j => Disjoint (f i) (f j)
