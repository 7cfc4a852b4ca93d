import Lean
import ProverArb.Core.Binders
import ProverArb.Tactics.Native

/-!
Terms whose meaning depends on the type that is expected, elaborated by Mathlib's rules: set builders
that mean finite sets, and universes that `Type*` makes.
-/

open Lean Elab Term Meta

public section

namespace ProverArb.Tactics

/-- What a type is known to be. -/
inductive Collection where
  | set
  | finset
  | unknown

def collectionOf (type : Expr) : MetaM Collection := do
  let type ← whnfR (← instantiateMVars type)
  match type.getAppFn with
  | .const `Set _ => return .set
  | .const `Finset _ => return .finset
  | _ => return .unknown

def expectedCollection : Option Expr → MetaM Collection
  | none => return .unknown
  | some type => collectionOf type

/-- `{x | p}` and `{x : α | p}`: a finite set only where one is expected. -/
def elabSetBuilder : TermElab := fun stx expected => do
  let x : Term := ⟨stx[1][0]⟩
  let p : Term := ⟨stx[4]⟩
  let f ←
    if stx[2].getNumArgs == 0 then `(fun $x => $p)
    else
      let type : Term := ⟨stx[2][1]⟩
      `(fun ($x : $type) => $p)
  match ← expectedCollection expected with
  | .finset =>
    elabTerm (← `($(mkCIdent `Finset.filter) $f $(mkCIdent `Finset.univ))) expected
  | _ => elabTerm (← `($(mkCIdent `setOf) $f)) expected

/-- `{x ∈ s | p}`: a finite set where one is expected, and where `s` is one and no set is expected. -/
def elabSetBuilderMem : TermElab := fun stx expected => do
  let x : Term := ⟨stx[1]⟩
  let s : Term := ⟨stx[3]⟩
  let p : Term := ⟨stx[5]⟩
  let filter := do elabTerm (← `($(mkCIdent `Finset.filter) (fun $x => $p) $s)) expected
  let set := do elabTerm (← `($(mkCIdent `setOf) fun $x => $x ∈ $s ∧ $p)) expected
  match ← expectedCollection expected with
  | .finset => filter
  | .set => set
  | .unknown =>
    let saved ← saveState
    let found ← try collectionOf (← inferType (← elabTerm s none)) catch _ => pure .unknown
    saved.restore
    match found with
    | .finset => filter
    | _ => set

/-- The first of `u_k`, `u_(k+1)`, ... that is not among the names. -/
partial def freshLevel (names : List Name) (k : Nat) : Name :=
  let name := Name.appendIndexAfter `u k
  if elemName name names then freshLevel names (k + 1) else name
where
  elemName (name : Name) : List Name → Bool
    | [] => false
    | n :: rest => n == name || elemName name rest

/-- `Type*` and `Sort*` make a universe of the theorem's, which nothing else can set. -/
def freshUniverse : TermElabM Level := do
  let names := (← getThe Term.State).levelNames
  let name := freshLevel names 1
  modifyThe Term.State fun state => { state with levelNames := name :: state.levelNames }
  return .param name

def elabTypeStar : TermElab := fun _ _ => do return .sort (.succ (← freshUniverse))

def elabSortStar : TermElab := fun _ _ => do return .sort (← freshUniverse)

def termTable : List (Name × TermElab) := [
  (`setBuilder, elabSetBuilder), (`setBuilderMem, elabSetBuilderMem), (`typeStar, elabTypeStar),
  (`sortStar, elabSortStar)]

def registerTerms : List (Name × TermElab) → IO Unit
  | [] => pure ()
  | (kind, elaborate) :: rest => do
    termElabAttribute.addBuiltin kind kind elaborate
    registerTerms rest

end ProverArb.Tactics
