module

public import ProverArb.Core.Finite

/-!
Polynomials in one variable, as Mathlib's `Polynomial`: coefficients, all but finitely many of them
zero, multiplied by convolution.
-/

@[expose] public noncomputable section

set_option autoImplicit false
set_option linter.unusedSectionVars false

universe u v

open Lean.Grind

namespace ProverArb.Convolution
variable {R : Type u} [CommRing R]

/-- The coefficients of a product: `∑ i ≤ n, f i * g (n - i)`. -/
def conv : (ℕ → R) → (ℕ → R) → ℕ → R
  | f, g, 0 => f 0 * g 0
  | f, g, n + 1 => f 0 * g (n + 1) + conv (fun i => f (i + 1)) g n

theorem conv_add (f f' g : ℕ → R) (n : ℕ) : conv (fun i => f i + f' i) g n = conv f g n + conv f' g n := by
  induction n generalizing f f' with
  | zero => show (f 0 + f' 0) * g 0 = f 0 * g 0 + f' 0 * g 0; grind
  | succ n ih =>
    show (f 0 + f' 0) * g (n + 1) + conv (fun i => f (i + 1) + f' (i + 1)) g n = _
    rw [ih]
    show _ = f 0 * g (n + 1) + conv (fun i => f (i + 1)) g n + (f' 0 * g (n + 1) + conv (fun i => f' (i + 1)) g n)
    grind

theorem conv_scale (c : R) (f g : ℕ → R) (n : ℕ) : conv (fun i => c * f i) g n = c * conv f g n := by
  induction n generalizing f with
  | zero => show c * f 0 * g 0 = c * (f 0 * g 0); grind
  | succ n ih =>
    show c * f 0 * g (n + 1) + conv (fun i => c * f (i + 1)) g n = c * (f 0 * g (n + 1) + conv (fun i => f (i + 1)) g n)
    rw [ih]; grind

theorem conv_assoc (f g h : ℕ → R) (n : ℕ) : conv (conv f g) h n = conv f (conv g h) n := by
  induction n generalizing f with
  | zero => show f 0 * g 0 * h 0 = f 0 * (g 0 * h 0); grind
  | succ n ih =>
    show f 0 * g 0 * h (n + 1) + conv (fun i => f 0 * g (i + 1) + conv (fun j => f (j + 1)) g i) h n =
      f 0 * (g 0 * h (n + 1) + conv (fun i => g (i + 1)) h n) + conv (fun i => f (i + 1)) (conv g h) n
    rw [conv_add, conv_scale, ih]; grind

theorem conv_succ' (f g : ℕ → R) (n : ℕ) : conv f g (n + 1) = conv f (fun i => g (i + 1)) n + f (n + 1) * g 0 := by
  induction n generalizing f with
  | zero => rfl
  | succ n ih =>
    show f 0 * g (n + 2) + conv (fun i => f (i + 1)) g (n + 1) =
      f 0 * g (n + 2) + conv (fun i => f (i + 1)) (fun i => g (i + 1)) n + f (n + 2) * g 0
    rw [ih]; grind

theorem conv_comm (f g : ℕ → R) (n : ℕ) : conv f g n = conv g f n := by
  induction n generalizing f with
  | zero => exact CommSemiring.mul_comm _ _
  | succ n ih =>
    rw [conv_succ' g f n]
    show f 0 * g (n + 1) + conv (fun i => f (i + 1)) g n = _
    rw [ih]; grind

theorem conv_zero (g : ℕ → R) (n : ℕ) : conv (fun _ => 0) g n = 0 := by
  have h := conv_scale 0 (fun _ => 0) g n
  rw [show (fun i : ℕ => (0 : R) * (fun _ : ℕ => (0 : R)) i) = fun _ => 0 from funext fun _ => by grind] at h
  rw [h]; grind

theorem conv_one (g : ℕ → R) (n : ℕ) : conv (fun i => if i = 0 then 1 else 0) g n = g n := by
  cases n with
  | zero => show (1 : R) * g 0 = g 0; grind
  | succ n =>
    show (1 : R) * g (n + 1) + conv (fun i => if i + 1 = 0 then 1 else 0) g n = g (n + 1)
    rw [show (fun i : ℕ => if i + 1 = 0 then (1 : R) else 0) = fun _ => 0 from funext fun i => if_neg (by omega), conv_zero]
    grind

theorem conv_eq_zero {f g : ℕ → R} {M N : ℕ} (hf : ∀ i, M ≤ i → f i = 0) (hg : ∀ i, N ≤ i → g i = 0) (n : ℕ)
    (hn : M + N ≤ n) : conv f g n = 0 := by
  induction n generalizing f M with
  | zero =>
    show f 0 * g 0 = 0
    rw [hf 0 (by omega)]; grind
  | succ n ih =>
    show f 0 * g (n + 1) + conv (fun i => f (i + 1)) g n = 0
    rw [hg (n + 1) (by omega)]
    cases M with
    | zero =>
      rw [show (fun i => f (i + 1)) = fun _ => (0 : R) from funext fun i => hf _ (by omega), conv_zero]; grind
    | succ M => rw [ih (fun i hi => hf (i + 1) (by omega)) (M := M) (by omega)]; grind

end ProverArb.Convolution

open ProverArb.Convolution

/-- Mathlib's `Polynomial`. -/
structure Polynomial (R : Type u) [CommRing R] where
  /-- Mathlib's `Polynomial.coeff`. -/
  coeff : ℕ → R
  eventually_zero : ∃ N, ∀ n, N ≤ n → coeff n = 0

namespace Polynomial
variable {R : Type u} [CommRing R]

@[ext] protected theorem ext {p q : Polynomial R} (h : ∀ n, p.coeff n = q.coeff n) : p = q := by
  obtain ⟨f, hf⟩ := p
  obtain ⟨g, hg⟩ := q
  have : f = g := funext h
  subst this
  rfl

/-- Mathlib's `Polynomial.C`. -/
def C (a : R) : Polynomial R := ⟨fun n => if n = 0 then a else 0, 1, fun n hn => if_neg (by omega)⟩
/-- Mathlib's `Polynomial.X`. -/
def X : Polynomial R := ⟨fun n => if n = 1 then 1 else 0, 2, fun n hn => if_neg (by omega)⟩
/-- Mathlib's `Polynomial.monomial`. -/
def monomial (k : ℕ) (a : R) : Polynomial R := ⟨fun n => if n = k then a else 0, k + 1, fun n hn => if_neg (by omega)⟩

instance : Add (Polynomial R) := ⟨fun p q => ⟨fun n => p.coeff n + q.coeff n, by
  obtain ⟨M, hM⟩ := p.eventually_zero
  obtain ⟨N, hN⟩ := q.eventually_zero
  exact ⟨M + N, fun n hn => by show p.coeff n + q.coeff n = 0; rw [hM n (by omega), hN n (by omega)]; grind⟩⟩⟩
instance : Neg (Polynomial R) := ⟨fun p => ⟨fun n => -p.coeff n, by
  obtain ⟨M, hM⟩ := p.eventually_zero
  exact ⟨M, fun n hn => by show -p.coeff n = 0; rw [hM n hn]; grind⟩⟩⟩
instance : Sub (Polynomial R) := ⟨fun p q => ⟨fun n => p.coeff n - q.coeff n, by
  obtain ⟨M, hM⟩ := p.eventually_zero
  obtain ⟨N, hN⟩ := q.eventually_zero
  exact ⟨M + N, fun n hn => by show p.coeff n - q.coeff n = 0; rw [hM n (by omega), hN n (by omega)]; grind⟩⟩⟩
instance : Mul (Polynomial R) := ⟨fun p q => ⟨conv p.coeff q.coeff, by
  obtain ⟨M, hM⟩ := p.eventually_zero
  obtain ⟨N, hN⟩ := q.eventually_zero
  exact ⟨M + N, fun n hn => conv_eq_zero hM hN n hn⟩⟩⟩
/-- A scalar multiplies every coefficient. -/
instance : SMul R (Polynomial R) := ⟨fun c p => ⟨fun n => c * p.coeff n, by
  obtain ⟨M, hM⟩ := p.eventually_zero
  exact ⟨M, fun n hn => by show c * p.coeff n = 0; rw [hM n hn]; grind⟩⟩⟩

/-- Powers by repeated multiplication. -/
def natPow (p : Polynomial R) : ℕ → Polynomial R
  | 0 => C 1
  | n + 1 => natPow p n * p

theorem C_add (a b : R) : C (a + b) = C a + C b := Polynomial.ext fun n => by
  show (if n = 0 then a + b else 0) = (if n = 0 then a else 0) + (if n = 0 then b else 0)
  split <;> grind
theorem one_mul' (p : Polynomial R) : C 1 * p = p := Polynomial.ext fun n => conv_one p.coeff n
theorem mul_comm' (p q : Polynomial R) : p * q = q * p := Polynomial.ext fun n => conv_comm p.coeff q.coeff n
theorem right_distrib' (p q r : Polynomial R) : (p + q) * r = p * r + q * r :=
  Polynomial.ext fun n => conv_add p.coeff q.coeff r.coeff n
theorem zero_mul' (p : Polynomial R) : C 0 * p = C 0 := Polynomial.ext fun n => by
  have : (fun i : ℕ => if i = 0 then (0 : R) else 0) = fun _ => 0 := funext fun _ => ite_self 0
  show conv (fun i : ℕ => if i = 0 then (0 : R) else 0) p.coeff n = if n = 0 then 0 else 0
  rw [this, conv_zero, ite_self]
theorem C_neg (a : R) : C (-a) = -C a := Polynomial.ext fun n => by
  show (if n = 0 then -a else 0) = -(if n = 0 then a else 0)
  split <;> grind
theorem C_mul (a b : R) : C (a * b) = C a * C b := Polynomial.ext fun n => by
  show (if n = 0 then a * b else 0) = conv _ _ n
  have h : conv (C a).coeff (C b).coeff n = a * (C b).coeff n := by
    rw [show (C a).coeff = fun i => a * (if i = 0 then 1 else 0) from funext fun i => by
      show (if i = 0 then a else 0) = a * (if i = 0 then 1 else 0); split <;> grind]
    rw [conv_scale, conv_one]
  rw [h]
  show _ = a * (if n = 0 then b else 0)
  split <;> grind

instance commRing : CommRing (Polynomial R) where
  natCast := ⟨fun n => C (n : R)⟩
  intCast := ⟨fun n => C (n : R)⟩
  ofNat n := ⟨C (OfNat.ofNat n)⟩
  nsmul := ⟨fun n p => C (n : R) * p⟩
  zsmul := ⟨fun n p => C (n : R) * p⟩
  npow := ⟨natPow⟩
  add_zero p := Polynomial.ext fun n => by
    show p.coeff n + (if n = 0 then 0 else 0) = p.coeff n
    rw [ite_self]; grind
  add_comm p q := Polynomial.ext fun n => Semiring.add_comm (p.coeff n) (q.coeff n)
  add_assoc p q r := Polynomial.ext fun n => Semiring.add_assoc (p.coeff n) (q.coeff n) (r.coeff n)
  mul_assoc p q r := Polynomial.ext fun n => conv_assoc p.coeff q.coeff r.coeff n
  mul_one p := (mul_comm' p _).trans (one_mul' p)
  one_mul := one_mul'
  left_distrib p q r := by
    show p * (q + r) = p * q + p * r
    rw [mul_comm', right_distrib', mul_comm' q, mul_comm' r]
  right_distrib := right_distrib'
  zero_mul := zero_mul'
  mul_zero p := (mul_comm' p _).trans (zero_mul' p)
  pow_zero _ := rfl
  pow_succ _ _ := rfl
  ofNat_succ n := (congrArg C (Semiring.ofNat_succ n)).trans (C_add _ _)
  ofNat_eq_natCast n := congrArg C (Semiring.ofNat_eq_natCast n)
  nsmul_eq_natCast_mul _ _ := rfl
  neg_add_cancel p := Polynomial.ext fun n => by
    show -p.coeff n + p.coeff n = if n = 0 then 0 else 0
    rw [ite_self]; grind
  sub_eq_add_neg p q := Polynomial.ext fun n => Ring.sub_eq_add_neg (p.coeff n) (q.coeff n)
  neg_zsmul n p := by
    show C ((-n : ℤ) : R) * p = -(C (n : R) * p)
    rw [Ring.intCast_neg, C_neg]
    exact Polynomial.ext fun k => by
      show conv (fun i => -(C (n : R)).coeff i) p.coeff k = -conv (C (n : R)).coeff p.coeff k
      rw [show (fun i => -(C (n : R)).coeff i) = fun i => (-1 : R) * (C (n : R)).coeff i from
        funext fun i => by grind, conv_scale]
      grind
  zsmul_natCast_eq_nsmul n p := by
    show C (((n : ℤ)) : R) * p = C (n : R) * p
    rw [Ring.intCast_natCast]
  intCast_ofNat n := congrArg C (Ring.intCast_ofNat n)
  intCast_neg n := (congrArg C (Ring.intCast_neg n)).trans (C_neg _)
  mul_comm := mul_comm'

@[simp] theorem coeff_add (p q : Polynomial R) (n : ℕ) : (p + q).coeff n = p.coeff n + q.coeff n := rfl
@[simp] theorem coeff_sub (p q : Polynomial R) (n : ℕ) : (p - q).coeff n = p.coeff n - q.coeff n := rfl
@[simp] theorem coeff_neg (p : Polynomial R) (n : ℕ) : (-p).coeff n = -p.coeff n := rfl
theorem coeff_C (a : R) (n : ℕ) : (C a).coeff n = if n = 0 then a else 0 := rfl
theorem coeff_X (n : ℕ) : (X : Polynomial R).coeff n = if n = 1 then 1 else 0 := rfl

open Classical in
/-- Mathlib's `Polynomial.natDegree`: `0` for the zero polynomial. -/
def natDegree (p : Polynomial R) : ℕ :=
  if h : ∃ n, p.coeff n ≠ 0 ∧ ∀ m, n < m → p.coeff m = 0 then choose h else 0
/-- Mathlib's `Polynomial.leadingCoeff`. -/
def leadingCoeff (p : Polynomial R) : R := p.coeff p.natDegree
/-- Mathlib's `Polynomial.Monic`. -/
def Monic (p : Polynomial R) : Prop := p.leadingCoeff = 1
/-- Mathlib's `Polynomial.eval₂`, here for a map `f` of rings. -/
def eval₂ {S : Type v} [CommRing S] (f : R → S) (x : S) (p : Polynomial R) : S :=
  (Finset.range (p.natDegree + 1)).sum fun i => f (p.coeff i) * x ^ i
/-- Mathlib's `Polynomial.eval`. -/
def eval (x : R) (p : Polynomial R) : R := eval₂ id x p
/-- Mathlib's `Polynomial.IsRoot`. -/
def IsRoot (p : Polynomial R) (a : R) : Prop := p.eval a = 0
/-- Mathlib's `Polynomial.comp`. -/
def comp (p q : Polynomial R) : Polynomial R := eval₂ C q p
/-- Mathlib's `Polynomial.derivative`. -/
def derivative (p : Polynomial R) : Polynomial R := ⟨fun n => p.coeff (n + 1) * ((n : R) + 1), by
  obtain ⟨N, hN⟩ := p.eventually_zero
  exact ⟨N, fun n hn => by show p.coeff (n + 1) * ((n : R) + 1) = 0; rw [hN (n + 1) (by omega)]; grind⟩⟩
/-- Mathlib's `Polynomial.support`. -/
def support (p : Polynomial R) : Finset ℕ :=
  open Classical in (Finset.range (p.natDegree + 1)).filter fun n => p.coeff n ≠ 0

@[inherit_doc] scoped notation:9000 R "[X]" => Polynomial R

end Polynomial
