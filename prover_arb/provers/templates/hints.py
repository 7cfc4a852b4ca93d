"""Facts that `grind` does not think of: squares, products, nonzero denominators, instances."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice, permutations
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
_FORMULA = re.compile(r"^∀ \(?(\w+)(?: : ([^),]+))?\)?, (\w+) (\w+) = (.+)$")
_CONNECTIVES = ("<", ">", "≤", "≥", "=", "≠", "∧", "∨", "∃", "↔", "¬", "∣", "∈")
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
    positive = signs(goal)
    products = [
        f"mul_pos {p.strong} {q.strong}"
        if p.strict and q.strict
        else f"mul_nonneg {p.weak} {q.weak}"
        for p, q in combinations(positive, 2)
    ]
    if squares:
        yield with_hints(squares)
    if products:
        yield with_hints(products[:6])
        yield with_hints([*squares[:3], *products[:6]])
    for x in variables[-2:]:
        yield from _completed_squares(goal, x)
    if len(variables) > 1:
        yield from _scaled_squares(goal, [*variables[:2], *_sums(goal)[:2]])
    crossed = [f"sq_nonneg ({a} * {b})" for a, b in combinations(variables[:3], 2)]
    yield with_hints([*squares[:3], *sums[:3], *own[:3], *crossed])
    if positive and squares:
        weighted = [
            f"mul_nonneg {p.weak} ({square})" for p in positive[:3] for square in squares[:3]
        ]
        yield with_hints([*weighted, *squares[:3]])
        yield with_hints([*weighted[:4], *products[:4], *own[:3]])
    if len(variables) > 1:
        quartic = [f"sq_nonneg ({a} ^ 2 - {b} ^ 2)" for a, b in combinations(variables[:3], 2)]
        cross = [
            f"sq_nonneg ({a} * {b} - {c} * {d})"
            for (a, b), (c, d) in combinations(list(combinations(variables[:4], 2)), 2)
        ]
        steep = [f"sq_nonneg ({a} * ({a} - {b}))" for a, b in permutations(variables[:3], 2)]
        yield with_hints([*quartic, *squares[:3], *own[:2]])
        yield with_hints([*quartic, *steep])
        if cross:
            yield with_hints([*cross[:6], *squares[:3]])


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
    found: dict[Sign, None] = {}
    for fact in facts(goal):
        parts = [fact.text] if "∀" not in fact.text and "→" not in fact.text else []
        match = _COMPARISON.match(parts[0]) if parts else None
        if match is None or any(s in match[1] + match[3] for s in _CONNECTIVES):
            continue
        left, sign, right = match.groups()
        low, high = (left, right) if sign in "<≤" else (right, left)
        found.setdefault(Sign(high if low == "0" else f"({high}) - ({low})", sign in "<>"))
    return list(found)[:6]


def _completed_squares(goal: Goal, x: str) -> Iterator[str]:
    found = [n for n in numerals(goal, most=400) if n > 0][:5]
    shifts: dict[str, None] = {}
    for n in found:
        shifts.setdefault(f"{n}")
        shifts.setdefault(f"{n} / 2")
    near = list(shifts)[:6]
    if near:
        yield with_hints([f"sq_nonneg ({x} {sign} {s})" for s in near for sign in "-+"])
    ratios = [f"{p} / (2 * {q})" for p in found[:4] for q in found[:4] if p != q][:7]
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


def formula_lines(goal: Goal) -> list[str]:
    """Tactics that replace every function given by a formula by that formula."""
    types = {h.name: h.type for h in goal.facts}
    lines = []
    for hypothesis in goal.facts:
        match = _FORMULA.match(hypothesis.type)
        if match is None:
            continue
        x, kind, name, argument, body = match.groups()
        if argument != x or name not in types or name in words(body):
            continue
        arrow = split_top(types[name], " → ")
        if len(arrow) == 2:
            lines.append(
                f"obtain rfl : {name} = fun ({x} : {kind or arrow[0]}) => ({body} : {arrow[1]}) := "
                f"funext {hypothesis.name}"
            )
    return lines


def definitions(goal: Goal) -> Iterator[str]:
    """Functions given by a formula are replaced by it; then everything may be computed."""
    if lines := formula_lines(goal):
        yield "\n".join([*lines, "first | decide +kernel | rfl"])
        yield "\n".join([*lines, "simp_all; done"])


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
        body = fact.text.partition(", ")[2]
        given = " (by grind)" * _premises(fact.text, body)
        for arguments in _tuples(terms, holes):
            term = f"{fact.proof} {' '.join(arguments)}"
            lines.append(f"try have i{len(lines)} := {term}{given}")
    return "\n".join([*lines[:16], finish])


def _tuples(terms: list[str], holes: int) -> list[list[str]]:
    if holes == 1:
        return [[t] for t in terms]
    return [[s, t] for s in terms[:3] for t in terms[:3]]


def _arity(text: str) -> int:
    head = text.split(",", 1)[0]
    names = len(words(head.split(":")[0].removeprefix("∀")))
    return 2 if names >= 2 else 1


def _premises(text: str, body: str) -> int:
    """Assumptions between the bound variables and the conclusion; `∀ x > 0` has one more."""
    bounded = 1 if re.match(r"^∀ \w+ [<>≤≥≠∈]", text) else 0
    return bounded + len(split_top(body, " → ")) - 1


def _is_function(type_: str) -> bool:
    return len(split_top(type_, " → ")) > 1 and not any(
        s in type_ for s in ("=", "<", "≤", ">", "≥", "∀", "∈", "∣", "¬")
    )
