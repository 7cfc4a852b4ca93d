import Lean
import ProverArb.Verifier.Code

/-!
The restricted candidate language: what an untrusted proof may contain, decided on its syntax.

Old kernels have soundness bugs that only a metaprogram or a hand-made declaration can reach, so a
candidate gets neither. Commands are on a list of what is allowed; inside terms and tactics the few
forms that run code while elaborating are forbidden.
-/

open Lean

public section

namespace ProverArb.Language

def elem (x : Name) : List Name → Bool
  | [] => false
  | y :: rest => x == y || elem x rest

def elemString (x : String) : List String → Bool
  | [] => false
  | y :: rest => x == y || elemString x rest

def isSetOption (kind : SyntaxNodeKind) : Bool :=
  kind == `Lean.Parser.Command.set_option || kind == `Lean.Parser.Tactic.set_option
    || kind == `Lean.Parser.Term.set_option

/-- Words that begin a form which runs code, reads files, or trusts compiled code. -/
def forbiddenWords : List String :=
  ["run_tac", "by_elab", "run_cmd", "run_elab", "run_meta", "include_str", "include_bytes",
   "native_decide", "unsafe", "partial", "opaque", "axiom", "initialize", "builtin_initialize",
   "implemented_by", "extern", "csimp", "macro", "macro_rules", "elab", "elab_rules", "syntax",
   "notation", "infix", "infixl", "infixr", "prefix", "postfix", "notation3", "declare_syntax_cat",
   "simproc", "dsimproc", "#eval", "#exit", "inductive", "structure", "class", "export", "import",
   "unseal", "seal", "deriving", "add_decl_doc", "register_simp_attr", "bv_decide", "bv_decide?",
   "decl_name%", "eval_expr%", "#reduce", "#synth", "set_library_suggestions", "meta", "bv_check"]

/-- Of those, the ones that make code of a preamble's, or reach outside it. -/
def codeWords : List String :=
  ["run_tac", "by_elab", "run_cmd", "run_elab", "run_meta", "include_str", "include_bytes",
   "native_decide", "unsafe", "initialize", "builtin_initialize", "implemented_by", "extern",
   "csimp", "macro", "macro_rules", "syntax", "declare_syntax_cat", "elab", "elab_rules", "simproc",
   "dsimproc", "#eval", "#eval!", "#exit", "import", "bv_decide", "bv_decide?", "bv_check",
   "set_library_suggestions"]

/-- Options that say how Lean itself works, which are not a preamble's to set. -/
def isInnerOption (option : Name) : Bool :=
  elem option.getRoot [`compiler, `debug, `internal, `interpreter, `Elab]

mutual

/-- The first form in a piece of syntax that would run code, described for people. -/
partial def codeOffence (stx : Syntax) : Option String :=
  match stx with
  | .atom _ word =>
    if elemString word.trimAscii.toString codeWords then
      some ("`" ++ word.trimAscii.toString ++ "` is not allowed here")
    else none
  | .node _ kind children =>
    if isSetOption kind && isInnerOption (stx.getArg 1).getId then
      some ("option `" ++ (stx.getArg 1).getId.toString ++ "` may not be set here")
    else codeOffences children.toList
  | _ => none

partial def codeOffences : List Syntax → Option String
  | [] => none
  | s :: rest =>
    match codeOffence s with
    | some what => some what
    | none => codeOffences rest

end

/-- What a command of a preamble may not be. -/
def preambleOffence (stx : Syntax) : Option String :=
  match codeOffence stx with
  | some what => some what
  | none =>
    if Code.isNotation stx && !Code.onlyQuotes stx then
      some "a notation may be given neither a quotation nor a `name`"
    else none

/-- Attributes a candidate may use; none of them runs code or outlives the check. -/
def allowedAttributes : List Name :=
  [`simp, `grind, `reducible, `irreducible, `semireducible, `instance, `ext, `inline, `specialize,
   `elab_as_elim, `refl, `symm, `congr, `local, `scoped, `expose]

/-- Options a candidate may set. -/
def allowedOptions : List Name :=
  [`maxHeartbeats, `maxRecDepth, `synthInstance.maxHeartbeats, `synthInstance.maxSize,
   `exponentiation.threshold, `autoImplicit, `relaxedAutoImplicit, `linter.unusedVariables,
   `linter.all, `pp.all, `pp.explicit, `pp.numericTypes, `pp.unicode.fun]

/-- Commands a file candidate may contain. -/
def allowedCommands : List Name :=
  [`Lean.Parser.Command.declaration, `Lean.Parser.Command.namespace, `Lean.Parser.Command.section,
   `Lean.Parser.Command.end, `Lean.Parser.Command.open, `Lean.Parser.Command.variable,
   `Lean.Parser.Command.universe, `Lean.Parser.Command.set_option, `Lean.Parser.Command.in,
   `Lean.Parser.Command.mutual, `Lean.Parser.Command.moduleDoc, `Lean.Parser.Command.attribute,
   `Lean.Parser.Command.omit, `Lean.Parser.Command.include, `Lean.Parser.Command.noncomputableSection,
   `Lean.Parser.Command.check, `lemma, `Lean.Parser.Command.eoi]

/-- Declarations a file candidate may contain. -/
def allowedDeclarations : List Name :=
  [`Lean.Parser.Command.theorem, `Lean.Parser.Command.definition, `Lean.Parser.Command.def,
   `Lean.Parser.Command.abbrev, `Lean.Parser.Command.instance, `Lean.Parser.Command.example]

def lastPart : Name → String
  | .str _ s => s
  | _ => ""

/-- Kinds of syntax in which a tactic's configuration is given as a term. -/
def isConfiguration (kind : SyntaxNodeKind) : Bool :=
  kind == `Lean.Parser.Tactic.config || kind == `Lean.Parser.Tactic.valConfigItem

/-- What the values of a configuration may be made of. -/
def plainKinds : List Name :=
  [nullKind, choiceKind, `num, `str, `«term{}», `Lean.Parser.Term.structInst,
   `Lean.Parser.Term.structInstFields, `Lean.Parser.Term.structInstField,
   `Lean.Parser.Term.structInstFieldDef, `Lean.Parser.Term.optEllipsis, `Lean.Parser.Term.app,
   `Lean.Parser.Term.dotIdent, `Lean.Parser.Term.paren, `«term[_]», `«term_+_», `«term_*_»,
   `«term_^_»]

mutual

/--
Whether a configuration's value is written out. Lean compiles and runs it, whatever it is, so it may
name nothing but constructors.
-/
partial def isPlain (stx : Syntax) : Bool :=
  match stx with
  | .node _ kind children =>
    if kind == `Lean.Parser.Term.structInstLVal || kind == `Lean.Parser.Term.dotIdent then true
    else if kind == `Lean.Parser.Term.structInstField && (stx.getArg 1).getNumArgs == 0 then false
    else elem kind plainKinds && arePlain children.toList
  | .ident _ _ name _ => elem name.eraseMacroScopes [`true, `false]
  | .atom .. => true
  | .missing => false

partial def arePlain : List Syntax → Bool
  | [] => true
  | s :: rest => isPlain s && arePlain rest

end

mutual

partial def firstName (stx : Syntax) : Option Name :=
  match stx with
  | .ident _ _ name _ => some name.eraseMacroScopes
  | .node _ _ children => firstNameOf children.toList
  | _ => none

partial def firstNameOf : List Syntax → Option Name
  | [] => none
  | s :: rest =>
    match firstName s with
    | some name => some name
    | none => firstNameOf rest

end

/-- Parts of names that Lean gives to what it makes itself for its compiler. -/
def reserved : List String :=
  ["_unsafe_rec", "_cstage", "_rarg", "_redArg", "_boxed", "_lam", "_elam", "_spec", "_override",
   "_closed", "_jp", "_neutral", "_impl", "_sunfold", "_eval", "_tmp", "_init", "_private", "_cls", "_auto_",
   "match_"]

def beginsWithAny (text : String) : List String → Bool
  | [] => false
  | p :: rest => text.startsWith p || beginsWithAny text rest

/--
Whether a name has a part that only Lean itself may give, or stands among Lean's own: there a
configuration could name it without saying so.
-/
def isReserved : Name → Bool
  | .str .anonymous "Lean" => true
  | .str (.str .anonymous "_root_") "Lean" => true
  | .str p s => beginsWithAny s reserved || isReserved p
  | .num p _ => isReserved p
  | .anonymous => false

/-- The name that a piece of syntax gives to a declaration or a namespace, if it is such. -/
def nameGiven (stx : Syntax) (kind : SyntaxNodeKind) : Option Name :=
  if kind == `Lean.Parser.Command.declId || kind == `Lean.Parser.Command.namespace then firstName stx
  else if kind == `Lean.Parser.Term.letRecDecl then firstName (stx.getArg 2)
  else none

/-- A name given that is not the candidate's to give. -/
def reservedName (stx : Syntax) (kind : SyntaxNodeKind) : Option Name :=
  match nameGiven stx kind with
  | some name => if isReserved name then some name else none
  | none => none

/-- Whether an item of a configuration switches compiled evaluation on, or off again. -/
def asksForNative (stx : Syntax) (kind : SyntaxNodeKind) : Bool :=
  let item := kind == `Lean.Parser.Tactic.posConfigItem || kind == `Lean.Parser.Tactic.negConfigItem
    || kind == `Lean.Parser.Tactic.valConfigItem
  (item || kind == `Lean.Parser.Term.structInstLVal) && firstName stx == some `native

mutual

/-- The first forbidden form in a piece of candidate syntax, described for people. -/
partial def offence (stx : Syntax) : Option String :=
  match stx with
  | .atom _ word =>
    if elemString word.trimAscii.toString forbiddenWords then
      some ("`" ++ word.trimAscii.toString ++ "` is not allowed in a candidate")
    else none
  | .node _ kind children =>
    if isSetOption kind then
      let option := (stx.getArg 1).getId
      if elem option allowedOptions then offences children.toList
      else some ("option `" ++ option.toString ++ "` may not be set by a candidate")
    else if kind == `Lean.Parser.Term.attrInstance then
      attributeOffence (stx.getArg 1) (offences children.toList)
    else if kind == `Lean.Parser.Command.eraseAttr then none
    else if asksForNative stx kind then
      some "compiled evaluation (`native`) is not allowed in a candidate"
    else if isConfiguration kind && !isPlain (stx.getArg (children.size - 2)) then
      some "a configuration may only be written out, with numbers, `true` and `false`"
    else if (reservedName stx kind).isSome then
      some "names of Lean's own are not a candidate's to give"
    else if kind == `Lean.Parser.Command.declaration then
      let body := (stx.getArg 1).getKind
      if elem body allowedDeclarations then offences children.toList
      else some ("declarations of kind `" ++ lastPart body ++ "` are not allowed in a candidate")
    else offences children.toList
  | _ => none

partial def attributeOffence (attr : Syntax) (otherwise : Option String) : Option String :=
  let kind := attr.getKind
  let name :=
    if kind == `Lean.Parser.Attr.simple then (attr.getArg 0).getId
    else .mkSimple (lastPart kind)
  if elem name allowedAttributes then otherwise
  else some ("attribute `" ++ name.toString ++ "` is not allowed in a candidate")

partial def offences : List Syntax → Option String
  | [] => none
  | s :: rest =>
    match offence s with
    | some what => some what
    | none => offences rest

end

/-- What a command may not be, for a file candidate. -/
partial def commandOffence (stx : Syntax) : Option String :=
  let kind := stx.getKind
  if !elem kind allowedCommands then
    some ("the command `" ++ lastPart kind ++ "` is not allowed in a candidate")
  else if kind == `Lean.Parser.Command.in then
    match commandOffence (stx.getArg 0) with
    | some what => some what
    | none => commandOffence (stx.getArg 2)
  else offence stx

end ProverArb.Language
