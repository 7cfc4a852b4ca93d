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
   `not_le, `not_lt, `ne_eq, `Classical.not_not, `not_false_eq_true, `not_true_eq_false, `exists_prop]

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

def evalByContraPush : Tactic := fun stx => do
  let name ← freshName `h
  run (← `(tactic| refine $(lib ``Classical.byContradiction) fun $name:ident => ?_))
  pushNegAt (← atName name)
  unless stx[2].isNone do
    let type : Term := ⟨stx[2][1]⟩
    run (← `(tactic| first | change $type at $name:ident | replace $name:ident : $type := by first | assumption | simpa using $name:ident))
  if (← getUnsolvedGoals).isEmpty then return
  if stx[1].isNone then
    let this := mkIdent `this
    run (← `(tactic| rename _ => $this:ident)) <|> pure ()
    run (← `(tactic| have $this:ident := $name:ident))
  else
    let pattern : TSyntax `Lean.Parser.Tactic.rcasesPatMed := ⟨stx[1][0]⟩
    run (← `(tactic| obtain $pattern := $name:ident))

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

def evalUseDischarger : Tactic := fun _ => do
  run (← `(tactic| first
    | done
    | (intros; with_reducible rfl)
    | assumption
    | trivial
    | (refine ⟨?_, ?_⟩ <;> first | with_reducible rfl | assumption | trivial | skip)
    | skip))

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
  let ts := (Syntax.TSepArray.ofElems (sep := ",") targets.toArray : Syntax.TSepArray `term ",")
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
  | _ => let _ := ts; throwError "one term at a time, please"
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

def evalApplyFun : Tactic := fun stx => do
  let f : Term := ⟨stx[1]⟩
  if stx[2].isNone then
    throwError "apply_fun is for hypotheses here: apply_fun f at h"
  for h in stx[2][0][1][0].getArgs do
    let h : Ident := ⟨h⟩
    run (← `(tactic| replace $h:ident := $(lib ``congrArg) $f $h:ident))
    run (← `(tactic| try dsimp only at $h:ident))

def evalApplyAt : Tactic := fun stx => do
  let f : Term := ⟨stx[1]⟩
  let h : Ident := ⟨stx[3]⟩
  firstOf [
    do run (← `(tactic| replace $h:ident := $f $h:ident)),
    do run (← `(tactic| replace $h:ident := ($f).1 $h:ident)),
    do run (← `(tactic| replace $h:ident := $f _ $h:ident)),
    do run (← `(tactic| replace $h:ident := by (first | exact $f $h | (apply $f; exact $h))))]

/-- `e` closes the goal up to an equation of propositions, which is taken apart by congruence. -/
def convertBy (e : Term) (depth : Option Nat) (symm : Bool) : TacticM Unit := do
  let main ← getMainGoal
  main.withContext do
    let (v, new) ← elabTermWithHoles e none (← getMainTag) (allowNaturalHoles := true)
    let type ← inferType v
    let target ← main.getType
    let equation ← if symm then mkEq target type else mkEq type target
    let goal ← mkFreshExprSyntheticOpaqueMVar equation
    let proof ← if symm then mkEqMPR (goal) v else mkEqMP goal v
    let proof ← if symm then mkEqMP (← mkEqSymm goal) v else pure proof
    main.assign proof
    let goals ← goal.mvarId!.congrN (depth.getD 1000) (closePre := true) (closePost := true)
    setGoals (goals ++ new ++ (← getGoals).tail)
  run (← `(tactic| all_goals try first | rfl | assumption))

def evalConvert : Tactic := fun stx => do
  let depth := if stx[3].isNone then none else stx[3][1].isNatLit?
  convertBy ⟨stx[2]⟩ depth (!stx[1].isNone)

def evalConvertTo : Tactic := fun stx => do
  let t : Term := ⟨stx[1]⟩
  let depth := if stx[2].isNone then none else stx[2][1].isNatLit?
  convertBy (← `((?_ : $t))) depth false

def evalCongrPush : Tactic := fun stx => do
  let depth := if stx[1].isNone then 1000 else (stx[1][0].isNatLit?).getD 1000
  let main ← getMainGoal
  let others := (← getGoals).tail
  let goals ← main.congrN depth (closePre := true) (closePost := true)
  setGoals goals
  run (← `(tactic| all_goals try first | rfl | assumption))
  setGoals ((← getGoals) ++ others)

def evalTrans : Tactic := fun stx => do
  let middle : Term ← if stx[1].isNone then `(_) else pure ⟨stx[1][0]⟩
  firstOf
    [do run (← `(tactic| refine $(lib ``Trans.trans) (b := $middle) ?_ ?_)),
     do run (← `(tactic| refine $(lib ``Eq.trans) (b := $middle) ?_ ?_)),
     do run (← `(tactic| refine $(lib ``Iff.trans) (b := $middle) ?_ ?_))]

def evalSplitIfs : Tactic := fun stx => do
  let names := if stx[2].isNone then [] else stx[2][1].getArgs.toList
  let loc : Option (TSyntax ``Parser.Tactic.location) := if stx[1].isNone then none else some ⟨stx[1][0]⟩
  let once : TacticM Unit := do
    match loc with
    | none => run (← `(tactic| split))
    | some l => run (← `(tactic| split $l:location))
  let others := (← getGoals).tail
  let main ← getMainGoal
  let rec go (fuel : Nat) (goal : MVarId) (names : List Syntax) (first : Bool) : TacticM (List MVarId) := do
    match fuel with
    | 0 => return [goal]
    | fuel + 1 =>
      setGoals [goal]
      let old := (← goal.getDecl).lctx
      let worked ← succeeds once
      if !worked then
        if first then throwError "no if-then-else to split"
        return [goal]
      let goals ← getUnsolvedGoals
      let mut out := []
      for g in goals do
        let (g, _) ← rename g (← newVariables old g) names
        out := out ++ (← go fuel g names.tail false)
      return out
  let goals ← go 12 main names true
  setGoals (goals ++ others)
  let _ ← succeeds (run (← `(tactic| all_goals try contradiction)))

def evalSwap : Tactic := fun _ => do
  match ← getGoals with
  | a :: b :: rest => setGoals (b :: a :: rest)
  | _ => throwError "swap: there are not two goals"

def evalPickGoal : Tactic := fun stx => do
  let goals ← getGoals
  let n := (stx[2].isNatLit?).getD 1
  let n := if stx[1].isNone then n else goals.length + 1 - n
  match goals[n - 1]? with
  | some g => setGoals (g :: goals.eraseIdx (n - 1))
  | none => throwError "pick_goal: there are only {goals.length} goals"

def evalAssumptionPrime : Tactic := fun _ => do run (← `(tactic| any_goals assumption))

def evalClearValue : Tactic := fun stx => withMainContext do
  for x in stx[1].getArgs do
    let x : Ident := ⟨x⟩
    let main ← getMainGoal
    let fvar ← getFVarId x
    let (reverted, g) ← main.revert #[fvar] true
    let type ← instantiateMVars (← g.getType)
    match type with
    | .letE n t v b _ =>
      let rest ← g.withContext do
        let new ← mkFreshExprSyntheticOpaqueMVar (.forallE n t b .default) (← g.getTag)
        g.assign (.app new v)
        pure new.mvarId!
      let (_, g) ← rest.introNP reverted.size
      replaceMainGoal [g]
    | _ =>
      let (_, g) ← g.introNP reverted.size
      replaceMainGoal [g]

def evalExacts : Tactic := fun stx => do
  for t in hintsOf (.node .none nullKind #[stx[1]]) do
    run (← `(tactic| exact $t))

def evalRsuffices : Tactic := fun stx => do
  let pattern : TSyntax `Lean.Parser.Tactic.rcasesPatMed := ⟨stx[1][0]⟩
  let type : Term := ⟨stx[2][1]⟩
  run (← `(tactic| obtain $pattern : $type := ?_))
  run (← `(tactic| rotate_left))

def evalDecidePush : Tactic := fun _ => do run (← `(tactic| decide +kernel))

def evalIntrov : Tactic := fun stx => do
  for b in stx[1].getArgs do
    match nameOf b with
    | some n => let i := mkIdent n; run (← `(tactic| intro $i:ident))
    | none => run (← `(tactic| intro _))

def evalChoose : Tactic := fun stx => do
  let names := stx[2].getArgs.toList
  let h : Term := ⟨stx[3][1]⟩
  match names with
  | f :: rest =>
    let f : Ident := mkIdent ((nameOf f).getD `f)
    let x ← freshName `h
    run (← `(tactic| obtain ⟨$f:ident, $x:ident⟩ := $(lib ``Classical.axiomOfChoice) $h)) <|>
      run (← `(tactic| obtain ⟨$f:ident, $x:ident⟩ := $h))
    match rest with
    | [] => pure ()
    | [g] =>
      let g : Ident := mkIdent ((nameOf g).getD `h)
      run (← `(tactic| have $g:ident := $x:ident))
    | [g, k] =>
      let g : Ident := mkIdent ((nameOf g).getD `h)
      let k : Ident := mkIdent ((nameOf k).getD `h)
      run (← `(tactic| (have $g:ident := fun a => ($x a).1; have $k:ident := fun a => ($x a).2)))
    | _ => throwError "choose: two properties at most"
  | [] => throwError "choose: a name is missing"

def evalLift : Tactic := fun stx => withMainContext do
  let z : Term := ⟨stx[1]⟩
  let name : Ident ← if stx[5].isNone then
      (if stx[1].isIdent then pure ⟨stx[1]⟩ else freshName `n)
    else pure (mkIdent ((nameOf stx[5][1]).getD `n))
  let h ← freshName `h
  let proof : Term ← if stx[4].isNone then `(by first | assumption | omega | positivity) else pure ⟨stx[4][1]⟩
  if stx[1].isIdent then
    run (← `(tactic| obtain ⟨$name:ident, rfl⟩ := $(lib ``Int.eq_ofNat_of_zero_le) (a := $z) $proof))
  else
    run (← `(tactic| obtain ⟨$name:ident, $h:ident⟩ := $(lib ``Int.eq_ofNat_of_zero_le) (a := $z) $proof))

def evalNthRewrite (rfl' : Bool) : Tactic := fun stx => do
  let nums : Array (TSyntax `num) := stx[1].getArgs.map fun n => ⟨n⟩
  let rules : TSyntax ``Parser.Tactic.rwRuleSeq := ⟨stx[2]⟩
  let nums := (Syntax.TSepArray.ofElems (sep := ",") nums : Syntax.TSepArray `num ",")
  let occurrences ← `(Parser.Tactic.optConfig| (occs := .pos [$nums,*]))
  if stx[3].isNone then run (← `(tactic| rewrite $occurrences:optConfig $rules:rwRuleSeq))
  else
    let l : TSyntax ``Parser.Tactic.location := ⟨stx[3][0]⟩
    run (← `(tactic| rewrite $occurrences:optConfig $rules:rwRuleSeq $l:location))
  if rfl' then run (← `(tactic| with_reducible try rfl))

def evalSimpRw : Tactic := fun stx => do
  let rules := stx[2][1].getSepArgs
  for r in rules do
    let symm := !r[0].isNone
    let t : Term := ⟨r[1]⟩
    let lemma' ← if symm then `(Parser.Tactic.simpLemma| ← $t) else `(Parser.Tactic.simpLemma| $t:term)
    if stx[3].isNone then run (← `(tactic| simp only [$lemma']))
    else
      let l : TSyntax ``Parser.Tactic.location := ⟨stx[3][0]⟩
      run (← `(tactic| simp only [$lemma'] $l))
    if (← getUnsolvedGoals).isEmpty then return

def evalConvSide (left : Bool) : Tactic := fun stx => do
  let seq : TSyntax ``Parser.Tactic.Conv.convSeq := ⟨stx[4]⟩
  let side ← if left then `(conv| lhs) else `(conv| rhs)
  if stx[1].isNone then
    run (← `(tactic| conv => ($side:conv; ($seq))))
  else
    let h : Ident := ⟨stx[1][1]⟩
    run (← `(tactic| conv at $h:ident => ($side:conv; ($seq))))

def evalSkip : Tactic := fun _ => pure ()

end ProverArb.Tactics
