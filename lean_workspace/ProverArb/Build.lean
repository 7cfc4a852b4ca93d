import Lean

/-!
Compiles modules of this workspace without `lake` and without threads, and links a program.

The embedded Lean has one thread that may touch files cheaply, so `lean -o` is slow there; this
program elaborates a module in that thread and writes its `.olean`. It is the only file that the
embedded toolchain compiles the slow way. It is written with plain recursion because the embedded
library carries no bodies of private helpers, which generic loops would need.
-/

open Lean Elab

public section

namespace ProverArb.Build

unsafe def printMessages : List Message → IO Bool
  | [] => pure true
  | m :: ms => do
    let text ← m.toString
    match m.severity with
    | .error => IO.print text; let _ ← printMessages ms; pure false
    | .warning => IO.print text; printMessages ms
    | .information => printMessages ms

unsafe def elabCommands (input : Parser.InputContext) (parser : Parser.ModuleParserState)
    (state : Command.State) (fine : Bool) : IO (Environment × Bool) := do
  let scope ← match state.scopes with
    | s :: _ => pure s
    | [] => throw (IO.userError "no scope is open")
  let context : Parser.ParserModuleContext :=
    { env := state.env, options := scope.opts, currNamespace := scope.currNamespace,
      openDecls := scope.openDecls }
  let (stx, parser', messages) := Parser.parseCommand input context parser state.messages
  let fine := fine && (← printMessages messages.toList)
  if Parser.isTerminalCommand stx then
    return (state.env, fine)
  let ref ← IO.mkRef { state with messages := {} }
  let commandContext : Command.Context :=
    { cmdPos := parser.pos, fileName := input.fileName, fileMap := input.fileMap,
      snap? := none, cancelTk? := none }
  match ← ((Command.elabCommandTopLevel stx) commandContext ref).toBaseIO with
  | .ok _ => pure ()
  | .error e => IO.println (← e.toMessageData.toString)
  let state ← ref.get
  let good ← printMessages state.messages.toList
  elabCommands input parser' { state with messages := {} } (fine && good)

/--
The embedded Lean finds compiled code of an imported module only under names of constants, so the
names of code that belongs to no constant (closed terms, lambdas) become constants: unsafe, which no
safe declaration may mention, and of an inhabited type, so that they would prove nothing if it could.
Without them the notations of an imported module do not run.
-/
unsafe def nameCode (env : Environment) : List IR.Decl → IO Environment
  | [] => pure env
  | decl :: rest => do
    if env.contains decl.name then nameCode env rest
    else
      let placeholder : AxiomVal :=
        { name := decl.name, levelParams := [], type := .const `Unit [], isUnsafe := true }
      match env.addDeclCore 0 (.axiomDecl placeholder) none with
      | .ok env => nameCode env rest
      | .error _ => throw (IO.userError ("cannot name the code of " ++ decl.name.toString))

/-- Compiles one source file to an `.olean`; false when Lean reported an error. -/
unsafe def compile (source : String) (module : Name) (target : String) : IO Bool := do
  let text ← IO.FS.readFile (System.FilePath.mk source)
  let input : Parser.InputContext :=
    { inputString := text, fileName := source, fileMap := FileMap.ofString text,
      endPos := text.rawEndPos, endPos_valid := lcProof }
  let (header, parser, messages) ← Parser.parseHeader input
  let imports := headerToImports header
  let env ← importModules imports {} (loadExts := true)
  let env := env.setMainModule module
  let (env, fine) ← elabCommands input parser (Command.mkState env messages {}) true
  if fine then
    writeModule (← nameCode env (IR.getDecls env)) (System.FilePath.mk target)
  return fine

/-- Arguments come in threes: source file, module name, target file. -/
unsafe def compileAll : List String → IO UInt32
  | source :: module :: target :: rest => do
    if ← compile source module.toName target then compileAll rest
    else
      IO.println ("cannot compile " ++ source)
      return 1
  | [] => return 0
  | _ => do
    IO.println "usage: source, module and target, any number of times"
    return 2

/-- The elements of a `NameSet`, before `rest`. -/
def elements : Std.DTreeMap.Internal.Impl Name (fun _ => Unit) → List Name → List Name
  | .leaf, rest => rest
  | .inner _ name _ left right, rest => elements left (name :: elements right rest)

/-- What a program needs of the environment it was compiled in. -/
structure Program where
  code : Array IR.Decl := #[]
  /-- Functions that are compiled under a name of their own choice, each with that name. -/
  exports : Array (Name × Name) := #[]
  seen : NameSet := {}

/--
The code of the named functions and of all they call. Code of Lean's own modules comes as a
signature, for the functions themselves are compiled into Lean; so do values that Lean initialises
when it starts, of which only the compiled one is right.
-/
unsafe def reached (env : Environment) (program : Program) : List Name → IO Program
  | [] => pure program
  | name :: rest =>
    if program.seen.contains name then reached env program rest
    else
      match IR.findEnvDecl env name with
      | none => throw (IO.userError ("there is no code of " ++ name.toString))
      | some decl =>
        let native := IR.Decl.extern name decl.params decl.resultType { entries := [.adhoc `c] }
        let decl := if hasInitAttr env name then native else decl
        let called := (IR.collectUsedDecls env decl).inner.inner.inner
        let exports := match getExportNameFor? env name with
          | some chosen => program.exports.push (name, chosen)
          | none => program.exports
        let seen := program.seen.insert name
        reached env { code := program.code.push decl, exports, seen } (elements called rest)

/--
Writes one file with the code of `entry` and of everything that it calls. A session which loads that
file can run the program without importing the modules it was written in, `Lean` among them.
-/
unsafe def link (module entry : Name) (target : String) : IO Unit := do
  let env ← importModules #[{ module := `Lean }, { module := module }] {} (loadExts := true)
  let program ← reached env {} [entry]
  let code : Array EnvExtensionEntry := unsafeCast program.code
  let exports : Array EnvExtensionEntry := unsafeCast program.exports
  let data : ModuleData :=
    { isModule := false, imports := #[], constNames := #[], constants := #[],
      extraConstNames := #[], entries := #[(`Lean.IR.declMapExt, code), (`export, exports)] }
  saveModuleData (System.FilePath.mk target) module data

end ProverArb.Build

unsafe def main (arguments : List String) : IO UInt32 := do
  enableInitializersExecution
  match arguments with
  | ["link", module, entry, target] => do
    ProverArb.Build.link module.toName entry.toName target
    return 0
  | _ => ProverArb.Build.compileAll arguments
