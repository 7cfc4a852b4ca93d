import Lean
import ProverArb.Verifier.Server
import ProverArb.Tactics.Register

/-!
Entry of the embedded toolchain: the verifier, with the tactics of the core profile.
-/

open Lean

public section

namespace ProverArb.Tactics

/-- As `ProverArb.Server.serve`. -/
unsafe def serve (preamble : String) (modules : List String) :
    IO ((String → IO String) × Kernel.Environment) := do
  register
  ProverArb.Server.serve preamble modules

end ProverArb.Tactics
