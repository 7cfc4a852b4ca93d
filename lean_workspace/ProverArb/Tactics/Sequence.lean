import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic

/-!
How tactics follow one another: Lean's own sequences, but for two things.

After the first error that was written down nothing more is tried: the proof is refused whatever
comes, and ends as fast as its first failing step.

What follows a step that left no goal is passed over, where that step is a simplifier: it may have
done more here than in Mathlib. After a step that closes its goal or fails, another one is the error
that it is in Mathlib. Inside `first`, `try` and the like it always is.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

/-- Whether an error here would be an error of the whole proof: no alternative waits for it. -/
def noAlternative : TacticM Bool := return (← read).recover

/-- Ends the proof where an error has been written down already. -/
def endAfterError : TacticM Unit := do
  if ← noAlternative then
    let state ← getThe Core.State
    if state.messages.hasErrors then throwAbortCommand

/-- Tactics of Mathlib's that leave what they cannot close, and may close more here. -/
def simplifiers : List Name :=
  [`normNum, `normNum1, `ring, `ringNF, `abel, `abelNF, `group, `noncommRing, `fieldSimp, `pushNeg,
   `zify, `qify, `rify, `aesop, `use, `existsi, `convert, `convertTo, `congrPush, `rcongr, `gcongr,
   `intervalCases, `finCases, `splitIfs, `simpRw, `simpIntro, `contraposePush, `byContraPush,
   `nthRw, `applyFun, `choose, `lift, `normStx, `peel]

/-- Lean's own of that kind. -/
def coreSimplifiers : List Name :=
  [``Parser.Tactic.simp, ``Parser.Tactic.simpAll, ``Parser.Tactic.dsimp, ``Parser.Tactic.simpArith,
   ``Parser.Tactic.tacticNorm_cast__, ``Parser.Tactic.pushCast, ``Parser.Tactic.rewriteSeq,
   ``Parser.Tactic.tacticRwa__, ``Parser.Tactic.substVars, ``Parser.Tactic.subst,
   ``Parser.Tactic.unfold, ``Parser.Tactic.split, ``Parser.Tactic.congr, ``Parser.Tactic.injection]

def isSimplifier (kind : Name) : Bool :=
  coreSimplifiers.contains kind ||
    (kind.getPrefix == `ProverArb.Syntax && simplifiers.contains (kind.replacePrefix `ProverArb.Syntax .anonymous))

/-- Whether a step has a simplifier among its own tactics. -/
partial def simplifies (stx : Syntax) : Bool :=
  match stx with
  | .node _ kind children => isSimplifier kind || simplifiesSome children.toList
  | _ => false
where
  simplifiesSome : List Syntax → Bool
    | [] => false
    | s :: rest => simplifies s || simplifiesSome rest

/-- `rfl`; an equation of numbers without variables on which Lean's elaborator goes too deep, as it does
where a sum is long, is left to the kernel. -/
def reflexivity (step : Syntax) : TacticM Unit := do
  let saved ← Tactic.saveState
  tryCatchRuntimeEx (run ⟨step⟩) fun e => do
    if !e.isRuntime || e.isMaxHeartbeat then throw e
    saved.restore
    let target ← instantiateMVars (← getMainTarget)
    let numbers := match target.getAppFnArgs with
      | (``Eq, #[t, _, _]) => t.isConstOf ``Nat || t.isConstOf ``Int
      | _ => false
    if numbers && !target.hasFVar && !target.hasMVar then
      limited 8000 (do run (← `(tactic| decide +kernel)))
    else throw e

/-- Runs the steps, separators among them. -/
def steps : List Syntax → TacticM Unit
  | [] => pure ()
  | step :: rest => do
    if step.getKind == nullKind || step.isAtom || step.isMissing then steps rest
    else
      endAfterError
      if step.getKind == ``Parser.Tactic.tacticRfl then reflexivity step else evalTactic step
      if (← noAlternative) && (← getGoals).isEmpty && simplifies step then endAfterError
      else steps rest

/-- `tac₁; tac₂`, one below the other or in one line. -/
def evalSequence : Tactic := fun stx => steps stx[0].getArgs.toList

/-- The same between braces. -/
def evalBracketed : Tactic := fun stx => focus do
  steps stx[1].getArgs.toList
  done

end ProverArb.Tactics
