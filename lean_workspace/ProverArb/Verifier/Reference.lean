import Lean
import ProverArb.Verifier.Elab
import ProverArb.Verifier.Statement
import ProverArb.Verifier.Language
import ProverArb.Verifier.Verdict

/-!
The theorem elaborated from the customer's text alone: profile, preamble, and the statement with its
proof left open.
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
  /-- After the preamble, before the theorem: where candidates are elaborated. -/
  before : Command.State
  /-- After the theorem, which is still left open. -/
  after : Environment
  /-- The theorem command, its proof still `by sorry`. -/
  command : Syntax
  /-- The declared constant. -/
  constant : ConstantInfo
  /-- How many binders stand before the colon. -/
  binders : Nat

def leadingLambdas : Expr → Nat
  | .lam _ _ body _ => leadingLambdas body + 1
  | .mdata _ e => leadingLambdas e
  | _ => 0

/-- A preamble is the customer's, but workers are shared: it may not run code either. -/
def admitPreamble (_ : Environment) (stx : Syntax) : Option (String × String) :=
  match Language.preambleOffence stx with
  | some what => some ("forbidden_command", what)
  | none => none

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

/-- Elaborates the commands that a customer puts before statements. -/
def preamble (base : Command.State) (text : String) (limits : Limits) :
    IO (Except Verdict Command.State) := do
  let walk ← elabCommands (inputOf "<preamble>" text) admitPreamble elabPreamble {}
    { state := withLimits limits base, refused := none, notes := [], budget := limits.outputBytes }
  match walk.refused with
  | some (_, what) => return .error (invalid ("preamble: " ++ what))
  | none => pure ()
  if walk.flooded then return .error (invalid "the preamble writes too many messages")
  if hasErrors walk.notes then
    return .error (invalid ("preamble: " ++ firstErrorText walk.notes) (reversed walk.notes))
  return .ok walk.state

/-- Elaborates a theorem after its preamble, from the customer's text alone. -/
def reference (profile : Environment) (before : Command.State) (problem : Problem)
    (limits : Limits) : IO (Except Verdict Reference) := do
  let before := withLimits limits before
  let text := "theorem " ++ problem.name ++ " " ++ problem.statement ++ openProof
  let input := inputOf "<statement>" text
  let (command, parser, messages) := Parser.parseCommand input (moduleContextOf before) {} {}
  match ← notesOf messages.toList limits.outputBytes [] with
  | none => return .error (invalid "the statement writes too many messages")
  | some (notes, _) =>
    if hasErrors notes then return .error (invalid (firstErrorText notes) (reversed notes))
    if !isOpenTheorem command text then
      return .error (invalid "the statement is not the statement of one theorem")
    match Language.codeOffence command with
    | some what => return .error (invalid what)
    | none => pure ()
    let (after, _, _) := Parser.parseCommand input (moduleContextOf before) parser {}
    if !Parser.isTerminalCommand after then
      return .error (invalid "something follows the statement")
    let state ← elabUntrusted input command before
    match ← notesOf state.messages.toList limits.outputBytes [] with
    | none => return .error (invalid "the statement writes too many messages")
    | some (notes, _) =>
      if hasErrors notes then
        return .error (invalid (firstErrorText notes) (reversed notes))
      let scope := scopeOf before
      let name := scope.currNamespace ++ problem.name.toName
      match state.env.find? name with
      | some (.thmInfo value) =>
        if value.type.hasSorry then return .error (invalid "the statement contains `sorry`")
        match Statement.flaw profile state.env value.type with
        | some what => return .error (invalid what)
        | none =>
          return .ok
            { profile, before, after := state.env, command, constant := .thmInfo value,
              binders := leadingLambdas value.value }
      | _ => return .error (invalid "the statement does not declare the theorem")

end ProverArb
