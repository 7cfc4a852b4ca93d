"""Witnesses, found by computing: numbers, and polynomials in the variables at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.repertoire.points import Relation, read_relation
from prover_arb.provers.local.templates.reading import numerals, split_top

_EXISTS = re.compile(r"^∃(!?) \(?([\w']+)(?: : (ℕ|ℤ|ℚ|ℝ))?\)?, (.+)$")
_UNIQUE = re.compile(r"^ExistsUnique fun ([\w']+) => (.+)$")
_CLOSE = "first | norm_num | omega | decide | grind | nlinarith"
_SAMPLES = (1, 2, 3, 5, 8)


def numbers(goal: Goal) -> Iterator[str]:
    """A number that makes every part of the body true."""
    match, only = _EXISTS.match(goal.target), _UNIQUE.match(goal.target)
    if match is not None:
        unique, x, kind, body = match.groups()
    elif only is not None:
        unique, kind, (x, body) = "!", None, only.groups()
    else:
        return
    parts = [read_relation(p) for p in split_top(body, " ∧ ")]
    relations = [r for r in parts if r is not None and set(r.names) <= {x}]
    if not relations or len(relations) < len(parts):
        return
    fitting = [v for v in _values(goal, kind) if all(r.holds({x: v}) for r in relations)][:2]
    for value in fitting:
        if unique:
            yield (
                f"refine ⟨{value}, by norm_num, fun y hy => ?_⟩\n"
                "first | linarith | omega | nlinarith | (norm_num at hy; linarith) | grind"
            )
        yield f"exact ⟨{value}, by {_CLOSE}⟩"


def _values(goal: Goal, kind: str | None) -> list[Fraction]:
    given = numerals(goal, most=10**6)[:6]
    values = [Fraction(n) for n in (*given, *range(200))]
    if kind != "ℕ":
        values += [-v for v in values]
    if kind in ("ℚ", "ℝ", None):
        values += [Fraction(a, b) for a in given for b in given if b]
        values += [Fraction(-a, b) for a in given for b in given if b]
    return list(dict.fromkeys(values))


def polynomials(goal: Goal) -> Iterator[str]:
    """A polynomial with small coefficients that satisfies the equation at sample points."""
    match = _EXISTS.match(goal.target)
    if match is None or match[1]:
        return
    _, x, _, body = match.groups()
    relation = read_relation(body)
    if relation is None or relation.sign != "=" or x not in relation.names:
        return
    others = [y for y in relation.names if y != x]
    if not 1 <= len(others) <= 2 or not set(others) <= set(goal.variables("ℕ", "ℤ", "ℚ", "ℝ")):
        return
    terms = (
        [f"{others[0]} ^ 2", others[0], ""]
        if len(others) == 1
        else [f"{others[0]} * {others[1]}", *others, ""]
    )
    points = [{y: Fraction(v + 3 * i) for i, y in enumerate(others)} for v in _SAMPLES]
    for coefficients in sorted(
        product(range(-5, 6), repeat=len(terms)), key=lambda c: (sum(map(abs, c)), [-v for v in c])
    ):
        if _fits(relation, x, terms, coefficients, points):
            text = " + ".join(
                f"({c}) * {t}" if t else f"({c})"
                for c, t in zip(coefficients, terms, strict=True)
                if c
            )
            yield f"exact ⟨{text or '0'}, by first | ring | grind | omega⟩"
            return


def _fits(
    relation: Relation,
    x: str,
    terms: list[str],
    coefficients: tuple[int, ...],
    points: list[dict[str, Fraction]],
) -> bool:
    for point in points:
        names = list(point)
        values = [point[n] for n in names]
        monomials = (
            [values[0] ** 2, values[0], Fraction(1)]
            if len(names) == 1
            else [values[0] * values[1], *values, Fraction(1)]
        )
        witness = sum(
            (c * m for c, m in zip(coefficients, monomials, strict=True)), start=Fraction(0)
        )
        if relation.difference({**point, x: witness}) != 0:
            return False
    return True
