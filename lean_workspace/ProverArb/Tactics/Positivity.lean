import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Structure
import ProverArb.Tactics.Polynomial
import ProverArb.Tactics.Linear
import ProverArb.Tactics.Numerals
import ProverArb.Tactics.Closers

/-!
`positivity`: the sign of an expression from its form, and what follows from signs.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

/-- Proves `0 < e`, `0 ≤ e` or `e ≠ 0` by the form of `e`: the first of the steps that works, and the
same for what it leaves. -/
partial def positive (fuel : Nat) : TacticM Unit := do
  match fuel with
  | 0 => throwError "positivity failed"
  | fuel + 1 =>
    let step (t : TSyntax `tactic) : TacticM Unit := do
      let goal ← getMainGoal
      let others := (← getGoals).tail
      setGoals [goal]
      run t
      let rest ← getUnsolvedGoals
      for g in rest do
        setGoals [g]
        positive fuel
      setGoals others
    let target ← withMainContext do whnfR (← instantiateMVars (← getMainTarget))
    let target := match target.getAppFnArgs with
      | (``GT.gt, #[_, _, a, _]) | (``GE.ge, #[_, _, a, _]) => a
      | (``LT.lt, #[_, _, _, b]) | (``LE.le, #[_, _, _, b]) => b
      | (``Ne, #[_, a, _]) => a
      | _ => target
    let named (names : List Name) : TacticM (List (TacticM Unit)) := do
      let mut out := []
      for n in names do
        if (← getEnv).contains n then
          let t ← `(tactic| refine $(lib n) ?_ ?_)
          let t' ← `(tactic| refine $(lib n) ?_ _)
          let t'' ← `(tactic| refine $(lib n) ?_)
          let t3 ← `(tactic| exact $(lib n))
          let t4 ← `(tactic| exact $(lib n) _)
          let t5 ← `(tactic| refine $(lib n) ?_ ?_ ?_)
          out := out ++ [step t, step t', step t'', step t3, step t4, step t5]
      return out
    let byForm ← match target.getAppFn.constName? with
      | some ``HAdd.hAdd => named [`add_pos, `add_pos_of_pos_of_nonneg, `add_pos_of_nonneg_of_pos, `add_nonneg]
      | some ``HMul.hMul => named [`mul_pos, `mul_self_nonneg, `mul_nonneg, `mul_ne_zero]
      | some ``HDiv.hDiv => named [`div_pos, `div_nonneg, `div_ne_zero]
      | some ``Inv.inv => do
        pure [step (← `(tactic| refine ($(lib `inv_pos)).2 ?_)), step (← `(tactic| refine ($(lib `inv_nonneg)).2 ?_)),
              step (← `(tactic| refine $(lib `inv_ne_zero) ?_))]
      | some ``HPow.hPow => named [`pow_pos, `sq_nonneg, `pow_nonneg, `pow_ne_zero, `Real.rpow_pos_of_pos, `sq_pos_of_ne_zero, `Even.pow_nonneg]
      | some `abs => do
        pure ((← named [`abs_nonneg]) ++ [step (← `(tactic| refine ($(lib `abs_pos)).2 ?_))])
      | some `Real.sqrt => named [`Real.sqrt_pos_of_pos, `Real.sqrt_nonneg]
      | some `Real.exp => named [`Real.exp_pos]
      | some `Real.pi => named [`Real.pi_pos]
      | some ``Nat.cast => do
        pure ((← named [`Nat.cast_nonneg]) ++ [step (← `(tactic| refine ($(lib `Nat.cast_pos)).2 ?_))])
      | some `Nat.factorial => named [`Nat.factorial_pos]
      | some ``Nat.succ => named [``Nat.succ_pos]
      | _ => pure []
    let weaker : List (TacticM Unit) := [
      do
        run (← `(tactic| refine $(lib `le_of_lt) ?_))
        positive (Nat.min fuel 3),
      do
        run (← `(tactic| refine $(lib `ne_of_gt) ?_))
        positive (Nat.min fuel 3)]
    let cheap : List (TacticM Unit) := [
      closes (do run (← `(tactic| assumption))),
      closes numeralRelation]
    let last : List (TacticM Unit) := if byForm.isEmpty then [
      do run (← `(tactic| (refine $(lib `le_of_lt) ?_; assumption))),
      do run (← `(tactic| (refine $(lib `ne_of_gt) ?_; assumption))),
      do run (← `(tactic| omega)),
      do closes (limited 8000 (Linear.close #[] true false))] else []
    firstOf (cheap ++ byForm ++ last ++ weaker)

def evalPositivity : Tactic := fun _ => focus do
  let target ← withMainContext do whnfR (← instantiateMVars (← getMainTarget))
  let special := match target.getAppFnArgs with
    | (``GT.gt, _) => true
    | (``GE.ge, _) => true
    | _ => false
  if special then run (← `(tactic| show _ ≤ _)) <|> run (← `(tactic| show _ < _)) <|> pure ()
  firstOf [limited 60000 (positive 12), tryOmega, grindNow]

end ProverArb.Tactics
