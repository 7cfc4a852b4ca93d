import Lean
import ProverArb.Verifier.Memory

/-!
The operations of searches: scripts tried in order, and tactics run on proof states that are kept.
-/

open Lean

public section

namespace ProverArb.Server

def findSession (id : Nat) : List (Nat × Session) → Option Session
  | [] => none
  | (k, s) :: rest => if k == id then some s else findSession id rest

def resultJson (ok : Bool) (error : String) (ms heartbeats : Nat) (more : List (String × Json)) : Json :=
  Json.mkObj
    (("ok", Json.bool ok) :: ("error", Json.str error) :: ("ms", natJson ms)
      :: ("heartbeats", natJson heartbeats) :: more)

/-- Runs scripts in order on the theorem until one closes it. -/
partial def tryScripts (reference : Reference) (node : Search.Node) (heartbeats : Nat)
    (scripts : List String) (index : Nat) (acc : List Json) : IO (Option Nat × List Json) := do
  match scripts with
  | [] => return (none, acc)
  | script :: rest => do
    let t0 ← IO.monoMsNow
    let h0 ← IO.getNumHeartbeats
    let outcome ← Search.step reference node script heartbeats
    let ms := (← IO.monoMsNow) - t0
    let used := ((← IO.getNumHeartbeats) - h0) / 1000
    match outcome with
    | .ok node' =>
      match node'.goals with
      | [] => return (some index, resultJson true "" ms used [] :: acc)
      | _ =>
        tryScripts reference node heartbeats rest (index + 1)
          (resultJson false "goals remain" ms used [] :: acc)
    | .error e =>
      tryScripts reference node heartbeats rest (index + 1) (resultJson false e ms used [] :: acc)

def startNode (reference : Reference) : IO (Except String Search.Node) := do
  let now ← IO.getNumHeartbeats
  Search.start (Search.placeOf reference 200000 now)

def tryAll (memory : IO.Ref Memory) (json : Json) : IO (List (String × Json)) := do
  match ← referenceFor memory json with
  | .error v => return verdictFields v
  | .ok reference => do
    match ← startNode reference with
    | .error e => return failed e
    | .ok node => do
      let (solved, tried) ←
        tryScripts reference node (limitsOf json).heartbeats (texts json "scripts") 0 []
      let index := match solved with
        | some n => natJson n
        | none => Json.null
      return [("status", Json.str "ok"), ("solved", index), ("tried", array (reversed tried))]

def remember (memory : IO.Ref Memory) (session : Session) : IO Nat := do
  let m ← memory.get
  memory.set
    { m with sessions := (m.nextSession, session) :: m.sessions, nextSession := m.nextSession + 1 }
  return m.nextSession

def goalsOf (reference : Reference) (node : Search.Node) : IO (List Json) := do
  let now ← IO.getNumHeartbeats
  return reversed (jsonStrings (← Search.showGoals (Search.placeOf reference 200000 now) node))

def openSearch (memory : IO.Ref Memory) (json : Json) : IO (List (String × Json)) := do
  match ← referenceFor memory json with
  | .error v => return verdictFields v
  | .ok reference => do
    match ← startNode reference with
    | .error e => return failed e
    | .ok node => do
      let id ← remember memory { reference, node }
      return [("status", Json.str "ok"), ("state", natJson id),
        ("goals", array (← goalsOf reference node))]

/-- Runs each tactic on one state; every success is remembered as a new state. -/
partial def runTactics (memory : IO.Ref Memory) (session : Session) (heartbeats : Nat)
    (tactics : List String) (acc : List Json) : IO (List Json) := do
  match tactics with
  | [] => return reversed acc
  | one :: rest => do
    let t0 ← IO.monoMsNow
    let h0 ← IO.getNumHeartbeats
    let outcome ← Search.step session.reference session.node one heartbeats
    let ms := (← IO.monoMsNow) - t0
    let used := ((← IO.getNumHeartbeats) - h0) / 1000
    match outcome with
    | .error e => runTactics memory session heartbeats rest (resultJson false e ms used [] :: acc)
    | .ok node => do
      let goals ← goalsOf session.reference node
      match goals with
      | [] =>
        return reversed (resultJson true "" ms used [("goals", array [])] :: acc)
      | _ => do
        let id ← remember memory { session with node }
        runTactics memory session heartbeats rest
          (resultJson true "" ms used [("state", natJson id), ("goals", array goals)] :: acc)

def runOn (memory : IO.Ref Memory) (json : Json) : IO (List (String × Json)) := do
  let m ← memory.get
  match findSession (number json "state" 0) m.sessions with
  | none => return failed "no such proof state"
  | some session => do
    let results ←
      runTactics memory session (limitsOf json).heartbeats (texts json "tactics") []
    return [("status", Json.str "ok"), ("results", array results)]

def close (memory : IO.Ref Memory) : IO (List (String × Json)) := do
  let m ← memory.get
  memory.set { m with sessions := [] }
  return [("status", Json.str "ok")]

end ProverArb.Server
