module

public import ProverArb.Core.Calculus

/-!
Finite types: pairs, functions, subsets, permutations, and the members of finite sets. Mathlib's
instances list the same elements; here most are shown to exist, and then chosen.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u v

open Classical

namespace Fintype
variable {α : Type u} {β : Type v}

/-- A type all of whose elements are in a list. -/
def ofList (l : List α) (h : ∀ x, x ∈ l) : Fintype α := ⟨l.toFinset, fun x => List.mem_toFinset.2 (h x)⟩

theorem exists_list (α : Type u) [Fintype α] : ∃ l : List α, ∀ x, x ∈ l := by
  obtain ⟨l, h, hl⟩ := (Finset.univ : Finset α).exists_list
  exact ⟨l, fun x => by rw [← Finset.mem_ofNodup (h := h), ← hl]; exact Finset.mem_univ x⟩

/-- A type whose elements can be listed. -/
def ofExists (h : ∃ l : List α, ∀ x, x ∈ l) : Fintype α := ofList (choose h) (choose_spec h)

/-- Mathlib's `Fintype.ofInjective`. -/
def ofInjective [Fintype β] (f : α → β) (hf : Function.Injective f) : Fintype α := ofExists (by
  obtain ⟨l, hl⟩ := exists_list β
  by_cases hne : Nonempty α
  · obtain ⟨a⟩ := hne
    refine ⟨l.map fun b => if h : ∃ x, f x = b then choose h else a, fun x => ?_⟩
    refine List.mem_map.2 ⟨f x, hl _, ?_⟩
    have h : ∃ y, f y = f x := ⟨x, rfl⟩
    rw [dif_pos h]
    exact hf (choose_spec h)
  · exact ⟨[], fun x => absurd ⟨x⟩ hne⟩)

instance : Fintype Unit := ⟨{()}, fun _ => Finset.mem_singleton.2 rfl⟩
instance : Fintype Prop := ofList [True, False] fun p => by
  by_cases h : p
  · have : p = True := eq_true h
    rw [this]; exact List.mem_cons_self
  · have : p = False := eq_false h
    rw [this]; exact List.mem_cons_of_mem _ List.mem_cons_self
instance [Fintype α] [Fintype β] : Fintype (α × β) :=
  ⟨Finset.univ ×ˢ Finset.univ, fun _ => Finset.mem_product.2 ⟨Finset.mem_univ _, Finset.mem_univ _⟩⟩
instance [Fintype α] : Fintype (Option α) := ofExists (by
  obtain ⟨l, hl⟩ := exists_list α
  refine ⟨none :: l.map some, fun x => ?_⟩
  cases x with
  | none => exact List.mem_cons_self
  | some a => exact List.mem_cons_of_mem _ (List.mem_map.2 ⟨a, hl a, rfl⟩))

theorem exists_functions [Fintype β] (l : List α) :
    ∃ F : List (α → β), ∀ f : α → β, ∃ g, g ∈ F ∧ ∀ a, a ∈ l → g a = f a := by
  obtain ⟨m, hm⟩ := exists_list β
  induction l with
  | nil =>
    by_cases h : Nonempty (α → β)
    · obtain ⟨f⟩ := h
      exact ⟨[f], fun _ => ⟨f, List.mem_cons_self, fun _ h => absurd h List.not_mem_nil⟩⟩
    · exact ⟨[], fun f => absurd ⟨f⟩ h⟩
  | cons a l ih =>
    obtain ⟨F, hF⟩ := ih
    refine ⟨F.flatMap fun g => m.map fun b x => if x = a then b else g x, fun f => ?_⟩
    obtain ⟨g, hg, h⟩ := hF f
    refine ⟨fun x => if x = a then f a else g x,
      List.mem_flatMap.2 ⟨g, hg, List.mem_map.2 ⟨f a, hm _, rfl⟩⟩, fun x hx => ?_⟩
    by_cases hxa : x = a
    · subst hxa; simp
    · simp only [hxa, if_false]
      rcases List.mem_cons.1 hx with hx | hx
      · exact absurd hx hxa
      · exact h x hx

instance [Fintype α] [Fintype β] : Fintype (α → β) := ofExists (by
  obtain ⟨l, hl⟩ := exists_list α
  obtain ⟨F, hF⟩ := exists_functions (β := β) l
  refine ⟨F, fun f => ?_⟩
  obtain ⟨g, hg, h⟩ := hF f
  rwa [show f = g from funext fun a => (h a (hl a)).symm])
instance [Fintype α] : Fintype (Set α) := inferInstanceAs (Fintype (α → Prop))
instance [Fintype α] : Fintype (Finset α) :=
  ofInjective (fun s => setOf fun a => a ∈ s) fun _ _ h => Finset.ext fun a => by
    have := congrFun h a
    exact Iff.of_eq this
instance [Fintype α] [Fintype β] : Fintype (α ≃ β) := ofInjective (fun e => e.toFun) fun e e' h => by
  obtain ⟨f, g, hl, hr⟩ := e
  obtain ⟨f', g', hl', hr'⟩ := e'
  have hf : f = f' := h
  subst hf
  have : g = g' := funext fun y => by rw [← hr' y, hl, hr' y]
  subst this
  rfl

/-- Mathlib's `Fintype.subtype`: the elements that a finite set holds. -/
def ofFinset {p : α → Prop} (s : Finset α) (h : ∀ x, p x → x ∈ s) : Fintype {x // p x} :=
  have : Fintype {x // x ∈ s} := ofExists (by
    obtain ⟨l, hl, rfl⟩ := s.exists_list
    exact ⟨l.attach, fun x => List.mem_attach l x⟩)
  ofInjective (fun x => (⟨x.val, h x.val x.property⟩ : {x // x ∈ s})) fun x y he =>
    Subtype.ext (congrArg (fun z => z.val) he)

instance (priority := 60) (s : Finset α) : Fintype {x // x ∈ s} := ofFinset s fun _ h => h
instance (priority := 40) {p : α → Prop} [Fintype α] : Fintype {x // p x} := ofFinset Finset.univ fun x _ => Finset.mem_univ x
instance (s : Finset α) : Fintype {x // x ∈ setOf fun a => a ∈ s} := ofFinset s fun _ h => h

section Interval
variable [LE α] [LT α] [LocallyFiniteOrder α] (a b : α)
instance : Fintype {x // x ∈ Set.Icc a b} := ofFinset (Finset.Icc a b) fun _ h => Finset.mem_Icc.2 h
instance : Fintype {x // x ∈ Set.Ico a b} := ofFinset (Finset.Ico a b) fun _ h => Finset.mem_Ico.2 h
instance : Fintype {x // x ∈ Set.Ioc a b} := ofFinset (Finset.Ioc a b) fun _ h => Finset.mem_Ioc.2 h
instance : Fintype {x // x ∈ Set.Ioo a b} := ofFinset (Finset.Ioo a b) fun _ h => Finset.mem_Ioo.2 h
end Interval

end Fintype

/-- Mathlib's `Fact`. -/
class Fact (p : Prop) : Prop where
  /-- The proposition holds. -/
  out : p

/-- Mathlib's `Equiv.Perm`. -/
abbrev Equiv.Perm (α : Type u) : Type u := α ≃ α

namespace Finset
variable {α : Type u} {β : Type v}

/-- Mathlib's `Finset.powerset`. -/
def powerset (s : Finset α) : Finset (Finset α) :=
  choose (show ∃ P : Finset (Finset α), ∀ t, t ∈ P ↔ t ⊆ s by
    have := Fintype.ofFinset (p := fun x => x ∈ s) s fun _ h => h
    refine ⟨Finset.image (fun t : Set {x // x ∈ s} =>
      @filter α (fun a => ∃ h : a ∈ s, t ⟨a, h⟩) (fun _ => propDecidable _) s) Finset.univ,
      fun t => ?_⟩
    rw [mem_image]
    constructor
    · rintro ⟨u, _, rfl⟩ a ha
      exact ((@mem_filter α _ (fun _ => propDecidable _) s a).1 ha).1
    · intro h
      exact ⟨fun x => x.val ∈ t, mem_univ _, Finset.ext fun a =>
        ⟨fun ha => ((@mem_filter α _ (fun _ => propDecidable _) s a).1 ha).2.2,
          fun ha => (@mem_filter α _ (fun _ => propDecidable _) s a).2 ⟨h ha, h ha, ha⟩⟩⟩)
@[simp, grind =] theorem mem_powerset {s t : Finset α} : t ∈ powerset s ↔ t ⊆ s :=
  choose_spec (p := fun P : Finset (Finset α) => ∀ t, t ∈ P ↔ t ⊆ s) _ t
/-- Mathlib's `Finset.powersetCard`. -/
def powersetCard (n : ℕ) (s : Finset α) : Finset (Finset α) := filter (fun t => t.card = n) (powerset s)
@[simp, grind =] theorem mem_powersetCard {n : ℕ} {s t : Finset α} : t ∈ powersetCard n s ↔ t ⊆ s ∧ t.card = n := by
  unfold powersetCard; rw [mem_filter, mem_powerset]

end Finset
