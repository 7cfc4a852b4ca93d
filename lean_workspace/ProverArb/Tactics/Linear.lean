import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Structure
import ProverArb.Tactics.Polynomial
import ProverArb.Tactics.Facts
import ProverArb.Tactics.Simplex

/-!
`linarith` and `nlinarith`: a positive combination of facts that is zero, found by the simplex
method over monomials, and a proof put together from it.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics.Linear

/-- The monomials of a polynomial with their coefficients. -/
def terms : RPoly → List (RMon × Int)
  | .num k => if k == 0 then [] else [(.unit, k)]
  | .add k m p => (m, k) :: terms p

def findMon (m : RMon) : List RMon → Nat → Option Nat
  | [], _ => none
  | x :: rest, i => if x == m then some i else findMon m rest (i + 1)

/-- The rows of the linear program: one for each monomial, and the one that wants a strict fact. -/
def rows (facts : List Fact) : List (Simplex.Row × Rat) × Nat := Id.run do
  let mut mons : List RMon := [.unit]
  let mut entries : Array (List (Nat × Rat)) := #[[]]
  let mut strict : List (Nat × Rat) := []
  let mut column := 0
  for f in facts do
    for (m, k) in terms f.form.poly do
      let i ← match findMon m mons 0 with
        | some i => pure i
        | none =>
          mons := mons ++ [m]
          entries := entries.push []
          pure (entries.size - 1)
      let k : Rat := (k : Rat)
      let new := if f.sign == .zero then [(column + 1, -k), (column, k)] else [(column, k)]
      entries := entries.set! i (new ++ entries[i]!)
    if f.sign == .pos then strict := (column, 1) :: strict
    column := column + (if f.sign == .zero then 2 else 1)
  -- the fact `0 < 1`
  entries := entries.set! 0 ((column, 1) :: entries[0]!)
  strict := (column, 1) :: strict
  let mut out : List (Simplex.Row × Rat) := [(strict.reverse, 1)]
  for e in entries do
    out := (e.reverse, 0) :: out
  return (out, column + 1)

/-- Coefficients of the facts, those of equations with their sign; the constant's is left out. -/
def certificate (facts : List Fact) : Option (List (Fact × Rat)) :=
  let (lines, columns) := rows facts
  match Simplex.feasible columns lines with
  | none => none
  | some solution => some (collect facts 0 solution)
where
  value (i : Nat) : List (Nat × Rat) → Rat
    | [] => 0
    | (j, x) :: rest => if i == j then x else value i rest
  collect (facts : List Fact) (column : Nat) (solution : List (Nat × Rat)) : List (Fact × Rat) :=
    match facts with
    | [] => []
    | f :: rest =>
      let width := if f.sign == .zero then 2 else 1
      let x := if f.sign == .zero then value column solution - value (column + 1) solution
        else value column solution
      let others := collect rest (column + width) solution
      if x == 0 then others else (f, x) :: others

def lcmOfDenominators : List (Fact × Rat) → Nat
  | [] => 1
  | (f, x) :: rest => Nat.lcm (x * (f.form.den : Rat)).den (lcmOfDenominators rest)

/-- `n * e` for a fact about `e`. -/
def scaled (r : Ring) (f : Fact) (k : Int) : MetaM (Expr × Sign) := do
  let n := k.natAbs
  let (p, sign) ← match f.sign with
    | .zero => do
      let p ← if k < 0 then r.lemma `neg_eq #[f.proof] else pure f.proof
      pure (p, Sign.zero)
    | s => pure (f.proof, s)
  if n == 1 then return (p, sign)
  let literal := mkRawNatLit n
  match sign with
  | .zero => return (← r.lemma `scale_e #[literal, p], .zero)
  | .nonneg => return (← r.lemma `scale_nn #[literal, p], .nonneg)
  | .pos =>
    -- the lemma speaks of a successor; the type is restated with the number itself
    let q ← r.lemma `scale_p #[mkRawNatLit (n - 1), p]
    let e ← mkMul (← mkNumeral r.type n) (← subject p .pos)
    let type ← mkAppM ``LT.lt #[← mkNumeral r.type 0, e]
    return (← mkExpectedTypeHint q type, .pos)

def plus (r : Ring) (a b : Expr × Sign) : MetaM (Expr × Sign) := do
  let weak (x : Expr × Sign) : MetaM (Expr × Sign) := do
    if x.2 == .zero then return (← r.lemma `nn_of_eq #[x.1], .nonneg) else return x
  let a ← weak a
  let b ← weak b
  match a.2, b.2 with
  | .pos, .pos => return (← r.lemma `add_pp #[a.1, b.1], .pos)
  | .pos, _ => return (← r.lemma `add_pn #[a.1, b.1], .pos)
  | _, .pos => return (← r.lemma `add_np #[a.1, b.1], .pos)
  | _, _ => return (← r.lemma `add_nn #[a.1, b.1], .nonneg)

def total (r : Ring) : List (Expr × Sign) → MetaM (Expr × Sign)
  | [] => return (← r.lemma `one_pos #[], .pos)
  | [x] => return x
  | x :: rest => do plus r x (← total r rest)

def sumForms : List (Fact × Int) → Form
  | [] => .ofInt 0
  | (f, k) :: rest => ((Form.ofInt k).mul f.form).add (sumForms rest)

/-- A proof of `False` from a certificate. -/
def refutation (r : Ring) (used : List (Fact × Rat)) : TacticM Expr := do
  let common := lcmOfDenominators used
  let integral := used.map fun (f, x) => (f, (x * (f.form.den : Rat) * (common : Rat)).num)
  -- what is left over is a constant, which `0 < 1` makes up for
  let leftover := sumForms integral
  let some constant := leftover.const? | throwError "linarith failed"
  if constant > 0 then throwError "linarith failed"
  let integral := integral.map fun (f, k) => (f, k * (leftover.den : Int))
  let parts ← integral.mapM fun (f, k) => scaled r f k
  let parts ← if constant == 0 then pure parts else do
    let one : Fact := { proof := ← r.lemma `one_pos #[], expr := default, sign := .pos, form := .ofInt 1 }
    pure (parts ++ [← scaled r one (-constant)])
  let (sum, sign) ← total r parts
  let sum ← if sign == .pos then pure sum else throwError "linarith failed"
  let e ← subject sum .pos
  let zero ← mkAppOptM ``OfNat.ofNat #[r.type, mkRawNatLit 0, none]
  let vanishes ← ringProof e zero
  r.lemma `absurd_pos #[sum, vanishes]

/-- Products of two facts. -/
def product (r : Ring) (a b : Fact) : MetaM (Option Fact) := do
  let form := a.form.mul b.form
  let hint := false
  match a.sign, b.sign with
  | .zero, _ => do
    let p ← r.lemma `mul_e #[b.expr, a.proof]
    return some { proof := p, expr := ← subject p .zero, sign := .zero, form, hint }
  | _, .zero => do
    let p ← r.lemma `mul_e' #[a.expr, b.proof]
    return some { proof := p, expr := ← subject p .zero, sign := .zero, form, hint }
  | .pos, .pos => do
    let p ← r.lemma `mul_pp #[a.proof, b.proof]
    return some { proof := p, expr := ← subject p .pos, sign := .pos, form, hint }
  | _, _ => do
    let weak (f : Fact) : MetaM Expr :=
      if f.sign == .pos then r.lemma `nn_of_pos #[f.proof] else pure f.proof
    let p ← r.lemma `mul_nn #[← weak a, ← weak b]
    return some { proof := p, expr := ← subject p .nonneg, sign := .nonneg, form, hint }

def degree : RPoly → Nat
  | .num _ => 0
  | .add _ m p => max m.degree (degree p)

/-- All products of pairs, of degree at most `bound`. -/
def products (r : Ring) (bound : Nat) : List Fact → List Fact → MetaM (List Fact)
  | [], _ => return []
  | a :: rest, others => do
    let mut out := []
    for b in a :: others do
      if degree a.form.poly + degree b.form.poly > bound then continue
      match ← product r a b with
      | some f => out := f :: out
      | none => pure ()
    return out ++ (← products r bound rest others.tail)

/-- Squares of the terms that occur squared. -/
partial def squaresIn (e : Expr) (found : List Expr) : List Expr :=
  match e.getAppFnArgs with
  | (``HPow.hPow, #[_, _, _, _, a, n]) =>
    let found := squaresIn a found
    if natLiteral? n == some 2 && !found.contains a then a :: found else found
  | (``HMul.hMul, #[_, _, _, _, a, b]) =>
    let found := squaresIn a (squaresIn b found)
    if a == b && !found.contains a then a :: found else found
  | (``HAdd.hAdd, #[_, _, _, _, a, b]) | (``HSub.hSub, #[_, _, _, _, a, b]) => squaresIn a (squaresIn b found)
  | (``Neg.neg, #[_, _, a]) => squaresIn a found
  | _ => found

def squareFacts (r : Ring) (atoms : Atoms) (facts : List Fact) : MetaM (List Fact) := do
  let mut bases : List Expr := []
  for f in facts do bases := squaresIn f.expr bases
  let mut out := []
  for b in bases do
    if (← inferType b) == r.type then
      out := (← factOf atoms (← r.lemma `sq_nn #[b]) .nonneg true) :: out
  return out

def take {α : Type} : Nat → List α → List α
  | 0, _ => []
  | _, [] => []
  | n + 1, x :: rest => x :: take n rest

def constant (f : Fact) : Bool :=
  match f.form.poly, f.sign with
  | .num _, .pos => f.form.const?.any (· > 0)
  | .num _, .nonneg => f.form.const?.any (· ≥ 0)
  | .num k, .zero => k == 0
  | _, _ => false

/-- Without facts that say nothing or say it again. -/
def distinct : List Fact → List Fact → List Fact
  | [], kept => kept.reverse
  | f :: rest, kept =>
    if constant f || kept.any (fun g => g.form.poly == f.form.poly && g.sign == f.sign)
    then distinct rest kept else distinct rest (f :: kept)

/-- A proof of `False` from the hypotheses, the hints and `extra`. -/
def contradiction (r : Ring) (hints extra : Array Expr) (useContext nonlinear : Bool) : TacticM Expr := do
  let atoms : Atoms ← IO.mkRef #[]
  let mut facts ← contextFacts r atoms (extra ++ hints) useContext
  facts := facts ++ (← castFacts r atoms)
  let linear := distinct facts []
  match certificate linear with
  | some used => return ← refutation r used
  | none => pure ()
  unless nonlinear do throwError "linarith failed: the hypotheses give no contradiction"
  let squares ← squareFacts r atoms linear
  let hinted := linear.filter (·.hint)
  let others := linear.filter (!·.hint)
  let base := squares ++ linear
  -- products of the hints and the negated goal first, then of everything
  let near ← products r 8 hinted hinted
  match certificate (distinct (base ++ near) []) with
  | some used => return ← refutation r used
  | none => pure ()
  let middle := take 14 (hinted ++ others)
  let all ← products r 6 middle middle
  let withSquares ← products r 6 (take 6 squares) (take 6 squares)
  match certificate (take 160 (distinct (base ++ near ++ all ++ withSquares) [])) with
  | some used => refutation r used
  | none => throwError "nlinarith failed: no product of two facts gives a contradiction"

/-- The types that hypotheses and hints compare. -/
def typesCompared (hints : Array Expr) : MetaM (List Expr) := do
  let mut types : List Expr := []
  let mut props := #[]
  for d in ← getLCtx do
    unless d.isImplementationDetail do
      if ← isProp d.type then props := props.push (← instantiateMVars d.type)
  for h in hints do props := props.push (← instantiateMVars (← inferType h))
  for p in props do
    let p := match p.getAppFnArgs with
      | (``Not, #[q]) => q
      | _ => p
    match p.getAppFnArgs with
    | (``LE.le, #[t, _, _, _]) | (``LT.lt, #[t, _, _, _]) | (``GE.ge, #[t, _, _, _])
    | (``GT.gt, #[t, _, _, _]) | (``Eq, #[t, _, _]) =>
      let t := if t.isConstOf ``Nat then mkConst ``Int else t
      unless types.contains t do types := types ++ [t]
    | _ => pure ()
  return types

/-- Proves `False` over one of the types. -/
def overSome (types : List Expr) (hints extra : Array Expr) (useContext nonlinear : Bool) : TacticM Expr := do
  match types with
  | [] => throwError "linarith failed"
  | t :: rest =>
    let saved ← Tactic.saveState
    try
      let some r ← ring? t | throwError "not an ordered ring"
      contradiction r hints extra useContext nonlinear
    catch e =>
      if rest.isEmpty then throw e
      saved.restore
      overSome rest hints extra useContext nonlinear

/-- `fun h : p => False`'s proof, with `h` among the facts. -/
def refuting (p : Expr) (types : List Expr) (hints : Array Expr) (useContext nonlinear : Bool) : TacticM Expr := do
  withLocalDeclD `h p fun h => do
    let proof ← overSome types hints #[h] useContext nonlinear
    mkLambdaFVars #[h] (← instantiateMVars proof)

/-- Closes the main goal by (non)linear arithmetic. -/
partial def close (hints : Array Expr) (useContext nonlinear : Bool) : TacticM Unit := withMainContext do
  let goal ← getMainGoal
  let target ← whnfR (← instantiateMVars (← goal.getType))
  let types ← typesCompared hints
  let preferred (t : Expr) : List Expr := t :: types.filter (· != t)
  let int := mkConst ``Int
  let zero (t : Expr) : MetaM Expr := mkNumeral t 0
  let difference (t a b : Expr) (strict : Bool) : MetaM Expr := do
    if t.isConstOf ``Nat then
      let a ← mkAppOptM ``Nat.cast #[int, none, a]
      let b ← mkAppOptM ``Nat.cast #[int, none, b]
      if strict then mkAppM ``LT.lt #[a, b] else mkAppM ``LE.le #[a, b]
    else
      let d ← mkSub b a
      if strict then mkAppM ``LT.lt #[← zero t, d] else mkAppM ``LE.le #[← zero t, d]
  let lemma' (t : Expr) (name : Name) (args : Array Expr) : TacticM Expr := do
    if t.isConstOf ``Nat then mkAppM (`ProverArb.Linear ++ Name.mkSimple ("nat_" ++ name.toString)) args
    else
      let some r ← ring? t | throwError "linarith failed: not an ordered ring"
      r.lemma name args
  let castType (t : Expr) : Expr := if t.isConstOf ``Nat then int else t
  let rec prove (target : Expr) : TacticM Expr := do
    match target.getAppFnArgs with
    | (``LE.le, #[t, _, a, b]) =>
      let h ← refuting (← difference t b a true) (preferred (castType t)) hints useContext nonlinear
      lemma' t `le_of #[h]
    | (``LT.lt, #[t, _, a, b]) =>
      let h ← refuting (← difference t b a false) (preferred (castType t)) hints useContext nonlinear
      lemma' t `lt_of #[h]
    | (``GE.ge, #[t, inst, a, b]) => prove (← mkAppOptM ``LE.le #[t, inst, b, a])
    | (``GT.gt, #[t, inst, a, b]) => prove (← mkAppOptM ``LT.lt #[t, inst, b, a])
    | (``Eq, #[t, a, b]) =>
      let h ← refuting (← difference t b a true) (preferred (castType t)) hints useContext nonlinear
      let h' ← refuting (← difference t a b true) (preferred (castType t)) hints useContext nonlinear
      lemma' t `eq_of #[h, h']
    | (``Not, #[p]) => refuting p types hints useContext nonlinear
    | (``Ne, #[t, a, b]) => refuting (← mkAppOptM ``Eq #[t, a, b]) types hints useContext nonlinear
    | (``False, _) => overSome types hints #[] useContext nonlinear
    | (``And, #[p, q]) => do
      let a ← prove p
      let b ← prove q
      return mkApp4 (mkConst ``And.intro) p q a b
    | _ =>
      let proof ← overSome types hints #[] useContext nonlinear
      mkFalseElim target proof
  let proof ← instantiateMVars (← prove target)
  goal.assign (← mkExpectedTypeHint proof (← goal.getType))
  pruneSolvedGoals

end ProverArb.Tactics.Linear
