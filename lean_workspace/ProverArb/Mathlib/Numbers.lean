module

public import ProverArb.Mathlib.Simp
public import ProverArb.Core.Arith

/-!
ℕ, ℤ and casts under Mathlib's names, those that Lean itself does not have.
-/

@[expose] public section

set_option autoImplicit false
set_option linter.unusedSectionVars false
set_option linter.unusedVariables false

universe u

open Lean.Grind

section Cast
variable {R : Type u} [CommRing R]

@[simp, norm_cast] theorem Nat.cast_zero : ((0 : ℕ) : R) = 0 := Semiring.natCast_zero
@[simp, norm_cast] theorem Nat.cast_one : ((1 : ℕ) : R) = 1 := Semiring.natCast_one
@[simp, norm_cast] theorem Nat.cast_ofNat {n : ℕ} : ((no_index (OfNat.ofNat n) : ℕ) : R) = OfNat.ofNat n :=
  (Semiring.ofNat_eq_natCast n).symm
@[simp, norm_cast] theorem Nat.cast_add (m n : ℕ) : ((m + n : ℕ) : R) = m + n := Semiring.natCast_add m n
@[simp, norm_cast] theorem Nat.cast_mul (m n : ℕ) : ((m * n : ℕ) : R) = m * n := Semiring.natCast_mul m n
@[simp, norm_cast] theorem Nat.cast_pow (m n : ℕ) : ((m ^ n : ℕ) : R) = (m : R) ^ n := by
  induction n with
  | zero => rw [Nat.pow_zero, pow_zero, Semiring.natCast_one]
  | succ n ih => rw [Nat.pow_succ, Semiring.natCast_mul, ih, pow_succ]
theorem Nat.cast_succ (n : ℕ) : ((n.succ : ℕ) : R) = n + 1 := Semiring.natCast_succ n
theorem Nat.cast_add_one (n : ℕ) : ((n + 1 : ℕ) : R) = n + 1 := Semiring.natCast_succ n
@[simp, norm_cast] theorem Nat.cast_sub {m n : ℕ} (h : m ≤ n) : ((n - m : ℕ) : R) = n - m := by
  obtain ⟨k, rfl⟩ := Nat.le.dest h
  rw [Nat.add_sub_cancel_left, Semiring.natCast_add]; grind
theorem Nat.cast_pred {n : ℕ} (h : 0 < n) : ((n - 1 : ℕ) : R) = n - 1 := by
  rw [Nat.cast_sub h, Nat.cast_one]
theorem Nat.cast_two : ((2 : ℕ) : R) = 2 := Nat.cast_ofNat

@[simp, norm_cast] theorem Int.cast_zero : ((0 : ℤ) : R) = 0 := Ring.intCast_zero
@[simp, norm_cast] theorem Int.cast_one : ((1 : ℤ) : R) = 1 := Ring.intCast_one
@[simp, norm_cast] theorem Int.cast_natCast (n : ℕ) : (((n : ℤ)) : R) = n := Ring.intCast_natCast n
@[simp, norm_cast] theorem Int.cast_ofNat {n : ℕ} : ((no_index (OfNat.ofNat n) : ℤ) : R) = OfNat.ofNat n := by
  rw [show (OfNat.ofNat n : ℤ) = ((n : ℕ) : ℤ) from rfl, Ring.intCast_natCast, Semiring.ofNat_eq_natCast]
@[simp, norm_cast] theorem Int.cast_add (m n : ℤ) : ((m + n : ℤ) : R) = m + n := Ring.intCast_add m n
@[simp, norm_cast] theorem Int.cast_mul (m n : ℤ) : ((m * n : ℤ) : R) = m * n := Ring.intCast_mul m n
@[simp, norm_cast] theorem Int.cast_neg (m : ℤ) : ((-m : ℤ) : R) = -m := Ring.intCast_neg m
@[simp, norm_cast] theorem Int.cast_sub (m n : ℤ) : ((m - n : ℤ) : R) = m - n := Ring.intCast_sub m n
@[simp, norm_cast] theorem Int.cast_pow (m : ℤ) (n : ℕ) : ((m ^ n : ℤ) : R) = (m : R) ^ n := by
  induction n with
  | zero => rw [pow_zero, pow_zero, Ring.intCast_one]
  | succ n ih => rw [pow_succ, Ring.intCast_mul, ih, pow_succ]

variable [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R] [OrderedRing R]

@[simp] theorem Nat.cast_nonneg (n : ℕ) : 0 ≤ (n : R) := OrderedRing.natCast_nonneg
@[simp, norm_cast] theorem Nat.cast_le {m n : ℕ} : (m : R) ≤ n ↔ m ≤ n := by
  constructor
  · intro h
    apply Classical.byContradiction; intro hn
    obtain ⟨k, rfl⟩ := Nat.le.dest (show n + 1 ≤ m by omega)
    rw [Semiring.natCast_add, Semiring.natCast_add, Semiring.natCast_one] at h
    have := OrderedRing.natCast_nonneg (R := R) (a := k)
    grind
  · intro h
    obtain ⟨k, rfl⟩ := Nat.le.dest h
    rw [Semiring.natCast_add]
    have := OrderedRing.natCast_nonneg (R := R) (a := k)
    grind
@[simp, norm_cast] theorem Nat.cast_lt {m n : ℕ} : (m : R) < n ↔ m < n := by
  have := Nat.cast_le (R := R) (m := n) (n := m); grind
@[simp, norm_cast] theorem Nat.cast_inj {m n : ℕ} : (m : R) = n ↔ m = n := by
  have h1 := Nat.cast_le (R := R) (m := n) (n := m)
  have h2 := Nat.cast_le (R := R) (m := m) (n := n)
  constructor
  · intro h; have := h1.1 (le_of_eq h.symm); have := h2.1 (le_of_eq h); omega
  · intro h; rw [h]
@[simp] theorem Nat.cast_pos {n : ℕ} : 0 < (n : R) ↔ 0 < n := by
  have := Nat.cast_lt (R := R) (m := 0) (n := n); rwa [Nat.cast_zero] at this
@[simp] theorem Nat.cast_eq_zero {n : ℕ} : (n : R) = 0 ↔ n = 0 := by
  have := Nat.cast_inj (R := R) (m := n) (n := 0); rwa [Nat.cast_zero] at this
theorem Nat.cast_ne_zero {n : ℕ} : (n : R) ≠ 0 ↔ n ≠ 0 := not_congr Nat.cast_eq_zero
theorem Nat.cast_add_one_pos (n : ℕ) : 0 < (n : R) + 1 := by
  have := Nat.cast_nonneg (R := R) n; grind
theorem Nat.cast_add_one_ne_zero (n : ℕ) : (n : R) + 1 ≠ 0 := by
  have := Nat.cast_nonneg (R := R) n; grind
theorem Nat.one_le_cast {n : ℕ} : 1 ≤ (n : R) ↔ 1 ≤ n := by
  have := Nat.cast_le (R := R) (m := 1) (n := n); rwa [Nat.cast_one] at this
theorem Nat.one_lt_cast {n : ℕ} : 1 < (n : R) ↔ 1 < n := by
  have := Nat.cast_lt (R := R) (m := 1) (n := n); rwa [Nat.cast_one] at this
@[simp, norm_cast] theorem Int.cast_le {m n : ℤ} : (m : R) ≤ n ↔ m ≤ n := by
  have key : ∀ a b : ℤ, a ≤ b → (a : R) ≤ b := by
    intro a b h
    obtain ⟨k, rfl⟩ := Int.le.dest h
    rw [Ring.intCast_add, Ring.intCast_natCast]
    have := OrderedRing.natCast_nonneg (R := R) (a := k)
    grind
  constructor
  · intro h
    apply Classical.byContradiction; intro hn
    have := key (n + 1) m (by omega)
    rw [Ring.intCast_add, Ring.intCast_one] at this
    grind
  · exact key m n
@[simp, norm_cast] theorem Int.cast_lt {m n : ℤ} : (m : R) < n ↔ m < n := by
  have := Int.cast_le (R := R) (m := n) (n := m); grind
@[simp, norm_cast] theorem Int.cast_inj {m n : ℤ} : (m : R) = n ↔ m = n := by
  have h1 := Int.cast_le (R := R) (m := n) (n := m)
  have h2 := Int.cast_le (R := R) (m := m) (n := n)
  constructor
  · intro h; have := h1.1 (le_of_eq h.symm); have := h2.1 (le_of_eq h); omega
  · intro h; rw [h]
@[simp] theorem Int.cast_eq_zero {n : ℤ} : (n : R) = 0 ↔ n = 0 := by
  have := Int.cast_inj (R := R) (m := n) (n := 0); rwa [Int.cast_zero] at this
@[simp] theorem Int.cast_pos {n : ℤ} : 0 < (n : R) ↔ 0 < n := by
  have := Int.cast_lt (R := R) (m := 0) (n := n); rwa [Int.cast_zero] at this
@[simp] theorem Int.cast_nonneg {n : ℤ} : 0 ≤ (n : R) ↔ 0 ≤ n := by
  have := Int.cast_le (R := R) (m := 0) (n := n); rwa [Int.cast_zero] at this
theorem Int.cast_ne_zero {n : ℤ} : (n : R) ≠ 0 ↔ n ≠ 0 := not_congr Int.cast_eq_zero

end Cast

theorem Int.coe_nat_dvd {m n : ℕ} : (m : ℤ) ∣ (n : ℤ) ↔ m ∣ n := Int.natCast_dvd_natCast
theorem Int.natCast_eq_coe (n : ℕ) : (Int.ofNat n) = (n : ℤ) := rfl

/-! ### ℕ -/

theorem Nat.pos_of_ne_zero' {n : ℕ} (h : n ≠ 0) : 0 < n := Nat.pos_of_ne_zero h
theorem Nat.modEq_iff_dvd {n a b : ℕ} : a ≡ b [MOD n] ↔ (n : ℤ) ∣ (b : ℤ) - (a : ℤ) := by
  show a % n = b % n ↔ _
  constructor
  · intro h
    have h1 := Nat.mod_add_div a n
    have h2 := Nat.mod_add_div b n
    refine ⟨((b / n : ℕ) : ℤ) - ((a / n : ℕ) : ℤ), ?_⟩
    have h3 : (b : ℤ) = ((b % n + n * (b / n) : ℕ) : ℤ) := by rw [h2]
    have h4 : (a : ℤ) = ((a % n + n * (a / n) : ℕ) : ℤ) := by rw [h1]
    rw [h3, h4, h]
    rw [Int.natCast_add, Int.natCast_add, Int.natCast_mul, Int.natCast_mul]
    grind
  · intro h
    have : (b : ℤ) % n = (a : ℤ) % n :=
      Int.emod_eq_emod_iff_emod_sub_eq_zero.2 (Int.emod_eq_zero_of_dvd h)
    have h2 : ((b % n : ℕ) : ℤ) = ((a % n : ℕ) : ℤ) := by rw [Int.natCast_emod, Int.natCast_emod]; exact this
    exact (Int.ofNat.inj h2).symm
theorem Nat.ModEq.symm {n a b : ℕ} (h : a ≡ b [MOD n]) : b ≡ a [MOD n] := Eq.symm h
theorem Nat.ModEq.trans {n a b c : ℕ} (h : a ≡ b [MOD n]) (h' : b ≡ c [MOD n]) : a ≡ c [MOD n] := Eq.trans h h'
@[refl] theorem Nat.ModEq.refl {n : ℕ} (a : ℕ) : a ≡ a [MOD n] := Eq.refl _
theorem Nat.ModEq.rfl {n a : ℕ} : a ≡ a [MOD n] := Eq.refl _
theorem Nat.ModEq.add {n a b c d : ℕ} (h : a ≡ b [MOD n]) (h' : c ≡ d [MOD n]) : a + c ≡ b + d [MOD n] := by
  show (a + c) % n = (b + d) % n
  rw [Nat.add_mod, show a % n = b % n from h, show c % n = d % n from h', ← Nat.add_mod]
theorem Nat.ModEq.mul {n a b c d : ℕ} (h : a ≡ b [MOD n]) (h' : c ≡ d [MOD n]) : a * c ≡ b * d [MOD n] := by
  show (a * c) % n = (b * d) % n
  rw [Nat.mul_mod, show a % n = b % n from h, show c % n = d % n from h', ← Nat.mul_mod]
theorem Nat.ModEq.pow {n a b : ℕ} (m : ℕ) (h : a ≡ b [MOD n]) : a ^ m ≡ b ^ m [MOD n] := by
  show (a ^ m) % n = (b ^ m) % n
  rw [Nat.pow_mod, show a % n = b % n from h, ← Nat.pow_mod]
theorem Nat.ModEq.add_left {n a b : ℕ} (c : ℕ) (h : a ≡ b [MOD n]) : c + a ≡ c + b [MOD n] := Nat.ModEq.add (Eq.refl _) h
theorem Nat.ModEq.add_right {n a b : ℕ} (c : ℕ) (h : a ≡ b [MOD n]) : a + c ≡ b + c [MOD n] := Nat.ModEq.add h (Eq.refl _)
theorem Nat.ModEq.mul_left {n a b : ℕ} (c : ℕ) (h : a ≡ b [MOD n]) : c * a ≡ c * b [MOD n] := Nat.ModEq.mul (Eq.refl _) h
theorem Nat.ModEq.mul_right {n a b : ℕ} (c : ℕ) (h : a ≡ b [MOD n]) : a * c ≡ b * c [MOD n] := Nat.ModEq.mul h (Eq.refl _)
theorem Int.ModEq.add {n a b c d : ℤ} (h : a ≡ b [ZMOD n]) (h' : c ≡ d [ZMOD n]) : a + c ≡ b + d [ZMOD n] := by
  show (a + c) % n = (b + d) % n
  rw [Int.add_emod, show a % n = b % n from h, show c % n = d % n from h', ← Int.add_emod]
theorem Int.ModEq.mul {n a b c d : ℤ} (h : a ≡ b [ZMOD n]) (h' : c ≡ d [ZMOD n]) : a * c ≡ b * d [ZMOD n] := by
  show (a * c) % n = (b * d) % n
  rw [Int.mul_emod, show a % n = b % n from h, show c % n = d % n from h', ← Int.mul_emod]
theorem Int.ModEq.pow {n a b : ℤ} (m : ℕ) (h : a ≡ b [ZMOD n]) : a ^ m ≡ b ^ m [ZMOD n] := by
  induction m with
  | zero => show a ^ 0 % n = b ^ 0 % n; rw [Int.pow_zero, Int.pow_zero]
  | succ m ih => rw [Int.pow_succ, Int.pow_succ]; exact Int.ModEq.mul ih h
theorem Int.ModEq.symm {n a b : ℤ} (h : a ≡ b [ZMOD n]) : b ≡ a [ZMOD n] := Eq.symm h
theorem Int.ModEq.trans {n a b c : ℤ} (h : a ≡ b [ZMOD n]) (h' : b ≡ c [ZMOD n]) : a ≡ c [ZMOD n] := Eq.trans h h'
theorem Int.modEq_iff_dvd {n a b : ℤ} : a ≡ b [ZMOD n] ↔ n ∣ b - a := by
  show a % n = b % n ↔ _
  rw [eq_comm, Int.emod_eq_emod_iff_emod_sub_eq_zero, Int.dvd_iff_emod_eq_zero]
theorem Int.emod_emod_of_mod (a b : ℤ) : a % b % b = a % b := Int.emod_emod_of_dvd a (Int.dvd_refl b)

theorem Nat.even_or_odd (n : ℕ) : Even n ∨ Odd n := by rw [Nat.even_iff, Nat.odd_iff]; omega
theorem Int.even_or_odd (n : ℤ) : Even n ∨ Odd n := by rw [Int.even_iff, Int.odd_iff]; omega
theorem Nat.even_or_odd' (n : ℕ) : ∃ k, n = 2 * k ∨ n = 2 * k + 1 := ⟨n / 2, by omega⟩
theorem Int.even_or_odd' (n : ℤ) : ∃ k, n = 2 * k ∨ n = 2 * k + 1 := ⟨n / 2, by omega⟩
theorem even_iff_two_dvd_nat {n : ℕ} : Even n ↔ 2 ∣ n := by rw [Nat.even_iff]; omega
theorem even_iff_two_dvd {n : ℕ} : Even n ↔ 2 ∣ n := by rw [Nat.even_iff]; omega
theorem Nat.even_add {m n : ℕ} : Even (m + n) ↔ (Even m ↔ Even n) := by
  rw [Nat.even_iff, Nat.even_iff, Nat.even_iff]; omega
theorem Nat.even_add_one {n : ℕ} : Even (n + 1) ↔ ¬ Even n := by rw [Nat.even_iff, Nat.even_iff]; omega
theorem Nat.even_mul {m n : ℕ} : Even (m * n) ↔ Even m ∨ Even n := by
  rw [Nat.even_iff, Nat.even_iff, Nat.even_iff, Nat.mul_mod]
  rcases Nat.mod_two_eq_zero_or_one m with h | h <;> rcases Nat.mod_two_eq_zero_or_one n with h' | h' <;> simp [h, h']
theorem Nat.even_pow {m n : ℕ} : Even (m ^ n) ↔ Even m ∧ n ≠ 0 := by
  induction n with
  | zero => simp [Nat.even_iff]
  | succ n ih =>
    rw [Nat.pow_succ, Nat.even_mul, ih]
    constructor
    · rintro (h | h)
      · exact ⟨h.1, by omega⟩
      · exact ⟨h, by omega⟩
    · exact fun h => Or.inr h.1
theorem Nat.even_sub {m n : ℕ} (h : n ≤ m) : Even (m - n) ↔ (Even m ↔ Even n) := by
  rw [Nat.even_iff, Nat.even_iff, Nat.even_iff]; omega
theorem Int.even_add {m n : ℤ} : Even (m + n) ↔ (Even m ↔ Even n) := by
  rw [Int.even_iff, Int.even_iff, Int.even_iff]; omega
theorem Int.even_sub {m n : ℤ} : Even (m - n) ↔ (Even m ↔ Even n) := by
  rw [Int.even_iff, Int.even_iff, Int.even_iff]; omega
theorem Nat.odd_iff_not_even {n : ℕ} : Odd n ↔ ¬ Even n := by rw [Nat.odd_iff, Nat.even_iff]; omega
theorem Nat.even_iff_not_odd {n : ℕ} : Even n ↔ ¬ Odd n := by rw [Nat.odd_iff, Nat.even_iff]; omega
theorem Int.odd_iff_not_even {n : ℤ} : Odd n ↔ ¬ Even n := by rw [Int.odd_iff, Int.even_iff]; omega
theorem Int.even_iff_not_odd {n : ℤ} : Even n ↔ ¬ Odd n := by rw [Int.odd_iff, Int.even_iff]; omega

theorem Nat.prime_three' : Nat.Prime 3 := Nat.prime_three
theorem Nat.prime_dvd_prime_iff_eq {p q : ℕ} (hp : Nat.Prime p) (hq : Nat.Prime q) : p ∣ q ↔ p = q := by
  constructor
  · intro h
    rcases hq.eq_one_or_self_of_dvd p h with h | h
    · exact absurd h hp.ne_one
    · exact h
  · intro h; rw [h]; exact Nat.dvd_refl q
theorem Nat.Prime.odd_of_ne_two {p : ℕ} (hp : Nat.Prime p) (h : p ≠ 2) : Odd p := by
  rcases hp.eq_two_or_odd with h' | h'
  · exact absurd h' h
  · exact Nat.odd_iff.2 h'
theorem Nat.Prime.eq_two_or_odd' {p : ℕ} (hp : Nat.Prime p) : p = 2 ∨ Odd p := by
  rcases hp.eq_two_or_odd with h' | h'
  · exact Or.inl h'
  · exact Or.inr (Nat.odd_iff.2 h')
theorem Nat.Prime.dvd_mul' {p m n : ℕ} (hp : Nat.Prime p) (h : p ∣ m * n) : p ∣ m ∨ p ∣ n := hp.dvd_mul.1 h
theorem Nat.not_prime_one : ¬ Nat.Prime 1 := by decide
theorem Nat.not_prime_zero : ¬ Nat.Prime 0 := by decide
theorem Nat.coprime_primes {p q : ℕ} (hp : Nat.Prime p) (hq : Nat.Prime q) : Nat.Coprime p q ↔ p ≠ q := by
  rw [hp.coprime_iff_not_dvd, Nat.prime_dvd_prime_iff_eq hp hq]
theorem Nat.pow_le_pow_of_le_left {m n : ℕ} (h : m ≤ n) (i : ℕ) : m ^ i ≤ n ^ i := Nat.pow_le_pow_left h i
theorem Nat.pow_le_pow_of_le_right {n i j : ℕ} (h : n > 0) (h' : i ≤ j) : n ^ i ≤ n ^ j := Nat.pow_le_pow_right h h'
theorem Nat.pow_lt_pow_of_lt_left {m n : ℕ} (h : m < n) {i : ℕ} (hi : 0 < i) : m ^ i < n ^ i :=
  Nat.pow_lt_pow_left h (by omega)
theorem Nat.pow_lt_pow_of_lt_right {a m n : ℕ} (h : 1 < a) (h' : m < n) : a ^ m < a ^ n := Nat.pow_lt_pow_right h h'
theorem Nat.strong_induction_on {p : ℕ → Prop} (n : ℕ) (h : ∀ n, (∀ m, m < n → p m) → p n) : p n :=
  Nat.strongRecOn n h
theorem Nat.sub_add_comm' {n m k : ℕ} (h : k ≤ n) : n + m - k = n - k + m := by omega
theorem Nat.choose_symm_diff {n k : ℕ} : Nat.choose n k = Nat.choose n k := rfl
theorem Nat.succ_le_iff' {m n : ℕ} : m.succ ≤ n ↔ m < n := Iff.rfl
theorem Nat.lt_pow_self' {n b : ℕ} (h : 1 < b) : n < b ^ n := Nat.lt_pow_self h
theorem Nat.gcd_eq_left_iff {m n : ℕ} : m ∣ n ↔ Nat.gcd m n = m := ⟨Nat.gcd_eq_left, fun h => h ▸ Nat.gcd_dvd_right m n⟩
theorem Nat.two_le_iff (n : ℕ) : 2 ≤ n ↔ n ≠ 0 ∧ n ≠ 1 := by omega
theorem Nat.one_le_iff_ne_zero' {n : ℕ} : 1 ≤ n ↔ n ≠ 0 := by omega
theorem Nat.factorial_ne_zero (n : ℕ) : Nat.factorial n ≠ 0 := Nat.ne_of_gt (Nat.factorial_pos n)
@[simp] theorem Nat.factorial_one : Nat.factorial 1 = 1 := rfl
theorem Nat.factorial_two : Nat.factorial 2 = 2 := rfl
theorem Nat.mul_factorial_pred {n : ℕ} (h : 0 < n) : n * Nat.factorial (n - 1) = Nat.factorial n := by
  cases n with
  | zero => omega
  | succ n => rfl
theorem Nat.self_le_factorial (n : ℕ) : n ≤ Nat.factorial n := by
  cases n with
  | zero => decide
  | succ n => exact Nat.le_of_dvd (Nat.factorial_pos _) (Nat.dvd_factorial (by omega) (Nat.le_refl _))
theorem Nat.factorial_dvd_factorial {m n : ℕ} (h : m ≤ n) : Nat.factorial m ∣ Nat.factorial n := by
  induction n with
  | zero => have : m = 0 := by omega
            subst this; exact Nat.dvd_refl _
  | succ n ih =>
    by_cases e : m = n + 1
    · subst e; exact Nat.dvd_refl _
    · exact Nat.dvd_trans (ih (by omega)) ⟨n + 1, by rw [Nat.factorial_succ, Nat.mul_comm]⟩
theorem Nat.factorial_le {m n : ℕ} (h : m ≤ n) : Nat.factorial m ≤ Nat.factorial n :=
  Nat.le_of_dvd (Nat.factorial_pos n) (Nat.factorial_dvd_factorial h)

section Dvd

theorem dvd_refl_nat (a : ℕ) : a ∣ a := Nat.dvd_refl a

/-- Mathlib's laws of divisibility, for what is a commutative semiring with `Dvd` by products. -/
class LawfulDvd (α : Type u) [Mul α] [Dvd α] : Prop where
  /-- What divides has a cofactor. -/
  dvd_iff : ∀ {a b : α}, a ∣ b ↔ ∃ c, b = a * c

instance : LawfulDvd ℕ := ⟨Iff.rfl⟩
instance : LawfulDvd ℤ := ⟨Iff.rfl⟩

variable {α : Type u} [CommSemiring α] [Dvd α] [LawfulDvd α]

theorem dvd_def' {a b : α} : a ∣ b ↔ ∃ c, b = a * c := LawfulDvd.dvd_iff
theorem dvd_iff_exists_eq_mul_right {a b : α} : a ∣ b ↔ ∃ c, b = a * c := LawfulDvd.dvd_iff
theorem dvd_iff_exists_eq_mul_left {a b : α} : a ∣ b ↔ ∃ c, b = c * a :=
  LawfulDvd.dvd_iff.trans ⟨fun ⟨c, h⟩ => ⟨c, by rw [h, mul_comm]⟩, fun ⟨c, h⟩ => ⟨c, by rw [h, mul_comm]⟩⟩
theorem Dvd.intro {a b : α} (k : α) (h : a * k = b) : a ∣ b := LawfulDvd.dvd_iff.2 ⟨k, h.symm⟩
theorem Dvd.intro_left {a b : α} (k : α) (h : k * a = b) : a ∣ b := LawfulDvd.dvd_iff.2 ⟨k, by rw [← h, mul_comm]⟩
theorem exists_eq_mul_right_of_dvd {a b : α} (h : a ∣ b) : ∃ c, b = a * c := LawfulDvd.dvd_iff.1 h
theorem exists_eq_mul_left_of_dvd {a b : α} (h : a ∣ b) : ∃ c, b = c * a := dvd_iff_exists_eq_mul_left.1 h
@[refl, simp] theorem dvd_refl (a : α) : a ∣ a := Dvd.intro 1 (mul_one a)
theorem dvd_rfl {a : α} : a ∣ a := dvd_refl a
theorem dvd_trans {a b c : α} (h : a ∣ b) (h' : b ∣ c) : a ∣ c := by
  obtain ⟨x, rfl⟩ := LawfulDvd.dvd_iff.1 h
  obtain ⟨y, rfl⟩ := LawfulDvd.dvd_iff.1 h'
  exact Dvd.intro (x * y) (mul_assoc a x y).symm
theorem Dvd.dvd.trans {a b c : α} (h : a ∣ b) (h' : b ∣ c) : a ∣ c := dvd_trans h h'
@[simp] theorem dvd_zero (a : α) : a ∣ 0 := Dvd.intro 0 (mul_zero a)
@[simp] theorem one_dvd (a : α) : 1 ∣ a := Dvd.intro a (one_mul a)
@[simp] theorem dvd_mul_right (a b : α) : a ∣ a * b := Dvd.intro b rfl
@[simp] theorem dvd_mul_left (a b : α) : a ∣ b * a := Dvd.intro b (mul_comm a b)
theorem dvd_mul_of_dvd_left {a b : α} (h : a ∣ b) (c : α) : a ∣ b * c := dvd_trans h (dvd_mul_right b c)
theorem dvd_mul_of_dvd_right {a b : α} (h : a ∣ b) (c : α) : a ∣ c * b := dvd_trans h (dvd_mul_left b c)
theorem Dvd.dvd.mul_right {a b : α} (h : a ∣ b) (c : α) : a ∣ b * c := dvd_mul_of_dvd_left h c
theorem Dvd.dvd.mul_left {a b : α} (h : a ∣ b) (c : α) : a ∣ c * b := dvd_mul_of_dvd_right h c
theorem dvd_of_mul_right_dvd {a b c : α} (h : a * b ∣ c) : a ∣ c := dvd_trans (dvd_mul_right a b) h
theorem dvd_of_mul_left_dvd {a b c : α} (h : a * b ∣ c) : b ∣ c := dvd_trans (dvd_mul_left b a) h
theorem mul_dvd_mul {a b c d : α} (h : a ∣ b) (h' : c ∣ d) : a * c ∣ b * d := by
  obtain ⟨x, rfl⟩ := LawfulDvd.dvd_iff.1 h
  obtain ⟨y, rfl⟩ := LawfulDvd.dvd_iff.1 h'
  exact Dvd.intro (x * y) (mul_mul_mul_comm a c x y)
theorem mul_dvd_mul_left (a : α) {b c : α} (h : b ∣ c) : a * b ∣ a * c := mul_dvd_mul (dvd_refl a) h
theorem mul_dvd_mul_right {a b : α} (h : a ∣ b) (c : α) : a * c ∣ b * c := mul_dvd_mul h (dvd_refl c)
theorem dvd_add {a b c : α} (h : a ∣ b) (h' : a ∣ c) : a ∣ b + c := by
  obtain ⟨x, rfl⟩ := LawfulDvd.dvd_iff.1 h
  obtain ⟨y, rfl⟩ := LawfulDvd.dvd_iff.1 h'
  exact Dvd.intro (x + y) (mul_add a x y)
theorem dvd_pow {a b : α} (h : a ∣ b) {n : ℕ} (hn : n ≠ 0) : a ∣ b ^ n := by
  cases n with
  | zero => exact absurd rfl hn
  | succ n => rw [pow_succ]; exact dvd_mul_of_dvd_right h _
theorem dvd_pow_self (a : α) {n : ℕ} (hn : n ≠ 0) : a ∣ a ^ n := dvd_pow (dvd_refl a) hn
theorem pow_dvd_pow (a : α) {m n : ℕ} (h : m ≤ n) : a ^ m ∣ a ^ n := by
  obtain ⟨k, rfl⟩ := Nat.le.dest h
  rw [pow_add]; exact dvd_mul_right _ _
theorem pow_dvd_pow_of_dvd {a b : α} (h : a ∣ b) (n : ℕ) : a ^ n ∣ b ^ n := by
  obtain ⟨x, rfl⟩ := LawfulDvd.dvd_iff.1 h
  rw [mul_pow]; exact dvd_mul_right _ _
theorem zero_dvd_iff {a : α} : 0 ∣ a ↔ a = 0 :=
  ⟨fun h => by obtain ⟨x, rfl⟩ := LawfulDvd.dvd_iff.1 h; exact zero_mul x, fun h => by rw [h]⟩
theorem eq_zero_of_zero_dvd {a : α} (h : 0 ∣ a) : a = 0 := zero_dvd_iff.1 h

end Dvd

theorem dvd_sub {a b c : ℤ} (h : a ∣ b) (h' : a ∣ c) : a ∣ b - c := Int.dvd_sub h h'
theorem dvd_sub' {a b c : ℕ} (h : a ∣ b) (h' : a ∣ c) : a ∣ b - c := Nat.dvd_sub h h'
theorem dvd_neg {a b : ℤ} : a ∣ -b ↔ a ∣ b := Int.dvd_neg
theorem Nat.Coprime.pow' {m n : ℕ} (a b : ℕ) (h : Nat.Coprime m n) : Nat.Coprime (m ^ a) (n ^ b) := Nat.Coprime.pow a b h
theorem Nat.dvd_sub_mod' (k n : ℕ) : n ∣ k - k % n := ⟨k / n, by have := Nat.mod_add_div k n; omega⟩
