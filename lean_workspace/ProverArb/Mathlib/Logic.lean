module

public import ProverArb.Core.LogExp
public import ProverArb.Core.NNReal

/-!
Logic and the laws of orders under Mathlib's names. Orders are stated for Lean's own classes
(`Std.IsPreorder`, `Std.IsPartialOrder`, `Std.IsLinearOrder`), which ℕ, ℤ, ℚ and the reals have.
-/

@[expose] public section

set_option autoImplicit false
set_option linter.unusedSectionVars false
set_option linter.unusedVariables false

universe u v

section Preorder
variable {α : Type u} [LE α] [Std.IsPreorder α]

@[refl, simp] theorem le_refl (a : α) : a ≤ a := Std.IsPreorder.le_refl a
theorem le_rfl {a : α} : a ≤ a := Std.IsPreorder.le_refl a
theorem le_trans {a b c : α} (h : a ≤ b) (h' : b ≤ c) : a ≤ c := Std.IsPreorder.le_trans a b c h h'
theorem ge_trans {a b c : α} (h : a ≥ b) (h' : b ≥ c) : a ≥ c := Std.IsPreorder.le_trans c b a h' h
theorem le_of_eq {a b : α} (h : a = b) : a ≤ b := h ▸ le_refl a
theorem ge_of_eq {a b : α} (h : a = b) : a ≥ b := h ▸ le_refl a
theorem Eq.le {a b : α} (h : a = b) : a ≤ b := h ▸ le_refl a
theorem Eq.ge {a b : α} (h : a = b) : a ≥ b := h ▸ le_refl a
theorem LE.le.trans {a b c : α} (h : a ≤ b) (h' : b ≤ c) : a ≤ c := le_trans h h'
theorem LE.le.ge {a b : α} (h : a ≤ b) : b ≥ a := h
theorem GE.ge.le {a b : α} (h : a ≥ b) : b ≤ a := h
theorem ge_iff_le' {a b : α} : a ≥ b ↔ b ≤ a := Iff.rfl

variable [LT α] [Std.LawfulOrderLT α]

theorem lt_iff_le_not_ge {a b : α} : a < b ↔ a ≤ b ∧ ¬ b ≤ a := Std.LawfulOrderLT.lt_iff a b
theorem lt_iff_le_not_le {a b : α} : a < b ↔ a ≤ b ∧ ¬ b ≤ a := Std.LawfulOrderLT.lt_iff a b
theorem le_of_lt {a b : α} (h : a < b) : a ≤ b := (lt_iff_le_not_ge.1 h).1
theorem lt_irrefl (a : α) : ¬ a < a := fun h => (lt_iff_le_not_ge.1 h).2 (le_refl a)
@[simp] theorem lt_self_iff_false (a : α) : a < a ↔ False := ⟨lt_irrefl a, False.elim⟩
theorem lt_of_lt_of_le {a b c : α} (h : a < b) (h' : b ≤ c) : a < c :=
  lt_iff_le_not_ge.2 ⟨le_trans (le_of_lt h) h', fun h'' => (lt_iff_le_not_ge.1 h).2 (le_trans h' h'')⟩
theorem lt_of_le_of_lt {a b c : α} (h : a ≤ b) (h' : b < c) : a < c :=
  lt_iff_le_not_ge.2 ⟨le_trans h (le_of_lt h'), fun h'' => (lt_iff_le_not_ge.1 h').2 (le_trans h'' h)⟩
theorem lt_trans {a b c : α} (h : a < b) (h' : b < c) : a < c := lt_of_lt_of_le h (le_of_lt h')
theorem gt_trans {a b c : α} (h : a > b) (h' : b > c) : a > c := lt_trans h' h
theorem ne_of_lt {a b : α} (h : a < b) : a ≠ b := fun e => lt_irrefl a (by rw [← e] at h; exact h)
theorem ne_of_gt {a b : α} (h : a > b) : a ≠ b := fun e => lt_irrefl a (by rw [← e] at h; exact h)
theorem ne_of_gt' {a b : α} (h : b < a) : a ≠ b := fun e => lt_irrefl a (by rw [← e] at h; exact h)
theorem lt_asymm {a b : α} (h : a < b) : ¬ b < a := fun h' => lt_irrefl a (lt_trans h h')
theorem not_lt_of_gt {a b : α} (h : a > b) : ¬ a < b := lt_asymm h
theorem not_lt_of_ge {a b : α} (h : a ≥ b) : ¬ a < b := fun h' => lt_irrefl a (lt_of_lt_of_le h' h)
theorem not_lt_of_le {a b : α} (h : a ≤ b) : ¬ b < a := fun h' => lt_irrefl a (lt_of_le_of_lt h h')
theorem not_le_of_gt {a b : α} (h : a > b) : ¬ a ≤ b := fun h' => lt_irrefl a (lt_of_le_of_lt h' h)
theorem not_le_of_lt {a b : α} (h : a < b) : ¬ b ≤ a := fun h' => lt_irrefl a (lt_of_lt_of_le h h')
theorem LT.lt.le {a b : α} (h : a < b) : a ≤ b := le_of_lt h
theorem LT.lt.ne {a b : α} (h : a < b) : a ≠ b := ne_of_lt h
theorem LT.lt.ne' {a b : α} (h : a < b) : b ≠ a := (ne_of_lt h).symm
theorem LT.lt.trans {a b c : α} (h : a < b) (h' : b < c) : a < c := lt_trans h h'
theorem LT.lt.trans_le {a b c : α} (h : a < b) (h' : b ≤ c) : a < c := lt_of_lt_of_le h h'
theorem LE.le.trans_lt {a b c : α} (h : a ≤ b) (h' : b < c) : a < c := lt_of_le_of_lt h h'
theorem LT.lt.not_le {a b : α} (h : a < b) : ¬ b ≤ a := not_le_of_lt h
theorem LT.lt.not_ge {a b : α} (h : a < b) : ¬ b ≤ a := not_le_of_lt h
theorem LT.lt.not_lt {a b : α} (h : a < b) : ¬ b < a := lt_asymm h
theorem LT.lt.not_gt {a b : α} (h : a < b) : ¬ b < a := lt_asymm h
theorem LE.le.not_lt {a b : α} (h : a ≤ b) : ¬ b < a := not_lt_of_le h
theorem LE.le.not_gt {a b : α} (h : a ≤ b) : ¬ b < a := not_lt_of_le h
theorem LT.lt.gt {a b : α} (h : a < b) : b > a := h
theorem GT.gt.lt {a b : α} (h : a > b) : b < a := h
theorem gt_iff_lt' {a b : α} : a > b ↔ b < a := Iff.rfl

end Preorder

section PartialOrder
variable {α : Type u} [LE α] [Std.IsPartialOrder α]

theorem le_antisymm {a b : α} (h : a ≤ b) (h' : b ≤ a) : a = b := Std.IsPartialOrder.le_antisymm a b h h'
theorem ge_antisymm {a b : α} (h : a ≥ b) (h' : b ≥ a) : a = b := Std.IsPartialOrder.le_antisymm a b h' h
theorem eq_of_le_of_ge {a b : α} (h : a ≤ b) (h' : b ≤ a) : a = b := le_antisymm h h'
theorem LE.le.antisymm {a b : α} (h : a ≤ b) (h' : b ≤ a) : a = b := le_antisymm h h'
theorem le_antisymm_iff {a b : α} : a = b ↔ a ≤ b ∧ b ≤ a :=
  ⟨fun h => by subst h; exact ⟨le_refl a, le_refl a⟩, fun h => le_antisymm h.1 h.2⟩

variable [LT α] [Std.LawfulOrderLT α]

theorem lt_iff_le_and_ne {a b : α} : a < b ↔ a ≤ b ∧ a ≠ b :=
  ⟨fun h => ⟨le_of_lt h, ne_of_lt h⟩, fun h => lt_iff_le_not_ge.2 ⟨h.1, fun h' => h.2 (le_antisymm h.1 h')⟩⟩
theorem lt_of_le_of_ne {a b : α} (h : a ≤ b) (h' : a ≠ b) : a < b := lt_iff_le_and_ne.2 ⟨h, h'⟩
theorem lt_of_le_of_ne' {a b : α} (h : a ≤ b) (h' : b ≠ a) : a < b := lt_iff_le_and_ne.2 ⟨h, fun e => h' e.symm⟩
theorem LE.le.lt_of_ne {a b : α} (h : a ≤ b) (h' : a ≠ b) : a < b := lt_of_le_of_ne h h'
theorem LE.le.lt_of_ne' {a b : α} (h : a ≤ b) (h' : b ≠ a) : a < b := lt_of_le_of_ne' h h'
theorem le_iff_lt_or_eq {a b : α} : a ≤ b ↔ a < b ∨ a = b := by
  constructor
  · intro h
    by_cases e : a = b
    · exact Or.inr e
    · exact Or.inl (lt_of_le_of_ne h e)
  · rintro (h | rfl)
    · exact le_of_lt h
    · exact le_refl _
theorem le_iff_eq_or_lt {a b : α} : a ≤ b ↔ a = b ∨ a < b := by rw [le_iff_lt_or_eq, or_comm]
theorem lt_or_eq_of_le {a b : α} (h : a ≤ b) : a < b ∨ a = b := le_iff_lt_or_eq.1 h
theorem eq_or_lt_of_le {a b : α} (h : a ≤ b) : a = b ∨ a < b := le_iff_eq_or_lt.1 h
theorem LE.le.eq_or_lt {a b : α} (h : a ≤ b) : a = b ∨ a < b := eq_or_lt_of_le h
theorem LE.le.lt_or_eq {a b : α} (h : a ≤ b) : a < b ∨ a = b := lt_or_eq_of_le h
theorem eq_of_le_of_not_lt {a b : α} (h : a ≤ b) (h' : ¬ a < b) : a = b := (lt_or_eq_of_le h).resolve_left h'

end PartialOrder

section LinearOrder
variable {α : Type u} [LE α] [Std.IsLinearOrder α]

theorem le_total (a b : α) : a ≤ b ∨ b ≤ a := Std.IsLinearPreorder.le_total a b

variable [LT α] [Std.LawfulOrderLT α]

@[simp] theorem not_le {a b : α} : ¬ a ≤ b ↔ b < a := by grind
@[simp] theorem not_lt {a b : α} : ¬ a < b ↔ b ≤ a := by grind
theorem lt_of_not_ge {a b : α} (h : ¬ a ≥ b) : a < b := by grind
theorem lt_of_not_le {a b : α} (h : ¬ b ≤ a) : a < b := by grind
theorem le_of_not_lt {a b : α} (h : ¬ b < a) : a ≤ b := by grind
theorem le_of_not_gt {a b : α} (h : ¬ a > b) : a ≤ b := by grind
theorem le_of_not_le {a b : α} (h : ¬ b ≤ a) : a ≤ b := by grind
theorem le_of_not_ge {a b : α} (h : ¬ a ≥ b) : a ≤ b := by grind
theorem lt_or_ge (a b : α) : a < b ∨ a ≥ b := by grind
theorem lt_or_le (a b : α) : a < b ∨ b ≤ a := by grind
theorem le_or_lt (a b : α) : a ≤ b ∨ b < a := by grind
theorem le_or_gt (a b : α) : a ≤ b ∨ a > b := by grind
theorem lt_trichotomy (a b : α) : a < b ∨ a = b ∨ b < a := by grind
theorem lt_or_gt_of_ne {a b : α} (h : a ≠ b) : a < b ∨ a > b := by grind
theorem lt_or_lt_iff_ne {a b : α} : a < b ∨ b < a ↔ a ≠ b := by grind
theorem ne_iff_lt_or_gt {a b : α} : a ≠ b ↔ a < b ∨ a > b := by grind
theorem Ne.lt_or_lt {a b : α} (h : a ≠ b) : a < b ∨ b < a := by grind
theorem Ne.lt_or_gt {a b : α} (h : a ≠ b) : a < b ∨ b < a := by grind
theorem eq_of_not_lt_of_not_gt {a b : α} (h : ¬ a < b) (h' : ¬ b < a) : a = b := by grind
theorem le_imp_le_iff_lt_imp_lt {a b c d : α} : (a ≤ b → c ≤ d) ↔ (d < c → b < a) := by grind

end LinearOrder

theorem ne_eq_eq {α : Sort u} {a b : α} : (¬ a = b) = (a ≠ b) := rfl
theorem congr_arg {α : Sort u} {β : Sort v} {a b : α} (f : α → β) (h : a = b) : f a = f b := congrArg f h
theorem or_iff_not_imp_left {a b : Prop} : a ∨ b ↔ (¬ a → b) := Classical.or_iff_not_imp_left
theorem or_iff_not_imp_right {a b : Prop} : a ∨ b ↔ (¬ b → a) := Classical.or_iff_not_imp_right
theorem not_not {a : Prop} : ¬ ¬ a ↔ a := Classical.not_not
theorem not_forall {α : Sort u} {p : α → Prop} : (¬ ∀ x, p x) ↔ ∃ x, ¬ p x := Classical.not_forall
theorem by_contradiction {p : Prop} (h : ¬ p → False) : p := Classical.byContradiction h
theorem of_not_not {p : Prop} (h : ¬ ¬ p) : p := Classical.not_not.1 h
theorem not_imp {a b : Prop} : ¬ (a → b) ↔ a ∧ ¬ b := Classical.not_imp
theorem imp_iff_not_or {a b : Prop} : (a → b) ↔ ¬ a ∨ b := by
  by_cases h : a <;> simp [h]
theorem not_and_or {a b : Prop} : ¬ (a ∧ b) ↔ ¬ a ∨ ¬ b := Classical.not_and_iff_not_or_not
theorem exists_unique_of {α : Sort u} {p : α → Prop} (h : ∃ x, p x ∧ ∀ y, p y → y = x) : ExistsUnique p := h
theorem ExistsUnique.intro {α : Sort u} {p : α → Prop} (w : α) (h : p w) (h' : ∀ y, p y → y = w) :
    ExistsUnique p := ⟨w, h, h'⟩
theorem ExistsUnique.exists {α : Sort u} {p : α → Prop} (h : ExistsUnique p) : ∃ x, p x := by
  obtain ⟨x, hx, _⟩ := h; exact ⟨x, hx⟩
theorem ExistsUnique.unique {α : Sort u} {p : α → Prop} (h : ExistsUnique p) {a b : α} (ha : p a) (hb : p b) :
    a = b := by
  obtain ⟨x, _, hx⟩ := h; rw [hx a ha, hx b hb]
theorem true_and_iff {p : Prop} : True ∧ p ↔ p := by simp
theorem and_true_iff {p : Prop} : p ∧ True ↔ p := by simp
theorem Function.mt {a b : Prop} (h : a → b) : ¬ b → ¬ a := _root_.mt h
