module

public import ProverArb.Core.LogExp

/-!
Laws of semirings, rings and fields under Mathlib's names. Mathlib states each for the weakest
structure that has it; here it is stated for commutative semirings, commutative rings and fields,
which every type that the core profile knows belongs to.
-/

@[expose] public section

set_option autoImplicit false
set_option linter.unusedSectionVars false
set_option linter.unusedVariables false

universe u

open Lean.Grind

section CommSemiring
variable {α : Type u} [CommSemiring α]

theorem add_comm (a b : α) : a + b = b + a := Semiring.add_comm a b
theorem add_assoc (a b c : α) : a + b + c = a + (b + c) := Semiring.add_assoc a b c
theorem add_left_comm (a b c : α) : a + (b + c) = b + (a + c) := by grind
theorem add_right_comm (a b c : α) : a + b + c = a + c + b := by grind
theorem add_add_add_comm (a b c d : α) : a + b + (c + d) = a + c + (b + d) := by grind
@[simp] theorem add_zero (a : α) : a + 0 = a := Semiring.add_zero a
@[simp] theorem zero_add (a : α) : 0 + a = a := by grind
theorem mul_comm (a b : α) : a * b = b * a := CommSemiring.mul_comm a b
theorem mul_assoc (a b c : α) : a * b * c = a * (b * c) := Semiring.mul_assoc a b c
theorem mul_left_comm (a b c : α) : a * (b * c) = b * (a * c) := by grind
theorem mul_right_comm (a b c : α) : a * b * c = a * c * b := by grind
theorem mul_mul_mul_comm (a b c d : α) : a * b * (c * d) = a * c * (b * d) := by grind
@[simp] theorem mul_one (a : α) : a * 1 = a := Semiring.mul_one a
@[simp] theorem one_mul (a : α) : 1 * a = a := Semiring.one_mul a
@[simp] theorem mul_zero (a : α) : a * 0 = 0 := Semiring.mul_zero a
@[simp] theorem zero_mul (a : α) : 0 * a = 0 := Semiring.zero_mul a
theorem mul_add (a b c : α) : a * (b + c) = a * b + a * c := Semiring.left_distrib a b c
theorem add_mul (a b c : α) : (a + b) * c = a * c + b * c := Semiring.right_distrib a b c
theorem left_distrib (a b c : α) : a * (b + c) = a * b + a * c := Semiring.left_distrib a b c
theorem right_distrib (a b c : α) : (a + b) * c = a * c + b * c := Semiring.right_distrib a b c
theorem two_mul (a : α) : 2 * a = a + a := by grind
theorem mul_two (a : α) : a * 2 = a + a := by grind
theorem add_self_eq_mul_two (a : α) : a + a = a * 2 := by grind
theorem one_add_one_eq_two : (1 : α) + 1 = 2 := by grind
theorem two_add_two_eq_four : (2 : α) + 2 = 4 := by grind

@[simp] theorem pow_zero (a : α) : a ^ 0 = 1 := Semiring.pow_zero a
@[simp] theorem pow_one (a : α) : a ^ 1 = a := by rw [Semiring.pow_succ, Semiring.pow_zero, Semiring.one_mul]
theorem pow_succ (a : α) (n : ℕ) : a ^ (n + 1) = a ^ n * a := Semiring.pow_succ a n
theorem pow_succ' (a : α) (n : ℕ) : a ^ (n + 1) = a * a ^ n := by rw [Semiring.pow_succ, CommSemiring.mul_comm]
theorem pow_two (a : α) : a ^ 2 = a * a := by grind
theorem sq (a : α) : a ^ 2 = a * a := by grind
theorem pow_three (a : α) : a ^ 3 = a * (a * a) := by grind
theorem pow_three' (a : α) : a ^ 3 = a * a * a := by grind
theorem pow_add (a : α) (m n : ℕ) : a ^ (m + n) = a ^ m * a ^ n := Semiring.pow_add a m n
theorem mul_pow (a b : α) (n : ℕ) : (a * b) ^ n = a ^ n * b ^ n := CommSemiring.mul_pow a b n
@[simp] theorem one_pow (n : ℕ) : (1 : α) ^ n = 1 := by
  induction n with
  | zero => exact Semiring.pow_zero 1
  | succ n ih => rw [Semiring.pow_succ, ih, Semiring.mul_one]
theorem pow_mul (a : α) (m n : ℕ) : a ^ (m * n) = (a ^ m) ^ n := by
  induction n with
  | zero => rw [Nat.mul_zero, Semiring.pow_zero, Semiring.pow_zero]
  | succ n ih => rw [Nat.mul_succ, Semiring.pow_add, ih, Semiring.pow_succ]
theorem pow_mul' (a : α) (m n : ℕ) : a ^ (m * n) = (a ^ n) ^ m := by rw [Nat.mul_comm, pow_mul]
theorem pow_right_comm (a : α) (m n : ℕ) : (a ^ m) ^ n = (a ^ n) ^ m := by rw [← pow_mul, Nat.mul_comm, pow_mul]
theorem zero_pow {n : ℕ} (h : n ≠ 0) : (0 : α) ^ n = 0 := by
  cases n with
  | zero => exact absurd rfl h
  | succ n => rw [Semiring.pow_succ, Semiring.mul_zero]
@[simp] theorem zero_pow_succ (n : ℕ) : (0 : α) ^ (n + 1) = 0 := by rw [Semiring.pow_succ, Semiring.mul_zero]
theorem pow_mul_comm (a : α) (m n : ℕ) : a ^ m * a ^ n = a ^ n * a ^ m := CommSemiring.mul_comm _ _
theorem pow_sub_one_mul {n : ℕ} (h : n ≠ 0) (a : α) : a ^ (n - 1) * a = a ^ n := by
  rw [← Semiring.pow_succ, Nat.sub_add_cancel (Nat.pos_of_ne_zero h)]
theorem mul_pow_sub_one {n : ℕ} (h : n ≠ 0) (a : α) : a * a ^ (n - 1) = a ^ n := by
  rw [CommSemiring.mul_comm, pow_sub_one_mul h]
theorem add_sq (a b : α) : (a + b) ^ 2 = a ^ 2 + 2 * a * b + b ^ 2 := by grind
theorem add_pow_two (a b : α) : (a + b) ^ 2 = a ^ 2 + 2 * a * b + b ^ 2 := by grind
theorem add_pow_three (a b : α) : (a + b) ^ 3 = a ^ 3 + 3 * a ^ 2 * b + 3 * a * b ^ 2 + b ^ 3 := by grind
theorem mul_self_eq_sq (a : α) : a * a = a ^ 2 := by grind

end CommSemiring

section CommRing
variable {α : Type u} [CommRing α]

theorem sub_eq_add_neg (a b : α) : a - b = a + -b := Ring.sub_eq_add_neg a b
@[simp] theorem neg_neg (a : α) : - -a = a := by grind
@[simp] theorem neg_zero : -(0 : α) = 0 := by grind
@[simp] theorem sub_zero (a : α) : a - 0 = a := by grind
@[simp] theorem zero_sub (a : α) : 0 - a = -a := by grind
theorem sub_self (a : α) : a - a = 0 := by grind
@[simp] theorem sub_neg_eq_add (a b : α) : a - -b = a + b := by grind
@[simp] theorem neg_add_rev (a b : α) : -(a + b) = -b + -a := by grind
theorem neg_add (a b : α) : -(a + b) = -a + -b := by grind
@[simp] theorem neg_sub (a b : α) : -(a - b) = b - a := by grind
@[simp] theorem mul_neg (a b : α) : a * -b = -(a * b) := by grind
@[simp] theorem neg_mul (a b : α) : -a * b = -(a * b) := by grind
theorem neg_mul_neg (a b : α) : -a * -b = a * b := by grind
theorem neg_mul_comm (a b : α) : -a * b = a * -b := by grind
theorem neg_eq_neg_one_mul (a : α) : -a = -1 * a := by grind
theorem neg_one_mul (a : α) : -1 * a = -a := by grind
theorem mul_neg_one (a : α) : a * -1 = -a := by grind
theorem mul_sub (a b c : α) : a * (b - c) = a * b - a * c := by grind
theorem sub_mul (a b c : α) : (a - b) * c = a * c - b * c := by grind
theorem mul_sub_left_distrib (a b c : α) : a * (b - c) = a * b - a * c := by grind
theorem mul_sub_right_distrib (a b c : α) : (a - b) * c = a * c - b * c := by grind
theorem mul_sub_one (a b : α) : a * (b - 1) = a * b - a := by grind
theorem sub_one_mul (a b : α) : (a - 1) * b = a * b - b := by grind
theorem mul_add_one (a b : α) : a * (b + 1) = a * b + a := by grind
theorem add_one_mul (a b : α) : (a + 1) * b = a * b + b := by grind
@[simp] theorem add_neg_cancel (a : α) : a + -a = 0 := by grind
@[simp] theorem neg_add_cancel (a : α) : -a + a = 0 := by grind
theorem add_right_neg (a : α) : a + -a = 0 := by grind
theorem add_left_neg (a : α) : -a + a = 0 := by grind
theorem add_neg_self (a : α) : a + -a = 0 := by grind
theorem neg_add_self (a : α) : -a + a = 0 := by grind
@[simp] theorem add_neg_cancel_left (a b : α) : a + (-a + b) = b := by grind
@[simp] theorem neg_add_cancel_left (a b : α) : -a + (a + b) = b := by grind
@[simp] theorem add_neg_cancel_right (a b : α) : a + b + -b = a := by grind
@[simp] theorem neg_add_cancel_right (a b : α) : a + -b + b = a := by grind
theorem add_sub_cancel_right (a b : α) : a + b - b = a := by grind
theorem add_sub_cancel_left (a b : α) : a + b - a = b := by grind
theorem sub_add_cancel (a b : α) : a - b + b = a := by grind
theorem add_sub_cancel (a b : α) : a + (b - a) = b := by grind
theorem add_sub_assoc (a b c : α) : a + b - c = a + (b - c) := by grind
theorem sub_sub (a b c : α) : a - b - c = a - (b + c) := by grind
theorem sub_add (a b c : α) : a - b + c = a - (b - c) := by grind
theorem sub_add_eq_sub_sub (a b c : α) : a - (b + c) = a - b - c := by grind
theorem sub_add_eq_add_sub (a b c : α) : a - b + c = a + c - b := by grind
theorem add_sub_right_comm (a b c : α) : a + b - c = a - c + b := by grind
theorem sub_right_comm (a b c : α) : a - b - c = a - c - b := by grind
theorem add_comm_sub (a b c : α) : a - b + c = a + (c - b) := by grind
theorem add_sub_add_left_eq_sub (a b c : α) : c + a - (c + b) = a - b := by grind
theorem add_sub_add_right_eq_sub (a b c : α) : a + c - (b + c) = a - b := by grind
theorem sub_sub_cancel (a b : α) : a - (a - b) = b := by grind
theorem sub_sub_self (a b : α) : a - (a - b) = b := by grind
theorem sub_sub_sub_cancel_right (a b c : α) : a - c - (b - c) = a - b := by grind
theorem neg_sub_left (a b : α) : -a - b = -(b + a) := by grind
theorem neg_sub' (a b : α) : -(a - b) = -a + b := by grind
theorem sub_eq_neg_add (a b : α) : a - b = -b + a := by grind
theorem neg_add_eq_sub (a b : α) : -a + b = b - a := by grind
theorem sub_eq_zero {a b : α} : a - b = 0 ↔ a = b := by grind
theorem sub_eq_zero_of_eq {a b : α} (h : a = b) : a - b = 0 := by grind
theorem eq_of_sub_eq_zero {a b : α} (h : a - b = 0) : a = b := by grind
theorem sub_eq_zero_iff_eq {a b : α} : a - b = 0 ↔ a = b := by grind
theorem sub_ne_zero {a b : α} : a - b ≠ 0 ↔ a ≠ b := by grind
theorem sub_ne_zero_of_ne {a b : α} (h : a ≠ b) : a - b ≠ 0 := by grind
theorem sub_eq_iff_eq_add {a b c : α} : a - b = c ↔ a = c + b := by grind
theorem sub_eq_iff_eq_add' {a b c : α} : a - b = c ↔ a = b + c := by grind
theorem eq_sub_iff_add_eq {a b c : α} : a = b - c ↔ a + c = b := by grind
theorem eq_sub_iff_add_eq' {a b c : α} : a = b - c ↔ c + a = b := by grind
theorem eq_sub_of_add_eq {a b c : α} (h : a + c = b) : a = b - c := by grind
theorem eq_sub_of_add_eq' {a b c : α} (h : c + a = b) : a = b - c := by grind
theorem sub_eq_of_eq_add {a b c : α} (h : a = c + b) : a - b = c := by grind
theorem sub_eq_of_eq_add' {a b c : α} (h : a = b + c) : a - b = c := by grind
theorem add_eq_of_eq_sub {a b c : α} (h : a = c - b) : a + b = c := by grind
theorem add_eq_of_eq_sub' {a b c : α} (h : b = c - a) : a + b = c := by grind
theorem eq_add_of_sub_eq {a b c : α} (h : a - c = b) : a = b + c := by grind
theorem eq_add_of_sub_eq' {a b c : α} (h : a - b = c) : a = b + c := by grind
theorem eq_neg_of_add_eq_zero_left {a b : α} (h : a + b = 0) : a = -b := by grind
theorem eq_neg_of_add_eq_zero_right {a b : α} (h : a + b = 0) : b = -a := by grind
theorem eq_neg_of_add_eq_zero {a b : α} (h : a + b = 0) : a = -b := by grind
theorem add_eq_zero_iff_eq_neg {a b : α} : a + b = 0 ↔ a = -b := by grind
theorem add_eq_zero_iff_neg_eq {a b : α} : a + b = 0 ↔ -a = b := by grind
theorem eq_neg_iff_add_eq_zero {a b : α} : a = -b ↔ a + b = 0 := by grind
theorem neg_eq_iff_add_eq_zero {a b : α} : -a = b ↔ a + b = 0 := by grind
theorem neg_eq_iff_eq_neg {a b : α} : -a = b ↔ a = -b := by grind
theorem eq_neg_comm {a b : α} : a = -b ↔ b = -a := by grind
theorem neg_eq_of_add_eq_zero_right {a b : α} (h : a + b = 0) : -a = b := by grind
theorem neg_eq_of_add_eq_zero_left {a b : α} (h : a + b = 0) : -b = a := by grind
@[simp] theorem neg_inj {a b : α} : -a = -b ↔ a = b := by grind
@[simp] theorem neg_eq_zero {a : α} : -a = 0 ↔ a = 0 := by grind
theorem neg_ne_zero {a : α} : -a ≠ 0 ↔ a ≠ 0 := by grind
theorem add_right_inj (a : α) {b c : α} : a + b = a + c ↔ b = c := by grind
theorem add_left_inj (a : α) {b c : α} : b + a = c + a ↔ b = c := by grind
theorem sub_left_inj {a b c : α} : b - a = c - a ↔ b = c := by grind
theorem sub_right_inj {a b c : α} : a - b = a - c ↔ b = c := by grind
theorem add_left_cancel {a b c : α} (h : a + b = a + c) : b = c := by grind
theorem add_right_cancel {a b c : α} (h : a + b = c + b) : a = c := by grind
theorem add_eq_left {a b : α} : a + b = a ↔ b = 0 := by grind
theorem add_eq_right {a b : α} : a + b = b ↔ a = 0 := by grind
theorem add_right_eq_self {a b : α} : a + b = a ↔ b = 0 := by grind
theorem add_left_eq_self {a b : α} : a + b = b ↔ a = 0 := by grind
theorem self_eq_add_right {a b : α} : a = a + b ↔ b = 0 := by grind
theorem self_eq_add_left {a b : α} : a = b + a ↔ b = 0 := by grind
theorem sub_eq_self {a b : α} : a - b = a ↔ b = 0 := by grind
theorem neg_sq (a : α) : (-a) ^ 2 = a ^ 2 := by grind
theorem neg_pow_two (a : α) : (-a) ^ 2 = a ^ 2 := by grind
theorem neg_one_sq : (-1 : α) ^ 2 = 1 := by grind
theorem sub_sq (a b : α) : (a - b) ^ 2 = a ^ 2 - 2 * a * b + b ^ 2 := by grind
theorem sub_sq' (a b : α) : (a - b) ^ 2 = a ^ 2 + b ^ 2 - 2 * a * b := by grind
theorem sub_pow_two (a b : α) : (a - b) ^ 2 = a ^ 2 - 2 * a * b + b ^ 2 := by grind
theorem sq_sub_sq (a b : α) : a ^ 2 - b ^ 2 = (a + b) * (a - b) := by grind
theorem sq_sub_sq' (a b : α) : a ^ 2 - b ^ 2 = (a - b) * (a + b) := by grind
theorem pow_two_sub_pow_two (a b : α) : a ^ 2 - b ^ 2 = (a + b) * (a - b) := by grind
theorem mul_self_sub_mul_self (a b : α) : a * a - b * b = (a + b) * (a - b) := by grind
theorem mul_self_sub_one (a : α) : a * a - 1 = (a + 1) * (a - 1) := by grind
theorem sub_sq_comm (a b : α) : (a - b) ^ 2 = (b - a) ^ 2 := by grind
theorem neg_pow (a : α) (n : ℕ) : (-a) ^ n = (-1) ^ n * a ^ n := by
  rw [← mul_pow]; congr 1; grind
theorem neg_one_pow_two : (-1 : α) ^ 2 = 1 := by grind
theorem Even.neg_pow {n : ℕ} (h : Even n) (a : α) : (-a) ^ n = a ^ n := by
  obtain ⟨k, rfl⟩ := h
  have : k + k = 2 * k := by omega
  rw [this, pow_mul, pow_mul, neg_sq]
theorem Even.neg_one_pow {n : ℕ} (h : Even n) : (-1 : α) ^ n = 1 := by rw [h.neg_pow, one_pow]
theorem Odd.neg_pow {n : ℕ} (h : Odd n) (a : α) : (-a) ^ n = -a ^ n := by
  obtain ⟨k, rfl⟩ := h
  rw [Semiring.pow_succ, Semiring.pow_succ, pow_mul, pow_mul, neg_sq]; grind
theorem Odd.neg_one_pow {n : ℕ} (h : Odd n) : (-1 : α) ^ n = -1 := by rw [h.neg_pow, one_pow]

end CommRing

section Field
variable {α : Type u} [Field α]

theorem div_eq_mul_inv (a b : α) : a / b = a * b⁻¹ := Field.div_eq_mul_inv a b
theorem mul_eq_zero_field {a b : α} : a * b = 0 ↔ a = 0 ∨ b = 0 := by grind
theorem one_div (a : α) : 1 / a = a⁻¹ := by grind
theorem inv_eq_one_div (a : α) : a⁻¹ = 1 / a := by grind
@[simp] theorem div_one (a : α) : a / 1 = a := by grind
@[simp] theorem zero_div (a : α) : 0 / a = 0 := by grind
@[simp] theorem div_zero (a : α) : a / 0 = 0 := by grind
@[simp] theorem inv_zero : (0 : α)⁻¹ = 0 := Field.inv_zero
@[simp] theorem inv_one : (1 : α)⁻¹ = 1 := by grind
@[simp] theorem inv_inv (a : α) : a⁻¹⁻¹ = a := by grind
@[simp] theorem inv_eq_zero {a : α} : a⁻¹ = 0 ↔ a = 0 := by grind
theorem inv_ne_zero {a : α} (h : a ≠ 0) : a⁻¹ ≠ 0 := by grind
theorem mul_inv_rev (a b : α) : (a * b)⁻¹ = b⁻¹ * a⁻¹ := by
  by_cases ha : a = 0
  · subst ha; grind
  · by_cases hb : b = 0
    · subst hb; grind
    · grind
theorem mul_inv (a b : α) : (a * b)⁻¹ = a⁻¹ * b⁻¹ := by rw [mul_inv_rev, mul_comm]
theorem inv_pow (a : α) (n : ℕ) : a⁻¹ ^ n = (a ^ n)⁻¹ := by
  induction n with
  | zero => rw [Semiring.pow_zero, Semiring.pow_zero, inv_one]
  | succ n ih => rw [Semiring.pow_succ, Semiring.pow_succ, mul_inv, ih]
theorem neg_inv {a : α} : -a⁻¹ = (-a)⁻¹ := by
  by_cases ha : a = 0
  · subst ha; grind
  · grind
theorem inv_neg {a : α} : (-a)⁻¹ = -a⁻¹ := neg_inv.symm
@[simp] theorem div_self {a : α} (h : a ≠ 0) : a / a = 1 := by grind
theorem mul_inv_cancel₀ {a : α} (h : a ≠ 0) : a * a⁻¹ = 1 := by grind
theorem inv_mul_cancel₀ {a : α} (h : a ≠ 0) : a⁻¹ * a = 1 := by grind
theorem mul_inv_cancel {a : α} (h : a ≠ 0) : a * a⁻¹ = 1 := by grind
theorem inv_mul_cancel {a : α} (h : a ≠ 0) : a⁻¹ * a = 1 := by grind
theorem mul_inv_cancel_left₀ {a : α} (h : a ≠ 0) (b : α) : a * (a⁻¹ * b) = b := by grind
theorem inv_mul_cancel_left₀ {a : α} (h : a ≠ 0) (b : α) : a⁻¹ * (a * b) = b := by grind
theorem inv_mul_cancel_right₀ {b : α} (h : b ≠ 0) (a : α) : a * b⁻¹ * b = a := by grind
theorem mul_div_assoc (a b c : α) : a * b / c = a * (b / c) := by
  rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv, Semiring.mul_assoc]
theorem mul_div_assoc' (a b c : α) : a * (b / c) = a * b / c := (mul_div_assoc a b c).symm
theorem mul_div (a b c : α) : a * (b / c) = a * b / c := (mul_div_assoc a b c).symm
theorem div_mul_eq_mul_div (a b c : α) : a / b * c = a * c / b := by
  rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv, mul_right_comm]
theorem mul_div_right_comm (a b c : α) : a * b / c = a / c * b := (div_mul_eq_mul_div a c b).symm
theorem div_add_div_same (a b c : α) : a / c + b / c = (a + b) / c := by
  rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv, Field.div_eq_mul_inv, Semiring.right_distrib]
theorem add_div (a b c : α) : (a + b) / c = a / c + b / c := (div_add_div_same a b c).symm
theorem div_sub_div_same (a b c : α) : a / c - b / c = (a - b) / c := by
  rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv, Field.div_eq_mul_inv, sub_mul]
theorem sub_div (a b c : α) : (a - b) / c = a / c - b / c := (div_sub_div_same a b c).symm
theorem neg_div (a b : α) : -b / a = -(b / a) := by rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv, neg_mul]
theorem neg_div' (a b : α) : -(b / a) = -b / a := (neg_div a b).symm
theorem div_neg (a b : α) : b / -a = -(b / a) := by rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv, inv_neg, mul_neg]
theorem neg_div_neg_eq (a b : α) : -a / -b = a / b := by rw [neg_div, div_neg, neg_neg]
theorem div_div (a b c : α) : a / b / c = a / (b * c) := by
  rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv, Field.div_eq_mul_inv, mul_inv, Semiring.mul_assoc]
theorem div_div_eq_mul_div (a b c : α) : a / (b / c) = a * c / b := by
  rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv, Field.div_eq_mul_inv, mul_inv, inv_inv]; grind
theorem div_div_eq_div_mul (a b c : α) : a / b / c = a / (b * c) := div_div a b c
theorem div_mul_div_comm (a b c d : α) : a / b * (c / d) = a * c / (b * d) := by
  rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv, Field.div_eq_mul_inv, mul_inv, mul_mul_mul_comm]
theorem div_mul_div (a b c d : α) : a / b * (c / d) = a * c / (b * d) := div_mul_div_comm a b c d
theorem div_pow (a b : α) (n : ℕ) : (a / b) ^ n = a ^ n / b ^ n := by
  rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv, mul_pow, inv_pow]
theorem inv_div (a b : α) : (a / b)⁻¹ = b / a := by
  rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv, mul_inv, inv_inv, mul_comm]
theorem one_div_div (a b : α) : 1 / (a / b) = b / a := by rw [one_div, inv_div]
theorem mul_one_div (a b : α) : a * (1 / b) = a / b := by rw [one_div, Field.div_eq_mul_inv]
theorem one_div_mul_eq_div (a b : α) : 1 / a * b = b / a := by rw [one_div, Field.div_eq_mul_inv, mul_comm]
theorem one_div_ne_zero {a : α} (h : a ≠ 0) : 1 / a ≠ 0 := by grind
theorem div_eq_iff {a b c : α} (hb : b ≠ 0) : a / b = c ↔ a = c * b := by grind
theorem eq_div_iff {a b c : α} (hc : c ≠ 0) : a = b / c ↔ a * c = b := by grind
theorem div_eq_iff_mul_eq {a b c : α} (hc : c ≠ 0) : a / c = b ↔ b * c = a := by grind
theorem eq_div_iff_mul_eq {a b c : α} (hc : c ≠ 0) : a = b / c ↔ a * c = b := by grind
theorem div_eq_of_eq_mul {a b c : α} (hb : b ≠ 0) (h : a = c * b) : a / b = c := by grind
theorem eq_div_of_mul_eq {a b c : α} (hc : c ≠ 0) (h : a * c = b) : a = b / c := by grind
theorem div_eq_div_iff {a b c d : α} (hb : b ≠ 0) (hd : d ≠ 0) : a / b = c / d ↔ a * d = c * b := by
  rw [div_eq_iff hb, div_mul_eq_mul_div, eq_div_iff hd]
theorem div_eq_one_iff_eq {a b : α} (hb : b ≠ 0) : a / b = 1 ↔ a = b := by grind
theorem div_eq_zero_iff {a b : α} : a / b = 0 ↔ a = 0 ∨ b = 0 := by
  by_cases hb : b = 0
  · subst hb; grind
  · rw [div_eq_iff hb]; grind
theorem div_ne_zero {a b : α} (ha : a ≠ 0) (hb : b ≠ 0) : a / b ≠ 0 := by
  intro h; rcases div_eq_zero_iff.1 h with h | h <;> contradiction
theorem div_add_div (a c : α) {b d : α} (hb : b ≠ 0) (hd : d ≠ 0) :
    a / b + c / d = (a * d + b * c) / (b * d) := by
  have : b * d ≠ 0 := by grind
  rw [eq_div_iff this]; grind
theorem div_sub_div (a c : α) {b d : α} (hb : b ≠ 0) (hd : d ≠ 0) :
    a / b - c / d = (a * d - b * c) / (b * d) := by
  have : b * d ≠ 0 := by grind
  rw [eq_div_iff this]; grind
theorem div_add' (a b c : α) (hc : c ≠ 0) : a / c + b = (a + b * c) / c := by grind
theorem add_div' (a b c : α) (hc : c ≠ 0) : b + a / c = (b * c + a) / c := by grind
theorem div_sub' (a b c : α) (hc : c ≠ 0) : a / c - b = (a - c * b) / c := by grind
theorem sub_div' (a b c : α) (hc : c ≠ 0) : b - a / c = (b * c - a) / c := by grind
theorem div_add_same {a b : α} (h : b ≠ 0) : (b + a) / b = 1 + a / b := by grind
theorem mul_div_cancel_left₀ {a : α} (b : α) (h : a ≠ 0) : a * b / a = b := by grind
theorem mul_div_cancel_right₀ (a : α) {b : α} (h : b ≠ 0) : a * b / b = a := by grind
theorem mul_div_cancel_left {a : α} (b : α) (h : a ≠ 0) : a * b / a = b := by grind
theorem mul_div_cancel_right {b : α} (a : α) (h : b ≠ 0) : a * b / b = a := by grind
theorem mul_div_cancel₀ {a : α} (b : α) (h : a ≠ 0) : a * b / a = b := by grind
theorem mul_div_cancel' (a : α) {b : α} (h : b ≠ 0) : b * (a / b) = a := by grind
theorem mul_div_cancel₀' {b : α} (hb : b ≠ 0) (a : α) : b * (a / b) = a := by grind
theorem div_mul_cancel (a : α) {b : α} (h : b ≠ 0) : a / b * b = a := by grind
theorem div_mul_cancel_right₀ {b : α} (hb : b ≠ 0) (a : α) : b / (a * b) = a⁻¹ := by
  by_cases ha : a = 0
  · subst ha; grind
  · grind
theorem mul_div_mul_left (a b : α) {c : α} (hc : c ≠ 0) : c * a / (c * b) = a / b := by
  by_cases hb : b = 0
  · subst hb; grind
  · have : c * b ≠ 0 := by grind
    rw [div_eq_div_iff this hb]; grind
theorem mul_div_mul_right (a b : α) {c : α} (hc : c ≠ 0) : a * c / (b * c) = a / b := by
  rw [mul_comm a c, mul_comm b c, mul_div_mul_left a b hc]
theorem inv_mul_eq_div (a b : α) : a⁻¹ * b = b / a := by rw [Field.div_eq_mul_inv, mul_comm]
theorem inv_eq_of_mul_eq_one_right {a b : α} (h : a * b = 1) : a⁻¹ = b := by
  have : a ≠ 0 := by intro h'; subst h'; grind
  grind
theorem inv_eq_of_mul_eq_one_left {a b : α} (h : a * b = 1) : b⁻¹ = a :=
  inv_eq_of_mul_eq_one_right (by rw [mul_comm]; exact h)
theorem eq_inv_of_mul_eq_one_left {a b : α} (h : a * b = 1) : a = b⁻¹ := (inv_eq_of_mul_eq_one_left h).symm
theorem eq_inv_of_mul_eq_one_right {a b : α} (h : a * b = 1) : b = a⁻¹ := (inv_eq_of_mul_eq_one_right h).symm
theorem mul_eq_one_iff_eq_inv₀ {a b : α} (hb : b ≠ 0) : a * b = 1 ↔ a = b⁻¹ := by grind
theorem inv_inj {a b : α} : a⁻¹ = b⁻¹ ↔ a = b :=
  ⟨fun h => by rw [← inv_inv a, h, inv_inv], fun h => by rw [h]⟩
theorem zpow_natCast (a : α) (n : ℕ) : a ^ (n : ℤ) = a ^ n := Field.zpow_natCast a n

end Field
