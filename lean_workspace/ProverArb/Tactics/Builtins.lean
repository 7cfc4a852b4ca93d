import Lean
import ProverArb.Tactics.Native

/-!
Puts an evaluator in the place of one of Lean's own.
-/

open Lean Elab Tactic

public section

namespace ProverArb.Tactics

/-- The table with one evaluator for a kind of syntax, whatever stood there. -/
@[noinline] def withOnly (table : KeyedDeclsAttribute.Table Tactic) (kind : Name) (tactic : Tactic) :
    KeyedDeclsAttribute.Table Tactic :=
  { table with
    stage₁ := false
    map₂ := table.map₂.insert kind
      [{ key := kind, declName := kind, isBuiltin := true, value := tactic }] }

/-- Registers a tactic in the place of Lean's own. Beside it, Lean's own would be tried after each
failure: whatever fails would run twice, and four times inside another such tactic. -/
def replaceBuiltin (kind : Name) (tactic : Tactic) : IO Unit := do
  let table ← tacticElabAttribute.tableRef.get
  tacticElabAttribute.tableRef.set (withOnly table kind tactic)

end ProverArb.Tactics
