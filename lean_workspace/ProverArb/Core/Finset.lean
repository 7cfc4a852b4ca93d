module

public import ProverArb.Core.Nat

/-!
Finite sets as in Mathlib: a list without duplicates up to reordering. Two finite sets are
equal exactly when they have the same members, and everything stays computable.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u v w

/-- Mathlib's `Multiset`: lists up to permutation. -/
def Multiset (α : Type u) : Type u := Quotient (List.isSetoid α)

namespace Multiset
variable {α : Type u} {β : Type v}

/-- The multiset of a list, Mathlib's `Multiset.ofList`. -/
def ofList (l : List α) : Multiset α := Quotient.mk _ l

/-- Mathlib's `Multiset.Mem`. -/
def Mem (s : Multiset α) (a : α) : Prop :=
  Quotient.liftOn s (fun l => a ∈ l) fun _ _ h => propext (List.Perm.mem_iff h)

/-- Mathlib's `Multiset.Nodup`. -/
def Nodup (s : Multiset α) : Prop :=
  Quotient.liftOn s List.Nodup fun _ _ h => propext (List.Perm.nodup_iff h)

/-- Mathlib's `Multiset.card`. -/
def card (s : Multiset α) : ℕ := Quotient.liftOn s List.length fun _ _ h => List.Perm.length_eq h

/-- Mathlib's `Multiset.filter`. -/
def filter (p : α → Prop) [DecidablePred p] (s : Multiset α) : Multiset α :=
  Quotient.liftOn s (fun l => ofList (l.filter p)) fun _ _ h => Quotient.sound (h.filter _)

/-- Mathlib's `Multiset.map`. -/
def map (f : α → β) (s : Multiset α) : Multiset β :=
  Quotient.liftOn s (fun l => ofList (l.map f)) fun _ _ h => Quotient.sound (h.map _)

end Multiset

/-- Mathlib's `Finset`. -/
structure Finset (α : Type u) where
  /-- The members. -/
  val : Multiset α
  /-- No member is listed twice. -/
  nodup : Multiset.Nodup val

namespace Finset
variable {α : Type u} {β : Type v} {γ : Type w}

instance : Membership α (Finset α) := ⟨fun s a => Multiset.Mem s.val a⟩

/-- The finite set of a list without duplicates. -/
def ofNodup (l : List α) (h : l.Nodup) : Finset α := ⟨Multiset.ofList l, h⟩

@[simp, grind =] theorem mem_ofNodup {l : List α} {h : l.Nodup} {a : α} :
    (a ∈ ofNodup l h) = (a ∈ l) := rfl

theorem exists_list (s : Finset α) : ∃ l h, s = ofNodup l h := by
  rcases s with ⟨⟨l⟩, h⟩
  exact ⟨l, h, rfl⟩

theorem ofNodup_eq_iff {l l' : List α} {h : l.Nodup} {h' : l'.Nodup} :
    ofNodup l h = ofNodup l' h' ↔ l.Perm l' :=
  ⟨fun he => Quotient.exact (congrArg val he),
   fun hp => by unfold ofNodup; congr 1; exact Quotient.sound hp⟩

theorem perm_of_mem_iff {l l' : List α} (h : l.Nodup) (h' : l'.Nodup)
    (hm : ∀ a, a ∈ l ↔ a ∈ l') : l.Perm l' := by
  induction l generalizing l' with
  | nil =>
    cases l' with
    | nil => exact List.Perm.nil
    | cons b t => exact absurd ((hm b).2 List.mem_cons_self) List.not_mem_nil
  | cons a t ih =>
    obtain ⟨s₁, s₂, rfl⟩ := List.append_of_mem ((hm a).1 List.mem_cons_self)
    have hp : (s₁ ++ a :: s₂).Perm (a :: (s₁ ++ s₂)) := List.perm_middle
    have hn : (a :: (s₁ ++ s₂)).Nodup := hp.nodup_iff.1 h'
    refine (List.Perm.cons a (ih (List.nodup_cons.1 h).2 (List.nodup_cons.1 hn).2 ?_)).trans hp.symm
    intro b
    have h1 := hm b
    have h2 := hp.mem_iff (a := b)
    have h3 := (List.nodup_cons.1 h).1
    have h4 := (List.nodup_cons.1 hn).1
    rw [h2, List.mem_cons, List.mem_cons] at h1
    constructor
    · intro hb
      rcases h1.1 (Or.inr hb) with rfl | h5
      · exact absurd hb h3
      · exact h5
    · intro hb
      rcases h1.2 (Or.inr hb) with rfl | h5
      · exact absurd hb h4
      · exact h5

@[ext, grind ext] theorem ext {s t : Finset α} (h : ∀ a, a ∈ s ↔ a ∈ t) : s = t := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  obtain ⟨l', hl', rfl⟩ := t.exists_list
  exact ofNodup_eq_iff.2 (perm_of_mem_iff hl hl' h)

instance [DecidableEq α] : DecidableEq (Finset α) := fun s t =>
  match s, t with
  | ⟨a, ha⟩, ⟨b, hb⟩ =>
    @decidable_of_iff _ (a = b) ⟨fun h => by subst h; rfl, fun h => congrArg val h⟩
      (Quotient.recOnSubsingleton₂ a b fun l l' =>
        decidable_of_iff (l.Perm l') ⟨fun h => Quotient.sound h, fun h => Quotient.exact h⟩)

/-- Mathlib's `Finset.card`. -/
def card (s : Finset α) : ℕ := s.val.card

@[simp] theorem card_ofNodup {l : List α} {h : l.Nodup} : (ofNodup l h).card = l.length := rfl

/-- Mathlib's `Finset.filter`. -/
def filter (p : α → Prop) [DecidablePred p] (s : Finset α) : Finset α :=
  ⟨s.val.filter p, by
    obtain ⟨l, h, rfl⟩ := s.exists_list
    exact List.Pairwise.filter _ h⟩

@[simp, grind =] theorem mem_filter {p : α → Prop} [DecidablePred p] {s : Finset α} {a : α} :
    a ∈ filter p s ↔ a ∈ s ∧ p a := by
  obtain ⟨l, h, rfl⟩ := s.exists_list
  have : (a ∈ filter p (ofNodup l h)) = (a ∈ l.filter (fun b => decide (p b))) := rfl
  rw [this, List.mem_filter, mem_ofNodup, decide_eq_true_iff]

/-- Mathlib's `Finset.map` along an injective function (there bundled). -/
def mapInj (f : α → β) (hf : Function.Injective f) (s : Finset α) : Finset β :=
  ⟨s.val.map f, by
    obtain ⟨l, h, rfl⟩ := s.exists_list
    exact List.Pairwise.map f (fun a b hab he => hab (hf he)) h⟩

@[simp, grind =] theorem mem_mapInj {f : α → β} {hf : Function.Injective f} {s : Finset α}
    {b : β} : b ∈ mapInj f hf s ↔ ∃ a, a ∈ s ∧ f a = b := by
  obtain ⟨l, h, rfl⟩ := s.exists_list
  exact List.mem_map

/-- Lists without duplicates made from any list; Mathlib's `List.dedup` up to order. -/
def dedupList [DecidableEq α] : List α → List α
  | [] => []
  | a :: t => if a ∈ dedupList t then dedupList t else a :: dedupList t

theorem mem_dedupList [DecidableEq α] {l : List α} {a : α} : a ∈ dedupList l ↔ a ∈ l := by
  induction l with
  | nil => exact Iff.rfl
  | cons b t ih => unfold dedupList; grind

theorem nodup_dedupList [DecidableEq α] (l : List α) : (dedupList l).Nodup := by
  induction l with
  | nil => exact List.nodup_nil
  | cons b t ih => unfold dedupList; split <;> grind [List.nodup_cons]

/-- Mathlib's `List.toFinset`. -/
def _root_.List.toFinset [DecidableEq α] (l : List α) : Finset α :=
  ofNodup (dedupList l) (nodup_dedupList l)

@[simp, grind =] theorem _root_.List.mem_toFinset [DecidableEq α] {l : List α} {a : α} :
    a ∈ l.toFinset ↔ a ∈ l := mem_dedupList

/-- Mathlib's `Multiset.toFinset`. -/
def _root_.Multiset.toFinset [DecidableEq α] (s : Multiset α) : Finset α :=
  Quotient.liftOn s List.toFinset fun l l' h =>
    ext fun a => by rw [List.mem_toFinset, List.mem_toFinset]; exact h.mem_iff

/-- Mathlib's `Finset.image`. -/
def image [DecidableEq β] (f : α → β) (s : Finset α) : Finset β := (s.val.map f).toFinset

@[simp, grind =] theorem mem_image [DecidableEq β] {f : α → β} {s : Finset α} {b : β} :
    b ∈ image f s ↔ ∃ a, a ∈ s ∧ f a = b := by
  obtain ⟨l, h, rfl⟩ := s.exists_list
  have : image f (ofNodup l h) = (l.map f).toFinset := rfl
  rw [this, List.mem_toFinset, List.mem_map]; exact Iff.rfl

instance : EmptyCollection (Finset α) := ⟨ofNodup [] List.nodup_nil⟩
instance : Singleton α (Finset α) :=
  ⟨fun a => ofNodup [a] (List.nodup_cons.2 ⟨List.not_mem_nil, List.nodup_nil⟩)⟩
instance [DecidableEq α] : Insert α (Finset α) :=
  ⟨fun a s => (Quotient.liftOn s.val (fun l => (a :: l).toFinset) fun l l' h => ext fun b => by
    rw [List.mem_toFinset, List.mem_toFinset]; exact (h.cons a).mem_iff)⟩

@[simp, grind =] theorem notMem_empty (a : α) : (a ∈ (∅ : Finset α)) = False :=
  eq_false (fun h => nomatch (show a ∈ ([] : List α) from h))
@[simp, grind =] theorem mem_singleton {a b : α} : a ∈ ({b} : Finset α) ↔ a = b :=
  List.mem_singleton
@[simp, grind =] theorem mem_insert [DecidableEq α] {a b : α} {s : Finset α} :
    a ∈ (insert b s : Finset α) ↔ a = b ∨ a ∈ s := by
  obtain ⟨l, h, rfl⟩ := s.exists_list
  have : (insert b (ofNodup l h) : Finset α) = (b :: l).toFinset := rfl
  rw [this, List.mem_toFinset, List.mem_cons]; exact Iff.rfl

instance [DecidableEq α] (a : α) (s : Finset α) : Decidable (a ∈ s) :=
  Quotient.recOnSubsingleton (motive := fun v => Decidable (Multiset.Mem v a)) s.val
    fun l => inferInstanceAs (Decidable (a ∈ l))

instance decidableBall (s : Finset α) (p : α → Prop) [DecidablePred p] :
    Decidable (∀ a, a ∈ s → p a) :=
  Quotient.recOnSubsingleton (motive := fun v => Decidable (∀ a, Multiset.Mem v a → p a)) s.val
    fun l => inferInstanceAs (Decidable (∀ a, a ∈ l → p a))

instance decidableBex (s : Finset α) (p : α → Prop) [DecidablePred p] :
    Decidable (∃ a, a ∈ s ∧ p a) :=
  Quotient.recOnSubsingleton (motive := fun v => Decidable (∃ a, Multiset.Mem v a ∧ p a)) s.val
    fun l => inferInstanceAs (Decidable (∃ a, a ∈ l ∧ p a))

instance [DecidableEq α] : Union (Finset α) :=
  ⟨fun s t => (Quotient.liftOn₂ s.val t.val (fun l l' => (l ++ l').toFinset)
    fun a b c d h h' => ext fun x => by
      rw [List.mem_toFinset, List.mem_toFinset]; exact (h.append h').mem_iff)⟩
instance [DecidableEq α] : Inter (Finset α) := ⟨fun s t => filter (fun a => a ∈ t) s⟩
instance [DecidableEq α] : SDiff (Finset α) := ⟨fun s t => filter (fun a => ¬ a ∈ t) s⟩
instance : HasSubset (Finset α) := ⟨fun s t => ∀ ⦃a⦄, a ∈ s → a ∈ t⟩

@[simp, grind =] theorem mem_union [DecidableEq α] {a : α} {s t : Finset α} :
    a ∈ s ∪ t ↔ a ∈ s ∨ a ∈ t := by
  obtain ⟨l, h, rfl⟩ := s.exists_list
  obtain ⟨l', h', rfl⟩ := t.exists_list
  have : ofNodup l h ∪ ofNodup l' h' = (l ++ l').toFinset := rfl
  rw [this, List.mem_toFinset, List.mem_append]; exact Iff.rfl
@[simp, grind =] theorem mem_inter [DecidableEq α] {a : α} {s t : Finset α} :
    a ∈ s ∩ t ↔ a ∈ s ∧ a ∈ t := mem_filter
@[simp, grind =] theorem mem_sdiff [DecidableEq α] {a : α} {s t : Finset α} :
    a ∈ s \ t ↔ a ∈ s ∧ ¬ a ∈ t := mem_filter
@[grind =] theorem subset_iff {s t : Finset α} : (s ⊆ t) = ∀ a, a ∈ s → a ∈ t := rfl

/-- Mathlib's `Finset.Nonempty`. -/
protected def Nonempty (s : Finset α) : Prop := ∃ x, x ∈ s

/-- Mathlib's coercion of a finite set to a set. -/
instance : CoeTC (Finset α) (Set α) := ⟨fun s => setOf fun a => a ∈ s⟩
/-- Mathlib's coercion of a finite set to the subtype of its members. -/
instance : CoeSort (Finset α) (Type u) := ⟨fun s => {x : α // x ∈ s}⟩

end Finset
