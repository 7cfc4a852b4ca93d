module

/-!
Notations for the number types and the order-free vocabulary of Mathlib (sets, functions,
parity). Every definition names the Mathlib definition it agrees with.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u v

-- Core keeps these casts local; statements need `(n : ℝ)`. Below the instances of ℤ and ℚ.
attribute [instance 50] Lean.Grind.Semiring.natCast Lean.Grind.Ring.intCast

notation "ℕ" => Nat
notation "ℤ" => Int
notation "ℚ" => Rat

-- Mathlib statements open these namespaces, which core Lean does not have.
namespace BigOperators end BigOperators
namespace Topology end Topology

/-- Mathlib's `Set`: a predicate. -/
def Set (α : Type u) : Type u := α → Prop

/-- Mathlib's `setOf`. -/
def setOf {α : Type u} (p : α → Prop) : Set α := p

namespace Set
variable {α : Type u} {β : Type v}

/-- Mathlib's `Set.Mem`. -/
protected def Mem (s : Set α) (a : α) : Prop := s a

instance : Membership α (Set α) := ⟨Set.Mem⟩

/-- Mathlib's coercion of a set to the subtype of its members. -/
instance : CoeSort (Set α) (Type u) := ⟨fun s => {x : α // x ∈ s}⟩

@[simp, grind =] theorem mem_setOf_eq {a : α} {p : α → Prop} : (a ∈ setOf p) = p a := rfl

@[ext, grind ext] theorem ext {s t : Set α} (h : ∀ x, x ∈ s ↔ x ∈ t) : s = t :=
  funext fun x => propext (h x)

/-- Mathlib's `Set.univ`. -/
def univ : Set α := setOf fun _ => True

instance : EmptyCollection (Set α) := ⟨setOf fun _ => False⟩
instance : Singleton α (Set α) := ⟨fun a => setOf fun x => x = a⟩
instance : Insert α (Set α) := ⟨fun a s => setOf fun x => x = a ∨ x ∈ s⟩
instance : Union (Set α) := ⟨fun s t => setOf fun x => x ∈ s ∨ x ∈ t⟩
instance : Inter (Set α) := ⟨fun s t => setOf fun x => x ∈ s ∧ x ∈ t⟩
instance : SDiff (Set α) := ⟨fun s t => setOf fun x => x ∈ s ∧ ¬ x ∈ t⟩
instance : HasSubset (Set α) := ⟨fun s t => ∀ a, a ∈ s → a ∈ t⟩

@[simp, grind =] theorem mem_univ (a : α) : (a ∈ (univ : Set α)) = True := rfl
@[simp, grind =] theorem mem_empty_iff_false (a : α) : (a ∈ (∅ : Set α)) = False := rfl
@[simp, grind =] theorem mem_singleton_iff {a b : α} : (a ∈ ({b} : Set α)) = (a = b) := rfl
@[simp, grind =] theorem mem_insert_iff {a b : α} {s : Set α} :
    (a ∈ (insert b s : Set α)) = (a = b ∨ a ∈ s) := rfl
@[simp, grind =] theorem mem_union (a : α) (s t : Set α) : (a ∈ s ∪ t) = (a ∈ s ∨ a ∈ t) := rfl
@[simp, grind =] theorem mem_inter_iff (a : α) (s t : Set α) :
    (a ∈ s ∩ t) = (a ∈ s ∧ a ∈ t) := rfl
@[simp, grind =] theorem mem_diff (a : α) (s t : Set α) : (a ∈ s \ t) = (a ∈ s ∧ ¬ a ∈ t) := rfl
@[grind =] theorem subset_def (s t : Set α) : (s ⊆ t) = ∀ x, x ∈ s → x ∈ t := rfl

/-- Mathlib's `Set.Nonempty`. -/
protected def Nonempty (s : Set α) : Prop := ∃ x, x ∈ s

/-- Mathlib's `Set.preimage`, written `f ⁻¹' s`. -/
def preimage (f : α → β) (s : Set β) : Set α := setOf fun a => f a ∈ s

/-- Mathlib's `Set.image`, written `f '' s`. -/
def image (f : α → β) (s : Set α) : Set β := setOf fun b => ∃ a, a ∈ s ∧ f a = b

/-- Mathlib's `Set.range`. -/
def range {ι : Sort v} (f : ι → α) : Set α := setOf fun x => ∃ y, f y = x

/-- Mathlib's `Set.InjOn`. -/
def InjOn (f : α → β) (s : Set α) : Prop :=
  ∀ ⦃a₁ : α⦄, a₁ ∈ s → ∀ ⦃a₂ : α⦄, a₂ ∈ s → f a₁ = f a₂ → a₁ = a₂

@[simp, grind =] theorem mem_preimage {f : α → β} {s : Set β} {a : α} :
    (a ∈ preimage f s) = (f a ∈ s) := rfl
@[simp, grind =] theorem mem_image (f : α → β) (s : Set α) (b : β) :
    (b ∈ image f s) = ∃ a, a ∈ s ∧ f a = b := rfl
@[simp, grind =] theorem mem_range {ι : Sort v} {f : ι → α} {x : α} :
    (x ∈ range f) = ∃ y, f y = x := rfl

end Set

@[inherit_doc] infixl:80 " ⁻¹' " => Set.preimage
@[inherit_doc] infixl:80 " '' " => Set.image

/-- Mathlib's `ExistsUnique`. -/
def ExistsUnique {α : Sort u} (p : α → Prop) : Prop := ∃ x, p x ∧ ∀ y, p y → y = x

@[grind =] theorem existsUnique_iff {α : Sort u} {p : α → Prop} :
    ExistsUnique p = ∃ x, p x ∧ ∀ y, p y → y = x := rfl

/-- Mathlib's `Function.Bijective`. -/
def Function.Bijective {α : Sort u} {β : Sort v} (f : α → β) : Prop :=
  Function.Injective f ∧ Function.Surjective f

/-- Mathlib's `Equiv` (`≃`). -/
structure Equiv (α : Sort u) (β : Sort v) where
  /-- The map. -/
  toFun : α → β
  /-- Its inverse. -/
  invFun : β → α
  /-- `invFun` undoes `toFun`. -/
  left_inv : ∀ x, invFun (toFun x) = x
  /-- `toFun` undoes `invFun`. -/
  right_inv : ∀ x, toFun (invFun x) = x

@[inherit_doc] infixl:25 " ≃ " => Equiv

namespace Equiv
variable {α : Sort u} {β : Sort v}

instance : CoeFun (Equiv α β) fun _ => α → β := ⟨Equiv.toFun⟩

/-- Mathlib's `Equiv.symm`. -/
protected def symm (e : Equiv α β) : Equiv β α := ⟨e.invFun, e.toFun, e.right_inv, e.left_inv⟩

grind_pattern Equiv.left_inv => self.invFun (self.toFun x)
grind_pattern Equiv.right_inv => self.toFun (self.invFun x)

end Equiv

/-- Mathlib's `Even`. -/
def Even {α : Type u} [Add α] (a : α) : Prop := ∃ r, a = r + r

/-- Mathlib's `Odd`. -/
def Odd {α : Type u} [Add α] [Mul α] [OfNat α 1] [OfNat α 2] (a : α) : Prop :=
  ∃ m, a = 2 * m + 1

/-- Mathlib's `IsSquare`. -/
def IsSquare {α : Type u} [Mul α] (a : α) : Prop := ∃ r, a = r * r

theorem Nat.even_iff {n : ℕ} : Even n ↔ n % 2 = 0 :=
  ⟨fun ⟨r, h⟩ => by omega, fun h => ⟨n / 2, by omega⟩⟩
theorem Nat.odd_iff {n : ℕ} : Odd n ↔ n % 2 = 1 :=
  ⟨fun ⟨r, h⟩ => by omega, fun h => ⟨n / 2, by omega⟩⟩
theorem Int.even_iff {n : ℤ} : Even n ↔ n % 2 = 0 :=
  ⟨fun ⟨r, h⟩ => by omega, fun h => ⟨n / 2, by omega⟩⟩
theorem Int.odd_iff {n : ℤ} : Odd n ↔ n % 2 = 1 :=
  ⟨fun ⟨r, h⟩ => by omega, fun h => ⟨n / 2, by omega⟩⟩

grind_pattern Nat.even_iff => Even n
grind_pattern Nat.odd_iff => Odd n
grind_pattern Int.even_iff => Even n
grind_pattern Int.odd_iff => Odd n

@[simp] theorem Nat.not_even_iff_odd {n : ℕ} : ¬ Even n ↔ Odd n := by
  rw [Nat.even_iff, Nat.odd_iff]; omega
@[simp] theorem Nat.not_odd_iff_even {n : ℕ} : ¬ Odd n ↔ Even n := by
  rw [Nat.even_iff, Nat.odd_iff]; omega
@[simp] theorem Int.not_even_iff_odd {n : ℤ} : ¬ Even n ↔ Odd n := by
  rw [Int.even_iff, Int.odd_iff]; omega
@[simp] theorem Int.not_odd_iff_even {n : ℤ} : ¬ Odd n ↔ Even n := by
  rw [Int.even_iff, Int.odd_iff]; omega

instance (n : ℕ) : Decidable (Even n) := decidable_of_iff _ Nat.even_iff.symm
instance (n : ℕ) : Decidable (Odd n) := decidable_of_iff _ Nat.odd_iff.symm
instance (n : ℤ) : Decidable (Even n) := decidable_of_iff _ Int.even_iff.symm
instance (n : ℤ) : Decidable (Odd n) := decidable_of_iff _ Int.odd_iff.symm
