import Lean
import ProverArb.Verifier.Basic

/-!
What a theorem rests on: the closure of its new declarations, and their audit as data.
-/

open Lean

public section

namespace ProverArb.Closure

/-- Library axioms every proof may use. -/
def classical : List Name := [`propext, `Classical.choice, `Quot.sound]

/-- Whether a constant was declared as an axiom; a proof that is not shipped makes it look like one. -/
def isAxiom (library : Environment) (name : Name) : Bool :=
  match getOriginalConstKind? library name with
  | some .axiom => true
  | _ => false

/--
Whether nothing may rest on a constant of the library, by its kind: unsafe, partial, or an axiom
other than the classical ones. This gives an early answer in plain words; the judges decide it anew,
and about what a kernel computes by running code as well.
-/
def isUntrusted (library : Environment) (info : ConstantInfo) : Bool :=
  if info.isUnsafe || info.isPartial then true
  else match info with
  | .axiomInfo _ => !elem info.name classical && isAxiom library info.name
  | _ => false

/-- What the walk through a proof has collected. -/
structure Closure where
  /-- New constants, dependencies before dependents, last first. -/
  order : List ConstantInfo := []
  visited : NameSet := {}
  /-- The first constant that no proof may rest on. -/
  offender : Option Name := none
  /-- A name that is in neither environment: the declaration was tampered with. -/
  missing : Option Name := none

def valueOf (info : ConstantInfo) : Option Expr :=
  match info with
  | .thmInfo v => some v.value
  | .defnInfo v => some v.value
  | .opaqueInfo v => some v.value
  | _ => none

/-- Where names are looked up while a proof is walked. -/
structure Scene where
  /-- The profile's environment: trusted. -/
  profile : Environment
  /-- With the customer's preamble: its declarations stand, but must not rest on `sorry`. -/
  before : Environment
  /-- With the candidate's declarations. -/
  current : Environment

mutual

/-- Adds `name` and all it reaches outside the profile to the closure. -/
partial def reach (scene : Scene) (name : Name) (closure : Closure) : Closure :=
  if closure.visited.contains name then closure
  else
    let closure := { closure with visited := closure.visited.insert name }
    match scene.profile.find? name with
    | some info =>
      if isUntrusted scene.profile info then { closure with offender := some name } else closure
    | none => match scene.current.find? name with
      | none => { closure with missing := some name }
      | some info =>
        let closure := reachAll scene info.type.getUsedConstants.toList closure
        let closure := match valueOf info with
          | some value => reachAll scene value.getUsedConstants.toList closure
          | none => closure
        match scene.before.find? name with
        | none => { closure with order := info :: closure.order }
        | some _ =>
          match info with
          | .axiomInfo _ => { closure with offender := some name }
          | .inductInfo v => reachAll scene v.ctors (reachAll scene v.all closure)
          | _ => closure

partial def reachAll (scene : Scene) (names : List Name) (closure : Closure) : Closure :=
  match names with
  | [] => closure
  | n :: rest => reachAll scene rest (reach scene n closure)

end

/-- Free variables, metavariables and loose bound variables have no business in a declaration. -/
def open? (e : Expr) : Bool :=
  e.hasFVar || e.hasExprMVar || e.hasLevelMVar || e.hasLooseBVars

/-- Why a declaration is malformed as data, if it is. -/
def malformed (info : ConstantInfo) : Option String :=
  let name := "`" ++ info.name.toString ++ "`"
  let value := match valueOf info with
    | some value => value
    | none => info.type
  if open? info.type || open? value then some (name ++ " has holes in it")
  else match info with
    | .thmInfo _ => none
    | .axiomInfo _ => none
    | .defnInfo v =>
      match v.safety with
      | .safe => none
      | _ => some (name ++ " is unsafe or partial")
    | _ => some (name ++ " is neither a theorem nor a definition")

def firstMalformed : List ConstantInfo → Option String
  | [] => none
  | c :: rest =>
    match malformed c with
    | some what => some what
    | none => firstMalformed rest

def firstAxiom : List ConstantInfo → Option Name
  | [] => none
  | .axiomInfo v :: _ => some v.name
  | _ :: rest => firstAxiom rest

end ProverArb.Closure
