import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Polynomial
import ProverArb.Tactics.Linear
import ProverArb.Tactics.Numerals

/-!
`ring_nf`: the largest terms of commutative rings in a proposition, written as sums of monomials.

The order is near Mathlib's: constants first, coefficients behind their monomials. Terms that stand
inside of atoms come first.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

/-- Whether an expression is put together by a ring's operations. -/
def isArithmetic (e : Expr) : Bool :=
  match e.getAppFnArgs with
  | (``HAdd.hAdd, _) | (``HSub.hSub, _) | (``HMul.hMul, _) | (``Neg.neg, _) | (``Inv.inv, _) => true
  | (``HDiv.hDiv, #[t, _, _, _, _, _]) => !(t.isConstOf ``Nat || t.isConstOf ``Int)
  | (``HPow.hPow, #[_, _, _, _, _, n]) => (natLiteral? n).isSome
  | _ => false

def monomialExpr (atoms : Array Expr) : RMon → MetaM (Option Expr)
  | .unit => return none
  | .mult p m => do
    let a := atoms[p.x]!
    let power ← if p.k == 1 then pure a else mkAppM ``HPow.hPow #[a, mkNatLit p.k]
    match ← monomialExpr atoms m with
    | none => return some power
    | some rest => return some (← mkMul rest power)

/-- `m * k`, as Mathlib writes it, for a coefficient that is not negative. -/
def termExpr (type : Expr) (atoms : Array Expr) (m : RMon) (k : Rat) : MetaM Expr := do
  match ← monomialExpr atoms m with
  | none => literalOf type k
  | some e => if k == 1 then return e else mkMul e (← literalOf type k)

/-- The sum of the terms, the last one first. -/
def sumExpr (type : Expr) (atoms : Array Expr) (den : Nat) : List (RMon × Int) → Option Expr → MetaM (Option Expr)
  | [], sum => return sum
  | (m, k) :: rest, sum => do
    let q : Rat := (k : Rat) / (den : Rat)
    let t ← termExpr type atoms m (if q < 0 then -q else q)
    let next ← match sum with
      | none => if q < 0 then mkAppM ``Neg.neg #[t] else pure t
      | some s => if q < 0 then mkSub s t else mkAdd s t
    sumExpr type atoms den rest (some next)

def mkSum (type : Expr) (atoms : Array Expr) (f : Form) : MetaM Expr := do
  match ← sumExpr type atoms f.den (terms f.poly).reverse none with
  | some e => return e
  | none => mkNumeral type 0
where
  terms : RPoly → List (RMon × Int)
    | .num k => if k == 0 then [] else [(.unit, k)]
    | .add k m p => (m, k) :: terms p

/-- Whether a type's equations can be decided. -/
def isRing (type : Expr) : MetaM Bool := do
  if type.isConstOf ``Nat then return true
  try return (← ringInfo? type).isSome
  catch _ => return false

/-- The parts of a term that are not put together by a ring's operations. -/
partial def atomsIn (e : Expr) (found : List Expr) : List Expr :=
  match e.getAppFnArgs with
  | (``HAdd.hAdd, #[_, _, _, _, a, b]) | (``HSub.hSub, #[_, _, _, _, a, b])
  | (``HMul.hMul, #[_, _, _, _, a, b]) | (``HDiv.hDiv, #[_, _, _, _, a, b]) => atomsIn a (atomsIn b found)
  | (``Neg.neg, #[_, _, a]) | (``Inv.inv, #[_, _, a]) | (``HPow.hPow, #[_, _, _, _, a, _]) => atomsIn a found
  | _ => e :: found

mutual

/-- Terms to rewrite, each with its normal form; those inside of others' atoms first and alone. -/
partial def rewritable (atoms : Atoms) (e : Expr) (found : Array (Expr × Expr)) : MetaM (Array (Expr × Expr)) := do
  if e.hasLooseBVars then
    match e with
    | .app f a => rewritable atoms a (← rewritable atoms f found)
    | .lam _ t b _ => rewritable atoms b (← rewritable atoms t found)
    | .forallE _ t b _ => rewritable atoms b (← rewritable atoms t found)
    | .mdata _ b => rewritable atoms b found
    | _ => return found
  else if isArithmetic e && !(isLiteral e || isFraction e) then
    let type ← inferType e
    if ← isRing type then
      let inner ← rewritableAll atoms (atomsIn e []) #[]
      if !inner.isEmpty then return found ++ inner
      if found.any (·.1 == e) then return found
      let f ← form atoms e
      if type.isConstOf ``Nat && (negative f.poly || f.den != 1) then return found
      let n ← mkSum type (← atoms.get) f
      if n == e then return found else return found.push (e, n)
    else parts atoms e found
  else parts atoms e found
where
  negative : RPoly → Bool
    | .num k => k < 0
    | .add k _ p => k < 0 || negative p

partial def parts (atoms : Atoms) (e : Expr) (found : Array (Expr × Expr)) : MetaM (Array (Expr × Expr)) := do
  match e with
  | .app f a => rewritable atoms a (← parts atoms f found)
  | .lam _ t b _ => rewritable atoms b (← rewritable atoms t found)
  | .forallE _ t b _ => rewritable atoms b (← rewritable atoms t found)
  | .mdata _ b => rewritable atoms b found
  | _ => return found

partial def rewritableAll (atoms : Atoms) (es : List Expr) (found : Array (Expr × Expr)) : MetaM (Array (Expr × Expr)) := do
  match es with
  | [] => return found
  | e :: rest => rewritableAll atoms rest (← parts atoms e found)

end

/-- At most so many terms are rewritten in one proposition. -/
def mostTerms : Nat := 12

/-- Normalises in one place, from the inside outwards; whether anything changed. -/
partial def normaliseAt (atoms : Atoms) (name : Option Name) (fuel : Nat) : TacticM Bool := withMainContext do
  match fuel with
  | 0 => return false
  | fuel + 1 =>
    let location ← match name with
      | none => pure none
      | some n => do pure (some (← getLocalDeclFromUserName n).fvarId)
    let e ← match location with
      | none => instantiateMVars (← getMainTarget)
      | some x => instantiateMVars (← x.getType)
    let pairs ← rewritable atoms e #[]
    let mut proofs := #[]
    for (a, b) in pairs do
      if proofs.size < mostTerms then
        try proofs := proofs.push (← ringProof a b)
        catch _ => pure ()
    let changed ← rewriteAt location proofs
    if !changed then return false
    if (← getUnsolvedGoals).isEmpty then return true
    let _ ← normaliseAt atoms name fuel
    return true

end ProverArb.Tactics
