import Lean
import ProverArb.Verifier.Closure
import ProverArb.Verifier.Export

/-!
What the customer's text declared, as data for the judges: every constant outside the profile, and
the theorem, which is only asked for.
-/

open Lean

public section

namespace ProverArb.Statement

/-! ### The constants -/

mutual

/-- The names in a table of declarations that the profile does not have. -/
partial def namesIn (profile : Environment) (node : PersistentHashMap.Node Name ConstantInfo)
    (acc : List Name) : List Name :=
  match node with
  | .entries es => namesInEntries profile es.toList acc
  | .collision keys _ _ => newNames profile keys.toList acc

partial def namesInEntries (profile : Environment)
    (entries : List (PersistentHashMap.Entry Name ConstantInfo (PersistentHashMap.Node Name ConstantInfo)))
    (acc : List Name) : List Name :=
  match entries with
  | [] => acc
  | .entry name _ :: rest => namesInEntries profile rest (newNames profile [name] acc)
  | .ref node :: rest => namesInEntries profile rest (namesIn profile node acc)
  | .null :: rest => namesInEntries profile rest acc

partial def newNames (profile : Environment) (names : List Name) (acc : List Name) : List Name :=
  match names with
  | [] => acc
  | n :: rest =>
    match profile.find? n with
    | some _ => newNames profile rest acc
    | none => newNames profile rest (n :: acc)

end

/-- Every name that was declared after the profile. -/
def declared (profile env : Environment) : List Name :=
  namesIn profile env.constants.map₂.root []

/-- A block of inductive types, or one constant that belongs to none; `flaw` says what is wrong with it. -/
inductive Item where
  | block (types : List Name) (flaw : Option String)
  | one (name : Name) (flaw : Option String)

structure Walk where
  profile : Environment
  env : Environment
  visited : NameSet := {}
  /-- Dependencies before dependents, last first. -/
  order : List Item := []

/-- The first type of the block that a type, a constructor or a recursor belongs to, and the others. -/
def blockOf (env : Environment) (info : ConstantInfo) : List Name :=
  match info with
  | .inductInfo v => v.all
  | .recInfo v => v.all
  | .ctorInfo v =>
    match env.find? v.induct with
    | some (.inductInfo v) => v.all
    | _ => []
  | _ => []

def usedBy (e : Expr) : List Name := e.getUsedConstants.toList

/-- The first flaw of two. -/
def either : Option String → Option String → Option String
  | none, b => b
  | a, _ => a

/-- What a declaration may not mention of the library's. -/
def mentionFlaw (profile : Environment) : List Name → Option String
  | [] => none
  | n :: rest =>
    if n == `sorryAx then some "`sorry`"
    else match profile.find? n with
    | some info =>
      if Closure.isUntrusted profile info then some ("`" ++ n.toString ++ "`")
      else mentionFlaw profile rest
    | none => mentionFlaw profile rest

/-- Why nothing may rest on a constant, as far as its kind says. -/
def kindFlaw (info : ConstantInfo) : Option String :=
  let quoted := "`" ++ info.name.toString ++ "`"
  match info with
  | .axiomInfo _ => some ("the axiom " ++ quoted)
  | _ =>
    if info.isUnsafe then some (quoted ++ ", which is unsafe")
    else if info.isPartial then some (quoted ++ ", which is partial")
    else none

mutual

/-- Puts a constant and all that it mentions outside the profile in order. -/
partial def visit (w : Walk) (name : Name) : Walk :=
  if w.visited.contains name then w else
  match w.profile.find? name with
  | some _ => w
  | none =>
    match w.env.find? name with
    | none => w
    | some info =>
      let w := match blockOf w.env info with
        | [] => w
        | first :: others =>
          if w.visited.contains first then w else
          let (w, flaw) := visitTypes { w with visited := w.visited.insert first } none (first :: others)
          { w with order := .block (first :: others) flaw :: w.order }
      let w := { w with visited := w.visited.insert name }
      match info with
      | .inductInfo _ => w
      | .ctorInfo _ => w
      | _ =>
        let (w, flaw) := visitTerm w (kindFlaw info) info.type
        let (w, flaw) := match Closure.valueOf info with
          | some value => visitTerm w flaw value
          | none => (w, flaw)
        { w with order := .one name flaw :: w.order }

/-- What a term mentions, and the first flaw of it. -/
partial def visitTerm (w : Walk) (flaw : Option String) (e : Expr) : Walk × Option String :=
  let used := usedBy e
  (visitAll w used, either flaw (mentionFlaw w.profile used))

partial def visitTypes (w : Walk) (flaw : Option String) : List Name → Walk × Option String
  | [] => (w, flaw)
  | n :: rest =>
    let w := { w with visited := w.visited.insert n }
    match w.env.find? n with
    | some (.inductInfo v) =>
      let (w, flaw) := visitTerm w (either flaw (kindFlaw (.inductInfo v))) v.type
      let (w, flaw) := visitConstructors w flaw v.ctors
      visitTypes w flaw rest
    | _ => visitTypes w flaw rest

partial def visitConstructors (w : Walk) (flaw : Option String) : List Name → Walk × Option String
  | [] => (w, flaw)
  | n :: rest =>
    let w := { w with visited := w.visited.insert n }
    match w.env.find? n with
    | some info =>
      let (w, flaw) := visitTerm w flaw info.type
      visitConstructors w flaw rest
    | none => visitConstructors w flaw rest

partial def visitAll (w : Walk) : List Name → Walk
  | [] => w
  | n :: rest => visitAll (visit w n) rest

end

def firstFlaw : List Item → Option String
  | [] => none
  | .block _ (some what) :: _ => some what
  | .one _ (some what) :: _ => some what
  | _ :: rest => firstFlaw rest

/-- Why a statement of this type cannot be proved by anyone: it rests on what is not proved itself. -/
def flaw (profile env : Environment) (type : Expr) : Option String :=
  let used := usedBy type
  let walk := visitAll { profile, env } used
  match either (mentionFlaw profile used) (firstFlaw (reversed walk.order)) with
  | some what => some ("the statement rests on " ++ what)
  | none => none

/-! ### The export -/

/-- A constant that nothing may rest on, as the axiom it amounts to. -/
def asAxiom (s : Export.State) (env : Environment) (name : Name) : Export.State :=
  match env.find? name with
  | some info => Export.axiomOf s name info.levelParams info.type info.isUnsafe
  | none => { s with broken := true }

def asAxioms (s : Export.State) (env : Environment) : List Name → Export.State
  | [] => s
  | n :: rest => asAxioms (asAxiom s env n) env rest

/-- The types of a block and then their constructors, as axioms. -/
def blockAsAxioms (s : Export.State) (env : Environment) : List Name → Export.State
  | [] => s
  | n :: rest =>
    match env.find? n with
    | some (.inductInfo v) => asAxioms (blockAsAxioms (asAxiom s env n) env rest) env v.ctors
    | _ => { s with broken := true }

/-- Whether the block of a recursor was written as axioms. -/
def isFlawed (types : List Name) : List Item → Bool
  | [] => false
  | .block other (some _) :: rest => other == types || isFlawed types rest
  | _ :: rest => isFlawed types rest

def write (s : Export.State) (env : Environment) (all : List Item) : List Item → Export.State
  | [] => s
  | .block types none :: rest => write (Export.types s env "" "" types) env all rest
  | .block types (some _) :: rest => write (blockAsAxioms s env types) env all rest
  | .one name (some _) :: rest => write (asAxiom s env name) env all rest
  | .one name none :: rest =>
    match env.find? name with
    | some (.recInfo v) =>
      -- Recursors are the reader's to derive, but from axioms there is nothing to derive.
      write (if isFlawed v.all all then asAxiom s env name else s) env all rest
    | some info => write (Export.constant s info) env all rest
    | none => { s with broken := true }

/-- Everything the customer declared, dependencies first, then the theorem as an axiom. -/
def export' (profile env : Environment) (wanted : ConstantInfo) (room : Nat) : Except String String :=
  let walk := visitAll { profile, env, visited := NameSet.empty.insert wanted.name }
    (declared profile env)
  let order := reversed walk.order
  let s := write { room } env order order
  let s := Export.axiomOf s wanted.name wanted.levelParams wanted.type false
  if s.broken then .error "a declaration cannot be written as data"
  else if s.full then .error "the statement and its preamble are too large to be written as data"
  else .ok s.out

end ProverArb.Statement
