module

public import ProverArb.Core.Polynomial
public import ProverArb.Core.Arith
public import ProverArb.Core.Extended

/-!
Units, primes and coprimality in any ring, valuations, logarithms and counting functions of ℕ, under
Mathlib's names.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u v

/-- Mathlib's `semigroupDvd`, for every commutative ring that has no divisibility of its own. -/
instance (priority := 20) ringDvd {α : Type u} [Lean.Grind.CommRing α] : Dvd α := ⟨fun a b => ∃ c, b = a * c⟩

section Monoid
variable {α : Type u} [Mul α]

/-- Mathlib's `IsUnit`. -/
def IsUnit [OfNat α 1] (a : α) : Prop := ∃ b, a * b = 1 ∧ b * a = 1
/-- Mathlib's `Irreducible`. -/
def Irreducible [OfNat α 1] (p : α) : Prop := ¬ IsUnit p ∧ ∀ ⦃a b⦄, p = a * b → IsUnit a ∨ IsUnit b
/-- Mathlib's `Squarefree`. -/
def Squarefree [OfNat α 1] [Dvd α] (r : α) : Prop := ∀ x : α, x * x ∣ r → IsUnit x
/-- Mathlib's `IsRelPrime`. -/
def IsRelPrime [OfNat α 1] [Dvd α] (a b : α) : Prop := ∀ ⦃d⦄, d ∣ a → d ∣ b → IsUnit d
/-- Mathlib's `Associated`. -/
def Associated [OfNat α 1] (a b : α) : Prop := ∃ u, IsUnit u ∧ a * u = b
/-- Mathlib's `IsCoprime`. -/
def IsCoprime [Add α] [OfNat α 1] (a b : α) : Prop := ∃ u v, u * a + v * b = 1
/-- Mathlib's `Commute`. -/
def Commute (a b : α) : Prop := a * b = b * a
/-- Mathlib's `IsIdempotentElem`. -/
def IsIdempotentElem (a : α) : Prop := a * a = a

end Monoid

/-- Mathlib's `Prime`, of a commutative ring. Of naturals `Nat.Prime` says the same
(`Nat.prime_iff`), and is what `Prime` means there, since the profile opens `Nat`. -/
def Prime {α : Type u} [Lean.Grind.CommRing α] [Dvd α] (p : α) : Prop :=
  p ≠ 0 ∧ ¬ IsUnit p ∧ ∀ a b, p ∣ a * b → p ∣ a ∨ p ∣ b

theorem Nat.isUnit_iff {n : ℕ} : IsUnit n ↔ n = 1 :=
  ⟨fun ⟨_, h, _⟩ => Nat.eq_one_of_mul_eq_one_right h, fun h => ⟨1, by rw [h], by rw [h]⟩⟩
/-- Mathlib's `Nat.prime_iff`: the general notion, at ℕ. -/
theorem Nat.prime_iff {p : ℕ} :
    Nat.Prime p ↔ p ≠ 0 ∧ ¬ IsUnit p ∧ ∀ a b, p ∣ a * b → p ∣ a ∨ p ∣ b := by
  constructor
  · intro h
    exact ⟨h.ne_zero, fun hu => h.ne_one (Nat.isUnit_iff.1 hu), fun a b => h.dvd_mul.1⟩
  · rintro ⟨h0, h1, h⟩
    have h1 : p ≠ 1 := fun he => h1 (Nat.isUnit_iff.2 he)
    refine ⟨by omega, fun m hm => ?_⟩
    obtain ⟨k, hk⟩ := hm
    have hp : 0 < p := Nat.pos_of_ne_zero h0
    rcases h m k (hk ▸ Nat.dvd_refl p) with hd | hd
    · right
      exact Nat.dvd_antisymm ⟨k, hk⟩ hd
    · left
      have : k = p := Nat.dvd_antisymm ⟨m, by rw [hk, Nat.mul_comm]⟩ hd
      subst this
      have : m * k = 1 * k := by rw [← hk, Nat.one_mul]
      exact Nat.eq_of_mul_eq_mul_right hp this

/-- Mathlib's `padicValNat`. -/
def padicValNat (p n : ℕ) : ℕ :=
  if p = 1 ∨ n = 0 then 0 else (Finset.filter (fun k => p ^ (k + 1) ∣ n) (Finset.range n)).card

namespace Nat

-- The profile opens `Nat`. Names that a preamble is likely to define (`fib`, `dist`, `count`, `nth`)
-- are protected: unlike in Mathlib they are written in full, and never ambiguous.
/-- Mathlib's `Nat.factorization`, applied to a prime. -/
def factorization (n p : ℕ) : ℕ := if Nat.Prime p then padicValNat p n else 0
/-- Mathlib's `Nat.primeFactors`. -/
def primeFactors (n : ℕ) : Finset ℕ := Finset.filter (fun p => Nat.Prime p) (divisors n)
/-- Mathlib's `Nat.dist`. -/
protected def dist (m n : ℕ) : ℕ := m - n + (n - m)
/-- Mathlib's `Nat.fib`. -/
protected def fib : ℕ → ℕ
  | 0 => 0
  | 1 => 1
  | n + 2 => Nat.fib n + Nat.fib (n + 1)
@[simp] theorem fib_zero : Nat.fib 0 = 0 := rfl
@[simp] theorem fib_one : Nat.fib 1 = 1 := rfl
@[simp] theorem fib_two : Nat.fib 2 = 1 := rfl
theorem fib_add_two {n : ℕ} : Nat.fib (n + 2) = Nat.fib n + Nat.fib (n + 1) := rfl
/-- Mathlib's `Nat.log`: `0` where the base is at most `1`, and of `0`. -/
def log (b n : ℕ) : ℕ := if 1 < b then (Finset.filter (fun k => b ^ (k + 1) ≤ n) (Finset.range n)).card else 0
/-- Mathlib's `Nat.clog`: `0` where the base is at most `1`, and of `0` and `1`. -/
def clog (b n : ℕ) : ℕ :=
  if 1 < b ∧ 1 < n then (Finset.filter (fun k => b ^ k < n) (Finset.range n)).card else 0
/-- Mathlib's `Nat.doubleFactorial`, written `n‼`. -/
def doubleFactorial : ℕ → ℕ
  | 0 => 1
  | 1 => 1
  | n + 2 => (n + 2) * doubleFactorial n
@[inherit_doc] scoped notation:10000 n "‼" => Nat.doubleFactorial n
/-- Mathlib's `Nat.centralBinom`. -/
def centralBinom (n : ℕ) : ℕ := choose (2 * n) n
/-- Mathlib's `Nat.descFactorial`. -/
def descFactorial (n : ℕ) : ℕ → ℕ
  | 0 => 1
  | k + 1 => (n - k) * descFactorial n k
/-- Mathlib's `Nat.ascFactorial`. -/
def ascFactorial (n : ℕ) : ℕ → ℕ
  | 0 => 1
  | k + 1 => (n + k) * ascFactorial n k
/-- Mathlib's `Nat.count`. -/
protected def count (p : ℕ → Prop) [DecidablePred p] (n : ℕ) : ℕ := (Finset.filter p (Finset.range n)).card
open Classical in
/-- Mathlib's `Nat.nth`: the `n`-th number with the property, counted from `0`, and `0` where there
are not that many. -/
protected def nth (p : ℕ → Prop) (n : ℕ) : ℕ := if h : ∃ k, p k ∧ Nat.count p k = n then Classical.choose h else 0

end Nat

/-- Mathlib's `Int.sqrt`. -/
def Int.sqrt (n : ℤ) : ℤ := (Nat.sqrt n.toNat : ℤ)
-- Where `Int` or `NNReal` is open, `sqrt` means their roots too, and types have to decide.
namespace Int
@[inherit_doc] scoped notation "sqrt" => Int.sqrt
end Int
namespace NNReal
@[inherit_doc] scoped notation "sqrt" => NNReal.sqrt
end NNReal

/-- Mathlib's `ArithmeticFunction.sigma`, as a function. -/
def ArithmeticFunction.sigma (k n : ℕ) : ℕ := (Nat.divisors n).sum fun d => d ^ k

/-- Mathlib's `Xor'`. -/
def Xor' (a b : Prop) : Prop := (a ∧ ¬ b) ∨ (b ∧ ¬ a)

/-- Mathlib's `round`: the nearest integer, and upwards from the middle. -/
def round {α : Type u} [Lean.Grind.Ring α] [LE α] [LT α] [DecidableLT α] [FloorRing α] (x : α) : ℤ :=
  if 2 * Int.fract x < 1 then Int.floor x else Int.ceil x

namespace Function
variable {α : Type u} {β : Type v}

/-- Mathlib's `Function.Periodic`. -/
def Periodic [Add α] (f : α → β) (c : α) : Prop := ∀ x, f (x + c) = f x
/-- Mathlib's `Function.Antiperiodic`. -/
def Antiperiodic [Add α] [Neg β] (f : α → β) (c : α) : Prop := ∀ x, f (x + c) = -f x
/-- Mathlib's `Function.Even`. -/
protected def Even [Neg α] (f : α → β) : Prop := ∀ a, f (-a) = f a
/-- Mathlib's `Function.Odd`. -/
protected def Odd [Neg α] [Neg β] (f : α → β) : Prop := ∀ a, f (-a) = -f a
/-- Mathlib's `Function.Involutive`. -/
def Involutive (f : α → α) : Prop := ∀ x, f (f x) = x
/-- Mathlib's `Function.IsFixedPt`. -/
def IsFixedPt (f : α → α) (x : α) : Prop := f x = x
/-- Mathlib's `Function.fixedPoints`. -/
def fixedPoints (f : α → α) : Set α := setOf fun x => IsFixedPt f x
/-- Mathlib's `Function.support`. -/
def support [OfNat β 0] (f : α → β) : Set α := setOf fun x => f x ≠ 0

end Function

section Order
variable {α : Type u} {β : Type v}

/-- Mathlib's `AntitoneOn`. -/
def AntitoneOn [LE α] [LE β] (f : α → β) (s : Set α) : Prop :=
  ∀ ⦃a⦄, a ∈ s → ∀ ⦃b⦄, b ∈ s → a ≤ b → f b ≤ f a
/-- Mathlib's `StrictAntiOn`. -/
def StrictAntiOn [LT α] [LT β] (f : α → β) (s : Set α) : Prop :=
  ∀ ⦃a⦄, a ∈ s → ∀ ⦃b⦄, b ∈ s → a < b → f b < f a
/-- Mathlib's `IsMaxOn`. -/
def IsMaxOn [LE β] (f : α → β) (s : Set α) (a : α) : Prop := Filter.Eventually (fun x => f x ≤ f a) (Filter.principal s)
/-- Mathlib's `IsMinOn`. -/
def IsMinOn [LE β] (f : α → β) (s : Set α) (a : α) : Prop := Filter.Eventually (fun x => f a ≤ f x) (Filter.principal s)
variable [TopologicalSpace α]
/-- Mathlib's `IsLocalMax`. -/
def IsLocalMax [LE β] (f : α → β) (a : α) : Prop := Filter.Eventually (fun x => f x ≤ f a) (nhds a)
/-- Mathlib's `IsLocalMin`. -/
def IsLocalMin [LE β] (f : α → β) (a : α) : Prop := Filter.Eventually (fun x => f a ≤ f x) (nhds a)

end Order
