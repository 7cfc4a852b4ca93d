import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native

/-!
What the tactics share: limits of effort, names of the library, goals and new hypotheses.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

/-- Runs `x` with at most so many heartbeats (thousands of small allocations), and gives up with an
ordinary error, so that a tactic that fails fails fast. -/
def limited {α : Type} (heartbeats : Nat) (x : TacticM α) : TacticM α := do
  let saved ← Tactic.saveState
  let used ← IO.getNumHeartbeats
  let context ← readThe Core.Context
  let left :=
    if context.maxHeartbeats == 0 then heartbeats * 1000
    else Nat.min (heartbeats * 1000) (context.maxHeartbeats - (used - context.initHeartbeats))
  tryCatchRuntimeEx
    (withTheReader Core.Context (fun c => { c with maxHeartbeats := left, initHeartbeats := used }) x)
    (fun e => do
      if e.isRuntime then
        saved.restore
        throwError "gave up: too much work"
      else throw e)

/-- Whether a tactic succeeds; where it does not, nothing has happened. An error that Lean would
write down and go on from is a failure here, and so is one that went too deep. -/
def succeeds (x : TacticM Unit) : TacticM Bool := do
  let saved ← Tactic.saveState
  tryCatchRuntimeEx
    (do
      Tactic.withoutRecover x
      return true)
    (fun e => do
      if e.isMaxHeartbeat then throw e
      saved.restore
      return false)

/-- The first of the tactics that succeeds. -/
def firstOf : List (TacticM Unit) → TacticM Unit
  | [] => throwError "no alternative applies"
  | [x] => x
  | x :: rest => do
    if ← succeeds x then pure () else firstOf rest

/-- Runs a tactic on the main goal and fails unless it closes it. -/
def closes (x : TacticM Unit) : TacticM Unit := do
  let goal ← getMainGoal
  let others := (← getGoals).tail
  setGoals [goal]
  x
  unless (← getUnsolvedGoals).isEmpty do throwError "goals remain"
  setGoals others

/-- An identifier that means a constant of the library, whatever is opened or bound. -/
def lib (name : Name) : Ident := mkCIdent name

/-- Runs a piece of syntax. -/
def run (stx : TSyntax `tactic) : TacticM Unit := evalTactic stx

def runAll : List (TSyntax `tactic) → TacticM Unit
  | [] => pure ()
  | t :: rest => do run t; runAll rest

/-- The terms in brackets. -/
def hintsOf (stx : Syntax) : List Term :=
  if stx.isNone then []
  else (stx[0][1].getSepArgs.toList).map fun t => ⟨t⟩

/-- Fresh names for hypotheses, that no text can name. -/
def freshName (base : Name) : TacticM Ident := do
  return mkIdent (← mkFreshUserName base)

/-- Adds the terms to the context as hypotheses. -/
def assertAll : List Term → TacticM Unit
  | [] => pure ()
  | t :: rest => do
    let name ← freshName `hint
    run (← `(tactic| have $name := $t))
    assertAll rest

/-- New inaccessible variables of a goal: those that are not among the old ones. -/
def newVariables (old : LocalContext) (goal : MVarId) : MetaM (List FVarId) := do
  let declaration ← goal.getDecl
  let mut found := []
  for d in declaration.lctx do
    if d.isImplementationDetail || old.contains d.fvarId then continue
    if d.userName.hasMacroScopes then found := d.fvarId :: found
  return found.reverse

def nameOf (binder : Syntax) : Option Name :=
  if binder.isIdent then some binder.getId
  else if binder.getKind == `Lean.binderIdent then
    if binder[0].isIdent then some binder[0].getId else none
  else none

/-- Gives the names to the variables as far as both go; what is left of the names. -/
def rename (goal : MVarId) : List FVarId → List Syntax → MetaM (MVarId × List Syntax)
  | [], names => return (goal, names)
  | _, [] => return (goal, [])
  | x :: rest, name :: names => do
    let goal ← match nameOf name with
      | some n => goal.rename x n
      | none => pure goal
    rename goal rest names

/-- Names what is new in each goal, all in one row. -/
def renameNew (old : LocalContext) : List MVarId → List Syntax → MetaM (List MVarId)
  | [], _ => return []
  | g :: rest, names => do
    let (g, names) ← rename g (← newVariables old g) names
    return g :: (← renameNew old rest names)

end ProverArb.Tactics
