import Lean
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Builtins
import ProverArb.Tactics.Sequence
import ProverArb.Tactics.Reals
import ProverArb.Tactics.Structure
import ProverArb.Tactics.Equations
import ProverArb.Tactics.Quantifiers
import ProverArb.Tactics.Goals
import ProverArb.Tactics.Closers
import ProverArb.Tactics.Normal
import ProverArb.Tactics.Cases
import ProverArb.Tactics.Positivity
import ProverArb.Tactics.Negation
import ProverArb.Tactics.Terms
import ProverArb.Tactics.Opens

/-!
The table of tactics: the kind of syntax, and what carries it out. They are registered as Lean's own
tactics are, before a profile is imported, so that no module of a profile need hold their code.
-/

open Lean Elab Tactic

public section

namespace ProverArb.Tactics

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
  (`choose, evalChoose false), (`applyFun, evalApplyFun), (`applyAt, evalApplyAt),
  (`convert, evalConvert), (`convertTo, evalConvertTo), (`congrPush, evalCongrPush),
  (`nthRewrite, evalNthRewrite false), (`nthRw, evalNthRewrite true), (`simpRw, evalSimpRw),
  (`transTac, evalTrans), (`splitIfs, evalSplitIfs), (`swap, evalSwap), (`pickGoal, evalPickGoal),
  (`assumptionPrime, evalAssumptionPrime), (`clearValue, evalClearValue),
  (`convLHS, evalConvSide true), (`convRHS, evalConvSide false), (`exacts, evalExacts),
  (`rsuffices, evalRsuffices), (`nontriviality, evalSkip), (`decidePush, evalDecidePush),
  (`introv, evalIntrov), (`useDischarger, evalUseDischarger), (`unfoldLet, evalUnfoldLet), (`rcongr, evalRcongr),
  (`simpIntro, evalSimpIntro), (`wlog, evalWlog), (`peel, evalPeel),
  (`congrm, evalCongrm), (`transitivity, evalTrans), (`clearExcept, evalClearExcept),
  (`haveGoal, evalHaveGoal), (`sufficesGoal, evalSufficesGoal)]

/-- A simplifier of Lean's own, which may find nothing to do: our lemmas are not Mathlib's, and what
Mathlib needs a step for may be done here already. -/
def simplifier (eval : Tactic) : Tactic := fun stx => do
  let unknown ← if (← getGoals).isEmpty then pure false else namesUnknown stx
  let stx ← if unknown then withKnownArguments stx else pure stx
  leniently (eval stx)

/-- Tactics of Lean's own that go otherwise here. -/
def coreTable : List (Name × Tactic) := [
  (``Parser.Tactic.simp, simplifier evalSimp), (``Parser.Tactic.simpAll, simplifier evalSimpAll),
  (``Parser.Tactic.simpArith, evalSimpArith),
  (``Parser.Tactic.tacticSeq1Indented, evalSequence),
  (``Parser.Tactic.tacticSeqBracketed, evalBracketed)]

def registerCore : List (Name × Tactic) → IO Unit
  | [] => pure ()
  | (kind, tactic) :: rest => do
    replaceBuiltin kind tactic
    registerCore rest

def registerAll : List (Name × Tactic) → IO Unit
  | [] => pure ()
  | (kind, tactic) :: rest => do
    let kind := `ProverArb.Syntax ++ kind
    tacticElabAttribute.addBuiltin kind kind tactic
    let bang := kind.appendAfter "Bang"
    tacticElabAttribute.addBuiltin bang bang (if bang == `ProverArb.Syntax.chooseBang then evalChoose true else tactic)
    registerAll rest

/-- A lemma is elaborated as the theorem that it is. -/
def elabLemma : Command.CommandElab := fun stx =>
  let body := stx[1].setArg 0 (mkAtomFrom stx[1][0] "theorem")
  let declaration := (stx.setArg 1 (body.setKind ``Parser.Command.theorem)).setKind ``Parser.Command.declaration
  Command.elabCommand declaration

/-- To be called once, before the profile's modules are imported. -/
def register : IO Unit := do
  registerAll table
  registerCore coreTable
  registerTerms termTable
  registerOpen
  registerReals
  Command.commandElabAttribute.addBuiltin `ProverArb.Syntax.lemma `ProverArb.Syntax.lemma elabLemma

end ProverArb.Tactics
