"""Equations over ordered fields: values found by numbers, and proved by factors and squares."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, pairwise

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.session import indented
from prover_arb.provers.local.templates.inequalities import signs
from prover_arb.provers.local.templates.numeric import (
    Term,
    Unreadable,
    constant,
    difference,
    read_term,
    written,
    zeros,
)
from prover_arb.provers.local.templates.reading import (
    facts,
    operands,
    split_top,
    texts,
    unbracketed,
)
from prover_arb.provers.local.templates.systems import solutions

_SIDE = r"([^<>≤≥=≠∃∀∨↔→∧]+)"
_EQUATION = re.compile(rf"^{_SIDE} = {_SIDE}$")
_ZERO = "Lean.Grind.Field.of_mul_eq_zero"


def given_zeros(goal: Goal) -> Iterator[str]:
    """A variable in an equation without others is one of the equation's zeros, or its square is."""
    claims: list[str] = []
    for fact in facts(goal):
        match = _EQUATION.match(fact.text)
        if match is None:
            continue
        try:
            left, names = read_term(match[1])
            right, more = read_term(match[2])
        except Unreadable:
            continue
        variables = set(names) | set(more)
        if len(variables) != 1 or not variables <= set(goal.variables("ℝ", "ℚ")):
            continue
        x = variables.pop()
        found = zeros(difference(left, right), x)
        if 1 < len(found) <= 3:
            yield one_of(x, found)
        claims += _squares(difference(left, right), x, len(claims))
    if claims:
        yield "\n".join([*claims, "grind"])


def _squares(term: Term, x: str, number: int) -> list[str]:
    """What the square of `x` is one of, when the term depends on that alone."""
    even = all(_agree(term, x, k) for k in (1, 3, 7))
    found = zeros(lambda env: term({x: math.sqrt(max(0.0, float(env[x])))}), x) if even else []
    if not 1 < len(found) <= 3:
        return []
    product = " * ".join(f"({x} ^ 2 - {written(v)})" for v in found)
    values = " ∨ ".join(f"{x} ^ 2 = {written(v)}" for v in found)
    return [
        f"have r_one{number} : {values} := by\n  have r_zero : {product} = 0 := by grind\n"
        f"  rcases {_ZERO} r_zero with r_zero | r_zero <;> grind"
    ]


def _agree(term: Term, x: str, k: int) -> bool:
    try:
        return abs(float(term({x: Fraction(k)})) - float(term({x: Fraction(-k)}))) < 1e-9
    except (Unreadable, OverflowError):
        return False


def one_of(x: str, values: list[Fraction]) -> str:
    """From the vanishing of the product of differences, one case per value."""
    product = " * ".join(f"({x} - {written(v)})" for v in values)
    split = f"rcases {_ZERO} r_zero with r_zero | r_zero"
    closing = "grind" if len(values) == 1 else f"{split} <;> grind"
    for _ in values[2:]:
        closing = f"{split}\n· {indented(closing, 2).lstrip()}\n· grind"
    return f"have r_zero : {product} = 0 := by grind\n{closing}"


def double_zeros(goal: Goal) -> Iterator[str]:
    """A term that is claimed to have a value: the square of its distance vanishes, or its square
    is known and its sign."""
    match = _EQUATION.match(goal.target)
    if match is None or not goal.variables("ℝ", "ℚ"):
        return
    term, value = match.groups()
    if constant(value) is None or not goal.facts:
        return
    positive = [s.strong for s in signs(goal) if s.strict][:3]
    products = [f"mul_pos {a} {b}" for a, b in pairwise(positive)]
    if len(positive) == 3:
        products.append(f"mul_pos (mul_pos {positive[0]} {positive[1]}) {positive[2]}")
    hints = "".join(f"try have r_pos{i} := {p}\n" for i, p in enumerate(products))
    if " * " in term or " + " in term:
        for other in (f"- ({value})", f"+ ({value})"):
            yield (
                f"have r_zero : (({term}) - ({value})) * (({term}) {other}) = 0 := by grind\n"
                f"{hints}rcases {_ZERO} r_zero with r_case | r_case <;> grind"
            )


def cubes(goal: Goal) -> Iterator[str]:
    """Variables whose cube is that of a simple number."""
    if not any(re.search(r"\^ (3|5|6)\b", text) for text in texts(goal)):
        return
    found: dict[str, Fraction] = {}
    for x, value in solutions(goal).items():
        found[x] = value
    lines = []
    for i, (x, r) in enumerate(islice(found.items(), 3)):
        half = written(-r / 2)
        rest = f"(({x} - {half}) ^ 2 + {written(r * r * 3 / 4)})"
        lines.append(
            f"have r_value{i} : {x} = {written(r)} := by\n"
            f"  first\n  | grind\n"
            f"  | (have r_zero : ({x} - {written(r)}) * {rest} = 0 := by grind\n"
            f"     have r_square := sq_nonneg ({x} - {half})\n"
            f"     rcases {_ZERO} r_zero with r_case | r_case <;> grind)"
        )
    if lines:
        yield "\n".join([*lines, "grind"])


def vanishing_denominators(goal: Goal) -> Iterator[str]:
    """Denominators are zero or not: every case by itself."""
    found: dict[str, None] = {}
    for text in texts(goal):
        if not any(s in text for s in ("∀", "∃", "fun ")):
            for term in operands(text, "/ "):
                if constant(term) is None:
                    found.setdefault(unbracketed(term))
    terms = list(found)[:3]
    if terms:
        splits = [
            f"rcases Classical.em ({t} = 0) with r_den{i} | r_den{i}" for i, t in enumerate(terms)
        ]
        yield " <;> ".join([*splits, "grind"])


def equal_roots(goal: Goal) -> Iterator[str]:
    """Roots are equal when what they are taken of is."""
    parts = split_top(goal.target, " = ")
    if len(parts) == 2 and all(re.match(r"^(√|Real\.«?sqrt»?|sqrt)", p) for p in parts):
        yield "congr 1; grind"


def values_of_constants(goal: Goal) -> Iterator[str]:
    """Rational variables are replaced by what the equations make them."""
    values = [(x, v) for x, v in solutions(goal).items() if x in goal.variables("ℚ")]
    if values:
        lines = [
            f"have r_value{i} : {x} = {written(v)} := by grind" for i, (x, v) in enumerate(values)
        ]
        lines += [f"subst r_value{i}" for i in range(len(values))]
        yield "\n".join([*lines[: len(values)], *lines[len(values) :], "decide +kernel"])
