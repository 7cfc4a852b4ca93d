"""Facts that `grind` does not think of: squares, products, nonzero denominators, instances."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, islice
from math import isqrt

from prover_arb.provers.goal import Goal
from prover_arb.provers.templates.reading import (
    Fact,
    applications,
    facts,
    numerals,
    operands,
    split_top,
    texts,
    words,
)

_ORDERED = ("ℝ", "ℚ", "ℤ")
_COMPARISON = re.compile(r"^(.+?) (<|≤|>|≥) (.+)$")
_UNIVERSAL = re.compile(r"^∀ \(?(\w+)(?: : ([^),]+))?\)?, (.+)$")
_INEQUALITIES = ("<", ">", "≤", "≥")


def with_hints(hints: list[str], finish: str = "grind") -> str:
    """A script that states each hint as a fact and finishes."""
    lines = [f"have q{i} := {hint}" for i, hint in enumerate(hints)]
    return "\n".join([*lines, finish])


def inequality_hints(goal: Goal) -> Iterator[str]:
    """Squares of differences and products of what is known to be nonnegative."""
    variables = goal.variables(*_ORDERED)
    if not variables or not any(s in t for t in texts(goal) for s in _INEQUALITIES):
        return
    kind = next(h.type for h in goal.hypotheses if h.name == variables[0])
    squares = [f"sq_nonneg ({a} - {b})" for a, b in combinations(variables[:4], 2)]
    sums = [f"sq_nonneg ({a} + {b})" for a, b in combinations(variables[:3], 2)]
    own = [f"sq_nonneg ({a} : {kind})" for a in variables[:4]]
    positive = list(islice(_nonnegative(goal), 6))
    products = [
        f"{'mul_pos' if s and t else 'mul_nonneg'} {_as(p, s and t)} {_as(q, s and t)}"
        for (p, s), (q, t) in combinations(positive, 2)
    ]
    if squares:
        yield with_hints(squares)
    if products:
        yield with_hints(products[:6])
        yield with_hints([*squares[:3], *products[:6]])
    if len(variables) == 1:
        yield from _completed_squares(goal, variables[0])
    elif len(variables) == 2:
        yield from _scaled_squares(goal, *variables)
    yield with_hints([*squares[:3], *sums[:3], *own[:3]])
    if positive and squares:
        weighted = [
            f"mul_nonneg {_as(p, False)} ({square})"
            for p, _ in positive[:3]
            for square in squares[:3]
        ]
        yield with_hints([*weighted, *squares[:3]])
        yield with_hints([*weighted[:4], *products[:4], *own[:3]])
    if len(variables) > 1:
        quartic = [f"sq_nonneg ({a} ^ 2 - {b} ^ 2)" for a, b in combinations(variables[:3], 2)]
        cross = [
            f"sq_nonneg ({a} * {b} - {c} * {d})"
            for (a, b), (c, d) in combinations(list(combinations(variables[:4], 2)), 2)
        ]
        yield with_hints([*quartic, *squares[:3], *own[:2]])
        if cross:
            yield with_hints([*cross[:6], *squares[:3]])


def _as(proof: str, strict: bool) -> str:
    """A proof of `0 < a` as asked for, or weakened to `0 ≤ a`."""
    return (
        proof
        if strict
        else f"(by have := {proof}; grind)"
        if not proof.startswith("(by")
        else proof
    )


def _nonnegative(goal: Goal) -> Iterator[tuple[str, bool]]:
    """Proofs of `0 < a` (True) or `0 ≤ a` (False) from the comparisons at hand."""
    for fact in facts(goal):
        match = _COMPARISON.match(fact.text)
        if match is None or len(split_top(fact.text, " → ")) > 1 or "∀" in fact.text:
            continue
        left, sign, right = match.groups()
        if any(s in left + right for s in (*_INEQUALITIES, "=", "∧", "∨", "∃")):
            continue
        low, high = (left, right) if sign in "<≤" else (right, left)
        strict = sign in "<>"
        if low == "0":
            yield f"(show 0 {'<' if strict else '≤'} {high} by grind)", strict
        else:
            yield f"(show 0 {'<' if strict else '≤'} ({high}) - ({low}) by grind)", strict


def _completed_squares(goal: Goal, x: str) -> Iterator[str]:
    found = [n for n in numerals(goal, most=400) if n > 0][:5]
    shifts: dict[str, None] = {}
    for n in found:
        shifts.setdefault(f"{n}")
        shifts.setdefault(f"{n} / 2")
    near = list(shifts)[:8]
    if near:
        yield with_hints([f"sq_nonneg ({x} - {s})" for s in near])
        yield with_hints([f"sq_nonneg ({x} + {s})" for s in near])
    ratios = [f"{p} / (2 * {q})" for p in found[:4] for q in found[:4] if p != q]
    if ratios:
        yield with_hints([f"sq_nonneg ({x} - {r})" for r in ratios])


def _scaled_squares(goal: Goal, x: str, y: str) -> Iterator[str]:
    roots = [isqrt(n) for n in numerals(goal, most=10**4) if n > 0 and isqrt(n) ** 2 == n]
    scales = list(dict.fromkeys([1, 2, *roots]))[:4]
    hints = [
        f"sq_nonneg ({p} * {x} - {q} * {y})"
        for p in scales
        for q in scales
        if (p, q) == (1, 1) or p != q
    ]
    yield with_hints(hints[:9])
    shifts = [n for n in numerals(goal, most=100) if n > 0][:3]
    yield with_hints(
        [f"sq_nonneg ({x} - {y} {sign} {n})" for n in shifts or [1] for sign in "+-"]
        + [f"sq_nonneg ({x} + {y} {sign} {n})" for n in shifts or [1] for sign in "+-"]
    )
    yield with_hints(
        [f"sq_nonneg ({x} - {n})" for n in shifts or [1]]
        + [f"sq_nonneg ({y} - {n})" for n in shifts or [1]]
    )


def denominator_hints(goal: Goal) -> Iterator[str]:
    """Denominators and bases of logarithms are not zero, when `grind` can see why."""
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


def instances(goal: Goal) -> Iterator[str]:
    """Universal hypotheses at small numerals, at variables, and at terms of the goal."""
    universal = [f for f in facts(goal) if f.text.startswith("∀")]
    if not universal:
        return
    variables = goal.variables("ℝ", "ℚ", "ℤ", "ℕ")
    functions = [h.name for h in goal.facts if _is_function(h.type)]
    said = " ".join(h for h in texts(goal) if not h.startswith("∀"))
    used: dict[str, None] = {}
    for function in functions:
        for term in applications(said, function):
            used.setdefault(term)
    points = {
        "small": ["0", "1"],
        "more": ["0", "1", "2", "(-1)"],
        "used": list(used)[:4],
        "variables": variables[:3],
        "all": list(dict.fromkeys(["0", "1", *list(used)[:3], *variables[:2]])),
    }
    for terms in points.values():
        if terms:
            yield _instantiated(universal, terms, "grind")
    yield _instantiated(universal, points["more"], "simp_all\ngrind")


def _instantiated(universal: list[Fact], terms: list[str], finish: str) -> str:
    lines: list[str] = []
    for fact in universal[:3]:
        holes = _arity(fact.text)
        for arguments in _tuples(terms, holes):
            lines.append(f"try have i{len(lines)} := {fact.proof} {' '.join(arguments)}")
    return "\n".join([*lines[:16], finish])


def _tuples(terms: list[str], holes: int) -> list[list[str]]:
    if holes == 1:
        return [[t] for t in terms]
    return [[s, t] for s in terms[:3] for t in terms[:3]]


def _arity(text: str) -> int:
    head = text.split(",", 1)[0]
    names = len(words(head.split(":")[0].removeprefix("∀")))
    return 2 if names >= 2 else 1


def _is_function(type_: str) -> bool:
    return len(split_top(type_, " → ")) > 1 and not any(
        s in type_ for s in ("=", "<", "≤", ">", "≥", "∀", "∈", "∣", "¬")
    )
