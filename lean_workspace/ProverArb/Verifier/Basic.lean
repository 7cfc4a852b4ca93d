import Lean

/-!
Small functions that every module here needs. They are written out, with plain recursion, because
the embedded library has no code for the private helpers of its own.
-/

open Lean

public section

namespace ProverArb

def elem (x : Name) : List Name → Bool
  | [] => false
  | y :: rest => x == y || elem x rest

def elemString (x : String) : List String → Bool
  | [] => false
  | y :: rest => x == y || elemString x rest

/-- The elements of `list` from the last to the first. -/
def reversed {α : Type} (list : List α) : List α :=
  onto list []
where
  onto : List α → List α → List α
    | [], acc => acc
    | x :: rest, acc => onto rest (x :: acc)

/-- The last part of a name. -/
def lastPart : Name → String
  | .str _ s => s
  | _ => ""

end ProverArb
