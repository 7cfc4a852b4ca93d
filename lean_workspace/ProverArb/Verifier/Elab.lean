import Lean
import ProverArb.Verifier.Code

/-!
Elaboration of commands from text, one after another in one thread, with messages as data.

Throughout the verifier recursion is written out instead of using library loops: the embedded
library has no bodies for the private helpers that generic loops are specialised to.
-/

open Lean Elab

public section

namespace ProverArb

/-- One message, with its position in the text that was elaborated. -/
structure Note where
  severity : String
  line : Nat
  column : Nat
  text : String

def Note.toJson (note : Note) : Json :=
  Json.mkObj [("severity", Json.str note.severity), ("line", Lean.toJson note.line),
    ("column", Lean.toJson note.column), ("text", Json.str note.text)]

/-- Resource limits of one request. -/
structure Limits where
  /-- In thousands of small allocations, as Lean's `maxHeartbeats` counts. -/
  heartbeats : Nat
  /-- Bytes of message text after which a candidate is refused. -/
  outputBytes : Nat
  /-- Bytes that a proof may take as data for another kernel; 0: none is asked for. -/
  exportBytes : Nat := 0

def inputOf (name text : String) : Parser.InputContext :=
  { inputString := text, fileName := name, fileMap := FileMap.ofString text,
    endPos := text.rawEndPos, endPos_valid := by simp }

def severityName : MessageSeverity → String
  | .error => "error"
  | .warning => "warning"
  | .information => "information"

/-- What a message costs of the output allowed besides its text, in bytes. -/
def messageBytes : Nat := 32

/--
Message texts until `budget` bytes are used up, and what is left of it; `none` when there was more
than that.
-/
def notesOf (messages : List Message) (budget : Nat) (acc : List Note) :
    IO (Option (List Note × Nat)) := do
  match messages with
  | [] => return some (acc, budget)
  | m :: rest => do
    let text ← m.data.toString
    let cost := text.utf8ByteSize + messageBytes
    if cost > budget then return none
    let note : Note :=
      { severity := severityName m.severity, line := m.pos.line, column := m.pos.column, text }
    notesOf rest (budget - cost) (note :: acc)

def hasErrors : List Note → Bool
  | [] => false
  | n :: rest => n.severity == "error" || hasErrors rest

/-- The first error that satisfies `p`, if any. -/
def findError (p : String → Bool) : List Note → Option Note
  | [] => none
  | n :: rest => if n.severity == "error" && p n.text then some n else findError p rest

def scopeOf (state : Command.State) : Command.Scope :=
  match state.scopes with
  | s :: _ => s
  | [] => { header := "", opts := {} }

def moduleContextOf (state : Command.State) : Parser.ParserModuleContext :=
  let scope := scopeOf state
  { env := state.env, options := scope.opts, currNamespace := scope.currNamespace,
    openDecls := scope.openDecls }

/-- Elaborates one parsed command. -/
def elabCommand (input : Parser.InputContext) (stx : Syntax) (state : Command.State) :
    IO Command.State := do
  let ref ← IO.mkRef state
  let context : Command.Context :=
    { cmdPos := 0, fileName := input.fileName, fileMap := input.fileMap, snap? := none,
      cancelTk? := none }
  match ← ((Command.elabCommandTopLevel stx) context ref).toBaseIO with
  | .ok _ => ref.get
  | .error e => do
    let text ← e.toMessageData.toString
    let state ← ref.get
    let message : Message :=
      { fileName := input.fileName, pos := ⟨1, 0⟩, severity := .error, data := text }
    return { state with messages := state.messages.add message }

/-- How the message begins about compiled code that a command leaves. -/
def leftCode : String := "compiled code is left of "

/-- Elaborates one command; nothing that it declares is compiled. -/
def elabUntrusted (input : Parser.InputContext) (stx : Syntax) (state : Command.State) :
    IO Command.State := do
  let after ← elabCommand input stx state
  match Code.left state.env after.env with
  | none => return after
  | some name =>
    let data := leftCode ++ "`" ++ name.toString ++ "`"
    let message : Message := { fileName := input.fileName, pos := ⟨1, 0⟩, severity := .error, data }
    return { after with messages := after.messages.add message }

/-- Elaborates one command of a preamble, which may declare notations. -/
def elabPreamble (input : Parser.InputContext) (stx : Syntax) (state : Command.State) :
    IO Command.State := do
  if !Code.isNotation stx then elabUntrusted input stx state
  else
    let after ← elabCommand input stx { state with env := Code.unguard state.env }
    return { after with env := Code.guard after.env }

/-- What a walk through the commands of a text found. -/
structure Walk where
  state : Command.State
  /-- A refusal of `admit`, with its reason and the command at fault. -/
  refused : Option (String × String)
  /-- Whether more message text was written than allowed. -/
  flooded : Bool := false
  /-- Whether the last error came from the parser. -/
  unparsed : Bool := false
  notes : List Note
  /-- Bytes of message text that may still be written. -/
  budget : Nat

/--
Parses and elaborates every command from `parser` on. `admit` sees each command before `run`
elaborates it, and may refuse it. Stops at the first refusal, flood, or command with an error.
-/
partial def elabCommands (input : Parser.InputContext)
    (admit : Environment → Syntax → Option (String × String))
    (run : Parser.InputContext → Syntax → Command.State → IO Command.State)
    (parser : Parser.ModuleParserState) (walk : Walk) : IO Walk := do
  let (stx, parser', messages) :=
    Parser.parseCommand input (moduleContextOf walk.state) parser {}
  match ← notesOf messages.toList walk.budget walk.notes with
  | none => return { walk with flooded := true }
  | some (notes, budget) =>
    if hasErrors notes then return { walk with notes, unparsed := true }
    if Parser.isTerminalCommand stx then return { walk with notes }
    match admit walk.state.env stx with
    | some reason => return { walk with notes, refused := some reason }
    | none => do
      let state ← run input stx { walk.state with messages := {} }
      match ← notesOf state.messages.toList budget notes with
      | none => return { walk with flooded := true }
      | some (notes, budget) =>
        let walk := { walk with state := { state with messages := {} }, notes, budget }
        if hasErrors notes then return walk
        elabCommands input admit run parser' walk

/-- Sets the options that every elaboration here runs under. -/
def withLimits (limits : Limits) (state : Command.State) : Command.State :=
  match state.scopes with
  | s :: rest =>
    let opts := s.opts
    let opts := opts.insert `maxHeartbeats (DataValue.ofNat limits.heartbeats)
    let opts := opts.insert `Elab.async (DataValue.ofBool false)
    { state with scopes := { s with opts } :: rest, messages := {} }
  | [] => state

end ProverArb
