module

public import ProverArb.Mathlib.Ordered

/-!
Simp lemmas of rings that are given up fast where there is no ring.

Mathlib's `add_eq_left` and its like are simp lemmas. Stated for the operations of a `CommRing`, each
costs milliseconds at every sum of natural numbers: the unifier compares the addition of `ℕ` with that
of an unknown ring, unfolding both, before the ring is looked for. Here the ring is the first argument,
which is not found for `ℕ`; the operations are arguments of their own, and a class says that they are
those of the ring. The lemmas under their own names, without `simp`, stand in the files before.
-/

@[expose] public section

set_option autoImplicit false
set_option linter.unusedSectionVars false
set_option linter.unusedVariables false

universe u

open Lean.Grind

namespace ProverArb.Simp

/-- The addition at hand is the ring's. -/
class AddOf (α : Type u) [CommRing α] [a : Add α] : Prop where
  eq : a = Semiring.toAdd

/-- The subtraction at hand is the ring's. -/
class SubOf (α : Type u) [CommRing α] [s : Sub α] : Prop where
  eq : s = Ring.toSub

/-- The multiplication at hand is the ring's. -/
class MulOf (α : Type u) [CommRing α] [m : Mul α] : Prop where
  eq : m = Semiring.toMul

/-- The zero at hand is the ring's. -/
class ZeroOf (α : Type u) [CommRing α] [z : OfNat α 0] : Prop where
  eq : z = Semiring.ofNat 0

instance {α : Type u} [CommRing α] : AddOf α (a := Semiring.toAdd) := ⟨rfl⟩
instance {α : Type u} [CommRing α] : SubOf α (s := Ring.toSub) := ⟨rfl⟩
instance {α : Type u} [CommRing α] : MulOf α (m := Semiring.toMul) := ⟨rfl⟩
instance {α : Type u} [CommRing α] : ZeroOf α (z := Semiring.ofNat 0) := ⟨rfl⟩

section CommRing
variable {α : Type u} [CommRing α]

@[simp] theorem add_right_inj [Add α] [AddOf α] (a : α) {b c : α} :
    a + b = a + c ↔ b = c := by
  obtain rfl := AddOf.eq (α := α)
  exact _root_.add_right_inj _
@[simp] theorem add_left_inj [Add α] [AddOf α] (a : α) {b c : α} :
    b + a = c + a ↔ b = c := by
  obtain rfl := AddOf.eq (α := α)
  exact _root_.add_left_inj _
@[simp] theorem add_eq_left [Add α] [OfNat α 0] [AddOf α] [ZeroOf α] {a b : α} :
    a + b = a ↔ b = 0 := by
  obtain rfl := AddOf.eq (α := α); obtain rfl := ZeroOf.eq (α := α)
  exact _root_.add_eq_left
@[simp] theorem add_eq_right [Add α] [OfNat α 0] [AddOf α] [ZeroOf α] {a b : α} :
    a + b = b ↔ a = 0 := by
  obtain rfl := AddOf.eq (α := α); obtain rfl := ZeroOf.eq (α := α)
  exact _root_.add_eq_right
@[simp] theorem sub_left_inj [Sub α] [SubOf α] {a b c : α} :
    b - a = c - a ↔ b = c := by
  obtain rfl := SubOf.eq (α := α)
  exact _root_.sub_left_inj
@[simp] theorem sub_right_inj [Sub α] [SubOf α] {a b c : α} :
    a - b = a - c ↔ b = c := by
  obtain rfl := SubOf.eq (α := α)
  exact _root_.sub_right_inj
@[simp] theorem sub_eq_self [Sub α] [OfNat α 0] [SubOf α] [ZeroOf α] {a b : α} :
    a - b = a ↔ b = 0 := by
  obtain rfl := SubOf.eq (α := α); obtain rfl := ZeroOf.eq (α := α)
  exact _root_.sub_eq_self
@[simp] theorem sub_self [Sub α] [OfNat α 0] [SubOf α] [ZeroOf α] (a : α) :
    a - a = 0 := by
  obtain rfl := SubOf.eq (α := α); obtain rfl := ZeroOf.eq (α := α)
  exact _root_.sub_self _
@[simp] theorem add_sub_cancel_right [Add α] [Sub α] [AddOf α] [SubOf α] (a b : α) :
    a + b - b = a := by
  obtain rfl := AddOf.eq (α := α); obtain rfl := SubOf.eq (α := α)
  exact _root_.add_sub_cancel_right _ _
@[simp] theorem add_sub_cancel_left [Add α] [Sub α] [AddOf α] [SubOf α] (a b : α) :
    a + b - a = b := by
  obtain rfl := AddOf.eq (α := α); obtain rfl := SubOf.eq (α := α)
  exact _root_.add_sub_cancel_left _ _
@[simp] theorem sub_add_cancel [Add α] [Sub α] [AddOf α] [SubOf α] (a b : α) :
    a - b + b = a := by
  obtain rfl := AddOf.eq (α := α); obtain rfl := SubOf.eq (α := α)
  exact _root_.sub_add_cancel _ _
@[simp] theorem add_sub_cancel [Add α] [Sub α] [AddOf α] [SubOf α] (a b : α) :
    a + (b - a) = b := by
  obtain rfl := AddOf.eq (α := α); obtain rfl := SubOf.eq (α := α)
  exact _root_.add_sub_cancel _ _
@[simp] theorem sub_sub_cancel [Sub α] [SubOf α] (a b : α) :
    a - (a - b) = b := by
  obtain rfl := SubOf.eq (α := α)
  exact _root_.sub_sub_cancel _ _
@[simp] theorem sub_sub_self [Sub α] [SubOf α] (a b : α) :
    a - (a - b) = b := by
  obtain rfl := SubOf.eq (α := α)
  exact _root_.sub_sub_self _ _

end CommRing

section Domain
variable {α : Type u} [CommRing α] [NoZeroDivisors α]

@[simp] theorem mul_eq_mul_left_iff [Mul α] [OfNat α 0] [MulOf α] [ZeroOf α] {a b c : α} :
    a * b = a * c ↔ b = c ∨ a = 0 := by
  obtain rfl := MulOf.eq (α := α); obtain rfl := ZeroOf.eq (α := α)
  exact _root_.mul_eq_mul_left_iff
@[simp] theorem mul_eq_mul_right_iff [Mul α] [OfNat α 0] [MulOf α] [ZeroOf α] {a b c : α} :
    a * c = b * c ↔ a = b ∨ c = 0 := by
  obtain rfl := MulOf.eq (α := α); obtain rfl := ZeroOf.eq (α := α)
  exact _root_.mul_eq_mul_right_iff

end Domain

section OrderedRing
variable {R : Type u} [CommRing R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R]

@[simp] theorem add_le_add_iff_left [Add R] [AddOf R] (a : R) {b c : R} :
    a + b ≤ a + c ↔ b ≤ c := by
  obtain rfl := AddOf.eq (α := R)
  exact _root_.add_le_add_iff_left _
@[simp] theorem add_le_add_iff_right [Add R] [AddOf R] (a : R) {b c : R} :
    b + a ≤ c + a ↔ b ≤ c := by
  obtain rfl := AddOf.eq (α := R)
  exact _root_.add_le_add_iff_right _
@[simp] theorem add_lt_add_iff_left [Add R] [AddOf R] (a : R) {b c : R} :
    a + b < a + c ↔ b < c := by
  obtain rfl := AddOf.eq (α := R)
  exact _root_.add_lt_add_iff_left _
@[simp] theorem add_lt_add_iff_right [Add R] [AddOf R] (a : R) {b c : R} :
    b + a < c + a ↔ b < c := by
  obtain rfl := AddOf.eq (α := R)
  exact _root_.add_lt_add_iff_right _
@[simp] theorem le_add_iff_nonneg_right [Add R] [OfNat R 0] [AddOf R] [ZeroOf R] (a : R) {b : R} :
    a ≤ a + b ↔ 0 ≤ b := by
  obtain rfl := AddOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.le_add_iff_nonneg_right _
@[simp] theorem le_add_iff_nonneg_left [Add R] [OfNat R 0] [AddOf R] [ZeroOf R] (a : R) {b : R} :
    a ≤ b + a ↔ 0 ≤ b := by
  obtain rfl := AddOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.le_add_iff_nonneg_left _
@[simp] theorem lt_add_iff_pos_right [Add R] [OfNat R 0] [AddOf R] [ZeroOf R] (a : R) {b : R} :
    a < a + b ↔ 0 < b := by
  obtain rfl := AddOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.lt_add_iff_pos_right _
@[simp] theorem lt_add_iff_pos_left [Add R] [OfNat R 0] [AddOf R] [ZeroOf R] (a : R) {b : R} :
    a < b + a ↔ 0 < b := by
  obtain rfl := AddOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.lt_add_iff_pos_left _
@[simp] theorem add_le_iff_nonpos_right [Add R] [OfNat R 0] [AddOf R] [ZeroOf R] (a : R) {b : R} :
    a + b ≤ a ↔ b ≤ 0 := by
  obtain rfl := AddOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.add_le_iff_nonpos_right _
@[simp] theorem add_le_iff_nonpos_left [Add R] [OfNat R 0] [AddOf R] [ZeroOf R] (a : R) {b : R} :
    b + a ≤ a ↔ b ≤ 0 := by
  obtain rfl := AddOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.add_le_iff_nonpos_left _
@[simp] theorem add_lt_iff_neg_left [Add R] [OfNat R 0] [AddOf R] [ZeroOf R] {a b : R} :
    a + b < a ↔ b < 0 := by
  obtain rfl := AddOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.add_lt_iff_neg_left
@[simp] theorem add_lt_iff_neg_right [Add R] [OfNat R 0] [AddOf R] [ZeroOf R] {a b : R} :
    b + a < a ↔ b < 0 := by
  obtain rfl := AddOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.add_lt_iff_neg_right
@[simp] theorem sub_nonneg [Sub R] [OfNat R 0] [SubOf R] [ZeroOf R] {a b : R} :
    0 ≤ a - b ↔ b ≤ a := by
  obtain rfl := SubOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.sub_nonneg
@[simp] theorem sub_pos [Sub R] [OfNat R 0] [SubOf R] [ZeroOf R] {a b : R} :
    0 < a - b ↔ b < a := by
  obtain rfl := SubOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.sub_pos
@[simp] theorem sub_nonpos [Sub R] [OfNat R 0] [SubOf R] [ZeroOf R] {a b : R} :
    a - b ≤ 0 ↔ a ≤ b := by
  obtain rfl := SubOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.sub_nonpos
@[simp] theorem sub_neg [Sub R] [OfNat R 0] [SubOf R] [ZeroOf R] {a b : R} :
    a - b < 0 ↔ a < b := by
  obtain rfl := SubOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.sub_neg
@[simp] theorem sub_le_self_iff [Sub R] [OfNat R 0] [SubOf R] [ZeroOf R] (a : R) {b : R} :
    a - b ≤ a ↔ 0 ≤ b := by
  obtain rfl := SubOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.sub_le_self_iff _
@[simp] theorem sub_lt_self_iff [Sub R] [OfNat R 0] [SubOf R] [ZeroOf R] (a : R) {b : R} :
    a - b < a ↔ 0 < b := by
  obtain rfl := SubOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.sub_lt_self_iff _
@[simp] theorem sub_le_sub_iff_left [Sub R] [SubOf R] (a : R) {b c : R} :
    a - b ≤ a - c ↔ c ≤ b := by
  obtain rfl := SubOf.eq (α := R)
  exact _root_.sub_le_sub_iff_left _
@[simp] theorem sub_le_sub_iff_right [Sub R] [SubOf R] {a b : R} (c : R) :
    a - c ≤ b - c ↔ a ≤ b := by
  obtain rfl := SubOf.eq (α := R)
  exact _root_.sub_le_sub_iff_right _
@[simp] theorem mul_le_mul_iff_right₀ [Mul R] [OfNat R 0] [MulOf R] [ZeroOf R] {a b c : R} (ha : 0 < a) :
    a * b ≤ a * c ↔ b ≤ c := by
  obtain rfl := MulOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.mul_le_mul_iff_right₀ ha
@[simp] theorem mul_le_mul_left [Mul R] [OfNat R 0] [MulOf R] [ZeroOf R] {a b c : R} (ha : 0 < a) :
    a * b ≤ a * c ↔ b ≤ c := by
  obtain rfl := MulOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.mul_le_mul_left ha
@[simp] theorem mul_le_mul_right [Mul R] [OfNat R 0] [MulOf R] [ZeroOf R] {a b c : R} (hc : 0 < c) :
    a * c ≤ b * c ↔ a ≤ b := by
  obtain rfl := MulOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.mul_le_mul_right hc
@[simp] theorem mul_lt_mul_left [Mul R] [OfNat R 0] [MulOf R] [ZeroOf R] {a b c : R} (ha : 0 < a) :
    a * b < a * c ↔ b < c := by
  obtain rfl := MulOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.mul_lt_mul_left ha
@[simp] theorem mul_lt_mul_right [Mul R] [OfNat R 0] [MulOf R] [ZeroOf R] {a b c : R} (hc : 0 < c) :
    a * c < b * c ↔ a < b := by
  obtain rfl := MulOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.mul_lt_mul_right hc
@[simp] theorem mul_pos_iff_of_pos_left [Mul R] [OfNat R 0] [MulOf R] [ZeroOf R] {a b : R} (ha : 0 < a) :
    0 < a * b ↔ 0 < b := by
  obtain rfl := MulOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.mul_pos_iff_of_pos_left ha
@[simp] theorem mul_pos_iff_of_pos_right [Mul R] [OfNat R 0] [MulOf R] [ZeroOf R] {a b : R} (hb : 0 < b) :
    0 < a * b ↔ 0 < a := by
  obtain rfl := MulOf.eq (α := R); obtain rfl := ZeroOf.eq (α := R)
  exact _root_.mul_pos_iff_of_pos_right hb

end OrderedRing

end ProverArb.Simp
