import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Structure

/-!
Expressions of commutative rings and fields as polynomials in their atoms.

`form` is for finding things: it is not trusted, and sees through division. `ringProof?` proves
equations by the normal form of Lean's own `grind`, by reflection; where there is division it leaves
the proof to `grind`.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

abbrev RPoly := Lean.Grind.CommRing.Poly
abbrev RMon := Lean.Grind.CommRing.Mon
abbrev RExpr := Lean.Grind.CommRing.Expr

/-- The atoms met so far. -/
abbrev Atoms := IO.Ref (Array Expr)

def findAtom (atoms : Array Expr) (e : Expr) (i : Nat) : MetaM (Option Nat) := do
  if h : i < atoms.size then
    let a := atoms[i]
    if a == e then return some i
    if a.getAppFn == e.getAppFn || a.isFVar || e.isFVar then
      if ← withNewMCtxDepth (withReducible (isDefEq a e)) then return some i
    findAtom atoms e (i + 1)
  else return none
termination_by atoms.size - i

/-- The number of an atom. -/
def atomOf (ref : Atoms) (e : Expr) : MetaM Nat := do
  let atoms ← ref.get
  match ← findAtom atoms e 0 with
  | some i => return i
  | none =>
    ref.set (atoms.push e)
    return atoms.size

/-- A polynomial over a positive integer. -/
structure Form where
  poly : RPoly
  den : Nat := 1
  deriving Inhabited

def polyVar (i : Nat) : RPoly := .ofVar i

/-- Divides what poly and denominator have in common. -/
def Form.reduced (f : Form) : Form :=
  if f.den == 1 then f
  else
    let g := Nat.gcd f.den (content f.poly)
    if g ≤ 1 then f else { poly := divide f.poly g, den := f.den / g }
where
  content : RPoly → Nat
    | .num k => k.natAbs
    | .add k _ p => Nat.gcd k.natAbs (content p)
  divide (p : RPoly) (g : Nat) : RPoly :=
    match p with
    | .num k => .num (k / (g : Int))
    | .add k m p => .add (k / (g : Int)) m (divide p g)

def Form.add (a b : Form) : Form :=
  if a.den == b.den then { poly := a.poly.combine b.poly, den := a.den }
  else
    Form.reduced { poly := (a.poly.mulConst b.den).combine (b.poly.mulConst a.den), den := a.den * b.den }

def Form.neg (a : Form) : Form := { a with poly := a.poly.mulConst (-1) }

def Form.mul (a b : Form) : Form := Form.reduced { poly := a.poly.mul b.poly, den := a.den * b.den }

def Form.const? (a : Form) : Option Int :=
  match a.poly with
  | .num k => some k
  | _ => none

def Form.ofInt (k : Int) : Form := { poly := .num k }

def Form.pow (a : Form) : Nat → Form
  | 0 => .ofInt 1
  | 1 => a
  | n + 1 => (Form.pow a n).mul a

/-- The inverse of a number. -/
def inverseOf (k : Int) (den : Nat) : Form :=
  if k < 0 then { poly := .num (-(den : Int)), den := k.natAbs } else { poly := .num den, den := k.natAbs }

/-- A natural number, written as a literal. -/
def natLiteral? (e : Expr) : Option Nat :=
  match e.getAppFnArgs with
  | (``OfNat.ofNat, #[_, .lit (.natVal n), _]) => some n
  | _ => match e with
    | .lit (.natVal n) => some n
    | _ => none

mutual

/-- The polynomial of an expression. -/
partial def form (atoms : Atoms) (e : Expr) : MetaM Form := do
  match e.getAppFnArgs with
  | (``HAdd.hAdd, #[_, _, _, _, a, b]) => return (← form atoms a).add (← form atoms b)
  | (``HSub.hSub, #[t, _, _, _, a, b]) =>
    if t.isConstOf ``Nat then atom atoms e
    else return (← form atoms a).add (← form atoms b).neg
  | (``HMul.hMul, #[_, _, _, _, a, b]) => return (← form atoms a).mul (← form atoms b)
  | (``Neg.neg, #[_, _, a]) => return (← form atoms a).neg
  | (``HPow.hPow, #[_, _, _, _, a, n]) =>
    match natLiteral? n with
    | some n =>
      let base ← form atoms a
      let few : Bool := match base.poly with
        | .num _ => n ≤ 64
        | .add _ _ (.num 0) => n ≤ 64
        | .add _ _ (.num _) => n ≤ 12
        | .add _ _ (.add _ _ (.num _)) => n ≤ 8
        | _ => n ≤ 4
      if few then return base.pow n else atom atoms e
    | none => atom atoms e
  | (``HDiv.hDiv, #[t, _, _, _, a, b]) =>
    if t.isConstOf ``Nat || t.isConstOf ``Int then atom atoms e
    else
      let a ← form atoms a
      return a.mul (← inverse atoms t b)
  | (``Inv.inv, #[t, _, a]) => inverse atoms t a
  | (``OfNat.ofNat, #[_, .lit (.natVal n), _]) => return .ofInt n
  | (``OfScientific.ofScientific, #[_, _, m, s, k]) =>
    match natLiteral? m, s, natLiteral? k with
    | some m, .const ``true _, some k => return Form.reduced { poly := .num m, den := 10 ^ k }
    | _, _, _ => atom atoms e
  | (``Nat.cast, #[_, _, n]) | (``NatCast.natCast, #[_, _, n]) =>
    match natLiteral? n with
    | some n => return .ofInt n
    | none => atom atoms e
  | (``Int.cast, #[_, _, n]) | (``IntCast.intCast, #[_, _, n]) =>
    match natLiteral? n with
    | some n => return .ofInt n
    | none => atom atoms e
  | _ => atom atoms e

partial def atom (atoms : Atoms) (e : Expr) : MetaM Form := do
  return { poly := polyVar (← atomOf atoms e) }

/-- The polynomial of an inverse, in the inverses of atoms. -/
partial def inverse (atoms : Atoms) (type : Expr) (b : Expr) : MetaM Form := do
  let f ← form atoms b
  match f.poly with
  | .num k => if k == 0 then return .ofInt 0 else return inverseOf k f.den
  | .add k m (.num 0) =>
    let mut out := inverseOf k f.den
    let mut rest := m
    for _ in [0:64] do
      match rest with
      | .unit => break
      | .mult p m =>
        let base := (← atoms.get)[p.x]!
        -- the inverse of an inverse is the thing itself
        let inv ← match base.getAppFnArgs with
          | (``Inv.inv, #[_, _, c]) => form atoms c
          | _ => do
            let e ← mkAppOptM ``Inv.inv #[type, none, base]
            atom atoms e
        out := out.mul (inv.pow p.k)
        rest := m
    return out
  | _ =>
    let e ← mkAppOptM ``Inv.inv #[type, none, b]
    atom atoms e

end

/-- What reflection needs to know of a ring. -/
structure RingInfo where
  type : Expr
  level : Level
  ring : Expr

def ringInfo? (type : Expr) : MetaM (Option RingInfo) := do
  let level ← getDecLevel type
  let some ring ← synthInstance? (mkApp (mkConst ``Lean.Grind.CommRing [level]) type) | return none
  return some { type, level, ring }

/-- A number of terms in which a power would multiply out. -/
def tooLarge (n : Nat) : Bool := n > 40

mutual

/-- The expression that reflection reads; `none` where it would need a field's laws. -/
partial def reflect (atoms : Atoms) (e : Expr) : MetaM (Option RExpr) := do
  match e.getAppFnArgs with
  | (``HAdd.hAdd, #[_, _, _, _, a, b]) => binary atoms a b .add
  | (``HSub.hSub, #[_, _, _, _, a, b]) => binary atoms a b .sub
  | (``HMul.hMul, #[_, _, _, _, a, b]) => binary atoms a b .mul
  | (``Neg.neg, #[_, _, a]) => return (← reflect atoms a).map .neg
  | (``HPow.hPow, #[_, _, _, _, a, n]) =>
    match natLiteral? n with
    | some n => if tooLarge n then leaf atoms e else return (← reflect atoms a).map (.pow · n)
    | none => leaf atoms e
  | (``OfNat.ofNat, #[_, .lit (.natVal n), _]) => return some (.num n)
  | (``HDiv.hDiv, _) | (``Inv.inv, _) | (``OfScientific.ofScientific, _) => return none
  | _ => leaf atoms e

partial def binary (atoms : Atoms) (a b : Expr) (f : RExpr → RExpr → RExpr) : MetaM (Option RExpr) := do
  match ← reflect atoms a with
  | none => return none
  | some a => return (← reflect atoms b).map (f a)

partial def leaf (atoms : Atoms) (e : Expr) : MetaM (Option RExpr) := do
  return some (.var (← atomOf atoms e))

end

def exprOfInt (k : Int) : Expr :=
  if k < 0 then mkApp (mkConst ``Int.negSucc) (mkRawNatLit (k.natAbs - 1))
  else mkApp (mkConst ``Int.ofNat) (mkRawNatLit k.toNat)

def exprOf : RExpr → Expr
  | .num k => mkApp (mkConst ``Lean.Grind.CommRing.Expr.num) (exprOfInt k)
  | .natCast k => mkApp (mkConst ``Lean.Grind.CommRing.Expr.natCast) (mkRawNatLit k)
  | .intCast k => mkApp (mkConst ``Lean.Grind.CommRing.Expr.intCast) (exprOfInt k)
  | .var i => mkApp (mkConst ``Lean.Grind.CommRing.Expr.var) (mkRawNatLit i)
  | .neg a => mkApp (mkConst ``Lean.Grind.CommRing.Expr.neg) (exprOf a)
  | .add a b => mkApp2 (mkConst ``Lean.Grind.CommRing.Expr.add) (exprOf a) (exprOf b)
  | .sub a b => mkApp2 (mkConst ``Lean.Grind.CommRing.Expr.sub) (exprOf a) (exprOf b)
  | .mul a b => mkApp2 (mkConst ``Lean.Grind.CommRing.Expr.mul) (exprOf a) (exprOf b)
  | .pow a k => mkApp2 (mkConst ``Lean.Grind.CommRing.Expr.pow) (exprOf a) (mkRawNatLit k)

/-- The atoms from `low` up to `high`, as the tree that reflection looks them up in. -/
partial def contextExpr (info : RingInfo) (atoms : Array Expr) (low high : Nat) : Expr :=
  if high ≤ low + 1 then
    mkApp2 (mkConst ``Lean.RArray.leaf [info.level]) info.type atoms[low]!
  else
    let middle := (low + high) / 2
    mkApp4 (mkConst ``Lean.RArray.branch [info.level]) info.type (mkRawNatLit middle)
      (contextExpr info atoms low middle) (contextExpr info atoms middle high)

/-- A proof that the two sides have one normal form, by reflection. -/
def reflectionProof? (info : RingInfo) (a b : Expr) : MetaM (Option Expr) := do
  let atoms : Atoms ← IO.mkRef #[]
  let some x ← reflect atoms a | return none
  let some y ← reflect atoms b | return none
  if !(x.toPoly == y.toPoly) then return none
  let found ← atoms.get
  let found := if found.isEmpty then #[a] else found
  let context := contextExpr info found 0 found.size
  let truth := mkApp2 (mkConst ``Eq.refl [1]) (mkConst ``Bool) (mkConst ``true)
  let proof := mkAppN (mkConst `ProverArb.Linear.eq_of_normal [info.level])
    #[info.type, info.ring, context, exprOf x, exprOf y, truth]
  return some (← mkExpectedTypeHint proof (← mkEq a b))

/-- The context without propositions, other than instances: what an equation can depend on. -/
def bareContext : MetaM LocalContext := do
  let mut lctx ← getLCtx
  for d in ← getLCtx do
    if d.isImplementationDetail then continue
    if d.binderInfo.isInstImplicit then continue
    if ← isProp d.type then lctx := lctx.erase d.fvarId
  return lctx

/-- Runs a tactic on a fresh goal and gives the proof. -/
def proveBy (type : Expr) (tactic : TacticM Unit) : TacticM Expr := do
  let goal ← mkFreshExprSyntheticOpaqueMVar type
  let saved ← getGoals
  setGoals [goal.mvarId!]
  try
    tactic
    unless (← getUnsolvedGoals).isEmpty do throwError "goals remain"
    setGoals saved
    instantiateMVars goal
  catch e =>
    setGoals saved
    throw e

/-- A proof of an equation without the hypotheses, by `grind`'s ring and field laws. -/
def grindEquation (type : Expr) : TacticM Expr := do
  let lctx ← bareContext
  withLCtx lctx (← getLocalInstances) do
    proveBy type (limited 4000 (do run (← `(tactic| grind (ematch := 0) (splits := 1)))))

/-- A proof of `a = b` up to the laws of commutative rings and fields, or an error. -/
def ringProof (a b : Expr) : TacticM Expr := do
  let type ← inferType a
  let direct? ← match ← ringInfo? type with
    | some info => reflectionProof? info a b
    | none => pure none
  match direct? with
  | some proof => return proof
  | none =>
    let atoms : Atoms ← IO.mkRef #[]
    let fa ← form atoms a
    let fb ← form atoms b
    let difference := fa.add fb.neg
    match difference.poly with
    | .num 0 => grindEquation (← mkEq a b)
    | _ =>
      if type.isConstOf ``Nat then grindEquation (← mkEq a b)
      else throwError "not equal by the laws of rings"

end ProverArb.Tactics
