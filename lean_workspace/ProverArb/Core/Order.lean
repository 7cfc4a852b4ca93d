module

public import ProverArb.Core.BigOperators

/-!
Order vocabulary: absolute value, intervals and extremal elements of sets, monotone functions,
floors, and the inequalities of ordered commutative rings under Mathlib's names.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u v

set_option linter.unusedSectionVars false

/-- Mathlib's `abs`, which is `max a (-a)`. -/
def abs {α : Type u} [LE α] [DecidableLE α] [Neg α] (a : α) : α := if a ≤ -a then -a else a

/-- Mathlib's `|a|`. -/
macro:max atomic("|" noWs) a:term noWs "|" : term => `(abs $a)

/-- Mathlib's `Set.Icc`. -/
def Set.Icc {α : Type u} [LE α] (a b : α) : Set α := setOf fun x => a ≤ x ∧ x ≤ b
/-- Mathlib's `Set.Ico`. -/
def Set.Ico {α : Type u} [LE α] [LT α] (a b : α) : Set α := setOf fun x => a ≤ x ∧ x < b
/-- Mathlib's `Set.Ioc`. -/
def Set.Ioc {α : Type u} [LE α] [LT α] (a b : α) : Set α := setOf fun x => a < x ∧ x ≤ b
/-- Mathlib's `Set.Ioo`. -/
def Set.Ioo {α : Type u} [LT α] (a b : α) : Set α := setOf fun x => a < x ∧ x < b
/-- Mathlib's `Set.Ici`. -/
def Set.Ici {α : Type u} [LE α] (a : α) : Set α := setOf fun x => a ≤ x
/-- Mathlib's `Set.Iic`. -/
def Set.Iic {α : Type u} [LE α] (a : α) : Set α := setOf fun x => x ≤ a
/-- Mathlib's `Set.Ioi`. -/
def Set.Ioi {α : Type u} [LT α] (a : α) : Set α := setOf fun x => a < x
/-- Mathlib's `Set.Iio`. -/
def Set.Iio {α : Type u} [LT α] (a : α) : Set α := setOf fun x => x < a

@[simp, grind =] theorem Set.mem_Icc {α : Type u} [LE α] {a b x : α} :
    (x ∈ Set.Icc a b) = (a ≤ x ∧ x ≤ b) := rfl
@[simp, grind =] theorem Set.mem_Ico {α : Type u} [LE α] [LT α] {a b x : α} :
    (x ∈ Set.Ico a b) = (a ≤ x ∧ x < b) := rfl
@[simp, grind =] theorem Set.mem_Ioc {α : Type u} [LE α] [LT α] {a b x : α} :
    (x ∈ Set.Ioc a b) = (a < x ∧ x ≤ b) := rfl
@[simp, grind =] theorem Set.mem_Ioo {α : Type u} [LT α] {a b x : α} :
    (x ∈ Set.Ioo a b) = (a < x ∧ x < b) := rfl
@[simp, grind =] theorem Set.mem_Ici {α : Type u} [LE α] {a x : α} :
    (x ∈ Set.Ici a) = (a ≤ x) := rfl
@[simp, grind =] theorem Set.mem_Iic {α : Type u} [LE α] {a x : α} :
    (x ∈ Set.Iic a) = (x ≤ a) := rfl
@[simp, grind =] theorem Set.mem_Ioi {α : Type u} [LT α] {a x : α} :
    (x ∈ Set.Ioi a) = (a < x) := rfl
@[simp, grind =] theorem Set.mem_Iio {α : Type u} [LT α] {a x : α} :
    (x ∈ Set.Iio a) = (x < a) := rfl

/-- Mathlib's `upperBounds`. -/
def upperBounds {α : Type u} [LE α] (s : Set α) : Set α := setOf fun x => ∀ ⦃a⦄, a ∈ s → a ≤ x
/-- Mathlib's `lowerBounds`. -/
def lowerBounds {α : Type u} [LE α] (s : Set α) : Set α := setOf fun x => ∀ ⦃a⦄, a ∈ s → x ≤ a
/-- Mathlib's `IsLeast`. -/
def IsLeast {α : Type u} [LE α] (s : Set α) (a : α) : Prop := a ∈ s ∧ a ∈ lowerBounds s
/-- Mathlib's `IsGreatest`. -/
def IsGreatest {α : Type u} [LE α] (s : Set α) (a : α) : Prop := a ∈ s ∧ a ∈ upperBounds s
/-- Mathlib's `IsLUB`. -/
def IsLUB {α : Type u} [LE α] (s : Set α) (a : α) : Prop := IsLeast (upperBounds s) a
/-- Mathlib's `IsGLB`. -/
def IsGLB {α : Type u} [LE α] (s : Set α) (a : α) : Prop := IsGreatest (lowerBounds s) a
/-- Mathlib's `BddAbove`. -/
def BddAbove {α : Type u} [LE α] (s : Set α) : Prop := (upperBounds s).Nonempty
/-- Mathlib's `BddBelow`. -/
def BddBelow {α : Type u} [LE α] (s : Set α) : Prop := (lowerBounds s).Nonempty

@[simp, grind =] theorem mem_upperBounds {α : Type u} [LE α] {s : Set α} {a : α} :
    (a ∈ upperBounds s) = ∀ x, x ∈ s → x ≤ a := rfl
@[simp, grind =] theorem mem_lowerBounds {α : Type u} [LE α] {s : Set α} {a : α} :
    (a ∈ lowerBounds s) = ∀ x, x ∈ s → a ≤ x := rfl
@[grind =] theorem isLeast_iff {α : Type u} [LE α] {s : Set α} {a : α} :
    IsLeast s a = (a ∈ s ∧ a ∈ lowerBounds s) := rfl
@[grind =] theorem isGreatest_iff {α : Type u} [LE α] {s : Set α} {a : α} :
    IsGreatest s a = (a ∈ s ∧ a ∈ upperBounds s) := rfl
@[grind =] theorem isLUB_iff {α : Type u} [LE α] {s : Set α} {a : α} :
    IsLUB s a = (a ∈ upperBounds s ∧ a ∈ lowerBounds (upperBounds s)) := rfl
@[grind =] theorem isGLB_iff {α : Type u} [LE α] {s : Set α} {a : α} :
    IsGLB s a = (a ∈ lowerBounds s ∧ a ∈ upperBounds (lowerBounds s)) := rfl

section Monotone
variable {α : Type u} {β : Type v}

/-- Mathlib's `Monotone`. -/
def Monotone [LE α] [LE β] (f : α → β) : Prop := ∀ ⦃a b⦄, a ≤ b → f a ≤ f b
/-- Mathlib's `Antitone`. -/
def Antitone [LE α] [LE β] (f : α → β) : Prop := ∀ ⦃a b⦄, a ≤ b → f b ≤ f a
/-- Mathlib's `StrictMono`. -/
def StrictMono [LT α] [LT β] (f : α → β) : Prop := ∀ ⦃a b⦄, a < b → f a < f b
/-- Mathlib's `StrictAnti`. -/
def StrictAnti [LT α] [LT β] (f : α → β) : Prop := ∀ ⦃a b⦄, a < b → f b < f a
/-- Mathlib's `MonotoneOn`. -/
def MonotoneOn [LE α] [LE β] (f : α → β) (s : Set α) : Prop :=
  ∀ ⦃a⦄, a ∈ s → ∀ ⦃b⦄, b ∈ s → a ≤ b → f a ≤ f b
/-- Mathlib's `StrictMonoOn`. -/
def StrictMonoOn [LT α] [LT β] (f : α → β) (s : Set α) : Prop :=
  ∀ ⦃a⦄, a ∈ s → ∀ ⦃b⦄, b ∈ s → a < b → f a < f b

end Monotone

/-- Floors and ceilings, as in Mathlib's `FloorRing`. -/
class FloorRing (α : Type u) [LE α] [IntCast α] where
  /-- The greatest integer not above. -/
  floor : α → ℤ
  /-- The least integer not below. -/
  ceil : α → ℤ
  le_floor_iff : ∀ (z : ℤ) (a : α), z ≤ floor a ↔ (z : α) ≤ a
  ceil_le_iff : ∀ (z : ℤ) (a : α), ceil a ≤ z ↔ a ≤ (z : α)

namespace Int
variable {α : Type u} [LE α] [IntCast α] [FloorRing α]

/-- Mathlib's `Int.floor`. -/
def floor (a : α) : ℤ := FloorRing.floor a
/-- Mathlib's `Int.ceil`. -/
def ceil (a : α) : ℤ := FloorRing.ceil a
/-- Mathlib's `Int.fract`. -/
def fract [Sub α] (a : α) : α := a - (Int.floor a : α)

theorem le_floor {z : ℤ} {a : α} : z ≤ Int.floor a ↔ (z : α) ≤ a := FloorRing.le_floor_iff z a
theorem ceil_le {z : ℤ} {a : α} : Int.ceil a ≤ z ↔ a ≤ (z : α) := FloorRing.ceil_le_iff z a
theorem floor_le (a : α) : (Int.floor a : α) ≤ a := le_floor.1 (Int.le_refl _)
theorem le_ceil (a : α) : a ≤ (Int.ceil a : α) := ceil_le.1 (Int.le_refl _)

grind_pattern floor_le => Int.floor a
grind_pattern le_ceil => Int.ceil a

end Int

/-- Mathlib's `Nat.floor`. -/
def Nat.floor {α : Type u} [LE α] [IntCast α] [FloorRing α] (a : α) : ℕ := (Int.floor a).toNat
/-- Mathlib's `Nat.ceil`. -/
def Nat.ceil {α : Type u} [LE α] [IntCast α] [FloorRing α] (a : α) : ℕ := (Int.ceil a).toNat

@[inherit_doc] notation "⌊" a "⌋" => Int.floor a
@[inherit_doc] notation "⌈" a "⌉" => Int.ceil a
@[inherit_doc] notation "⌊" a "⌋₊" => Nat.floor a
@[inherit_doc] notation "⌈" a "⌉₊" => Nat.ceil a

instance : FloorRing ℚ where
  floor := Rat.floor
  ceil a := -Rat.floor (-a)
  le_floor_iff _ _ := Rat.le_floor_iff
  ceil_le_iff z a := by
    have h : -z ≤ Rat.floor (-a) ↔ ((-z : ℤ) : ℚ) ≤ -a := Rat.le_floor_iff
    have hz : ((-z : ℤ) : ℚ) = -(z : ℚ) := Rat.intCast_neg z
    rw [hz] at h
    constructor
    · intro hc
      have := h.1 (by omega)
      grind
    · intro hc
      have := h.2 (by grind)
      omega

section FloorEq
variable {R : Type u} [Lean.Grind.CommRing R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R] [FloorRing R]

theorem Int.floor_lt {z : ℤ} {a : R} : Int.floor a < z ↔ a < (z : R) := by
  have := Int.le_floor (z := z) (a := a)
  constructor <;> intro h <;> grind
theorem Int.floor_eq_iff {z : ℤ} {a : R} : Int.floor a = z ↔ (z : R) ≤ a ∧ a < (z : R) + 1 := by
  have h1 := Int.le_floor (z := z) (a := a)
  have h2 := Int.floor_lt (z := z + 1) (a := a)
  have h3 : ((z + 1 : ℤ) : R) = (z : R) + 1 := by
    rw [Lean.Grind.Ring.intCast_add, Lean.Grind.Ring.intCast_one]
  rw [h3] at h2
  constructor
  · intro h; exact ⟨h1.1 (by omega), h2.1 (by omega)⟩
  · rintro ⟨h, h'⟩; have := h1.2 h; have := h2.2 h'; omega
theorem Int.lt_floor_add_one (a : R) : a < (Int.floor a : R) + 1 :=
  (Int.floor_eq_iff.1 rfl).2
grind_pattern Int.lt_floor_add_one => Int.floor a

end FloorEq

/-- What ℕ and all ordered commutative rings have: sums and products respect the order. In Mathlib it
is `IsStrictOrderedRing`, in which a square is not negative either. -/
class ProverArb.OrderedSemiring (R : Type u) [Lean.Grind.CommSemiring R] [LE R] [LT R] : Prop where
  add_le_add_left : ∀ {a b : R}, a ≤ b → ∀ c, c + a ≤ c + b
  le_of_add_le_add_left : ∀ {a b c : R}, a + b ≤ a + c → b ≤ c
  zero_lt_one : (0 : R) < 1
  mul_le_left : ∀ {a b c : R}, 0 ≤ a → b ≤ c → a * b ≤ a * c
  mul_lt_left : ∀ {a b c : R}, 0 < a → b < c → a * b < a * c
  mul_self_nonneg : ∀ a : R, 0 ≤ a * a

instance : ProverArb.OrderedSemiring ℕ where
  add_le_add_left h c := Nat.add_le_add_left h c
  le_of_add_le_add_left h := Nat.le_of_add_le_add_left h
  zero_lt_one := Nat.zero_lt_one
  mul_le_left _ h := Nat.mul_le_mul_left _ h
  mul_lt_left ha h := Nat.mul_lt_mul_of_pos_left h ha
  mul_self_nonneg _ := Nat.zero_le _

instance {R : Type u} [Lean.Grind.CommRing R] [LE R] [LT R] [Std.LawfulOrderLT R]
    [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R] : ProverArb.OrderedSemiring R where
  add_le_add_left h c := by grind
  le_of_add_le_add_left h := by grind
  zero_lt_one := by grind
  mul_le_left {a b c} ha h := by
    have := Lean.Grind.OrderedRing.mul_nonneg ha (show 0 ≤ c - b by grind)
    grind
  mul_lt_left {a b c} ha h := by
    have := Lean.Grind.OrderedRing.mul_pos ha (show 0 < c - b by grind)
    grind
  mul_self_nonneg a := by
    rcases Std.IsLinearPreorder.le_total 0 a with h | h
    · exact Lean.Grind.OrderedRing.mul_nonneg h h
    · have := Lean.Grind.OrderedRing.mul_nonneg (a := -a) (b := -a) (by grind) (by grind)
      grind

section OrderedSemiring
variable {R : Type u} [Lean.Grind.CommSemiring R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [ProverArb.OrderedSemiring R]

open ProverArb Lean.Grind

theorem mul_nonneg {a b : R} (ha : 0 ≤ a) (hb : 0 ≤ b) : 0 ≤ a * b := by
  have h := OrderedSemiring.mul_le_left ha hb
  rwa [Semiring.mul_zero] at h
theorem mul_pos {a b : R} (ha : 0 < a) (hb : 0 < b) : 0 < a * b := by
  have h := OrderedSemiring.mul_lt_left ha hb
  rwa [Semiring.mul_zero] at h
theorem mul_self_nonneg (a : R) : 0 ≤ a * a := OrderedSemiring.mul_self_nonneg a
theorem sq_nonneg (a : R) : 0 ≤ a ^ 2 := by
  have h := mul_self_nonneg a
  rwa [← Semiring.pow_two] at h
theorem pow_pos {a : R} (h : 0 < a) (n : ℕ) : 0 < a ^ n := by
  induction n with
  | zero => rw [Semiring.pow_zero]; exact OrderedSemiring.zero_lt_one
  | succ n ih => rw [Semiring.pow_succ]; exact mul_pos ih h
theorem pow_nonneg {a : R} (h : 0 ≤ a) (n : ℕ) : 0 ≤ a ^ n := by
  induction n with
  | zero => rw [Semiring.pow_zero]; exact (Std.LawfulOrderLT.lt_iff _ _ |>.1 OrderedSemiring.zero_lt_one).1
  | succ n ih => rw [Semiring.pow_succ]; exact mul_nonneg ih h
theorem mul_le_mul_of_nonneg_left {a b c : R} (h : b ≤ c) (ha : 0 ≤ a) : a * b ≤ a * c :=
  OrderedSemiring.mul_le_left ha h
theorem mul_le_mul_of_nonneg_right {a b c : R} (h : b ≤ c) (ha : 0 ≤ a) : b * a ≤ c * a := by
  rw [CommSemiring.mul_comm b a, CommSemiring.mul_comm c a]
  exact OrderedSemiring.mul_le_left ha h
theorem mul_lt_mul_of_pos_left {a b c : R} (h : b < c) (ha : 0 < a) : a * b < a * c :=
  OrderedSemiring.mul_lt_left ha h
theorem mul_lt_mul_of_pos_right {a b c : R} (h : b < c) (ha : 0 < a) : b * a < c * a := by
  rw [CommSemiring.mul_comm b a, CommSemiring.mul_comm c a]
  exact OrderedSemiring.mul_lt_left ha h
theorem mul_self_le_mul_self {a b : R} (ha : 0 ≤ a) (h : a ≤ b) : a * a ≤ b * b :=
  Std.IsPreorder.le_trans _ _ _ (mul_le_mul_of_nonneg_left h ha)
    (mul_le_mul_of_nonneg_right h (Std.IsPreorder.le_trans _ _ _ ha h))
theorem mul_self_lt_mul_self {a b : R} (ha : 0 ≤ a) (h : a < b) : a * a < b * b := by
  have h1 := mul_le_mul_of_nonneg_left (show a ≤ b by grind) ha
  have h2 := mul_lt_mul_of_pos_right h (show 0 < b by grind)
  generalize a * b = x at h1 h2
  generalize a * a = y at h1 ⊢
  generalize b * b = z at h2 ⊢
  grind

end OrderedSemiring

section OrderedRing
variable {R : Type u} [Lean.Grind.CommRing R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R]

theorem add_sq_nonneg (a b : R) : 0 ≤ a ^ 2 + b ^ 2 := by
  have := sq_nonneg a
  have := sq_nonneg b
  grind
theorem two_mul_le_add_sq (a b : R) : 2 * a * b ≤ a ^ 2 + b ^ 2 := by
  have := sq_nonneg (a - b)
  grind

variable [DecidableLE R]

theorem abs_of_nonneg {a : R} (h : 0 ≤ a) : |a| = a := by unfold abs; grind
theorem abs_of_nonpos {a : R} (h : a ≤ 0) : |a| = -a := by unfold abs; grind
theorem abs_eq_ite (a : R) : |a| = if 0 ≤ a then a else -a := by unfold abs; grind
grind_pattern abs_eq_ite => abs a
theorem abs_nonneg (a : R) : 0 ≤ |a| := by grind
theorem le_abs_self (a : R) : a ≤ |a| := by grind
theorem neg_abs_le (a : R) : -|a| ≤ a := by grind
theorem abs_neg (a : R) : |-a| = |a| := by grind
theorem abs_sub_comm (a b : R) : |a - b| = |b - a| := by grind
theorem abs_le {a b : R} : |a| ≤ b ↔ -b ≤ a ∧ a ≤ b := by grind
theorem abs_lt {a b : R} : |a| < b ↔ -b < a ∧ a < b := by grind
theorem abs_add_le (a b : R) : |a + b| ≤ |a| + |b| := by grind
theorem abs_mul_abs_self (a : R) : |a| * |a| = a * a := by
  rcases Std.IsLinearPreorder.le_total 0 a with h | h
  · rw [abs_of_nonneg h]
  · rw [abs_of_nonpos h]; grind
theorem sq_abs (a : R) : |a| ^ 2 = a ^ 2 := by
  have := abs_mul_abs_self a
  grind
theorem abs_mul (a b : R) : |a * b| = |a| * |b| := by
  rcases Std.IsLinearPreorder.le_total 0 a with h | h <;>
  rcases Std.IsLinearPreorder.le_total 0 b with h' | h'
  · rw [abs_of_nonneg h, abs_of_nonneg h', abs_of_nonneg (mul_nonneg h h')]
  · have := mul_nonneg h (show 0 ≤ -b by grind)
    rw [abs_of_nonneg h, abs_of_nonpos h', abs_of_nonpos (by grind)]; grind
  · have := mul_nonneg (show 0 ≤ -a by grind) h'
    rw [abs_of_nonpos h, abs_of_nonneg h', abs_of_nonpos (by grind)]; grind
  · have := mul_nonneg (show 0 ≤ -a by grind) (show 0 ≤ -b by grind)
    rw [abs_of_nonpos h, abs_of_nonpos h', abs_of_nonneg (by grind)]; grind

end OrderedRing

theorem Int.abs_eq_natAbs (a : ℤ) : |a| = (a.natAbs : ℤ) := by
  rw [abs_eq_ite]; split <;> omega
