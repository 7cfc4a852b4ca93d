import Lean
import ProverArb.Verifier.Server
import ProverArb.Tactics.Register

/-!
Entry of the embedded toolchain: the verifier, with the tactics of the core profile.
-/

public section

namespace ProverArb.Tactics

/-- The function that answers one line. -/
unsafe def serve (preamble : String) (modules : List String) : IO (String → IO String) := do
  register
  ProverArb.Server.serve preamble modules

end ProverArb.Tactics
