import Lean
import ProverArb.Mathlib.Syntax
import ProverArb.Tactics.Native
import ProverArb.Tactics.Basic
import ProverArb.Tactics.Sequence
import ProverArb.Tactics.Structure
import ProverArb.Tactics.Closers
import ProverArb.Tactics.Numerals
import ProverArb.Tactics.RingNF

/-!
Tactics that rewrite goals and hypotheses into a normal form: `norm_num`, `ring_nf`, `field_simp`,
casts.

A simplifier that finds nothing to do is an error only where another alternative waits for it (inside
`first` or `try`): our simplification lemmas are not Mathlib's, and a step that Mathlib needed may
already be done here.
-/

open Lean Elab Tactic Meta

public section

namespace ProverArb.Tactics

/-- Fails only where an alternative waits. -/
def leniently (x : TacticM Unit) : TacticM Unit := do
  let saved ← Tactic.saveState
  try x
  catch e =>
    if ← noAlternative then saved.restore else throw e

/-- Constants that the preamble has notations for, which say which field they speak of. -/
def notations : List (String × Name) :=
  [("Real.logb", `Real.logb), ("Real.tan", `Real.tan), ("Irrational", `Irrational),
   ("Complex.abs", `Complex.abs), ("Real.sqrt", `Real.sqrt), ("Real.sinh", `Real.sinh),
   ("Real.cosh", `Real.cosh), ("Real.tanh", `Real.tanh), ("Complex.exp", `Complex.exp)]

def constantOf (text : String) : List (String × Name) → Option Name
  | [] => none
  | (s, n) :: rest => if s == text then some n else constantOf text rest

/-- An argument that is such a notation, as the constant, which can be unfolded. -/
def named? (argument : Syntax) : Option Syntax :=
  match argument[2] with
  | .node _ _ #[.atom _ text] => (constantOf text notations).map fun n => argument.setArg 2 (mkCIdent n)
  | _ => none

/-- Whether an argument of a simplifier names what is not there, or has no body to unfold. -/
def isUnknown (argument : Syntax) : TacticM Bool := withMainContext do
  if argument.getKind != ``Parser.Tactic.simpLemma then return false
  match argument[2] with
  | .ident _ _ id _ =>
    if id.hasMacroScopes then return false
    if ((← getLCtx).findFromUserName? id.getRoot).isSome then return false
    let env ← getEnv
    match ResolveName.resolveGlobalName env (← getOptions) (← getCurrNamespace) (← getOpenDecls) id with
    | [] => return true
    | [(name, [])] =>
      match env.find? name with
      | some (.axiomInfo v) => return !(← isProp v.type)
      | some (.opaqueInfo v) => return !(← isProp v.type)
      | _ => return false
    | [(name, _)] =>
      -- what follows a type's name is no projection of a proof's
      match env.find? name with
      | some info => return !(← isProp info.type)
      | none => return false
    | _ => return false
  | _ => return false

/-- Whether there is one in the text of a simplifier. -/
partial def namesUnknown (stx : Syntax) : TacticM Bool := do
  if stx.getKind == ``Parser.Tactic.simpLemma then return (named? stx).isSome || (← isUnknown stx)
  else
    for c in stx.getArgs do
      if ← namesUnknown c then return true
    return false

/-- A list of arguments without what we do not have of Mathlib's: a simplifier that lacks a lemma does
less, as one does that has other lemmas. -/
def knownArguments (arguments : List Syntax) : TacticM (List Syntax) := do
  match arguments with
  | [] => return []
  | a :: rest => do
    let rest ← knownArguments rest
    match named? a with
    | some constant => return constant :: rest
    | none => if ← isUnknown a then return rest else return a :: rest

/-- The same in the whole text of a simplifier. -/
partial def withKnownArguments (stx : Syntax) : TacticM Syntax := do
  match stx with
  | .node info kind children =>
    if children.any (fun c => c.getKind == ``Parser.Tactic.simpLemma) then
      let known ← knownArguments stx.getSepArgs.toList
      return .node info kind (Syntax.SepArray.ofElems (sep := ",") known.toArray).elemsAndSeps
    else
      let mut out := #[]
      for c in children do out := out.push (← withKnownArguments c)
      return .node info kind out
  | _ => return stx

/-- The tactic `simp`, or `simp only`, with the arguments and the place of another tactic. -/
def simpAs (onlyTok : Syntax) (arguments : Array Syntax) (location : Syntax) : TacticM Unit := do
  let args : Syntax.TSepArray [``Parser.Tactic.simpStar, ``Parser.Tactic.simpErase, ``Parser.Tactic.simpLemma] "," :=
    ⟨(Syntax.SepArray.ofElems (sep := ",") arguments).elemsAndSeps⟩
  let loc : Option (TSyntax ``Parser.Tactic.location) :=
    if location.isNone then none else some ⟨location[0]⟩
  match onlyTok.isNone, loc with
  | true, none => run (← `(tactic| simp [$args,*]))
  | true, some l => run (← `(tactic| simp [$args,*] $l:location))
  | false, none => run (← `(tactic| simp only [$args,*]))
  | false, some l => run (← `(tactic| simp only [$args,*] $l:location))

def argumentsOf (stx : Syntax) : TacticM (Array Syntax) := do
  if stx.isNone then return #[]
  return (← knownArguments stx[1].getSepArgs.toList).toArray

/-- The hypotheses and the goal that a location means; `none` is the goal. -/
def places (location : Syntax) : TacticM (List (Option FVarId)) := withMainContext do
  if location.isNone then return [none]
  match expandLocation location[0] with
  | .wildcard => do
    let mut out : List (Option FVarId) := []
    for d in ← getLCtx do
      if d.isImplementationDetail then continue
      if ← isProp d.type then out := some d.fvarId :: out
    return out.reverse ++ [none]
  | .targets hs goal => do
    let mut out : List (Option FVarId) := []
    for h in hs do out := some (← getFVarId h) :: out
    return out.reverse ++ (if goal then [none] else [])

/-- Evaluates numerals at all places; hypotheses that become new ones are not followed. -/
def evaluateAll (location : Syntax) : TacticM Bool := do
  let mut changed := false
  for p in ← places location do
    if (← getUnsolvedGoals).isEmpty then return true
    let here ← try evaluateAt p catch _ => pure false
    changed := changed || here
  return changed

/-- Simplifies, then evaluates numerals, until neither does anything. -/
partial def normalize (onlyTok : Syntax) (arguments : Array Syntax) (location : Syntax) (fuel : Nat) : TacticM Bool := do
  match fuel with
  | 0 => return false
  | fuel + 1 =>
    let evaluated ← evaluateAll location
    if (← getUnsolvedGoals).isEmpty then return true
    let simplified ← succeeds (simpAs onlyTok arguments location)
    if (← getUnsolvedGoals).isEmpty then return true
    if evaluated || simplified then
      let _ ← normalize onlyTok arguments location fuel
      return true
    else return false

/-- Decimal fractions are divided out. -/
def decimalLemmas : List Name := [`Field.ofScientific_true, `Field.ofScientific_false]

def evalNormNum : Tactic := fun stx => do
  let arguments := (← argumentsOf stx[4]) ++ (← simpLemmas decimalLemmas)
  let location := stx[5]
  let goal ← getMainGoal
  let others := (← getGoals).tail
  setGoals [goal]
  -- numerals come first, as Mathlib's extensions do: an argument must not undo them
  let computed ← succeeds (simpAs (mkAtom "only") #[] location)
  let changed ← if (← getUnsolvedGoals).isEmpty then pure true else normalize stx[3] arguments location 4
  let changed := changed || computed
  unless (← getUnsolvedGoals).isEmpty do
    if location.isNone then
      let _ ← succeeds (firstOf
        [closes (limited 4000 numeralRelation),
         closes (limited 4000 (do run (← `(tactic| omega)))),
         closes (limited 8000 (do run (← `(tactic| decide)))),
         closes (limited 8000 (do run (← `(tactic| decide +kernel))))])
  let left ← getUnsolvedGoals
  if !left.isEmpty && !changed && !(← noAlternative) then throwError "norm_num made no progress"
  setGoals (left ++ others)

def evalNormNum1 : Tactic := fun stx => do
  let changed ← normalize .missing #[] stx[1] 2
  if stx[1].isNone && !(← getUnsolvedGoals).isEmpty then
    let _ ← succeeds (closes (limited 4000 numeralRelation))
  if !changed && !(← noAlternative) then throwError "norm_num1 made no progress"

/-- Normalises at all places, each found by its name, since rewriting makes new hypotheses. -/
def normaliseAll (location : Syntax) : TacticM Bool := do
  let atoms : Atoms ← IO.mkRef #[]
  let names ← withMainContext do (← places location).mapM fun
    | none => pure none
    | some x => do return some (← x.getDecl).userName
  let mut changed := false
  for name in names do
    unless (← getUnsolvedGoals).isEmpty do
      let saved ← Tactic.saveState
      let here ← try limited 40000 (normaliseAt atoms name 3)
        catch _ => do saved.restore; pure false
      changed := changed || here
  return changed

def evalRingNF : Tactic := fun stx => do
  let location := stx[3]
  let goal := location.isNone || (match expandLocation location[0] with
    | .wildcard => true
    | .targets _ g => g)
  let main ← getMainGoal
  let others := (← getGoals).tail
  setGoals [main]
  let closed ← if goal then succeeds (closes ringCloses) else pure false
  let evaluated ← if closed then pure true else evaluateAll location
  let changed ← if (← getUnsolvedGoals).isEmpty then pure true else normaliseAll location
  unless closed || evaluated || changed || (← noAlternative) do throwError "ring_nf made no progress"
  setGoals ((← getUnsolvedGoals) ++ others)

def fieldLemmas : List Name :=
  [`div_add_div, `div_sub_div, `div_add', `add_div', `div_sub', `sub_div', `mul_div_assoc',
   `div_mul_eq_mul_div, `div_div, `div_div_eq_mul_div, `div_pow, `neg_div', `inv_eq_one_div,
   `ge_iff_le, `gt_iff_lt, `div_add_div_same, `div_sub_div_same, `div_eq_div_iff, `eq_div_iff, `div_eq_iff, `ne_eq,
   `not_false_eq_true, `div_self, `one_mul, `mul_one, `div_one, `zero_div, `div_zero]

def evalFieldSimp : Tactic := fun stx => leniently do
  let mut arguments ← argumentsOf stx[4]
  for l in ← simpLemmas fieldLemmas do arguments := arguments.push l
  let args : Syntax.TSepArray [``Parser.Tactic.simpStar, ``Parser.Tactic.simpErase, ``Parser.Tactic.simpLemma] "," :=
    ⟨(Syntax.SepArray.ofElems (sep := ",") arguments).elemsAndSeps⟩
  let disch ← `(Parser.Tactic.discharger| (disch := first | assumption | positivity | (intro h; simp_all; done)))
  let loc : Option (TSyntax ``Parser.Tactic.location) :=
    if stx[5].isNone then none else some ⟨stx[5][0]⟩
  limited 60000 do
    match loc with
    | none => run (← `(tactic| simp $disch:discharger only [$args,*]))
    | some l => run (← `(tactic| simp $disch:discharger only [$args,*] $l:location))
  unless (← getUnsolvedGoals).isEmpty do
    if stx[5].isNone then
      let _ ← succeeds (closes ringEquation)

def evalField : Tactic := fun _ => do
  firstOf [closes ringCloses, closes (do run (← `(tactic| (field_simp; ring)))), grindNow]

def castUp (names : List Name) (arguments location : Syntax) : TacticM Unit := do
  let mut all ← argumentsOf arguments
  for l in ← simpLemmas names do all := all.push l
  leniently (simpAs (mkAtom "only") all location)
  unless (← getUnsolvedGoals).isEmpty do
    let loc : Option (TSyntax ``Parser.Tactic.location) :=
      if location.isNone then none else some ⟨location[0]⟩
    match loc with
    | none => leniently (do run (← `(tactic| push_cast)))
    | some l => leniently (do run (← `(tactic| push_cast $l:location)))

def zifyLemma (name : Ident) : TacticM (TSyntax ``Parser.Tactic.simpLemma) := `(Parser.Tactic.simpLemma| ← $name:ident)

def castBack (names : List Name) (arguments location : Syntax) : TacticM Unit := do
  let mut all ← argumentsOf arguments
  for n in names do
    if (← getEnv).contains n then all := all.push (← zifyLemma (lib n))
  leniently (simpAs (mkAtom "only") all location)
  castUp [] (.node .none nullKind #[]) location

def evalZify : Tactic := fun stx =>
  castBack [`Int.natCast_inj, `Int.ofNat_le, `Int.ofNat_lt, `Int.natCast_dvd_natCast] stx[1] stx[2]

end ProverArb.Tactics
