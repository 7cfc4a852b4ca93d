module

public import ProverArb.Core.Finite

/-!
The positive naturals `ℕ+` and the naturals with `∞`, as in Mathlib, and cardinalities there.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u

/-- Mathlib's `PNat`. -/
def PNat : Type := {n : ℕ // 0 < n}

@[inherit_doc] notation "ℕ+" => PNat

namespace PNat

/-- Mathlib's coercion `PNat.val`. -/
@[coe] def val (n : ℕ+) : ℕ := Subtype.val n
instance : CoeOut ℕ+ ℕ := ⟨val⟩
@[simp] theorem pos (n : ℕ+) : 0 < (n : ℕ) := n.property
grind_pattern pos => PNat.val n
@[ext, grind ext] protected theorem eq {m n : ℕ+} (h : (m : ℕ) = n) : m = n := Subtype.ext h

/-- Mathlib's `Nat.toPNat'`: the number itself if it is positive, and `1` for `0`. -/
def ofNat' (n : ℕ) : ℕ+ := ⟨n.pred.succ, Nat.succ_pos _⟩

instance (n : ℕ) : OfNat ℕ+ (n + 1) := ⟨⟨n + 1, Nat.succ_pos n⟩⟩
instance : Add ℕ+ := ⟨fun m n => ⟨m.val + n.val, Nat.add_pos_left m.property _⟩⟩
instance : Mul ℕ+ := ⟨fun m n => ⟨m.val * n.val, Nat.mul_pos m.property n.property⟩⟩
/-- Mathlib's `PNat.sub`: `1` where there is no positive difference. -/
instance : Sub ℕ+ := ⟨fun m n => ofNat' (m.val - n.val)⟩
instance : NatPow ℕ+ := ⟨fun m k => ⟨m.val ^ k, Nat.pow_pos m.property⟩⟩
instance : LE ℕ+ := ⟨fun m n => m.val ≤ n.val⟩
instance : LT ℕ+ := ⟨fun m n => m.val < n.val⟩
instance : Dvd ℕ+ := ⟨fun m n => ∃ k : ℕ+, n = m * k⟩
instance : DecidableEq ℕ+ := inferInstanceAs (DecidableEq {n : ℕ // 0 < n})
instance (m n : ℕ+) : Decidable (m ≤ n) := inferInstanceAs (Decidable (m.val ≤ n.val))
instance (m n : ℕ+) : Decidable (m < n) := inferInstanceAs (Decidable (m.val < n.val))
instance : Max ℕ+ := ⟨fun m n => if m ≤ n then n else m⟩
instance : Min ℕ+ := ⟨fun m n => if m ≤ n then m else n⟩
instance : Inhabited ℕ+ := ⟨1⟩
instance : Std.LawfulOrderLT ℕ+ := ⟨fun m n => by
  show m.val < n.val ↔ m.val ≤ n.val ∧ ¬ n.val ≤ m.val
  omega⟩
instance : Std.IsLinearOrder ℕ+ where
  le_refl n := Nat.le_refl n.val
  le_trans _ _ _ h h' := Nat.le_trans h h'
  le_antisymm _ _ h h' := PNat.eq (Nat.le_antisymm h h')
  le_total m n := Nat.le_total m.val n.val

@[simp, grind =] theorem add_coe (m n : ℕ+) : ((m + n : ℕ+) : ℕ) = m + n := rfl
@[simp, grind =] theorem mul_coe (m n : ℕ+) : ((m * n : ℕ+) : ℕ) = m * n := rfl
@[simp, grind =] theorem pow_coe (m : ℕ+) (k : ℕ) : ((m ^ k : ℕ+) : ℕ) = (m : ℕ) ^ k := rfl
@[simp] theorem one_coe : ((1 : ℕ+) : ℕ) = 1 := rfl
@[simp, grind =] theorem ofNat_coe (n : ℕ) : ((OfNat.ofNat (n + 1) : ℕ+) : ℕ) = n + 1 := rfl
@[simp, grind =] theorem coe_le_coe (m n : ℕ+) : ((m : ℕ) ≤ n) = (m ≤ n) := rfl
@[simp, grind =] theorem coe_lt_coe (m n : ℕ+) : ((m : ℕ) < n) = (m < n) := rfl
theorem coe_inj {m n : ℕ+} : (m : ℕ) = n ↔ m = n := ⟨PNat.eq, fun h => by rw [h]⟩
theorem dvd_iff {m n : ℕ+} : m ∣ n ↔ (m : ℕ) ∣ n := by
  constructor
  · rintro ⟨k, rfl⟩; exact Nat.dvd_mul_right _ _
  · rintro ⟨k, hk⟩
    have hn := n.property
    have hk0 : 0 < k := by
      apply Nat.pos_of_ne_zero
      intro h0
      subst h0
      change 0 < n.val at hn
      rw [hk, Nat.mul_zero] at hn
      exact Nat.lt_irrefl 0 hn
    exact ⟨⟨k, hk0⟩, PNat.eq hk⟩

end PNat

/-- Mathlib's `ENat`, the naturals with `⊤`. -/
inductive ENat : Type where
  | ofNat (n : ℕ)
  | infinity

@[inherit_doc] notation "ℕ∞" => ENat

namespace ENat

instance : Coe ℕ ℕ∞ := ⟨ofNat⟩
instance : Top ℕ∞ := ⟨infinity⟩
instance (n : ℕ) : OfNat ℕ∞ n := ⟨.ofNat n⟩
instance : LE ℕ∞ := ⟨fun
  | _, infinity => True
  | infinity, .ofNat _ => False
  | .ofNat m, .ofNat n => m ≤ n⟩
instance : LT ℕ∞ := ⟨fun a b => a ≤ b ∧ ¬ b ≤ a⟩
instance : Add ℕ∞ := ⟨fun
  | .ofNat m, .ofNat n => .ofNat (m + n)
  | _, _ => infinity⟩
/-- As in Mathlib: `0 * ⊤ = 0`. -/
instance : Mul ℕ∞ := ⟨fun
  | .ofNat m, .ofNat n => .ofNat (m * n)
  | .ofNat 0, infinity => .ofNat 0
  | infinity, .ofNat 0 => .ofNat 0
  | _, _ => infinity⟩
/-- Mathlib's `ENat.toNat`: `0` for `⊤`. -/
def toNat : ℕ∞ → ℕ
  | .ofNat n => n
  | infinity => 0

@[simp] theorem coe_inj {m n : ℕ} : (m : ℕ∞) = (n : ℕ∞) ↔ m = n := ⟨fun h => ENat.ofNat.inj h, fun h => by rw [h]⟩
@[simp] theorem coe_le_coe {m n : ℕ} : (m : ℕ∞) ≤ (n : ℕ∞) ↔ m ≤ n := Iff.rfl
theorem coe_ne_top (n : ℕ) : (n : ℕ∞) ≠ ⊤ := fun h => ENat.noConfusion h

end ENat

/-- Mathlib's `Set.encard`. -/
def Set.encard {α : Type u} (s : Set α) : ℕ∞ := open Classical in if s.Finite then (s.ncard : ℕ∞) else ⊤

theorem Set.Finite.encard_eq {α : Type u} {s : Set α} (h : s.Finite) : s.encard = (s.ncard : ℕ∞) := by
  unfold Set.encard; rw [if_pos h]
/-- Mathlib's `Set.encard_eq_top_iff`. -/
theorem Set.encard_eq_top_iff {α : Type u} {s : Set α} : s.encard = ⊤ ↔ s.Infinite := by
  unfold Set.encard Set.Infinite
  split
  · rename_i h
    exact ⟨fun h' => absurd h' (ENat.coe_ne_top _), fun h' => absurd h h'⟩
  · rename_i h
    exact ⟨fun _ => h, fun _ => rfl⟩

/-- Mathlib's `WithBot`, a type with a least element `⊥` more. -/
inductive WithBot (α : Type u) : Type u where
  | bottom
  | ofElement (a : α)

namespace WithBot
variable {α : Type u}
instance : Coe α (WithBot α) := ⟨ofElement⟩
instance : Bot (WithBot α) := ⟨bottom⟩
instance (n : ℕ) [OfNat α n] : OfNat (WithBot α) n := ⟨.ofElement (OfNat.ofNat n)⟩
instance [LE α] : LE (WithBot α) := ⟨fun
  | bottom, _ => True
  | ofElement _, bottom => False
  | ofElement a, ofElement b => a ≤ b⟩
instance [LE α] : LT (WithBot α) := ⟨fun a b => a ≤ b ∧ ¬ b ≤ a⟩
end WithBot
