"""Algebra over ordered fields: denominators, roots, contradictions, surds, logarithms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations_with_replacement, islice
from math import isqrt

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.inequalities import signs
from prover_arb.provers.local.templates.reading import (
    numerals,
    operands,
    split_top,
    texts,
    unbracketed,
)

_COMPARED = re.compile(r"^([^<>≤≥=≠∃∀∨↔→]+) (<|≤|>|≥|=) ([^<>≤≥=≠∃∀∨↔→]+)$")
_ROOT = re.compile(r"(?:√|Real\.«?sqrt»? )(\((?:[^()]|\([^()]*\))*\)|[\w₀-₉]+)")


def denominators(goal: Goal) -> Iterator[str]:
    """Denominators are not zero, when `grind` can see why."""
    found: dict[str, None] = {}
    for text in texts(goal):
        if "∀" in text or "∃" in text or "fun " in text:
            continue
        for operator in ("/ ", "⁻¹"):
            for term in operands(text, operator):
                if not term.isdigit():
                    found.setdefault(term)
    terms = list(found)[:4]
    if terms:
        lines = [f"have d{i} : {t} ≠ 0 := by grind" for i, t in enumerate(terms)]
        cancelled = [
            f"have e{i} := Lean.Grind.Field.mul_inv_cancel d{i}" for i in range(len(terms))
        ]
        yield "\n".join([*lines, "grind"])
        yield "\n".join([*lines, *cancelled, "grind"])


def contradictions(goal: Goal) -> Iterator[str]:
    """Suppose the contrary: its gap to the truth is positive, so multiply it with what else is."""
    ordered = goal.variables("ℝ", "ℚ", "ℤ")
    parts = [_COMPARED.match(unbracketed(part)) for part in split_top(goal.target, " ∧ ")]
    if not ordered or len(parts) > 6:
        return
    kind = next(h.type for h in goal.hypotheses if h.name == ordered[0])
    proofs = []
    for match in parts:
        if match is None:
            return
        left, sign, right = match.groups()
        if sign == "=":
            proofs.append(
                f"rcases Std.IsLinearPreorder.le_total ({left} : {kind}) ({right}) with t | t\n"
                f"{_bullet(_gap(goal, kind, left, right))}\n"
                f"{_bullet(_gap(goal, kind, right, left))}"
            )
        elif sign in "<≤":
            proofs.append(_gap(goal, kind, right, left))
        else:
            proofs.append(_gap(goal, kind, left, right))
    if len(proofs) == 1:
        yield proofs[0]
    else:
        holes = ", ".join("?_" for _ in proofs)
        yield "\n".join([f"refine ⟨{holes}⟩", *(_bullet(p) for p in proofs)])


def _gap(goal: Goal, kind: str, low: str, high: str) -> str:
    """Shows the target from products of `high - low`, which the contrary makes positive."""
    gap = f"({high}) - ({low})"
    products = [f"try have p{i} := mul_nonneg g {s.weak}" for i, s in enumerate(signs(goal)[:4])]
    return "\n".join(
        [
            "apply Classical.byContradiction; intro hn",
            f"have g : (0 : {kind}) ≤ {gap} := by grind",
            "have g2 := mul_nonneg g g",
            f"try have s2 := mul_pos (show (0 : {kind}) < {gap} by grind) "
            f"(show (0 : {kind}) < {gap} by grind)",
            *products,
            "grind",
        ]
    )


def _bullet(text: str) -> str:
    first, *rest = text.splitlines()
    return "\n".join([f"· {first}", *(f"  {line}" for line in rest)])


def roots(goal: Goal) -> Iterator[str]:
    """A variable that solves a quadratic equation with rational roots is one of them."""
    if not any(" ^ 2" in t or " * " in t for t in texts(goal)):
        return
    found = [n for n in numerals(goal, most=200) if n > 0][:5]
    values = ["0", *(f"{n}" for n in found), *(f"(-{n})" for n in found)]
    for x in goal.variables("ℝ", "ℚ", "ℤ")[:2]:
        whole = x in goal.variables("ℤ")
        lemma = "Int.mul_eq_zero.1" if whole else "Lean.Grind.Field.of_mul_eq_zero"
        pairs = islice(combinations_with_replacement(values, 2), 24)
        yield "first\n" + "\n".join(
            f"  | (have z : ({x} - {r}) * ({x} - {s}) = 0 := by grind\n"
            f"     rcases {lemma} z with y | y <;> grind)"
            for r, s in pairs
        )


def surds(goal: Goal) -> Iterator[str]:
    """Roots of perfect squares, and what else a root squares to."""
    if not any("√" in text or "sqrt" in text for text in texts(goal)):
        return
    squares = [isqrt(n) for n in numerals(goal) if n > 1 and isqrt(n) ** 2 == n]
    small = [n for n in numerals(goal, most=60) if n > 1]
    known = [
        f"have k{k} : Real.«sqrt» ({k * k} : ℝ) = {k} := by\n"
        f"  have e := Real.sqrt_sq (show (0 : ℝ) ≤ {k} by grind)\n"
        f"  rwa [show ({k} : ℝ) ^ 2 = {k * k} by grind] at e"
        for k in list(dict.fromkeys([*squares, *small, 2, 3]))[:5]
    ]
    yield "\n".join([*known, "grind"])
    found: dict[str, None] = {}
    for text in texts(goal):
        if "∀" not in text:
            for match in _ROOT.finditer(text):
                found.setdefault(match[1])
    trivial = "; ".join(f"have := sq_nonneg {x}" for x in goal.variables("ℝ")[:3]) or "skip"
    lines = []
    for i, term in enumerate(list(found)[:3]):
        lines += [
            f"have a{i} : (0 : ℝ) ≤ {term} := by first | grind | ({trivial}; grind)",
            f"have b{i} := Real.sqrt_nonneg {term}",
            f"have c{i} := Real.mul_self_sqrt a{i}",
        ]
    if lines:
        yield "\n".join([*known[:3], *lines, "grind"])
        for script in contradictions(goal):
            yield "\n".join([*lines, script])
