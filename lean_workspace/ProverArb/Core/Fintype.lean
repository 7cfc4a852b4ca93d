module

public import ProverArb.Core.BigOperators

/-!
Finite types and finite sets as in Mathlib, and the lemmas about sums that induction needs.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u v

/-- Mathlib's `Fintype`. -/
class Fintype (α : Type u) where
  /-- All elements. -/
  elems : Finset α
  complete : ∀ x : α, x ∈ elems

/-- Mathlib's `Finset.univ`. -/
def Finset.univ {α : Type u} [Fintype α] : Finset α := Fintype.elems

@[simp] theorem Finset.mem_univ {α : Type u} [Fintype α] (x : α) : x ∈ (Finset.univ : Finset α) :=
  Fintype.complete x
grind_pattern Finset.mem_univ => x ∈ (Finset.univ : Finset α)

/-- Mathlib's `Fintype.card`. -/
def Fintype.card (α : Type u) [Fintype α] : ℕ := (Finset.univ : Finset α).card

/-- Mathlib's `Set.toFinset`. -/
def Set.toFinset {α : Type u} (s : Set α) [Fintype s] : Finset α :=
  Finset.mapInj Subtype.val (fun _ _ h => Subtype.ext h) (Finset.univ : Finset s)

@[simp, grind =] theorem Set.mem_toFinset {α : Type u} {s : Set α} [Fintype s] {a : α} :
    a ∈ s.toFinset ↔ a ∈ s := by
  unfold Set.toFinset
  rw [Finset.mem_mapInj]
  constructor
  · rintro ⟨⟨x, hx⟩, _, rfl⟩; exact hx
  · exact fun h => ⟨⟨a, h⟩, Finset.mem_univ _, rfl⟩

/-- Mathlib's `Set.Finite`. -/
def Set.Finite {α : Type u} (s : Set α) : Prop := ∃ t : Finset α, ∀ x, x ∈ t ↔ x ∈ s
/-- Mathlib's `Set.Infinite`. -/
def Set.Infinite {α : Type u} (s : Set α) : Prop := ¬ s.Finite

instance (n : ℕ) : Fintype (Fin n) where
  elems := Finset.ofNodup (List.finRange n) (List.pairwise_iff_getElem.2 fun i j hi hj hij h => by
    rw [List.getElem_finRange, List.getElem_finRange, Fin.ext_iff] at h
    exact Nat.ne_of_lt hij h)
  complete x := List.mem_finRange x

instance : Fintype Bool where
  elems := Finset.ofNodup [false, true] (by decide)
  complete x := by cases x <;> decide

namespace Finset
variable {α : Type u} {β : Type v}

instance : HasSSubset (Finset α) := ⟨fun s t => s ⊆ t ∧ ¬ t ⊆ s⟩
instance [DecidableEq α] (s t : Finset α) : Decidable (s ⊆ t) :=
  decidableBall s (fun a => a ∈ t)
instance [DecidableEq α] (s t : Finset α) : Decidable (s ⊂ t) :=
  inferInstanceAs (Decidable (_ ∧ ¬ _))
@[grind =] theorem ssubset_def {s t : Finset α} : (s ⊂ t) = (s ⊆ t ∧ ¬ t ⊆ s) := rfl

/-- Induction on a list without duplicates that has the members of `s`. -/
theorem ofNodup_cons_induction {p : Finset α → Prop} (s : Finset α) (empty : p ∅)
    (cons : ∀ a l (h : (a :: l).Nodup), p (ofNodup l (List.nodup_cons.1 h).2) →
      p (ofNodup (a :: l) h)) : p s := by
  obtain ⟨l, h, rfl⟩ := s.exists_list
  induction l with
  | nil => exact empty
  | cons a t ih => exact cons a t h (ih _)

@[simp] theorem card_empty : (∅ : Finset α).card = 0 := rfl
@[simp] theorem card_singleton (a : α) : ({a} : Finset α).card = 1 := rfl
@[simp] theorem card_range (n : ℕ) : (range n).card = n := List.length_range
@[simp] theorem card_Icc_nat (a b : ℕ) : (Icc a b).card = b + 1 - a := List.length_range'

section Sum
variable [Lean.Grind.AddCommMonoid β]

theorem sum_ofNodup_cons (f : α → β) (a : α) (l : List α) (h : (a :: l).Nodup) :
    sum (ofNodup (a :: l) h) f = f a + sum (ofNodup l (List.nodup_cons.1 h).2) f := rfl

/-- Mathlib's `Finset.sum_congr`. -/
theorem sum_congr {s t : Finset α} {f g : α → β} (hs : s = t) (h : ∀ x, x ∈ t → f x = g x) :
    s.sum f = t.sum g := by
  subst hs
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  induction l with
  | nil => rfl
  | cons a t ih =>
    rw [sum_ofNodup_cons, sum_ofNodup_cons, h a List.mem_cons_self,
      ih _ fun x hx => h x (List.mem_cons_of_mem a hx)]

/-- A sum over a set is the sum over any list without duplicates that has its members. -/
theorem sum_eq_of_mem_iff {s : Finset α} (l : List α) (hl : l.Nodup) (f : α → β)
    (h : ∀ x, x ∈ s ↔ x ∈ l) : s.sum f = (ofNodup l hl).sum f := by
  rw [show s = ofNodup l hl from ext h]

theorem sum_insert_of_notMem [DecidableEq α] {s : Finset α} {a : α} (f : α → β) (h : ¬ a ∈ s) :
    (insert a s : Finset α).sum f = f a + s.sum f := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  have hn : (a :: l).Nodup := List.nodup_cons.2 ⟨h, hl⟩
  rw [show (insert a (ofNodup l hl) : Finset α) = ofNodup (a :: l) hn from ext fun x => by
    rw [mem_insert, mem_ofNodup, mem_ofNodup, List.mem_cons]]
  exact sum_ofNodup_cons f a l hn

@[simp] theorem sum_empty (f : α → β) : (∅ : Finset α).sum f = 0 := rfl
@[simp] theorem sum_singleton (f : α → β) (a : α) : ({a} : Finset α).sum f = f a := by
  show f a + 0 = f a
  exact Lean.Grind.AddCommMonoid.add_zero _

theorem range_succ_eq_insert (n : ℕ) : range (n + 1) = insert n (range n) := by grind

@[simp, grind =] theorem sum_range_zero (f : ℕ → β) : (range 0).sum f = 0 := rfl
/-- Mathlib's `Finset.sum_range_succ`. -/
theorem sum_range_succ (f : ℕ → β) (n : ℕ) :
    (range (n + 1)).sum f = (range n).sum f + f n := by
  rw [range_succ_eq_insert, sum_insert_of_notMem f (by grind), Lean.Grind.AddCommMonoid.add_comm]
/-- Mathlib's `Finset.sum_Icc_succ_top` over ℕ. -/
theorem sum_Icc_succ_top {a b : ℕ} (h : a ≤ b + 1) (f : ℕ → β) :
    (Icc a (b + 1)).sum f = (Icc a b).sum f + f (b + 1) := by
  rw [show Icc a (b + 1) = insert (b + 1) (Icc a b) by grind, sum_insert_of_notMem f (by grind),
    Lean.Grind.AddCommMonoid.add_comm]
theorem sum_Icc_of_lt {a b : ℕ} (h : b < a) (f : ℕ → β) : (Icc a b).sum f = 0 := by
  rw [show Icc a b = ∅ by grind]; rfl

/-- Mathlib's `Finset.sum_range_id_mul_two`. -/
theorem sum_range_id_mul_two (n : ℕ) : ((range n).sum fun i => i) * 2 = n * (n - 1) := by
  induction n with
  | zero => rfl
  | succ n ih =>
    rw [sum_range_succ, Nat.add_mul, ih]
    cases n with
    | zero => rfl
    | succ n => simp only [Nat.add_sub_cancel]; grind

grind_pattern sum_range_succ => (range (n + 1)).sum f
grind_pattern sum_Icc_of_lt => (Icc a b).sum f
grind_pattern sum_Icc_succ_top => (Icc a (b + 1)).sum f

end Sum

section Prod
variable [Lean.Grind.CommSemiring β]

theorem prod_insert_of_notMem [DecidableEq α] {s : Finset α} {a : α} (f : α → β)
    (h : ¬ a ∈ s) : (insert a s : Finset α).prod f = f a * s.prod f := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  have hn : (a :: l).Nodup := List.nodup_cons.2 ⟨h, hl⟩
  rw [show (insert a (ofNodup l hl) : Finset α) = ofNodup (a :: l) hn from ext fun x => by
    rw [mem_insert, mem_ofNodup, mem_ofNodup, List.mem_cons]]
  rfl

@[simp, grind =] theorem prod_range_zero (f : ℕ → β) : (range 0).prod f = 1 := rfl
/-- Mathlib's `Finset.prod_range_succ`. -/
theorem prod_range_succ (f : ℕ → β) (n : ℕ) :
    (range (n + 1)).prod f = (range n).prod f * f n := by
  rw [range_succ_eq_insert, prod_insert_of_notMem f (by grind), Lean.Grind.CommSemiring.mul_comm]
/-- Mathlib's `Finset.prod_Icc_succ_top` over ℕ. -/
theorem prod_Icc_succ_top {a b : ℕ} (h : a ≤ b + 1) (f : ℕ → β) :
    (Icc a (b + 1)).prod f = (Icc a b).prod f * f (b + 1) := by
  rw [show Icc a (b + 1) = insert (b + 1) (Icc a b) by grind, prod_insert_of_notMem f (by grind),
    Lean.Grind.CommSemiring.mul_comm]
theorem prod_Icc_of_lt {a b : ℕ} (h : b < a) (f : ℕ → β) : (Icc a b).prod f = 1 := by
  rw [show Icc a b = ∅ by grind]; rfl

grind_pattern prod_range_succ => (range (n + 1)).prod f
grind_pattern prod_Icc_of_lt => (Icc a b).prod f
grind_pattern prod_Icc_succ_top => (Icc a (b + 1)).prod f

end Prod
end Finset
