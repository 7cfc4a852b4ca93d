module

public import ProverArb.Mathlib.Numbers
public import ProverArb.Core.Fintype

/-!
Finite sets, sums and products under Mathlib's names.
-/

@[expose] public section

set_option autoImplicit false
set_option linter.unusedSectionVars false
set_option linter.unusedVariables false

universe u v w

open Lean.Grind

namespace Finset
variable {α : Type u} {β : Type v} {γ : Type w}

theorem coe_inj_of {s t : Finset α} (h : ∀ a, a ∈ s ↔ a ∈ t) : s = t := ext h
theorem ext_iff' {s t : Finset α} : s = t ↔ ∀ a, a ∈ s ↔ a ∈ t := ⟨fun h a => by rw [h], ext⟩
theorem not_mem_empty (a : α) : ¬ a ∈ (∅ : Finset α) := by rw [notMem_empty]; exact id
theorem mem_insert_self [DecidableEq α] (a : α) (s : Finset α) : a ∈ insert a s := mem_insert.2 (Or.inl rfl)
theorem mem_insert_of_mem [DecidableEq α] {a b : α} {s : Finset α} (h : a ∈ s) : a ∈ insert b s := mem_insert.2 (Or.inr h)
theorem mem_singleton_self (a : α) : a ∈ ({a} : Finset α) := mem_singleton.2 rfl
theorem range_succ {n : ℕ} : range (n + 1) = insert n (range n) := range_succ_eq_insert n
theorem notMem_range_self {n : ℕ} : ¬ n ∈ range n := by simp
theorem not_mem_range_self {n : ℕ} : ¬ n ∈ range n := by simp
@[simp] theorem range_zero : range 0 = ∅ := rfl
@[simp] theorem range_one : range 1 = {0} := rfl
theorem Icc_self (a : ℕ) : Icc a a = {a} := by ext x; simp; omega
theorem mem_range_succ_iff {a b : ℕ} : a ∈ range (b + 1) ↔ a ≤ b := by simp; omega
theorem range_eq_Ico {n : ℕ} : range n = Ico 0 n := by ext x; simp
theorem Nat.Icc_succ_left {a b : ℕ} : Icc a.succ b = Ioc a b := by ext x; simp; omega
@[simp] theorem card_insert_of_notMem [DecidableEq α] {a : α} {s : Finset α} (h : ¬ a ∈ s) :
    (insert a s).card = s.card + 1 := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  have hn : (a :: l).Nodup := List.nodup_cons.2 ⟨h, hl⟩
  rw [show (insert a (ofNodup l hl) : Finset α) = ofNodup (a :: l) hn from ext fun x => by
    rw [mem_insert, mem_ofNodup, mem_ofNodup, List.mem_cons]]
  rfl
theorem card_insert_of_not_mem [DecidableEq α] {a : α} {s : Finset α} (h : ¬ a ∈ s) :
    (insert a s).card = s.card + 1 := card_insert_of_notMem h
theorem card_eq_zero {s : Finset α} : s.card = 0 ↔ s = ∅ := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  cases l with
  | nil => simp; rfl
  | cons a t =>
    constructor
    · intro h; cases h
    · intro h
      have : a ∈ (∅ : Finset α) := h ▸ (List.mem_cons_self : a ∈ a :: t)
      exact absurd this (not_mem_empty a)
@[simp] theorem card_Ico_nat (a b : ℕ) : (Ico a b).card = b - a := List.length_range'
@[simp] theorem card_Ioc_nat (a b : ℕ) : (Ioc a b).card = b - a := List.length_range'

section Sum
variable [AddCommMonoid β]

@[simp] theorem sum_insert [DecidableEq α] {s : Finset α} {a : α} {f : α → β} (h : ¬ a ∈ s) :
    (insert a s : Finset α).sum f = f a + s.sum f := sum_insert_of_notMem f h
theorem sum_range_one (f : ℕ → β) : (range 1).sum f = f 0 := by
  rw [sum_range_succ, sum_range_zero]; exact (AddCommMonoid.add_comm _ _).trans (AddCommMonoid.add_zero _)
theorem sum_pair [DecidableEq α] {f : α → β} {a b : α} (h : a ≠ b) :
    ({a, b} : Finset α).sum f = f a + f b := by
  rw [sum_insert (by simpa using h), sum_singleton]
theorem sum_range_succ_comm (f : ℕ → β) (n : ℕ) : (range (n + 1)).sum f = f n + (range n).sum f := by
  rw [sum_range_succ, AddCommMonoid.add_comm]
theorem sum_eq_zero {s : Finset α} {f : α → β} (h : ∀ x, x ∈ s → f x = 0) : s.sum f = 0 := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  induction l with
  | nil => rfl
  | cons a t ih =>
    rw [sum_ofNodup_cons, h a List.mem_cons_self, ih _ fun x hx => h x (List.mem_cons_of_mem a hx)]
    exact AddCommMonoid.add_zero _
@[simp] theorem sum_const_zero {s : Finset α} : s.sum (fun _ => (0 : β)) = 0 := sum_eq_zero fun _ _ => rfl
theorem sum_add_distrib {s : Finset α} {f g : α → β} : s.sum (fun x => f x + g x) = s.sum f + s.sum g := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  induction l with
  | nil => exact (AddCommMonoid.add_zero (0 : β)).symm
  | cons a t ih =>
    rw [sum_ofNodup_cons, sum_ofNodup_cons, sum_ofNodup_cons, ih]
    rw [AddCommMonoid.add_assoc, AddCommMonoid.add_assoc]
    congr 1
    rw [← AddCommMonoid.add_assoc, ← AddCommMonoid.add_assoc, AddCommMonoid.add_comm (g a)]
theorem sum_range_succ' (f : ℕ → β) (n : ℕ) :
    (range (n + 1)).sum f = (range n).sum (fun i => f (i + 1)) + f 0 := by
  induction n with
  | zero => rw [sum_range_one, sum_range_zero]; exact ((AddCommMonoid.add_comm _ _).trans (AddCommMonoid.add_zero _)).symm
  | succ n ih =>
    rw [sum_range_succ, ih, sum_range_succ]
    rw [AddCommMonoid.add_assoc, AddCommMonoid.add_assoc, AddCommMonoid.add_comm (f 0)]

end Sum

section SumSemiring
variable [CommSemiring β]

theorem mul_sum (s : Finset α) (f : α → β) (b : β) : b * s.sum f = s.sum (fun i => b * f i) := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  induction l with
  | nil => exact mul_zero b
  | cons a t ih => rw [sum_ofNodup_cons, sum_ofNodup_cons, mul_add, ih]
theorem sum_mul (s : Finset α) (f : α → β) (b : β) : s.sum f * b = s.sum (fun i => f i * b) := by
  rw [mul_comm, mul_sum]; congr 1; funext i; exact mul_comm _ _
theorem sum_const (s : Finset α) (b : β) : s.sum (fun _ => b) = s.card • b := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  induction l with
  | nil => exact (Semiring.nsmul_eq_natCast_mul 0 b ▸ by rw [Semiring.natCast_zero, zero_mul] : (0 : ℕ) • b = 0).symm
  | cons a t ih =>
    rw [sum_ofNodup_cons, ih, card_ofNodup, card_ofNodup, List.length_cons,
      Semiring.nsmul_eq_natCast_mul, Semiring.nsmul_eq_natCast_mul, Semiring.natCast_succ]
    grind
@[simp] theorem sum_const_nat' (s : Finset α) (b : β) : s.sum (fun _ => b) = (s.card : β) * b := by
  rw [sum_const, Semiring.nsmul_eq_natCast_mul]
theorem prod_range_one (f : ℕ → β) : (range 1).prod f = f 0 := by
  rw [prod_range_succ, prod_range_zero, one_mul]
@[simp] theorem prod_empty (f : α → β) : (∅ : Finset α).prod f = 1 := rfl
@[simp] theorem prod_singleton (f : α → β) (a : α) : ({a} : Finset α).prod f = f a := mul_one (f a)
@[simp] theorem prod_insert [DecidableEq α] {s : Finset α} {a : α} {f : α → β} (h : ¬ a ∈ s) :
    (insert a s : Finset α).prod f = f a * s.prod f := prod_insert_of_notMem f h
theorem prod_congr {s t : Finset α} {f g : α → β} (hs : s = t) (h : ∀ x, x ∈ t → f x = g x) :
    s.prod f = t.prod g := by
  subst hs
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  induction l with
  | nil => rfl
  | cons a t ih =>
    show f a * (ofNodup t (List.nodup_cons.1 hl).2).prod f = g a * (ofNodup t (List.nodup_cons.1 hl).2).prod g
    rw [h a List.mem_cons_self, ih _ fun x hx => h x (List.mem_cons_of_mem a hx)]
theorem prod_mul_distrib {s : Finset α} {f g : α → β} : s.prod (fun x => f x * g x) = s.prod f * s.prod g := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  induction l with
  | nil => exact (mul_one (1 : β)).symm
  | cons a t ih =>
    show f a * g a * (ofNodup t (List.nodup_cons.1 hl).2).prod (fun x => f x * g x) =
      f a * (ofNodup t (List.nodup_cons.1 hl).2).prod f * (g a * (ofNodup t (List.nodup_cons.1 hl).2).prod g)
    rw [ih]; grind

end SumSemiring

section SumRing
variable [CommRing β]

theorem sum_neg_distrib {s : Finset α} {f : α → β} : s.sum (fun x => -f x) = -s.sum f := by
  have h := mul_sum s f (-1)
  rw [neg_one_mul] at h
  rw [h]; congr 1; funext i; rw [neg_one_mul]
theorem sum_sub_distrib {s : Finset α} {f g : α → β} : s.sum (fun x => f x - g x) = s.sum f - s.sum g := by
  have h : (fun x => f x - g x) = (fun x => f x + -g x) := by funext x; exact sub_eq_add_neg _ _
  rw [h, sum_add_distrib, sum_neg_distrib, ← sub_eq_add_neg]
theorem sum_range_sub (f : ℕ → β) (n : ℕ) : (range n).sum (fun i => f (i + 1) - f i) = f n - f 0 := by
  induction n with
  | zero => rw [sum_range_zero]; grind
  | succ n ih => rw [sum_range_succ, ih]; grind

end SumRing

section SumField
variable [Field β]

theorem sum_div (s : Finset α) (f : α → β) (b : β) : s.sum f / b = s.sum (fun i => f i / b) := by
  rw [Field.div_eq_mul_inv, sum_mul]; congr 1; funext i; exact (Field.div_eq_mul_inv _ _).symm

end SumField

section SumOrder
variable [CommRing β] [LE β] [LT β] [Std.LawfulOrderLT β] [Std.IsLinearOrder β] [OrderedRing β]

theorem sum_le_sum {s : Finset α} {f g : α → β} (h : ∀ i, i ∈ s → f i ≤ g i) : s.sum f ≤ s.sum g := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  induction l with
  | nil => exact le_refl (0 : β)
  | cons a t ih =>
    rw [sum_ofNodup_cons, sum_ofNodup_cons]
    exact add_le_add (h a List.mem_cons_self) (ih _ fun x hx => h x (List.mem_cons_of_mem a hx))
theorem sum_nonneg {s : Finset α} {f : α → β} (h : ∀ i, i ∈ s → 0 ≤ f i) : 0 ≤ s.sum f := by
  have := sum_le_sum (f := fun _ => (0 : β)) h
  rwa [sum_const_zero] at this

end SumOrder

theorem sum_range_id (n : ℕ) : ((range n).sum fun i => i) = n * (n - 1) / 2 := by
  rw [← sum_range_id_mul_two n, Nat.mul_div_cancel _ (by decide)]

end Finset

theorem Finset.card_eq_of_equiv_fin_of {n : ℕ} : (Finset.range n).card = n := Finset.card_range n
