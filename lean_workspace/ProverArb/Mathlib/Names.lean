module

public import ProverArb.Mathlib.Evaluate
public import ProverArb.Core.Extended
public import ProverArb.Core.Scientific

/-!
More of Mathlib's names: dichotomies, induction principles, parity of products, signs of sums, values
of trigonometric functions, binomial coefficients; and what decimals and symbolic exponents are
normalised by.
-/

@[expose] public section

set_option autoImplicit false
set_option linter.unusedSectionVars false
set_option linter.unusedVariables false

universe u v

open Lean.Grind

theorem eq_or_ne {α : Sort u} (a b : α) : a = b ∨ a ≠ b := Classical.em _
theorem ne_or_eq {α : Sort u} (a b : α) : a ≠ b ∨ a = b := (Classical.em _).symm
theorem le_iff_exists_add {a b : ℕ} : a ≤ b ↔ ∃ c, b = a + c :=
  ⟨fun h => ⟨b - a, by omega⟩, fun ⟨c, h⟩ => by omega⟩

theorem exists_between {R : Type u} [Field R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
    [OrderedRing R] {a b : R} (h : a < b) : ∃ c, a < c ∧ c < b := ⟨(a + b) / 2, by grind, by grind⟩

theorem Set.not_nonempty_iff_eq_empty {α : Type u} {s : Set α} : ¬ s.Nonempty ↔ s = ∅ :=
  ⟨fun h => Set.ext fun x => ⟨fun hx => absurd ⟨x, hx⟩ h, fun hx => hx.elim⟩,
   fun h ⟨x, hx⟩ => by rw [h] at hx; exact hx⟩
theorem Finset.not_nonempty_iff_eq_empty {α : Type u} {s : Finset α} : ¬ s.Nonempty ↔ s = ∅ :=
  ⟨fun h => Finset.ext fun x => ⟨fun hx => absurd ⟨x, hx⟩ h, fun hx => absurd hx (Finset.not_mem_empty x)⟩,
   fun h ⟨x, hx⟩ => by rw [h] at hx; exact Finset.not_mem_empty x hx⟩

section Self
variable {α : Type u} [CommRing α] [NoZeroDivisors α]

theorem mul_right_eq_self₀ {a b : α} : a * b = a ↔ b = 1 ∨ a = 0 := by
  rw [show (a * b = a) = (a * b = a * 1) by rw [mul_one], mul_eq_mul_left_iff]
theorem mul_left_eq_self₀ {a b : α} : a * b = b ↔ a = 1 ∨ b = 0 := by
  rw [mul_comm, mul_right_eq_self₀]
theorem self_eq_mul_right₀ {a b : α} : a = a * b ↔ b = 1 ∨ a = 0 := by
  rw [eq_comm, mul_right_eq_self₀]
theorem self_eq_mul_left₀ {a b : α} : b = a * b ↔ a = 1 ∨ b = 0 := by
  rw [eq_comm, mul_left_eq_self₀]

end Self

namespace Nat

theorem even_mul_succ_self (n : ℕ) : Even (n * (n + 1)) := by
  rw [Nat.even_iff, Nat.mul_mod]
  rcases Nat.mod_two_eq_zero_or_one n with h | h
  · rw [h, Nat.zero_mul]
  · have h' : (n + 1) % 2 = 0 := by omega
    rw [h', Nat.mul_zero]
theorem even_mul_pred_self : ∀ n : ℕ, Even (n * (n - 1))
  | 0 => by decide
  | n + 1 => by
    have h := even_mul_succ_self n
    rwa [Nat.mul_comm] at h
theorem even_mul_self_pred (n : ℕ) : Even (n * (n - 1)) := even_mul_pred_self n

/-- Mathlib's `Nat.twoStepInduction`, for propositions. -/
@[elab_as_elim] theorem twoStepInduction {motive : ℕ → Prop} (zero : motive 0) (one : motive 1)
    (more : ∀ n, motive n → motive (n + 1) → motive (n + 2)) (n : ℕ) : motive n := by
  have both : motive n ∧ motive (n + 1) := by
    induction n with
    | zero => exact ⟨zero, one⟩
    | succ n ih => exact ⟨ih.2, more n ih.1 ih.2⟩
  exact both.1

theorem succ_mul_choose_eq (n k : ℕ) : (n + 1) * choose n k = choose (n + 1) (k + 1) * (k + 1) := by
  induction n generalizing k with
  | zero =>
    cases k with
    | zero => rfl
    | succ k => rw [choose_zero_succ, choose_succ_succ, choose_zero_succ, choose_zero_succ]; simp
  | succ n ih =>
    cases k with
    | zero => rw [choose_zero_right, choose_one_right]
    | succ k =>
      have h1 := ih k
      have h2 := ih (k + 1)
      have e1 : choose (n + 1 + 1) (k + 1 + 1) = choose (n + 1) (k + 1) + choose (n + 1) (k + 1 + 1) := rfl
      have e2 : choose (n + 1) (k + 1) = choose n k + choose n (k + 1) := rfl
      rw [e1]
      generalize choose (n + 1) (k + 1) = x at *
      generalize choose (n + 1) (k + 1 + 1) = y at *
      generalize choose n k = a at *
      generalize choose n (k + 1) = b at *
      grind

end Nat

theorem Int.even_mul_succ_self (n : ℤ) : Even (n * (n + 1)) := by
  rw [Int.even_iff, Int.mul_emod]
  rcases Int.emod_two_eq n with h | h
  · rw [h]; simp
  · have h' : (n + 1) % 2 = 0 := by omega
    rw [h']; simp

namespace Finset

@[simp] theorem Icc_eq_empty_of_lt {a b : ℕ} (h : b < a) : Icc a b = ∅ := by ext x; simp; omega

section SumOrder
variable {α : Type u} {β : Type v} [CommRing β] [LE β] [LT β] [Std.LawfulOrderLT β] [Std.IsLinearOrder β]
  [OrderedRing β]

theorem sum_pos {s : Finset α} {f : α → β} (h : ∀ i, i ∈ s → 0 < f i) (hs : s.Nonempty) : 0 < s.sum f := by
  obtain ⟨l, hl, rfl⟩ := s.exists_list
  cases l with
  | nil => obtain ⟨x, hx⟩ := hs; exact absurd hx (not_mem_empty x)
  | cons a t =>
    rw [sum_ofNodup_cons]
    exact add_pos_of_pos_of_nonneg (h a List.mem_cons_self)
      (sum_nonneg fun x hx => le_of_lt (h x (List.mem_cons_of_mem a hx)))

end SumOrder

end Finset

/-! What `ring` and `linarith` normalise by. -/

namespace ProverArb.Linear

theorem pow_mul_literal {R : Type u} [CommSemiring R] (a : R) (n k : ℕ) :
    a ^ (n * no_index (OfNat.ofNat k)) = (a ^ n) ^ (OfNat.ofNat k : ℕ) := pow_mul a n _
theorem pow_literal_mul {R : Type u} [CommSemiring R] (a : R) (n k : ℕ) :
    a ^ (no_index (OfNat.ofNat k) * n) = (a ^ n) ^ (OfNat.ofNat k : ℕ) := by
  rw [Nat.mul_comm]; exact pow_mul a n _

theorem decimal {R : Type u} [Field R] (m e : ℕ) :
    (OfScientific.ofScientific m true e : R) = OfNat.ofNat m / 10 ^ e := by
  rw [ofScientific_def, if_pos rfl, Semiring.ofNat_eq_natCast m]
theorem decimal_large {R : Type u} [Field R] (m e : ℕ) :
    (OfScientific.ofScientific m false e : R) = OfNat.ofNat m * 10 ^ e := by
  rw [ofScientific_def, if_neg (by decide), Semiring.ofNat_eq_natCast m]

end ProverArb.Linear

theorem ProverArb.Cases.lift_pnat {a : ℕ} (h : 0 < a) : ∃ n : ℕ+, a = (n : ℕ) := ⟨⟨a, h⟩, rfl⟩

namespace Real
section Trig
variable {R : Type u} [Field R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R] [Real.Complete R] [Real.Trig R]

theorem cos_pi_div_four : cos (pi / 4 : R) = sqrt 2 / 2 := by
  have h := cos_two_mul (pi / 4 : R)
  rw [show (2 : R) * (pi / 4) = pi / 2 by grind, cos_pi_div_two] at h
  have hp := pi_pos (R := R)
  have h1 := cos_pos_of_mem (x := (pi / 4 : R)) (by grind) (by grind)
  have h2 := sqrt_nonneg (2 : R)
  have h3 := mul_self_sqrt (show (0 : R) ≤ 2 by grind)
  generalize cos (pi / 4 : R) = c at h h1 ⊢
  generalize sqrt (2 : R) = s at h2 h3 ⊢
  clear hp
  have h4 : (c - s / 2) * (c + s / 2) = 0 := by grind
  clear h h3
  rcases mul_eq_zero.1 h4 with h5 | h5
  · clear h4; grind
  · clear h4; grind
theorem sin_pi_div_four : sin (pi / 4 : R) = sqrt 2 / 2 := by
  rw [← cos_pi_div_two_sub, show (pi : R) / 2 - pi / 4 = pi / 4 by grind, cos_pi_div_four]

end Trig
end Real
