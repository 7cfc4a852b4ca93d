"""What `grind` does not think of in an inequality: squares, products, gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice, permutations
from math import isqrt

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.reading import facts, numerals, texts

_ORDERED = ("ℝ", "ℚ", "ℤ")
_COMPARISON = re.compile(r"^(.+?) (<|≤|>|≥) (.+)$")
_CONNECTIVES = ("<", ">", "≤", "≥", "=", "≠", "∧", "∨", "∃", "↔", "¬", "∣", "∈")
_INEQUALITIES = ("<", ">", "≤", "≥")


def with_hints(hints: list[str]) -> str:
    """A script that states each hint that makes sense as a fact, and finishes by `grind`."""
    lines = [f"try have q{i} := {hint}" for i, hint in enumerate(hints)]
    return "\n".join([*lines, "grind"])


def inequality_hints(goal: Goal) -> Iterator[str]:
    """Squares, and products of what is known to be nonnegative, as facts for `grind`."""
    variables = goal.variables(*_ORDERED)
    if not variables or not any(s in t for t in texts(goal) for s in _INEQUALITIES):
        return
    pairs = list(combinations(variables[:4], 2))
    differences = [f"sq_nonneg ({a} - {b})" for a, b in pairs][:6]
    positive = signs(goal)
    products = [product_of(p, q) for p, q in combinations(positive, 2)][:6]
    compound = [p for p in positive if " " in p.term][:3]
    if compound and len(differences) > 1:
        yield with_hints([f"mul_nonneg {p.weak} ({q})" for p in compound for q in differences[:3]])
    if differences:
        yield with_hints(differences)
    if products:
        yield with_hints(products)
        yield with_hints([*differences[:3], *products])
    for x in variables[-2:]:
        yield from _completed_squares(goal, x)
    if pairs:
        yield from _scaled_squares(goal, [*variables[:2], *_sums(goal)[:2]])
    yield from _low_degree(goal, variables, differences[:3])
    if positive and pairs:
        weighted = [
            f"mul_nonneg {p.weak} ({square})" for p in positive[:3] for square in differences[:3]
        ]
        yield with_hints([*weighted, *differences[:3]])
        yield with_hints([*weighted[:4], *products[:4], *differences[:1]])
    if pairs:
        yield from _high_degree(variables, pairs, differences[:3])


def product_of(p: Sign, q: Sign) -> str:
    """A proof that the product of two terms is positive, or not negative."""
    if p.strict and q.strict:
        return f"mul_pos {p.strong} {q.strong}"
    return f"mul_nonneg {p.weak} {q.weak}"


def _low_degree(goal: Goal, variables: list[str], differences: list[str]) -> Iterator[str]:
    kind = next(h.type for h in goal.hypotheses if h.name == variables[0])
    own = [f"sq_nonneg ({a} : {kind})" for a in variables[:3]]
    sums = [f"sq_nonneg ({a} + {b})" for a, b in combinations(variables[:3], 2)]
    crossed = [f"sq_nonneg ({a} * {b})" for a, b in combinations(variables[:3], 2)]
    yield with_hints([*differences, *sums, *own, *crossed])


def _high_degree(
    variables: list[str], pairs: list[tuple[str, str]], differences: list[str]
) -> Iterator[str]:
    three = variables[:3]
    quartic = [f"sq_nonneg ({a} ^ 2 - {b} ^ 2)" for a, b in combinations(three, 2)]
    steep = [f"sq_nonneg ({a} * ({a} - {b}))" for a, b in permutations(three, 2)]
    cross = [f"sq_nonneg ({a} * {b} - {c} * {d})" for (a, b), (c, d) in combinations(pairs, 2)]
    yield with_hints([*quartic, *steep])
    yield with_hints([*quartic, *differences])
    if cross:
        yield with_hints([*cross[:6], *differences])


@dataclass(frozen=True)
class Sign:
    """A term known to be positive, or not negative."""

    term: str
    strict: bool

    @property
    def weak(self) -> str:
        """A proof that it is not negative."""
        return f"(show 0 ≤ {self.term} by grind)"

    @property
    def strong(self) -> str:
        """A proof that it is positive."""
        return f"(show 0 < {self.term} by grind)"


def signs(goal: Goal) -> list[Sign]:
    """What the comparisons at hand say is positive or not negative, six at most."""
    positive: dict[Sign, None] = {}
    for fact in facts(goal):
        parts = [fact.text] if "∀" not in fact.text and "→" not in fact.text else []
        match = _COMPARISON.match(parts[0]) if parts else None
        if match is None or any(s in match[1] + match[3] for s in _CONNECTIVES):
            continue
        left, sign, right = match.groups()
        low, high = (left, right) if sign in "<≤" else (right, left)
        positive.setdefault(Sign(high if low == "0" else f"({high}) - ({low})", sign in "<>"))
    return list(positive)[:6]


def _completed_squares(goal: Goal, x: str) -> Iterator[str]:
    positive = [n for n in numerals(goal, most=400) if n > 0][:5]
    shifts: dict[str, None] = {}
    for n in positive:
        shifts.setdefault(f"{n}")
        shifts.setdefault(f"{n} / 2")
    near = list(shifts)[:6]
    if near:
        yield with_hints([f"sq_nonneg ({x} {sign} {s})" for s in near for sign in "-+"])
    ratios = [f"{p} / (2 * {q})" for p in positive[:4] for q in positive[:4] if p != q][:7]
    if ratios:
        yield with_hints([f"sq_nonneg ({x} {sign} {r})" for r in ratios for sign in "-+"])


def _scaled_squares(goal: Goal, atoms: list[str]) -> Iterator[str]:
    """Squares of differences of multiples of the variables and bracketed sums of the goal."""
    roots = [isqrt(n) for n in numerals(goal, most=10**4) if n > 0 and isqrt(n) ** 2 == n]
    scales = list(dict.fromkeys([1, 2, *roots]))[:4]
    for u, v in islice(combinations(atoms, 2), 4):
        hints = [
            f"sq_nonneg ({p} * {u} - {q} * {v})"
            for p in scales
            for q in scales
            if (p, q) == (1, 1) or p != q
        ]
        yield with_hints(hints[:9])
    if len(atoms) < 2:
        return
    x, y = atoms[:2]
    shifts = [n for n in numerals(goal, most=100) if n > 0][:3] or [1]
    yield with_hints(
        [f"sq_nonneg ({x} - {y} {sign} {n})" for n in shifts for sign in "+-"]
        + [f"sq_nonneg ({x} + {y} {sign} {n})" for n in shifts for sign in "+-"]
    )
    yield with_hints([f"sq_nonneg ({z} - {n})" for n in shifts for z in (x, y)])


def _sums(goal: Goal) -> list[str]:
    """Bracketed sums and differences in the target, such as `(a + 1)`."""
    return list(dict.fromkeys(re.findall(r"\([\w₀-₉]+ [+-] [\w₀-₉]+\)", goal.target)))
