module

public import ProverArb.Mathlib.Domain
public import ProverArb.Mathlib.Logic
public import ProverArb.Mathlib.Linear
public import ProverArb.Mathlib.Semiring

/-!
Ordered rings and fields under Mathlib's names.
-/

@[expose] public section

set_option autoImplicit false
set_option linter.unusedSectionVars false
set_option linter.unusedVariables false

universe u

open Lean.Grind

section OrderedRing
variable {R : Type u} [CommRing R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R]

instance (priority := 40) ordered_noZeroDivisors : NoZeroDivisors R := ⟨fun {a b} h => by
  apply Classical.byContradiction
  intro hn
  have ha : a ≠ 0 := by grind
  have hb : b ≠ 0 := by grind
  rcases lt_or_gt_of_ne ha with ha | ha <;> rcases lt_or_gt_of_ne hb with hb | hb
  · have := mul_pos (show 0 < -a by grind) (show 0 < -b by grind); grind
  · have := mul_pos (show 0 < -a by grind) hb; grind
  · have := mul_pos ha (show 0 < -b by grind); grind
  · have := mul_pos ha hb; grind⟩
instance (priority := 40) ordered_zeroNeOne : ZeroNeOne R := ⟨by grind⟩

@[simp] theorem zero_lt_one : (0 : R) < 1 := by grind
@[simp] theorem zero_le_one : (0 : R) ≤ 1 := by grind
theorem one_pos : (0 : R) < 1 := by grind
@[simp] theorem zero_lt_two : (0 : R) < 2 := by grind
theorem two_pos : (0 : R) < 2 := by grind
theorem zero_le_two : (0 : R) ≤ 2 := by grind
theorem three_pos : (0 : R) < 3 := by grind
theorem zero_lt_three : (0 : R) < 3 := by grind
theorem four_pos : (0 : R) < 4 := by grind
theorem zero_lt_four : (0 : R) < 4 := by grind
theorem one_lt_two : (1 : R) < 2 := by grind
theorem one_le_two : (1 : R) ≤ 2 := by grind
theorem two_ne_zero : (2 : R) ≠ 0 := by grind
theorem three_ne_zero : (3 : R) ≠ 0 := by grind
theorem four_ne_zero : (4 : R) ≠ 0 := by grind

theorem add_le_add_iff_left (a : R) {b c : R} : a + b ≤ a + c ↔ b ≤ c := by grind
theorem add_le_add_iff_right (a : R) {b c : R} : b + a ≤ c + a ↔ b ≤ c := by grind
theorem add_lt_add_iff_left (a : R) {b c : R} : a + b < a + c ↔ b < c := by grind
theorem add_lt_add_iff_right (a : R) {b c : R} : b + a < c + a ↔ b < c := by grind
theorem add_nonpos {a b : R} (h : a ≤ 0) (h' : b ≤ 0) : a + b ≤ 0 := by grind
theorem add_neg_of_neg {a b : R} (h : a < 0) (h' : b < 0) : a + b < 0 := by grind
theorem add_le_add {a b c d : R} (h : a ≤ b) (h' : c ≤ d) : a + c ≤ b + d := ProverArb.sums_le h h'
theorem add_lt_add {a b c d : R} (h : a < b) (h' : c < d) : a + c < b + d := ProverArb.sums_lt h h'
theorem le_add_iff_nonneg_right (a : R) {b : R} : a ≤ a + b ↔ 0 ≤ b := by grind
theorem le_add_iff_nonneg_left (a : R) {b : R} : a ≤ b + a ↔ 0 ≤ b := by grind
theorem lt_add_iff_pos_right (a : R) {b : R} : a < a + b ↔ 0 < b := by grind
theorem lt_add_iff_pos_left (a : R) {b : R} : a < b + a ↔ 0 < b := by grind
theorem add_le_iff_nonpos_right (a : R) {b : R} : a + b ≤ a ↔ b ≤ 0 := by grind
theorem add_le_iff_nonpos_left (a : R) {b : R} : b + a ≤ a ↔ b ≤ 0 := by grind
theorem add_lt_iff_neg_left {a b : R} : a + b < a ↔ b < 0 := by grind
theorem add_lt_iff_neg_right {a b : R} : b + a < a ↔ b < 0 := by grind
theorem lt_add_one (a : R) : a < a + 1 := by grind
theorem sub_one_lt (a : R) : a - 1 < a := by grind
theorem sub_nonneg {a b : R} : 0 ≤ a - b ↔ b ≤ a := by grind
theorem sub_pos {a b : R} : 0 < a - b ↔ b < a := by grind
theorem sub_nonpos {a b : R} : a - b ≤ 0 ↔ a ≤ b := by grind
theorem sub_neg {a b : R} : a - b < 0 ↔ a < b := by grind
theorem sub_lt_zero {a b : R} : a - b < 0 ↔ a < b := by grind
theorem sub_nonneg_of_le {a b : R} (h : b ≤ a) : 0 ≤ a - b := by grind
theorem sub_pos_of_lt {a b : R} (h : b < a) : 0 < a - b := by grind
theorem le_of_sub_nonneg {a b : R} (h : 0 ≤ a - b) : b ≤ a := by grind
theorem lt_of_sub_pos {a b : R} (h : 0 < a - b) : b < a := by grind
theorem le_of_sub_nonpos {a b : R} (h : a - b ≤ 0) : a ≤ b := by grind
theorem lt_of_sub_neg {a b : R} (h : a - b < 0) : a < b := by grind
theorem sub_le_sub {a b c d : R} (h : a ≤ b) (h' : c ≤ d) : a - d ≤ b - c := by grind
theorem sub_lt_sub {a b c d : R} (h : a < b) (h' : c < d) : a - d < b - c := by grind
theorem sub_le_sub_left {a b : R} (h : a ≤ b) (c : R) : c - b ≤ c - a := by grind
theorem sub_le_sub_right {a b : R} (h : a ≤ b) (c : R) : a - c ≤ b - c := by grind
theorem sub_lt_sub_left {a b : R} (h : a < b) (c : R) : c - b < c - a := by grind
theorem sub_lt_sub_right {a b : R} (h : a < b) (c : R) : a - c < b - c := by grind
theorem sub_le_sub_iff_left (a : R) {b c : R} : a - b ≤ a - c ↔ c ≤ b := by grind
theorem sub_le_sub_iff_right {a b : R} (c : R) : a - c ≤ b - c ↔ a ≤ b := by grind
theorem sub_le_iff_le_add {a b c : R} : a - c ≤ b ↔ a ≤ b + c := by grind
theorem sub_le_iff_le_add' {a b c : R} : a - b ≤ c ↔ a ≤ b + c := by grind
theorem le_sub_iff_add_le {a b c : R} : a ≤ c - b ↔ a + b ≤ c := by grind
theorem le_sub_iff_add_le' {a b c : R} : b ≤ c - a ↔ a + b ≤ c := by grind
theorem sub_lt_iff_lt_add {a b c : R} : a - c < b ↔ a < b + c := by grind
theorem sub_lt_iff_lt_add' {a b c : R} : a - b < c ↔ a < b + c := by grind
theorem lt_sub_iff_add_lt {a b c : R} : a < c - b ↔ a + b < c := by grind
theorem lt_sub_iff_add_lt' {a b c : R} : b < c - a ↔ a + b < c := by grind
theorem sub_le_self (a : R) {b : R} (h : 0 ≤ b) : a - b ≤ a := by grind
theorem sub_lt_self (a : R) {b : R} (h : 0 < b) : a - b < a := by grind
theorem sub_le_self_iff (a : R) {b : R} : a - b ≤ a ↔ 0 ≤ b := by grind
theorem sub_lt_self_iff (a : R) {b : R} : a - b < a ↔ 0 < b := by grind
theorem sub_le_comm {a b c : R} : a - b ≤ c ↔ a - c ≤ b := by grind
theorem le_sub_comm {a b c : R} : a ≤ b - c ↔ c ≤ b - a := by grind
@[simp] theorem neg_le_neg_iff {a b : R} : -a ≤ -b ↔ b ≤ a := by grind
@[simp] theorem neg_lt_neg_iff {a b : R} : -a < -b ↔ b < a := by grind
theorem neg_le_neg {a b : R} (h : a ≤ b) : -b ≤ -a := by grind
theorem neg_lt_neg {a b : R} (h : a < b) : -b < -a := by grind
@[simp] theorem neg_nonneg {a : R} : 0 ≤ -a ↔ a ≤ 0 := by grind
@[simp] theorem neg_nonpos {a : R} : -a ≤ 0 ↔ 0 ≤ a := by grind
theorem neg_pos {a : R} : 0 < -a ↔ a < 0 := by grind
theorem neg_lt_zero {a : R} : -a < 0 ↔ 0 < a := by grind
theorem neg_neg_iff_pos {a : R} : -a < 0 ↔ 0 < a := by grind
theorem neg_pos_of_neg {a : R} (h : a < 0) : 0 < -a := by grind
theorem neg_nonneg_of_nonpos {a : R} (h : a ≤ 0) : 0 ≤ -a := by grind
theorem neg_nonpos_of_nonneg {a : R} (h : 0 ≤ a) : -a ≤ 0 := by grind
theorem neg_le {a b : R} : -a ≤ b ↔ -b ≤ a := by grind
theorem neg_lt {a b : R} : -a < b ↔ -b < a := by grind
theorem le_neg {a b : R} : a ≤ -b ↔ b ≤ -a := by grind
theorem lt_neg {a b : R} : a < -b ↔ b < -a := by grind
theorem neg_le_self {a : R} (h : 0 ≤ a) : -a ≤ a := by grind
theorem neg_lt_iff_pos_add {a b : R} : -a < b ↔ 0 < a + b := by grind
theorem neg_lt_iff_pos_add' {a b : R} : -a < b ↔ 0 < b + a := by grind
theorem neg_le_iff_add_nonneg {a b : R} : -a ≤ b ↔ 0 ≤ a + b := by grind
theorem neg_le_iff_add_nonneg' {a b : R} : -a ≤ b ↔ 0 ≤ b + a := by grind
theorem add_nonneg_iff {a b : R} (h : 0 ≤ a) (h' : 0 ≤ b) : a + b = 0 ↔ a = 0 ∧ b = 0 := by grind
theorem add_eq_zero_iff_of_nonneg {a b : R} (h : 0 ≤ a) (h' : 0 ≤ b) : a + b = 0 ↔ a = 0 ∧ b = 0 := by grind

theorem mul_le_mul_left' {a b c : R} (ha : 0 < a) : a * b ≤ a * c ↔ b ≤ c := by
  constructor
  · intro h
    apply Classical.byContradiction
    intro hn
    have := mul_pos ha (show 0 < b - c by grind)
    grind
  · exact fun h => mul_le_mul_of_nonneg_left h (le_of_lt ha)
theorem mul_le_mul_iff_right₀ {a b c : R} (ha : 0 < a) : a * b ≤ a * c ↔ b ≤ c := mul_le_mul_left' ha
theorem mul_le_mul_left {a b c : R} (ha : 0 < a) : a * b ≤ a * c ↔ b ≤ c := mul_le_mul_left' ha
theorem mul_le_mul_right {a b c : R} (hc : 0 < c) : a * c ≤ b * c ↔ a ≤ b := by
  rw [mul_comm a c, mul_comm b c, mul_le_mul_left' hc]
theorem mul_lt_mul_left {a b c : R} (ha : 0 < a) : a * b < a * c ↔ b < c := by
  have := mul_le_mul_left' ha (b := c) (c := b); grind
theorem mul_lt_mul_right {a b c : R} (hc : 0 < c) : a * c < b * c ↔ a < b := by
  rw [mul_comm a c, mul_comm b c, mul_lt_mul_left hc]
theorem mul_le_mul_of_nonpos_left {a b c : R} (h : b ≤ a) (hc : c ≤ 0) : c * a ≤ c * b := by
  have := mul_nonneg (show 0 ≤ -c by grind) (show 0 ≤ a - b by grind); grind
theorem mul_le_mul_of_nonpos_right {a b c : R} (h : b ≤ a) (hc : c ≤ 0) : a * c ≤ b * c := by
  have := mul_nonneg (show 0 ≤ -c by grind) (show 0 ≤ a - b by grind); grind
theorem mul_lt_mul_of_neg_left {a b c : R} (h : b < a) (hc : c < 0) : c * a < c * b := by
  have := mul_pos (show 0 < -c by grind) (show 0 < a - b by grind); grind
theorem mul_lt_mul_of_neg_right {a b c : R} (h : b < a) (hc : c < 0) : a * c < b * c := by
  have := mul_pos (show 0 < -c by grind) (show 0 < a - b by grind); grind
theorem mul_nonneg_of_nonpos_of_nonpos {a b : R} (ha : a ≤ 0) (hb : b ≤ 0) : 0 ≤ a * b := by
  have := mul_nonneg (show 0 ≤ -a by grind) (show 0 ≤ -b by grind); grind
theorem mul_nonneg_of_neg_of_neg {a b : R} (ha : a ≤ 0) (hb : b ≤ 0) : 0 ≤ a * b := mul_nonneg_of_nonpos_of_nonpos ha hb
theorem mul_pos_of_neg_of_neg {a b : R} (ha : a < 0) (hb : b < 0) : 0 < a * b := by
  have := mul_pos (show 0 < -a by grind) (show 0 < -b by grind); grind
theorem mul_nonpos_of_nonneg_of_nonpos {a b : R} (ha : 0 ≤ a) (hb : b ≤ 0) : a * b ≤ 0 := by
  have := mul_nonneg ha (show 0 ≤ -b by grind); grind
theorem mul_nonpos_of_nonpos_of_nonneg {a b : R} (ha : a ≤ 0) (hb : 0 ≤ b) : a * b ≤ 0 := by
  have := mul_nonneg (show 0 ≤ -a by grind) hb; grind
theorem mul_nonpos_iff_of {a b : R} (ha : 0 ≤ a) (hb : b ≤ 0) : a * b ≤ 0 := mul_nonpos_of_nonneg_of_nonpos ha hb
theorem mul_neg_of_pos_of_neg {a b : R} (ha : 0 < a) (hb : b < 0) : a * b < 0 := by
  have := mul_pos ha (show 0 < -b by grind); grind
theorem mul_neg_of_neg_of_pos {a b : R} (ha : a < 0) (hb : 0 < b) : a * b < 0 := by
  have := mul_pos (show 0 < -a by grind) hb; grind
theorem mul_pos_iff {a b : R} : 0 < a * b ↔ 0 < a ∧ 0 < b ∨ a < 0 ∧ b < 0 := by
  constructor
  · intro h
    rcases lt_trichotomy a 0 with ha | ha | ha
    · right; refine ⟨ha, ?_⟩
      apply Classical.byContradiction; intro hb
      have := mul_nonneg (show 0 ≤ -a by grind) (show 0 ≤ b by grind); grind
    · subst ha; grind
    · left; exact ⟨ha, pos_of_mul_pos_left h (le_of_lt ha)⟩
  · rintro (⟨ha, hb⟩ | ⟨ha, hb⟩)
    · exact mul_pos ha hb
    · exact mul_pos_of_neg_of_neg ha hb
theorem mul_nonneg_iff_of_pos_left {a b : R} (ha : 0 < a) : 0 ≤ a * b ↔ 0 ≤ b := by
  have := mul_le_mul_left' ha (b := 0) (c := b); rwa [mul_zero] at this
theorem mul_nonneg_iff_of_pos_right {a b : R} (hb : 0 < b) : 0 ≤ a * b ↔ 0 ≤ a := by
  rw [mul_comm, mul_nonneg_iff_of_pos_left hb]
theorem mul_pos_iff_of_pos_left {a b : R} (ha : 0 < a) : 0 < a * b ↔ 0 < b := by
  have := mul_lt_mul_left ha (b := 0) (c := b); rwa [mul_zero] at this
theorem mul_pos_iff_of_pos_right {a b : R} (hb : 0 < b) : 0 < a * b ↔ 0 < a := by
  rw [mul_comm, mul_pos_iff_of_pos_left hb]
theorem sq_pos_of_ne_zero {a : R} (h : a ≠ 0) : 0 < a ^ 2 := by
  have h1 := sq_nonneg a
  have h2 := pow_ne_zero 2 h
  grind
theorem sq_pos_of_neg {a : R} (h : a < 0) : 0 < a ^ 2 := sq_pos_of_ne_zero (by grind)
theorem sq_pos_iff {a : R} : 0 < a ^ 2 ↔ a ≠ 0 := ⟨fun h h' => by subst h'; grind, sq_pos_of_ne_zero⟩
theorem pow_bit0_pos {a : R} (h : a ≠ 0) : 0 < a ^ 2 := sq_pos_of_ne_zero h
theorem mul_self_pos {a : R} : 0 < a * a ↔ a ≠ 0 := by rw [← pow_two, sq_pos_iff]
theorem sq_lt_sq' {a b : R} (h : -b < a) (h' : a < b) : a ^ 2 < b ^ 2 := by
  have := mul_pos (show 0 < b - a by grind) (show 0 < b + a by grind); grind
theorem sq_le_sq' {a b : R} (h : -b ≤ a) (h' : a ≤ b) : a ^ 2 ≤ b ^ 2 := by
  have := mul_nonneg (show 0 ≤ b - a by grind) (show 0 ≤ b + a by grind); grind
theorem abs_le_of_sq_le_sq' {a b : R} (h : a ^ 2 ≤ b ^ 2) (hb : 0 ≤ b) : -b ≤ a ∧ a ≤ b :=
  ⟨by have := le_of_sq_le_sq (a := -a) (b := b) (by grind) hb; grind, le_of_sq_le_sq h hb⟩
theorem Even.pow_nonneg {n : ℕ} (h : Even n) (a : R) : 0 ≤ a ^ n := by
  obtain ⟨k, rfl⟩ := h
  rw [pow_add]; exact mul_self_nonneg _
theorem Odd.pow_pos {n : ℕ} (_ : Odd n) {a : R} (ha : 0 < a) : 0 < a ^ n := _root_.pow_pos ha n

variable [DecidableLE R]

theorem abs_of_pos {a : R} (h : 0 < a) : |a| = a := abs_of_nonneg (le_of_lt h)
theorem abs_of_neg {a : R} (h : a < 0) : |a| = -a := abs_of_nonpos (le_of_lt h)
@[simp] theorem abs_zero : |(0 : R)| = 0 := abs_of_nonneg (le_refl 0)
@[simp] theorem abs_one : |(1 : R)| = 1 := abs_of_nonneg zero_le_one
@[simp] theorem abs_abs (a : R) : |(|a|)| = |a| := abs_of_nonneg (abs_nonneg a)
theorem abs_eq_self {a : R} : |a| = a ↔ 0 ≤ a := by grind
theorem abs_eq_neg_self {a : R} : |a| = -a ↔ a ≤ 0 := by grind
@[simp] theorem abs_eq_zero {a : R} : |a| = 0 ↔ a = 0 := by grind
theorem abs_pos {a : R} : 0 < |a| ↔ a ≠ 0 := by grind
theorem abs_ne_zero {a : R} : |a| ≠ 0 ↔ a ≠ 0 := by grind
theorem abs_cases (a : R) : |a| = a ∧ 0 ≤ a ∨ |a| = -a ∧ a < 0 := by grind
theorem abs_choice (a : R) : |a| = a ∨ |a| = -a := by grind
theorem eq_or_eq_neg_of_abs_eq {a b : R} (h : |a| = b) : a = b ∨ a = -b := by grind
theorem abs_eq {a b : R} (hb : 0 ≤ b) : |a| = b ↔ a = b ∨ a = -b := by grind
theorem abs_eq_abs {a b : R} : |a| = |b| ↔ a = b ∨ a = -b := by grind
theorem neg_abs_le_self (a : R) : -|a| ≤ a := by grind
theorem neg_le_abs (a : R) : -a ≤ |a| := by grind
theorem le_abs {a b : R} : a ≤ |b| ↔ a ≤ b ∨ a ≤ -b := by grind
theorem lt_abs {a b : R} : a < |b| ↔ a < b ∨ a < -b := by grind
theorem abs_sub_lt_iff {a b c : R} : |a - b| < c ↔ a - b < c ∧ b - a < c := by grind
theorem abs_sub_le_iff {a b c : R} : |a - b| ≤ c ↔ a - b ≤ c ∧ b - a ≤ c := by grind
theorem abs_sub_le (a b c : R) : |a - c| ≤ |a - b| + |b - c| := by grind
theorem abs_add (a b : R) : |a + b| ≤ |a| + |b| := abs_add_le a b
theorem abs_sub (a b : R) : |a - b| ≤ |a| + |b| := by grind
theorem abs_sub_abs_le_abs_sub (a b : R) : |a| - |b| ≤ |a - b| := by grind
theorem abs_mul_self (a : R) : |a * a| = a * a := abs_of_nonneg (mul_self_nonneg a)
theorem abs_pow (a : R) (n : ℕ) : |a ^ n| = |a| ^ n := by
  induction n with
  | zero => rw [pow_zero, pow_zero, abs_one]
  | succ n ih => rw [pow_succ, pow_succ, abs_mul, ih]
theorem abs_le_abs {a b : R} (h : a ≤ b) (h' : -a ≤ b) : |a| ≤ |b| := by grind
theorem abs_lt_abs {a b : R} (h : a < b) (h' : -a < b) : |a| < |b| := by grind
theorem sq_lt_sq {a b : R} : a ^ 2 < b ^ 2 ↔ |a| < |b| := by
  have h1 := sq_abs a
  have h2 := sq_abs b
  have h3 := abs_nonneg a
  have h4 := abs_nonneg b
  constructor
  · intro h; exact lt_of_pow_lt_pow_left₀ 2 h4 (by rw [h1, h2]; exact h)
  · intro h; have := pow_lt_pow_left₀ h h3 (n := 2) (by decide); grind
theorem sq_le_sq {a b : R} : a ^ 2 ≤ b ^ 2 ↔ |a| ≤ |b| := by
  have h1 := sq_abs a
  have h2 := sq_abs b
  have h3 := abs_nonneg a
  have h4 := abs_nonneg b
  constructor
  · intro h; exact le_of_sq_le_sq (by rw [h1, h2]; exact h) h4
  · intro h; have := pow_le_pow_left₀ h3 h 2; grind
theorem abs_le_of_sq_le_sq {a b : R} (h : a ^ 2 ≤ b ^ 2) (hb : 0 ≤ b) : |a| ≤ b := by
  have := sq_le_sq.1 h; rwa [abs_of_nonneg hb] at this

end OrderedRing

section OrderedField
variable {R : Type u} [Field R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R]

theorem inv_lt_zero {a : R} : a⁻¹ < 0 ↔ a < 0 := by
  have h1 := inv_pos (a := a)
  have h2 := inv_eq_zero (a := a)
  grind
theorem inv_nonpos {a : R} : a⁻¹ ≤ 0 ↔ a ≤ 0 := by
  have h1 := inv_pos (a := a)
  grind
theorem one_div_pos {a : R} : 0 < 1 / a ↔ 0 < a := by rw [one_div, inv_pos]
theorem one_div_nonneg {a : R} : 0 ≤ 1 / a ↔ 0 ≤ a := by rw [one_div, inv_nonneg]
theorem half_pos {a : R} (h : 0 < a) : 0 < a / 2 := by grind
theorem half_lt_self {a : R} (h : 0 < a) : a / 2 < a := by grind
theorem add_halves (a : R) : a / 2 + a / 2 = a := by grind
theorem div_le_iff {a b c : R} (hc : 0 < c) : a / c ≤ b ↔ a ≤ b * c := div_le_iff₀ hc
theorem le_div_iff {a b c : R} (hc : 0 < c) : a ≤ b / c ↔ a * c ≤ b := le_div_iff₀ hc
theorem div_lt_iff₀ {a b c : R} (hc : 0 < c) : a / c < b ↔ a < b * c := by
  have := le_div_iff₀ hc (a := b) (b := a); grind
theorem lt_div_iff₀ {a b c : R} (hc : 0 < c) : a < b / c ↔ a * c < b := by
  have := div_le_iff₀ hc (a := b) (b := a); grind
theorem div_lt_iff {a b c : R} (hc : 0 < c) : a / c < b ↔ a < b * c := div_lt_iff₀ hc
theorem lt_div_iff {a b c : R} (hc : 0 < c) : a < b / c ↔ a * c < b := lt_div_iff₀ hc
theorem div_le_iff₀' {a b c : R} (hc : 0 < c) : a / c ≤ b ↔ a ≤ c * b := by rw [div_le_iff₀ hc, mul_comm]
theorem le_div_iff₀' {a b c : R} (hc : 0 < c) : a ≤ b / c ↔ c * a ≤ b := by rw [le_div_iff₀ hc, mul_comm]
theorem div_le_iff' {a b c : R} (hc : 0 < c) : a / c ≤ b ↔ a ≤ c * b := div_le_iff₀' hc
theorem le_div_iff' {a b c : R} (hc : 0 < c) : a ≤ b / c ↔ c * a ≤ b := le_div_iff₀' hc
theorem div_lt_iff' {a b c : R} (hc : 0 < c) : a / c < b ↔ a < c * b := by rw [div_lt_iff₀ hc, mul_comm]
theorem lt_div_iff' {a b c : R} (hc : 0 < c) : a < b / c ↔ c * a < b := by rw [lt_div_iff₀ hc, mul_comm]
theorem div_lt_iff₀' {a b c : R} (hc : 0 < c) : a / c < b ↔ a < c * b := div_lt_iff' hc
theorem lt_div_iff₀' {a b c : R} (hc : 0 < c) : a < b / c ↔ c * a < b := lt_div_iff' hc
theorem div_le_iff_of_neg {a b c : R} (hc : c < 0) : b / c ≤ a ↔ a * c ≤ b := by
  have h := le_div_iff₀ (show 0 < -c by grind) (a := -a) (b := b)
  rw [div_neg] at h; grind
theorem le_div_iff_of_neg {a b c : R} (hc : c < 0) : a ≤ b / c ↔ b ≤ a * c := by
  have h := div_le_iff₀ (show 0 < -c by grind) (a := b) (b := -a)
  rw [div_neg] at h; grind
theorem div_lt_iff_of_neg {a b c : R} (hc : c < 0) : b / c < a ↔ a * c < b := by
  have := le_div_iff_of_neg hc (a := a) (b := b); grind
theorem lt_div_iff_of_neg {a b c : R} (hc : c < 0) : a < b / c ↔ b < a * c := by
  have := div_le_iff_of_neg hc (a := a) (b := b); grind
theorem div_le_div_iff {a b c d : R} (hb : 0 < b) (hd : 0 < d) : a / b ≤ c / d ↔ a * d ≤ c * b := by
  rw [div_le_iff₀ hb, div_mul_eq_mul_div, le_div_iff₀ hd]
theorem div_lt_div_iff {a b c d : R} (hb : 0 < b) (hd : 0 < d) : a / b < c / d ↔ a * d < c * b := by
  rw [div_lt_iff₀ hb, div_mul_eq_mul_div, lt_div_iff₀ hd]
theorem div_le_div_iff_of_pos {a b c d : R} (hb : 0 < b) (hd : 0 < d) : a / b ≤ c / d ↔ a * d ≤ c * b := div_le_div_iff hb hd
theorem div_lt_div_iff_of_pos {a b c d : R} (hb : 0 < b) (hd : 0 < d) : a / b < c / d ↔ a * d < c * b := div_lt_div_iff hb hd
theorem div_le_div_right {a b c : R} (hc : 0 < c) : a / c ≤ b / c ↔ a ≤ b := by
  rw [div_le_iff₀ hc, div_mul_cancel₀ _ (by grind)]
theorem div_le_div_iff_of_pos_right {a b c : R} (hc : 0 < c) : a / c ≤ b / c ↔ a ≤ b := div_le_div_right hc
theorem div_lt_div_right {a b c : R} (hc : 0 < c) : a / c < b / c ↔ a < b := by
  rw [div_lt_iff₀ hc, div_mul_cancel₀ _ (by grind)]
theorem div_le_div_of_nonneg_right {a b c : R} (h : a ≤ b) (hc : 0 ≤ c) : a / c ≤ b / c := by
  rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv]
  exact mul_le_mul_of_nonneg_right h (inv_nonneg.2 hc)
theorem div_le_div_of_le_of_nonneg {a b c : R} (h : a ≤ b) (hc : 0 ≤ c) : a / c ≤ b / c := div_le_div_of_nonneg_right h hc
theorem div_le_div_of_nonneg_left {a b c : R} (ha : 0 ≤ a) (hc : 0 < c) (h : c ≤ b) : a / b ≤ a / c := by
  have hb : 0 < b := by grind
  rw [div_le_div_iff hb hc]; exact mul_le_mul_of_nonneg_left h ha
theorem div_le_div_of_le_left {a b c : R} (ha : 0 ≤ a) (hc : 0 < c) (h : c ≤ b) : a / b ≤ a / c := div_le_div_of_nonneg_left ha hc h
theorem div_le_div {a b c d : R} (hc : 0 ≤ c) (hac : a ≤ c) (hd : 0 < d) (hdb : d ≤ b) : a / b ≤ c / d := by
  have h1 := div_le_div_of_nonneg_left hc hd hdb
  have h2 := div_le_div_of_nonneg_right hac (show 0 ≤ b by grind)
  grind
theorem div_lt_one {a b : R} (hb : 0 < b) : a / b < 1 ↔ a < b := by rw [div_lt_iff₀ hb, one_mul]
theorem div_le_one {a b : R} (hb : 0 < b) : a / b ≤ 1 ↔ a ≤ b := by rw [div_le_iff₀ hb, one_mul]
theorem div_le_one₀ {a b : R} (hb : 0 < b) : a / b ≤ 1 ↔ a ≤ b := div_le_one hb
theorem div_lt_one₀ {a b : R} (hb : 0 < b) : a / b < 1 ↔ a < b := div_lt_one hb
theorem one_lt_div {a b : R} (hb : 0 < b) : 1 < a / b ↔ b < a := by rw [lt_div_iff₀ hb, one_mul]
theorem one_le_div {a b : R} (hb : 0 < b) : 1 ≤ a / b ↔ b ≤ a := by rw [le_div_iff₀ hb, one_mul]
theorem one_lt_div₀ {a b : R} (hb : 0 < b) : 1 < a / b ↔ b < a := one_lt_div hb
theorem one_le_div₀ {a b : R} (hb : 0 < b) : 1 ≤ a / b ↔ b ≤ a := one_le_div hb
theorem one_div_le_one_div_of_le {a b : R} (ha : 0 < a) (h : a ≤ b) : 1 / b ≤ 1 / a := by
  rw [div_le_div_iff (by grind) ha]; grind
theorem one_div_lt_one_div_of_lt {a b : R} (ha : 0 < a) (h : a < b) : 1 / b < 1 / a := by
  rw [div_lt_div_iff (by grind) ha]; grind
theorem inv_le_inv_of_le {a b : R} (ha : 0 < a) (h : a ≤ b) : b⁻¹ ≤ a⁻¹ := by
  have := one_div_le_one_div_of_le ha h; rwa [one_div, one_div] at this
theorem inv_anti₀ {a b : R} (ha : 0 < a) (h : a ≤ b) : b⁻¹ ≤ a⁻¹ := inv_le_inv_of_le ha h
theorem div_self_le_one (a : R) : a / a ≤ 1 := by
  by_cases h : a = 0
  · subst h; grind
  · rw [div_self h]
theorem div_nonpos_of_nonpos_of_nonneg {a b : R} (ha : a ≤ 0) (hb : 0 ≤ b) : a / b ≤ 0 := by
  have := div_nonneg (show 0 ≤ -a by grind) hb; rw [neg_div] at this; grind
theorem div_nonpos_of_nonneg_of_nonpos {a b : R} (ha : 0 ≤ a) (hb : b ≤ 0) : a / b ≤ 0 := by
  have := div_nonneg ha (show 0 ≤ -b by grind); rw [div_neg] at this; grind
theorem div_nonneg_of_nonpos {a b : R} (ha : a ≤ 0) (hb : b ≤ 0) : 0 ≤ a / b := by
  have := div_nonneg (show 0 ≤ -a by grind) (show 0 ≤ -b by grind); rwa [neg_div_neg_eq] at this
theorem div_pos_of_neg_of_neg {a b : R} (ha : a < 0) (hb : b < 0) : 0 < a / b := by
  have := div_pos (show 0 < -a by grind) (show 0 < -b by grind); rwa [neg_div_neg_eq] at this
theorem div_neg_of_neg_of_pos {a b : R} (ha : a < 0) (hb : 0 < b) : a / b < 0 := by
  have := div_pos (show 0 < -a by grind) hb; rw [neg_div] at this; grind
theorem div_neg_of_pos_of_neg {a b : R} (ha : 0 < a) (hb : b < 0) : a / b < 0 := by
  have := div_pos ha (show 0 < -b by grind); rw [div_neg] at this; grind
theorem div_pos_iff_of_pos_right {a b : R} (hb : 0 < b) : 0 < a / b ↔ 0 < a := by
  rw [lt_div_iff₀ hb, zero_mul]
theorem zpow_pos {a : R} (h : 0 < a) (n : ℤ) : 0 < a ^ n := by
  cases n with
  | ofNat n => have : a ^ (Int.ofNat n) = a ^ n := Field.zpow_natCast a n
               rw [this]; exact pow_pos h n
  | negSucc n =>
    have : a ^ (Int.negSucc n) = (a ^ (n + 1))⁻¹ := by
      rw [show Int.negSucc n = -((n + 1 : ℕ) : ℤ) from rfl, Field.zpow_neg, Field.zpow_natCast]
    rw [this]; exact inv_pos.2 (pow_pos h _)

variable [DecidableLE R]
theorem abs_inv (a : R) : |a⁻¹| = |a|⁻¹ := by
  rcases le_total 0 a with h | h
  · rw [abs_of_nonneg h, abs_of_nonneg (inv_nonneg.2 h)]
  · rw [abs_of_nonpos h, abs_of_nonpos (inv_nonpos.2 h), inv_neg]
theorem abs_div (a b : R) : |a / b| = |a| / |b| := by
  rw [Field.div_eq_mul_inv, Field.div_eq_mul_inv, abs_mul, abs_inv]

end OrderedField
