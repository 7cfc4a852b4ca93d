import Lean
import ProverArb.Verifier.Elab

/-!
How a statement or a candidate is refused.
-/

open Lean

public section

namespace ProverArb

/-- The outcome of an operation; `reason` is one of the closed list the Python side knows. -/
structure Verdict where
  status : String
  reason : String := ""
  detail : String := ""
  notes : List Note := []

def Verdict.rejected (reason detail : String) (notes : List Note := []) : Verdict :=
  { status := "rejected", reason, detail, notes }

def invalid (detail : String) (notes : List Note := []) : Verdict :=
  { status := "invalid_statement", detail, notes }

/-- The first error among messages. -/
def firstErrorText (notes : List Note) : String :=
  match findError (fun _ => true) notes with
  | some note => note.text
  | none => ""

end ProverArb
