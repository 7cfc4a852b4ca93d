import Lean
import ProverArb.Verifier.Closure
import ProverArb.Verifier.Reference
import ProverArb.Verifier.SameStatement

/-!
A candidate elaborated, and the declarations its theorem rests on. Every refusal here is an early
one with good words; that something is not refused proves nothing.
-/

open Lean Elab

public section

namespace ProverArb

/-- The declaration value's tactic block or term, replaced. -/
def withProof (command proof : Syntax) : Syntax :=
  -- declaration: modifiers, theorem; theorem: keyword, id, signature, value
  let declaration := command.getArg 1
  let value := declaration.getArg 3
  command.setArg 1 (declaration.setArg 3 (value.setArg 1 proof))

def proofOf (command : Syntax) : Syntax :=
  ((command.getArg 1).getArg 3).getArg 1

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

def mentions (word text : String) : Bool :=
  match text.splitOn word with
  | _ :: _ :: _ => true
  | _ => false

/-- Whether Lean says that there is no code to run: none of a candidate's is compiled. -/
def saysNoCode (text : String) : Bool :=
  mentions "(interpreter) unknown declaration" text || mentions leftCode text

/-- The reason behind the errors Lean reported, and what to say of it. -/
def classify (notes : List Note) : String × String :=
  let first := firstErrorText notes
  match findError (mentions "maximum number of heartbeats") notes with
  | some _ => ("heartbeats", first)
  | none =>
    match findError saysNoCode notes with
    | some note => ("forbidden_command", "a candidate's own code does not run here: " ++ note.text)
    | none => ("elaboration_error", first)

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

/--
Libraries that answers written for Mathlib begin by importing. The profile has what it has of them:
such a line brings nothing and is passed over.
-/
def passedOver : List Name := [`Mathlib, `Aesop, `Batteries, `ProofWidgets, `Qq]

/-- Modules a file candidate may import: the profile's own, which are there anyway, and those that are
passed over. -/
def firstForeign (allowed : List Name) : List Import → Option Name
  | [] => none
  | i :: rest =>
    if elem i.module allowed || elem i.module.getRoot passedOver then firstForeign allowed rest
    else some i.module

def admitCandidate (_ : Environment) (stx : Syntax) : Option (String × String) :=
  match Language.commandOffence stx with
  | some what => some ("forbidden_command", what)
  | none => none

/-- What Lean made of a candidate. -/
structure Elaborated where
  state : Command.State
  notes : List Note
  /-- What the elaboration took, in microseconds. -/
  elabUs : Nat

/-- The refusal of a walk through a candidate, or what Lean made of it: errors come first. -/
def outcome (walk : Walk) (elabUs : Nat) : Except Verdict Elaborated :=
  let notes := reversed walk.notes
  if walk.flooded then .error (.rejected "output_limit" "the candidate writes too many messages")
  else match walk.refused with
  | some (reason, what) => .error (.rejected reason what notes)
  | none =>
    if walk.unparsed then .error (.rejected "parse_error" (firstErrorText notes) notes)
    else if hasErrors notes then
      let (reason, detail) := classify notes
      .error (.rejected reason detail notes)
    else .ok { state := walk.state, notes, elabUs }

/-- A proof given as tactics or as a term. -/
def elaborateProof (reference : Reference) (kind text : String) (limits : Limits) :
    IO (Except Verdict Elaborated) := do
  let parser : Parser.ParserFn :=
    if kind == "term" then (Parser.categoryParser `term 0).fn else Parser.Tactic.tacticSeq.fn
  match parseAll reference parser text with
  | .error (reason, note) => return .error (.rejected reason note.text [note])
  | .ok stx =>
    match Language.offence stx with
    | some what => return .error (.rejected "forbidden_command" what)
    | none =>
      let proof :=
        if kind == "term" then stx else (proofOf reference.command).setArg 1 stx
      let command := withProof reference.command proof
      let input := inputOf "<candidate>" text
      let begun ← IO.monoNanosNow
      let state ← elabUntrusted input command (candidateLimits text limits reference.before)
      let elabUs := ((← IO.monoNanosNow) - begun) / 1000
      match ← notesOf state.messages.toList limits.outputBytes [] with
      | none => return outcome { state, refused := none, flooded := true, notes := [], budget := 0 } elabUs
      | some (notes, _) => return outcome { state, refused := none, notes, budget := 0 } elabUs

/-- A proof given as a file with helper lemmas. -/
def elaborateFile (reference : Reference) (allowed : List Name) (text : String) (limits : Limits) :
    IO (Except Verdict Elaborated) := do
  let input := inputOf "<candidate>" text
  let (header, parser, messages) ← Parser.parseHeader input
  match ← notesOf messages.toList limits.outputBytes [] with
  | none => return .error (.rejected "output_limit" "the candidate writes too many messages")
  | some (notes, _) =>
    if hasErrors notes then return .error (.rejected "parse_error" (firstErrorText notes) notes)
    match firstForeign allowed (headerToImports header).toList with
    | some name =>
      return .error
        (.rejected "forbidden_import" ("`import " ++ name.toString ++ "` is not in the profile"))
    | none => do
      let begun ← IO.monoNanosNow
      let walk ← elabCommands input admitCandidate elabUntrusted parser
        { state := candidateLimits text limits reference.before, refused := none, notes := [],
          budget := limits.outputBytes }
      let elabUs := ((← IO.monoNanosNow) - begun) / 1000
      return outcome walk elabUs

/-- A candidate elaborated after the customer's preamble; `modules` are what a file may import. -/
def elaborate (reference : Reference) (modules : List Name) (kind text : String) (limits : Limits) :
    IO (Except Verdict Elaborated) :=
  if kind == "file" then elaborateFile reference modules text limits
  else elaborateProof reference kind text limits

/-- The declarations that the candidate's theorem rests on, or why they are no proof. -/
def closureOf (reference : Reference) (made : Elaborated) : Except Verdict Closure.Closure := do
  let library := reference.before.env
  let notes := made.notes
  let refuse {α : Type} (reason what : String) : Except Verdict α :=
    .error (.rejected reason what notes)
  match reference.constant, made.state.env.find? reference.constant.name with
  | .thmInfo asked, some (.thmInfo value) =>
    if SameStatement.differs library reference.after made.state.env asked value then
      refuse "wrong_statement" "the theorem declared has another type"
    else
    let scene : Closure.Scene :=
      { profile := reference.profile, before := library, current := made.state.env }
    let closure := Closure.reach scene asked.name {}
    match closure.offender, closure.missing with
    | some name, _ =>
      if name == `sorryAx then refuse "uses_sorry" "the proof rests on `sorry`"
      else refuse "forbidden_axiom" ("the proof rests on `" ++ name.toString ++ "`")
    | _, some name =>
      refuse "malformed_declaration" ("`" ++ name.toString ++ "` does not exist")
    | none, none =>
      match Closure.firstAxiom closure.order with
      | some name =>
        refuse "forbidden_axiom" ("the proof rests on the axiom `" ++ name.toString ++ "`")
      | none =>
        match Closure.firstMalformed closure.order with
        | some what => refuse "malformed_declaration" what
        | none => .ok closure
  | _, some _ => refuse "wrong_statement" "the constant declared is not a theorem"
  | _, none => refuse "wrong_statement" "the theorem is not declared"

end ProverArb
