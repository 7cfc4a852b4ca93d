module

public import ProverArb.Mathlib.Algebra
public import ProverArb.Mathlib.Logic

/-!
Ordered commutative semirings under Mathlib's names: what holds of ℕ, ℤ, ℚ and the reals alike.
-/

@[expose] public section

set_option autoImplicit false
set_option linter.unusedSectionVars false
set_option linter.unusedVariables false

universe u

open Lean.Grind ProverArb

section OrderedSemiring
variable {R : Type u} [CommSemiring R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedSemiring R]

theorem add_le_add_left {b c : R} (h : b ≤ c) (a : R) : a + b ≤ a + c := OrderedSemiring.add_le_add_left h a
theorem add_le_add_right {b c : R} (h : b ≤ c) (a : R) : b + a ≤ c + a := by
  rw [add_comm b a, add_comm c a]; exact add_le_add_left h a
/-- Over ℕ `add_le_add` is `Nat.add_le_add`, which the profile opens; `Ordered` has it for rings. -/
theorem ProverArb.sums_le {a b c d : R} (h : a ≤ b) (h' : c ≤ d) : a + c ≤ b + d :=
  le_trans (add_le_add_right h c) (add_le_add_left h' b)
theorem le_of_add_le_add_left {a b c : R} (h : a + b ≤ a + c) : b ≤ c := OrderedSemiring.le_of_add_le_add_left h
theorem le_of_add_le_add_right {a b c : R} (h : b + a ≤ c + a) : b ≤ c := by
  rw [add_comm b a, add_comm c a] at h; exact le_of_add_le_add_left h
theorem add_lt_add_left {b c : R} (h : b < c) (a : R) : a + b < a + c :=
  lt_of_not_ge fun h' => not_le_of_gt h (le_of_add_le_add_left h')
theorem add_lt_add_right {b c : R} (h : b < c) (a : R) : b + a < c + a :=
  lt_of_not_ge fun h' => not_le_of_gt h (le_of_add_le_add_right h')
theorem lt_of_add_lt_add_left {a b c : R} (h : a + b < a + c) : b < c :=
  lt_of_not_ge fun h' => not_le_of_gt h (add_le_add_left h' a)
theorem lt_of_add_lt_add_right {a b c : R} (h : b + a < c + a) : b < c :=
  lt_of_not_ge fun h' => not_le_of_gt h (add_le_add_right h' a)
theorem add_lt_add_of_lt_of_le {a b c d : R} (h : a < b) (h' : c ≤ d) : a + c < b + d :=
  lt_of_lt_of_le (add_lt_add_right h c) (add_le_add_left h' b)
theorem add_lt_add_of_le_of_lt {a b c d : R} (h : a ≤ b) (h' : c < d) : a + c < b + d :=
  lt_of_le_of_lt (add_le_add_right h c) (add_lt_add_left h' b)
theorem ProverArb.sums_lt {a b c d : R} (h : a < b) (h' : c < d) : a + c < b + d :=
  add_lt_add_of_lt_of_le h (le_of_lt h')
theorem add_nonneg {a b : R} (h : 0 ≤ a) (h' : 0 ≤ b) : 0 ≤ a + b := by
  have := ProverArb.sums_le h h'; rwa [add_zero] at this
theorem add_pos_of_pos_of_nonneg {a b : R} (h : 0 < a) (h' : 0 ≤ b) : 0 < a + b := by
  have := add_lt_add_of_lt_of_le h h'; rwa [add_zero] at this
theorem add_pos_of_nonneg_of_pos {a b : R} (h : 0 ≤ a) (h' : 0 < b) : 0 < a + b := by
  have := add_lt_add_of_le_of_lt h h'; rwa [add_zero] at this
theorem add_pos {a b : R} (h : 0 < a) (h' : 0 < b) : 0 < a + b := add_pos_of_pos_of_nonneg h (le_of_lt h')
theorem add_pos' {a b : R} (h : 0 < a) (h' : 0 < b) : 0 < a + b := add_pos h h'
theorem le_add_of_nonneg_right {a b : R} (h : 0 ≤ b) : a ≤ a + b := by
  have := add_le_add_left h a; rwa [add_zero] at this
theorem le_add_of_nonneg_left {a b : R} (h : 0 ≤ b) : a ≤ b + a := by
  rw [add_comm]; exact le_add_of_nonneg_right h
theorem lt_add_of_pos_right (a : R) {b : R} (h : 0 < b) : a < a + b := by
  have := add_lt_add_left h a; rwa [add_zero] at this
theorem lt_add_of_pos_left (a : R) {b : R} (h : 0 < b) : a < b + a := by
  rw [add_comm]; exact lt_add_of_pos_right a h

theorem mul_le_mul {a b c d : R} (h : a ≤ b) (h' : c ≤ d) (hc : 0 ≤ c) (hb : 0 ≤ b) : a * c ≤ b * d :=
  le_trans (mul_le_mul_of_nonneg_right h hc) (mul_le_mul_of_nonneg_left h' hb)
theorem mul_lt_mul {a b c d : R} (h : a < c) (h' : b ≤ d) (hb : 0 < b) (hc : 0 ≤ c) : a * b < c * d :=
  lt_of_lt_of_le (mul_lt_mul_of_pos_right h hb) (mul_le_mul_of_nonneg_left h' hc)
theorem mul_lt_mul' {a b c d : R} (h : a ≤ c) (h' : b < d) (hb : 0 ≤ b) (hc : 0 < c) : a * b < c * d :=
  lt_of_le_of_lt (mul_le_mul_of_nonneg_right h hb) (mul_lt_mul_of_pos_left h' hc)
theorem mul_lt_mul'' {a b c d : R} (h : a < c) (h' : b < d) (ha : 0 ≤ a) (hb : 0 ≤ b) : a * b < c * d :=
  lt_of_le_of_lt (mul_le_mul_of_nonneg_right (le_of_lt h) hb) (mul_lt_mul_of_pos_left h' (lt_of_le_of_lt ha h))
theorem lt_of_mul_lt_mul_left {a b c : R} (h : a * b < a * c) (ha : 0 ≤ a) : b < c :=
  lt_of_not_ge fun h' => not_le_of_gt h (mul_le_mul_of_nonneg_left h' ha)
theorem lt_of_mul_lt_mul_right {a b c : R} (h : b * a < c * a) (ha : 0 ≤ a) : b < c :=
  lt_of_not_ge fun h' => not_le_of_gt h (mul_le_mul_of_nonneg_right h' ha)
theorem le_of_mul_le_mul_left {a b c : R} (h : c * a ≤ c * b) (hc : 0 < c) : a ≤ b :=
  le_of_not_gt fun h' => not_le_of_gt (mul_lt_mul_of_pos_left h' hc) h
theorem le_of_mul_le_mul_right {a b c : R} (h : a * c ≤ b * c) (hc : 0 < c) : a ≤ b :=
  le_of_not_gt fun h' => not_le_of_gt (mul_lt_mul_of_pos_right h' hc) h
theorem pos_of_mul_pos_left {a b : R} (h : 0 < a * b) (ha : 0 ≤ a) : 0 < b :=
  lt_of_mul_lt_mul_left (a := a) (by rw [mul_zero]; exact h) ha
theorem pos_of_mul_pos_right {a b : R} (h : 0 < a * b) (hb : 0 ≤ b) : 0 < a :=
  pos_of_mul_pos_left (a := b) (by rw [mul_comm]; exact h) hb
theorem le_mul_of_one_le_right {a b : R} (hb : 0 ≤ b) (h : 1 ≤ a) : b ≤ b * a := by
  have := mul_le_mul_of_nonneg_left h hb; rwa [mul_one] at this
theorem le_mul_of_one_le_left {a b : R} (hb : 0 ≤ b) (h : 1 ≤ a) : b ≤ a * b := by
  rw [mul_comm]; exact le_mul_of_one_le_right hb h
theorem mul_le_of_le_one_right {a b : R} (ha : 0 ≤ a) (h : b ≤ 1) : a * b ≤ a := by
  have := mul_le_mul_of_nonneg_left h ha; rwa [mul_one] at this
theorem mul_le_of_le_one_left {a b : R} (hb : 0 ≤ b) (h : a ≤ 1) : a * b ≤ b := by
  rw [mul_comm]; exact mul_le_of_le_one_right hb h
theorem lt_mul_of_one_lt_right {a b : R} (hb : 0 < b) (h : 1 < a) : b < b * a := by
  have := mul_lt_mul_of_pos_left h hb; rwa [mul_one] at this
theorem lt_mul_of_one_lt_left {a b : R} (hb : 0 < b) (h : 1 < a) : b < a * b := by
  rw [mul_comm]; exact lt_mul_of_one_lt_right hb h
theorem mul_lt_of_lt_one_right {a b : R} (ha : 0 < a) (h : b < 1) : a * b < a := by
  have := mul_lt_mul_of_pos_left h ha; rwa [mul_one] at this
theorem mul_lt_of_lt_one_left {a b : R} (hb : 0 < b) (h : a < 1) : a * b < b := by
  rw [mul_comm]; exact mul_lt_of_lt_one_right hb h
theorem mul_le_one₀ {a b : R} (ha : a ≤ 1) (hb0 : 0 ≤ b) (hb : b ≤ 1) : a * b ≤ 1 :=
  le_trans (mul_le_of_le_one_left hb0 ha) hb
theorem one_le_mul_of_one_le_of_one_le {a b : R} (ha : 1 ≤ a) (hb : 1 ≤ b) : 1 ≤ a * b :=
  le_trans ha (le_mul_of_one_le_right (le_trans (le_of_lt OrderedSemiring.zero_lt_one) ha) hb)
theorem one_lt_mul_of_lt_of_le {a b : R} (ha : 1 < a) (hb : 1 ≤ b) : 1 < a * b :=
  lt_of_lt_of_le ha (le_mul_of_one_le_right (le_trans (le_of_lt OrderedSemiring.zero_lt_one) (le_of_lt ha)) hb)
theorem one_lt_mul_of_le_of_lt {a b : R} (ha : 1 ≤ a) (hb : 1 < b) : 1 < a * b := by
  rw [mul_comm]; exact one_lt_mul_of_lt_of_le hb ha

theorem pow_two_nonneg (a : R) : 0 ≤ a ^ 2 := sq_nonneg a
theorem sq_pos_of_pos {a : R} (h : 0 < a) : 0 < a ^ 2 := pow_pos h 2
theorem pow_pos_of_pos {a : R} (h : 0 < a) (n : ℕ) : 0 < a ^ n := pow_pos h n
theorem pow_le_pow_left₀ {a b : R} (ha : 0 ≤ a) (h : a ≤ b) (n : ℕ) : a ^ n ≤ b ^ n := by
  induction n with
  | zero => rw [pow_zero, pow_zero]
  | succ n ih =>
    rw [pow_succ, pow_succ]
    exact mul_le_mul ih h ha (pow_nonneg (le_trans ha h) n)
theorem pow_le_pow_left {a b : R} (ha : 0 ≤ a) (h : a ≤ b) (n : ℕ) : a ^ n ≤ b ^ n := pow_le_pow_left₀ ha h n
theorem pow_lt_pow_left₀ {a b : R} (h : a < b) (ha : 0 ≤ a) {n : ℕ} (hn : n ≠ 0) : a ^ n < b ^ n := by
  cases n with
  | zero => exact absurd rfl hn
  | succ n =>
    rw [pow_succ, pow_succ]
    exact mul_lt_mul' (pow_le_pow_left₀ ha (le_of_lt h) n) h ha (pow_pos (lt_of_le_of_lt ha h) n)
theorem pow_lt_pow_left {a b : R} (h : a < b) (ha : 0 ≤ a) {n : ℕ} (hn : n ≠ 0) : a ^ n < b ^ n :=
  pow_lt_pow_left₀ h ha hn
theorem one_le_pow₀ {a : R} (h : 1 ≤ a) {n : ℕ} : 1 ≤ a ^ n := by
  have := pow_le_pow_left₀ (le_of_lt OrderedSemiring.zero_lt_one) h n; rwa [one_pow] at this
theorem pow_le_one₀ {a : R} (h0 : 0 ≤ a) (h : a ≤ 1) {n : ℕ} : a ^ n ≤ 1 := by
  have := pow_le_pow_left₀ h0 h n; rwa [one_pow] at this
theorem one_lt_pow₀ {a : R} (h : 1 < a) {n : ℕ} (hn : n ≠ 0) : 1 < a ^ n := by
  have := pow_lt_pow_left₀ h (le_of_lt OrderedSemiring.zero_lt_one) hn; rwa [one_pow] at this
theorem pow_lt_one₀ {a : R} (h0 : 0 ≤ a) (h : a < 1) {n : ℕ} (hn : n ≠ 0) : a ^ n < 1 := by
  have := pow_lt_pow_left₀ h h0 hn; rwa [one_pow] at this
theorem pow_le_pow_right₀ {a : R} (h : 1 ≤ a) {m n : ℕ} (hmn : m ≤ n) : a ^ m ≤ a ^ n := by
  obtain ⟨k, rfl⟩ := Nat.le.dest hmn
  rw [pow_add]
  exact le_mul_of_one_le_right (pow_nonneg (le_trans (le_of_lt OrderedSemiring.zero_lt_one) h) m) (one_le_pow₀ h)
theorem pow_le_pow_right {a : R} (h : 1 ≤ a) {m n : ℕ} (hmn : m ≤ n) : a ^ m ≤ a ^ n := pow_le_pow_right₀ h hmn
theorem pow_le_pow {a b : R} {m n : ℕ} (ha : 1 ≤ b) (h : a ≤ b) (h0 : 0 ≤ a) (hmn : m ≤ n) : a ^ m ≤ b ^ n :=
  le_trans (pow_le_pow_left₀ h0 h m) (pow_le_pow_right₀ ha hmn)
theorem pow_lt_pow_right₀ {a : R} (h : 1 < a) {m n : ℕ} (hmn : m < n) : a ^ m < a ^ n := by
  obtain ⟨k, rfl⟩ := Nat.le.dest hmn
  rw [Nat.succ_add, ← Nat.add_succ, pow_add]
  exact lt_mul_of_one_lt_right (pow_pos (lt_trans OrderedSemiring.zero_lt_one h) m) (one_lt_pow₀ h (Nat.succ_ne_zero k))
theorem pow_le_of_le_one {a : R} (h0 : 0 ≤ a) (h : a ≤ 1) {n : ℕ} (hn : n ≠ 0) : a ^ n ≤ a := by
  cases n with
  | zero => exact absurd rfl hn
  | succ n => rw [pow_succ]; exact mul_le_of_le_one_left h0 (pow_le_one₀ h0 h)
theorem pow_le_pow_of_le_one {a : R} (h0 : 0 ≤ a) (h : a ≤ 1) {m n : ℕ} (hmn : m ≤ n) : a ^ n ≤ a ^ m := by
  obtain ⟨k, rfl⟩ := Nat.le.dest hmn
  rw [pow_add]; exact mul_le_of_le_one_right (pow_nonneg h0 m) (pow_le_one₀ h0 h)
theorem lt_of_pow_lt_pow_left₀ {a b : R} (n : ℕ) (hb : 0 ≤ b) (h : a ^ n < b ^ n) : a < b :=
  lt_of_not_ge fun h' => not_le_of_gt h (pow_le_pow_left₀ hb h' n)
theorem lt_of_pow_lt_pow {a b : R} (n : ℕ) (hb : 0 ≤ b) (h : a ^ n < b ^ n) : a < b := lt_of_pow_lt_pow_left₀ n hb h
theorem abs_sq_lt {a b : R} (h : a ^ 2 < b ^ 2) (hb : 0 ≤ b) : a < b := lt_of_pow_lt_pow_left₀ 2 hb h
theorem le_of_pow_le_pow_left₀ {a b : R} {n : ℕ} (hn : n ≠ 0) (hb : 0 ≤ b) (h : a ^ n ≤ b ^ n) : a ≤ b :=
  le_of_not_gt fun h' => not_le_of_gt (pow_lt_pow_left₀ h' hb hn) h
theorem le_of_pow_le_pow_left {a b : R} {n : ℕ} (hn : n ≠ 0) (hb : 0 ≤ b) (h : a ^ n ≤ b ^ n) : a ≤ b :=
  le_of_pow_le_pow_left₀ hn hb h
theorem le_of_sq_le_sq {a b : R} (h : a ^ 2 ≤ b ^ 2) (hb : 0 ≤ b) : a ≤ b := le_of_pow_le_pow_left₀ (by decide) hb h
theorem pow_le_pow_iff_left₀ {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) {n : ℕ} (hn : n ≠ 0) : a ^ n ≤ b ^ n ↔ a ≤ b :=
  ⟨le_of_pow_le_pow_left₀ hn hb, fun h => pow_le_pow_left₀ ha h n⟩
theorem pow_lt_pow_iff_left₀ {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) {n : ℕ} (hn : n ≠ 0) : a ^ n < b ^ n ↔ a < b :=
  ⟨lt_of_pow_lt_pow_left₀ n hb, fun h => pow_lt_pow_left₀ h ha hn⟩
theorem pow_le_pow_iff_right₀ {a : R} (h : 1 < a) {m n : ℕ} : a ^ m ≤ a ^ n ↔ m ≤ n :=
  ⟨fun h' => Nat.le_of_not_lt fun h'' => not_le_of_gt (pow_lt_pow_right₀ h h'') h',
   pow_le_pow_right₀ (le_of_lt h)⟩
theorem pow_lt_pow_iff_right₀ {a : R} (h : 1 < a) {m n : ℕ} : a ^ m < a ^ n ↔ m < n :=
  ⟨fun h' => Nat.lt_of_not_le fun h'' => not_lt_of_ge (pow_le_pow_right₀ (le_of_lt h) h'') h',
   pow_lt_pow_right₀ h⟩
theorem pow_right_injective₀ {a : R} (h : 1 < a) {m n : ℕ} (h' : a ^ m = a ^ n) : m = n :=
  Nat.le_antisymm ((pow_le_pow_iff_right₀ h).1 (le_of_eq h')) ((pow_le_pow_iff_right₀ h).1 (le_of_eq h'.symm))
theorem pow_left_injective₀ {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) {n : ℕ} (hn : n ≠ 0) (h : a ^ n = b ^ n) : a = b :=
  le_antisymm (le_of_pow_le_pow_left₀ hn hb (le_of_eq h)) (le_of_pow_le_pow_left₀ hn ha (le_of_eq h.symm))
theorem pow_left_inj₀ {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) {n : ℕ} (hn : n ≠ 0) : a ^ n = b ^ n ↔ a = b :=
  ⟨pow_left_injective₀ ha hb hn, fun h => by rw [h]⟩
theorem pow_left_inj {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) {n : ℕ} (hn : n ≠ 0) : a ^ n = b ^ n ↔ a = b := pow_left_inj₀ ha hb hn
theorem sq_eq_sq' {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : a ^ 2 = b ^ 2 ↔ a = b := pow_left_inj₀ ha hb (by decide)
theorem sq_eq_sq {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : a ^ 2 = b ^ 2 ↔ a = b := pow_left_inj₀ ha hb (by decide)
theorem sq_eq_sq₀ {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : a ^ 2 = b ^ 2 ↔ a = b := pow_left_inj₀ ha hb (by decide)
theorem mul_self_inj {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : a * a = b * b ↔ a = b := by
  rw [← pow_two, ← pow_two, sq_eq_sq ha hb]
theorem sq_lt_sq₀ {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : a ^ 2 < b ^ 2 ↔ a < b := pow_lt_pow_iff_left₀ ha hb (by decide)
theorem sq_le_sq₀ {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : a ^ 2 ≤ b ^ 2 ↔ a ≤ b := pow_le_pow_iff_left₀ ha hb (by decide)

end OrderedSemiring
