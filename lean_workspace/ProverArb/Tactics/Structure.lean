import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic

/-!
Tactics that arrange goals and hypotheses: `by_contra`, `use`, `cases'`, `set`, `convert` and their kin.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

def pushNegLemmas : List Name :=
  [`Classical.not_forall, `not_exists, `Classical.not_imp, `not_and, `not_or, `Classical.not_not,
   `not_le, `not_lt, `Set.not_nonempty_iff_eq_empty, `Finset.not_nonempty_iff_eq_empty, `ne_eq, `Classical.not_not, `not_false_eq_true, `not_true_eq_false, `exists_prop]

def simpLemmas (names : List Name) : TacticM (Array (TSyntax ``Parser.Tactic.simpLemma)) := do
  let mut out := #[]
  for n in names do
    if (← getEnv).contains n then
      out := out.push (← `(Parser.Tactic.simpLemma| $(lib n):ident))
  return out

/-- `simp only` with lemmas of the library, at a place. -/
def simpOnly (names : List Name) (location : Syntax) : TacticM Unit := do
  let lemmas ← simpLemmas names
  let loc : Option (TSyntax ``Parser.Tactic.location) :=
    if location.isNone then none else some ⟨if location.getKind == nullKind then location[0] else location⟩
  match loc with
  | none => run (← `(tactic| simp -failIfUnchanged only [$lemmas,*]))
  | some l => run (← `(tactic| simp -failIfUnchanged only [$lemmas,*] $l))

def noLocation : Syntax := .node .none nullKind #[]

def pushNegAt (location : Syntax) : TacticM Unit := do
  simpOnly pushNegLemmas location
  simpOnly [`ne_eq_eq] location

def evalPushNeg : Tactic := fun stx => pushNegAt stx[2]

def atName (name : Ident) : TacticM Syntax := do
  let l ← `(Parser.Tactic.location| at $name:ident)
  return .node .none nullKind #[l]

def binderName (stx : Syntax) (otherwise : Name) : TacticM Ident := do
  if stx.isNone then return mkIdent otherwise
  match nameOf stx[0] with
  | some n => return mkIdent n
  | none => freshName `h

/-- The negated goal as a hypothesis; a double negation is left out. -/
def byContraAs (name : Ident) : TacticM Unit := do
  let target ← withMainContext do whnfR (← getMainTarget)
  if target.isAppOfArity ``Not 1 then
    run (← `(tactic| intro $name:ident))
  else
    run (← `(tactic| refine $(lib ``Classical.byContradiction) fun $name:ident => ?_))

def evalByContra : Tactic := fun stx => do
  let name ← binderName stx[1] `this
  byContraAs name
  unless stx[2].isNone do
    let type : Term := ⟨stx[2][1]⟩
    run (← `(tactic| first | change $type at $name:ident | replace $name:ident : $type := by first | assumption | simpa using $name:ident))

def evalContrapose (push : Bool) : Tactic := fun stx => do
  unless stx[1].isNone do
    let h : Ident := ⟨stx[1][0]⟩
    run (← `(tactic| revert $h:ident))
  run (← `(tactic| refine $(lib `mt) ?_)) <|>
    run (← `(tactic| (intro h'; refine $(lib ``Classical.byContradiction) fun h'' => (?_ : ¬ _) h'; revert h'')))
  if push then pushNegAt noLocation
  unless stx[1].isNone do
    let h : Ident := if stx[1][1].isNone then ⟨stx[1][0]⟩ else ⟨stx[1][1][1]⟩
    run (← `(tactic| intro $h:ident))

def evalAbsurd : Tactic := fun stx => do
  let t : Term := ⟨stx[1]⟩
  run (← `(tactic| refine $(lib ``absurd) $t ?_))

/-- What `use` tries on what it leaves: conjunctions are split only where all of it closes. -/
def evalUseDischarger : Tactic := fun _ => do
  run (← `(tactic| first
    | (intros; with_reducible rfl)
    | assumption
    | trivial
    | (refine ⟨?_, ?_⟩ <;> use_discharger)))

def useOne (t : Term) : TacticM Unit :=
  firstOf
    [do run (← `(tactic| refine ⟨$t, ?_⟩)),
     do run (← `(tactic| exact $t)),
     do run (← `(tactic| refine ⟨($t : _), ?_⟩)),
     do run (← `(tactic| (apply Exists.intro $t)))]

partial def useAll : List Term → TacticM Unit
  | [] => pure ()
  | t :: rest => do
    match t with
    | `(⟨$ts,*⟩) =>
      if ← succeeds (useOne t) then useAll rest else useAll (ts.getElems.toList ++ rest)
    | _ => useOne t; useAll rest

def evalUse : Tactic := fun stx => do
  useAll ((stx[4].getSepArgs.toList).map fun t => ⟨t⟩)
  unless (← getUnsolvedGoals).isEmpty do
    let _ ← succeeds (run (← `(tactic| use_discharger)))

def evalExistsi : Tactic := fun stx => do
  useAll ((stx[1].getSepArgs.toList).map fun t => ⟨t⟩)

def casesOrInduction (induction : Bool) (stx : Syntax) : TacticM Unit := withMainContext do
  let old ← getLCtx
  let main ← getMainGoal
  let others := (← getGoals).tail
  setGoals [main]
  let targets : List Term := (stx[2].getSepArgs.toList).map fun t => ⟨t⟩
  let names := if stx[4].isNone then [] else stx[4][1].getArgs.toList
  let using? : Option Ident := if stx[3].isNone then none else some ⟨stx[3][1]⟩
  let general : Array Ident :=
    if induction && !stx[5].isNone then stx[5][1].getArgs.map fun i => ⟨i⟩ else #[]
  match targets with
  | [t] =>
    let t ← if stx[1].isNone then pure t else do
      let h : Ident := ⟨stx[1][0]⟩
      let x ← freshName `x
      run (← `(tactic| generalize $h:ident : $t = $x:ident))
      pure (⟨x⟩ : Term)
    if induction then
      match using?, general.isEmpty with
      | none, true => run (← `(tactic| induction $t:term))
      | none, false => run (← `(tactic| induction $t:term generalizing $general*))
      | some r, true => run (← `(tactic| induction $t:term using $r:ident))
      | some r, false => run (← `(tactic| induction $t:term using $r:ident generalizing $general*))
    else
      match using? with
      | none => run (← `(tactic| cases $t:term))
      | some r => run (← `(tactic| cases $t:term using $r:ident))
  | _ =>
    let mut parts : Array (TSyntax ``Parser.Tactic.elimTarget) := #[]
    for t in targets do parts := parts.push (← `(Parser.Tactic.elimTarget| $t:term))
    let ts : Syntax.TSepArray ``Parser.Tactic.elimTarget "," := Syntax.TSepArray.ofElems (sep := ",") parts
    let some r := using? | throwError "several terms need `using` and a principle for all of them"
    if induction then
      if general.isEmpty then run (← `(tactic| induction $ts,* using $r:ident))
      else run (← `(tactic| induction $ts,* using $r:ident generalizing $general*))
    else run (← `(tactic| cases $ts,* using $r:ident))
  let goals ← renameNew old (← getUnsolvedGoals) names
  setGoals (goals ++ others)

def evalCasesPrime : Tactic := casesOrInduction false
def evalInductionPrime : Tactic := casesOrInduction true

def evalSet : Tactic := fun stx => do
  let x : Ident := ⟨stx[2]⟩
  let value : Term := ⟨stx[5]⟩
  let main ← getMainGoal
  main.withContext do
    let type? ← if stx[3].isNone then pure none else some <$> Term.elabType stx[3][1]
    let v ← Tactic.elabTermEnsuringType value type?
    let type ← inferType v
    let goal ← main.define x.getId type v
    let (fvar, goal) ← goal.intro1P
    let goal ← goal.withContext do
      let mut goal := goal
      let target ← instantiateMVars (← goal.getType)
      let abstracted ← kabstract target v
      if abstracted.hasLooseBVars then
        goal ← goal.replaceTargetDefEq (abstracted.instantiate1 (.fvar fvar))
      for d in ← getLCtx do
        if d.isImplementationDetail || d.fvarId == fvar || d.isLet then continue
        let t ← instantiateMVars d.type
        if t.containsFVar fvar then continue
        let abstracted ← kabstract t v
        if abstracted.hasLooseBVars then
          goal ← goal.replaceLocalDeclDefEq d.fvarId (abstracted.instantiate1 (.fvar fvar))
      return goal
    replaceMainGoal [goal]
  unless stx[6].isNone do
    let h ← match nameOf stx[6][2] with
      | some n => pure (mkIdent n)
      | none => freshName `h
    if stx[6][1].isNone then run (← `(tactic| have $h:ident : $x:ident = $value := rfl))
    else run (← `(tactic| have $h:ident : $value = $x:ident := rfl))

end ProverArb.Tactics
