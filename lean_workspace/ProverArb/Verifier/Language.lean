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
   "native_decide", "unsafe", "initialize", "builtin_initialize", "macro",
   "macro_rules", "syntax", "declare_syntax_cat", "elab", "elab_rules", "simproc",
   "dsimproc", "#eval", "#eval!", "#exit", "import", "bv_decide", "bv_decide?", "bv_check",
   "set_library_suggestions"]

/-- Attributes that give a declaration other code, or a place among Lean's own. -/
def codeAttributes : List Name :=
  [`extern, `export, `implemented_by, `csimp, `init, `builtin_init, `cpass]

/-- The name of an attribute, from its syntax. -/
def attributeName (attr : Syntax) : Name :=
  if attr.getKind == `Lean.Parser.Attr.simple then (attr.getArg 0).getId
  else .mkSimple (lastPart attr.getKind)

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
    else if kind == `Lean.Parser.Term.attrInstance
        && elem (attributeName (stx.getArg 1)) codeAttributes then
      some ("attribute `" ++ (attributeName (stx.getArg 1)).toString ++ "` is not allowed here")
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
   `Lean.Parser.Command.check, `lemma, `ProverArb.Syntax.lemma, `Lean.Parser.Command.eoi]

/-- Declarations a file candidate may contain. -/
def allowedDeclarations : List Name :=
  [`Lean.Parser.Command.theorem, `Lean.Parser.Command.definition, `Lean.Parser.Command.def,
   `Lean.Parser.Command.abbrev, `Lean.Parser.Command.instance, `Lean.Parser.Command.example]

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

def isNative (stx : Syntax) : Bool :=
  match stx with
  | .ident _ _ name _ => name.eraseMacroScopes == `native
  | _ => false

/-- Whether an item of a configuration is about compiled evaluation. -/
def asksForNative (stx : Syntax) (kind : SyntaxNodeKind) : Bool :=
  if kind == `Lean.Parser.Term.structInstLVal then isNative (stx.getArg 0)
  else elem kind [`Lean.Parser.Tactic.posConfigItem, `Lean.Parser.Tactic.negConfigItem,
    `Lean.Parser.Tactic.valConfigItem] && isNative (stx.getArg 1)

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
    else if kind == `Lean.Parser.Command.eraseAttr || kind == `ProverArb.Syntax.aesopUnsafe then none
    else if asksForNative stx kind then
      some "compiled evaluation (`native`) is not allowed in a candidate"
    else if isConfiguration kind && !isPlain (stx.getArg (children.size - 2)) then
      some "a configuration may only be written out, with numbers, `true` and `false`"
    else if kind == `Lean.Parser.Command.declaration then
      let body := (stx.getArg 1).getKind
      if elem body allowedDeclarations then offences children.toList
      else some ("declarations of kind `" ++ lastPart body ++ "` are not allowed in a candidate")
    else offences children.toList
  | _ => none

partial def attributeOffence (attr : Syntax) (otherwise : Option String) : Option String :=
  let name := attributeName attr
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
