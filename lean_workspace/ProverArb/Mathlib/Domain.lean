module

public import ProverArb.Mathlib.Algebra

/-!
Rings without zero divisors: what Mathlib states for `NoZeroDivisors` and `CancelMonoidWithZero`.
-/

@[expose] public section

set_option autoImplicit false
set_option linter.unusedSectionVars false
set_option linter.unusedVariables false

universe u

open Lean.Grind

/-- Mathlib's `NoZeroDivisors`. -/
class NoZeroDivisors (α : Type u) [Mul α] [OfNat α 0] : Prop where
  /-- A product is zero only if one of the factors is. -/
  eq_zero_or_eq_zero_of_mul_eq_zero : ∀ {a b : α}, a * b = 0 → a = 0 ∨ b = 0

instance : NoZeroDivisors ℕ := ⟨fun h => Nat.mul_eq_zero.1 h⟩
instance : NoZeroDivisors ℤ := ⟨fun h => Int.mul_eq_zero.1 h⟩
instance {α : Type u} [Field α] : NoZeroDivisors α := ⟨fun h => by grind⟩

section Semiring
variable {α : Type u} [CommSemiring α] [NoZeroDivisors α]

theorem eq_zero_or_eq_zero_of_mul_eq_zero {a b : α} (h : a * b = 0) : a = 0 ∨ b = 0 :=
  NoZeroDivisors.eq_zero_or_eq_zero_of_mul_eq_zero h
@[simp] theorem mul_eq_zero {a b : α} : a * b = 0 ↔ a = 0 ∨ b = 0 :=
  ⟨eq_zero_or_eq_zero_of_mul_eq_zero, fun h => by rcases h with rfl | rfl <;> simp⟩
theorem zero_eq_mul {a b : α} : 0 = a * b ↔ a = 0 ∨ b = 0 := by rw [eq_comm, mul_eq_zero]
theorem mul_ne_zero {a b : α} (ha : a ≠ 0) (hb : b ≠ 0) : a * b ≠ 0 := fun h => by
  rcases mul_eq_zero.1 h with h | h <;> contradiction
theorem mul_ne_zero_iff {a b : α} : a * b ≠ 0 ↔ a ≠ 0 ∧ b ≠ 0 := by
  rw [Ne, mul_eq_zero, _root_.not_or]
theorem left_ne_zero_of_mul {a b : α} (h : a * b ≠ 0) : a ≠ 0 := (mul_ne_zero_iff.1 h).1
theorem right_ne_zero_of_mul {a b : α} (h : a * b ≠ 0) : b ≠ 0 := (mul_ne_zero_iff.1 h).2
theorem mul_self_eq_zero {a : α} : a * a = 0 ↔ a = 0 := by rw [mul_eq_zero, or_self]
theorem pow_eq_zero_of_ne {a : α} {n : ℕ} (h : a ^ n = 0) (h1 : (1 : α) ≠ 0) : a = 0 := by
  induction n with
  | zero => rw [pow_zero] at h; exact absurd h h1
  | succ n ih =>
    rw [pow_succ] at h
    rcases mul_eq_zero.1 h with h | h
    · exact ih h
    · exact h

end Semiring

/-- Mathlib's `Nontrivial` for what has a zero and a one. -/
class ZeroNeOne (α : Type u) [OfNat α 0] [OfNat α 1] : Prop where
  /-- Zero is not one. -/
  ne : (0 : α) ≠ 1

instance : ZeroNeOne ℕ := ⟨by decide⟩
instance : ZeroNeOne ℤ := ⟨by decide⟩
instance {α : Type u} [Field α] : ZeroNeOne α := ⟨Field.zero_ne_one⟩

section Pow
variable {α : Type u} [CommSemiring α] [NoZeroDivisors α] [ZeroNeOne α]

@[simp] theorem zero_ne_one' : (0 : α) ≠ 1 := ZeroNeOne.ne
theorem one_ne_zero : (1 : α) ≠ 0 := fun h => ZeroNeOne.ne h.symm
theorem zero_ne_one : (0 : α) ≠ 1 := ZeroNeOne.ne
theorem pow_eq_zero {a : α} {n : ℕ} (h : a ^ n = 0) : a = 0 := pow_eq_zero_of_ne h one_ne_zero
theorem eq_zero_of_pow_eq_zero {a : α} {n : ℕ} (h : a ^ n = 0) : a = 0 := pow_eq_zero h
theorem pow_ne_zero {a : α} (n : ℕ) (h : a ≠ 0) : a ^ n ≠ 0 := fun h' => h (pow_eq_zero h')
@[simp] theorem pow_eq_zero_iff {a : α} {n : ℕ} (hn : n ≠ 0) : a ^ n = 0 ↔ a = 0 :=
  ⟨pow_eq_zero, fun h => by rw [h, zero_pow hn]⟩
theorem sq_eq_zero_iff {a : α} : a ^ 2 = 0 ↔ a = 0 := pow_eq_zero_iff (by decide)
theorem sq_eq_zero' {a : α} : a ^ 2 = 0 ↔ a = 0 := pow_eq_zero_iff (by decide)
theorem pow_ne_zero_iff {a : α} {n : ℕ} (hn : n ≠ 0) : a ^ n ≠ 0 ↔ a ≠ 0 := not_congr (pow_eq_zero_iff hn)

end Pow

/-- Mathlib's `IsCancelMulZero`. -/
class IsCancelMulZero (α : Type u) [Mul α] [OfNat α 0] : Prop where
  /-- What is not zero can be cancelled on the left. -/
  mul_left_cancel : ∀ {a b c : α}, a ≠ 0 → a * b = a * c → b = c

instance : IsCancelMulZero ℕ := ⟨fun ha h => Nat.eq_of_mul_eq_mul_left (Nat.pos_of_ne_zero ha) h⟩
instance {α : Type u} [CommRing α] [NoZeroDivisors α] : IsCancelMulZero α := ⟨fun {a b c} ha h => by
  have h' : a * (b - c) = 0 := by grind
  rcases mul_eq_zero.1 h' with h | h
  · exact absurd h ha
  · grind⟩

section Cancel
variable {α : Type u} [CommSemiring α] [IsCancelMulZero α]

theorem mul_left_cancel₀ {a b c : α} (ha : a ≠ 0) (h : a * b = a * c) : b = c :=
  IsCancelMulZero.mul_left_cancel ha h
theorem mul_right_cancel₀ {a b c : α} (hb : b ≠ 0) (h : a * b = c * b) : a = c :=
  mul_left_cancel₀ hb (by rw [mul_comm b a, mul_comm b c]; exact h)

end Cancel

section Ring
variable {α : Type u} [CommRing α] [NoZeroDivisors α]

theorem mul_right_inj' {a b c : α} (ha : a ≠ 0) : a * b = a * c ↔ b = c :=
  ⟨mul_left_cancel₀ ha, fun h => by rw [h]⟩
theorem mul_left_inj' {a b c : α} (hc : c ≠ 0) : a * c = b * c ↔ a = b :=
  ⟨mul_right_cancel₀ hc, fun h => by rw [h]⟩
theorem mul_eq_mul_left_iff {a b c : α} : a * b = a * c ↔ b = c ∨ a = 0 := by
  by_cases ha : a = 0
  · subst ha; simp
  · rw [mul_right_inj' ha]; simp [ha]
theorem mul_eq_mul_right_iff {a b c : α} : a * c = b * c ↔ a = b ∨ c = 0 := by
  rw [mul_comm a c, mul_comm b c, mul_eq_mul_left_iff]
theorem mul_eq_left₀ {a b : α} (ha : a ≠ 0) : a * b = a ↔ b = 1 := by
  constructor
  · intro h; exact mul_left_cancel₀ ha (by rw [h, mul_one])
  · intro h; rw [h, mul_one]
theorem eq_or_eq_neg_of_sq_eq_sq (a b : α) (h : a ^ 2 = b ^ 2) : a = b ∨ a = -b := by
  have : (a - b) * (a + b) = 0 := by grind
  rcases mul_eq_zero.1 this with h | h
  · left; grind
  · right; grind
theorem sq_eq_sq_iff_eq_or_eq_neg {a b : α} : a ^ 2 = b ^ 2 ↔ a = b ∨ a = -b :=
  ⟨eq_or_eq_neg_of_sq_eq_sq a b, fun h => by rcases h with rfl | rfl <;> grind⟩
theorem mul_self_eq_mul_self_iff {a b : α} : a * a = b * b ↔ a = b ∨ a = -b := by
  rw [← pow_two, ← pow_two, sq_eq_sq_iff_eq_or_eq_neg]
theorem sq_eq_one_iff_of_ne {a : α} : a ^ 2 = 1 ↔ a = 1 ∨ a = -1 := by
  have := sq_eq_sq_iff_eq_or_eq_neg (a := a) (b := 1)
  rwa [one_pow] at this
theorem sq_eq_one_iff {a : α} : a ^ 2 = 1 ↔ a = 1 ∨ a = -1 := sq_eq_one_iff_of_ne
theorem mul_self_eq_one_iff {a : α} : a * a = 1 ↔ a = 1 ∨ a = -1 := by
  rw [← pow_two, sq_eq_one_iff_of_ne]

end Ring

theorem Nat.mul_left_cancel₀' {a b c : ℕ} (ha : a ≠ 0) (h : a * b = a * c) : b = c :=
  Nat.eq_of_mul_eq_mul_left (Nat.pos_of_ne_zero ha) h
