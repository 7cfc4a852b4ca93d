import Lean

/-!
Declarations as data, in the format of `lean4export` 3.1 (lines of JSON), for kernels that are not
this one. Names, levels and terms are numbered in order, and a term that occurs twice is written
once.
-/

open Lean

public section

namespace ProverArb.Export

inductive NameBucket where
  | nil
  | cons (key : Name) (id : Nat) (rest : NameBucket)

inductive LevelBucket where
  | nil
  | cons (key : Level) (id : Nat) (rest : LevelBucket)

inductive ExprBucket where
  | nil
  | cons (key : Expr) (id : Nat) (rest : ExprBucket)

instance : Inhabited NameBucket := ⟨.nil⟩
instance : Inhabited LevelBucket := ⟨.nil⟩
instance : Inhabited ExprBucket := ⟨.nil⟩

def findName (n : Name) : NameBucket → Option Nat
  | .nil => none
  | .cons key id rest => if key == n then some id else findName n rest

def findLevel (l : Level) : LevelBucket → Option Nat
  | .nil => none
  | .cons key id rest => if key == l then some id else findLevel l rest

def findExpr (e : Expr) : ExprBucket → Option Nat
  | .nil => none
  | .cons key id rest => if key == e then some id else findExpr e rest

/-- Buckets of the table of terms, and of the two others. -/
def manyBuckets : USize := 8192
def fewBuckets : USize := 512

structure State where
  out : String := ""
  names : Array NameBucket := Array.replicate 512 .nil
  levels : Array LevelBucket := Array.replicate 512 .nil
  exprs : Array ExprBucket := Array.replicate 8192 .nil
  nameCount : Nat := 1
  levelCount : Nat := 1
  exprCount : Nat := 0
  /-- Bytes that may be written; what comes after is lost, and `full` is set. -/
  room : Nat
  full : Bool := false
  /-- Whether something was met that the format has no line for. -/
  broken : Bool := false

def State.line (s : State) (text : String) : State :=
  if s.out.utf8ByteSize > s.room then { s with full := true } else { s with out := s.out ++ text }

def quoted (text : String) : String := (Json.str text).compress

partial def name (s : State) (n : Name) : State × Nat :=
  match n with
  | .anonymous => (s, 0)
  | .str before part =>
    let at' := (n.hash.toUSize % fewBuckets).toNat
    match findName n s.names[at']! with
    | some id => (s, id)
    | none =>
      let (s, prefix') := name s before
      let id := s.nameCount
      let s := s.line ("{\"str\":{\"pre\":" ++ toString prefix' ++ ",\"str\":" ++ quoted part
        ++ "},\"in\":" ++ toString id ++ "}\n")
      ({ s with nameCount := id + 1, names := s.names.modify at' (.cons n id) }, id)
  | .num before i =>
    let at' := (n.hash.toUSize % fewBuckets).toNat
    match findName n s.names[at']! with
    | some id => (s, id)
    | none =>
      let (s, prefix') := name s before
      let id := s.nameCount
      let s := s.line ("{\"num\":{\"pre\":" ++ toString prefix' ++ ",\"i\":" ++ toString i
        ++ "},\"in\":" ++ toString id ++ "}\n")
      ({ s with nameCount := id + 1, names := s.names.modify at' (.cons n id) }, id)

partial def level (s : State) (l : Level) : State × Nat :=
  match l with
  | .zero => (s, 0)
  | _ =>
    let at' := (l.hash.toUSize % fewBuckets).toNat
    match findLevel l s.levels[at']! with
    | some id => (s, id)
    | none =>
      let (s, body) := match l with
        | .succ a =>
          let (s, a) := level s a
          (s, "{\"succ\":" ++ toString a)
        | .max a b =>
          let (s, a) := level s a
          let (s, b) := level s b
          (s, "{\"max\":[" ++ toString a ++ "," ++ toString b ++ "]")
        | .imax a b =>
          let (s, a) := level s a
          let (s, b) := level s b
          (s, "{\"imax\":[" ++ toString a ++ "," ++ toString b ++ "]")
        | .param n =>
          let (s, n) := name s n
          (s, "{\"param\":" ++ toString n)
        | _ => ({ s with broken := true }, "{\"mvar\":0")
      let id := s.levelCount
      let s := s.line (body ++ ",\"il\":" ++ toString id ++ "}\n")
      ({ s with levelCount := id + 1, levels := s.levels.modify at' (.cons l id) }, id)

partial def levelList (s : State) (text : String) : List Level → State × String
  | [] => (s, text ++ "]")
  | [l] =>
    let (s, l) := level s l
    (s, text ++ toString l ++ "]")
  | l :: rest =>
    let (s, l) := level s l
    levelList s (text ++ toString l ++ ",") rest

partial def nameList (s : State) (text : String) : List Name → State × String
  | [] => (s, text ++ "]")
  | [n] =>
    let (s, n) := name s n
    (s, text ++ toString n ++ "]")
  | n :: rest =>
    let (s, n) := name s n
    nameList s (text ++ toString n ++ ",") rest

def binder : BinderInfo → String
  | .default => "\"default\"},\"ie\":"
  | .implicit => "\"implicit\"},\"ie\":"
  | .strictImplicit => "\"strictImplicit\"},\"ie\":"
  | .instImplicit => "\"instImplicit\"},\"ie\":"

/-- Ends the line of a new term and remembers it. -/
def State.close (s : State) (e : Expr) (at' : Nat) (body : String) : State × Nat :=
  let id := s.exprCount
  let s := s.line (body ++ toString id ++ "}\n")
  ({ s with exprCount := id + 1, exprs := s.exprs.modify at' (.cons e id) }, id)

/-- The number of a term, which is written unless it has been. -/
partial def expr (s : State) (e : Expr) : State × Nat :=
  match e with
  | .mdata _ e => expr s e
  | _ =>
    let at' := (e.hash.toUSize % manyBuckets).toNat
    match findExpr e s.exprs[at']! with
    | some id => (s, id)
    | none =>
      if s.full then (s, 0) else
      match e with
      | .app f a =>
        let (s, f) := expr s f
        let (s, a) := expr s a
        s.close e at' ("{\"app\":{\"fn\":" ++ toString f ++ ",\"arg\":" ++ toString a ++ "},\"ie\":")
      | .const n us =>
        let (s, n) := name s n
        let (s, us) := levelList s "[" us
        s.close e at' ("{\"const\":{\"name\":" ++ toString n ++ ",\"us\":" ++ us ++ "},\"ie\":")
      | .bvar i => s.close e at' ("{\"bvar\":" ++ toString i ++ ",\"ie\":")
      | .lam n t b info =>
        let (s, n) := name s n
        let (s, t) := expr s t
        let (s, b) := expr s b
        s.close e at' ("{\"lam\":{\"name\":" ++ toString n ++ ",\"type\":" ++ toString t
          ++ ",\"body\":" ++ toString b ++ ",\"binderInfo\":" ++ binder info)
      | .forallE n t b info =>
        let (s, n) := name s n
        let (s, t) := expr s t
        let (s, b) := expr s b
        s.close e at' ("{\"forallE\":{\"name\":" ++ toString n ++ ",\"type\":" ++ toString t
          ++ ",\"body\":" ++ toString b ++ ",\"binderInfo\":" ++ binder info)
      | .letE n t v b _ =>
        let (s, n) := name s n
        let (s, t) := expr s t
        let (s, v) := expr s v
        let (s, b) := expr s b
        s.close e at' ("{\"letE\":{\"name\":" ++ toString n ++ ",\"type\":" ++ toString t
          ++ ",\"value\":" ++ toString v ++ ",\"body\":" ++ toString b
          ++ ",\"nondep\":false},\"ie\":")
      | .sort l =>
        let (s, l) := level s l
        s.close e at' ("{\"sort\":" ++ toString l ++ ",\"ie\":")
      | .lit (.natVal i) => s.close e at' ("{\"natVal\":\"" ++ toString i ++ "\",\"ie\":")
      | .lit (.strVal t) => s.close e at' ("{\"strVal\":" ++ quoted t ++ ",\"ie\":")
      | .proj structure' i of =>
        let (s, n) := name s structure'
        let (s, of) := expr s of
        s.close e at' ("{\"proj\":{\"typeName\":" ++ toString n ++ ",\"idx\":" ++ toString i
          ++ ",\"struct\":" ++ toString of ++ "},\"ie\":")
      | _ => ({ s with broken := true }, 0)

/-- Name, universe parameters and type, as every declaration begins. -/
def head (s : State) (n : Name) (params : List Name) (type : Expr) : State × String :=
  let (s, n) := name s n
  let (s, params) := nameList s "[" params
  let (s, type) := expr s type
  (s, "\"name\":" ++ toString n ++ ",\"levelParams\":" ++ params ++ ",\"type\":" ++ toString type)

def hints : ReducibilityHints → String
  | .opaque => "\"opaque\""
  | .abbrev => "\"abbrev\""
  | .regular n => "{\"regular\":" ++ toString n.toNat ++ "}"

def boolean (b : Bool) : String := if b then "true" else "false"

def axiomOf (s : State) (n : Name) (params : List Name) (type : Expr) (isUnsafe : Bool) : State :=
  let (s, text) := head s n params type
  s.line ("{\"axiom\":{" ++ text ++ ",\"isUnsafe\":" ++ boolean isUnsafe ++ "}}\n")

/-- A theorem, a definition or an opaque constant. -/
def constant (s : State) (c : ConstantInfo) : State :=
  match c with
  | .thmInfo v =>
    let (s, text) := head s v.name v.levelParams v.type
    let (s, value) := expr s v.value
    let (s, all) := nameList s "[" [v.name]
    s.line ("{\"thm\":{" ++ text ++ ",\"value\":" ++ toString value ++ ",\"all\":" ++ all ++ "}}\n")
  | .defnInfo v =>
    let (s, text) := head s v.name v.levelParams v.type
    let (s, value) := expr s v.value
    let (s, all) := nameList s "[" [v.name]
    let safety := match v.safety with
      | .safe => "safe"
      | .unsafe => "unsafe"
      | .partial => "partial"
    s.line ("{\"def\":{" ++ text ++ ",\"value\":" ++ toString value ++ ",\"hints\":" ++ hints v.hints
      ++ ",\"safety\":\"" ++ safety ++ "\",\"all\":" ++ all ++ "}}\n")
  | .opaqueInfo v =>
    let (s, text) := head s v.name v.levelParams v.type
    let (s, value) := expr s v.value
    let (s, all) := nameList s "[" [v.name]
    s.line ("{\"opaque\":{" ++ text ++ ",\"value\":" ++ toString value ++ ",\"isUnsafe\":"
      ++ boolean v.isUnsafe ++ ",\"all\":" ++ all ++ "}}\n")
  | _ => { s with broken := true }

def comma (text more : String) : String := if text.isEmpty then more else text ++ "," ++ more

partial def constructors (s : State) (env : Environment) (text : String) :
    List Name → State × String
  | [] => (s, text)
  | n :: rest =>
    match env.find? n with
    | some (.ctorInfo v) =>
      let (s, start) := head s v.name v.levelParams v.type
      let (s, of) := name s v.induct
      constructors s env
        (comma text ("{" ++ start ++ ",\"induct\":" ++ toString of ++ ",\"cidx\":" ++ toString v.cidx
          ++ ",\"numParams\":" ++ toString v.numParams ++ ",\"numFields\":" ++ toString v.numFields
          ++ ",\"isUnsafe\":" ++ boolean v.isUnsafe ++ "}")) rest
    | _ => ({ s with broken := true }, text)

/-- The types of a block and their constructors; recursors are the reader's to derive. -/
partial def types (s : State) (env : Environment) (text ctors : String) : List Name → State
  | [] => s.line ("{\"inductive\":{\"types\":[" ++ text ++ "],\"ctors\":[" ++ ctors ++ "],\"recs\":[]}}\n")
  | n :: rest =>
    match env.find? n with
    | some (.inductInfo v) =>
      let (s, start) := head s v.name v.levelParams v.type
      let (s, all) := nameList s "[" v.all
      let (s, own) := nameList s "[" v.ctors
      let text := comma text ("{" ++ start ++ ",\"numParams\":" ++ toString v.numParams
        ++ ",\"numIndices\":" ++ toString v.numIndices ++ ",\"all\":" ++ all ++ ",\"ctors\":" ++ own
        ++ ",\"numNested\":" ++ toString v.numNested ++ ",\"isRec\":" ++ boolean v.isRec
        ++ ",\"isUnsafe\":" ++ boolean v.isUnsafe ++ ",\"isReflexive\":" ++ boolean v.isReflexive
        ++ "}")
      let (s, ctors) := constructors s env ctors v.ctors
      types s env text ctors rest
    | _ => { s with broken := true }

partial def constants (s : State) : List ConstantInfo → State
  | [] => s
  | c :: rest => constants (constant s c) rest

/-- A proof's declarations as data, or why there is none; `room` is in bytes. -/
def proof (order : List ConstantInfo) (room : Nat) : Except String String :=
  let made := constants { room } order
  if made.broken then .error "a declaration cannot be written as data"
  else if made.full then .error "the proof is too large to be written as data"
  else .ok made.out

end ProverArb.Export
