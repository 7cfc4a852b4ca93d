"""Functions of a goal: replaced by their formulas, or told of at points that matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.reading import (
    Fact,
    applications,
    facts,
    split_top,
    texts,
    words,
)

HOLE = "_"
_GIVEN = "(by grind)"
_MOST_SLOTS = 6
_FORMULA = re.compile(r"^∀ \(?(\w+)(?: : ([^),]+))?\)?, (\w+) (\w+) = (.+)$")


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
        slots = argument_slots(fact.text)
        holes = slots.count(HOLE)
        for chosen in islice(product(terms[:4] if holes == 1 else terms[:3], repeat=holes), 9):
            values = iter(chosen)
            given = " ".join(next(values) if slot == HOLE else slot for slot in slots)
            lines.append(f"try have i{len(lines)} := {fact.proof} {given}")
    return "\n".join([*lines[:16], finish])


def argument_slots(text: str) -> list[str]:
    """What a universal fact is applied to: HOLE for a variable, a proof for each assumption."""
    slots: list[str] = []
    while len(slots) < _MOST_SLOTS:
        quantified = re.match(r"^∀ ([^,]+), (.+)$", text)
        parts = split_top(text, " → ")
        if quantified:
            head, text = quantified.groups()
            bounded = re.match(r"^[\w']+ [<>≤≥≠∈] ", head)
            names = head.split(" : ")[0].strip("({ ").split()
            slots += [HOLE, _GIVEN] if bounded else [HOLE] * len(names)
        elif len(parts) > 1:
            slots.append(_GIVEN)
            text = text[len(parts[0]) + len(" → ") :]
        else:
            break
    return slots


def _is_function(type_: str) -> bool:
    return len(split_top(type_, " → ")) > 1 and not any(
        s in type_ for s in ("=", "<", "≤", ">", "≥", "∀", "∈", "∣", "¬")
    )
