module

public import ProverArb.Core.Fintype
public import ProverArb.Core.Binders

/-!
Mathlib's notation of finite sums and products, the older spelling too, and products of sets.
-/

@[expose] public noncomputable section

set_option autoImplicit false

universe u v w

open Lean

/-- Mathlib's `SProd`, the products of sets. -/
class SProd (α : Type u) (β : Type v) (γ : outParam (Type w)) where
  /-- The product, written `s ×ˢ t`. -/
  sprod : α → β → γ

@[inherit_doc] infixr:82 " ×ˢ " => SProd.sprod

/-- Mathlib's `Set.prod`. -/
instance {α : Type u} {β : Type v} : SProd (Set α) (Set β) (Set (α × β)) :=
  ⟨fun s t => setOf fun p => p.1 ∈ s ∧ p.2 ∈ t⟩

@[simp, grind =] theorem Set.mem_prod {α : Type u} {β : Type v} {s : Set α} {t : Set β} {p : α × β} :
    (p ∈ s ×ˢ t) = (p.1 ∈ s ∧ p.2 ∈ t) := rfl

namespace Finset
variable {α : Type u} {β : Type v}

/-- All pairs of members of two lists. -/
def pairs (l : List α) (m : List β) : List (α × β) := l.flatMap fun a => m.map (Prod.mk a)

theorem pairs_perm {l l' : List α} {m m' : List β} (h : l.Perm l') (h' : m.Perm m') :
    (pairs l m).Perm (pairs l' m') := by
  have left : (pairs l m).Perm (pairs l m') := by
    clear h
    induction l with
    | nil => exact List.Perm.refl _
    | cons a t ih => exact (h'.map (Prod.mk a)).append ih
  refine left.trans ?_
  clear left
  induction h with
  | nil => exact List.Perm.refl _
  | cons a _ ih => exact ih.append_left _
  | swap a b t =>
    show List.Perm (m'.map (Prod.mk b) ++ (m'.map (Prod.mk a) ++ pairs t m'))
      (m'.map (Prod.mk a) ++ (m'.map (Prod.mk b) ++ pairs t m'))
    rw [← List.append_assoc, ← List.append_assoc]
    exact List.perm_append_comm.append_right _
  | trans _ _ ih ih' => exact ih.trans ih'

theorem pairs_nodup {l : List α} {m : List β} (h : l.Nodup) (h' : m.Nodup) : (pairs l m).Nodup := by
  induction l with
  | nil => exact List.nodup_nil
  | cons a t ih =>
    show (m.map (Prod.mk a) ++ pairs t m).Nodup
    refine List.nodup_append.2 ⟨List.Pairwise.map _ (fun _ _ hb he => hb (Prod.mk.inj he).2) h',
      ih (List.nodup_cons.1 h).2, ?_⟩
    intro x hx y hy he
    subst he
    obtain ⟨b, _, rfl⟩ := List.mem_map.1 hx
    obtain ⟨c, hc, hy⟩ := List.mem_flatMap.1 hy
    obtain ⟨d, _, hd⟩ := List.mem_map.1 hy
    exact (List.nodup_cons.1 h).1 ((Prod.mk.inj hd).1 ▸ hc)

/-- Mathlib's `Finset.product`. -/
protected def product (s : Finset α) (t : Finset β) : Finset (α × β) where
  val := Quotient.liftOn₂ s.val t.val (fun l m => Multiset.ofList (pairs l m))
    fun _ _ _ _ h h' => Quotient.sound (pairs_perm h h')
  nodup := by
    obtain ⟨l, h, rfl⟩ := s.exists_list
    obtain ⟨m, h', rfl⟩ := t.exists_list
    exact pairs_nodup h h'

instance : SProd (Finset α) (Finset β) (Finset (α × β)) := ⟨Finset.product⟩

@[simp, grind =] theorem mem_product {s : Finset α} {t : Finset β} {p : α × β} :
    p ∈ s ×ˢ t ↔ p.1 ∈ s ∧ p.2 ∈ t := by
  obtain ⟨l, h, rfl⟩ := s.exists_list
  obtain ⟨m, h', rfl⟩ := t.exists_list
  show p ∈ pairs l m ↔ _
  unfold pairs
  rw [List.mem_flatMap]
  constructor
  · rintro ⟨a, ha, hp⟩
    obtain ⟨b, hb, rfl⟩ := List.mem_map.1 hp
    exact ⟨ha, hb⟩
  · rintro ⟨ha, hb⟩
    exact ⟨p.1, ha, List.mem_map.2 ⟨p.2, hb, rfl⟩⟩

end Finset

/-- Mathlib's binder of a finite sum: `x`, `x : α`, `x ∈ s`, `x < n`; the older `x in s`, `x : α in s`. -/
syntax bigOpBinder := term:max ((" : " term (" in " term)?) <|> (" in " term) <|> binderPred)?
/-- One binder, or several, each in parentheses, for the sum over the product. -/
syntax bigOpBinders := (atomic(" (" bigOpBinder ")"))+ <|> (ppSpace bigOpBinder)

/-- Mathlib's `∑ x ∈ s, f x`, `∑ x, f x`, `∑ x ∈ s with p x, f x`. -/
syntax (name := bigSum) "∑ " bigOpBinders (" with " term)? ", " term:67 : term
/-- Mathlib's `∏ x ∈ s, f x`, `∏ x, f x`, `∏ x ∈ s with p x, f x`. -/
syntax (name := bigProd) "∏ " bigOpBinders (" with " term)? ", " term:67 : term

namespace ProverArb.BigOp

meta def inParentheses : List Syntax → List Syntax
  | [] => []
  | group :: rest => group[1] :: inParentheses rest

meta def ofRow (row : Syntax) : List Syntax :=
  if row[0].isOfKind ``bigOpBinder then [row[0]] else inParentheses row[0].getArgs.toList

/-- The finite set that `x > a` and its like stand for. -/
meta def bounded (x : Term) (property : TSyntax `binderPred) : MacroM Term :=
  match property with
  | `(binderPred| ∈ $s) => `($s)
  | `(binderPred| < $a) => `(Finset.Iio $a)
  | `(binderPred| ≤ $a) => `(Finset.Iic $a)
  | _ => `(Finset.filter (fun $x => satisfies_binder_pred% $x $property) Finset.univ)

/-- The finite set that a binder runs over. -/
meta def rangeOf (binder : Syntax) : MacroM Term :=
  let range := binder[1][0]
  if binder[1].getNumArgs == 0 then `(Finset.univ)
  else if !range.isOfKind groupKind then bounded ⟨binder[0]⟩ ⟨range⟩
  else if range[0].isToken "in" then pure ⟨range[1]⟩
  else if range[2].getNumArgs == 0 then `((Finset.univ : Finset $(⟨range[1]⟩)))
  else pure ⟨range[2][1]⟩

/-- The variable of a binder with its type, if that is given. -/
meta def patternOf (binder : Syntax) : MacroM Term :=
  let range := binder[1][0]
  let x : Term := ⟨binder[0]⟩
  if binder[1].getNumArgs != 0 && range.isOfKind groupKind && range[0].isToken ":" then
    `(($x : $(⟨range[1]⟩)))
  else pure x

/-- The set of a row and the pattern of its members. -/
meta def product : List Syntax → MacroM (Term × Term)
  | [] => do return (← `(Finset.univ), ← `(_))
  | [binder] => do return (← rangeOf binder, ← patternOf binder)
  | binder :: rest => do
    let (s, x) ← product rest
    return (← `($(← rangeOf binder) ×ˢ $s), ← `(($(⟨binder[0]⟩), $x)))

meta def filtered (s x : Term) : Option Term → MacroM Term
  | none => pure s
  | some p => `(Finset.filter (fun $x => $p) $s)

end ProverArb.BigOp

open ProverArb.BigOp

macro_rules
  | `(∑ $row:bigOpBinders $[with $p]?, $f) => do
    let (s, x) ← product (ofRow row)
    `(Finset.sum $(← filtered s x p) (fun $x => $f))
  | `(∏ $row:bigOpBinders $[with $p]?, $f) => do
    let (s, x) ← product (ofRow row)
    `(Finset.prod $(← filtered s x p) (fun $x => $f))
