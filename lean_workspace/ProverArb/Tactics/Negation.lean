import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Structure

/-!
`by_contra!`: the negated goal, negations moved inwards, taken apart by a pattern.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

/-- The name a pattern is, if it is nothing more. -/
partial def patternName? (stx : Syntax) : Option Name :=
  match stx with
  | .ident _ _ n _ => some n
  | .node _ _ #[one] => patternName? one
  | .node _ _ #[one, rest] => if rest.getNumArgs == 0 then patternName? one else none
  | _ => none

def evalByContraPattern : Tactic := fun stx => do
  let name ← freshName `h
  run (← `(tactic| refine $(lib ``Classical.byContradiction) fun $name:ident => ?_))
  pushNegAt (← atName name)
  if (← getUnsolvedGoals).isEmpty then return
  unless stx[2].isNone do
    let type : Term := ⟨stx[2][1]⟩
    run (← `(tactic| first | change $type at $name:ident | replace $name:ident : $type := by first | assumption | simpa using $name:ident))
  let simple := if stx[1].isNone then some `this else patternName? stx[1][0]
  match simple with
  | some n => withMainContext do
    let goal ← getMainGoal
    replaceMainGoal [← goal.rename (← getFVarId name) n]
  | none =>
    let pattern : TSyntax `Lean.Parser.Tactic.rcasesPatMed := ⟨stx[1][0]⟩
    run (← `(tactic| obtain $pattern := $name:ident))

end ProverArb.Tactics
