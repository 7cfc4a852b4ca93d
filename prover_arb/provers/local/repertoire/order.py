"""Inequalities: denominators cleared, and squares that vanish where both sides are equal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.repertoire.points import Relation, grid, read_relation
from prover_arb.provers.local.templates.inequalities import product_of, signs
from prover_arb.provers.local.templates.reading import facts

_KINDS = ("ℝ", "ℚ", "ℤ")
_VALUES = (0, 1, -1, 2, 3, Fraction(1, 2), -2, 4, Fraction(-1, 2), 5, -3)
_POSITIVE = "(by first | positivity | linarith | nlinarith)"


def denominators(goal: Goal) -> Iterator[str]:
    """Fractions are brought together, and multiplied out."""
    if "/" not in goal.target or not re.search(" [<≤>≥] ", goal.target):
        return
    closer = _closer(goal)
    strict = re.search(" [<>] ", goal.target) is not None
    given = [f.proof for f in facts(goal) if "/" in f.text and re.search(" [<≤>≥] ", f.text)]
    p = _POSITIVE
    both = f"div_lt_div_iff {p} {p}" if strict else f"div_le_div_iff {p} {p}"
    one = "div_lt_one" if strict else "div_le_one"
    left, right = ("div_lt_iff₀", "lt_div_iff₀") if strict else ("div_le_iff₀", "le_div_iff₀")
    gather = [
        f"try rw [div_add_div _ _ {p.replace('linarith', 'exact ne_of_gt (by linarith)')} {p}]",
        "try simp only [div_add_div_same, ← sub_div, ← add_div]",
    ]
    at = f"\ntry rw [div_lt_div_iff {p} {p}] at {given[0]}" if given else ""
    for rule in (f"{one} {p}", both, f"{right} {p}", f"{left} {p}"):
        yield f"rw [{rule}]{at}\n{closer}"
    for rule in (both, f"{right} {p}", f"{left} {p}"):
        yield f"{gather[0]}\nrw [{rule}]\n{closer}"
    yield f"field_simp\n{closer}"
    yield f"field_simp\nrw [{both}]\n{closer}"
    yield (f"rw [← sub_nonneg]\nfield_simp\napply div_nonneg\n· {closer}\n· positivity")


def _closer(goal: Goal) -> str:
    variables = goal.variables(*_KINDS)[:3]
    squares = [f"sq_nonneg ({a} - {b})" for a, b in combinations(variables, 2)]
    plain = [sign for sign in signs(goal) if "/" not in sign.term][:3]
    products = [product_of(p, q) for p, q in combinations(plain, 2)]
    return f"nlinarith [{', '.join([*squares, *products])}]"


def tight_squares(goal: Goal) -> Iterator[str]:
    """Squares of what vanishes at the points where the two sides of the target are equal."""
    variables = goal.variables(*_KINDS)[:4]
    relation = read_relation(goal.target)
    if not variables or relation is None or relation.sign == "=":
        return
    known = [r for f in facts(goal) if (r := read_relation(f.text)) is not None]
    points = list(_tight(relation, known, variables))[:3]
    if len(variables) == 4:
        a, b, c, d = variables
        crossed = [f"{a} * {d} - {b} * {c}", f"{a} * {c} - {b} * {d}", f"{a} * {b} - {c} * {d}"]
        for cross in crossed:
            yield f"nlinarith [sq_nonneg ({cross})]"
        yield f"nlinarith [{', '.join(f'sq_nonneg ({t})' for t in crossed)}]"
    products = [product_of(p, q) for p, q in combinations(signs(goal)[:3], 2)]
    for point in points:
        shifted = [_minus(x, point[x]) for x in variables]
        yield f"nlinarith [{', '.join(f'sq_nonneg ({t})' for t in shifted)}]"
        if re.search(r"\^ [3-8]", goal.target):
            higher = [f"sq_nonneg ({_minus(f'{x} ^ 2', point[x] ** 2)})" for x in variables]
            mixed = [f"sq_nonneg ({t})" for t in shifted]
            yield f"nlinarith [{', '.join([*higher, *mixed])}]"
            times = [
                f"mul_nonneg (sq_nonneg ({t})) (sq_nonneg {x})"
                for t, x in zip(shifted, variables, strict=True)
            ]
            yield f"nlinarith [{', '.join([*times, *higher, *mixed])}]"
        if len(variables) > 1:
            pairs = [
                f"sq_nonneg ({_minus(f'{x} - {y}', point[x] - point[y])})"
                for x, y in combinations(variables, 2)
            ]
            ratios = [
                f"sq_nonneg ({point[y]} * {x} - {point[x]} * {y})"
                for x, y in combinations(variables, 2)
                if point[x] > 0 and point[y] > 0 and point[x] != point[y]
            ]
            own = [f"sq_nonneg ({t})" for t in shifted]
            yield f"nlinarith [{', '.join([*pairs, *own, *products[:3]])}]"
            if ratios:
                yield f"nlinarith [{', '.join(ratios)}]"
            crossed = (
                [
                    f"mul_self_nonneg ({x} * {y} - {x} * {z})"
                    for x, y, z in (variables[i:] + variables[:i] for i in range(3))
                ]
                if len(variables) == 3
                else []
            )
            if crossed:
                yield f"nlinarith [{', '.join([*crossed, *pairs, *products[:3]])}]"


def _tight(
    relation: Relation, known: list[Relation], variables: list[str]
) -> Iterator[dict[str, Fraction]]:
    """Yields points where the facts hold and the two sides are equal."""
    if not set(relation.names) <= set(variables):
        return
    for point in grid(variables, _VALUES):
        allowed = all(r.holds(point) for r in known if set(r.names) <= set(variables))
        if allowed and relation.difference(point) == 0:
            yield {x: Fraction(value) for x, value in point.items()}


def _minus(term: str, value: Fraction) -> str:
    if value == 0:
        return term
    return f"{term} - {value}" if value > 0 else f"{term} + {-value}"


def antisymmetric(goal: Goal) -> Iterator[str]:
    """An equation as two inequalities; the contrary of each meets squares and products."""
    match = re.fullmatch(r"([^=<>≤≥∀∃∧∨]+) = ([^=<>≤≥∀∃∧∨]+)", goal.target)
    variables = goal.variables("ℝ", "ℚ")[:3]
    if match is None or not variables:
        return
    squares = [f"sq_nonneg {x}" for x in variables]
    squares += [f"sq_nonneg ({x} {s} {y})" for x, y in combinations(variables, 2) for s in "+-"]
    squares.append("mul_pos (sub_pos.2 hc) (sub_pos.2 hc)")
    yield (
        "apply le_antisymm <;> by_contra hc <;> push_neg at hc <;> "
        f"nlinarith [{', '.join(squares)}]"
    )
