module

public import ProverArb.Core.Basic

/-!
Mathlib's binders: several in a row, with bounds, in quantifiers and in set builders.

`{x ∈ s | p}` and `{x | p}` may mean a finite set as well. Which one is decided while terms are
elaborated, by Mathlib's rule (`ProverArb.Tactics.Terms`).
-/

public section

set_option autoImplicit false

universe u

open Lean

/-- One of Mathlib's extended binders: `x`, `x : α`, `x ∈ s`, `x > 0`. -/
syntax extBinder := binderIdent ((" : " term) <|> binderPred)?
/-- One extended binder, or several, each in parentheses. -/
syntax extBinders := (ppSpace extBinder) <|> (" (" extBinder ")")+

namespace ProverArb.Binders

/-- What stands after a binder's name. -/
inductive Range where
  | all
  | typed (type : Term)
  | satisfies (property : TSyntax `binderPred)

meta def inParentheses : List Syntax → List Syntax
  | [] => []
  | group :: rest => group[1] :: inParentheses rest

/-- The binders of a row. -/
meta def ofRow (row : Syntax) : List Syntax :=
  if row[0].isOfKind ``extBinder then [row[0]] else inParentheses row[0].getArgs.toList

meta def nameOf (binder : Syntax) : Term := ⟨binder[0][0]⟩

meta def rangeOf (binder : Syntax) : Range :=
  if binder[1].getNumArgs == 0 then .all
  else if binder[1][0].isOfKind groupKind then .typed ⟨binder[1][0][1]⟩
  else .satisfies ⟨binder[1][0]⟩

/-- A function of the binder's variable. -/
meta def lambda (binder : Syntax) (body : Term) : MacroM Term :=
  let x := nameOf binder
  match rangeOf binder with
  | .typed type => `(fun ($x : $type) => $body)
  | _ => `(fun $x => $body)

/-- `wrap` put around the body for every binder, and once more for a binder's bound. -/
meta def nest (wrap : Term → MacroM Term) : List Syntax → Term → MacroM Term
  | [], body => pure body
  | binder :: rest, body => do
    let body ← nest wrap rest body
    match rangeOf binder with
    | .satisfies property =>
      let x := nameOf binder
      let body ← wrap (← `(fun (_ : satisfies_binder_pred% $x $property) => $body))
      wrap (← `(fun $x => $body))
    | _ => wrap (← lambda binder body)

/-- The body under existential quantifiers. -/
meta def exist : List Syntax → Term → MacroM Term
  | [], body => pure body
  | binder :: rest, body => do
    let body ← exist rest body
    match rangeOf binder with
    | .satisfies property =>
      let x := nameOf binder
      `(Exists fun $x => satisfies_binder_pred% $x $property ∧ $body)
    | _ => `(Exists $(← lambda binder body))

/-- The body under universal quantifiers. -/
meta def all : List Syntax → Term → MacroM Term
  | [], body => pure body
  | binder :: rest, body => do
    let body ← all rest body
    let x : Ident := ⟨binder[0][0]⟩
    match rangeOf binder with
    | .satisfies property => `(∀ $x:ident, satisfies_binder_pred% $x $property → $body)
    | .typed type => `(∀ $x:ident : $type, $body)
    | .all => `(∀ $x:ident, $body)

/-- The body for one value alone. -/
meta def unique (binder : Syntax) (body : Term) : MacroM Term :=
  let x := nameOf binder
  match rangeOf binder with
  | .satisfies property => `(ExistsUnique fun $x => satisfies_binder_pred% $x $property ∧ $body)
  | _ => do `(ExistsUnique $(← lambda binder body))

end ProverArb.Binders

open ProverArb.Binders

/-- Mathlib's `∃ᵉ (x ∈ s) (y > 0), p`. -/
syntax (name := existsExt) "∃ᵉ" extBinders ", " term : term
/-- Mathlib's `∀ᵉ (x ∈ s) (y > 0), p`. -/
syntax (name := forallExt) "∀ᵉ" extBinders ", " term : term

macro_rules
  | `(∃ᵉ $row:extBinders, $p) => exist (ofRow row) p
  | `(∀ᵉ $row:extBinders, $p) => all (ofRow row) p

/-- Mathlib's `∃! x, p`, `∃! x : α, p` and `∃! x ∈ s, p`; of one variable, as there. -/
syntax (name := existsUnique) "∃!" ((ppSpace extBinder) <|> (" (" extBinder ")")) ", " term : term

macro_rules
  | `(∃! $binder:extBinder, $p) => unique binder p
  | `(∃! ($binder:extBinder), $p) => unique binder p

/-- Mathlib's set builder: `{x | p x}` and `{x : α | p x}`. -/
syntax (name := setBuilder) "{" binderIdent (" : " term)? " | " term "}" : term
/-- Mathlib's bounded set builder: `{x ∈ s | p x}`. -/
syntax (name := setBuilderMem) "{" ident " ∈ " term " | " term "}" : term
/-- Mathlib's `{x > a | p x}` and its like. -/
syntax (name := setBuilderPred) (priority := low) "{" ident binderPred " | " term "}" : term
/-- Mathlib's `{f x | x ∈ s}`, the values of an expression. -/
syntax (name := setBuilderValues) (priority := low) "{" term " | " extBinders "}" : term
/-- Mathlib's `{(x, y) : α × β | p x y}`. -/
syntax (name := setBuilderPattern) (priority := low) "{" term " : " term " | " term "}" : term
/-- Mathlib's `{(x, y) | p x y}`. -/
syntax (name := setBuilderPair) (priority := low) "{" "(" term ", " term ")" " | " term "}" : term
/-- Mathlib's `{(x, y, z) | p x y z}`. -/
syntax (name := setBuilderTriple) (priority := low)
  "{" "(" term ", " term ", " term ")" " | " term "}" : term
/-- Mathlib's `{(x, y, z, w) | p x y z w}`. -/
syntax (name := setBuilderQuadruple) (priority := low)
  "{" "(" term ", " term ", " term ", " term ")" " | " term "}" : term

macro_rules
  | `({$x:ident $property:binderPred | $p}) =>
    `(setOf fun $x:ident => satisfies_binder_pred% $x $property ∧ $p)
  | `({$value:term | $row:extBinders}) => do
    let z ← `(z)
    `(setOf fun z => $(← exist (ofRow row) (← `($value = $z))))
  | `({$pattern:term : $type | $p}) => `(setOf fun (z : $type) => match z with | $pattern => $p)

macro_rules (kind := setBuilderPair)
  | `({($x, $y) | $p}) => `(setOf fun v => match v with | ($x, $y) => $p)
macro_rules (kind := setBuilderTriple)
  | `({($x, $y, $z) | $p}) => `(setOf fun v => match v with | ($x, $y, $z) => $p)
macro_rules (kind := setBuilderQuadruple)
  | `({($x, $y, $z, $w) | $p}) => `(setOf fun v => match v with | ($x, $y, $z, $w) => $p)

/-- Mathlib's `Type*`: a type in a universe of its own. -/
syntax (name := typeStar) "Type*" : term
/-- Mathlib's `Sort*`: a sort in a universe of its own. -/
syntax (name := sortStar) "Sort*" : term

/-- Mathlib's `Nat.iterate`, written `f^[n]`. -/
@[expose] def Nat.iterate {α : Sort u} (op : α → α) : ℕ → α → α
  | 0, a => a
  | n + 1, a => iterate op n (op a)

@[inherit_doc Nat.iterate] notation:max f "^[" n "]" => Nat.iterate f n

@[simp] theorem Function.iterate_zero {α : Sort u} (f : α → α) : f^[0] = id := rfl
@[simp] theorem Function.iterate_zero_apply {α : Sort u} (f : α → α) (x : α) : f^[0] x = x := rfl
theorem Function.iterate_succ_apply {α : Sort u} (f : α → α) (n : ℕ) (x : α) :
    f^[n + 1] x = f^[n] (f x) := rfl
theorem Function.iterate_succ_apply' {α : Sort u} (f : α → α) (n : ℕ) (x : α) :
    f^[n + 1] x = f (f^[n] x) := by
  induction n generalizing x with
  | zero => rfl
  | succ n ih => exact ih (f x)
