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
`positivity`: the sign of an expression from the signs of its parts, from the inside outwards; what
has no parts is looked up among the hypotheses, then asked of linear arithmetic.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics.Positive

/-- What is known of the sign of an expression, with its proof: `0 < e`, `0 ≤ e`, `e ≠ 0`. -/
inductive Known where
  | pos (proof : Expr)
  | nonneg (proof : Expr)
  | nonzero (proof : Expr)
  | nothing

/-- A lemma applied to what it is about; nothing where it does not fit. -/
def by' (name : Name) (arguments : Array Expr) (known : Expr → Known) : MetaM Known := do
  if !(← getEnv).contains name then return .nothing
  try return known (← mkAppM name arguments)
  catch _ => return .nothing

/-- What a piece of syntax proves of a goal, with a proof for what it leaves, if it leaves anything. -/
def through (goal : Expr) (tactic : TSyntax `tactic) (left : Option Expr) (known : Expr → Known) : TacticM Known := do
  let saved ← Tactic.saveState
  try
    let proof ← proveBy goal do
      run tactic
      match left with
      | some p => do
        (← getMainGoal).assign p
        pruneSolvedGoals
      | none => pure ()
    return known proof
  catch _ =>
    saved.restore
    return .nothing

/-- The first that says something. -/
def orElse (a b : TacticM Known) : TacticM Known := do
  match ← a with
  | .nothing => b
  | k => return k

/-- A proof that is at hand: among the hypotheses, else by linear arithmetic. -/
def proved? (type : Expr) (arithmetic : Bool) : TacticM (Option Expr) := do
  let saved ← Tactic.saveState
  try
    let proof ← proveBy type do
      if arithmetic then limited 6000 (Linear.close #[] true false)
      else run (← `(tactic| assumption))
    return some proof
  catch _ =>
    saved.restore
    return none

def relation (name : Name) (a b : Expr) : MetaM (Option Expr) := do
  try return some (← mkAppM name #[a, b])
  catch _ => return none

/-- The sign of what has no parts. -/
def ofAtom (type e : Expr) : TacticM Known := do
  let zero ← mkNumeral type 0
  let below ← relation ``LT.lt zero e
  let atMost ← relation ``LE.le zero e
  let distinct ← relation ``Ne e zero
  for arithmetic in [false, true] do
    if let some t := below then
      if let some p ← proved? t arithmetic then return .pos p
    if type.isConstOf ``Nat then
      if let some t := distinct then
        if let some p ← proved? t false then return .pos (← mkAppM ``Nat.pos_of_ne_zero #[p])
    else
      if let some t := atMost then
        if let some p ← proved? t arithmetic then return .nonneg p
    if !arithmetic then
      if let some t := distinct then
        if let some p ← proved? t false then return .nonzero p
  if type.isConstOf ``Nat then return .nonneg (← mkAppM ``Nat.zero_le #[e])
  return .nothing

def weak (k : Known) : MetaM (Option Expr) := do
  match k with
  | .pos p => return some (← mkAppM `le_of_lt #[p])
  | .nonneg p => return some p
  | _ => return none

def distinct (k : Known) : MetaM (Option Expr) := do
  match k with
  | .pos p => return some (← mkAppM `ne_of_gt #[p])
  | .nonzero p => return some p
  | _ => return none

/-- From the signs of both parts: strict, weak and distinct from zero. -/
def both (a b : Known) (strict : Name) (leftStrict rightStrict : Option Name) (weakly : Name)
    (apart : Option Name) : TacticM Known := do
  match a, b with
  | .pos p, .pos q => by' strict #[p, q] .pos
  | _, _ =>
    let fromLeft ← match a, leftStrict, ← weak b with
      | .pos p, some n, some q => by' n #[p, q] .pos
      | _, _, _ => pure .nothing
    let fromRight ← match b, rightStrict, ← weak a with
      | .pos q, some n, some p => by' n #[p, q] .pos
      | _, _, _ => pure .nothing
    let weakened ← match ← weak a, ← weak b with
      | some p, some q => by' weakly #[p, q] .nonneg
      | _, _ => pure .nothing
    let unequal ← match apart, ← distinct a, ← distinct b with
      | some n, some p, some q => by' n #[p, q] .nonzero
      | _, _, _ => pure .nothing
    orElse (pure fromLeft) (orElse (pure fromRight) (orElse (pure weakened) (pure unequal)))

/-- A number's sign, decided. -/
def ofNumeral (type e : Expr) (n : Nat) : TacticM Known := do
  if n == 0 then by' `le_refl #[e] .nonneg
  else
    let goal ← mkAppM ``LT.lt #[← mkNumeral type 0, e]
    if type.isConstOf ``Nat then return .pos (← mkDecideProof goal)
    let lemma' : TacticM Known := do
      let implicit : Array (Option Expr) := Array.replicate 6 none
      try
        let p ← mkAppOptM `ProverArb.Linear.lit_pos (#[some type] ++ implicit ++ #[some (mkRawNatLit (n - 1))])
        return .pos (← mkExpectedTypeHint p goal)
      catch _ => return .nothing
    orElse lemma' do
      match ← proved? goal true with
      | some p => return .pos p
      | none => return .nothing

partial def sign (e : Expr) : TacticM Known := do
  let e ← instantiateMVars e
  let type ← inferType e
  let atom : TacticM Known := ofAtom type e
  let positive : MetaM Expr := do mkAppM ``LT.lt #[← mkNumeral type 0, e]
  let notNegative : MetaM Expr := do mkAppM ``LE.le #[← mkNumeral type 0, e]
  let orAtom (k : Known) : TacticM Known := do
    match k with
    | .nothing => atom
    | _ => return k
  match e.getAppFnArgs with
  | (``OfNat.ofNat, #[_, .lit (.natVal n), _]) => ofNumeral type e n
  | (``HAdd.hAdd, #[_, _, _, _, a, b]) => do
    orAtom (← both (← sign a) (← sign b) `add_pos (some `add_pos_of_pos_of_nonneg)
      (some `add_pos_of_nonneg_of_pos) `add_nonneg none)
  | (``HMul.hMul, #[_, _, _, _, a, b]) => do
    let k ← both (← sign a) (← sign b) `mul_pos none none `mul_nonneg (some `mul_ne_zero)
    match k with
    | .nothing => if a == b then by' `mul_self_nonneg #[a] .nonneg else atom
    | .nonzero _ =>
      if a == b then
        match ← sign a with
        | .nonzero p => orElse (through (← positive) (← `(tactic| refine ($(lib `mul_self_pos)).2 ?_)) (some p) .pos) (pure k)
        | _ => return k
      else return k
    | _ => return k
  | (``HDiv.hDiv, #[_, _, _, _, a, b]) => do
    if type.isConstOf ``Nat || type.isConstOf ``Int then atom
    else orAtom (← both (← sign a) (← sign b) `div_pos none none `div_nonneg (some `div_ne_zero))
  | (``Inv.inv, #[_, _, a]) => do
    match ← sign a with
    | .pos p => through (← positive) (← `(tactic| refine ($(lib `inv_pos)).2 ?_)) (some p) .pos
    | .nonneg p => through (← notNegative) (← `(tactic| refine ($(lib `inv_nonneg)).2 ?_)) (some p) .nonneg
    | .nonzero p => by' `inv_ne_zero #[p] .nonzero
    | .nothing => atom
  | (``HPow.hPow, #[_, _, t, _, a, n]) => do
    if t.isConstOf ``Nat || (← inferType n).isConstOf ``Nat then power a n atom
    else match ← sign a with
      | .pos p => orElse (by' `zpow_pos #[p, n] .pos) (by' `Real.rpow_pos_of_pos #[p, n] .pos)
      | _ => atom
  | (`abs, _) => do
    match ← distinct (← sign e.appArg!) with
    | some p =>
      orElse (through (← positive) (← `(tactic| refine ($(lib `abs_pos)).2 ?_)) (some p) .pos)
        (by' `abs_nonneg #[e.appArg!] .nonneg)
    | none => by' `abs_nonneg #[e.appArg!] .nonneg
  | (`Real.sqrt, _) => do
    match ← sign e.appArg! with
    | .pos p => orElse (by' `Real.sqrt_pos_of_pos #[p] .pos) (by' `Real.sqrt_nonneg #[e.appArg!] .nonneg)
    | _ => by' `Real.sqrt_nonneg #[e.appArg!] .nonneg
  | (`Real.exp, _) => by' `Real.exp_pos #[e.appArg!] .pos
  | (``Nat.cast, #[_, _, n]) | (``NatCast.natCast, #[_, _, n]) => do
    let weakly : TacticM Known := do
      match ← proved? (← notNegative) true with
      | some p => return .nonneg p
      | none => atom
    match ← sign n with
    | .pos p => orElse (through (← positive) (← `(tactic| refine ($(lib `Nat.cast_pos)).2 ?_)) (some p) .pos) weakly
    | _ => weakly
  | (`Nat.factorial, _) => by' `Nat.factorial_pos #[e.appArg!] .pos
  | (``Nat.succ, _) => by' ``Nat.succ_pos #[e.appArg!] .pos
  | _ => do
    if e.isAppOf `Real.pi then
      orElse (through (← positive) (← `(tactic| exact $(lib `Real.pi_pos))) none .pos) atom
    else atom
where
  power (a n : Expr) (atom : TacticM Known) : TacticM Known := do
    let even : Bool := match natLiteral? n with
      | some k => k % 2 == 0
      | none => n.isAppOfArity ``HMul.hMul 6 && (natLiteral? n.appFn!.appArg! == some 2 || natLiteral? n.appArg! == some 2)
    match ← sign a with
    | .pos p => by' `pow_pos #[p, n] .pos
    | .nonneg p => by' `pow_nonneg #[p, n] .nonneg
    | .nonzero p =>
      let apart : TacticM Known := by' `pow_ne_zero #[n, p] .nonzero
      if natLiteral? n == some 2 then orElse (by' `sq_pos_of_ne_zero #[p] .pos) apart
      else if even then evenPower a n (some p) else apart
    | .nothing =>
      if natLiteral? n == some 2 then by' `sq_nonneg #[a] .nonneg
      else if even then evenPower a n none
      else atom
  evenPower (a n : Expr) (apart : Option Expr) : TacticM Known := do
    let isEven ← mkAppM `Even #[n]
    let proof? ← try some <$> proveBy isEven (do run (← `(tactic| first | decide | exact ⟨_, $(lib `two_mul) _⟩ | assumption)))
      catch _ => pure none
    match proof? with
    | some h => finish a n apart h
    | none => return .nothing
  finish (a n : Expr) (apart : Option Expr) (h : Expr) : TacticM Known := do
    match ← by' `Even.pow_nonneg #[h, a] .nonneg, apart with
    | .nonneg p, some q => do
      match ← by' `pow_ne_zero #[n, q] .nonzero with
      | .nonzero r => by' `lt_of_le_of_ne' #[p, r] .pos
      | _ => return .nonneg p
    | k, _ => return k

/-- Closes `0 < e`, `0 ≤ e` or `e ≠ 0`. -/
def close : TacticM Unit := withMainContext do
  let goal ← getMainGoal
  let target ← whnfR (← instantiateMVars (← goal.getType))
  let finish (proof? : Option Expr) : TacticM Unit := do
    match proof? with
    | some proof =>
      goal.assign (← mkExpectedTypeHint proof (← goal.getType))
      pruneSolvedGoals
    | none => throwError "positivity does not find the sign"
  match target.getAppFnArgs with
  | (``LT.lt, #[_, _, _, e]) | (``GT.gt, #[_, _, e, _]) =>
    match ← sign e with
    | .pos p => finish (some p)
    | _ => finish none
  | (``LE.le, #[_, _, _, e]) | (``GE.ge, #[_, _, e, _]) => finish (← weak (← sign e))
  | (``Ne, #[_, e, _]) => finish (← distinct (← sign e))
  | (``Not, #[p]) =>
    match p.getAppFnArgs with
    | (``Eq, #[_, e, _]) => finish (← distinct (← sign e))
    | _ => finish none
  | _ => throwError "positivity: the goal is none of 0 < e, 0 ≤ e, e ≠ 0"

end ProverArb.Tactics.Positive

namespace ProverArb.Tactics

def evalPositivity : Tactic := fun _ => focus do
  firstOf [limited 60000 (closes Positive.close), tryOmega, closes (limited 20000 (Linear.close #[] true true))]

end ProverArb.Tactics
