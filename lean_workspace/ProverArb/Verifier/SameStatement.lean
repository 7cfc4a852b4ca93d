import Lean

/-!
Whether the theorem that a candidate declares is certainly another than the one asked for.

The judges decide what is the same. Here a wrong statement is told early, from the data that the
elaborator has itself. Universes go by any name; and what Lean made for a statement, matchers for
example, may have been made for a helper of the candidate before, under another name.
-/

open Lean

public section

namespace ProverArb.SameStatement

/-- What stands in the candidate's environment for a constant of the statement's. -/
structure Pair where
  asked : Name
  made : Name

/-- Two terms that must be the same, the asked one first. -/
structure Task where
  asked : Expr
  made : Expr

structure Scene where
  before : Environment
  /-- With what Lean made for the statement. -/
  asked : Environment
  /-- With what it made for the candidate. -/
  made : Environment

/-- Of the constants of a term, those declared after the preamble, in order. -/
def newIn (before : Environment) : List Name → List Name
  | [] => []
  | n :: rest =>
    match before.find? n with
    | some _ => newIn before rest
    | none => n :: newIn before rest

def find (made : Name) : List Pair → Option Name
  | [] => none
  | p :: rest => if p.made == made then some p.asked else find made rest

def levelsOf : List Name → List Level
  | [] => []
  | n :: rest => .param n :: levelsOf rest

def sameLength : List Name → List Name → Bool
  | [], [] => true
  | _ :: a, _ :: b => sameLength a b
  | _, _ => false

def prepend : List Task → List Task → List Task
  | [], rest => rest
  | t :: more, rest => t :: prepend more rest

/-- The terms that must agree where two constants are to be the same; of theorems only the types. -/
def tasksOf (asked made : ConstantInfo) : Option (List Task) :=
  if !sameLength asked.levelParams made.levelParams then none
  else
    let levels := levelsOf asked.levelParams
    let renamed (e : Expr) : Expr := e.instantiateLevelParams made.levelParams levels
    let types : Task := { asked := asked.type, made := renamed made.type }
    match asked, made with
    | .thmInfo _, .thmInfo _ => some [types]
    | .defnInfo a, .defnInfo m => some [types, { asked := a.value, made := renamed m.value }]
    | _, _ => none

mutual

/-- The pairs that the tasks call for and all tasks that come with them, or none if there are none. -/
partial def paired (scene : Scene) (pairs : List Pair) (done : List Task) :
    List Task → Option (List Pair × List Task)
  | [] => some (pairs, done)
  | t :: rest =>
    let asked := newIn scene.before t.asked.getUsedConstants.toList
    let made := newIn scene.before t.made.getUsedConstants.toList
    match pairedNames scene pairs rest asked made with
    | none => none
    | some (pairs, rest) => paired scene pairs (t :: done) rest

partial def pairedNames (scene : Scene) (pairs : List Pair) (tasks : List Task) :
    List Name → List Name → Option (List Pair × List Task)
  | [], [] => some (pairs, tasks)
  | a :: asked, m :: made =>
    match find m pairs with
    | some found => if found == a then pairedNames scene pairs tasks asked made else none
    | none =>
      match scene.asked.find? a, scene.made.find? m with
      | some one, some other =>
        match tasksOf one other with
        | none => none
        | some more => pairedNames scene ({ asked := a, made := m } :: pairs) (prepend more tasks) asked made
      | _, _ => none
  | _, _ => none

end

def agree (pairs : List Pair) : List Task → Bool
  | [] => true
  | t :: rest =>
    let renamed := t.made.replace fun
      | .const n us =>
        match find n pairs with
        | some asked => some (.const asked us)
        | none => none
      | _ => none
    renamed == t.asked && agree pairs rest

def hasNotes (e : Expr) : Bool := (e.find? fun | .mdata _ _ => true | _ => false).isSome

/-- Whether two theorems certainly state different things. Marks inside terms mean nothing. -/
def differs (before asked made : Environment) (wanted found : TheoremVal) : Bool :=
  if hasNotes wanted.type || hasNotes found.type then false
  else
    match tasksOf (.thmInfo wanted) (.thmInfo found) with
    | none => true
    | some tasks =>
      match paired { before, asked, made } [] [] tasks with
      | none => true
      | some (pairs, tasks) => !agree pairs tasks

end ProverArb.SameStatement
