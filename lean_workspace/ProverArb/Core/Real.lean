module

public import ProverArb.Core.Field

/-!
The real numbers, as a variable. Core Lean has no reals, so a statement about them is stated
for every complete linearly ordered field `R` (the profile's preamble names it `ℝ`). The reals
are one, so the statement implies the one about the reals; and every other is isomorphic to
them, so nothing false of the reals is asked for.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u

set_option linter.unusedSectionVars false

/-- Every nonempty set with an upper bound has a least one; for Mathlib's `ℝ` this is
`Real.exists_isLUB`. The one law that makes a linearly ordered field the field of reals. -/
class Real.Complete (R : Type u) [LE R] : Prop where
  exists_isLUB : ∀ s : Set R, s.Nonempty → BddAbove s → ∃ x, IsLUB s x

namespace Real

section Decidable
variable {R : Type u} [LE R] [Real.Complete R]

-- Mathlib's `ℝ` has these instances, classical as well (`Real.decidableLE`, ...).
instance (priority := 50) decidableLE : DecidableLE R := fun _ _ => Classical.propDecidable _
instance (priority := 50) decidableLT [LT R] : DecidableLT R :=
  fun _ _ => Classical.propDecidable _
instance (priority := 50) decidableEq : DecidableEq R := fun _ _ => Classical.propDecidable _
instance (priority := 50) : Max R := ⟨fun a b => if a ≤ b then b else a⟩
instance (priority := 50) : Min R := ⟨fun a b => if a ≤ b then a else b⟩

@[grind =] theorem max_def (a b : R) : max a b = if a ≤ b then b else a := rfl
@[grind =] theorem min_def (a b : R) : min a b = if a ≤ b then a else b := rfl

end Decidable
end Real

namespace Real
variable {R : Type u} [Lean.Grind.Field R] [LE R] [LT R] [Std.LawfulOrderLT R]
  [Std.IsLinearOrder R] [Lean.Grind.OrderedRing R]

section Archimedean
variable [Real.Complete R]

theorem exists_nat_gt (x : R) : ∃ n : ℕ, x < (n : R) := by
  apply Classical.byContradiction
  intro hno
  have hle : ∀ n : ℕ, (n : R) ≤ x := fun n => by
    have : ¬ x < (n : R) := fun h => hno ⟨n, h⟩
    grind
  obtain ⟨b, hb, hmin⟩ := Real.Complete.exists_isLUB (Set.range fun n : ℕ => (n : R))
    ⟨_, 0, rfl⟩ ⟨x, by rintro _ ⟨n, rfl⟩; exact hle n⟩
  have : b ≤ b - 1 := hmin (by
    rintro _ ⟨n, rfl⟩
    have h := hb (show ((n + 1 : ℕ) : R) ∈ _ from ⟨n + 1, rfl⟩)
    have : ((n + 1 : ℕ) : R) = (n : R) + 1 := Lean.Grind.Semiring.natCast_succ n
    grind)
  grind

theorem intCast_le_intCast {a b : ℤ} (h : a ≤ b) : (a : R) ≤ (b : R) := by
  obtain ⟨k, rfl⟩ := Int.le.dest h
  have h1 : ((a + (k : ℤ) : ℤ) : R) = (a : R) + ((k : ℤ) : R) := Lean.Grind.Ring.intCast_add a k
  have h2 : ((k : ℤ) : R) = (k : R) := Lean.Grind.Ring.intCast_natCast k
  have h3 : 0 ≤ (k : R) := Lean.Grind.OrderedRing.natCast_nonneg
  grind

theorem exists_floor (x : R) : ∃ z : ℤ, ∀ w : ℤ, w ≤ z ↔ (w : R) ≤ x := by
  have key : ∀ (n : ℕ) (a : ℤ), (a : R) ≤ x → x < ((a + n : ℤ) : R) →
      ∃ z : ℤ, (z : R) ≤ x ∧ x < ((z + 1 : ℤ) : R) := by
    intro n
    induction n with
    | zero => intro a h1 h2; simp only [Int.cast_ofNat_Int, Int.add_zero] at h2; grind
    | succ n ih =>
      intro a h1 h2
      by_cases h : x < ((a + 1 : ℤ) : R)
      · exact ⟨a, h1, h⟩
      · exact ih (a + 1) (by grind) (by
          have : a + 1 + (n : ℤ) = a + ((n + 1 : ℕ) : ℤ) := by omega
          rw [this]; exact h2)
  obtain ⟨m, hm⟩ := exists_nat_gt (-x)
  obtain ⟨n, hn⟩ := exists_nat_gt x
  have hm' : (((m : ℤ)) : R) = (m : R) := Lean.Grind.Ring.intCast_natCast m
  have hn' : (((n : ℤ)) : R) = (n : R) := Lean.Grind.Ring.intCast_natCast n
  have hneg : ((-(m : ℤ) : ℤ) : R) = -((m : ℤ) : R) := Lean.Grind.Ring.intCast_neg _
  have hsum : (-(m : ℤ) + ((m + n : ℕ) : ℤ) : ℤ) = (n : ℤ) := by omega
  obtain ⟨z, h1, h2⟩ := key (m + n) (-(m : ℤ)) (by grind) (by rw [hsum]; grind)
  refine ⟨z, fun w => ⟨fun h => ?_, fun h => ?_⟩⟩
  · have := intCast_le_intCast (R := R) h
    grind
  · apply Classical.byContradiction
    intro hw
    have := intCast_le_intCast (R := R) (show z + 1 ≤ w by omega)
    grind

instance (priority := 50) : FloorRing R where
  floor x := Classical.choose (exists_floor x)
  ceil x := -Classical.choose (exists_floor (-x))
  le_floor_iff z x := Classical.choose_spec (exists_floor x) z
  ceil_le_iff z x := by
    have := Classical.choose_spec (exists_floor (-x)) (-z)
    have hneg : ((-z : ℤ) : R) = -(z : R) := Lean.Grind.Ring.intCast_neg _
    rw [hneg] at this
    grind

end Archimedean

/-- Mathlib's `Real.sqrt`: the root that is not negative, and `0` where there is none. -/
def sqrt (x : R) : R :=
  open Classical in if h : ∃ y : R, 0 ≤ y ∧ y * y = x then Classical.choose h else 0

theorem sqrt_nonneg (x : R) : 0 ≤ sqrt x := by
  unfold sqrt
  split
  · rename_i h; exact (Classical.choose_spec h).1
  · exact Std.IsPreorder.le_refl 0

theorem sqrt_eq_zero_of_nonpos {x : R} (h : x ≤ 0) : sqrt x = 0 := by
  unfold sqrt
  split
  · rename_i hx
    obtain ⟨h1, h2⟩ := Classical.choose_spec hx
    apply Classical.byContradiction
    intro hne
    have := mul_pos (show 0 < Classical.choose hx by grind) (show 0 < Classical.choose hx by grind)
    grind
  · rfl

theorem sqrt_mul_self {x : R} (h : 0 ≤ x) : sqrt (x * x) = x := by
  have hex : ∃ y : R, 0 ≤ y ∧ y * y = x * x := ⟨x, h, rfl⟩
  have hs : sqrt (x * x) = Classical.choose hex := by unfold sqrt; rw [dif_pos hex]
  obtain ⟨h1, h2⟩ := Classical.choose_spec hex
  rw [← hs] at h1 h2
  rcases Std.IsLinearPreorder.le_total (sqrt (x * x)) x with hl | hl
  · apply Classical.byContradiction
    intro hne
    have := mul_self_lt_mul_self h1 (show sqrt (x * x) < x by grind)
    grind
  · apply Classical.byContradiction
    intro hne
    have := mul_self_lt_mul_self h (show x < sqrt (x * x) by grind)
    grind

theorem sqrt_sq {x : R} (h : 0 ≤ x) : sqrt (x ^ 2) = x := by
  rw [show x ^ 2 = x * x by grind]; exact sqrt_mul_self h

section Complete
variable [Real.Complete R]

theorem exists_mul_self_eq {x : R} (hx : 0 ≤ x) : ∃ y : R, 0 ≤ y ∧ y * y = x := by
  obtain ⟨b, hb, hmin⟩ := Real.Complete.exists_isLUB (setOf fun y : R => 0 ≤ y ∧ y * y ≤ x)
    ⟨0, by grind⟩ ⟨x + 1, by
      rintro y ⟨h0, hy⟩
      apply Classical.byContradiction
      intro h
      have := mul_self_lt_mul_self (show 0 ≤ x + 1 by grind) (show x + 1 < y by grind)
      have := mul_self_nonneg x
      grind⟩
  have hb0 : 0 ≤ b := hb (show (0 : R) ∈ _ by grind)
  refine ⟨b, hb0, ?_⟩
  apply Classical.byContradiction
  intro hne
  by_cases hlt : b * b < x
  · -- a little more than `b` would still be in the set
    have hden : 0 < 2 * b + 1 := by grind
    obtain ⟨e, he0, he1, he⟩ : ∃ e : R, 0 < e ∧ e ≤ 1 ∧ e * (2 * b + 1) ≤ x - b * b := by
      by_cases h1 : 2 * b + 1 ≤ x - b * b
      · exact ⟨1, by grind, by grind, by grind⟩
      · have hq : (x - b * b) / (2 * b + 1) * (2 * b + 1) = x - b * b := by grind
        have hpos : 0 < (x - b * b) / (2 * b + 1) := by
          apply Classical.byContradiction
          intro hn
          have := mul_nonneg (show 0 ≤ -((x - b * b) / (2 * b + 1)) by grind)
            (show 0 ≤ 2 * b + 1 by grind)
          grind
        refine ⟨(x - b * b) / (2 * b + 1), hpos, ?_, by grind⟩
        apply Classical.byContradiction
        intro hn
        have := mul_pos (show 0 < (x - b * b) / (2 * b + 1) - 1 by grind) hden
        grind
    have hee := mul_nonneg (show 0 ≤ e by grind) (show 0 ≤ 1 - e by grind)
    have := hb (show b + e ∈ setOf fun y : R => 0 ≤ y ∧ y * y ≤ x from ⟨by grind, by grind⟩)
    grind
  · -- a little less than `b` would still be an upper bound
    have hbpos : 0 < b := by
      apply Classical.byContradiction
      intro hn
      have : b = 0 := by grind
      subst this
      grind
    have hq : (b * b - x) / (2 * b) * (2 * b) = b * b - x := by grind
    have hpos : 0 < (b * b - x) / (2 * b) := by
      apply Classical.byContradiction
      intro hn
      have := mul_nonneg (show 0 ≤ -((b * b - x) / (2 * b)) by grind) (show 0 ≤ 2 * b by grind)
      grind
    generalize (b * b - x) / (2 * b) = e at hq hpos
    have hle := hmin (show b - e ∈ upperBounds (setOf fun y : R => 0 ≤ y ∧ y * y ≤ x) from by
      rintro y ⟨h0, hy⟩
      apply Classical.byContradiction
      intro h
      have hbe : 0 ≤ b - e := by
        apply Classical.byContradiction
        intro hn
        have := mul_pos hbpos (show 0 < e - b by grind)
        have := mul_self_nonneg b
        grind
      have := mul_self_lt_mul_self hbe (show b - e < y by grind)
      have := mul_pos hpos hpos
      grind)
    grind

theorem mul_self_sqrt {x : R} (h : 0 ≤ x) : sqrt x * sqrt x = x := by
  have hex := exists_mul_self_eq h
  have hs : sqrt x = Classical.choose hex := by unfold sqrt; rw [dif_pos hex]
  rw [hs]; exact (Classical.choose_spec hex).2

theorem sq_sqrt {x : R} (h : 0 ≤ x) : sqrt x ^ 2 = x := by
  have := mul_self_sqrt h
  grind

theorem sqrt_le_sqrt {x y : R} (h : x ≤ y) : sqrt x ≤ sqrt y := by
  apply Classical.byContradiction
  intro hn
  by_cases hx : 0 ≤ x
  · have h1 := mul_self_lt_mul_self (sqrt_nonneg y) (show sqrt y < sqrt x by grind)
    have h2 := mul_self_sqrt hx
    have h3 := mul_self_sqrt (x := y) (by grind)
    grind
  · have h1 := sqrt_eq_zero_of_nonpos (x := x) (by grind)
    have h2 := sqrt_nonneg y
    grind
/-- Mathlib's `Real.le_sqrt'`. -/
theorem le_sqrt' {x y : R} (hx : 0 < x) : x ≤ sqrt y ↔ x ^ 2 ≤ y := by
  have hx0 : 0 ≤ x := by grind
  constructor
  · intro h
    by_cases hy : 0 ≤ y
    · have h1 := mul_self_le_mul_self hx0 h
      have h2 := mul_self_sqrt hy
      grind
    · have h1 := sqrt_eq_zero_of_nonpos (x := y) (by grind)
      grind
  · intro h
    have h1 := sqrt_le_sqrt h
    rwa [sqrt_sq hx0] at h1
/-- Mathlib's `Real.sqrt_lt'`. -/
theorem sqrt_lt' {x y : R} (hx : 0 < x) : sqrt y < x ↔ y < x ^ 2 := by
  have := le_sqrt' (x := x) (y := y) hx
  constructor <;> intro h <;> grind
theorem sqrt_mul {x y : R} (hx : 0 ≤ x) (hy : 0 ≤ y) : sqrt (x * y) = sqrt x * sqrt y := by
  have h := mul_nonneg (sqrt_nonneg x) (sqrt_nonneg y)
  have h1 := mul_self_sqrt hx
  have h2 := mul_self_sqrt hy
  rw [show x * y = sqrt x * sqrt y * (sqrt x * sqrt y) by grind]
  exact sqrt_mul_self h

grind_pattern sqrt_nonneg => sqrt x
grind_pattern mul_self_sqrt => sqrt x
grind_pattern sqrt_eq_zero_of_nonpos => sqrt x

end Complete
end Real
