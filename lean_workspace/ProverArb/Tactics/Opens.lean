import Lean
import ProverArb.Tactics.Native

/-!
`open` passes over namespaces that the library does not have. Statements open many of Mathlib's, and
most of what those hold is not here; a name from one of them is still an error where it is used.
-/

open Lean Elab Command

public section

namespace ProverArb.Tactics

/-- Those of the names that are namespaces here. -/
def known (env : Environment) (scope : Scope) : List Syntax → List Syntax
  | [] => []
  | stx :: rest =>
    match ResolveName.resolveNamespace env scope.currNamespace scope.openDecls stx.getId with
    | [] => known env scope rest
    | _ => stx :: known env scope rest

/-- `open A B` and `open scoped A B`, without what is not there. -/
def elabOpen : CommandElab := fun stx => do
  let declaration := stx[1]
  let place :=
    if declaration.isOfKind ``Parser.Command.openSimple then 0
    else if declaration.isOfKind ``Parser.Command.openScoped then 1
    else 2
  if place == 2 then throwUnsupportedSyntax
  let names := declaration[place].getArgs.toList
  let state ← getThe Command.State
  let found := match state.scopes with
    | scope :: _ => known state.env scope names
    | [] => names
  if found.length == names.length then throwUnsupportedSyntax
  unless found.isEmpty do
    elabCommand (stx.setArg 1 (declaration.setArg place (mkNullNode found.toArray)))

def registerOpen : IO Unit :=
  commandElabAttribute.addBuiltin ``Parser.Command.open ``Parser.Command.open elabOpen

end ProverArb.Tactics
