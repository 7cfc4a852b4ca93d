import Lean
import ProverArb.Verifier.Check
import ProverArb.Verifier.Search

/-!
One request, one answer, both a line of JSON. State between requests is a cache of references and
the proof states of the searches; a check never reads what an earlier check made.
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

def findSession (id : Nat) : List (Nat × Session) → Option Session
  | [] => none
  | (k, s) :: rest => if k == id then some s else findSession id rest

def jsonStrings : List String → List Json
  | [] => []
  | s :: rest => Json.str s :: jsonStrings rest

def jsonNames : List Name → List Json
  | [] => []
  | n :: rest => Json.str n.toString :: jsonNames rest

def jsonNotes : List Note → List Json
  | [] => []
  | n :: rest => n.toJson :: jsonNotes rest

def array (items : List Json) : Json := Json.arr items.toArray

def natJson (n : Nat) : Json := Json.num (JsonNumber.fromNat n)

def verdictFields (v : Verdict) : List (String × Json) :=
  [("status", Json.str v.status), ("reason", Json.str v.reason), ("detail", Json.str v.detail),
   ("messages", array (jsonNotes v.notes))]

def withBundle (fields : List (String × Json)) : Option Export.Bundle → List (String × Json)
  | none => fields
  | some b =>
    ("export", Json.mkObj [("statement", Json.str b.statement), ("proof", Json.str b.proof),
      ("given", natJson b.given)]) :: fields

def checkedFields (c : Checked) : List (String × Json) :=
  withBundle (("axioms", array (jsonNames c.axioms)) :: ("elab_us", natJson c.elabUs)
    :: ("kernel_us", natJson c.kernelUs) :: verdictFields c.verdict) c.bundle

def field (json : Json) (key : String) : Json :=
  match json.getObjVal? key with
  | .ok v => v
  | .error _ => Json.null

def text (json : Json) (key : String) : String :=
  match field json key with
  | .str s => s
  | _ => ""

def number (json : Json) (key : String) (default : Nat) : Nat :=
  match field json key with
  | .num n => if n.exponent == 0 && n.mantissa ≥ 0 then n.mantissa.toNat else default
  | _ => default

def strings : List Json → List String
  | [] => []
  | .str s :: rest => s :: strings rest
  | _ :: rest => strings rest

def texts (json : Json) (key : String) : List String :=
  match field json key with
  | .arr items => strings items.toList
  | _ => []

/-- A text of a request, with the line ends of Lean and without a byte order mark. -/
def source (json : Json) (key : String) : String :=
  let t := (text json key).crlfToLf
  if t.startsWith "\uFEFF" then (t.drop 1).toString else t

def problemOf (json : Json) : Problem :=
  let t := field json "theorem"
  { name := text t "name", statement := source t "statement", preamble := source t "preamble" }

def limitsOf (json : Json) : Limits :=
  { heartbeats := number json "heartbeats" 400000, outputBytes := number json "output_bytes" 200000,
    exportBytes := number json "export_bytes" 0 }

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

/-- A candidate's kind and text. -/
def candidateOf (json : Json) : String × String :=
  let candidate := field json "candidate"
  (text candidate "kind", source candidate "text")

def check (memory : IO.Ref Memory) (json : Json) : IO (List (String × Json)) := do
  match ← referenceFor memory json with
  | .error v => return checkedFields { verdict := v }
  | .ok reference => do
    let (kind, body) := candidateOf json
    let m ← memory.get
    return checkedFields (← ProverArb.check reference m.modules kind body (limitsOf json))

def statementFields (reference : Reference) : List (String × Json) :=
  [("status", Json.str "ok"), ("type", Json.str (toString reference.constant.type)),
   ("binders", natJson reference.binders)]

/-- The statement as data, from the customer's text alone. -/
def refer (memory : IO.Ref Memory) (json : Json) : IO (List (String × Json)) := do
  match ← referenceFor memory json with
  | .error v => return verdictFields v
  | .ok reference =>
    let room := (limitsOf json).exportBytes
    match Statement.export' reference.profile reference.after reference.constant room with
    | .error what => return verdictFields (invalid what)
    | .ok lines => return ("statement", Json.str lines) :: statementFields reference

/-- A candidate's declarations as data; nothing here is believed. -/
def elaborated (memory : IO.Ref Memory) (json : Json) : IO (List (String × Json)) := do
  match ← referenceFor memory json with
  | .error v => return verdictFields v
  | .ok reference => do
    let (kind, body) := candidateOf json
    let limits := limitsOf json
    let m ← memory.get
    match ← elaborate reference m.modules kind body limits with
    | .error v => return verdictFields v
    | .ok made =>
      match closureOf reference made with
      | .error v => return verdictFields v
      | .ok closure =>
        match Export.proof (Closure.reverse closure.order []) limits.exportBytes with
        | .error what => return verdictFields (.rejected "output_limit" what made.notes)
        | .ok lines =>
          return [("status", Json.str "elaborated"), ("proof", Json.str lines),
            ("messages", array (jsonNotes made.notes)), ("elab_us", natJson made.elabUs)]

def inspect (memory : IO.Ref Memory) (json : Json) : IO (List (String × Json)) := do
  match ← referenceFor memory json with
  | .error v => return verdictFields v
  | .ok reference =>
    return statementFields reference

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

def reverseJson : List Json → List Json → List Json
  | [], acc => acc
  | j :: rest, acc => reverseJson rest (j :: acc)

def startNode (reference : Reference) : IO (Except String Search.Node) := do
  let now ← IO.getNumHeartbeats
  Search.start (Search.placeOf reference 200000 now)

def failed (what : String) : List (String × Json) :=
  [("status", Json.str "failed"), ("detail", Json.str what)]

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
      return [("status", Json.str "ok"), ("solved", index), ("tried", array (reverseJson tried []))]

def remember (memory : IO.Ref Memory) (session : Session) : IO Nat := do
  let m ← memory.get
  memory.set
    { m with sessions := (m.nextSession, session) :: m.sessions, nextSession := m.nextSession + 1 }
  return m.nextSession

def goalsOf (reference : Reference) (node : Search.Node) : IO (List Json) := do
  let now ← IO.getNumHeartbeats
  return reverseJson (jsonStrings (← Search.showGoals (Search.placeOf reference 200000 now) node)) []

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
  | [] => return reverseJson acc []
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
        return reverseJson (resultJson true "" ms used [("goals", array [])] :: acc) []
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

def dispatch (memory : IO.Ref Memory) (json : Json) : IO (List (String × Json)) :=
  match text json "op" with
  | "check" => check memory json
  | "reference" => refer memory json
  | "elaborate" => elaborated memory json
  | "inspect" => inspect memory json
  | "try" => tryAll memory json
  | "open" => openSearch memory json
  | "tactic" => runOn memory json
  | "close" => close memory
  | "ping" => pure [("status", Json.str "ok"), ("lean", Json.str Lean.versionString),
      ("commit", Json.str Lean.githash)]
  | other => pure (failed ("unknown operation `" ++ other ++ "`"))

/-- Answers one line. -/
def answer (memory : IO.Ref Memory) (line : String) : IO String := do
  let t0 ← IO.monoMsNow
  let fields ←
    match Json.parse line with
    | .error e => pure (failed ("not JSON: " ++ e))
    | .ok json => do
      match ← (dispatch memory json).toBaseIO with
      | .ok fields => pure fields
      | .error e => pure (failed (toString e))
  let ms := (← IO.monoMsNow) - t0
  return (Json.mkObj (("elapsed_ms", natJson ms) :: fields)).compress

def namesOf : List String → List Name
  | [] => []
  | s :: rest => s.toName :: namesOf rest

def importsOf : List Name → List Import
  | [] => []
  | n :: rest => { module := n } :: importsOf rest

/-- Imports the profile's modules and elaborates its preamble. -/
unsafe def initial (modules : List String) (preamble : String) : IO (IO.Ref Memory) := do
  enableInitializersExecution
  Code.install
  let names := namesOf modules
  let env ← importModules (importsOf names).toArray {} (loadExts := true) (leakEnv := true)
  let limits : Limits := { heartbeats := 400000, outputBytes := 200000 }
  let walk ← elabCommands (inputOf "<profile>" preamble) admitPreamble elabPreamble {}
    { state := withLimits limits (Command.mkState env {} {}), refused := none, notes := [],
      budget := limits.outputBytes }
  if walk.flooded || walk.refused.isSome || hasErrors walk.notes then
    throw (IO.userError ("the profile's preamble does not elaborate: " ++ firstErrorText walk.notes))
  IO.mkRef ({ base := walk.state, modules := names } : Memory)

/-- Entry for the embedded toolchain: the function that answers one line, and the environment in
which the kernel judges, which has the profile and nothing else. -/
unsafe def serve (preamble : String) (modules : List String) :
    IO ((String → IO String) × Kernel.Environment) := do
  let memory ← initial modules preamble
  return (answer memory, (← memory.get).base.env.toKernelEnv)

unsafe def loop (memory : IO.Ref Memory) (input output : IO.FS.Stream) : IO Unit := do
  let line ← input.getLine
  if line.isEmpty then return ()
  let id := match Json.parse line with
    | .ok json => field json "id"
    | .error _ => Json.null
  output.putStr ("{\"id\":" ++ id.compress ++ ",\"reply\":" ++ (← answer memory line) ++ "}\n")
  output.flush
  loop memory input output

end ProverArb.Server

/-- Entry for an installed Lean: a preamble file, then the profile's modules. -/
unsafe def main (arguments : List String) : IO UInt32 := do
  match arguments with
  | file :: modules => do
    let preamble ← IO.FS.readFile (System.FilePath.mk file)
    let memory ← ProverArb.Server.initial modules preamble
    let output ← IO.getStdout
    output.putStr "{\"ready\":true}\n"
    output.flush
    ProverArb.Server.loop memory (← IO.getStdin) output
    return 0
  | [] =>
    IO.eprintln "usage: PREAMBLE_FILE MODULE..."
    return 2
