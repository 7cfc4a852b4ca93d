import Lean
import ProverArb.Verifier.Request
import ProverArb.Verifier.Search

/-!
What a process keeps between requests: preambles and statements that it has elaborated, and the
proof states of searches. A check never reads what an earlier check made.
-/

open Lean Elab

public section

namespace ProverArb.Server

/-- References kept, newest first, and preambles. -/
def cacheSize : Nat := 24
def preamblesKept : Nat := 8

structure Session where
  reference : Reference
  node : Search.Node

structure Memory where
  base : Command.State
  /-- Modules that the profile imports; a file candidate may import them again. -/
  modules : List Name
  references : List (String × Reference) := []
  /-- The state after a preamble, by its text. -/
  preambles : List (String × Command.State) := []
  sessions : List (Nat × Session) := []
  nextSession : Nat := 1

def take {α : Type} : Nat → List (String × α) → List (String × α)
  | 0, _ => []
  | _, [] => []
  | n + 1, x :: rest => x :: take n rest

def lookup {α : Type} (key : String) : List (String × α) → Option α
  | [] => none
  | (k, r) :: rest => if k == key then some r else lookup key rest

/-- The state after a preamble, from the cache or elaborated now. -/
def preambleFor (memory : IO.Ref Memory) (text : String) (limits : Limits) :
    IO (Except Verdict Command.State) := do
  let m ← memory.get
  if text.isEmpty then return .ok m.base
  match lookup text m.preambles with
  | some state => return .ok state
  | none =>
    match ← preamble m.base text limits with
    | .error v => return .error v
    | .ok state =>
      memory.set { m with preambles := (text, state) :: take (preamblesKept - 1) m.preambles }
      return .ok state

/-- The theorem's reference, from the cache or elaborated now. -/
def referenceFor (memory : IO.Ref Memory) (json : Json) : IO (Except Verdict Reference) := do
  let problem := problemOf json
  let limits := limitsOf json
  let m ← memory.get
  let key := (array (jsonStrings [problem.name, problem.statement, problem.preamble])).compress
  match lookup key m.references with
  | some r => return .ok r
  | none =>
    match ← preambleFor memory problem.preamble limits with
    | .error v => return .error v
    | .ok before =>
      match ← reference m.base.env before problem limits with
      | .error v => return .error v
      | .ok r =>
        let m ← memory.get
        memory.set { m with references := (key, r) :: take (cacheSize - 1) m.references }
        return .ok r

end ProverArb.Server
