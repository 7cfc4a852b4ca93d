import Lean

/-!
Compiled helpers of Lean's own library that its package carries no interface for.

The embedded package has the code of every function, the private ones and those that the compiler
derived among them, but `.olean` files of the public interface alone. A call that the compiler turns
into a call of such a helper therefore finds no declaration. The table below declares them: a name,
and the number of its parameters as the WebAssembly module exports it. They are declared in this
unit only: no library of a profile, and so no candidate, ever sees them.
-/

open Lean Elab Command

public section

namespace ProverArb.Tactics.Native

/-- The name a row of the table gives; a part of digits is a number, as in private names. -/
def nameOf (prefix' : Name) : List String → Name
  | [] => prefix'
  | part :: rest => nameOf (if part.isNat then .num prefix' part.toNat! else .str prefix' part) rest

def parameters : Nat → List IR.Param
  | 0 => []
  | n + 1 => { x := { idx := n + 1 }, borrow := false, ty := .object } :: parameters n

/-- The environment with a placeholder for a helper: unsafe, so that nothing sound may name it. -/
def named (env : Environment) (name : Name) : Environment :=
  let placeholder : AxiomVal :=
    { name, levelParams := [], type := .const `Unit [], isUnsafe := true }
  match env.addDeclCore 0 (.axiomDecl placeholder) none with
  | .ok env => env
  | .error _ => env

def interface (name : Name) (arity : Nat) : IR.Decl :=
  .extern name (parameters arity).toArray .object { entries := [.adhoc `c] }

def namedAll (env : Environment) : List (Name × Nat) → Environment
  | [] => env
  | (name, _) :: rest => namedAll (named env name) rest

def interfaces : List (Name × Nat) → List IR.Decl
  | [] => []
  | (name, arity) :: rest => interface name arity :: interfaces rest

/-- Names and numbers of parameters, in turn. -/
def table : String :=
"Array.all._redArg 4 \
Array.any._redArg 4 \
Array.anyMUnsafe._redArg 5 \
Array.append._redArg 2 \
Array.contains._redArg 3 \
Array.count._redArg 3 \
Array.elem._redArg 3 \
Array.erase._redArg 3 \
Array.eraseIdx._redArg 2 \
Array.filter._redArg 4 \
Array.find?._redArg 2 \
Array.forIn'.loop._redArg 5 \
Array.forIn'Unsafe._redArg 4 \
Array.getD._redArg 3 \
Array.getLit._redArg 2 \
Array.instBEq._redArg 1 \
Array.instBEq._redArg._lam_0 3 \
Array.instDecidableEq._redArg 3 \
Array.instForIn'InferInstanceMembershipOfMonad._redArg 1 \
Array.instForIn'InferInstanceMembershipOfMonad._redArg._lam_0 5 \
Array.instGetElem?NatLtSize._lam_0 2 \
Array.instGetElem?NatLtSize._lam_1 3 \
Array.instGetElemNatLtSize._lam_0 3 \
Array.isEmpty._redArg 1 \
Array.lex._redArg 4 \
Array.map._redArg 2 \
Array.mapMUnsafe._redArg 3 \
Array.replace._redArg 4 \
Array.reverse._redArg 1 \
Array.reverse.loop._redArg 3 \
Array.singleton._redArg 1 \
Array.sum._redArg 3 \
Array.take._redArg 2 \
BaseIO.map._redArg 3 \
Bool.ctorElim._redArg 1 \
Bool.instMax._lam_0 2 \
Bool.instMin._lam_0 2 \
Decidable.decide._redArg 1 \
EIO.map._redArg 3 \
EIO.throw._redArg 2 \
EIO.tryCatch._redArg 3 \
EST.Out.ctorElim._redArg 2 \
EST.Out.ctorIdx._redArg 1 \
EST.bind._redArg 3 \
EST.pure._redArg 2 \
EST.throw._redArg 2 \
EST.tryCatch._redArg 3 \
Eq.ndrec._redArg 1 \
Except.bind._redArg 2 \
Except.ctorElim._redArg 2 \
Except.ctorIdx._redArg 1 \
Except.instMonad._lam_0 4 \
Except.instMonad._lam_1 4 \
Except.instMonad._lam_2 4 \
Except.instMonad._lam_3 4 \
Except.map._redArg 2 \
Except.pure._redArg 1 \
Except.tryCatch._redArg 2 \
ForInStep.ctorElim._redArg 2 \
ForInStep.ctorIdx._redArg 1 \
ForInStep.value._redArg 1 \
IO.Error.ctorElim._redArg 2 \
IO.instMonadLiftSTRealWorldBaseIO._lam_0 3 \
IO.mkRef._redArg 2 \
Id.instMonad._lam_0 4 \
Id.instMonad._lam_1 4 \
Id.instMonad._lam_2 2 \
Id.instMonad._lam_3 4 \
Id.instMonad._lam_4 4 \
Id.instMonad._lam_5 4 \
Id.instMonad._lam_6 4 \
Id.instOfNat._redArg 1 \
Id.run._redArg 1 \
Lean.AssocList.all._redArg 2 \
Lean.AssocList.any._redArg 2 \
Lean.AssocList.contains._redArg 3 \
Lean.AssocList.ctorElim._redArg 2 \
Lean.AssocList.ctorIdx._redArg 1 \
Lean.AssocList.erase._redArg 3 \
Lean.AssocList.find?._redArg 3 \
Lean.AssocList.forIn._redArg 4 \
Lean.AssocList.insert._redArg 4 \
Lean.AssocList.isEmpty._redArg 1 \
Lean.AssocList.replace._redArg 4 \
Lean.AssocList.toList._redArg 1 \
Lean.BinderInfo.ctorElim._redArg 1 \
Lean.ConstantInfo.ctorElim._redArg 2 \
Lean.Core.CoreM.run._redArg 4 \
Lean.Core.SavedState.restore._redArg 3 \
Lean.Core.instMonadCoreM._lam_0 5 \
Lean.Core.instMonadCoreM._lam_1 7 \
Lean.Core.instMonadOptionsCoreM._lam_0 3 \
Lean.Core.instMonadQuotationCoreM._lam_0 3 \
Lean.Core.instMonadQuotationCoreM._lam_1 3 \
Lean.Core.saveState._redArg 2 \
Lean.Core.tryCatch._redArg 5 \
Lean.Core.tryCatchRuntimeEx._redArg 5 \
Lean.DataValue.ctorElim._redArg 2 \
Lean.Elab.Tactic.Conv.evalSkip._redArg 1 \
Lean.Elab.Tactic.Location.ctorElim._redArg 2 \
Lean.Elab.Tactic.Omega.atoms._redArg 2 \
Lean.Elab.Tactic.SavedState.restore._redArg 10 \
Lean.Elab.Tactic.Try.focus._redArg 11 \
Lean.Elab.Tactic.evalSimp._boxed 10 \
Lean.Elab.Tactic.evalSimpAll._boxed 10 \
Lean.Elab.Tactic.evalSkip._redArg 1 \
Lean.Elab.Tactic.focus._redArg 10 \
Lean.Elab.Tactic.getCurrMacroScope._redArg 2 \
Lean.Elab.Tactic.getGoals._redArg 2 \
Lean.Elab.Tactic.getMainGoal._redArg 6 \
Lean.Elab.Tactic.getMainTag._redArg 6 \
Lean.Elab.Tactic.instInhabitedTacticM._lam_0 9 \
Lean.Elab.Tactic.instMonadExceptExceptionTacticM._lam_0 11 \
Lean.Elab.Tactic.instMonadTacticM._lam_0 11 \
Lean.Elab.Tactic.instMonadTacticM._lam_1 13 \
Lean.Elab.Tactic.replaceMainGoal._redArg 7 \
Lean.Elab.Tactic.saveState._redArg 5 \
Lean.Elab.Tactic.setGoals._redArg 3 \
Lean.Elab.Tactic.tryCatch._redArg 11 \
Lean.Elab.Tactic.withMainContext._redArg 10 \
Lean.Elab.Tactic.withoutRecover._redArg 10 \
Lean.Elab.Term.Arg.ctorElim._redArg 2 \
Lean.Elab.Term.TermElabM.run._redArg 8 \
Lean.Elab.Term.instMonadMacroAdapterTermElabM._lam_0 7 \
Lean.Elab.Term.instMonadMacroAdapterTermElabM._lam_1 8 \
Lean.Elab.Term.instMonadTermElabM._lam_0 9 \
Lean.Elab.Term.instMonadTermElabM._lam_1 11 \
Lean.Elab.Term.saveState._redArg 4 \
Lean.Elab.throwUnsupportedSyntax._redArg 1 \
Lean.Exception.ctorElim._redArg 2 \
Lean.Expr.casesOn._override._redArg 13 \
Lean.Expr.ctorElim._redArg 2 \
Lean.FVarId.getDecl._redArg 5 \
Lean.FVarId.getType._redArg 5 \
Lean.KVMap.forIn._redArg 4 \
Lean.KVMap.get._redArg 4 \
Lean.KVMap.set._redArg 4 \
Lean.KeyedDeclsAttribute.addBuiltin._redArg 5 \
Lean.KeyedDeclsAttribute.init._redArg 3 \
Lean.Level.PP.Result.ctorElim._redArg 2 \
Lean.Level.casesOn._override._redArg 7 \
Lean.Level.ctorElim._redArg 2 \
Lean.Literal.ctorElim._redArg 2 \
Lean.LocalContext.instForInLocalDeclOfMonad._redArg 1 \
Lean.LocalContext.instForInLocalDeclOfMonad._redArg._lam_0 4 \
Lean.LocalContext.instForInLocalDeclOfMonad._redArg._lam_1 6 \
Lean.LocalDecl.ctorElim._redArg 2 \
Lean.LocalDeclKind.ctorElim._redArg 1 \
Lean.MVarId.assign._redArg 3 \
Lean.MVarId.withContext._redArg 4 \
Lean.MessageData.ctorElim._redArg 2 \
Lean.MessageData.instAppend._lam_0 2 \
Lean.Meta.DiscrTree.Key.ctorElim._redArg 2 \
Lean.Meta.DiscrTree.Trie.fold._redArg 4 \
Lean.Meta.DiscrTree.Trie.size._redArg 1 \
Lean.Meta.DiscrTree.fold._redArg 3 \
Lean.Meta.DiscrTree.insert._redArg 10 \
Lean.Meta.DiscrTree.size._redArg 1 \
Lean.Meta.DiscrTree.toArray._redArg 1 \
Lean.Meta.EtaStructMode.ctorElim._redArg 1 \
Lean.Meta.Instances.erase._redArg 4 \
Lean.Meta.MetaM.run._redArg 6 \
Lean.Meta.Occurrences.ctorElim._redArg 2 \
Lean.Meta.Origin.ctorElim._redArg 2 \
Lean.Meta.ProjReductionKind.ctorElim._redArg 1 \
Lean.Meta.SavedState.restore._redArg 4 \
Lean.Meta.Simp.Step.ctorElim._redArg 2 \
Lean.Meta.Simp.getContext._redArg 2 \
Lean.Meta.Simp.mkContext._redArg 6 \
Lean.Meta.SimpTheorems.erase._redArg 6 \
Lean.Meta.TransparencyMode.ctorElim._redArg 1 \
Lean.Meta.getLocalInstances._redArg 2 \
Lean.Meta.instBEqOrigin._lam_0 2 \
Lean.Meta.instHashableOrigin._lam_0 1 \
Lean.Meta.instInhabitedMetaM._lam_0 5 \
Lean.Meta.instMonadEnvMetaM._lam_0 5 \
Lean.Meta.instMonadEnvMetaM._lam_1 6 \
Lean.Meta.instMonadLCtxMetaM._lam_0 5 \
Lean.Meta.instMonadMCtxMetaM._lam_0 5 \
Lean.Meta.instMonadMCtxMetaM._lam_1 6 \
Lean.Meta.instMonadMetaM._lam_0 7 \
Lean.Meta.instMonadMetaM._lam_1 9 \
Lean.Meta.saveState._redArg 3 \
Lean.Meta.withLCtx._redArg 5 \
Lean.Meta.withLocalDecl._redArg 7 \
Lean.Meta.withLocalDeclD._redArg 5 \
Lean.Meta.withNewMCtxDepth._redArg 4 \
Lean.Meta.withReducible._redArg 3 \
Lean.MetavarKind.ctorElim._redArg 1 \
Lean.MonadQuotation.addMacroScope._redArg 3 \
Lean.MonadQuotation.addMacroScope._redArg._lam_0 4 \
Lean.MonadQuotation.addMacroScope._redArg._lam_1 5 \
Lean.MonadRef.mkInfoFromRefPos._redArg 2 \
Lean.MonadRef.mkInfoFromRefPos._redArg._lam_0 2 \
Lean.Name.beq._boxed 2 \
Lean.Name.casesOn._override._redArg 4 \
Lean.Name.ctorElim._redArg 2 \
Lean.Name.hash._override._boxed 1 \
Lean.OpenDecl.ctorElim._redArg 2 \
Lean.Option.get._redArg 3 \
Lean.Option.register._redArg 5 \
Lean.Option.set._redArg 4 \
Lean.PersistentHashMap.getCollisionNodeSize._redArg 1 \
Lean.PersistentHashMap.mkCollisionNode._redArg 4 \
Lean.RArray.ctorElim._redArg 2 \
Lean.RArray.ctorIdx._redArg 1 \
Lean.RArray.size._redArg 1 \
Lean.RArray.toExpr._redArg 8 \
Lean.SourceInfo.ctorElim._redArg 2 \
Lean.Syntax.Preresolved.ctorElim._redArg 2 \
Lean.Syntax.SepArray.getElems._redArg 1 \
Lean.Syntax.TSepArray.getElems._redArg 1 \
Lean.Syntax.TSepArray.ofElems._redArg 2 \
Lean.Syntax.TSepArray.push._redArg 3 \
Lean.Syntax.ctorElim._redArg 2 \
Lean.Syntax.instGetElemNatTrue._lam_0 3 \
Lean.TSyntaxArray.rawImpl._redArg 1 \
Lean.addMessageContextFull._redArg 6 \
Lean.instAddErrorMessageContextOfAddMessageContextOfMonad._redArg 2 \
Lean.instAddErrorMessageContextOfAddMessageContextOfMonad._redArg._lam_0 3 \
Lean.instAddErrorMessageContextOfAddMessageContextOfMonad._redArg._lam_1 5 \
Lean.instAddMessageContextOfMonadLift._redArg 2 \
Lean.instAddMessageContextOfMonadLift._redArg._lam_0 3 \
Lean.instBEqMVarId.beq._boxed 2 \
Lean.instHashableMVarId.hash._boxed 1 \
Lean.instInhabitedOption._redArg 1 \
Lean.instInhabitedOption.default._redArg 1 \
Lean.instMonadEnvOfMonadLift._redArg 2 \
Lean.instMonadEnvOfMonadLift._redArg._lam_0 3 \
Lean.instMonadExceptOfExceptionCoreM._lam_0 5 \
Lean.instMonadLCtxOfMonadLift._redArg 2 \
Lean.instMonadMCtxOfMonadLift._redArg 2 \
Lean.instMonadMCtxOfMonadLift._redArg._lam_0 3 \
Lean.instMonadOptionsOfMonadLift._redArg 2 \
Lean.instMonadQuotationOfMonadFunctorOfMonadLift._redArg 3 \
Lean.instMonadQuotationOfMonadFunctorOfMonadLift._redArg._lam_0 3 \
Lean.instMonadQuotationOfMonadFunctorOfMonadLift._redArg._lam_1 4 \
Lean.instMonadRuntimeExceptionReaderT._redArg 1 \
Lean.instMonadRuntimeExceptionReaderT._redArg._lam_0 3 \
Lean.instMonadRuntimeExceptionReaderT._redArg._lam_1 5 \
Lean.instMonadRuntimeExceptionStateRefT'._redArg 1 \
Lean.instMonadRuntimeExceptionStateRefT'._redArg._lam_0 3 \
Lean.instMonadRuntimeExceptionStateRefT'._redArg._lam_1 5 \
Lean.instToMessageDataOfToFormat._redArg 1 \
Lean.instantiateMVars._redArg 3 \
Lean.instantiateMVars._redArg._lam_0 2 \
Lean.instantiateMVars._redArg._lam_1 3 \
Lean.instantiateMVars._redArg._lam_2 5 \
Lean.instantiateMVarsCore._lam_0 4 \
Lean.log._redArg 7 \
Lean.throwError._redArg 3 \
List.all._redArg 2 \
List.any._redArg 2 \
List.append._redArg 2 \
List.appendTR._redArg 2 \
List.beq._redArg 3 \
List.contains._redArg 3 \
List.count._redArg 3 \
List.ctorElim._redArg 2 \
List.ctorIdx._redArg 1 \
List.elem._redArg 3 \
List.erase._redArg 3 \
List.eraseIdx._redArg 2 \
List.eraseIdxTR._redArg 2 \
List.filter._redArg 2 \
List.filterTR._redArg 2 \
List.filterTR.loop._redArg 3 \
List.find?._redArg 2 \
List.forIn'._redArg 4 \
List.forIn'.loop._redArg 4 \
List.get!Internal._redArg 3 \
List.get._redArg 2 \
List.get?Internal._redArg 2 \
List.getD._redArg 3 \
List.head._redArg 1 \
List.insert._redArg 3 \
List.instBEq._redArg 1 \
List.instForIn'InferInstanceMembershipOfMonad._redArg 1 \
List.instForIn'InferInstanceMembershipOfMonad._redArg._lam_0 5 \
List.isEmpty._redArg 1 \
List.length._redArg 1 \
List.lengthTR._redArg 1 \
List.lex._redArg 4 \
List.map._redArg 2 \
List.mapM._redArg 3 \
List.mapM.loop._redArg 4 \
List.mapTR._redArg 2 \
List.mapTR.loop._redArg 3 \
List.max._redArg 2 \
List.min._redArg 2 \
List.replace._redArg 4 \
List.replicate._redArg 2 \
List.reverse._redArg 1 \
List.rotateLeft._redArg 2 \
List.set._redArg 3 \
List.singleton._redArg 1 \
List.sum._redArg 3 \
List.tail._redArg 1 \
List.take._redArg 2 \
List.toArray._redArg 1 \
List.toString._redArg 2 \
Nat.decLt._boxed 2 \
Option.all._redArg 2 \
Option.any._redArg 2 \
Option.bind._redArg 2 \
Option.ctorElim._redArg 2 \
Option.ctorIdx._redArg 1 \
Option.filter._redArg 2 \
Option.get._redArg 1 \
Option.instBEq._redArg 1 \
Option.instBEq.beq._redArg 3 \
Option.instDecidableEq._redArg 3 \
Option.instForIn'InferInstanceMembershipOfMonad._redArg 1 \
Option.instForIn'InferInstanceMembershipOfMonad._redArg._lam_0 2 \
Option.instForIn'InferInstanceMembershipOfMonad._redArg._lam_1 7 \
Option.instMax._redArg 1 \
Option.instMin._redArg 1 \
Option.isNone._redArg 1 \
Option.isSome._redArg 1 \
Option.map._redArg 2 \
Option.mapM._redArg 3 \
Option.max._redArg 3 \
Option.min._redArg 3 \
Option.toArray._redArg 1 \
Option.toList._redArg 1 \
Option.tryCatch._redArg 2 \
Prod.map._redArg 3 \
Prod.swap._redArg 1 \
Rat.instMax._lam_0 2 \
Rat.instMin._lam_0 2 \
Rat.instNatCast._lam_0 1 \
Rat.normalize._redArg 2 \
ReaderT.bind._redArg 4 \
ReaderT.bind._redArg._lam_0 3 \
ReaderT.instApplicativeOfMonad._redArg 1 \
ReaderT.instApplicativeOfMonad._redArg._lam_0 3 \
ReaderT.instApplicativeOfMonad._redArg._lam_1 6 \
ReaderT.instApplicativeOfMonad._redArg._lam_2 3 \
ReaderT.instApplicativeOfMonad._redArg._lam_3 6 \
ReaderT.instApplicativeOfMonad._redArg._lam_4 6 \
ReaderT.instFunctorOfMonad._redArg 1 \
ReaderT.instFunctorOfMonad._redArg._lam_0 6 \
ReaderT.instFunctorOfMonad._redArg._lam_1 6 \
ReaderT.instMonad._redArg 1 \
ReaderT.instMonadExceptOf._redArg 1 \
ReaderT.instMonadExceptOf._redArg._lam_0 4 \
ReaderT.instMonadExceptOf._redArg._lam_1 3 \
ReaderT.instMonadExceptOf._redArg._lam_2 5 \
ReaderT.instMonadFunctor._lam_0 4 \
ReaderT.instMonadLift._lam_0 3 \
ReaderT.mk._redArg 2 \
ReaderT.pure._redArg 2 \
ReaderT.read._redArg 2 \
ReaderT.run._redArg 2 \
ST.Ref.get._redArg 2 \
ST.Ref.set._redArg 3 \
ST.Ref.swap._redArg 3 \
ST.Ref.take._redArg 2 \
ST.bind._redArg 3 \
ST.mkRef._redArg 2 \
ST.pure._redArg 2 \
StateRefT'.get._redArg 2 \
StateRefT'.instMonad._redArg 1 \
StateRefT'.instMonadExceptOf._redArg 1 \
StateRefT'.instMonadExceptOf._redArg._lam_0 4 \
StateRefT'.instMonadExceptOf._redArg._lam_1 3 \
StateRefT'.instMonadExceptOf._redArg._lam_2 5 \
StateRefT'.lift._redArg 1 \
StateRefT'.run._redArg 4 \
StateRefT'.set._redArg 3 \
Std.DHashMap.Const.beq._redArg 5 \
Std.DHashMap.Const.get._redArg 4 \
Std.DHashMap.Const.getD._redArg 5 \
Std.DHashMap.Const.ofList._redArg 3 \
Std.DHashMap.Const.toArray._redArg 1 \
Std.DHashMap.Const.toList._redArg 1 \
Std.DHashMap.Internal.AssocList.contains._redArg 3 \
Std.DHashMap.Internal.AssocList.ctorElim._redArg 2 \
Std.DHashMap.Internal.AssocList.ctorIdx._redArg 1 \
Std.DHashMap.Internal.AssocList.erase._redArg 3 \
Std.DHashMap.Internal.AssocList.filter._redArg 2 \
Std.DHashMap.Internal.AssocList.get._redArg 3 \
Std.DHashMap.Internal.AssocList.getD._redArg 4 \
Std.DHashMap.Internal.AssocList.length._redArg 1 \
Std.DHashMap.Internal.AssocList.map._redArg 2 \
Std.DHashMap.Internal.AssocList.replace._redArg 4 \
Std.DHashMap.Internal.AssocList.toList._redArg 1 \
Std.DHashMap.all._redArg 2 \
Std.DHashMap.any._redArg 2 \
Std.DHashMap.beq._redArg 5 \
Std.DHashMap.contains._redArg 4 \
Std.DHashMap.erase._redArg 4 \
Std.DHashMap.filter._redArg 2 \
Std.DHashMap.fold._redArg 3 \
Std.DHashMap.forIn._redArg 4 \
Std.DHashMap.get._redArg 4 \
Std.DHashMap.getD._redArg 5 \
Std.DHashMap.insert._redArg 5 \
Std.DHashMap.inter._redArg 4 \
Std.DHashMap.isEmpty._redArg 1 \
Std.DHashMap.map._redArg 2 \
Std.DHashMap.ofList._redArg 3 \
Std.DHashMap.size._redArg 1 \
Std.DHashMap.toArray._redArg 1 \
Std.DHashMap.toList._redArg 1 \
Std.HashMap.all._redArg 2 \
Std.HashMap.any._redArg 2 \
Std.HashMap.beq._redArg 5 \
Std.HashMap.contains._redArg 4 \
Std.HashMap.erase._redArg 4 \
Std.HashMap.filter._redArg 2 \
Std.HashMap.fold._redArg 3 \
Std.HashMap.forIn._redArg 4 \
Std.HashMap.get._redArg 4 \
Std.HashMap.getD._redArg 5 \
Std.HashMap.insert._redArg 5 \
Std.HashMap.instBEq._redArg 3 \
Std.HashMap.inter._redArg 4 \
Std.HashMap.isEmpty._redArg 1 \
Std.HashMap.map._redArg 2 \
Std.HashMap.ofList._redArg 3 \
Std.HashMap.size._redArg 1 \
Std.HashMap.toArray._redArg 1 \
Std.HashMap.toList._redArg 1 \
Std.HashSet.all._redArg 2 \
Std.HashSet.any._redArg 2 \
Std.HashSet.beq._redArg 4 \
Std.HashSet.contains._redArg 4 \
Std.HashSet.erase._redArg 4 \
Std.HashSet.filter._redArg 2 \
Std.HashSet.fold._redArg 3 \
Std.HashSet.forIn._redArg 4 \
Std.HashSet.get._redArg 4 \
Std.HashSet.getD._redArg 5 \
Std.HashSet.insert._redArg 4 \
Std.HashSet.instBEq._redArg 2 \
Std.HashSet.inter._redArg 4 \
Std.HashSet.isEmpty._redArg 1 \
Std.HashSet.ofList._redArg 3 \
Std.HashSet.size._redArg 1 \
Std.HashSet.toArray._redArg 1 \
Std.HashSet.toList._redArg 1 \
Std.Legacy.Range.forIn'._redArg 4 \
Std.Legacy.Range.instForIn'NatInferInstanceMembershipOfMonad._redArg 1 \
Std.Legacy.Range.instForIn'NatInferInstanceMembershipOfMonad._redArg._lam_0 5 \
Std.TreeMap.all._redArg 2 \
Std.TreeMap.any._redArg 2 \
Std.TreeMap.beq._redArg 4 \
Std.TreeMap.contains._redArg 3 \
Std.TreeMap.erase._redArg 3 \
Std.TreeMap.filter._redArg 2 \
Std.TreeMap.forIn._redArg 4 \
Std.TreeMap.get._redArg 3 \
Std.TreeMap.getD._redArg 4 \
Std.TreeMap.insert._redArg 4 \
Std.TreeMap.instBEq._redArg 2 \
Std.TreeMap.inter._redArg 3 \
Std.TreeMap.isEmpty._redArg 1 \
Std.TreeMap.map._redArg 2 \
Std.TreeMap.ofList._redArg 2 \
Std.TreeMap.size._redArg 1 \
Std.TreeMap.toArray._redArg 1 \
Std.TreeMap.toList._redArg 1 \
Std.TreeSet.all._redArg 2 \
Std.TreeSet.any._redArg 2 \
Std.TreeSet.beq._redArg 3 \
Std.TreeSet.contains._redArg 3 \
Std.TreeSet.erase._redArg 3 \
Std.TreeSet.filter._redArg 2 \
Std.TreeSet.forIn._redArg 4 \
Std.TreeSet.get._redArg 3 \
Std.TreeSet.getD._redArg 4 \
Std.TreeSet.insert._redArg 3 \
Std.TreeSet.instBEq._redArg 1 \
Std.TreeSet.inter._redArg 3 \
Std.TreeSet.isEmpty._redArg 1 \
Std.TreeSet.max._redArg 1 \
Std.TreeSet.min._redArg 1 \
Std.TreeSet.ofList._redArg 2 \
Std.TreeSet.size._redArg 1 \
Std.TreeSet.toArray._redArg 1 \
Std.TreeSet.toList._redArg 1 \
String.Pos.cast._redArg 1 \
String.Pos.down._redArg 1 \
String.Pos.find?._redArg 4 \
String.Pos.get._redArg 2 \
String.all._redArg 3 \
String.any._redArg 3 \
String.contains._redArg 3 \
String.find?._redArg 3 \
String.pos._redArg 1 \
String.replace._redArg 5 \
String.split._redArg 2 \
Subtype.instBEq._redArg 1 \
Subtype.instBEq._redArg._lam_0 3 \
Subtype.instDecidableEq._redArg 3 \
Subtype.instMax._redArg 1 \
Subtype.instMin._redArg 1 \
Subtype.instMin._redArg._lam_0 3 \
UInt64.ofNat._boxed 1 \
WellFounded.Nat.fix._redArg 3 \
WellFounded.Nat.fix.go._redArg 3 \
_private.Init.Data.Array.Basic.0.Array.anyMUnsafe.any 7 \
_private.Init.Data.Array.Basic.0.Array.anyMUnsafe.any._redArg 5 \
_private.Init.Data.Array.Basic.0.Array.anyMUnsafe.any._redArg._lam_0 8 \
_private.Init.Data.Array.Basic.0.Array.forIn'Unsafe.loop 9 \
_private.Init.Data.Array.Basic.0.Array.forIn'Unsafe.loop._redArg 6 \
_private.Init.Data.Array.Basic.0.Array.forIn'Unsafe.loop._redArg._lam_0 7 \
_private.Init.Data.Array.Basic.0.Array.mapM.map 8 \
_private.Init.Data.Array.Basic.0.Array.mapM.map._redArg 5 \
_private.Init.Data.Array.Basic.0.Array.mapM.map._redArg._lam_0 6 \
_private.Init.Data.Array.Basic.0.Array.mapMUnsafe.map 8 \
_private.Init.Data.Array.Basic.0.Array.mapMUnsafe.map._redArg 5 \
_private.Init.Data.Array.Basic.0.Array.mapMUnsafe.map._redArg._lam_0 6 \
_private.Init.Data.List.Impl.0.List.eraseIdxTR.go 5 \
_private.Init.Data.List.Impl.0.List.eraseIdxTR.go._redArg 4 \
_private.Init.Data.Range.Basic.0.Std.Legacy.Range.forIn'.loop 9 \
_private.Init.Data.Range.Basic.0.Std.Legacy.Range.forIn'.loop._redArg 5 \
_private.Init.Data.Range.Basic.0.Std.Legacy.Range.forIn'.loop._redArg._lam_0 7 \
_private.Init.Meta.Defs.0.Lean.Name.Internal.Meta.toString 2 \
_private.Lean.Data.PersistentHashMap.0.Lean.PersistentHashMap.insertAux.traverse 10 \
_private.Lean.Data.PersistentHashMap.0.Lean.PersistentHashMap.insertAux.traverse._redArg 7 \
_private.Lean.Elab.Tactic.Basic.0.Lean.Elab.Tactic.evalTactic.eval 13 \
_private.Lean.Elab.Tactic.Basic.0.Lean.Elab.Tactic.evalTactic.eval._lam_0 13 \
_private.Lean.Elab.Tactic.Basic.0.Lean.Elab.Tactic.evalTactic.eval._lam_1 11 \
_private.Lean.Elab.Tactic.Basic.0.Lean.Elab.Tactic.evalTactic.eval._lam_2 12 \
_private.Lean.Elab.Tactic.Basic.0.Lean.Elab.Tactic.getMainGoal.loop 10 \
_private.Lean.Elab.Tactic.Basic.0.Lean.Elab.Tactic.getMainGoal.loop._redArg 7 \
_private.Lean.Meta.Basic.0.Lean.Meta.withLocalContextImp 9 \
_private.Lean.Meta.Basic.0.Lean.Meta.withLocalContextImp._redArg 8 \
_private.Lean.Meta.Basic.0.Lean.Meta.withLocalDeclImp 11 \
_private.Lean.Meta.Basic.0.Lean.Meta.withLocalDeclImp._redArg 10 \
_private.Lean.Meta.Basic.0.Lean.Meta.withMVarContextImp 8 \
_private.Lean.Meta.Basic.0.Lean.Meta.withMVarContextImp._redArg 7 \
_private.Lean.Meta.Basic.0.Lean.Meta.withNewMCtxDepthImp 8 \
_private.Lean.Meta.Basic.0.Lean.Meta.withNewMCtxDepthImp._redArg 7 \
_private.Lean.Meta.Basic.0.Lean.Meta.withNewMCtxDepthImp._redArg._lam_0 4 \
_private.Std.Data.DHashMap.Internal.AssocList.Basic.0.Std.DHashMap.Internal.AssocList.filter.go 5 \
_private.Std.Data.DHashMap.Internal.AssocList.Basic.0.Std.DHashMap.Internal.AssocList.filter.go._redArg 3 \
_private.Std.Data.DHashMap.Internal.AssocList.Basic.0.Std.DHashMap.Internal.AssocList.map.go 6 \
_private.Std.Data.DHashMap.Internal.AssocList.Basic.0.Std.DHashMap.Internal.AssocList.map.go._redArg 3 \
bne._redArg 3 \
decEq._redArg 3 \
id._redArg 1 \
inferInstance._redArg 1 \
instAlternativeOption._lam_0 1 \
instAlternativeOption._lam_1 3 \
instBEqOfDecidableEq._redArg 1 \
instBEqOfDecidableEq._redArg._lam_0 3 \
instForInOfForIn'._redArg 1 \
instForInOfForIn'._redArg._lam_0 4 \
instForInOfForIn'._redArg._lam_1 5 \
instHAdd._redArg 1 \
instHAdd._redArg._lam_0 3 \
instHAppendOfAppend._redArg 1 \
instHDiv._redArg 1 \
instHMod._redArg 1 \
instHMul._redArg 1 \
instHOrElseOfOrElse._redArg 1 \
instHOrElseOfOrElse._redArg._lam_0 3 \
instHPow._redArg 1 \
instHSub._redArg 1 \
instMonadControlReaderT._lam_0 3 \
instMonadControlReaderT._lam_1 3 \
instMonadControlReaderT._lam_2 3 \
instMonadControlTOfMonadControl._redArg 2 \
instMonadControlTOfMonadControl._redArg._lam_0 4 \
instMonadControlTOfMonadControl._redArg._lam_1 3 \
instMonadControlTOfMonadControl._redArg._lam_2 3 \
instMonadControlTOfMonadControl._redArg._lam_3 4 \
instMonadControlTOfMonadControl._redArg._lam_4 4 \
instMonadControlTOfPure._redArg 1 \
instMonadControlTOfPure._redArg._lam_0 2 \
instMonadControlTOfPure._redArg._lam_1 3 \
instMonadControlTOfPure._redArg._lam_2 3 \
instMonadEST._lam_0 5 \
instMonadEST._lam_1 5 \
instMonadEST._lam_2 3 \
instMonadEST._lam_3 5 \
instMonadEST._lam_4 5 \
instMonadEST._lam_5 5 \
instMonadExceptOfMonadExceptOf._redArg 1 \
instMonadLiftBaseIOEIO._lam_0 3 \
instMonadLiftT._lam_0 2 \
instMonadLiftTOfMonadLift._redArg 2 \
instMonadLiftTOfMonadLift._redArg._lam_0 4 \
instMonadOption._lam_0 2 \
instMonadOption._lam_1 4 \
instMonadOption._lam_2 4 \
instMonadOption._lam_3 4 \
instMonadReaderOfMonadReaderOf._redArg 1 \
instMonadReaderOfOfMonadLift._redArg 2 \
instMonadReaderOfReaderTOfMonad._redArg 1 \
instMonadWithReaderOfOfMonadFunctor._redArg 2 \
instMonadWithReaderOfOfMonadFunctor._redArg._lam_0 4 \
instMonadWithReaderOfOfMonadFunctor._redArg._lam_1 5 \
instMonadWithReaderOfReaderT._lam_0 4 \
instNatCastInt._lam_0 1 \
instPowNat._redArg 1 \
instPowNat._redArg._lam_0 3 \
instSizeOfNat._lam_0 1 \
instToFormatOfToString._redArg 1 \
instToFormatOfToString._redArg._lam_0 1 \
liftM._redArg 2 \
readThe._redArg 1 \
wfParam._redArg 1 \
withTheReader._redArg 3"

def helpersOf : List String → List (Name × Nat)
  | name :: arity :: rest => (nameOf .anonymous (name.splitOn "."), arity.toNat!) :: helpersOf rest
  | _ => []

def helpers : List (Name × Nat) := helpersOf (table.splitOn " ")

run_cmd fun context state => do
  let now ← state.get
  let core : Core.State := { env := namedAll now.env helpers, messages := {} }
  let ref ← IO.mkRef core
  let scene : Core.Context :=
    { fileName := context.fileName, fileMap := context.fileMap, maxHeartbeats := 0,
      maxRecDepth := defaultMaxRecDepth, initHeartbeats := 0, cancelTk? := none }
  IR.addDecls (interfaces helpers).toArray scene ref
  state.set { now with env := (← ref.get).env }

end ProverArb.Tactics.Native
