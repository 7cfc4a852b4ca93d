import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Structure
import ProverArb.Tactics.Normal

/-!
Tactics that make goals and take them apart: congruence with names, `have` and `suffices` without a
proof, local definitions, and simplification of what is introduced.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

/-- `clear * - h`. -/
def evalClearExcept : Tactic := fun stx => withMainContext do
  let kept ← stx[3].getArgs.toList.mapM fun h => getFVarId h
  let main ← getMainGoal
  let mut drop : List FVarId := []
  for d in ← getLCtx do
    if d.isImplementationDetail || d.binderInfo.isInstImplicit || kept.contains d.fvarId then continue
    if (← isClass? d.type).isSome then continue
    drop := d.fvarId :: drop
  replaceMainGoal [← main.tryClearMany drop.reverse.toArray]

/-- A statement that becomes a goal, first or last, and a hypothesis of the main goal. -/
def newGoal (first : Bool) : Tactic := fun stx => withMainContext do
  let name := if stx[1].isNone then `this else stx[1][0].getId
  let type ← Term.elabType stx[3]
  Term.synthesizeSyntheticMVarsNoPostponing
  let type ← instantiateMVars type
  let main ← getMainGoal
  let proof ← mkFreshExprSyntheticOpaqueMVar type
  let (_, rest) ← (← main.assert name type proof).intro1P
  replaceMainGoal (if first then [proof.mvarId!, rest] else [rest, proof.mvarId!])

def evalHaveGoal : Tactic := newGoal true
def evalSufficesGoal : Tactic := newGoal false

/-- `rsuffices ⟨x, h⟩ : t`: the goal with `x` and `h` first, then `t`. -/
def evalRsuffices : Tactic := fun stx => do
  let x ← freshName `h
  let type : Term := ⟨stx[2][1]⟩
  if stx[3].isNone then
    run (← `(tactic| refine (fun ($x:ident : $type) => ?_) ?_))
  else
    let proof : Term := ⟨stx[3][1].getArgs[0]!⟩
    run (← `(tactic| refine (fun ($x:ident : $type) => ?_) $proof))
  unless stx[1].isNone do
    let pattern : TSyntax `Lean.Parser.Tactic.rcasesPatMed := ⟨stx[1][0]⟩
    run (← `(tactic| obtain $pattern := $x:ident))

/-- Local definitions of the context. -/
def definitions : TacticM (List Ident) := withMainContext do
  let mut out : List Ident := []
  for d in ← getLCtx do
    if d.isImplementationDetail then continue
    if d.isLet then out := mkIdent d.userName :: out
  return out

def evalUnfoldLet : Tactic := fun stx => do
  let names ← if stx[1].getNumArgs == 0 then definitions
    else pure (stx[1].getArgs.toList.map fun x => ⟨x⟩)
  let mut lemmas : Array Syntax := #[]
  for x in names do
    lemmas := lemmas.push (← `(Parser.Tactic.simpLemma| $x:ident))
  leniently (simpAs (mkAtom "only") lemmas stx[2])

/-- `simp_arith` is `simp +arith`, as it was. -/
def evalSimpArith : Tactic := fun stx => do
  let arguments ← argumentsOf stx[5]
  let args : Syntax.TSepArray [``Parser.Tactic.simpStar, ``Parser.Tactic.simpErase, ``Parser.Tactic.simpLemma] "," :=
    ⟨(Syntax.SepArray.ofElems (sep := ",") arguments).elemsAndSeps⟩
  let place := stx[6]
  if place.isNone then
    if stx[4].isNone then run (← `(tactic| simp +arith [$args,*]))
    else run (← `(tactic| simp +arith only [$args,*]))
  else
    let l : TSyntax ``Parser.Tactic.location := ⟨place[0]⟩
    if stx[4].isNone then run (← `(tactic| simp +arith [$args,*] $l:location))
    else run (← `(tactic| simp +arith only [$args,*] $l:location))

/-- The goals that congruence leaves of the main goal, down to a depth. -/
def congruent (depth : Nat) : TacticM (List MVarId) := do
  let main ← getMainGoal
  main.congrN depth (closePre := true) (closePost := true)

/-- Extensionality with patterns where a goal is an equation of functions or sets. -/
def extend (patterns : Array (TSyntax `rintroPat)) : TacticM Unit := do
  let _ ← succeeds (run (← `(tactic| ext $patterns*)))

def patternsOf (stx : Syntax) : Array (TSyntax `rintroPat) := stx.getArgs.map fun p => ⟨p⟩

/-- Each goal on its own. -/
def eachGoal (x : TacticM Unit) : List MVarId → TacticM (List MVarId)
  | [] => return []
  | g :: rest => do
    setGoals [g]
    x
    let here ← getUnsolvedGoals
    return here ++ (← eachGoal x rest)

def evalCongrPush : Tactic := fun stx => do
  let depth := if stx[1].isNone then 1000 else (stx[1][0].isNatLit?).getD 1000
  let others := (← getGoals).tail
  let mut goals ← congruent depth
  unless stx[2].isNone do
    goals ← eachGoal (extend (patternsOf stx[2][1])) goals
  setGoals goals
  run (← `(tactic| all_goals try first | rfl | assumption))
  setGoals ((← getUnsolvedGoals) ++ others)

/-- Congruence and extensionality in turn; equations of propositions end as equivalences. -/
partial def rcongr (patterns : Array (TSyntax `rintroPat)) (fuel : Nat) (goal : MVarId) : TacticM (List MVarId) := do
  setGoals [goal]
  let goals ← try congruent 1000 catch _ => pure [goal]
  let goals ← if fuel == 0 then pure goals else deeper goals
  eachGoal (do
    let _ ← succeeds (run (← `(tactic| first | rfl | assumption | refine $(lib ``propext) ?_)))
    unless (← getUnsolvedGoals).isEmpty do
      let _ ← succeeds (run (← `(tactic| assumption)))) goals
where
  deeper : List MVarId → TacticM (List MVarId)
    | [] => return []
    | g :: rest => do
      setGoals [g]
      let extended ← succeeds (run (← `(tactic| ext $patterns*)))
      let here ← getUnsolvedGoals
      let here ← match extended, here with
        | true, [next] => rcongr patterns (fuel - 1) next
        | _, goals => pure goals
      return here ++ (← deeper rest)

def evalRcongr : Tactic := fun stx => do
  let main ← getMainGoal
  let others := (← getGoals).tail
  let goals ← rcongr (patternsOf stx[1]) 4 main
  setGoals (goals ++ others)

/-- What the holes of a pattern stand for in one side. -/
def filled (pattern : Expr) (side : Expr) (types : List Expr) : MetaM (List Expr) := do
  let mut holes : Array Expr := #[]
  for t in types do holes := holes.push (← mkFreshExprMVar (some t))
  unless ← isDefEq (pattern.beta holes) side do throwError "congrm: the pattern does not fit {side}"
  holes.toList.mapM fun h => instantiateMVars h

/-- A proof that a function of the first terms is that of the second, and the equations it needs. -/
def congruenceOf (proof : Expr) : List Expr → List Expr → MetaM (Expr × List MVarId)
  | x :: xs, y :: ys => do
    let part ← mkFreshExprSyntheticOpaqueMVar (← mkEq x y)
    let (proof, rest) ← congruenceOf (← mkCongr proof part) xs ys
    return (proof, part.mvarId! :: rest)
  | _, _ => return (proof, [])

/-- The parts of a pattern that are holes differ, the others are the same. -/
def evalCongrm : Tactic := fun stx => withMainContext do
  if (← whnfR (← instantiateMVars (← getMainTarget))).isAppOf ``Iff then
    run (← `(tactic| refine $(lib ``iff_of_eq) ?_))
  let main ← getMainGoal
  let others := (← getGoals).tail
  let target ← whnfR (← instantiateMVars (← main.getType))
  let (``Eq, #[type, a, b]) := target.getAppFnArgs | throwError "congrm: the goal is not an equation"
  let (e, new) ← elabTermWithHoles stx[1] (some type) (← getMainTag) (allowNaturalHoles := true)
  if new.isEmpty then throwError "congrm: the pattern has no hole"
  let holes := new.map Expr.mvar
  let pattern ← mkLambdaFVars holes.toArray (← instantiateMVars e)
  let types ← holes.mapM fun h => do instantiateMVars (← inferType h)
  let (proof, goals) ← congruenceOf (← mkEqRefl pattern) (← filled pattern a types) (← filled pattern b types)
  main.assign (← mkExpectedTypeHint proof (← main.getType))
  setGoals goals
  run (← `(tactic| all_goals try with_reducible rfl))
  setGoals ((← getUnsolvedGoals) ++ others)

/-- Introduces hypotheses, each simplified, then simplifies the goal with them. -/
def evalSimpIntro : Tactic := fun stx => do
  let arguments ← argumentsOf stx[5]
  let only := if stx[4].isNone then Syntax.missing else mkAtom "only"
  let main ← getMainGoal
  let others := (← getGoals).tail
  setGoals [main]
  let mut used := arguments
  let introduce (name : Ident) : TacticM Unit := do
    run (← `(tactic| intro $name:ident))
    let _ ← succeeds (simpAs only arguments (← atName name))
  for b in stx[2].getArgs do
    if (← getUnsolvedGoals).isEmpty then break
    let name ← match nameOf b with
      | some n => pure (mkIdent n)
      | none => freshName `h
    introduce name
    used := used.push (← `(Parser.Tactic.simpLemma| $name:ident))
  unless stx[3].isNone do
    for _ in [0:64] do
      if (← getUnsolvedGoals).isEmpty then break
      let target ← withMainContext do whnfR (← instantiateMVars (← getMainTarget))
      unless target.isForall do break
      let name ← freshName `h
      introduce name
      used := used.push (← `(Parser.Tactic.simpLemma| $name:ident))
  unless (← getUnsolvedGoals).isEmpty do
    let _ ← succeeds (simpAs only used noLocation)
  setGoals ((← getUnsolvedGoals) ++ others)

end ProverArb.Tactics
