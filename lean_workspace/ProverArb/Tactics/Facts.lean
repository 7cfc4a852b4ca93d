import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Structure
import ProverArb.Tactics.Polynomial

/-!
The facts that `linarith` and `nlinarith` combine: what the hypotheses and the terms given say of an
ordered ring, each as `0 < e`, `0 ≤ e` or `e = 0` with its proof and its polynomial.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics.Linear

/-- What is known of an expression: it is positive, not negative, or zero. -/
inductive Sign where
  | pos | nonneg | zero
  deriving BEq, Inhabited

/-- A fact: `proof : 0 < expr`, `0 ≤ expr` or `expr = 0`. -/
structure Fact where
  proof : Expr
  expr : Expr
  sign : Sign
  form : Form
  /-- Given as a hint, or the negated goal: what products are made of first. -/
  hint : Bool := false
  deriving Inhabited

/-- An ordered ring and its instances, in the order the lemmas take them. -/
structure Ring where
  type : Expr
  level : Level
  instances : Array Expr
  isInt : Bool

def ring? (type : Expr) : MetaM (Option Ring) := do
  try
    let level ← getDecLevel type
    let get (e : Expr) : MetaM Expr := synthInstance e
    let ring ← get (mkApp (mkConst ``Lean.Grind.CommRing [level]) type)
    let le ← get (mkApp (mkConst ``LE [level]) type)
    let lt ← get (mkApp (mkConst ``LT [level]) type)
    let lawful ← get (mkApp3 (mkConst ``Std.LawfulOrderLT [level]) type lt le)
    let linear ← get (mkApp2 (mkConst ``Std.IsLinearOrder [level]) type le)
    let preorder ← get (mkApp2 (mkConst ``Std.IsPreorder [level]) type le)
    let ordered ← synthInstance (← mkAppOptM ``Lean.Grind.OrderedRing #[type, none, le, lt, preorder])
    return some { type, level, instances := #[ring, le, lt, lawful, linear, ordered],
                  isInt := type.isConstOf ``Int }
  catch _ => return none

/-- A lemma of the library at this ring. -/
def Ring.lemma (r : Ring) (name : Name) (arguments : Array Expr) : MetaM Expr := do
  let f := mkConst (`ProverArb.Linear ++ name) [r.level]
  let given : Array (Option Expr) := #[some r.type] ++ r.instances.map some
  let f ← mkAppOptM' f given
  let type ← inferType f
  -- the lemmas' implicit arguments come first and are found from the explicit ones
  let (mvars, infos, _) ← forallMetaTelescope type
  let mut explicit : Array Expr := #[]
  for i in [0:mvars.size] do
    if infos[i]! == .default then explicit := explicit.push mvars[i]!
  for i in [0:arguments.size] do
    unless ← isDefEq explicit[i]! arguments[i]! do
      throwError "linear arithmetic: a lemma does not fit"
  instantiateMVars (mkAppN f mvars)

/-- The expression a fact's proof speaks of. -/
def subject (proof : Expr) (sign : Sign) : MetaM Expr := do
  let type ← instantiateMVars (← inferType proof)
  match sign with
  | .zero => return type.appFn!.appArg!
  | _ => return type.appArg!

def factOf (atoms : Atoms) (proof : Expr) (sign : Sign) (hint : Bool) : MetaM Fact := do
  let expr ← subject proof sign
  return { proof, expr, sign, form := ← form atoms expr, hint }

/-- Strict facts over ℤ leave a gap of one. -/
def strengthened (r : Ring) (proof : Expr) (sign : Sign) : MetaM (Expr × Sign) := do
  if r.isInt && sign == .pos then
    return (← mkAppM `ProverArb.Linear.int_pos #[proof], .nonneg)
  else return (proof, sign)

/-- Push casts of naturals and integers to the atoms, and divide decimal fractions out. -/
def castLemmas : List Name :=
  [`Nat.cast_add, `Nat.cast_mul, `Nat.cast_pow, `Nat.cast_ofNat, `Nat.cast_one, `Nat.cast_zero,
   `Nat.cast_succ, `Int.natCast_add, `Int.natCast_mul, `Int.natCast_pow, `Int.natCast_succ,
   `Nat.cast_ofNat_Int, `Int.natCast_ofNat, `Int.natCast_zero, `Int.natCast_one,
   `Int.cast_add, `Int.cast_mul, `Int.cast_sub, `Int.cast_neg, `Int.cast_pow, `Int.cast_ofNat,
   `Int.cast_one, `Int.cast_zero, `Int.cast_natCast, `Int.natCast_ediv, `Int.natCast_emod,
   `ProverArb.Linear.decimal, `ProverArb.Linear.decimal_large]

def simpWith (names : List Name) (e : Expr) : MetaM Simp.Result := do
  let mut theorems : SimpTheorems := {}
  for n in names do
    if (← getEnv).contains n then theorems ← theorems.addConst n
  let context ← Simp.mkContext (simpTheorems := #[theorems])
  let (result, _) ← simp e context
  return result

def hasCast (e : Expr) : Bool :=
  (e.find? fun s => s.isAppOf ``Nat.cast || s.isAppOf ``Int.cast || s.isAppOf ``NatCast.natCast
    || s.isAppOf ``IntCast.intCast || s.isAppOf ``OfScientific.ofScientific).isSome

/-- A proof with its casts pushed in. -/
def pushCasts (proof : Expr) : MetaM Expr := do
  let type ← instantiateMVars (← inferType proof)
  if hasCast type then
    let r ← simpWith castLemmas type
    match r.proof? with
    | some h => mkExpectedTypeHint (← mkEqMP h proof) r.expr
    | none => return proof
  else return proof

/-- A comparison as facts over `r`; nothing if it is none, or over another type. -/
partial def compare (r : Ring) (atoms : Atoms) (proof type : Expr) (hint : Bool) : MetaM (List Fact) := do
  let make (name : Name) (sign : Sign) : MetaM (List Fact) := do
    let p ← r.lemma name #[proof]
    let (p, sign) ← strengthened r p sign
    return [← factOf atoms p sign hint]
  let over (t : Expr) : Bool := t == r.type
  let isNat (t : Expr) : Bool := r.isInt && t.isConstOf ``Nat
  let cast (name : Name) : MetaM (List Fact) := do
    let p ← pushCasts (← mkAppM (`ProverArb.Linear ++ name) #[proof])
    compare r atoms p (← instantiateMVars (← inferType p)) hint
  match type.getAppFnArgs with
  | (``LE.le, #[t, _, _, _]) =>
    if over t then make `of_le .nonneg else if isNat t then cast `nat_le else return []
  | (``LT.lt, #[t, _, _, _]) =>
    if over t then make `of_lt .pos else if isNat t then cast `nat_lt else return []
  | (``GE.ge, #[t, inst, a, b]) =>
    if over t || isNat t then compare r atoms proof (← mkAppOptM ``LE.le #[t, inst, b, a]) hint else return []
  | (``GT.gt, #[t, inst, a, b]) =>
    if over t || isNat t then compare r atoms proof (← mkAppOptM ``LT.lt #[t, inst, b, a]) hint else return []
  | (``Eq, #[t, _, _]) =>
    if over t then make `of_eq .zero else if isNat t then cast `nat_eq else return []
  | (``Nat.le, #[a, b]) =>
    if r.isInt then compare r atoms proof (← mkAppM ``LE.le #[a, b]) hint else return []
  | (``And, #[p, q]) =>
    let a ← compare r atoms (mkApp3 (mkConst ``And.left) p q proof) p hint
    let b ← compare r atoms (mkApp3 (mkConst ``And.right) p q proof) q hint
    return a ++ b
  | (``Not, #[p]) =>
    match p.getAppFnArgs with
    | (``LE.le, #[t, _, _, _]) | (``GE.ge, #[t, _, _, _]) =>
      if over t then make `of_not_le .pos else if isNat t then cast `nat_not_le else return []
    | (``LT.lt, #[t, _, _, _]) | (``GT.gt, #[t, _, _, _]) =>
      if over t then make `of_not_lt .nonneg else if isNat t then cast `nat_not_lt else return []
    | _ => return []
  | _ => return []

/-- The facts among the hypotheses, and those of the hints. -/
def contextFacts (r : Ring) (atoms : Atoms) (hints : Array Expr) (useContext : Bool) : MetaM (List Fact) := do
  let mut out := []
  if useContext then
    for d in ← getLCtx do
      if d.isImplementationDetail then continue
      let type ← whnfR (← instantiateMVars d.type)
      unless ← isProp type do continue
      let proof ← pushCasts (mkExpectedPropHint d.toExpr type)
      let type ← whnfR (← instantiateMVars (← inferType proof))
      out := out ++ (← compare r atoms proof type false)
  for h in hints do
    let type ← whnfR (← instantiateMVars (← inferType h))
    let proof ← pushCasts (mkExpectedPropHint h type)
    let type ← whnfR (← instantiateMVars (← inferType proof))
    out := out ++ (← compare r atoms proof type true)
  return out

/-- Casts of naturals are not negative. -/
def castFacts (r : Ring) (atoms : Atoms) : MetaM (List Fact) := do
  let mut out := []
  for a in ← atoms.get do
    match a.getAppFnArgs with
    | (``Nat.cast, #[_, _, n]) | (``NatCast.natCast, #[_, _, n]) =>
      try
        let p ← r.lemma `natCast_nonneg #[n]
        out := (← factOf atoms p .nonneg false) :: out
      catch _ => pure ()
    | _ => pure ()
  return out

end ProverArb.Tactics.Linear
