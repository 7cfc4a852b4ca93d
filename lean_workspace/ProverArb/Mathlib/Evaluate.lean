module

public import ProverArb.Mathlib.More

/-!
What evaluation rests on: membership in sets that are given by a decidable property, and values of
functions at numbers.
-/

@[expose] public section

set_option autoImplicit false
set_option linter.unusedVariables false

universe u

open Lean.Grind

/-- Mathlib's `Set.decidableSetOf`. -/
instance Set.decidableSetOf {α : Type u} {p : α → Prop} {a : α} [h : Decidable (p a)] :
    Decidable (a ∈ setOf p) := h

section Abs
variable {R : Type u} [CommRing R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R] [DecidableLE R]

attribute [simp] abs_neg
/-- Mathlib's `Nat.abs_ofNat`. -/
@[simp] theorem Nat.abs_ofNat (n : ℕ) : |(no_index (OfNat.ofNat n) : R)| = OfNat.ofNat n :=
  abs_of_nonneg (ProverArb.Linear.lit_nonneg n)
theorem abs_two : |(2 : R)| = 2 := Nat.abs_ofNat 2

end Abs

theorem Nat.sqrt_eq_zero {n : ℕ} : Nat.sqrt n = 0 ↔ n = 0 := by
  have h1 := Nat.sqrt_le n
  have h2 := Nat.lt_succ_sqrt n
  constructor
  · intro h; rw [h] at h2; omega
  · intro h; subst h; exact mul_self_eq_zero.1 (Nat.le_zero.1 h1)
theorem Nat.sqrt_pos {n : ℕ} : 0 < Nat.sqrt n ↔ 0 < n := by
  have := Nat.sqrt_eq_zero (n := n); omega

/-! What `norm_num` proves values of functions by: the conditions are between numbers. -/

namespace ProverArb.Numeral

section Abs
variable {R : Type u} [CommRing R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R] [DecidableLE R]
theorem abs_pos {a v : R} (h : 0 ≤ a) (h' : a = v) : |a| = v := by rw [abs_of_nonneg h, h']
theorem abs_neg {a v : R} (h : a ≤ 0) (h' : -a = v) : |a| = v := by rw [abs_of_nonpos h, h']
end Abs

section Sqrt
variable {R : Type u} [Field R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R] [Real.Complete R]
theorem sqrt {a v : R} (h : 0 ≤ v) (h' : v * v = a) : Real.sqrt a = v := by
  rw [← h']; exact Real.sqrt_mul_self h
end Sqrt

section Floor
variable {R : Type u} [CommRing R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R] [FloorRing R]
theorem floor {a : R} {z : ℤ} (h : (z : R) ≤ a) (h' : a < (z : R) + 1) : Int.floor a = z :=
  Int.floor_eq_iff.2 ⟨h, h'⟩
theorem ceil {a : R} {z : ℤ} (h : (z : R) - 1 < a) (h' : a ≤ (z : R)) : Int.ceil a = z :=
  Int.ceil_eq_iff.2 ⟨h, h'⟩
theorem nat_floor {a : R} {n : ℕ} (h : (n : R) ≤ a) (h' : a < (n : R) + 1) : Nat.floor a = n :=
  (Nat.floor_eq_iff (le_trans (Nat.cast_nonneg n) h)).2 ⟨h, h'⟩
theorem nat_ceil {a : R} {n : ℕ} (h : (n : R) - 1 < a) (h' : a ≤ (n : R)) : Nat.ceil a = n := by
  have := ceil (a := a) (z := n) (by rw [Ring.intCast_natCast]; exact h)
    (by rw [Ring.intCast_natCast]; exact h')
  unfold Nat.ceil; omega
end Floor

end ProverArb.Numeral

/-! What `interval_cases` splits by. -/

namespace ProverArb.Cases

theorem nat.step {p : ℕ → Prop} {k next u : ℕ} (e : next = k + 1) (h : p k)
    (rest : ∀ x, next ≤ x → x ≤ u → p x) : ∀ x, k ≤ x → x ≤ u → p x := by
  intro x hk hu
  by_cases hx : x = k
  · rw [hx]; exact h
  · exact rest x (by omega) hu
theorem nat.none (p : ℕ → Prop) (k u : ℕ) (h : u < k) : ∀ x, k ≤ x → x ≤ u → p x := by
  intro x hk hu; omega
theorem int.step {p : ℤ → Prop} {k next u : ℤ} (e : next = k + 1) (h : p k)
    (rest : ∀ x, next ≤ x → x ≤ u → p x) : ∀ x, k ≤ x → x ≤ u → p x := by
  intro x hk hu
  by_cases hx : x = k
  · rw [hx]; exact h
  · exact rest x (by omega) hu
theorem int.none (p : ℤ → Prop) (k u : ℤ) (h : u < k) : ∀ x, k ≤ x → x ≤ u → p x := by
  intro x hk hu; omega

end ProverArb.Cases

attribute [simp] Nat.one_le_two_pow

theorem Nat.prime_mul_iff {a b : ℕ} : Nat.Prime (a * b) ↔ Nat.Prime a ∧ b = 1 ∨ Nat.Prime b ∧ a = 1 := by
  constructor
  · intro h
    rcases h.eq_one_or_self_of_dvd a (Nat.dvd_mul_right a b) with ha | ha
    · exact Or.inr ⟨by rw [ha, Nat.one_mul] at h; exact h, ha⟩
    · rcases h.eq_one_or_self_of_dvd b (Nat.dvd_mul_left b a) with hb | hb
      · exact Or.inl ⟨by rw [hb, Nat.mul_one] at h; exact h, hb⟩
      · have h2 := h.two_le
        rw [← ha] at hb h2
        subst hb
        have : b * b = b * 1 := by rw [← ha, Nat.mul_one]
        have := Nat.eq_of_mul_eq_mul_left (by omega) this
        omega
  · rintro (⟨h, rfl⟩ | ⟨h, rfl⟩)
    · rw [Nat.mul_one]; exact h
    · rw [Nat.one_mul]; exact h

@[simp] theorem even_two : Even 2 := ⟨1, rfl⟩
@[simp] theorem even_zero : Even 0 := ⟨0, rfl⟩
@[simp] theorem odd_one : Odd 1 := ⟨0, rfl⟩
@[simp] theorem Nat.not_even_one : ¬ Even 1 := by decide

attribute [simp] Equiv.invFun_as_coe

section Numerals
variable {R : Type u} [CommRing R]

@[simp] theorem OfNat.ofNat_ne_zero [IsCharP R 0] (n : ℕ) [h : NeZero n] :
    (no_index (OfNat.ofNat n) : R) ≠ 0 := fun e => by
  have e' : (OfNat.ofNat n : R) = OfNat.ofNat 0 := e
  have := (IsCharP.ofNat_ext_iff (α := R) (p := 0)).1 e'
  simp at this
  exact h.out this
@[simp] theorem OfNat.zero_ne_ofNat [IsCharP R 0] (n : ℕ) [h : NeZero n] :
    (0 : R) ≠ no_index (OfNat.ofNat n) := fun e => OfNat.ofNat_ne_zero n e.symm

variable [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R] [OrderedRing R]

@[simp] theorem Nat.ofNat_pos {n : ℕ} [h : NeZero n] : (0 : R) < no_index (OfNat.ofNat n) := by
  obtain ⟨m, rfl⟩ := Nat.exists_eq_succ_of_ne_zero h.out
  exact ProverArb.Linear.lit_pos m
@[simp] theorem Nat.ofNat_nonneg (n : ℕ) : (0 : R) ≤ no_index (OfNat.ofNat n) :=
  ProverArb.Linear.lit_nonneg n
end Numerals

namespace Complex
variable {R : Type u} [CommRing R]
@[simp] theorem re_ofNat (n : ℕ) : (no_index (OfNat.ofNat n) : Complex R).re = OfNat.ofNat n := rfl
@[simp] theorem im_ofNat (n : ℕ) : (no_index (OfNat.ofNat n) : Complex R).im = 0 := rfl
end Complex

section Unique
variable {α : Type u} [LE α] [Std.IsPartialOrder α] {s : Set α} {a b : α}
theorem IsLeast.unique (h : IsLeast s a) (h' : IsLeast s b) : a = b :=
  le_antisymm (h.2 h'.1) (h'.2 h.1)
theorem IsGreatest.unique (h : IsGreatest s a) (h' : IsGreatest s b) : a = b :=
  le_antisymm (h'.2 h.1) (h.2 h'.1)
end Unique
