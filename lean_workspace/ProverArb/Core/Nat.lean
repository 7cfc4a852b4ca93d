module

public import ProverArb.Core.Basic

/-!
Number theory on ℕ and ℤ under Mathlib's names: primes, factorials, binomial coefficients,
congruences, digits, integer square roots. All computable, and by structural recursion, so
that `decide` evaluates them in the kernel.
-/

@[expose] public noncomputable section

set_option autoImplicit false

namespace Nat

/-- Mathlib's `Nat.Prime` (there `Irreducible`; equivalent by Mathlib's `Nat.prime_def`). -/
def Prime (p : ℕ) : Prop := 2 ≤ p ∧ ∀ m, m ∣ p → m = 1 ∨ m = p

theorem prime_def {p : ℕ} : Prime p ↔ 2 ≤ p ∧ ∀ m, m ∣ p → m = 1 ∨ m = p := Iff.rfl
theorem Prime.two_le {p : ℕ} (h : Prime p) : 2 ≤ p := h.1
theorem Prime.one_lt {p : ℕ} (h : Prime p) : 1 < p := h.1
theorem Prime.pos {p : ℕ} (h : Prime p) : 0 < p := Nat.lt_of_lt_of_le (by decide) h.1
theorem Prime.ne_zero {p : ℕ} (h : Prime p) : p ≠ 0 := Nat.ne_of_gt h.pos
theorem Prime.ne_one {p : ℕ} (h : Prime p) : p ≠ 1 := Nat.ne_of_gt h.one_lt
theorem Prime.eq_one_or_self_of_dvd {p : ℕ} (h : Prime p) (m : ℕ) (hm : m ∣ p) :
    m = 1 ∨ m = p := h.2 m hm

grind_pattern Prime.two_le => Prime p

/-- Trial division of `n` by `k`, `k + 1`, ... until the square exceeds `n`. -/
def noDivisorFrom (n : ℕ) : ℕ → ℕ → Bool
  | 0, _ => true
  | fuel + 1, k => if n < k * k then true else if n % k = 0 then false
      else noDivisorFrom n fuel (k + 1)

theorem noDivisorFrom_iff (n fuel k : ℕ) (hk : 2 ≤ k) (hf : n ≤ fuel + k) :
    noDivisorFrom n fuel k = true ↔ ∀ m, k ≤ m → m * m ≤ n → ¬ m ∣ n := by
  induction fuel generalizing k with
  | zero =>
    simp only [noDivisorFrom, true_iff]
    intro m hm hmm _
    have : m * 2 ≤ m * m := Nat.mul_le_mul_left m (by omega)
    omega
  | succ fuel ih =>
    unfold noDivisorFrom
    split
    · rename_i h
      simp only [true_iff]
      intro m hm hmm _
      have := Nat.mul_le_mul hm hm
      omega
    · rename_i h
      split
      · rename_i hd
        simp only [Bool.false_eq_true, false_iff]
        exact fun hall => hall k (Nat.le_refl k) (by omega) (Nat.dvd_of_mod_eq_zero hd)
      · rename_i hd
        rw [ih (k + 1) (by omega) (by omega)]
        constructor
        · intro hall m hm hmm hdiv
          by_cases hmk : m = k
          · subst hmk; exact hd (Nat.mod_eq_zero_of_dvd hdiv)
          · exact hall m (by omega) hmm hdiv
        · exact fun hall m hm => hall m (by omega)

theorem prime_iff_noDivisorFrom {p : ℕ} :
    Prime p ↔ (decide (2 ≤ p) && noDivisorFrom p p 2) = true := by
  rw [Bool.and_eq_true, decide_eq_true_iff, noDivisorFrom_iff p p 2 (by decide) (by omega)]
  constructor
  · rintro ⟨h2, h⟩
    refine ⟨h2, fun m hm hmm hd => ?_⟩
    have : m * 2 ≤ m * m := Nat.mul_le_mul_left m hm
    rcases h m hd with h | h <;> omega
  · rintro ⟨h2, h⟩
    refine ⟨h2, fun m hd => ?_⟩
    obtain ⟨c, hc⟩ := hd
    have hm0 : m ≠ 0 := by intro h0; subst h0; omega
    have hc0 : c ≠ 0 := by intro h0; subst h0; omega
    by_cases hm1 : m = 1
    · exact Or.inl hm1
    by_cases hc1 : c = 1
    · subst hc1; exact Or.inr (by omega)
    exfalso
    rcases Nat.le_total m c with hle | hle
    · refine h m (by omega) ?_ ⟨c, hc⟩
      rw [hc]; exact Nat.mul_le_mul_left m hle
    · refine h c (by omega) ?_ ⟨m, by rw [hc, Nat.mul_comm]⟩
      rw [hc]; exact Nat.mul_le_mul_right c hle

/-- Decided by trial division up to the square root. -/
instance decidablePrime (p : ℕ) : Decidable (Prime p) :=
  decidable_of_iff _ prime_iff_noDivisorFrom.symm

theorem Prime.coprime_iff_not_dvd {p n : ℕ} (h : Prime p) : Nat.Coprime p n ↔ ¬ p ∣ n := by
  constructor
  · intro hc hd
    have : Nat.gcd p n = p := Nat.gcd_eq_left hd
    have := h.one_lt
    unfold Nat.Coprime at hc; omega
  · intro hd
    rcases h.2 _ (Nat.gcd_dvd_left p n) with h1 | h1
    · exact h1
    · exact absurd (h1 ▸ Nat.gcd_dvd_right p n) hd

theorem Prime.dvd_mul {p m n : ℕ} (h : Prime p) : p ∣ m * n ↔ p ∣ m ∨ p ∣ n := by
  constructor
  · intro hd
    by_cases hm : p ∣ m
    · exact Or.inl hm
    · exact Or.inr ((h.coprime_iff_not_dvd.2 hm).dvd_of_dvd_mul_left hd)
  · rintro (hd | hd)
    · exact Nat.dvd_trans hd (Nat.dvd_mul_right m n)
    · exact Nat.dvd_trans hd (Nat.dvd_mul_left n m)

theorem Prime.dvd_of_dvd_pow {p m n : ℕ} (h : Prime p) (hd : p ∣ m ^ n) : p ∣ m := by
  induction n with
  | zero => have := h.one_lt; simp only [Nat.pow_zero, Nat.dvd_one] at hd; omega
  | succ n ih =>
    rw [Nat.pow_succ] at hd
    rcases h.dvd_mul.1 hd with hd | hd
    · exact ih hd
    · exact hd

theorem prime_two : Prime 2 := by decide
theorem prime_three : Prime 3 := by decide
theorem prime_five : Prime 5 := by decide

theorem Prime.eq_two_or_odd {p : ℕ} (h : Prime p) : p = 2 ∨ p % 2 = 1 := by
  rcases Nat.mod_two_eq_zero_or_one p with h0 | h1
  · rcases h.2 2 (Nat.dvd_of_mod_eq_zero h0) with h | h <;> omega
  · exact Or.inr h1

theorem exists_prime_and_dvd {n : ℕ} (hn : n ≠ 1) : ∃ p, Prime p ∧ p ∣ n := by
  induction n using Nat.strongRecOn with
  | _ n ih =>
    by_cases hp : Prime n
    · exact ⟨n, hp, Nat.dvd_refl n⟩
    by_cases h0 : n = 0
    · exact ⟨2, prime_two, h0 ▸ Nat.dvd_zero 2⟩
    have hex : ∃ m, m ∣ n ∧ m ≠ 1 ∧ m ≠ n := by
      apply Classical.byContradiction
      intro hno
      refine hp ⟨by omega, fun m hm => ?_⟩
      by_cases h1 : m = 1
      · exact Or.inl h1
      by_cases h2 : m = n
      · exact Or.inr h2
      exact absurd ⟨m, hm, h1, h2⟩ hno
    obtain ⟨m, hm, h1, h2⟩ := hex
    have := Nat.le_of_dvd (by omega) hm
    obtain ⟨p, hp, hpm⟩ := ih m (by omega) h1
    exact ⟨p, hp, Nat.dvd_trans hpm hm⟩

/-- Mathlib's `Nat.le_induction`. -/
theorem le_induction {m : ℕ} {P : ∀ n, m ≤ n → Prop} (base : P m (Nat.le_refl m))
    (succ : ∀ (n : ℕ) (hmn : m ≤ n), P n hmn → P (n + 1) (Nat.le_succ_of_le hmn)) :
    ∀ (n : ℕ) (hmn : m ≤ n), P n hmn := by
  intro n
  induction n with
  | zero => intro h; have h0 : m = 0 := by omega
            subst h0; exact base
  | succ n ih =>
    intro h
    by_cases he : m = n + 1
    · subst he; exact base
    · exact succ n (by omega) (ih (by omega))

/-- Mathlib's `Nat.factorial`. -/
def factorial : ℕ → ℕ
  | 0 => 1
  | n + 1 => (n + 1) * factorial n

@[inherit_doc] scoped notation:10000 n "!" => Nat.factorial n

@[simp, grind =] theorem factorial_zero : 0! = 1 := rfl
@[grind =] theorem factorial_succ (n : ℕ) : (n + 1)! = (n + 1) * n ! := rfl
theorem factorial_pos (n : ℕ) : 0 < n ! := by
  induction n with
  | zero => decide
  | succ n ih => exact Nat.mul_pos (by omega) ih
grind_pattern factorial_pos => factorial n

theorem dvd_factorial {m n : ℕ} (hm : 0 < m) (h : m ≤ n) : m ∣ n ! := by
  induction n with
  | zero => omega
  | succ n ih =>
    by_cases he : m = n + 1
    · subst he; exact Nat.dvd_mul_right (n + 1) n !
    · exact Nat.dvd_trans (ih (by omega)) (Nat.dvd_mul_left n ! (n + 1))

/-- Mathlib's `Nat.choose`. -/
def choose : ℕ → ℕ → ℕ
  | _, 0 => 1
  | 0, _ + 1 => 0
  | n + 1, k + 1 => choose n k + choose n (k + 1)

@[simp, grind =] theorem choose_zero_right (n : ℕ) : choose n 0 = 1 := by cases n <;> rfl
@[simp, grind =] theorem choose_zero_succ (k : ℕ) : choose 0 (k + 1) = 0 := rfl
@[grind =] theorem choose_succ_succ (n k : ℕ) :
    choose (n + 1) (k + 1) = choose n k + choose n (k + 1) := rfl
theorem choose_eq_zero_of_lt {n k : ℕ} (h : n < k) : choose n k = 0 := by
  induction n generalizing k with
  | zero => cases k with
    | zero => omega
    | succ k => rfl
  | succ n ih => cases k with
    | zero => omega
    | succ k => rw [choose_succ_succ, ih (by omega), ih (by omega)]
@[simp] theorem choose_self (n : ℕ) : choose n n = 1 := by
  induction n with
  | zero => rfl
  | succ n ih => rw [choose_succ_succ, ih, choose_eq_zero_of_lt (by omega)]
@[simp] theorem choose_one_right (n : ℕ) : choose n 1 = n := by
  induction n with
  | zero => rfl
  | succ n ih => rw [choose_succ_succ, choose_zero_right, ih]; omega

/-- Mathlib's `Nat.ModEq`, written `a ≡ b [MOD n]`. -/
def ModEq (n a b : ℕ) : Prop := a % n = b % n

@[inherit_doc] notation:50 a " ≡ " b " [MOD " n "]" => Nat.ModEq n a b

@[simp, grind =] theorem modEq_iff_mod_eq {n a b : ℕ} : (a ≡ b [MOD n]) = (a % n = b % n) := rfl
instance (n a b : ℕ) : Decidable (Nat.ModEq n a b) := inferInstanceAs (Decidable (_ = _))

end Nat

/-- Mathlib's `Int.ModEq`, written `a ≡ b [ZMOD n]`. -/
def Int.ModEq (n a b : ℤ) : Prop := a % n = b % n

@[inherit_doc] notation:50 a " ≡ " b " [ZMOD " n "]" => Int.ModEq n a b

@[simp, grind =] theorem Int.modEq_iff_emod_eq {n a b : ℤ} :
    (a ≡ b [ZMOD n]) = (a % n = b % n) := rfl
instance (n a b : ℤ) : Decidable (Int.ModEq n a b) := inferInstanceAs (Decidable (_ = _))
