module

public import ProverArb.Core.Finite

/-!
More of Mathlib's finite sets and multisets.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u v

namespace Finset
variable {α : Type u} {β : Type v}

@[inherit_doc] scoped prefix:arg "#" => Finset.card

/-- Mathlib's `Finset.erase`. -/
def erase [DecidableEq α] (s : Finset α) (a : α) : Finset α := filter (fun x => x ≠ a) s
@[simp, grind =] theorem mem_erase [DecidableEq α] {a b : α} {s : Finset α} : a ∈ erase s b ↔ a ≠ b ∧ a ∈ s := by
  unfold erase; rw [mem_filter, and_comm]
/-- Mathlib's `Finset.offDiag`. -/
def offDiag [DecidableEq α] (s : Finset α) : Finset (α × α) := filter (fun p => p.1 ≠ p.2) (s ×ˢ s)
@[simp, grind =] theorem mem_offDiag [DecidableEq α] {s : Finset α} {p : α × α} :
    p ∈ offDiag s ↔ (p.1 ∈ s ∧ p.2 ∈ s) ∧ p.1 ≠ p.2 := by unfold offDiag; rw [mem_filter, mem_product]
/-- Mathlib's `Finset.biUnion`. -/
def biUnion [DecidableEq β] (s : Finset α) (t : α → Finset β) : Finset β :=
  Quotient.liftOn s.val (fun l => l.foldr (fun a u => t a ∪ u) ∅) fun l l' h => by
    refine h.foldr_eq' (fun x _ y _ z => ?_) ∅
    ext b
    rw [mem_union, mem_union, mem_union, mem_union]
    constructor
    · rintro (h | h | h)
      · exact Or.inr (Or.inl h)
      · exact Or.inl h
      · exact Or.inr (Or.inr h)
    · rintro (h | h | h)
      · exact Or.inr (Or.inl h)
      · exact Or.inl h
      · exact Or.inr (Or.inr h)
@[simp, grind =] theorem mem_biUnion [DecidableEq β] {s : Finset α} {t : α → Finset β} {b : β} :
    b ∈ biUnion s t ↔ ∃ a, a ∈ s ∧ b ∈ t a := by
  obtain ⟨l, h, rfl⟩ := s.exists_list
  show b ∈ l.foldr (fun a u => t a ∪ u) ∅ ↔ ∃ a, a ∈ l ∧ b ∈ t a
  clear h
  induction l with
  | nil => rw [List.foldr_nil, notMem_empty]; simp
  | cons a l ih => rw [List.foldr_cons, mem_union, ih]; simp

/-- Mathlib's `Finset.Iic` over ℕ. -/
def natIic (n : ℕ) : Finset ℕ := range (n + 1)

/-- Mathlib's `LocallyFiniteOrderBot`, what `Finset.Iic` and `Finset.Iio` need. -/
class _root_.LocallyFiniteOrderBot (α : Type u) [LE α] [LT α] where
  /-- `x ≤ a` -/
  finsetIic : α → Finset α
  /-- `x < a` -/
  finsetIio : α → Finset α
  mem_finsetIic : ∀ a x, x ∈ finsetIic a ↔ x ≤ a
  mem_finsetIio : ∀ a x, x ∈ finsetIio a ↔ x < a

instance : LocallyFiniteOrderBot ℕ := ⟨fun n => range (n + 1), range, fun a x => by rw [mem_range]; omega, fun a x => mem_range⟩
instance (n : ℕ) : LocallyFiniteOrderBot (Fin n) :=
  ⟨fun a => filter (fun x => x ≤ a) univ, fun a => filter (fun x => x < a) univ,
   fun a x => by rw [mem_filter]; exact ⟨fun h => h.2, fun h => ⟨mem_univ x, h⟩⟩,
   fun a x => by rw [mem_filter]; exact ⟨fun h => h.2, fun h => ⟨mem_univ x, h⟩⟩⟩
instance (n : ℕ) : LocallyFiniteOrder (Fin n) where
  finsetIcc a b := filter (fun x => a ≤ x ∧ x ≤ b) univ
  finsetIco a b := filter (fun x => a ≤ x ∧ x < b) univ
  finsetIoc a b := filter (fun x => a < x ∧ x ≤ b) univ
  finsetIoo a b := filter (fun x => a < x ∧ x < b) univ
  mem_finsetIcc a b x := by rw [mem_filter]; exact ⟨fun h => h.2, fun h => ⟨mem_univ x, h⟩⟩
  mem_finsetIco a b x := by rw [mem_filter]; exact ⟨fun h => h.2, fun h => ⟨mem_univ x, h⟩⟩
  mem_finsetIoc a b x := by rw [mem_filter]; exact ⟨fun h => h.2, fun h => ⟨mem_univ x, h⟩⟩
  mem_finsetIoo a b x := by rw [mem_filter]; exact ⟨fun h => h.2, fun h => ⟨mem_univ x, h⟩⟩

section Order
variable [LE α] [LT α]
/-- Mathlib's `Finset.Iic`. -/
def Iic [LocallyFiniteOrderBot α] (a : α) : Finset α := LocallyFiniteOrderBot.finsetIic a
/-- Mathlib's `Finset.Iio`. -/
def Iio [LocallyFiniteOrderBot α] (a : α) : Finset α := LocallyFiniteOrderBot.finsetIio a
@[simp, grind =] theorem mem_Iic [LocallyFiniteOrderBot α] {a x : α} : x ∈ Iic a ↔ x ≤ a :=
  LocallyFiniteOrderBot.mem_finsetIic a x
@[simp, grind =] theorem mem_Iio [LocallyFiniteOrderBot α] {a x : α} : x ∈ Iio a ↔ x < a :=
  LocallyFiniteOrderBot.mem_finsetIio a x
/-- Mathlib's `Finset.Ici` of a finite type. -/
def Ici [Fintype α] [DecidableLE α] (a : α) : Finset α := filter (fun x => a ≤ x) univ
/-- Mathlib's `Finset.Ioi` of a finite type. -/
def Ioi [Fintype α] [DecidableLT α] (a : α) : Finset α := filter (fun x => a < x) univ
@[simp, grind =] theorem mem_Ici [Fintype α] [DecidableLE α] {a x : α} : x ∈ Ici a ↔ a ≤ x := by
  unfold Ici; rw [mem_filter]; exact ⟨fun h => h.2, fun h => ⟨mem_univ x, h⟩⟩
@[simp, grind =] theorem mem_Ioi [Fintype α] [DecidableLT α] {a x : α} : x ∈ Ioi a ↔ a < x := by
  unfold Ioi; rw [mem_filter]; exact ⟨fun h => h.2, fun h => ⟨mem_univ x, h⟩⟩

open Classical in
/-- Mathlib's `Finset.max'`. -/
def max' [Inhabited α] (s : Finset α) (_h : s.Nonempty) : α :=
  if h : ∃ m, m ∈ s ∧ ∀ x, x ∈ s → x ≤ m then choose h else default
open Classical in
/-- Mathlib's `Finset.min'`. -/
def min' [Inhabited α] (s : Finset α) (_h : s.Nonempty) : α :=
  if h : ∃ m, m ∈ s ∧ ∀ x, x ∈ s → m ≤ x then choose h else default

end Order

/-- Mathlib's `Finset.sup` over ℕ, whose least element is `0`. -/
def sup (s : Finset α) (f : α → ℕ) : ℕ :=
  Quotient.liftOn s.val (fun l => l.foldr (fun a m => max (f a) m) 0) fun l l' h =>
    h.foldr_eq' (fun x _ y _ z => by omega) 0
/-- Mathlib's `Finset.gcd` over ℕ. -/
def gcd (s : Finset α) (f : α → ℕ) : ℕ :=
  Quotient.liftOn s.val (fun l => l.foldr (fun a m => Nat.gcd (f a) m) 0) fun l l' h =>
    h.foldr_eq' (fun x _ y _ z => by rw [← Nat.gcd_assoc, ← Nat.gcd_assoc, Nat.gcd_comm (f y)]) 0
/-- Mathlib's `Finset.lcm` over ℕ. -/
def lcm (s : Finset α) (f : α → ℕ) : ℕ :=
  Quotient.liftOn s.val (fun l => l.foldr (fun a m => Nat.lcm (f a) m) 1) fun l l' h =>
    h.foldr_eq' (fun x _ y _ z => by rw [← Nat.lcm_assoc, ← Nat.lcm_assoc, Nat.lcm_comm (f y)]) 1
/-- Mathlib's `Finset.antidiagonal` over ℕ. -/
def antidiagonal (n : ℕ) : Finset (ℕ × ℕ) := filter (fun p => p.1 + p.2 = n) (range (n + 1) ×ˢ range (n + 1))
@[simp, grind =] theorem mem_antidiagonal {n : ℕ} {p : ℕ × ℕ} : p ∈ antidiagonal n ↔ p.1 + p.2 = n := by
  unfold antidiagonal; rw [mem_filter, mem_product, mem_range, mem_range]; omega

end Finset

namespace Multiset
variable {α : Type u}

instance : Membership α (Multiset α) := ⟨fun s a => Multiset.Mem s a⟩
instance : EmptyCollection (Multiset α) := ⟨ofList []⟩
instance : Singleton α (Multiset α) := ⟨fun a => ofList [a]⟩
/-- As in Mathlib, `{a, b}` counts every member as often as it is written. -/
instance : Insert α (Multiset α) := ⟨fun a s =>
  Quotient.liftOn s (fun l => ofList (a :: l)) fun _ _ h => Quotient.sound (h.cons a)⟩
/-- Mathlib's `Multiset.sum`. -/
def sum [Lean.Grind.AddCommMonoid α] (s : Multiset α) : α :=
  Quotient.liftOn s (fun l => l.foldr (· + ·) 0) fun _ _ h => h.foldr_eq' (fun x _ y _ z => by
    rw [← Lean.Grind.AddCommMonoid.add_assoc, ← Lean.Grind.AddCommMonoid.add_assoc,
      Lean.Grind.AddCommMonoid.add_comm y]) 0
/-- Mathlib's `Multiset.prod`. -/
def prod [Lean.Grind.CommSemiring α] (s : Multiset α) : α :=
  Quotient.liftOn s (fun l => l.foldr (· * ·) 1) fun _ _ h => h.foldr_eq' (fun x _ y _ z => by
    rw [← Lean.Grind.Semiring.mul_assoc, ← Lean.Grind.Semiring.mul_assoc,
      Lean.Grind.CommSemiring.mul_comm y]) 1

end Multiset
