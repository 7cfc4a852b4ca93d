module

public import ProverArb.Mathlib.Analysis
public import ProverArb.Core.Trig
public import ProverArb.Core.Complex

/-!
Equivalences, binomial coefficients, values of trigonometric functions, and what else published
proofs name.
-/

@[expose] public section

set_option autoImplicit false
set_option linter.unusedSectionVars false
set_option linter.unusedVariables false

universe u v

open Lean.Grind

theorem heq_iff_eq {α : Sort u} {a b : α} : HEq a b ↔ a = b := ⟨eq_of_heq, heq_of_eq⟩
theorem zpow_neg {α : Type u} [Field α] (a : α) (n : ℤ) : a ^ (-n) = (a ^ n)⁻¹ := Field.zpow_neg a n
@[simp] theorem zpow_zero {α : Type u} [Field α] (a : α) : a ^ (0 : ℤ) = 1 := Field.zpow_zero a
theorem zpow_ofNat {α : Type u} [Field α] (a : α) (n : ℕ) : a ^ (OfNat.ofNat n : ℤ) = a ^ n :=
  Field.zpow_natCast a n

namespace Equiv
variable {α : Type u} {β : Type v}

@[simp] theorem symm_apply_apply (e : Equiv α β) (x : α) : e.symm (e x) = x := e.left_inv x
@[simp] theorem apply_symm_apply (e : Equiv α β) (x : β) : e (e.symm x) = x := e.right_inv x
theorem symm_apply_eq (e : Equiv α β) {x : β} {y : α} : e.symm x = y ↔ x = e y :=
  ⟨fun h => by rw [← h, apply_symm_apply], fun h => by rw [h, symm_apply_apply]⟩
theorem eq_symm_apply (e : Equiv α β) {x : β} {y : α} : y = e.symm x ↔ e y = x :=
  ⟨fun h => by rw [h, apply_symm_apply], fun h => by rw [← h, symm_apply_apply]⟩
theorem apply_eq_iff_eq_symm_apply (e : Equiv α β) {x : α} {y : β} : e x = y ↔ x = e.symm y :=
  (eq_symm_apply e).symm
@[simp] theorem apply_eq_iff_eq (e : Equiv α β) {x y : α} : e x = e y ↔ x = y :=
  ⟨fun h => by rw [← symm_apply_apply e x, h, symm_apply_apply], fun h => by rw [h]⟩
theorem injective (e : Equiv α β) : Function.Injective e := fun _ _ h => (apply_eq_iff_eq e).1 h
theorem surjective (e : Equiv α β) : Function.Surjective e := fun y => ⟨e.symm y, apply_symm_apply e y⟩
theorem bijective (e : Equiv α β) : Function.Bijective e := ⟨injective e, surjective e⟩
theorem toFun_as_coe (e : Equiv α β) : e.toFun = e := rfl
theorem invFun_as_coe (e : Equiv α β) : e.invFun = e.symm := rfl

end Equiv

namespace Finset
variable {α : Type u}

theorem filter_true_of_mem {p : α → Prop} [DecidablePred p] {s : Finset α} (h : ∀ x, x ∈ s → p x) :
    filter p s = s := by
  ext x; rw [mem_filter]; exact ⟨fun hx => hx.1, fun hx => ⟨hx, h x hx⟩⟩
theorem filter_subset' (p : α → Prop) [DecidablePred p] (s : Finset α) : filter p s ⊆ s :=
  fun _ h => (mem_filter.1 h).1

end Finset

namespace Real
section Trig
variable {R : Type u} [Field R] [LE R] [LT R] [Std.LawfulOrderLT R] [Std.IsLinearOrder R]
  [OrderedRing R] [Real.Trig R]

theorem abs_cos_le_one [DecidableLE R] (x : R) : |cos x| ≤ 1 := by
  have h1 := cos_le_one x
  have h2 := neg_one_le_cos x
  grind
theorem abs_sin_le_one [DecidableLE R] (x : R) : |sin x| ≤ 1 := by
  have h1 := sin_le_one x
  have h2 := neg_one_le_sin x
  grind
theorem two_pi_pos : (0 : R) < 2 * pi := by have := pi_pos (R := R); grind
theorem pi_div_two_pos : (0 : R) < pi / 2 := by have := pi_pos (R := R); grind
theorem sin_nonneg_of_nonneg_of_le_pi {x : R} (h : 0 ≤ x) (h' : x ≤ pi) : 0 ≤ sin x := by
  by_cases h0 : x = 0
  · subst h0; rw [sin_zero]
  · by_cases h1 : x = pi
    · subst h1; rw [sin_pi]
    · exact le_of_lt (sin_pos_of_pos_of_lt_pi (by grind) (by grind))
theorem cos_sub_cos (x y : R) : cos x - cos y = -2 * sin ((x + y) / 2) * sin ((x - y) / 2) := by
  have h1 : x = (x + y) / 2 + (x - y) / 2 := by grind
  have h2 : y = (x + y) / 2 - (x - y) / 2 := by grind
  have e1 := cos_add ((x + y) / 2) ((x - y) / 2)
  have e2 := cos_sub ((x + y) / 2) ((x - y) / 2)
  rw [← h1] at e1; rw [← h2] at e2
  grind
theorem sin_sub_sin (x y : R) : sin x - sin y = 2 * sin ((x - y) / 2) * cos ((x + y) / 2) := by
  have h1 : x = (x + y) / 2 + (x - y) / 2 := by grind
  have h2 : y = (x + y) / 2 - (x - y) / 2 := by grind
  have e1 := sin_add ((x + y) / 2) ((x - y) / 2)
  have e2 := sin_sub ((x + y) / 2) ((x - y) / 2)
  rw [← h1] at e1; rw [← h2] at e2
  grind
theorem cos_lt_cos_of_nonneg_of_le_pi {x y : R} (hx : 0 ≤ x) (hy : y ≤ pi) (h : x < y) : cos y < cos x := by
  have e := cos_sub_cos y x
  have p1 : 0 < sin ((y + x) / 2) := sin_pos_of_pos_of_lt_pi (by grind) (by grind)
  have p2 : 0 < sin ((y - x) / 2) := sin_pos_of_pos_of_lt_pi (by grind) (by have := pi_pos (R := R); grind)
  have := mul_pos p1 p2
  grind
theorem cos_le_cos_of_nonneg_of_le_pi {x y : R} (hx : 0 ≤ x) (hy : y ≤ pi) (h : x ≤ y) : cos y ≤ cos x := by
  by_cases e : x = y
  · rw [e]
  · exact le_of_lt (cos_lt_cos_of_nonneg_of_le_pi hx hy (by grind))
theorem injOn_cos {x y : R} (hx : 0 ≤ x) (hx' : x ≤ pi) (hy : 0 ≤ y) (hy' : y ≤ pi) (h : cos x = cos y) : x = y := by
  rcases lt_trichotomy x y with hl | hl | hl
  · have := cos_lt_cos_of_nonneg_of_le_pi hx hy' hl; grind
  · exact hl
  · have := cos_lt_cos_of_nonneg_of_le_pi hy hx' hl; grind
@[simp] theorem cos_pi_div_three : cos (pi / 3 : R) = 1 / 2 := by
  have h := cos_three_mul (pi / 3 : R)
  rw [show (3 : R) * (pi / 3) = pi by grind, cos_pi] at h
  have hp := pi_pos (R := R)
  have h1 := cos_pos_of_mem (x := (pi / 3 : R)) (by grind) (by grind)
  generalize cos (pi / 3 : R) = c at h h1
  have h2 : (c + 1) * ((2 * c - 1) * (2 * c - 1)) = 0 := by grind
  have h3 : (2 * c - 1) * (2 * c - 1) = 0 := by grind
  grind
@[simp] theorem sin_pi_div_six : sin (pi / 6 : R) = 1 / 2 := by
  rw [← cos_pi_div_two_sub, show (pi : R) / 2 - pi / 6 = pi / 3 by grind, cos_pi_div_three]
end Trig
end Real
