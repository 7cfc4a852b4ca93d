import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Structure
import ProverArb.Tactics.Polynomial

/-!
`interval_cases`, `fin_cases` and `mod_cases`: finitely many values, one goal for each.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

/-- An integer that an expression over ℕ or ℤ evaluates to. -/
partial def literal? (e : Expr) : Option Int :=
  match e.getAppFnArgs with
  | (``OfNat.ofNat, #[_, .lit (.natVal n), _]) => some n
  | (``Neg.neg, #[_, _, a]) => (literal? a).map (- ·)
  | (``HAdd.hAdd, #[_, _, _, _, a, b]) => do return (← literal? a) + (← literal? b)
  | (``HMul.hMul, #[_, _, _, _, a, b]) => do return (← literal? a) * (← literal? b)
  | (``HSub.hSub, #[t, _, _, _, a, b]) => do
    let d := (← literal? a) - (← literal? b)
    if t.isConstOf ``Nat then return max d 0 else return d
  | (``HPow.hPow, #[_, _, _, _, a, b]) => do
    let n ← literal? b
    if n < 0 || n > 64 then none else return (← literal? a) ^ n.toNat
  | (``HDiv.hDiv, #[_, _, _, _, a, b]) => do return (← literal? a) / (← literal? b)
  | (``HMod.hMod, #[_, _, _, _, a, b]) => do return (← literal? a) % (← literal? b)
  | (``Nat.cast, #[_, _, a]) => literal? a
  | (``Nat.succ, #[a]) => (literal? a).map (· + 1)
  | _ => match e with
    | .lit (.natVal n) => some n
    | _ => none

/-- Bounds that a proposition puts on `x`: lower, then upper, both included. -/
partial def boundsIn (x : Expr) (p : Expr) : List (Option Int × Option Int) :=
  let less (a b : Expr) (strict : Int) : List (Option Int × Option Int) :=
    if a == x then match literal? b with
      | some n => [(none, some (n - strict))]
      | none => []
    else if b == x then match literal? a with
      | some n => [(some (n + strict), none)]
      | none => []
    else []
  match p.getAppFnArgs with
  | (``LE.le, #[_, _, a, b]) => less a b 0
  | (``LT.lt, #[_, _, a, b]) => less a b 1
  | (``GE.ge, #[_, _, a, b]) => less b a 0
  | (``GT.gt, #[_, _, a, b]) => less b a 1
  | (``And, #[p, q]) => boundsIn x p ++ boundsIn x q
  | (``Ne, #[_, a, b]) =>
    if a == x && literal? b == some 0 && true then [(some 1, none)] else []
  | (``Eq, #[_, a, b]) =>
    if a == x then match literal? b with
      | some n => [(some n, some n)]
      | none => []
    else []
  | (``Not, #[q]) => match q.getAppFnArgs with
    | (``LE.le, #[_, _, a, b]) => less b a 1
    | (``LT.lt, #[_, _, a, b]) => less b a 0
    | (``GE.ge, #[_, _, a, b]) => less a b 1
    | (``GT.gt, #[_, _, a, b]) => less a b 0
    | _ => []
  | (``Membership.mem, #[_, _, _, s, a]) =>
    if a == x then match s.getAppFnArgs with
      | (`Finset.Icc, args) => bothEnds args 0 0
      | (`Set.Icc, args) => bothEnds args 0 0
      | (`Finset.Ico, args) => bothEnds args 0 1
      | (`Set.Ico, args) => bothEnds args 0 1
      | (`Finset.Ioc, args) => bothEnds args 1 0
      | (`Set.Ioc, args) => bothEnds args 1 0
      | (`Finset.Ioo, args) => bothEnds args 1 1
      | (`Set.Ioo, args) => bothEnds args 1 1
      | (`Finset.range, #[n]) => [(none, (literal? n).map (· - 1))]
      | _ => []
    else []
  | _ => []
where
  bothEnds (args : Array Expr) (l u : Int) : List (Option Int × Option Int) :=
    let a := args[args.size - 2]!
    let b := args[args.size - 1]!
    [((literal? a).map (· + l), (literal? b).map (· - u))]

def bestBounds : List (Option Int × Option Int) → Option Int → Option Int → Option Int × Option Int
  | [], l, u => (l, u)
  | (l', u') :: rest, l, u =>
    let l := match l, l' with
      | some a, some b => some (max a b)
      | none, b => b
      | a, none => a
    let u := match u, u' with
      | some a, some b => some (min a b)
      | none, b => b
      | a, none => a
    bestBounds rest l u

/-- All bounds on `x` among the hypotheses. -/
def boundsOn (x : Expr) : MetaM (Option Int × Option Int) := do
  let mut found := []
  for d in ← getLCtx do
    if d.isImplementationDetail then continue
    let t ← instantiateMVars d.type
    if ← isProp t then found := boundsIn x t ++ found
  let type ← inferType x
  return bestBounds found (if type.isConstOf ``Nat then some 0 else none) none

def numeral (n : Int) : TacticM Term := do
  let k := Syntax.mkNumLit (toString n.natAbs)
  if n < 0 then `(-$k) else `($k:num)

/-- At most so many cases. -/
def mostCases : Nat := 1000

/-- A proof of a bound that follows from the hypotheses. -/
def boundProof (type : Expr) : TacticM Expr := proveBy type do
  run (← `(tactic|
    first
    | assumption
    | omega
    | (simp only [$(lib `Finset.mem_Icc):ident, $(lib `Finset.mem_Ico):ident, $(lib `Finset.mem_Ioc):ident,
        $(lib `Finset.mem_Ioo):ident, $(lib `Finset.mem_range):ident, $(lib `Set.mem_Icc):ident, $(lib `Set.mem_Ico):ident,
        $(lib `Set.mem_Ioc):ident, $(lib `Set.mem_Ioo):ident] at *; omega)
    | grind))

def integerExpr (type : Expr) (n : Int) : MetaM Expr := do
  let k ← mkNumeral type n.natAbs
  if n < 0 then mkAppM ``Neg.neg #[k] else return k

/-- One goal for each value from `low` on, and the goal that no value is left. -/
partial def eachValue (lemmas : Name) (type motive upper : Expr) (tag : Name) (low high : Int) (goal : Expr)
    (done : List MVarId) : TacticM (List MVarId) := do
  let k ← integerExpr type low
  if low > high then
    goal.mvarId!.assign (← mkAppM (lemmas ++ `none) #[motive, k, upper, ← mkDecideProof (← mkAppM ``LT.lt #[upper, k])])
    return done.reverse
  let next ← integerExpr type (low + 1)
  let here ← mkFreshExprSyntheticOpaqueMVar (motive.beta #[k]) tag
  let step ← mkAppOptM (lemmas ++ `step) #[motive, k, next, upper, some (← mkEqRefl next), here]
  let rest ← mkFreshExprSyntheticOpaqueMVar (← inferType step).bindingDomain! tag
  goal.mvarId!.assign (.app step rest)
  eachValue lemmas type motive upper tag (low + 1) high rest (here.mvarId! :: done)

def variableOf : Expr → MetaM FVarId
  | .fvar x => return x
  | _ => throwError "not a variable"

/-- Splits the main goal by the value of the variable `x`, from `low` to `high`: each value is put for
`x` in the goal and in all hypotheses that speak of it. -/
def splitValues (x : Ident) (low high : Int) : TacticM Unit := withMainContext do
  if high - low ≥ mostCases then throwError "interval_cases: more than {mostCases} cases"
  let main ← getMainGoal
  let others := (← getGoals).tail
  let tag ← getMainTag
  let x ← Tactic.elabTerm x none
  let type ← whnfR (← inferType x)
  let lemmas := if type.isConstOf ``Nat then `ProverArb.Cases.nat else `ProverArb.Cases.int
  let lower ← integerExpr type low
  let upper ← integerExpr type high
  let atLeast ← boundProof (← mkAppM ``LE.le #[lower, x])
  let atMost ← boundProof (← mkAppM ``LE.le #[x, upper])
  setGoals [main]
  let dependents := (← collectForwardDeps #[x] (preserveOrder := false)).toList.filter (· != x)
  let target ← instantiateMVars (← main.getType)
  let motive ← mkLambdaFVars #[x] (← mkForallFVars dependents.toArray target)
  let all ← withLocalDeclD (← (← variableOf x).getDecl).userName type fun y => do
    let inside ← mkArrow (← mkAppM ``LE.le #[lower, y]) (← mkArrow (← mkAppM ``LE.le #[y, upper]) (motive.beta #[y]))
    mkForallFVars #[y] inside
  let start ← mkFreshExprSyntheticOpaqueMVar all tag
  main.assign (mkAppN start (#[x, atLeast, atMost] ++ dependents.toArray))
  let old ← (dependents.reverse ++ [x]).mapM fun e => (variableOf e : TacticM FVarId)
  let bare ← start.mvarId!.tryClearMany old.reverse.toArray
  let goals ← bare.withContext do eachValue lemmas type motive upper tag low high (.mvar bare) []
  let goals ← goals.mapM fun g => do
    let (_, g) ← g.introNP dependents.length
    return g
  setGoals (goals ++ others)

def evalIntervalCases : Tactic := fun stx => do
  if stx[1].isNone then throwError "interval_cases: name a term"
  let term : Term := ⟨stx[1][1]⟩
  let h : Option Ident := if stx[1][0].isNone then none else (nameOf stx[1][0][0]).map mkIdent
  let isVar ← withMainContext do
    let e ← instantiateMVars (← Tactic.elabTerm term none)
    return e.isFVar
  let x ← if isVar then pure (⟨term⟩ : Ident) else do
    freshName `x
  unless isVar do
    let eq ← match h with
      | some h => pure h
      | none => freshName `eq
    run (← `(tactic| generalize $eq:ident : $term = $x:ident at *)) <|> run (← `(tactic| generalize $eq:ident : $term = $x:ident))
  unless stx[2].isNone do
    let a : Term := ⟨stx[2][1]⟩
    let b : Term := ⟨stx[2][3]⟩
    assertAll [a, b]
  let (low, high) ← withMainContext do
    let e ← instantiateMVars (← Tactic.elabTerm x none)
    boundsOn e
  match low, high with
  | some l, some u => splitValues x l u
  | _, _ => throwError "interval_cases: the hypotheses leave `{term}` unbounded"

def evalFinCases : Tactic := fun stx => do
  for t in stx[1].getSepArgs do
    let t : Term := ⟨if t.getKind == nullKind then t[0] else t⟩
    let type ← withMainContext do whnfR (← inferType (← Tactic.elabTerm t none))
    if type.isAppOfArity ``Fin 1 then
      let x ← freshName `x
      let h ← freshName `h
      match literal? type.appArg! with
      | none => throwError "fin_cases: not a finite type we know"
      | some n =>
        run (← `(tactic| obtain ⟨$x:ident, $h:ident⟩ := $t))
        splitValues x 0 (n - 1)
    else
      let h ← freshName `h
      run (← `(tactic| have $h:ident := $t))
      run (← `(tactic| simp at $h:ident))
      let rec alternatives (fuel : Nat) : TacticM Unit := do
        match fuel with
        | 0 => pure ()
        | fuel + 1 =>
          let e ← withMainContext do whnfR (← instantiateMVars (← inferType (← Tactic.elabTerm h none)))
          if e.isAppOfArity ``Or 2 then
            run (← `(tactic| rcases $h:ident with $h:ident | $h:ident))
            match ← getGoals with
            | a :: rest =>
              setGoals [a]
              run (← `(tactic| (try subst $h:ident)))
              let first ← getGoals
              setGoals rest
              alternatives fuel
              setGoals (first ++ (← getGoals))
            | [] => pure ()
          else run (← `(tactic| (try subst $h:ident)))
      alternatives 64

def evalModCases : Tactic := fun stx => do
  let h : Ident := match nameOf stx[1][0] with
    | some n => mkIdent n
    | none => mkIdent `h
  let e : Term := ⟨stx[2]⟩
  let n : TSyntax `num := ⟨stx[4]⟩
  let x ← freshName `x
  let upper ← freshName `upper
  run (← `(tactic| generalize $h:ident : $e % $n = $x:ident))
  run (← `(tactic| have $upper:ident : 0 ≤ $x ∧ $x < $n := by omega))
  splitValues x 0 ((n.getNat : Int) - 1)

end ProverArb.Tactics
