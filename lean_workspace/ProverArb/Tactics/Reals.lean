import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic

/-!
What is named in `Real`'s namespaces speaks of ℝ. The library states it for every field that has what
it takes, the field being an implicit argument `R`; in Mathlib there is nothing to find out. So where
a variable is called ℝ, a constant of these namespaces is read with `(R := ℝ)`, unless `R` is given.
-/

open Lean Elab Term Meta

public section

namespace ProverArb.Tactics

/-- Namespaces whose constants Mathlib states for the reals alone. -/
def realNamespaces : List Name := [`Real, `NNReal, `Complex]

def isReal (name : Name) : Bool := realNamespaces.contains name.getRoot && !name.isAtomic

/-- Whether a constant's first argument is an implicit type `R`. -/
def hasImplicitField (env : Environment) (name : Name) : Bool :=
  match env.find? name with
  | some info =>
    match info.type with
    | .forallE n (.sort _) _ .implicit => n == `R
    | _ => false
  | none => false

/-- A constant of the reals that an identifier means, and what is asked of its value. -/
def realConstant? (stx : Syntax) : TermElabM (Option (Name × List String)) := do
  match stx with
  | .ident _ _ id _ =>
    let id := id.eraseMacroScopes
    let lctx ← getLCtx
    if (lctx.findFromUserName? `ℝ).isNone then return none
    if (lctx.findFromUserName? id.getRoot).isSome then return none
    let env ← getEnv
    -- most identifiers end here: neither of these namespaces, nor known in one of them
    unless isReal id || realNamespaces.any (fun n => env.contains (n ++ id) || env.contains (n ++ id.getPrefix)) do
      return none
    match ResolveName.resolveGlobalName env (← getOptions) (← getCurrNamespace) (← getOpenDecls) id with
    | [(name, fields)] =>
      if isReal name && hasImplicitField env name then return some (name, fields) else return none
    | _ => return none
  | _ => return none

def projected (t : Term) : List String → TermElabM Term
  | [] => return t
  | f :: rest => do
    let f := mkIdent (.mkSimple f)
    projected (← `(($t).$f:ident)) rest

/-- The arguments name `R` already. -/
def givesField : List Syntax → Bool
  | [] => false
  | a :: rest =>
    (a.getKind == ``Parser.Term.namedArgument && a[1].getId.eraseMacroScopes == `R) || givesField rest

def overReals (name : Name) (fields : List String) (arguments : Array Syntax) : TermElabM Term := do
  let reals := mkIdent `ℝ
  let head := mkCIdent name
  match fields with
  | [] => do
    let named ← `(Parser.Term.namedArgument| (R := $reals))
    return ⟨Syntax.mkApp head (#[⟨named.raw⟩] ++ arguments.map fun a => ⟨a⟩)⟩
  | _ => do
    let f ← projected (← `($head (R := $reals))) fields
    if arguments.isEmpty then return f
    return ⟨Syntax.mkApp f (arguments.map fun a => ⟨a⟩)⟩

def elabRealIdent : TermElab := fun stx expected? => do
  match ← realConstant? stx with
  | none => throwUnsupportedSyntax
  | some (name, fields) =>
    let new ← overReals name fields #[]
    elabTerm new expected?

def elabRealApp : TermElab := fun stx expected? => do
  let arguments := stx[1].getArgs
  if givesField arguments.toList then throwUnsupportedSyntax
  match ← realConstant? stx[0] with
  | none => throwUnsupportedSyntax
  | some (name, fields) =>
    let new ← overReals name fields arguments
    elabTerm new expected?

def registerReals : IO Unit := do
  termElabAttribute.addBuiltin identKind identKind elabRealIdent
  termElabAttribute.addBuiltin ``Parser.Term.app ``Parser.Term.app elabRealApp

end ProverArb.Tactics
