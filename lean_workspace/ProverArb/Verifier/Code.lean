import Lean

/-!
No code of a candidate is ever compiled, so none can run.

Compiled code trusts types: with a false equation that still rests on `sorry`, or that the kernel has
not seen yet, a definition may take a number for a pointer and write where it likes in the worker.
Lean runs a candidate's code in more places than `#eval`, the configurations of tactics among them.
So every definition of a candidate is made `noncomputable` before it is elaborated, and a command
that leaves code all the same is refused. Only the branches of a `match` and the syntax of default
tactics are still compiled; nothing is left that could call them.
-/

open Lean Elab

public section

namespace ProverArb.Code

/-- Declarations that Lean compiles. -/
def compiles (kind : SyntaxNodeKind) : Bool :=
  kind == `Lean.Parser.Command.definition || kind == `Lean.Parser.Command.abbrev
    || kind == `Lean.Parser.Command.instance || kind == `Lean.Parser.Command.example

/-- Where `noncomputable` and `meta` stand among a declaration's modifiers. -/
def computeSlot : Nat := 4

def noncomputableModifier : Syntax :=
  .node .none nullKind
    #[.node .none `Lean.Parser.Command.noncomputable #[.atom .none "noncomputable"]]

mutual

/-- A command with every definition in it marked `noncomputable`. -/
partial def without (stx : Syntax) : Syntax :=
  match stx with
  | .node info kind children =>
    if kind == `Lean.Parser.Command.declaration then
      if compiles (stx.getArg 1).getKind then
        let modifiers := stx.getArg 0
        stx.setArg 0 (modifiers.setArg computeSlot noncomputableModifier)
      else stx
    else if kind == `Lean.Parser.Command.in || kind == `Lean.Parser.Command.mutual
        || kind == nullKind then
      .node info kind (withoutAll children.toList).toArray
    else stx
  | _ => stx

partial def withoutAll : List Syntax → List Syntax
  | [] => []
  | s :: rest => without s :: withoutAll rest

end

def count : List IR.Decl → Nat → Nat
  | [], n => n
  | _ :: rest, n => count rest (n + 1)

/--
Whether a name is one that Lean gives to the branches of a `match` or to the tactics of an argument's
default, or belongs to such.
-/
def isHarmless : Name → Bool
  | .str p s => s.startsWith "match_" || s.startsWith "_auto_" || isHarmless p
  | .num p _ => isHarmless p
  | .anonymous => false

/-- Of the newest `n` pieces of code, the first that is not harmless. -/
def firstForeign : List IR.Decl → Nat → Option Name
  | _, 0 => none
  | [], _ => none
  | d :: rest, n + 1 => if isHarmless d.name then firstForeign rest n else some d.name

/-- Code that `state` has and `before` has not, other than harmless. -/
def left (before state : Command.State) : Option Name :=
  let old := IR.getDecls before.env
  let new := IR.getDecls state.env
  firstForeign new (count new 0 - count old 0)

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

end ProverArb.Code
