module

public import ProverArb.Core.Order

/-!
Arithmetic functions of ℕ under Mathlib's names: digits, integer square root, divisors,
totient, and the integers modulo `n`.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u

namespace Nat

/-- Digits in base `b ≥ 2`, least first; `fuel ≥ n` is enough. -/
def digitsAux (b : ℕ) : ℕ → ℕ → List ℕ
  | 0, _ => []
  | fuel + 1, n => if n = 0 then [] else (n % b) :: digitsAux b fuel (n / b)

/-- Mathlib's `Nat.digits`, with its conventions for the bases 0 and 1. -/
def digits : ℕ → ℕ → List ℕ
  | 0, n => if n = 0 then [] else [n]
  | 1, n => List.replicate n 1
  | b + 2, n => digitsAux (b + 2) n n

theorem digitsAux_eq (b : ℕ) (hb : 2 ≤ b) (n fuel : ℕ) (h : n ≤ fuel) :
    digitsAux b fuel n = digitsAux b n n := by
  induction n using Nat.strongRecOn generalizing fuel with
  | _ n ih =>
    cases n with
    | zero => cases fuel <;> simp [digitsAux]
    | succ n =>
      cases fuel with
      | zero => omega
      | succ fuel =>
        have hlt : (n + 1) / b < n + 1 := Nat.div_lt_self (by omega) (by omega)
        simp only [digitsAux]
        rw [ih _ hlt fuel (by omega), ih _ hlt n (by omega)]

@[simp, grind =] theorem digits_zero (b : ℕ) : digits b 0 = [] := by
  match b with
  | 0 => rfl
  | 1 => rfl
  | b + 2 => rfl

/-- Mathlib's `Nat.digits_def'`. -/
theorem digits_def' {b : ℕ} (hb : 1 < b) {n : ℕ} (hn : 0 < n) :
    digits b n = (n % b) :: digits b (n / b) := by
  match b, n with
  | b + 2, n + 1 =>
    have hlt : (n + 1) / (b + 2) < n + 1 := Nat.div_lt_self (by omega) (by omega)
    have h : digits (b + 2) (n + 1)
        = (n + 1) % (b + 2) :: digitsAux (b + 2) n ((n + 1) / (b + 2)) := by
      simp [digits, digitsAux]
    rw [h, digitsAux_eq (b + 2) (by omega) _ n (by omega)]
    rfl

/-- Mathlib's `Nat.ofDigits`. -/
def ofDigits {α : Type u} [Lean.Grind.Semiring α] (b : α) : List ℕ → α
  | [] => 0
  | h :: t => (h : α) + b * ofDigits b t

@[simp] theorem ofDigits_nil {α : Type u} [Lean.Grind.Semiring α] (b : α) : ofDigits b [] = 0 := rfl
@[simp] theorem ofDigits_cons {α : Type u} [Lean.Grind.Semiring α] (b : α) (d : ℕ) (L : List ℕ) :
    ofDigits b (d :: L) = (d : α) + b * ofDigits b L := rfl

/-- Binary search of the root; `fuel ≥ n` is enough. -/
def sqrtAux : ℕ → ℕ → ℕ
  | 0, _ => 0
  | fuel + 1, n => if n = 0 then 0 else
      let r := 2 * sqrtAux fuel (n / 4)
      if (r + 1) * (r + 1) ≤ n then r + 1 else r

/-- Mathlib's `Nat.sqrt`, the integer part of the square root. -/
def sqrt (n : ℕ) : ℕ := sqrtAux n n

theorem sqrtAux_spec (fuel n : ℕ) (h : n ≤ fuel) :
    sqrtAux fuel n * sqrtAux fuel n ≤ n ∧ n < (sqrtAux fuel n + 1) * (sqrtAux fuel n + 1) := by
  induction fuel generalizing n with
  | zero => simp [sqrtAux]; omega
  | succ fuel ih =>
    unfold sqrtAux
    by_cases hn : n = 0
    · simp [hn]
    · obtain ⟨h1, h2⟩ := ih (n / 4) (by omega)
      simp only [hn, if_false]
      generalize sqrtAux fuel (n / 4) = r at h1 h2
      have h3 : (2 * r) * (2 * r) = 4 * (r * r) := by grind
      have h4 : (2 * r + 1 + 1) * (2 * r + 1 + 1) = 4 * ((r + 1) * (r + 1)) := by grind
      split
      · exact ⟨by assumption, by rw [h4]; omega⟩
      · exact ⟨by rw [h3]; omega, by omega⟩

theorem sqrt_le (n : ℕ) : sqrt n * sqrt n ≤ n := (sqrtAux_spec n n (Nat.le_refl n)).1
theorem lt_succ_sqrt (n : ℕ) : n < (sqrt n + 1) * (sqrt n + 1) :=
  (sqrtAux_spec n n (Nat.le_refl n)).2
grind_pattern sqrt_le => sqrt n
grind_pattern lt_succ_sqrt => sqrt n

/-- Mathlib's `Nat.divisors`. -/
def divisors (n : ℕ) : Finset ℕ := Finset.filter (fun d => d ∣ n) (Finset.Ico 1 (n + 1))

/-- Mathlib's `Nat.properDivisors`. -/
def properDivisors (n : ℕ) : Finset ℕ := Finset.filter (fun d => d ∣ n) (Finset.Ico 1 n)

@[simp, grind =] theorem mem_divisors {n m : ℕ} : n ∈ divisors m ↔ n ∣ m ∧ m ≠ 0 := by
  unfold divisors
  rw [Finset.mem_filter, Finset.mem_Ico]
  constructor
  · rintro ⟨⟨h1, h2⟩, h3⟩; exact ⟨h3, by omega⟩
  · rintro ⟨h1, h2⟩
    have := Nat.le_of_dvd (by omega) h1
    have := Nat.pos_of_dvd_of_pos h1 (by omega)
    exact ⟨by omega, h1⟩

@[simp, grind =] theorem mem_properDivisors {n m : ℕ} :
    n ∈ properDivisors m ↔ n ∣ m ∧ n < m := by
  unfold properDivisors
  rw [Finset.mem_filter, Finset.mem_Ico]
  constructor
  · rintro ⟨⟨h1, h2⟩, h3⟩; exact ⟨h3, by omega⟩
  · rintro ⟨h1, h2⟩
    have := Nat.pos_of_dvd_of_pos h1 (by omega)
    exact ⟨by omega, h1⟩

/-- Mathlib's `Nat.totient`. -/
def totient (n : ℕ) : ℕ := (Finset.filter (fun a => Nat.Coprime n a) (Finset.range n)).card

instance (a b : ℕ) : Decidable (Nat.Coprime a b) := inferInstanceAs (Decidable (_ = _))

end Nat

/-- Mathlib's `ZMod`: the integers for `0`, else `Fin n`. -/
def ZMod : ℕ → Type
  | 0 => ℤ
  | n + 1 => Fin (n + 1)

namespace ZMod

instance commRing : (n : ℕ) → Lean.Grind.CommRing (ZMod n)
  | 0 => inferInstanceAs (Lean.Grind.CommRing ℤ)
  | n + 1 => inferInstanceAs (Lean.Grind.CommRing (Fin (n + 1)))

instance decEq : (n : ℕ) → DecidableEq (ZMod n)
  | 0 => inferInstanceAs (DecidableEq ℤ)
  | n + 1 => inferInstanceAs (DecidableEq (Fin (n + 1)))

/-- Extended Euclid; Mathlib's `Nat.xgcdAux` with fuel `≥ r`, first Bézout coefficient only. -/
def gcdAAux : ℕ → ℕ → ℤ → ℕ → ℤ → ℤ
  | 0, _, _, _, s' => s'
  | fuel + 1, r, s, r', s' => if r = 0 then s' else
      gcdAAux fuel (r' % r) (s' - ((r' / r : ℕ) : ℤ) * s) r s

/-- Mathlib's inverse on `ZMod n`: `a * a⁻¹ = gcd a n`. -/
def inv : (n : ℕ) → ZMod n → ZMod n
  | 0, i => Int.sign i
  | n + 1, i =>
    let z := gcdAAux (n + 1) (Fin.val i) 1 (n + 1) 0
    (Fin.ofNat (n + 1) (z % ((n + 1 : ℕ) : ℤ)).toNat : Fin (n + 1))

instance (n : ℕ) : Inv (ZMod n) := ⟨inv n⟩

end ZMod
