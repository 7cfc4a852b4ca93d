import Lean
import ProverArb.Verifier.Basic

/-!
Nothing of a candidate, a statement or a preamble is compiled, so none of it can run.

Compiled code trusts types: with a false equation that still rests on `sorry`, or that the kernel has
not seen yet, a definition may take a number for a pointer and write where it likes. Lean runs code
in more places than `#eval`: the configurations of tactics, default tactics, attributes, `where`.
All of them compile first, and every compilation, whoever asks for it, goes through the passes that
the environment keeps. So a pass of ours stands before all others, and what it drops is not there to
be run. It lets two things through:

* what Lean is about to evaluate itself (a configuration, the syntax of a default tactic), when it is
  data written out with constructors and literals of the library;
* what Lean makes of a `notation`, while one is declared: there the customer's words are only quoted.
-/

open Lean Elab
open Lean.Compiler.LCNF (PassManager Pass passManagerExt)

public section

namespace ProverArb.Code

/-- Functions of the library that data may be written with, besides constructors. -/
def writers : List Name :=
  [`OfNat.ofNat, `instOfNatNat, `Array.empty, `Array.push, `List.toArray, `Lean.mkAtom,
   `Lean.Name.mkStr1, `Lean.Name.mkStr2, `Lean.Name.mkStr3, `Lean.Name.mkStr4, `Lean.Name.mkStr5,
   `Lean.Name.mkStr6, `Lean.Name.mkStr7, `Lean.Name.mkStr8, `Lean.Name.mkStr, `Lean.Name.mkNum,
   `Lean.Name.mkSimple, `String.toRawSubstring, `HAdd.hAdd, `HMul.hMul, `HPow.hPow, `instHAdd,
   `instHMul, `instHPow, `instAddNat, `instMulNat, `instPowNat, `instNatPowNat, `Nat.instNatPow]

/--
Whether a constant of the library can stand in data: it makes data, reads a field, is a type, or is
a value that the library gives a name, such as the default of a setting.
-/
def isWriter (env : Environment) (name : Name) : Bool :=
  match env.getModuleIdxFor? name with
  | none => false
  | some _ =>
    elem name writers || env.isProjectionFn name ||
    match env.find? name with
    | some (.ctorInfo _) => true
    | some (.inductInfo _) => true
    | some info =>
      match info.type with
      | .const type _ =>
        match env.find? type with
        | some (.inductInfo _) => true
        | _ => false
      | _ => false
    | none => false

/-- Whether a term is data written out. -/
partial def isData (env : Environment) (e : Expr) : Bool :=
  match e with
  | .lit _ => true
  | .bvar _ => true
  | .sort _ => true
  | .const name _ => isWriter env name
  | .app f a => isData env f && isData env a
  | .letE _ t v b _ => isData env t && isData env v && isData env b
  | .mdata _ e => isData env e
  | .proj _ _ e => isData env e
  | _ => false

/-- Whether a name is one that Lean gives to what it is about to evaluate. -/
def isEvaluated : Name → Bool
  | .str .anonymous s => s == "_tmp"
  | .str p s => s == "_autoParam" || s.startsWith "_auto_" || isEvaluated p
  | .num p _ => isEvaluated p
  | .anonymous => false

/-- Whether a declaration may be compiled. -/
def isHarmless (env : Environment) (name : Name) : Bool :=
  isEvaluated name && !env.contains (Compiler.mkUnsafeRecName name) &&
  match env.find? name with
  | some (.defnInfo v) => isData env v.value
  | _ => false

def harmless {α : Type} (nameOf : α → Name) (env : Environment) : List α → List α
  | [] => []
  | d :: rest =>
    if isHarmless env (nameOf d) then d :: harmless nameOf env rest else harmless nameOf env rest

/-- Puts our pass before the compiler's first. -/
def guarded (first : Pass) : Pass :=
  { first with run := fun decls => do
      match harmless (·.name) (← getEnv) decls.toList with
      | [] =>
        modify fun s => { s with lctx := {} } -- the variables of what is dropped
        return #[]
      | kept => first.run kept.toArray }

def guardedPasses : PassManager :=
  let manager := Compiler.LCNF.builtinPassManager
  { manager with basePasses := manager.basePasses.modify 0 guarded }

abbrev Extension := PersistentEnvExtension Name (Name × PassManager) (List Name × PassManager)

/-- As `setState`, which is passed as a value: the embedded library has no code to specialise. -/
@[noinline] def store (set : Extension → Environment → List Name × PassManager → Environment)
    (env : Environment) (manager : PassManager) : Environment :=
  set passManagerExt env ([], manager)

/-- An environment in which nothing but data is compiled. -/
def guard (env : Environment) : Environment :=
  store PersistentEnvExtension.setState env guardedPasses

/-- An environment in which whatever is declared is compiled. -/
def unguard (env : Environment) : Environment :=
  store PersistentEnvExtension.setState env Compiler.LCNF.builtinPassManager

abbrev Registered := PersistentEnvExtension EnvExtensionEntry EnvExtensionEntry EnvExtensionState

unsafe def guardedFrom : List Registered → List Registered
  | [] => []
  | e :: rest =>
    if e.name == `Lean.Compiler.LCNF.passManagerExt then
      let state : List Name × PassManager := ([], guardedPasses)
      { e with addImportedFn := fun _ => pure (unsafeCast state) } :: rest
    else e :: guardedFrom rest

/--
Guards every environment that is imported from now on: Lean goes back to the one that was imported
where it evaluates what mentions nothing else.
-/
unsafe def install : IO Unit := do
  let extensions ← persistentEnvExtensionsRef.get
  persistentEnvExtensionsRef.set (guardedFrom extensions.toList).toArray

/-- The code in `after` that was not in `before`, besides data: should Lean find a way around our pass. -/
def left (before after : Environment) : Option Name :=
  newest (IR.getDecls after) (count (IR.getDecls after) - count (IR.getDecls before))
where
  count : List IR.Decl → Nat
    | [] => 0
    | _ :: rest => count rest + 1
  newest : List IR.Decl → Nat → Option Name
    | d :: rest, n + 1 => if isEvaluated d.name then newest rest n else some d.name
    | _, _ => none

/-! ### Notations -/

/-- Commands whose code Lean makes itself, out of what it is told to quote. -/
def rewriters : List Name :=
  [`Lean.Parser.Command.notation, `Lean.Parser.Command.mixfix, `Mathlib.Notation3.notation3]

/--
Whether a kind of syntax would bring code into a notation: a quotation, what is spliced into one, or
a name for the new syntax, which could be that of numerals.
-/
def bringsCode (kind : Name) : Bool :=
  let part := lastPart kind
  part == "quot" || part == "dynamicQuot" || part.startsWith "antiquot"
    || kind == `Lean.Parser.Command.namedName

mutual

partial def onlyQuotes (stx : Syntax) : Bool :=
  match stx with
  | .node _ kind children => !bringsCode kind && allOnlyQuote children.toList
  | _ => true

partial def allOnlyQuote : List Syntax → Bool
  | [] => true
  | s :: rest => onlyQuotes s && allOnlyQuote rest

end

/-- Whether a command declares a notation, perhaps after `open ... in` or `set_option ... in`. -/
partial def isNotation (stx : Syntax) : Bool :=
  let kind := stx.getKind
  if kind == `Lean.Parser.Command.in then
    let first := (stx.getArg 0).getKind
    elem first [`Lean.Parser.Command.open, `Lean.Parser.Command.set_option] && isNotation (stx.getArg 2)
  else elem kind rewriters

end ProverArb.Code
