import Lean
import ProverArb.Verifier.Candidate
import ProverArb.Verifier.SearchServer

/-!
One request, one answer, both a line of JSON.
-/

open Lean Elab

public section

namespace ProverArb.Server

/-- The statement as data, from the customer's text alone. -/
def refer (memory : IO.Ref Memory) (json : Json) : IO (List (String × Json)) := do
  match ← referenceFor memory json with
  | .error v => return verdictFields v
  | .ok reference =>
    let room := (limitsOf json).exportBytes
    match Statement.export' reference.profile reference.after reference.constant room with
    | .error what => return verdictFields (invalid what)
    | .ok lines =>
      return [("status", Json.str "ok"), ("statement", Json.str lines),
        ("type", Json.str (toString reference.constant.type)), ("binders", natJson reference.binders)]

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
        match Export.proof (reversed closure.order) limits.exportBytes with
        | .error what => return verdictFields (.rejected "output_limit" what made.notes)
        | .ok lines =>
          return [("status", Json.str "elaborated"), ("proof", Json.str lines),
            ("messages", array (jsonNotes made.notes)), ("elab_us", natJson made.elabUs)]

def dispatch (memory : IO.Ref Memory) (json : Json) : IO (List (String × Json)) :=
  match text json "op" with
  | "reference" => refer memory json
  | "elaborate" => elaborated memory json
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
