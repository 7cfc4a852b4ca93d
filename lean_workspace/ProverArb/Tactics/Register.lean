import Lean
import ProverArb.Tactics.Structure
import ProverArb.Tactics.Closers
import ProverArb.Tactics.Normal
import ProverArb.Tactics.Cases
import ProverArb.Tactics.Positivity
import ProverArb.Tactics.Negation

/-!
The table of tactics: the kind of syntax, and what carries it out. They are registered as Lean's own
tactics are, before a profile is imported, so that no module of a profile need hold their code.
-/

open Lean Elab Tactic

public section

namespace ProverArb.Tactics

def evalUnfoldLet : Tactic := fun stx => do
  let mut lemmas : Array (TSyntax ``Parser.Tactic.simpLemma) := #[]
  for x in stx[1].getArgs do
    let x : Ident := ⟨x⟩
    lemmas := lemmas.push (← `(Parser.Tactic.simpLemma| $x:ident))
  run (← `(tactic| simp only [$lemmas,*]))

def evalRcongr : Tactic := fun _ => do
  run (← `(tactic| (congr; try ext; try congr)))

def evalSimpIntro : Tactic := fun _ => do
  run (← `(tactic| (intros; simp)))

/-- What is parsed and not carried out is said, once. -/
def missing (name : String) : Tactic := fun _ =>
  throwError (name ++ " is not carried out by the core profile")

def table : List (Name × Tactic) := [
  (`linarith, evalLinarith), (`nlinarith, evalNlinarith), (`polyrith, evalPolyrith),
  (`positivity, evalPositivity), (`bound, evalBound), (`gcongr, evalGcongr), (`rel, evalRel),
  (`ring, evalRing), (`ring1, evalRing1), (`ringNF, evalRingNF), (`abel, evalRing),
  (`abelNF, evalRingNF), (`noncommRing, evalRing), (`group, evalRing), (`fieldSimp, evalFieldSimp),
  (`field, evalField), (`linearCombination, evalLinearCombination), (`normNum, evalNormNum),
  (`normNum1, evalNormNum1), (`zify, evalZify), (`qify, evalZify), (`rify, evalZify), (`intervalCases, evalIntervalCases),
  (`finCases, evalFinCases), (`modCases, evalModCases), (`pushNeg, evalPushNeg),
  (`byContra, evalByContra), (`byContraPush, evalByContraPattern),
  (`contrapose, evalContrapose false), (`contraposePush, evalContrapose true),
  (`absurdTac, evalAbsurd), (`tauto, evalTauto), (`tautoPush, evalTauto), (`itauto, evalTauto),
  (`aesop, evalAesop), (`use, evalUse), (`existsi, evalExistsi), (`casesPrime, evalCasesPrime),
  (`inductionPrime, evalInductionPrime), (`setTac, evalSet), (`lift, evalLift),
  (`choose, evalChoose), (`applyFun, evalApplyFun), (`applyAt, evalApplyAt),
  (`convert, evalConvert), (`convertTo, evalConvertTo), (`congrPush, evalCongrPush),
  (`nthRewrite, evalNthRewrite false), (`nthRw, evalNthRewrite true), (`simpRw, evalSimpRw),
  (`transTac, evalTrans), (`splitIfs, evalSplitIfs), (`swap, evalSwap), (`pickGoal, evalPickGoal),
  (`assumptionPrime, evalAssumptionPrime), (`clearValue, evalClearValue),
  (`convLHS, evalConvSide true), (`convRHS, evalConvSide false), (`exacts, evalExacts),
  (`rsuffices, evalRsuffices), (`nontriviality, evalSkip), (`decidePush, evalDecidePush),
  (`introv, evalIntrov), (`useDischarger, evalUseDischarger), (`unfoldLet, evalUnfoldLet), (`rcongr, evalRcongr),
  (`simpIntro, evalSimpIntro), (`wlog, missing "wlog"), (`peel, missing "peel")]

/-- A tactic after the last goal is closed is passed over: a step before it may have done more here
than in Mathlib. Inside `first` and `try` it still fails. -/
def passedOver : Tactic := fun _ => do
  if (← getGoals).isEmpty && (← noAlternative) then return
  throwUnsupportedSyntax

/-- The same for Lean's simplifiers, which also may find nothing to do. -/
def simplifier (eval : Tactic) : Tactic := fun stx => do
  if (← noAlternative) then
    if (← getGoals).isEmpty then return
    leniently (eval stx)
  else throwUnsupportedSyntax

/-- Tactics of Lean's own that are passed over when no goal is left. -/
def coreTable : List (Name × Tactic) := [
  (``Parser.Tactic.simp, simplifier evalSimp), (``Parser.Tactic.simpAll, simplifier evalSimpAll),
  (``Parser.Tactic.omega, passedOver), (``Parser.Tactic.exact, passedOver),
  (``Parser.Tactic.assumption, passedOver), (``Parser.Tactic.rewriteSeq, passedOver),
  (``Parser.Tactic.decide, passedOver), (``Parser.Tactic.constructor, passedOver),
  (``Parser.Tactic.apply, passedOver), (``Parser.Tactic.refine, passedOver),
  (``Parser.Tactic.intro, passedOver), (``Parser.Tactic.contradiction, passedOver),
  (``Parser.Tactic.subst, passedOver), (``Parser.Tactic.simpa, passedOver),
  (``Parser.Tactic.dsimp, passedOver), (``Parser.Tactic.unfold, passedOver)]

def registerCore : List (Name × Tactic) → IO Unit
  | [] => pure ()
  | (kind, tactic) :: rest => do
    tacticElabAttribute.addBuiltin kind kind tactic
    registerCore rest

/-- A tactic of ours, passed over when no goal is left. -/
def unlessDone (tactic : Tactic) : Tactic := fun stx => do
  if (← getGoals).isEmpty && (← noAlternative) then return
  tactic stx

def registerAll : List (Name × Tactic) → IO Unit
  | [] => pure ()
  | (kind, tactic) :: rest => do
    let kind := `ProverArb.Syntax ++ kind
    let tactic := unlessDone tactic
    tacticElabAttribute.addBuiltin kind kind tactic
    let bang := kind.appendAfter "Bang"
    tacticElabAttribute.addBuiltin bang bang tactic
    registerAll rest

/-- To be called once, before the profile's modules are imported. -/
def register : IO Unit := do
  registerAll table
  registerCore coreTable

end ProverArb.Tactics
