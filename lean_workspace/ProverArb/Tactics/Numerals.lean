import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Structure
import ProverArb.Tactics.Polynomial
import ProverArb.Tactics.Linear

/-!
Numerals: values of closed expressions over fields and rings, and relations between them.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

/-- A literal for a rational number. -/
def literalOf (type : Expr) (v : Rat) : MetaM Expr := do
  let n ← mkNumeral type v.num.natAbs
  let n ← if v.num < 0 then mkAppM ``Neg.neg #[n] else pure n
  if v.den == 1 then return n
  mkAppM ``HDiv.hDiv #[n, ← mkNumeral type v.den]

/-- Whether an expression is a literal as `literalOf` writes it. -/
def isLiteral (e : Expr) : Bool :=
  match e.getAppFnArgs with
  | (``OfNat.ofNat, #[_, .lit _, _]) => true
  | (``Neg.neg, #[_, _, a]) => match a.getAppFnArgs with
    | (``OfNat.ofNat, #[_, .lit (.natVal n), _]) => n != 0
    | _ => false
  | _ => false

def isFraction (e : Expr) : Bool :=
  match e.getAppFnArgs with
  | (``HDiv.hDiv, #[_, _, _, _, a, b]) =>
    match (if a.isAppOfArity ``Neg.neg 3 then a.appArg! else a).getAppFnArgs, b.getAppFnArgs with
    | (``OfNat.ofNat, #[_, .lit (.natVal n), _]), (``OfNat.ofNat, #[_, .lit (.natVal d), _]) =>
      d > 1 && n != 0 && Nat.gcd n d == 1
    | _, _ => false
  | _ => false

/-- The value of a closed arithmetic expression. -/
partial def value? (field : Bool) (e : Expr) : Option Rat :=
  match e.getAppFnArgs with
  | (``OfNat.ofNat, #[_, .lit (.natVal n), _]) => some n
  | (``Neg.neg, #[_, _, a]) => do return -(← value? field a)
  | (``HAdd.hAdd, #[_, _, _, _, a, b]) => do return (← value? field a) + (← value? field b)
  | (``HSub.hSub, #[t, _, _, _, a, b]) =>
    if t.isConstOf ``Nat then none else do return (← value? field a) - (← value? field b)
  | (``HMul.hMul, #[_, _, _, _, a, b]) => do return (← value? field a) * (← value? field b)
  | (``HDiv.hDiv, #[_, _, _, _, a, b]) => if field then do return (← value? field a) / (← value? field b) else none
  | (``Inv.inv, #[_, _, a]) => if field then do return 1 / (← value? field a) else none
  | (``HPow.hPow, #[_, _, _, _, a, n]) => do
    let n ← natLiteral? n
    if n > 256 then none else return (← value? field a) ^ n
  | (``Nat.cast, #[_, _, n]) | (``NatCast.natCast, #[_, _, n]) => (natLiteral? n).map fun n => ((n : Nat) : Rat)
  | (``Int.cast, #[_, _, n]) | (``IntCast.intCast, #[_, _, n]) => (natLiteral? n).map fun n => ((n : Nat) : Rat)
  | (``OfScientific.ofScientific, #[_, _, m, s, k]) =>
    match natLiteral? m, s, natLiteral? k with
    | some m, .const ``true _, some k => some ((m : Rat) / ((10 ^ k : Nat) : Rat))
    | _, _, _ => none
  | _ => none

/-- A field that is not one of Lean's own number types. -/
def isField (type : Expr) : MetaM Bool := do
  if type.isConstOf ``Nat || type.isConstOf ``Int then return false
  try
    let level ← getDecLevel type
    return (← synthInstance? (mkApp (mkConst ``Lean.Grind.Field [level]) type)).isSome
  catch _ => return false

/-- The largest closed arithmetic expressions over a field, not yet literals. -/
partial def closedIn (e : Expr) (found : Array Expr) : Array Expr :=
  let arithmetic := e.isAppOf ``HAdd.hAdd || e.isAppOf ``HSub.hSub || e.isAppOf ``HMul.hMul
    || e.isAppOf ``HDiv.hDiv || e.isAppOf ``HPow.hPow || e.isAppOf ``Inv.inv || e.isAppOf ``Neg.neg
    || e.isAppOf ``Nat.cast || e.isAppOf ``Int.cast || e.isAppOf ``OfScientific.ofScientific
  if arithmetic && !e.hasLooseBVars && (value? true e).isSome then
    if isLiteral e || isFraction e || found.contains e then found else found.push e
  else
    match e with
    | .app f a => closedIn a (closedIn f found)
    | .lam _ t b _ => closedIn b (closedIn t found)
    | .forallE _ t b _ => closedIn b (closedIn t found)
    | .mdata _ b => closedIn b found
    | _ => found

/-- Equations of closed expressions with their values, proved by the laws of fields. -/
def evaluations (e : Expr) : TacticM (Array Expr) := do
  let mut out := #[]
  for c in closedIn e #[] do
    let type ← inferType c
    if ← isField type then
      match value? true c with
      | some v =>
        let l ← literalOf type v
        if l != c then
          try
            out := out.push (← ringProof c l)
          catch _ => pure ()
      | none => pure ()
  return out

/-- The integer part of a square root. -/
def root (n : Nat) : Nat := search n.log2.succ (n.log2.succ * 2 + 4) 0
where
  /-- Bit by bit, from the highest. -/
  search (bits fuel low : Nat) : Nat :=
    match fuel with
    | 0 => low
    | fuel + 1 =>
      let next := low + 2 ^ bits
      let low := if next * next ≤ n then next else low
      if bits == 0 then low else search (bits - 1) fuel low

/-- Functions of numerals that `norm_num` knows: the value at a number, and the lemma that proves it,
with what is left to show about the numbers. -/
def functionValue? (e : Expr) : Option (Rat × List Name) :=
  match e.getAppFn.constName? with
  | some `abs => (value? true e.appArg!).map fun v =>
    (if v < 0 then -v else v, [`ProverArb.Numeral.abs_pos, `ProverArb.Numeral.abs_neg])
  | some `Int.floor => (value? true e.appArg!).map fun v => ((v.floor : Int), [`ProverArb.Numeral.floor])
  | some `Int.ceil => (value? true e.appArg!).map fun v => ((v.ceil : Int), [`ProverArb.Numeral.ceil])
  | some `Real.sqrt => (value? true e.appArg!).bind fun v =>
    if v < 0 then none else
      let n := root v.num.natAbs
      let d := root v.den
      if n * n == v.num.natAbs && d * d == v.den then
        some ((n : Rat) / (d : Rat), [`ProverArb.Numeral.sqrt])
      else none
  | some `Nat.floor => (value? true e.appArg!).bind fun v =>
    if v < 0 then none else some ((v.floor : Int), [`ProverArb.Numeral.nat_floor])
  | some `Nat.ceil => (value? true e.appArg!).bind fun v =>
    if v < 0 then none else some ((v.ceil : Int), [`ProverArb.Numeral.nat_ceil])
  | _ => none

/-- The applications of such functions to closed expressions. -/
partial def functionsIn (e : Expr) (found : Array Expr) : Array Expr :=
  let found := if !e.hasLooseBVars && (functionValue? e).isSome && !found.contains e then found.push e else found
  match e with
  | .app f a => functionsIn a (functionsIn f found)
  | .lam _ t b _ => functionsIn b (functionsIn t found)
  | .forallE _ t b _ => functionsIn b (functionsIn t found)
  | .mdata _ b => functionsIn b found
  | _ => found

/-- Proves every goal that is left by linear arithmetic of numbers. -/
def closeNumbers : List MVarId → TacticM Unit
  | [] => setGoals []
  | g :: rest => do
    setGoals [g]
    let _ ← succeeds (run (← `(tactic| push_cast)))
    unless (← getUnsolvedGoals).isEmpty do Linear.close #[] false false
    closeNumbers rest

/-- Equations of such applications with their values. -/
def functionValues (e : Expr) : TacticM (Array Expr) := do
  let mut out := #[]
  for c in functionsIn e #[] do
    match functionValue? c with
    | some (v, lemmas) =>
      let l ← literalOf (← inferType c) v
      let goal ← mkEq c l
      let attempts := lemmas.map fun name => do
        run (← `(tactic| apply $(lib name)))
        closeNumbers (← getUnsolvedGoals)
      try out := out.push (← proveBy goal (firstOf attempts))
      catch _ => pure ()
    | none => pure ()
  return out

/-- Rewrites with the equations in one place; whether anything changed. -/
def rewriteAt (location : Option FVarId) (proofs : Array Expr) : TacticM Bool := withMainContext do
  if proofs.isEmpty then return false
  let goal ← getMainGoal
  let mut theorems : SimpTheorems := {}
  let mut i := 0
  for p in proofs do
    theorems ← theorems.add (.other (Name.mkNum `value i)) #[] p
    i := i + 1
  let context ← Simp.mkContext (simpTheorems := #[theorems])
  match location with
  | none =>
    let (r?, _) ← simpTarget goal context
    match r? with
    | none => pruneSolvedGoals; return true
    | some g =>
      if g == goal then return false
      replaceMainGoal [g]
      return true
  | some x =>
    let (r?, _) ← simpGoal goal context (simplifyTarget := false) (fvarIdsToSimp := #[x])
    match r? with
    | none => pruneSolvedGoals; return true
    | some (_, g) =>
      if g == goal then return false
      replaceMainGoal [g]
      return true

/-- Evaluates numerals in one place; whether anything changed. -/
def evaluateAt (location : Option FVarId) : TacticM Bool := withMainContext do
  let goal ← getMainGoal
  let e ← match location with
    | none => instantiateMVars (← goal.getType)
    | some x => instantiateMVars (← x.getType)
  let proofs := (← evaluations e) ++ (← functionValues e)
  rewriteAt location proofs

/-- Closes a relation between closed expressions. -/
def numeralRelation : TacticM Unit := withMainContext do
  let target ← whnfR (← instantiateMVars (← getMainTarget))
  match target.getAppFnArgs with
  | (``Ne, #[t, a, b]) | (``Not, #[.app (.app (.app (.const ``Eq _) t) a) b]) =>
    if t.isConstOf ``Nat || t.isConstOf ``Int then run (← `(tactic| decide))
    else
      let some x := value? true a | throwError "not numerals"
      let some y := value? true b | throwError "not numerals"
      if x == y then throwError "the numbers are equal"
      if x < y then run (← `(tactic| (refine $(lib `ne_of_lt) ?_; linarith)))
      else run (← `(tactic| (refine $(lib `ne_of_gt) ?_; linarith)))
  | _ => Linear.close #[] false false

end ProverArb.Tactics
