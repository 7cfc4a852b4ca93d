module

public import ProverArb.Core.Basic

/-!
Mathlib's classes of algebra. Rings and fields are Lean's own (`Lean.Grind`), which ask for the same
laws; semigroups, monoids and groups are defined here.
-/

@[expose] public section

set_option autoImplicit false

universe u

/-- Mathlib's `Semiring`. -/
abbrev Semiring (α : Type u) : Type u := Lean.Grind.Semiring α
/-- Mathlib's `CommSemiring`. -/
abbrev CommSemiring (α : Type u) : Type u := Lean.Grind.CommSemiring α
/-- Mathlib's `Ring`. -/
abbrev Ring (α : Type u) : Type u := Lean.Grind.Ring α
/-- Mathlib's `CommRing`. -/
abbrev CommRing (α : Type u) : Type u := Lean.Grind.CommRing α
/-- Mathlib's `Field`. -/
abbrev Field (α : Type u) : Type u := Lean.Grind.Field α

/-- Mathlib's `Semigroup`. -/
class Semigroup (G : Type u) extends Mul G where
  protected mul_assoc : ∀ a b c : G, a * b * c = a * (b * c)
/-- Mathlib's `Monoid`. Powers are the ones by repeated multiplication, as the laws there ask. -/
class Monoid (G : Type u) extends Semigroup G, One G where
  protected one_mul : ∀ a : G, 1 * a = a
  protected mul_one : ∀ a : G, a * 1 = a
/-- Mathlib's `CommMonoid`. -/
class CommMonoid (G : Type u) extends Monoid G where
  protected mul_comm : ∀ a b : G, a * b = b * a
/-- Mathlib's `Group`. -/
class Group (G : Type u) extends Monoid G, Inv G where
  protected inv_mul_cancel : ∀ a : G, a⁻¹ * a = 1
/-- Mathlib's `CommGroup`. -/
class CommGroup (G : Type u) extends Group G where
  protected mul_comm : ∀ a b : G, a * b = b * a

/-- Powers in a monoid, Mathlib's `Monoid.npow`. -/
def Monoid.npow {G : Type u} [Monoid G] (a : G) : ℕ → G
  | 0 => 1
  | n + 1 => npow a n * a
instance (priority := 50) {G : Type u} [Monoid G] : NatPow G := ⟨Monoid.npow⟩
/-- Powers in a group, Mathlib's `zpow`. -/
def Group.zpow {G : Type u} [Group G] (a : G) : ℤ → G
  | .ofNat n => a ^ n
  | .negSucc n => (a ^ (n + 1))⁻¹
instance (priority := 50) {G : Type u} [Group G] : HPow G ℤ G := ⟨Group.zpow⟩
instance (priority := 50) {G : Type u} [Group G] : Div G := ⟨fun a b => a * b⁻¹⟩
