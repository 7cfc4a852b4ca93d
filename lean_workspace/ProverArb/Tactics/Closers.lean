import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Structure
import ProverArb.Tactics.Polynomial
import ProverArb.Tactics.Linear

/-!
Tactics that close goals by arithmetic or search: first what is cheap, then `grind`.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

/-- Effort of one closer, in thousands of allocations. -/
def closerHeartbeats : Nat := 20000

/-- Whether the type's own integer procedure could help: a goal or hypothesis over ℕ or ℤ. -/
def omegaFirst : TacticM Bool := withMainContext do
  let target ← whnfR (← instantiateMVars (← getMainTarget))
  let typed (e : Expr) : Bool :=
    match e.getAppFnArgs with
    | (``Eq, #[t, _, _]) | (``LE.le, #[t, _, _, _]) | (``LT.lt, #[t, _, _, _])
    | (``GE.ge, #[t, _, _, _]) | (``GT.gt, #[t, _, _, _]) | (``Ne, #[t, _, _]) =>
      t.isConstOf ``Nat || t.isConstOf ``Int
    | (``Dvd.dvd, #[t, _, _, _]) => t.isConstOf ``Nat || t.isConstOf ``Int
    | _ => e.isConstOf ``False
  match target.getAppFnArgs with
  | (``Not, #[e]) => return typed e
  | _ => return typed target

def tryOmega : TacticM Unit := do
  if ← omegaFirst then limited closerHeartbeats (do run (← `(tactic| omega)))
  else throwError "not about ℕ or ℤ"

def grindNow : TacticM Unit := limited closerHeartbeats (do run (← `(tactic| grind)))

/-- The terms given, elaborated; what is still open in one is an error. -/
def elabHints : List Term → TacticM (Array Expr)
  | [] => return #[]
  | t :: rest => do
    let e ← Tactic.elabTerm t none
    let e ← instantiateMVars e
    return #[e] ++ (← elabHints rest)

/-- Effort of the linear program and its preparation. -/
def linearHeartbeats : Nat := 60000

def linear (hints : List Term) (onlyHints nonlinear : Bool) : TacticM Unit := withMainContext do
  let es ← elabHints hints
  limited linearHeartbeats (Linear.close es (!onlyHints) nonlinear)

def evalLinarith : Tactic := fun stx => focus do
  let hints := hintsOf stx[4]
  firstOf [linear hints (!stx[3].isNone) false, do assertAll hints; firstOf [tryOmega, grindNow]]

def evalNlinarith : Tactic := fun stx => focus do
  let hints := hintsOf stx[4]
  firstOf [linear hints (!stx[3].isNone) true, do assertAll hints; firstOf [tryOmega, grindNow]]

def evalPolyrith : Tactic := fun stx => focus do
  assertAll (hintsOf stx[2])
  grindNow

/-- Closes an equation by the laws of rings. -/
def ringEquation : TacticM Unit := withMainContext do
  let goal ← getMainGoal
  let target ← whnfR (← instantiateMVars (← goal.getType))
  match target.getAppFnArgs with
  | (``Eq, #[_, a, b]) =>
    goal.assign (← mkExpectedTypeHint (← ringProof a b) (← goal.getType))
    pruneSolvedGoals
  | _ => throwError "ring: the goal is not an equation"

def powerLemmas : List Name := [`pow_succ, `pow_add, `pow_mul, `pow_zero, `pow_one, `mul_pow]

/-- The same, where exponents are multiples: powers of one power. -/
def multipleLemmas : List Name :=
  [`pow_succ, `pow_add, `ProverArb.Linear.pow_literal_mul, `ProverArb.Linear.pow_mul_literal, `pow_zero,
   `pow_one, `mul_pow]

/-- An equation by the laws of rings, after its powers were taken apart. -/
def ringByPowers (names : List Name) : TacticM Unit := do
  let lemmas ← simpLemmas names
  run (← `(tactic| simp only [$lemmas,*]))
  unless (← getUnsolvedGoals).isEmpty do ringEquation

def ringCloses : TacticM Unit :=
  firstOf [do run (← `(tactic| with_reducible rfl)), ringEquation,
    ringByPowers powerLemmas, ringByPowers multipleLemmas, grindNow]

def evalRing1 : Tactic := fun _ => closes ringCloses
def evalRing : Tactic := fun _ => firstOf [closes ringCloses, do run (← `(tactic| ring_nf))]

def evalTauto : Tactic := fun _ => focus do
  firstOf
    [do run (← `(tactic| assumption)),
     do limited closerHeartbeats (closes (do run (← `(tactic| (intros; simp_all))))),
     do limited closerHeartbeats (closes (do run (← `(tactic| (intros; grind)))))]

def evalAesop : Tactic := fun _ => focus do
  firstOf
    [closes (do run (← `(tactic| (intros; assumption)))),
     do limited closerHeartbeats (closes (do run (← `(tactic| simp_all)))),
     do limited closerHeartbeats (closes (do run (← `(tactic| (intros; grind))))),
     do limited closerHeartbeats (closes (do run (← `(tactic| (intros; constructor <;> simp_all <;> grind)))))]

/-- Congruence lemmas of inequalities, tried in this order. -/
def congruences : List Name :=
  [`add_le_add, `add_lt_add, `add_lt_add_of_lt_of_le, `add_lt_add_of_le_of_lt, `sub_le_sub,
   `sub_lt_sub, `neg_le_neg, `neg_lt_neg]

/-- Congruence lemmas with conditions on signs. -/
def signed : List (Name × Nat) :=
  [(`mul_le_mul_of_nonneg_left, 2), (`mul_le_mul_of_nonneg_right, 2), (`mul_lt_mul_of_pos_left, 2),
   (`mul_lt_mul_of_pos_right, 2), (`mul_le_mul, 4), (`mul_lt_mul'', 4), (`pow_le_pow_left₀, 2),
   (`pow_lt_pow_left₀, 3), (`pow_le_pow_right₀, 2), (`div_le_div_of_nonneg_right, 2),
   (`div_le_div_of_nonneg_left, 3), (`div_le_div, 4), (`Real.sqrt_le_sqrt, 1), (`Real.log_le_log, 2),
   (`inv_le_inv_of_le, 2), (`Finset.sum_le_sum, 1)]

def targetOf (g : MVarId) : MetaM Expr := g.withContext do whnfR (← instantiateMVars (← g.getType))

/-- Takes an inequality apart; what is not closed by a hypothesis or by signs is left. -/
partial def congruence (fuel : Nat) : TacticM Unit := do
  match fuel with
  | 0 => pure ()
  | fuel + 1 =>
    if ← succeeds (closes (do run (← `(tactic| first | assumption | exact le_refl _ | rfl)))) then return
    let goal ← getMainGoal
    let others := (← getGoals).tail
    setGoals [goal]
    let attempt (t : TSyntax `tactic) : TacticM Unit := do
      run t
      let goals ← getUnsolvedGoals
      let mut left := []
      for g in goals do
        setGoals [g]
        if !(← succeeds (closes (do run (← `(tactic| first | assumption | positivity))))) then
          let target ← targetOf g
          if target.isAppOf ``LE.le || target.isAppOf ``LT.lt then
            congruence fuel
          left := left ++ (← getUnsolvedGoals)
      setGoals left
    let mut alternatives : List (TacticM Unit) := []
    for (n, k) in signed do
      if (← getEnv).contains n then
        let hole ← `(?_)
        let holes : Array Term := Array.replicate k hole
        alternatives := alternatives ++ [do attempt (← `(tactic| refine $(lib n) $holes*))]
    for n in congruences do
      if (← getEnv).contains n then
        alternatives := alternatives ++ [do attempt (← `(tactic| apply $(lib n)))]
    let _ ← succeeds (firstOf alternatives)
    setGoals ((← getUnsolvedGoals) ++ others)

def evalGcongr : Tactic := fun _ => focus do
  firstOf [do run (← `(tactic| assumption)),
    do
      congruence 8
      run (← `(tactic| all_goals first | assumption | positivity | linarith | skip))]

def evalRel : Tactic := fun stx => focus do
  assertAll (hintsOf (.node .none nullKind #[stx[1]]))
  firstOf [closes (evalGcongr stx), closes (linear [] false true)]

def evalBound : Tactic := fun stx => focus do
  assertAll (hintsOf stx[1])
  firstOf [closes (do run (← `(tactic| positivity))), closes (evalGcongr stx), closes (linear [] false true)]

/-- A combination of equations: what is multiplied with which proof. -/
partial def combination (type : Expr) (stx : Term) : TacticM (List (Option Expr × Expr)) := do
  let scale (k : Expr → MetaM Expr) (l : List (Option Expr × Expr)) : TacticM (List (Option Expr × Expr)) :=
    l.mapM fun (c, p) => do
      let c ← match c with
        | some c => pure c
        | none => mkNumeral type 1
      return (some (← k c), p)
  let value (t : Term) : TacticM Expr := do instantiateMVars (← Tactic.elabTermEnsuringType t (some type))
  match stx with
  | `(($e)) => combination type e
  | `($a + $b) => return (← combination type a) ++ (← combination type b)
  | `($a - $b) => return (← combination type a) ++ (← scale (fun c => mkAppM ``Neg.neg #[c]) (← combination type b))
  | `(-$a) => scale (fun c => mkAppM ``Neg.neg #[c]) (← combination type a)
  | `($a * $b) => do
    let x ← combination type a
    let y ← combination type b
    if x.isEmpty then let v ← value a; scale (fun c => mkAppM ``HMul.hMul #[v, c]) y
    else let v ← value b; scale (fun c => mkAppM ``HMul.hMul #[c, v]) x
  | `($a / $b) => do
    let v ← value b
    scale (fun c => mkAppM ``HDiv.hDiv #[c, v]) (← combination type a)
  | _ => do
    let saved ← Tactic.saveState
    try
      let e ← instantiateMVars (← Tactic.elabTerm stx none)
      let t ← whnfR (← instantiateMVars (← inferType e))
      if t.isAppOfArity ``Eq 3 then return [(none, e)]
      saved.restore
      return []
    catch _ =>
      saved.restore
      return []

def linearCombination (stx : Term) : TacticM Unit := withMainContext do
  let goal ← getMainGoal
  let target ← whnfR (← instantiateMVars (← goal.getType))
  let (``Eq, #[type, a, b]) := target.getAppFnArgs | throwError "linear_combination: the goal is not an equation"
  let some info ← ringInfo? type | throwError "linear_combination: not a commutative ring"
  let parts ← combination type stx
  let lemma' (n : Name) (args : Array Expr) : MetaM Expr := do
    let f ← mkAppOptM' (mkConst (`ProverArb.Linear ++ n) [info.level]) #[some type, some info.ring]
    mkAppM' f args
  let mut sum ← lemma' `zero_zero #[]
  for (c, p) in parts do
    let d ← lemma' `ring_of_eq #[p]
    let d ← match c with
      | some c => lemma' `ring_mul #[c, d]
      | none => pure d
    sum ← lemma' `ring_add #[sum, d]
  let s := (← instantiateMVars (← inferType sum)).appFn!.appArg!
  let difference ← mkSub (← mkSub a b) s
  let vanishes ← ringProof difference (← mkNumeral type 0)
  goal.assign (← mkExpectedTypeHint (← lemma' `of_combination #[sum, vanishes]) (← goal.getType))
  pruneSolvedGoals

def evalLinearCombination : Tactic := fun stx => focus do
  if stx[3].isNone then ringCloses
  else
    let t : Term := ⟨stx[3][0]⟩
    firstOf [closes (linearCombination t),
      closes (do
        let name ← freshName `hint
        run (← `(tactic| have $name := $t))
        linear [] false false),
      grindNow]

end ProverArb.Tactics
