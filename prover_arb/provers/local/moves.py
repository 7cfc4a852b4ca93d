"""Finds steps that change a goal without closing it, from its text."""

from __future__ import annotations

import re

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.opening import unwrap
from prover_arb.provers.local.templates.reading import facts, numerals, split_top, texts, words

_SETS = "Set.mem_setOf_eq, isLeast_iff, isGreatest_iff, mem_lowerBounds, mem_upperBounds"


def moves(goal: Goal, *, depth: int) -> list[str]:
    """Returns at most 20 tactics worth trying on the goal; `depth` makes names unique."""
    safe = unwrap(goal, depth + 20)
    if safe is not None:
        return [safe]
    tactics = [*_on_target(goal), *_on_context(goal, depth), *_splits(goal, depth)]
    return list(dict.fromkeys(tactics))[:20]


def _on_target(goal: Goal) -> list[str]:
    target = goal.target
    tactics = []
    if len(split_top(target, " ∧ ")) > 1 or len(split_top(target, " ↔ ")) > 1:
        tactics.append("constructor")
    if len(split_top(target, " ∨ ")) > 1:
        tactics += ["left", "right"]
    if target.startswith("¬") or " ≠ " in target:
        tactics.append("intro h")
    if target.startswith("∃"):
        names = goal.variables("ℕ", "ℤ", "ℚ", "ℝ")[:3]
        successors = [f"{x} + 1" for x in names]
        terms = [*names, *successors, *(str(n) for n in numerals(goal, most=100)[:4]), "0", "1"]
        tactics += [f"refine ⟨{t}, ?_⟩" for t in dict.fromkeys(terms)]
    if "IsLeast" in target or "IsGreatest" in target:
        tactics.append(f"simp only [{_SETS}]")
    if "fun " in target:
        tactics.append("funext x")
    return tactics


def _on_context(goal: Goal, depth: int) -> list[str]:
    tactics = ["simp_all", "subst_vars", "simp only [" + _SETS + "] at *"]
    for hypothesis in goal.facts:
        if len(split_top(hypothesis.type, " ∨ ")) > 1:
            tactics.insert(
                0, f"rcases {hypothesis.name} with {hypothesis.name} | {hypothesis.name}"
            )
        elif len(split_top(hypothesis.type, " ∧ ")) > 1:
            tactics.append(f"obtain ⟨l{depth}, r{depth}⟩ := {hypothesis.name}")
    for fact in facts(goal):
        if fact.text.startswith("∀"):
            terms = [*goal.variables("ℕ", "ℤ", "ℚ", "ℝ")[:2], "0", "1"]
            tactics += [f"have i{depth} := {fact.proof} {t}" for t in terms]
    return tactics


def _splits(goal: Goal, depth: int) -> list[str]:
    tactics = []
    for x in goal.variables("ℕ")[:2]:
        if not any(x in words(h.type) for h in goal.facts):
            tactics.append(f"induction {x} with | zero => ?_ | succ k{depth} ih{depth} => ?_")
        tactics.append(f"rcases {x} with _ | {x}")
    for a, b in zip(goal.variables("ℝ", "ℚ", "ℤ"), goal.variables("ℝ", "ℚ", "ℤ")[1:], strict=False):
        tactics.append(f"rcases Std.IsLinearPreorder.le_total {a} {b} with t{depth} | t{depth}")
    if any(re.search(r"\|.+\|", t) for t in texts(goal)):
        tactics.append("simp only [abs_eq_ite] at *")
    return tactics
