module

public import ProverArb.Core.Topology

/-!
Functions and pairs are added and multiplied pointwise, and scalars multiply them, as in Mathlib.
-/

@[expose] public noncomputable section

set_option autoImplicit false
set_option linter.unusedSectionVars false

universe u v w

open Lean.Grind

/-- Mathlib's `Mul.toSMul`: a scalar multiplies its own kind. -/
instance (priority := 40) mulToSMul {R : Type u} [Field R] : SMul R R := ⟨fun a b => a * b⟩
theorem smul_eq_mul {R : Type u} [Field R] (a b : R) : a • b = a * b := rfl

namespace Pi
variable {ι : Type u} {R : Type v}

/-- Mathlib's `Pi.instSMul`. -/
instance (priority := 60) {M : Type w} [SMul M R] : SMul M (ι → R) := ⟨fun c f i => c • f i⟩
/-- Mathlib's `Pi.instDiv`. -/
instance [Div R] : Div (ι → R) := ⟨fun f g i => f i / g i⟩
/-- Mathlib's `Pi.instInv`. -/
instance [Inv R] : Inv (ι → R) := ⟨fun f i => (f i)⁻¹⟩
/-- Mathlib's `Pi.hasLe`. -/
instance [LE R] : LE (ι → R) := ⟨fun f g => ∀ i, f i ≤ g i⟩
/-- The strict order that belongs to it, Mathlib's `Pi.preorder`. -/
instance [LE R] : LT (ι → R) := ⟨fun f g => f ≤ g ∧ ¬ g ≤ f⟩

/-- Mathlib's `Pi.commRing`. -/
instance commRing [CommRing R] : CommRing (ι → R) where
  add f g i := f i + g i
  mul f g i := f i * g i
  neg f i := -f i
  sub f g i := f i - g i
  natCast := ⟨fun n _ => (n : R)⟩
  intCast := ⟨fun n _ => (n : R)⟩
  ofNat n := ⟨fun _ => OfNat.ofNat n⟩
  nsmul := ⟨fun n f i => n • f i⟩
  zsmul := ⟨fun n f i => n • f i⟩
  npow := ⟨fun f n i => f i ^ n⟩
  add_zero f := funext fun i => Semiring.add_zero (f i)
  add_comm f g := funext fun i => Semiring.add_comm (f i) (g i)
  add_assoc f g h := funext fun i => Semiring.add_assoc (f i) (g i) (h i)
  mul_assoc f g h := funext fun i => Semiring.mul_assoc (f i) (g i) (h i)
  mul_one f := funext fun i => Semiring.mul_one (f i)
  one_mul f := funext fun i => Semiring.one_mul (f i)
  left_distrib f g h := funext fun i => Semiring.left_distrib (f i) (g i) (h i)
  right_distrib f g h := funext fun i => Semiring.right_distrib (f i) (g i) (h i)
  zero_mul f := funext fun i => Semiring.zero_mul (f i)
  mul_zero f := funext fun i => Semiring.mul_zero (f i)
  pow_zero f := funext fun i => Semiring.pow_zero (f i)
  pow_succ f n := funext fun i => Semiring.pow_succ (f i) n
  ofNat_succ n := funext fun _ => Semiring.ofNat_succ n
  ofNat_eq_natCast n := funext fun _ => Semiring.ofNat_eq_natCast n
  nsmul_eq_natCast_mul n f := funext fun i => Semiring.nsmul_eq_natCast_mul n (f i)
  neg_add_cancel f := funext fun i => Ring.neg_add_cancel (f i)
  sub_eq_add_neg f g := funext fun i => Ring.sub_eq_add_neg (f i) (g i)
  neg_zsmul n f := funext fun i => Ring.neg_zsmul n (f i)
  zsmul_natCast_eq_nsmul n f := funext fun i => Ring.zsmul_natCast_eq_nsmul n (f i)
  intCast_ofNat n := funext fun _ => Ring.intCast_ofNat n
  intCast_neg n := funext fun _ => Ring.intCast_neg n
  mul_comm f g := funext fun i => CommSemiring.mul_comm (f i) (g i)

@[simp, grind =] theorem add_apply [CommRing R] (f g : ι → R) (i : ι) : (f + g) i = f i + g i := rfl
@[simp, grind =] theorem sub_apply [CommRing R] (f g : ι → R) (i : ι) : (f - g) i = f i - g i := rfl
@[simp, grind =] theorem mul_apply [CommRing R] (f g : ι → R) (i : ι) : (f * g) i = f i * g i := rfl
@[simp, grind =] theorem neg_apply [CommRing R] (f : ι → R) (i : ι) : (-f) i = -f i := rfl
@[simp, grind =] theorem pow_apply [CommRing R] (f : ι → R) (n : ℕ) (i : ι) : (f ^ n) i = f i ^ n := rfl
@[simp, grind =] theorem smul_apply {M : Type w} [SMul M R] (c : M) (f : ι → R) (i : ι) : (c • f) i = c • f i := rfl
@[simp] theorem zero_apply [CommRing R] (i : ι) : (0 : ι → R) i = 0 := rfl
@[simp] theorem one_apply [CommRing R] (i : ι) : (1 : ι → R) i = 1 := rfl

end Pi

namespace Prod
variable {α : Type u} {β : Type v}

/-- Mathlib's `Prod.smul`. -/
instance (priority := 60) {M : Type w} [SMul M α] [SMul M β] : SMul M (α × β) := ⟨fun c p => (c • p.1, c • p.2)⟩
/-- Mathlib's `Prod.instLE`: both parts are compared. -/
instance (priority := 60) [LE α] [LE β] : LE (α × β) := ⟨fun p q => p.1 ≤ q.1 ∧ p.2 ≤ q.2⟩

/-- Mathlib's `Prod.instCommRing`. -/
instance commRing [CommRing α] [CommRing β] : CommRing (α × β) where
  add p q := (p.1 + q.1, p.2 + q.2)
  mul p q := (p.1 * q.1, p.2 * q.2)
  neg p := (-p.1, -p.2)
  sub p q := (p.1 - q.1, p.2 - q.2)
  natCast := ⟨fun n => ((n : α), (n : β))⟩
  intCast := ⟨fun n => ((n : α), (n : β))⟩
  ofNat n := ⟨(OfNat.ofNat n, OfNat.ofNat n)⟩
  nsmul := ⟨fun n p => (n • p.1, n • p.2)⟩
  zsmul := ⟨fun n p => (n • p.1, n • p.2)⟩
  npow := ⟨fun p n => (p.1 ^ n, p.2 ^ n)⟩
  add_zero p := Prod.ext (Semiring.add_zero p.1) (Semiring.add_zero p.2)
  add_comm p q := Prod.ext (Semiring.add_comm p.1 q.1) (Semiring.add_comm p.2 q.2)
  add_assoc p q r := Prod.ext (Semiring.add_assoc p.1 q.1 r.1) (Semiring.add_assoc p.2 q.2 r.2)
  mul_assoc p q r := Prod.ext (Semiring.mul_assoc p.1 q.1 r.1) (Semiring.mul_assoc p.2 q.2 r.2)
  mul_one p := Prod.ext (Semiring.mul_one p.1) (Semiring.mul_one p.2)
  one_mul p := Prod.ext (Semiring.one_mul p.1) (Semiring.one_mul p.2)
  left_distrib p q r := Prod.ext (Semiring.left_distrib p.1 q.1 r.1) (Semiring.left_distrib p.2 q.2 r.2)
  right_distrib p q r := Prod.ext (Semiring.right_distrib p.1 q.1 r.1) (Semiring.right_distrib p.2 q.2 r.2)
  zero_mul p := Prod.ext (Semiring.zero_mul p.1) (Semiring.zero_mul p.2)
  mul_zero p := Prod.ext (Semiring.mul_zero p.1) (Semiring.mul_zero p.2)
  pow_zero p := Prod.ext (Semiring.pow_zero p.1) (Semiring.pow_zero p.2)
  pow_succ p n := Prod.ext (Semiring.pow_succ p.1 n) (Semiring.pow_succ p.2 n)
  ofNat_succ n := Prod.ext (Semiring.ofNat_succ n) (Semiring.ofNat_succ n)
  ofNat_eq_natCast n := Prod.ext (Semiring.ofNat_eq_natCast n) (Semiring.ofNat_eq_natCast n)
  nsmul_eq_natCast_mul n p :=
    Prod.ext (Semiring.nsmul_eq_natCast_mul n p.1) (Semiring.nsmul_eq_natCast_mul n p.2)
  neg_add_cancel p := Prod.ext (Ring.neg_add_cancel p.1) (Ring.neg_add_cancel p.2)
  sub_eq_add_neg p q := Prod.ext (Ring.sub_eq_add_neg p.1 q.1) (Ring.sub_eq_add_neg p.2 q.2)
  neg_zsmul n p := Prod.ext (Ring.neg_zsmul n p.1) (Ring.neg_zsmul n p.2)
  zsmul_natCast_eq_nsmul n p :=
    Prod.ext (Ring.zsmul_natCast_eq_nsmul n p.1) (Ring.zsmul_natCast_eq_nsmul n p.2)
  intCast_ofNat n := Prod.ext (Ring.intCast_ofNat n) (Ring.intCast_ofNat n)
  intCast_neg n := Prod.ext (Ring.intCast_neg n) (Ring.intCast_neg n)
  mul_comm p q := Prod.ext (CommSemiring.mul_comm p.1 q.1) (CommSemiring.mul_comm p.2 q.2)

@[simp] theorem fst_add [CommRing α] [CommRing β] (p q : α × β) : (p + q).1 = p.1 + q.1 := rfl
@[simp] theorem snd_add [CommRing α] [CommRing β] (p q : α × β) : (p + q).2 = p.2 + q.2 := rfl
@[simp] theorem fst_sub [CommRing α] [CommRing β] (p q : α × β) : (p - q).1 = p.1 - q.1 := rfl
@[simp] theorem snd_sub [CommRing α] [CommRing β] (p q : α × β) : (p - q).2 = p.2 - q.2 := rfl

end Prod

/-- A real number multiplies a complex one. -/
instance {R : Type u} [CommRing R] : SMul R (Complex R) := ⟨fun c z => ⟨c * z.re, c * z.im⟩⟩
