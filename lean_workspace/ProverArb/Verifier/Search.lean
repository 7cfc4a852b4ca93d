import Lean
import ProverArb.Verifier.Candidate

/-!
Proof states for the sellers that search: open a theorem's goal, run tactics on it, read the goals.

Nothing here decides anything: what a search finds goes to the oracle as a candidate like any other.
-/

open Lean Elab

public section

namespace ProverArb.Search

/-- A proof state that tactics can be run on again and again. -/
structure Node where
  core : Core.State
  meta' : Meta.State
  term : Term.State
  goals : List MVarId
  /-- The theorem's own metavariable, to see whether a finished proof is free of `sorry`. -/
  root : MVarId

/-- Where the theorem is stated: scopes and names for parsing and elaborating. -/
structure Place where
  reference : Reference
  context : Core.Context

def placeOf (reference : Reference) (heartbeats now : Nat) : Place :=
  let scope := scopeOf reference.before
  let input := inputOf "<search>" ""
  let opts := scope.opts.insert `Elab.async (DataValue.ofBool false)
  { reference,
    context :=
      { fileName := input.fileName, fileMap := input.fileMap, options := opts,
        currNamespace := scope.currNamespace, openDecls := scope.openDecls,
        maxHeartbeats := heartbeats * 1000, initHeartbeats := now,
        maxRecDepth := defaultMaxRecDepth, cancelTk? := none } }

def coreOf (state : Command.State) : Core.State :=
  { env := state.env, ngen := state.ngen, messages := {}, infoState := { enabled := false } }

def termContext (name : Name) : Term.Context :=
  { declName? := some name, errToSorry := false }

def metaContext : Meta.Context := {}

/-- Runs an action on a node; the result carries the new states.

What the error says is not written out: nobody reads it in a search, and to print what `grind` knows
takes a quarter of its time. -/
def runAt (place : Place) (node : Node) (action : Term.TermElabM (List MVarId)) :
    IO (Except String Node) := do
  let coreRef ← IO.mkRef node.core
  let metaRef ← IO.mkRef node.meta'
  let termRef ← IO.mkRef node.term
  let io : EIO Exception (List MVarId) :=
    action (termContext place.reference.constant.name) termRef metaContext metaRef place.context
      coreRef
  match ← io.toBaseIO with
  | .ok goals =>
    let core ← coreRef.get
    if core.messages.hasErrors then return .error "an error was logged"
    return .ok { node with core, meta' := ← metaRef.get, term := ← termRef.get, goals }
  | .error e =>
    if e.isRuntime then return .error "maximum number of heartbeats or recursion depth"
    else return .error "a tactic failed"

def emptyNode (reference : Reference) : Node :=
  { core := coreOf reference.before, meta' := {}, term := {}, goals := [], root := { name := `goal } }

/-- The theorem's goal with the binders before the colon introduced under their own names. -/
def start (place : Place) : IO (Except String Node) := do
  let type := place.reference.constant.type
  let rootRef ← IO.mkRef (none : Option MVarId)
  let action : Term.TermElabM (List MVarId) := do
    let goal ← Meta.mkFreshExprSyntheticOpaqueMVar type
    rootRef.set (some goal.mvarId!)
    let (_, main) ← goal.mvarId!.introNP place.reference.binders
    return [main]
  match ← runAt place (emptyNode place.reference) action with
  | .error e => return .error e
  | .ok node =>
    match ← rootRef.get with
    | some root => return .ok { node with root }
    | none => return .error "the goal was not created"

/-- Runs a parsed tactic sequence on the node's goals. -/
def tactic (place : Place) (node : Node) (stx : Syntax) : IO (Except String Node) := do
  let root := node.root
  let action : Term.TermElabM (List MVarId) := do
    let ref ← IO.mkRef ({ goals := node.goals } : Tactic.State)
    let run : Tactic.TacticM Unit := Tactic.evalTactic stx
    run { elaborator := .anonymous, recover := false } ref
    Term.synthesizeSyntheticMVarsNoPostponing
    let state ← ref.get
    match state.goals with
    | [] =>
      let proof ← instantiateMVars (.mvar root)
      if proof.hasSorry then throwError "the proof uses sorry"
      if proof.hasExprMVar then throwError "the proof has holes"
      return []
    | goals => return goals
  runAt place node action

def parseTactics (place : Place) (text : String) : Except String Syntax :=
  match parseAll place.reference Parser.Tactic.tacticSeq.fn text with
  | .error (_, note) => .error note.text
  | .ok stx =>
    match Language.offence stx with
    | some what => .error what
    | none => .ok stx

/-- The goals of a node, pretty-printed one by one. -/
def showGoals (place : Place) (node : Node) : IO (List String) := do
  let out ← IO.mkRef ([] : List String)
  let rec go : List MVarId → Term.TermElabM Unit
    | [] => pure ()
    | g :: rest => do
      let text ← Meta.ppGoal g
      let texts ← out.get
      out.set (toString text :: texts)
      go rest
  let action : Term.TermElabM (List MVarId) := do
    go node.goals
    return node.goals
  let _ ← runAt place node action
  out.get

/-- Runs one text of tactics from a node under a fresh allowance of heartbeats. -/
def step (reference : Reference) (node : Node) (text : String) (heartbeats : Nat) :
    IO (Except String Node) := do
  let now ← IO.getNumHeartbeats
  let place := placeOf reference heartbeats now
  match parseTactics place text with
  | .error e => return .error e
  | .ok stx => tactic place node stx

end ProverArb.Search
