import Lean

/-!
The replay of a proof's declarations through the kernel, in the environment the theorem was stated in.
-/

open Lean

public section

namespace ProverArb.Replay

def declarationOf : ConstantInfo → Option Declaration
  | .thmInfo v => some (.thmDecl { v with all := [v.name] })
  | .defnInfo v => some (.defnDecl { v with all := [v.name] })
  | _ => none

def kernelMessage : Kernel.Exception → String
  | .unknownConstant _ n => "unknown constant " ++ n.toString
  | .alreadyDeclared _ n => n.toString ++ " is already declared"
  | .declTypeMismatch .. => "declaration type mismatch"
  | .declHasMVars _ n _ => n.toString ++ " has metavariables"
  | .declHasFVars _ n _ => n.toString ++ " has free variables"
  | .funExpected .. => "function expected"
  | .typeExpected .. => "type expected"
  | .letTypeMismatch .. => "let type mismatch"
  | .exprTypeMismatch .. => "type mismatch"
  | .appTypeMismatch .. => "application type mismatch"
  | .invalidProj .. => "invalid projection"
  | .thmTypeIsNotProp _ n _ => n.toString ++ " is not a proposition"
  | .other text => text
  | .deterministicTimeout => "deterministic timeout"
  | .excessiveMemory => "excessive memory"
  | .deepRecursion => "deep recursion"
  | .interrupted => "interrupted"

/-- Adds the declarations to `env` through the kernel, checking on; an error says which failed. -/
def replay (env : Environment) (heartbeats : Nat) : List ConstantInfo → Except String Environment
  | [] => .ok env
  | c :: rest =>
    match declarationOf c with
    | none => .error ("`" ++ c.name.toString ++ "` cannot be replayed")
    | some declaration =>
      match env.addDeclCore (heartbeats * 1000).toUSize declaration none with
      | .ok env => replay env heartbeats rest
      | .error e => .error ("the kernel refused `" ++ c.name.toString ++ "`: " ++ kernelMessage e)

end ProverArb.Replay
