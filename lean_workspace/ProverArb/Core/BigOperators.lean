module

public import ProverArb.Core.Finset

/-!
Finite sums and products over `Finset`, and the intervals of ℕ and ℤ.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u v

namespace Finset
variable {α : Type u} {β : Type v}

/-- Mathlib's `Finset.sum`. -/
def sum [Lean.Grind.AddCommMonoid β] (s : Finset α) (f : α → β) : β :=
  Quotient.liftOn s.val (fun l => l.foldr (fun a acc => f a + acc) 0) fun l l' h => by
    refine h.foldr_eq' (fun x _ y _ z => ?_) 0
    rw [← Lean.Grind.AddCommMonoid.add_assoc, ← Lean.Grind.AddCommMonoid.add_assoc,
      Lean.Grind.AddCommMonoid.add_comm (f y)]

/-- Mathlib's `Finset.prod`. -/
def prod [Lean.Grind.CommSemiring β] (s : Finset α) (f : α → β) : β :=
  Quotient.liftOn s.val (fun l => l.foldr (fun a acc => f a * acc) 1) fun l l' h => by
    refine h.foldr_eq' (fun x _ y _ z => ?_) 1
    rw [← Lean.Grind.Semiring.mul_assoc, ← Lean.Grind.Semiring.mul_assoc,
      Lean.Grind.CommSemiring.mul_comm (f y)]

end Finset

/-- Finite intervals; the part of Mathlib's `LocallyFiniteOrder` that statements use. -/
class LocallyFiniteOrder (α : Type u) [LE α] [LT α] where
  /-- `a ≤ x ≤ b` -/
  finsetIcc : α → α → Finset α
  /-- `a ≤ x < b` -/
  finsetIco : α → α → Finset α
  /-- `a < x ≤ b` -/
  finsetIoc : α → α → Finset α
  /-- `a < x < b` -/
  finsetIoo : α → α → Finset α
  mem_finsetIcc : ∀ a b x, x ∈ finsetIcc a b ↔ a ≤ x ∧ x ≤ b
  mem_finsetIco : ∀ a b x, x ∈ finsetIco a b ↔ a ≤ x ∧ x < b
  mem_finsetIoc : ∀ a b x, x ∈ finsetIoc a b ↔ a < x ∧ x ≤ b
  mem_finsetIoo : ∀ a b x, x ∈ finsetIoo a b ↔ a < x ∧ x < b

namespace Finset
variable {α : Type u} [LE α] [LT α] [LocallyFiniteOrder α]

/-- Mathlib's `Finset.Icc`. -/
def Icc (a b : α) : Finset α := LocallyFiniteOrder.finsetIcc a b
/-- Mathlib's `Finset.Ico`. -/
def Ico (a b : α) : Finset α := LocallyFiniteOrder.finsetIco a b
/-- Mathlib's `Finset.Ioc`. -/
def Ioc (a b : α) : Finset α := LocallyFiniteOrder.finsetIoc a b
/-- Mathlib's `Finset.Ioo`. -/
def Ioo (a b : α) : Finset α := LocallyFiniteOrder.finsetIoo a b

@[simp, grind =] theorem mem_Icc {a b x : α} : x ∈ Icc a b ↔ a ≤ x ∧ x ≤ b :=
  LocallyFiniteOrder.mem_finsetIcc a b x
@[simp, grind =] theorem mem_Ico {a b x : α} : x ∈ Ico a b ↔ a ≤ x ∧ x < b :=
  LocallyFiniteOrder.mem_finsetIco a b x
@[simp, grind =] theorem mem_Ioc {a b x : α} : x ∈ Ioc a b ↔ a < x ∧ x ≤ b :=
  LocallyFiniteOrder.mem_finsetIoc a b x
@[simp, grind =] theorem mem_Ioo {a b x : α} : x ∈ Ioo a b ↔ a < x ∧ x < b :=
  LocallyFiniteOrder.mem_finsetIoo a b x

end Finset

namespace Finset

/-- The `n` naturals from `a` on. -/
def natsFrom (a n : ℕ) : Finset ℕ := ofNodup (List.range' a n) (List.nodup_range')

theorem mem_natsFrom {a n x : ℕ} : x ∈ natsFrom a n ↔ a ≤ x ∧ x < a + n :=
  List.mem_range'_1

instance : LocallyFiniteOrder ℕ where
  finsetIcc a b := natsFrom a (b + 1 - a)
  finsetIco a b := natsFrom a (b - a)
  finsetIoc a b := natsFrom (a + 1) (b - a)
  finsetIoo a b := natsFrom (a + 1) (b - a - 1)
  mem_finsetIcc a b x := by rw [mem_natsFrom]; omega
  mem_finsetIco a b x := by rw [mem_natsFrom]; omega
  mem_finsetIoc a b x := by rw [mem_natsFrom]; omega
  mem_finsetIoo a b x := by rw [mem_natsFrom]; omega

/-- The `n` integers from `a` on. -/
def intsFrom (a : ℤ) (n : ℕ) : Finset ℤ :=
  mapInj (fun k : ℕ => a + (k : ℤ)) (fun i j h => by simp only at h; omega) (natsFrom 0 n)

theorem mem_intsFrom {a : ℤ} {n : ℕ} {x : ℤ} : x ∈ intsFrom a n ↔ a ≤ x ∧ x < a + n := by
  unfold intsFrom
  rw [mem_mapInj]
  constructor
  · rintro ⟨k, hk, rfl⟩; rw [mem_natsFrom] at hk; omega
  · exact fun h => ⟨(x - a).toNat, by rw [mem_natsFrom]; omega, by omega⟩

instance : LocallyFiniteOrder ℤ where
  finsetIcc a b := intsFrom a (b + 1 - a).toNat
  finsetIco a b := intsFrom a (b - a).toNat
  finsetIoc a b := intsFrom (a + 1) (b - a).toNat
  finsetIoo a b := intsFrom (a + 1) (b - a - 1).toNat
  mem_finsetIcc a b x := by rw [mem_intsFrom]; omega
  mem_finsetIco a b x := by rw [mem_intsFrom]; omega
  mem_finsetIoc a b x := by rw [mem_intsFrom]; omega
  mem_finsetIoo a b x := by rw [mem_intsFrom]; omega

/-- Mathlib's `Finset.range`. -/
def range (n : ℕ) : Finset ℕ := ofNodup (List.range n) List.nodup_range

@[simp, grind =] theorem mem_range {n x : ℕ} : x ∈ range n ↔ x < n := List.mem_range

end Finset
