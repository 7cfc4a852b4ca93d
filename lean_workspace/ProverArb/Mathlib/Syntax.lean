module

/-!
The syntax of Mathlib's tactics, as Mathlib parses it. What each one does is written beside it, with
what differs from Mathlib's. The elaborators are compiled apart, in `ProverArb.Tactics`, and loaded
by the verifier: a candidate sees the syntax and nothing of what carries it out.

A configuration is parsed and not read: ours have nothing to configure.
-/

public section

namespace ProverArb.Syntax

open Lean Parser.Tactic

/-- Terms in brackets, as `linarith [h, sq_nonneg x]` takes them. -/
syntax hints := " [" withoutPosition(term,*,?) "]"

/-- The normalisation that closes what `linear_combination` leaves; read and not used. -/
syntax normStx := atomic(" (" &"norm" " := ") withoutPosition(tacticSeq) ")"
/-- The power of the goal that `linear_combination` proves. -/
syntax expStx := atomic(" (" &"exp" " := ") withoutPosition(num) ")"
/-- The phase of a rule of `aesop`'s that is also a keyword of declarations. -/
syntax aesopUnsafe := "unsafe"
/-- A clause of `aesop`. -/
syntax aesopClause := atomic(" (" (&"add" <|> &"erase" <|> &"simp_config" <|> &"config" <|> &"rule_sets"))
  (":=")? (aesopUnsafe <|> ident <|> num <|> term <|> "%" <|> ",")* ")"

/-- `lemma` is Mathlib's word for `theorem`. -/
syntax (name := lemma) (priority := default + 1) declModifiers
  group("lemma " declId ppIndent(declSig) declVal) : command

/-- `linarith` closes a goal by linear arithmetic over ordered fields, from the hypotheses and the
terms given: the negated goal and they have a linear combination `0 < 0`. As Mathlib's, but products
are normalised before, and casts of naturals are known to be nonnegative everywhere. -/
syntax (name := linarith) "linarith" "!"? optConfig (&" only")? (hints)? : tactic
/-- `nlinarith` adds products of pairs of the hypotheses, the negated goal and the terms given, and
squares of what occurs squared, and goes on as `linarith`. As Mathlib's. -/
syntax (name := nlinarith) "nlinarith" "!"? optConfig (&" only")? (hints)? : tactic
/-- `polyrith` asks a server in Mathlib; here it tries what `linear_combination` could close. -/
syntax (name := polyrith) "polyrith" (&" only")? (hints)? : tactic
/-- `positivity` proves `0 ≤ e`, `0 < e` or `e ≠ 0` from the form of `e`. As Mathlib's. -/
syntax (name := positivity) "positivity" : tactic
/-- `bound` proves inequalities from the form of both sides. Stands for Mathlib's: monotonicity, then
positivity and linear arithmetic. -/
syntax (name := bound) "bound" (hints)? : tactic
/-- `gcongr` proves an inequality between two expressions of one form from inequalities between their
parts; side conditions are left to `positivity`. As Mathlib's, without patterns' names. -/
syntax (name := gcongr) "gcongr" (ppSpace colGt term)? (" with" (ppSpace colGt (ident <|> hole))*)? : tactic
/-- `rel [h₁, h₂]` is `gcongr` with the parts' inequalities given. -/
syntax (name := rel) "rel" hints : tactic

/-- `ring` proves equations of commutative rings and fields, up to the ring's laws. Where it cannot
it normalises both sides, as Mathlib's. -/
syntax (name := ring) "ring" "!"? : tactic
/-- `ring1` proves an equation of commutative rings or fails. -/
syntax (name := ring1) "ring1" "!"? : tactic
/-- `ring_nf` writes both sides of every relation as sums of monomials. -/
syntax (name := ringNF) "ring_nf" "!"? optConfig (location)? : tactic
/-- `abel` is `ring` on goals that need addition alone. -/
syntax (name := abel) "abel" "!"? optConfig (location)? : tactic
/-- `abel_nf` is `ring_nf`. -/
syntax (name := abelNF) "abel_nf" "!"? optConfig (location)? : tactic
/-- `noncomm_ring` is `ring`: what we state is commutative. -/
syntax (name := noncommRing) "noncomm_ring" : tactic
/-- `group` is `ring` here. -/
syntax (name := group) "group" (location)? : tactic
/-- `field_simp` brings both sides of every relation over a common denominator and clears it, where it
finds the denominators not to be zero: among the hypotheses, by `positivity`, by `norm_num`. -/
syntax (name := fieldSimp) "field_simp" optConfig (discharger)? (&" only")?
  (" [" withoutPosition((simpStar <|> simpErase <|> simpLemma),*,?) "]")? (location)? : tactic
/-- `field` closes what `field_simp` and `ring` close. -/
syntax (name := field) "field" : tactic
/-- `linear_combination e` proves an equation whose sides differ by the combination `e` of equations,
up to the ring's laws; also inequalities, as in Mathlib. -/
syntax (name := linearCombination) "linear_combination" (normStx)? (expStx)? (ppSpace colGt term)? : tactic

/-- `norm_num` simplifies with the lemmas given and evaluates numerals, in ordered fields too. -/
syntax (name := normNum) "norm_num" optConfig (discharger)? (&" only")?
  (" [" withoutPosition((simpStar <|> simpErase <|> simpLemma),*,?) "]")? (location)? : tactic
/-- `norm_num1` evaluates numerals and simplifies nothing else. -/
syntax (name := normNum1) "norm_num1" (location)? : tactic
/-- `zify` states facts about naturals as facts about integers. -/
syntax (name := zify) "zify"
  (" [" withoutPosition((simpStar <|> simpErase <|> simpLemma),*,?) "]")? (location)? : tactic
/-- `qify` states facts about naturals and integers as facts about rationals. -/
syntax (name := qify) "qify"
  (" [" withoutPosition((simpStar <|> simpErase <|> simpLemma),*,?) "]")? (location)? : tactic
/-- `rify` states facts about naturals and integers as facts about reals. -/
syntax (name := rify) "rify"
  (" [" withoutPosition((simpStar <|> simpErase <|> simpLemma),*,?) "]")? (location)? : tactic

/-- `interval_cases x` splits into one case for each value that the bounds on `x` leave; the bounds
are found among the hypotheses. -/
syntax (name := intervalCases) "interval_cases" (ppSpace colGt atomic(binderIdent " : ")? term)?
  (" using " term ", " term)? : tactic
/-- `fin_cases h` splits `x : Fin n` or a membership in a finite set into its cases. -/
syntax (name := finCases) "fin_cases" (ppSpace colGt (hole <|> term)),+ (" with " term,+)? : tactic
/-- `mod_cases h : e % n` splits by the remainder. -/
syntax (name := modCases) "mod_cases" ppSpace colGt atomic(binderIdent " : ")? term:71 " % " num : tactic

/-- `push_neg` moves negations inwards. As Mathlib's. -/
syntax (name := pushNeg) "push_neg" optConfig (location)? : tactic
/-- `by_contra h` assumes the negation of the goal. -/
syntax (name := byContra) "by_contra" (ppSpace colGt binderIdent)? (" : " term)? : tactic
/-- `by_contra! h` assumes the negation of the goal, negations moved inwards; `h` may be a pattern. -/
syntax (name := byContraPush) "by_contra!" (ppSpace colGt rcasesPatMed)? (" : " term)? : tactic
/-- `contrapose h` turns `h ⊢ q` into `¬ q ⊢ ¬ p`. -/
syntax (name := contrapose) "contrapose" (ppSpace colGt ident (" with " ident)?)? : tactic
/-- `contrapose! h` is `contrapose h` with negations moved inwards. -/
syntax (name := contraposePush) "contrapose!" (ppSpace colGt ident (" with " ident)?)? : tactic
/-- `absurd h` leaves the negation of `h`. -/
syntax (name := absurdTac) "absurd" ppSpace colGt term : tactic
/-- `tauto` closes propositional goals; `tauto!` classically, which `tauto` is here too. -/
syntax (name := tauto) "tauto" optConfig : tactic
/-- `tauto!` is `tauto`. -/
syntax (name := tautoPush) "tauto!" optConfig : tactic
/-- `itauto` is `tauto`. -/
syntax (name := itauto) "itauto" "!"? : tactic
/-- `aesop` searches: simplification with the hypotheses, splitting, then `grind`. Stands for
Mathlib's; its clauses are read for lemmas to simplify with. -/
syntax (name := aesop) "aesop" (aesopClause)* : tactic

/-- `use a, b` gives witnesses and tries to close what is left. As Mathlib's. -/
syntax (name := use) "use" "!"? optConfig (discharger)? ppSpace term,+ : tactic
/-- `existsi a, b` gives witnesses. -/
syntax (name := existsi) "existsi " term,+ : tactic
/-- `cases' h with a b` splits and names what is new, all cases in one row. -/
syntax (name := casesPrime) "cases'" ppSpace colGt atomic(ident " : ")? term,+ (" using " ident)?
  (" with" (ppSpace colGt binderIdent)+)? : tactic
/-- `induction' n with n ih` is induction that names what is new, all cases in one row. -/
syntax (name := inductionPrime) "induction'" ppSpace colGt atomic(ident " : ")? term,+ (" using " ident)?
  (" with" (ppSpace colGt binderIdent)+)? (" generalizing" (ppSpace colGt ident)+)? : tactic
/-- `rcongr x` is congruence and extensionality in turn; the patterns name what extensionality brings. -/
syntax (name := rcongr) "rcongr" (ppSpace colGt rintroPat)* : tactic
/-- `set x := e with h` names a term and writes the name for it everywhere. -/
syntax (name := setTac) "set" "!"? ppSpace colGt ident (" : " term)? " := " term
  (" with" " ← "? ppSpace binderIdent)? : tactic
/-- `lift z to ℕ using h` replaces an integer by a natural whose cast it is; `lift n to ℕ+ using h` a
natural by a positive one. -/
syntax (name := lift) "lift " term " to " term (" using " term)? (" with" (ppSpace colGt binderIdent)+)? : tactic
/-- `choose f hf using h` makes a function from `h : ∀ x, ∃ y, p x y`; several functions and parts of a
conjunction are named in turn. With `!` the functions do not depend on hypotheses. -/
syntax (name := choose) "choose" "!"? (ppSpace colGt binderIdent)+ (" using " term)? : tactic
/-- `wlog h : p generalizing x with H` assumes `p` without loss of generality: the first goal is the
case `h : ¬ p`, from `H` that says the theorem for all `x` with `p`; the second has `h : p`. Without
`generalizing`, all variables and hypotheses are spoken of anew but types and their instances. -/
syntax (name := wlog) "wlog " binderIdent " : " term (" generalizing" (ppSpace colGt ident)*)?
  (" with " binderIdent)? : tactic
/-- `apply_fun f at h` applies a function to both sides, of `≤` and `<` if it is monotone; without a
place it goes from `a = b` to `f a = f b` for an injective `f`. -/
syntax (name := applyFun) "apply_fun " term (location)? (" using " term)? : tactic
/-- `apply h at k` applies an implication to a hypothesis. -/
syntax (name := applyAt) "apply " term " at " ident : tactic
/-- `convert e` closes the goal by `e` up to equations, which are left. -/
syntax (name := convert) "convert" " ←"? ppSpace term (" using " num)? (" with" (ppSpace colGt rintroPat)*)? : tactic
/-- `convert_to t` replaces the goal by `t` up to equations, which are left. -/
syntax (name := convertTo) "convert_to" ppSpace term (" using " num)? : tactic
/-- `congr!` is `congr` that also tries to close what is left. -/
syntax (name := congrPush) "congr!" (ppSpace num)? (" with" (ppSpace colGt rintroPat)*)? : tactic
/-- `nth_rewrite n [e]` rewrites the occurrence of that number. -/
syntax (name := nthRewrite) "nth_rewrite" (ppSpace num)+ rwRuleSeq (location)? : tactic
/-- `nth_rw n [e]` rewrites the occurrence of that number, and tries `rfl`. -/
syntax (name := nthRw) "nth_rw" (ppSpace num)+ rwRuleSeq (location)? : tactic
/-- `simp_rw [e₁, e₂]` simplifies with one lemma after another. -/
syntax (name := simpRw) "simp_rw" optConfig rwRuleSeq (location)? : tactic
/-- `trans b` goes through `b`. -/
syntax (name := transTac) "trans" (ppSpace colGt term)? : tactic
/-- `split_ifs with h` splits on the conditions of every `if`. -/
syntax (name := splitIfs) "split_ifs" (location)? (" with" (ppSpace colGt binderIdent)+)? : tactic
/-- `swap` exchanges the first two goals. -/
syntax (name := swap) "swap" : tactic
/-- `pick_goal n` moves the goal of that number to the front. -/
syntax (name := pickGoal) "pick_goal " "-"? num : tactic
/-- `assumption'` closes all goals that are hypotheses. -/
syntax (name := assumptionPrime) "assumption'" : tactic
/-- `clear_value x` forgets what a local definition stands for. -/
syntax (name := clearValue) "clear_value" (ppSpace colGt ident)+ : tactic
/-- `unfold_let x at h` writes what local definitions stand for; without names, all of them. -/
syntax (name := unfoldLet) "unfold_let" (ppSpace colGt ident)* (location)? : tactic
/-- `conv_lhs => t` converts the left side. -/
syntax (name := convLHS) "conv_lhs" (" at " ident)? (" in " term)? " => " Parser.Tactic.Conv.convSeq : tactic
/-- `conv_rhs => t` converts the right side. -/
syntax (name := convRHS) "conv_rhs" (" at " ident)? (" in " term)? " => " Parser.Tactic.Conv.convSeq : tactic
/-- `exacts [a, b]` closes several goals. -/
syntax (name := exacts) "exacts" hints : tactic
/-- `rsuffices ⟨x, h⟩ : t` is `obtain` with the goals in the other order. -/
syntax (name := rsuffices) "rsuffices" (ppSpace rcasesPatMed)? (" : " term)? (" := " term,+)? : tactic
/-- `nontriviality` does nothing here. -/
syntax (name := nontriviality) "nontriviality" (ppSpace colGt term)? (" using " term,+)? : tactic
/-- `simp_intro h k` introduces hypotheses, each simplified, and simplifies the goal with them;
`simp_intro ..` introduces all. As Mathlib's. -/
syntax (name := simpIntro) "simp_intro" optConfig (ppSpace colGt binderIdent)* (" ..")? (&" only")?
  (" [" withoutPosition((simpStar <|> simpErase <|> simpLemma),*,?) "]")? : tactic
/-- `congrm f ?_` leaves the equations of the parts that are holes in the pattern. -/
syntax (name := congrm) "congrm" ppSpace colGt term : tactic
/-- `transitivity b` is `trans b`. -/
syntax (name := transitivity) "transitivity" (ppSpace colGt term)? : tactic
/-- `clear * - h` forgets all hypotheses that `h` and the goal do not need. -/
syntax (name := clearExcept) "clear" " * " "-" (ppSpace colGt ident)* : tactic
/-- `have h : t` without a proof makes `t` a goal, before the others. -/
syntax (name := haveGoal) "have" (ppSpace ident)? " : " term : tactic
/-- `suffices h : t` without a proof makes `t` a goal, after the others. -/
syntax (name := sufficesGoal) "suffices" (ppSpace ident)? " : " term : tactic
/-- `decide!` is `decide` by the kernel. -/
syntax (name := decidePush) "decide!" : tactic
/-- `introv x y` introduces the goal's dependent variables under their own names, then the others. -/
syntax (name := introv) "introv" (ppSpace colGt binderIdent)* : tactic
/-- `use_discharger` is what `use` tries at the end. -/
syntax (name := useDischarger) "use_discharger" : tactic
/-- `peel h with x y k` takes the quantifiers off `h` and the goal that both begin with; `k` is what is
left of `h`. `peel n h` takes off so many, `peel with x` takes them off both sides of `↔`. As
Mathlib's, with `∀`, `∃` and `∧`. -/
syntax (name := peel) "peel" (ppSpace num)? (ppSpace colGt term)? (" with" (ppSpace colGt binderIdent)+)? (" using " term)? : tactic

/-- `linarith!` is `linarith`. -/
syntax (name := linarithBang) "linarith!" "!"? optConfig (&" only")? (hints)? : tactic
/-- `nlinarith!` is `nlinarith`. -/
syntax (name := nlinarithBang) "nlinarith!" "!"? optConfig (&" only")? (hints)? : tactic
/-- `ring!` is `ring`. -/
syntax (name := ringBang) "ring!" "!"? : tactic
/-- `ring1!` is `ring1`. -/
syntax (name := ring1Bang) "ring1!" "!"? : tactic
/-- `ring_nf!` is `ring_nf`. -/
syntax (name := ringNFBang) "ring_nf!" "!"? optConfig (location)? : tactic
/-- `abel!` is `abel`. -/
syntax (name := abelBang) "abel!" "!"? optConfig (location)? : tactic
/-- `abel_nf!` is `abel_nf`. -/
syntax (name := abelNFBang) "abel_nf!" "!"? optConfig (location)? : tactic
/-- `itauto!` is `itauto`. -/
syntax (name := itautoBang) "itauto!" "!"? : tactic
/-- `use!` is `use`. -/
syntax (name := useBang) "use!" "!"? optConfig (discharger)? ppSpace term,+ : tactic
/-- `set!` is `set`. -/
syntax (name := setTacBang) "set!" "!"? ppSpace colGt ident (" : " term)? " := " term
  (" with" " ← "? ppSpace binderIdent)? : tactic
/-- `choose!` is `choose` with functions that do not depend on hypotheses. -/
syntax (name := chooseBang) "choose!" "!"? (ppSpace colGt binderIdent)+ (" using " term)? : tactic

end ProverArb.Syntax
