import Lean
import ProverArb.Verifier.Candidate
import ProverArb.Verifier.Replay

/-!
The former operation `check`: elaboration, audit and replay in one process, and both sides of the
data for another kernel from the same process. It goes when the judges have taken over.
-/

open Lean Elab

public section

namespace ProverArb

structure Checked where
  verdict : Verdict
  axioms : List Name := []
  elabUs : Nat := 0
  /-- What the kernel took, in microseconds. -/
  kernelUs : Nat := 0
  /-- For another kernel, where one was asked for and the candidate is proved. -/
  bundle : Option Export.Bundle := none

def replayed (reference : Reference) (order : List ConstantInfo) (limits : Limits)
    (notes : List Note) : Verdict :=
  let wanted := reference.constant
  match Replay.replay reference.before.env limits.heartbeats order with
  | .error what =>
    if what.endsWith "deterministic timeout" then .rejected "heartbeats" what notes
    else .rejected "replay_failed" what notes
  | .ok env =>
    match env.find? wanted.name with
    | some (.thmInfo again) =>
      if again.type == wanted.type then { status := "proved", notes }
      else .rejected "replay_failed" "the replayed theorem has another type" notes
    | _ => .rejected "replay_failed" "the theorem is missing after the replay" notes

/-- Here the declaration must be the one asked for to the letter. -/
def sameDeclaration (reference : Reference) (made : Elaborated) : Bool :=
  match made.state.env.find? reference.constant.name with
  | some value =>
    value.levelParams == reference.constant.levelParams && value.type == reference.constant.type
  | none => false

def check (reference : Reference) (modules : List Name) (kind text : String) (limits : Limits) :
    IO Checked := do
  match ← elaborate reference modules kind text limits with
  | .error verdict => return { verdict }
  | .ok made =>
    let elabUs := made.elabUs
    match closureOf reference made with
    | .error verdict => return { verdict, elabUs }
    | .ok closure =>
      if !sameDeclaration reference made then
        let what := "the theorem declared has another type"
        return { verdict := .rejected "wrong_statement" what made.notes, elabUs }
      let order := Closure.reverse closure.order []
      let axioms := closure.axioms
      let begun ← IO.monoNanosNow
      let verdict := replayed reference order limits made.notes
      if verdict.status.isEmpty then return { verdict } -- decided before the clock is read again
      let kernelUs := ((← IO.monoNanosNow) - begun) / 1000
      if limits.exportBytes == 0 || verdict.status != "proved" then
        return { verdict, axioms, elabUs, kernelUs }
      let given := Closure.reverse closure.given []
      match Export.bundle reference.before.env reference.constant given order limits.exportBytes with
      | .ok bundle => return { verdict, axioms, elabUs, kernelUs, bundle := some bundle }
      | .error what => return { verdict := .rejected "output_limit" what made.notes, elabUs }

end ProverArb
