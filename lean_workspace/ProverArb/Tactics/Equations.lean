import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Structure

/-!
Tactics about equations, the places where they rewrite, and the order of goals: `convert`, `nth_rw`,
`split_ifs`, `choose`, `lift` and their kin.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

/-- What a function does to a relation: equations are kept by every function, `≤` and `<` by those
that are monotone, which is to be shown. -/
def evalApplyFun : Tactic := fun stx => do
  let f : Term := ⟨stx[1]⟩
  let monotone : Term ← if stx[3].isNone then `(?_) else pure ⟨stx[3][1]⟩
  if stx[2].isNone then
    -- the goal: what is injective may be applied to both sides
    run (← `(tactic| refine ($monotone : $(lib `Function.Injective) $f) ?_))
    run (← `(tactic| try dsimp only))
    -- that it is injective comes last
    if stx[3].isNone then run (← `(tactic| rotate_left))
  else
    for h in stx[2][0][1][0].getArgs do
      let h : Ident := ⟨h⟩
      firstOf [
        do run (← `(tactic| replace $h:ident := $(lib ``congrArg) $f $h:ident)),
        do run (← `(tactic| replace $h:ident := ($monotone : $(lib `Monotone) $f) $h:ident)),
        do run (← `(tactic| replace $h:ident := ($monotone : $(lib `StrictMono) $f) $h:ident)),
        do
          let x ← freshName `h
          run (← `(tactic| (have $x:ident : $(lib `Monotone) $f := ?_; replace $h:ident := $x $h:ident; clear $x:ident; rotate_left))),
        do
          let x ← freshName `h
          run (← `(tactic| (have $x:ident : $(lib `StrictMono) $f := ?_; replace $h:ident := $x $h:ident; clear $x:ident; rotate_left)))]
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
  let depth := if stx[2].isNone then some 1 else stx[2][1].isNatLit?
  convertBy (← `((?_ : $t))) depth false

/-- Lemmas by which a relation is passed on, by the relation. -/
def transitive : List (Name × Name) :=
  [(``Eq, ``Eq.trans), (``Iff, ``Iff.trans), (``LE.le, `le_trans), (``LT.lt, `lt_trans),
   (``GE.ge, `ge_trans), (``GT.gt, `gt_trans), (``Dvd.dvd, `dvd_trans)]

def evalTrans : Tactic := fun stx => do
  let middle : Term ← if stx[1].isNone then `(?_) else pure ⟨stx[1][0]⟩
  let target ← withMainContext do whnfR (← instantiateMVars (← getMainTarget))
  let named := transitive.filter fun (relation, name) => target.isAppOf relation && name != .anonymous
  let env ← getEnv
  let attempts := (named.filter fun (_, name) => env.contains name).map fun (_, name) => do
    run (← `(tactic| refine $(lib name) (b := $middle) ?_ ?_))
  firstOf (attempts ++
    [do run (← `(tactic| refine $(lib ``Trans.trans) (b := $middle) ?_ ?_))])

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

def evalDecidePush : Tactic := fun _ => do run (← `(tactic| decide +kernel))

def evalIntrov : Tactic := fun stx => do
  for b in stx[1].getArgs do
    match nameOf b with
    | some n => let i := mkIdent n; run (← `(tactic| intro $i:ident))
    | none => run (← `(tactic| intro _))

/-- What a value is lifted to, the condition, and the lemma that gives it. -/
def evalLift : Tactic := fun stx => withMainContext do
  let z : Term := ⟨stx[1]⟩
  let names := if stx[5].isNone then [] else stx[5][1].getArgs.toList.map nameOf
  let name : Ident ← match names with
    | some n :: _ => pure (mkIdent n)
    | _ => if stx[1].isIdent then pure ⟨stx[1]⟩ else freshName `n
  let h : Ident ← match names with
    | _ :: some n :: _ => pure (mkIdent n)
    | _ => freshName `h
  let target ← whnfR (← Term.elabType stx[3])
  let lemma' : Name :=
    if target.isConstOf ``Nat then ``Int.eq_ofNat_of_zero_le
    else if target.isConstOf `PNat then `ProverArb.Cases.lift_pnat
    else .anonymous
  if lemma'.isAnonymous then throwError "lift: {stx[3]} is not a type that values are lifted to here"
  let proof : Term ← if stx[4].isNone then `(by first | assumption | omega | positivity) else pure ⟨stx[4][1]⟩
  run (← `(tactic| obtain ⟨$name:ident, $h:ident⟩ := $(lib lemma') (a := $z) $proof))
  if stx[1].isIdent then run (← `(tactic| try subst $h:ident))
  else run (← `(tactic| try rw [$h:ident] at *))

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
