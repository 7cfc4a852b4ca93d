"""Finds steps that change a goal without closing it, from its text."""

from __future__ import annotations

import re

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.opening import unwrap
from prover_arb.provers.local.templates.reading import facts, numerals, split_top, texts, words

_SETS = "Set.mem_setOf_eq, isLeast_iff, isGreatest_iff, mem_lowerBounds, mem_upperBounds"


MOST = 24
"""How many moves a goal has at most."""


def moves(goal: Goal, *, depth: int) -> list[str]:
    """Returns at most MOST tactics worth trying on the goal; `depth` makes names unique."""
    safe = unfolded(goal, depth + 20)
    if safe is not None:
        return [safe]
    tactics = [
        *_on_target(goal, depth),
        *_on_context(goal, depth),
        *_splits(goal, depth),
        *_arithmetic(goal),
    ]
    return list(dict.fromkeys(tactics))[:MOST]


def unfolded(goal: Goal, number: int) -> str | None:
    """Returns one safe step as `unwrap`, or one into the definition that the target is."""
    target = goal.target
    if target.startswith("Function.Injective "):
        return f"intro x{number} y{number} e{number}"
    if target.startswith("Function.Surjective "):
        return f"intro y{number}"
    if target.startswith("Function.Bijective "):
        return "constructor"
    if target.startswith(("¬∃", "¬∀", "¬ ")):
        return f"intro c{number}"
    return unwrap(goal, number)


def _arithmetic(goal: Goal) -> list[str]:
    """Terms brought into shape, and bounded numbers taken one by one."""
    tactics = []
    said = texts(goal)
    if any("/" in t for t in said) and goal.variables("ℝ", "ℚ"):
        tactics += ["field_simp", "field_simp at *"]
    if any(re.search(r"\)\s*\^|\) \*|\* \(", t) for t in said):
        tactics.append("ring_nf at *")
    if any("↑" in t for t in said):
        tactics.append("push_cast at *")
    for x in goal.variables("ℕ", "ℤ")[:2]:
        high = any(re.fullmatch(rf"{re.escape(x)} [<≤] \d{{1,3}}", h.type) for h in goal.facts)
        if high:
            tactics.append(f"interval_cases {x}")
    tactics.append("norm_num at *")
    return tactics


def _on_target(goal: Goal, depth: int) -> list[str]:
    target = goal.target
    tactics = []
    if len(split_top(target, " ∧ ")) > 1 or len(split_top(target, " ↔ ")) > 1:
        tactics.append("constructor")
    if len(split_top(target, " ∨ ")) > 1:
        tactics += ["left", "right"]
    if target.startswith("¬") or " ≠ " in target:
        tactics.append(f"intro c{depth}")
    if target.startswith("∃"):
        names = goal.variables("ℕ", "ℤ", "ℚ", "ℝ")[:3]
        successors = [f"{x} + 1" for x in names]
        terms = [*names, *successors, *(str(n) for n in numerals(goal, most=100)[:4]), "0", "1"]
        tactics += [f"refine ⟨{t}, ?_⟩" for t in dict.fromkeys([*_applied(goal), *terms])][:10]
    if "IsLeast" in target or "IsGreatest" in target:
        tactics.append(f"simp only [{_SETS}]")
    if "fun " in target:
        tactics.append("funext x")
    tactics += [f"apply {h.name}" for h in goal.facts if h.type.startswith("Function.Inj")][:2]
    return tactics


def _on_context(goal: Goal, depth: int) -> list[str]:
    tactics = [
        *_congruences(goal, depth),
        "simp_all",
        "subst_vars",
        "simp only [" + _SETS + "] at *",
    ]
    for hypothesis in goal.facts:
        if len(split_top(hypothesis.type, " ∨ ")) > 1:
            tactics.insert(
                0, f"rcases {hypothesis.name} with {hypothesis.name} | {hypothesis.name}"
            )
        elif len(split_top(hypothesis.type, " ∧ ")) > 1:
            tactics.append(f"obtain ⟨l{depth}, r{depth}⟩ := {hypothesis.name}")
    for fact in facts(goal):
        if fact.text.startswith("∀"):
            names = goal.variables("ℕ", "ℤ", "ℚ", "ℝ")[:2]
            terms = [*names, *_members(goal)[:2], *(f"({x} + 1)" for x in names), "0", "1"]
            tactics += [f"have i{depth} := {fact.proof} {t}" for t in terms]
    return tactics


def _functions(goal: Goal) -> list[str]:
    """The functions of one argument among the things at hand."""
    return [
        h.name
        for h in goal.facts
        if len(split_top(h.type, " → ")) == 2
        and not any(s in h.type for s in ("=", "<", "≤", "∀", "∃", "∣", "∈", "Prop"))
    ]


def _members(goal: Goal) -> list[str]:
    """Things of types that are no numbers, such as `(x : S)`."""
    types = {h.name for h in goal.hypotheses if h.type == "Type"}
    return [h.name for h in goal.facts if h.type in types]


def _applied(goal: Goal) -> list[str]:
    """Functions applied to things, as witnesses."""
    return [f"{f} {x}" for f in _functions(goal)[:2] for x in _members(goal)[:2]]


def _congruences(goal: Goal, depth: int) -> list[str]:
    """The functions at hand applied to both sides of equations between no numbers."""
    if goal.variables("ℕ", "ℤ", "ℚ", "ℝ"):
        return []
    equations = [h.name for h in goal.facts if " = " in h.type and "∀" not in h.type][:2]
    return [f"have q{depth} := congrArg {f} {e}" for f in _functions(goal)[:2] for e in equations]


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
