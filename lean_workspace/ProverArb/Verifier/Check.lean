import Lean
import ProverArb.Verifier.Elab
import ProverArb.Verifier.Export
import ProverArb.Verifier.Language
import ProverArb.Verifier.Replay

/-!
Is this candidate a proof of this theorem? The steps follow the project's design: reference, parse,
elaborate, same statement, axioms, replay.
-/

open Lean Elab

public section

namespace ProverArb

/-- A theorem as the customer gave it. -/
structure Problem where
  name : String
  statement : String
  preamble : String

/-- The theorem elaborated once from the customer's text alone. -/
structure Reference where
  /-- The profile's own environment, before the customer's preamble. -/
  profile : Environment
  /-- After the preamble, before the theorem: the environment proofs are replayed in. -/
  before : Command.State
  /-- The theorem command, its proof still `by sorry`. -/
  command : Syntax
  /-- The declared constant. -/
  constant : ConstantInfo
  /-- How many binders stand before the colon. -/
  binders : Nat

/-- The outcome of a check; `reason` is one of the closed list the Python side knows. -/
structure Verdict where
  status : String
  reason : String := ""
  detail : String := ""
  axioms : List Name := []
  notes : List Note := []
  /-- What Lean's own elaboration took of the check, the kernel left out, in microseconds. -/
  elabUs : Nat := 0
  /-- What the kernel took, in microseconds. -/
  kernelUs : Nat := 0
  /-- For another kernel, where one was asked for and the candidate is proved. -/
  bundle : Option Export.Bundle := none

def Verdict.rejected (reason detail : String) (notes : List Note := []) : Verdict :=
  { status := "rejected", reason, detail, notes }

def invalid (detail : String) (notes : List Note := []) : Verdict :=
  { status := "invalid_statement", detail, notes }

def leadingLambdas : Expr → Nat
  | .lam _ _ body _ => leadingLambdas body + 1
  | .mdata _ e => leadingLambdas e
  | _ => 0

/-- A preamble is the customer's, but workers are shared: it may not run code either. -/
def admitPreamble (_ : Environment) (stx : Syntax) : Option (String × String) :=
  match Language.codeOffence stx with
  | some what => some ("forbidden_command", what)
  | none => none

def firstErrorText (notes : List Note) : String :=
  match findError (fun _ => true) notes with
  | some note => note.text
  | none => ""

/-- The declaration value's tactic block or term, replaced. -/
def withProof (command proof : Syntax) : Syntax :=
  -- declaration: modifiers, theorem; theorem: keyword, id, signature, value
  let declaration := command.getArg 1
  let value := declaration.getArg 3
  command.setArg 1 (declaration.setArg 3 (value.setArg 1 proof))

def proofOf (command : Syntax) : Syntax :=
  ((command.getArg 1).getArg 3).getArg 1

/-- What is put after a statement to make a theorem of it. -/
def openProof : String := " := by sorry"

/-- Whether a piece of syntax is the token `word`, and stands `back` bytes before the end of `text`. -/
def isToken (stx : Syntax) (word : String) (text : String) (back : Nat) : Bool :=
  match stx with
  | .atom _ found =>
    found == word && (match stx.getPos? with
      | some pos => pos.byteIdx + back == text.utf8ByteSize
      | none => false)
  | _ => false

/--
Whether a command parsed from `text` is one theorem whose proof is the one put after the statement:
everything before is then its name and its type. A statement cannot bring a proof of its own and
hide ours in a comment, or in a second declaration.
-/
def isOpenTheorem (command : Syntax) (text : String) : Bool :=
  let theorem' := command.getArg 1
  let value := theorem'.getArg 3
  let proof := value.getArg 1
  let tactics := ((proof.getArg 1).getArg 0).getArg 0
  command.getKind == `Lean.Parser.Command.declaration
    && theorem'.getKind == `Lean.Parser.Command.theorem
    && value.getKind == `Lean.Parser.Command.declValSimple
    && isToken (value.getArg 0) ":=" text 11
    && proof.getKind == `Lean.Parser.Term.byTactic
    && tactics.getNumArgs == 1
    && (tactics.getArg 0).getKind == `Lean.Parser.Tactic.tacticSorry
    && isToken ((tactics.getArg 0).getArg 0) "sorry" text 5

/-- Elaborates a theorem from the customer's text. -/
def reference (base : Command.State) (problem : Problem) (limits : Limits) :
    IO (Except Verdict Reference) := do
  let base := withLimits limits base
  let input := inputOf "<preamble>" problem.preamble
  let walk ← elabCommands input admitPreamble elabCommand {}
    { state := base, refused := none, notes := [], budget := limits.outputBytes }
  match walk.refused with
  | some (_, what) => return .error (invalid ("preamble: " ++ what))
  | none => pure ()
  if walk.flooded then return .error (invalid "the preamble writes too many messages")
  if hasErrors walk.notes then
    return .error (invalid ("preamble: " ++ firstErrorText walk.notes) (reverseNotes walk.notes []))
  let before := walk.state
  let text := "theorem " ++ problem.name ++ " " ++ problem.statement ++ openProof
  let input := inputOf "<statement>" text
  let (command, parser, messages) := Parser.parseCommand input (moduleContextOf before) {} {}
  match ← notesOf messages.toList limits.outputBytes [] with
  | none => return .error (invalid "the statement writes too many messages")
  | some (notes, _) =>
    if hasErrors notes then return .error (invalid (firstErrorText notes) (reverseNotes notes []))
    if !isOpenTheorem command text then
      return .error (invalid "the statement is not the statement of one theorem")
    match Language.codeOffence command with
    | some what => return .error (invalid what)
    | none => pure ()
    let (after, _, _) := Parser.parseCommand input (moduleContextOf before) parser {}
    if !Parser.isTerminalCommand after then
      return .error (invalid "something follows the statement")
    let state ← elabCommand input command { before with messages := {} }
    match ← notesOf state.messages.toList limits.outputBytes [] with
    | none => return .error (invalid "the statement writes too many messages")
    | some (notes, _) =>
      if hasErrors notes then
        return .error (invalid (firstErrorText notes) (reverseNotes notes []))
      let scope := scopeOf before
      let name := scope.currNamespace ++ problem.name.toName
      match state.env.find? name with
      | some (.thmInfo value) =>
        if value.type.hasSorry then return .error (invalid "the statement contains `sorry`")
        return .ok
          { profile := base.env, before, command, constant := .thmInfo value, binders := leadingLambdas value.value }
      | _ => return .error (invalid "the statement does not declare the theorem")

/-- Parses all of `text` with one parser; an error carries its reason. -/
def parseAll (reference : Reference) (what : Parser.ParserFn) (text : String) :
    Except (String × Note) Syntax :=
  let input := inputOf "<candidate>" text
  let context := moduleContextOf reference.before
  let start := Parser.mkParserState text
  let state := (Parser.andthenFn Parser.whitespace what).run input context
    (Parser.getTokenTable context.env) start
  let noteAt (pos : String.Pos.Raw) (text : String) : Note :=
    let at' := input.fileMap.toPosition pos
    { severity := "error", line := at'.line, column := at'.column, text }
  match state.errorMsg with
  | some e => .error ("parse_error", noteAt state.pos (toString e))
  | none =>
    if state.pos < text.rawEndPos then
      .error ("trailing_input", noteAt state.pos "unexpected text after the end of the proof")
    else .ok state.stxStack.back

/-- Step 6: the kernel takes every new declaration, and the theorem it then knows is the one asked for. -/
def replayed (reference : Reference) (closure : Replay.Closure) (order : List ConstantInfo)
    (limits : Limits) (notes : List Note) : Verdict :=
  let wanted := reference.constant
  match Replay.replay reference.before.env limits.heartbeats order with
  | .error what =>
    if what.endsWith "deterministic timeout" then .rejected "heartbeats" what notes
    else .rejected "replay_failed" what notes
  | .ok env =>
    match env.find? wanted.name with
    | some (.thmInfo again) =>
      if again.type == wanted.type then { status := "proved", axioms := closure.axioms, notes }
      else .rejected "replay_failed" "the replayed theorem has another type" notes
    | _ => .rejected "replay_failed" "the theorem is missing after the replay" notes

/-- Steps 4 to 6: the declared constant is the theorem asked for, and the kernel accepts it. -/
def audit (reference : Reference) (state : Command.State) (limits : Limits) (notes : List Note) :
    IO Verdict := do
  let library := reference.before.env
  let wanted := reference.constant
  match state.env.find? wanted.name with
  | some (.thmInfo value) =>
    if value.levelParams != wanted.levelParams || value.type != wanted.type then
      return .rejected "wrong_statement" "the theorem declared has another type" notes
    let scene : Replay.Scene :=
      { profile := reference.profile, before := library, current := state.env }
    let closure := Replay.reach scene wanted.name {}
    match closure.offender, closure.missing with
    | some name, _ =>
      if name == `sorryAx then return .rejected "uses_sorry" "the proof rests on `sorry`" notes
      return .rejected "forbidden_axiom" ("the proof rests on `" ++ name.toString ++ "`") notes
    | _, some name =>
      return .rejected "malformed_declaration" ("`" ++ name.toString ++ "` does not exist") notes
    | none, none =>
      let order := Replay.reverse closure.order []
      match Replay.firstAxiom order with
      | some name =>
        return .rejected "forbidden_axiom" ("the proof rests on the axiom `" ++ name.toString ++ "`") notes
      | none =>
        match Replay.firstMalformed library order with
        | some what => return .rejected "malformed_declaration" what notes
        | none => do
          let begun ← IO.monoNanosNow
          let verdict := replayed reference closure order limits notes
          if verdict.status.isEmpty then return verdict -- decided before the clock is read again
          let kernelUs := ((← IO.monoNanosNow) - begun) / 1000
          if limits.exportBytes == 0 || verdict.status != "proved" then
            return { verdict with kernelUs }
          let given := Replay.reverse closure.given []
          match Export.bundle library wanted given order limits.exportBytes with
          | .ok bundle => return { verdict with kernelUs, bundle := some bundle }
          | .error what => return .rejected "output_limit" what notes
  | some _ => return .rejected "wrong_statement" "the constant declared is not a theorem" notes
  | none => return .rejected "wrong_statement" "the theorem is not declared" notes

def mentions (word text : String) : Bool :=
  match text.splitOn word with
  | _ :: _ :: _ => true
  | _ => false

/-- The reason behind the errors Lean reported. -/
def classify (notes : List Note) : String :=
  match findError (mentions "maximum number of heartbeats") notes with
  | some _ => "heartbeats"
  | none =>
    match findError (mentions leftCode) notes with
    | some _ => "forbidden_command"
    | none => "elaboration_error"

/-- Judges the state after elaboration: errors first, then the audit. -/
def judge (reference : Reference) (walk : Walk) (limits : Limits) : IO Verdict := do
  let notes := reverseNotes walk.notes []
  if walk.flooded then return .rejected "output_limit" "the candidate writes too many messages"
  match walk.refused with
  | some (reason, what) => return .rejected reason what notes
  | none =>
    if walk.unparsed then return .rejected "parse_error" (firstErrorText notes) notes
    if hasErrors walk.notes then
      return .rejected (classify walk.notes) (firstErrorText notes) notes
    audit reference walk.state limits notes

/--
What a candidate is elaborated under. The kernel is left out here, since the replay asks it once
about everything the theorem rests on, and what the theorem does not rest on proves nothing. Only
`decide +kernel` needs its answer on the way: whether it fails decides what is tried next.
-/
def candidateLimits (text : String) (limits : Limits) (state : Command.State) : Command.State :=
  let state := withLimits limits state
  if mentions "kernel" text then state
  else match state.scopes with
    | s :: rest =>
      let opts := s.opts.insert `debug.skipKernelTC (DataValue.ofBool true)
      { state with scopes := { s with opts } :: rest }
    | [] => state

/-- A proof given as tactics or as a term. -/
def checkProof (reference : Reference) (kind text : String) (limits : Limits) : IO Verdict := do
  let parser : Parser.ParserFn :=
    if kind == "term" then (Parser.categoryParser `term 0).fn else Parser.Tactic.tacticSeq.fn
  match parseAll reference parser text with
  | .error (reason, note) => return .rejected reason note.text [note]
  | .ok stx =>
    match Language.offence stx with
    | some what => return .rejected "forbidden_command" what
    | none =>
      let proof :=
        if kind == "term" then stx else (proofOf reference.command).setArg 1 stx
      let command := withProof reference.command proof
      let input := inputOf "<candidate>" text
      let begun ← IO.monoNanosNow
      let state ← elabUntrusted input command (candidateLimits text limits reference.before)
      let elabUs := ((← IO.monoNanosNow) - begun) / 1000
      match ← notesOf state.messages.toList limits.outputBytes [] with
      | none => return .rejected "output_limit" "the candidate writes too many messages"
      | some (notes, _) =>
        let verdict ← judge reference { state, refused := none, notes, budget := 0 } limits
        return { verdict with elabUs }

/-- Modules a file candidate may import: the profile's own, which are there anyway. -/
def firstForeign (allowed : List Name) : List Import → Option Name
  | [] => none
  | i :: rest => if Language.elem i.module allowed then firstForeign allowed rest else some i.module

def admitCandidate (_ : Environment) (stx : Syntax) : Option (String × String) :=
  match Language.commandOffence stx with
  | some what => some ("forbidden_command", what)
  | none => none

/-- A proof given as a file with helper lemmas. -/
def checkFile (reference : Reference) (allowed : List Name) (text : String) (limits : Limits) :
    IO Verdict := do
  let input := inputOf "<candidate>" text
  let (header, parser, messages) ← Parser.parseHeader input
  match ← notesOf messages.toList limits.outputBytes [] with
  | none => return .rejected "output_limit" "the candidate writes too many messages"
  | some (notes, _) =>
    if hasErrors notes then return .rejected "parse_error" (firstErrorText notes) notes
    match firstForeign allowed (headerToImports header).toList with
    | some name =>
      return .rejected "forbidden_import" ("`import " ++ name.toString ++ "` is not in the profile")
    | none => do
      let begun ← IO.monoNanosNow
      let walk ← elabCommands input admitCandidate elabUntrusted parser
        { state := candidateLimits text limits reference.before, refused := none, notes := [],
          budget := limits.outputBytes }
      let elabUs := ((← IO.monoNanosNow) - begun) / 1000
      return { (← judge reference walk limits) with elabUs }

end ProverArb
