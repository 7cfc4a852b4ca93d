import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Structure

/-!
Tactics that go through quantifiers: `wlog`, `peel`, `choose`.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

/-- What `wlog` speaks of anew: all variables and hypotheses other than types and instances, on
which nothing that is assumed without loss of generality can depend. -/
def generalizable : TacticM (List Expr) := withMainContext do
  let mut out : List Expr := []
  for d in ← getLCtx do
    if d.isImplementationDetail || d.binderInfo.isInstImplicit then continue
    let type ← whnfR (← instantiateMVars d.type)
    match type with
    | .sort l => if l.isZero then out := d.toExpr :: out
    | _ => if (← isClass? type).isNone then out := d.toExpr :: out
  return out.reverse

def fvarsOf : List Expr → List FVarId
  | [] => []
  | .fvar x :: rest => x :: fvarsOf rest
  | _ :: rest => fvarsOf rest

/-- `wlog h : p generalizing x with H`: the first goal is to prove the theorem where `h : ¬ p` from
`H`, which says it for all `x` with `p`; the second has `h : p`. -/
def evalWlog : Tactic := fun stx => withMainContext do
  let name ← match nameOf stx[1] with
    | some n => pure n
    | none => pure (← freshName `h).getId
  let general := if stx[5].isNone then `this else (nameOf stx[5][1]).getD `this
  let main ← getMainGoal
  let others := (← getGoals).tail
  let tag ← main.getTag
  let p ← Term.elabType stx[3]
  Term.synthesizeSyntheticMVarsNoPostponing
  let p ← instantiateMVars p
  let target ← instantiateMVars (← main.getType)
  let chosen ← if stx[4].isNone then generalizable
    else stx[4][1].getArgs.toList.mapM fun x => do return .fvar (← getFVarId x)
  let deps ← collectForwardDeps chosen.toArray (preserveOrder := false)
  let statement ← withLocalDeclD name p fun h => do
    mkForallFVars deps (← mkForallFVars #[h] target)
  let negation := mkApp (mkConst ``Not) p
  let second ← mkFreshExprSyntheticOpaqueMVar statement tag
  let reduction ← withLocalDeclD general statement fun H => withLocalDeclD name negation fun h =>
    mkForallFVars #[H, h] target
  let first ← mkFreshExprSyntheticOpaqueMVar reduction tag
  let here := mkAppN second deps
  let there := mkApp first second
  main.assign (← mkAppOptM ``Classical.byCases #[some p, some target, some here, some there])
  let (_, g₁) ← first.mvarId!.intro general
  let (_, g₁) ← g₁.intro name
  let bare ← second.mvarId!.tryClearMany (fvarsOf deps.toList).toArray
  let (_, g₂) ← bare.introNP deps.size
  let (_, g₂) ← g₂.intro name
  setGoals (g₁ :: g₂ :: others)

/-- A quantifier that a proposition begins with. -/
inductive Quantifier where
  | all
  | any
  | and
  deriving BEq

def quantifier? (p : Expr) : Option Quantifier :=
  if p.isForall then some .all
  else if p.isAppOfArity ``Exists 2 then some .any
  else if p.isAppOfArity ``And 2 then some .and
  else none

/-- The quantifier that the term and the goal both begin with. -/
def common? (h : Ident) : TacticM (Option Quantifier) := withMainContext do
  let t ← whnfR (← instantiateMVars (← inferType (← Tactic.elabTerm h none)))
  let g ← whnfR (← instantiateMVars (← getMainTarget))
  match quantifier? t, quantifier? g with
  | some a, some b => return if a == b then some a else none
  | _, _ => return none

/-- Takes one quantifier off the term `h` and the goal; the new variable gets the name. -/
def peelOne (h : Ident) (name : Ident) : Quantifier → TacticM Unit
  | .all => do
    run (← `(tactic| intro $name:ident))
    run (← `(tactic| have $h:ident := $h $name))
    run (← `(tactic| try dsimp only at $h:ident))
  | .any => do
    let x ← freshName `h
    run (← `(tactic| obtain ⟨$name:ident, $x:ident⟩ := $h:ident))
    run (← `(tactic| refine ⟨$name, ?_⟩))
    run (← `(tactic| have $h:ident := $x:ident))
    run (← `(tactic| try dsimp only at $h:ident))
  | .and => do
    run (← `(tactic| refine ⟨($h).1, ?_⟩))
    run (← `(tactic| have $name:ident := ($h).1))
    run (← `(tactic| have $h:ident := ($h).2))

/-- Takes off so many quantifiers, or all that both have. -/
partial def peelAll (h : Ident) (names : List Syntax) (left : Option Nat) : TacticM Unit := do
  if left == some 0 then return
  match ← common? h with
  | none =>
    if left.isSome then throwError "peel: the term and the goal begin with different quantifiers"
  | some q =>
    if q == .and && left.isNone then return
    let name ← match names with
      | [] => freshName `x
      | n :: _ => match nameOf n with
        | some n => pure (mkIdent n)
        | none => freshName `x
    peelOne h name q
    peelAll h names.tail (left.map (· - 1))

/-- Takes a quantifier off both sides of an equivalence. -/
def peelIff (name : Ident) : TacticM Unit :=
  firstOf [
    do run (← `(tactic| refine $(lib `forall_congr') fun $name:ident => ?_)),
    do run (← `(tactic| refine $(lib `exists_congr) fun $name:ident => ?_)),
    do run (← `(tactic| refine $(lib `and_congr_right) fun $name:ident => ?_))]

def evalPeel : Tactic := fun stx => do
  let count := if stx[1].isNone then none else stx[1][0].isNatLit?
  let names := if stx[3].isNone then [] else stx[3][1].getArgs.toList
  if stx[2].isNone then
    for n in names do
      match nameOf n with
      | some n => peelIff (mkIdent n)
      | none => peelIff (← freshName `x)
    if names.isEmpty then peelIff (← freshName `x)
  else
    let term : Term := ⟨stx[2][0]⟩
    -- the last name is that of what is left of the term
    let count := match count with
      | some n => some n
      | none => if names.isEmpty then none else some (names.length - 1)
    let result := match count with
      | some n => names[n]?
      | none => none
    let h : Ident := mkIdent ((result.bind nameOf).getD `this)
    run (← `(tactic| have $h:ident := $term))
    peelAll h names count
  unless stx[4].isNone do
    let e : Term := ⟨stx[4][1]⟩
    if stx[2].isNone then run (← `(tactic| exact $e))
    else run (← `(tactic| first | exact $e | exact ($e) this))

/-- What stands under the `∀` of a type, and their variables; at most so many. -/
def under {α : Type} (fuel : Nat) (type : Expr) (xs : Array Expr) (k : Array Expr → Expr → MetaM α) : MetaM α := do
  match fuel with
  | 0 => k xs type
  | fuel + 1 =>
    match ← whnfR type with
    | .forallE n t b _ => withLocalDeclD n t fun x => under fuel (b.instantiate1 x) (xs.push x) k
    | body => k xs body

/-- From `h : ∀ x, ∃ y, p x y` a function and what is known of it. With `total` the function does not
depend on the hypotheses among the `x`; its type must have an element. -/
def chosen (h : Expr) (total : Bool) : MetaM (Expr × Expr × Expr) := do
  let type ← instantiateMVars (← inferType h)
  under 32 type #[] fun xs body => do
    let body ← whnf body
    let (``Exists, #[α, p]) := body.getAppFnArgs | throwError "choose: there is no `∃` to choose from"
    let here := mkAppN h xs
    let mut variables : List Expr := []
    let mut props : List Expr := []
    for x in xs do
      if total && (← isProp (← inferType x)) then props := x :: props else variables := x :: variables
    let vars := variables.reverse.toArray
    let property (f : Expr) : MetaM Expr := do
      let value := (mkAppN f vars).headBeta
      mkForallFVars xs (p.beta #[value])
    let level ← getLevel α
    if props.isEmpty then
      let value ← mkLambdaFVars xs (mkApp3 (mkConst ``Classical.choose [level]) α p here)
      let spec ← mkLambdaFVars xs (mkApp3 (mkConst ``Classical.choose_spec [level]) α p here)
      let motive ← withLocalDeclD `f (← inferType value) fun f => do mkLambdaFVars #[f] (← property f)
      return (value, spec, motive)
    else
      -- what holds where the hypotheses do
      let wish ← withLocalDeclD `y α fun y => do
        mkLambdaFVars #[y] (← mkForallFVars props.reverse.toArray (p.beta #[y]))
      let inhabited ← mkAppM ``Nonempty #[α]
      let some witness ← synthInstance? inhabited | throwError "choose!: {α} may be empty"
      let value ← mkLambdaFVars vars (← mkAppOptM ``Classical.epsilon #[some α, some witness, some wish])
      let motive ← withLocalDeclD `f (← inferType value) fun f => do mkLambdaFVars #[f] (← property f)
      let there ← withLocalDeclD `y α fun y => withLocalDeclD `hy (p.beta #[y]) fun hy => do
        let proof ← mkLambdaFVars props.reverse.toArray hy
        mkLambdaFVars #[y, hy] (← mkAppOptM ``Exists.intro #[some α, some wish, some y, some proof])
      let exists' ← mkAppM ``Exists.elim #[here, there]
      let holds ← mkAppOptM ``Classical.epsilon_spec_aux #[some α, some witness, some wish, some exists']
      let spec ← mkLambdaFVars xs (mkAppN holds props.reverse.toArray)
      return (value, spec, motive)

/-- The parts of `h : ∀ x, p x ∧ q x`. -/
def splitAnd (h : Expr) : MetaM (Option (Expr × Expr)) := do
  let type ← instantiateMVars (← inferType h)
  under 32 type #[] fun xs body => do
    let body ← whnfR body
    match body.getAppFnArgs with
    | (``And, #[p, q]) =>
      let here := mkAppN h xs
      let a ← mkLambdaFVars xs (mkApp3 (mkConst ``And.left) p q here)
      let b ← mkLambdaFVars xs (mkApp3 (mkConst ``And.right) p q here)
      return some (a, b)
    | _ => return none

/-- Puts a new hypothesis into the main goal. -/
def assume (name : Name) (proof : Expr) : TacticM FVarId := do
  let main ← getMainGoal
  let (x, goal) ← main.withContext do
    let type ← Core.betaReduce (← instantiateMVars (← inferType proof))
    (← main.assert name type proof).intro1P
  replaceMainGoal [goal]
  return x

/-- Names functions as long as there is an `∃`, then the parts of what is known of them. -/
partial def chooseAll (h : Expr) (total : Bool) : List Name → TacticM Unit
  | [] => pure ()
  | name :: rest => withMainContext do
    let isExists ← under 32 (← instantiateMVars (← inferType h)) #[] fun _ body => do
      return (← whnf body).isAppOfArity ``Exists 2
    if isExists then
      let (value, spec, motive) ← chosen h total
      let main ← getMainGoal
      let target ← main.getType
      let type ← inferType value
      let arrow ← withLocalDeclD name type fun f => do
        let known ← Core.betaReduce (motive.beta #[f])
        mkForallFVars #[f] (← mkArrow known target)
      let next ← mkFreshExprSyntheticOpaqueMVar arrow (← main.getTag)
      main.assign (mkApp2 next value spec)
      let (_, goal) ← next.mvarId!.intro name
      let (k, goal) ← goal.intro (← freshName `h).getId
      replaceMainGoal [goal]
      chooseAll (.fvar k) total rest
    else
      match rest, ← splitAnd h with
      | _ :: _, some (a, b) =>
        let _ ← assume name a
        let k ← assume (← freshName `h).getId b
        chooseAll (.fvar k) total rest
      | [], _ => let _ ← assume name h
      | _, _ => throwError "choose: there are more names than things to name"

def evalChoose (total : Bool) : Tactic := fun stx => withMainContext do
  let total := total || !stx[1].isNone
  let names ← stx[2].getArgs.toList.mapM fun n => do
    match nameOf n with
    | some n => pure n
    | none => return (← freshName `h).getId
  if stx[3].isNone then
    let x ← freshName `h
    run (← `(tactic| intro $x:ident))
    withMainContext do chooseAll (.fvar (← getFVarId x)) total names
  else
    let e ← Tactic.elabTerm stx[3][1] none
    chooseAll (← instantiateMVars e) total names
    -- a hypothesis that was chosen from is spent
    for x in fvarsOf [e] do
      let main ← getMainGoal
      replaceMainGoal [← main.tryClear x]

end ProverArb.Tactics
