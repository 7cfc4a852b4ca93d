"""Mathlib's closing tactics, with the hints that people give them, read off the goal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.inequalities import product_of, signs
from prover_arb.provers.local.templates.reading import (
    split_top,
    texts,
)

_FIELDS = ("ℝ", "ℚ")
_RELATIONS = (" = ", " < ", " ≤ ", " > ", " ≥ ")


def evaluated(goal: Goal) -> Iterator[str]:
    """Numerals evaluated, with the equations of the context."""
    names = ", ".join(h.name for h in goal.facts if " = " in h.type and "∀" not in h.type)
    yield f"norm_num [{names}]" if names else "norm_num"
    if goal.facts:
        yield "norm_num at *\nfirst | done | assumption | linarith | omega"


def complex_parts(goal: Goal) -> Iterator[str]:
    """Equations between complex numbers: their real and imaginary parts."""
    if not (goal.variables("ℂ") or any("Complex." in text for text in texts(goal))):
        return
    yield (
        "norm_num [Complex.ext_iff, pow_two, pow_succ] at *\n"
        "first | done | (constructor <;> nlinarith) | nlinarith"
    )


def linear(goal: Goal) -> Iterator[str]:
    """Comparisons and equations that follow from products of what is known."""
    kinds = ("ℝ", "ℚ", "ℤ", "ℕ")
    if not goal.variables(*kinds) or not any(r in goal.target for r in (*_RELATIONS, "False")):
        return
    lead = _taken_apart(goal)
    yield f"{lead}linarith"
    for hints in _hints(goal):
        yield f"{lead}nlinarith" + (f" [{', '.join(hints)}]" if hints else "")


def _taken_apart(goal: Goal) -> str:
    """What comes before a closer where the target has several parts."""
    parts = len(split_top(goal.target, " ∧ "))
    if parts > 1:
        return f"refine ⟨{', '.join(['?_'] * parts)}⟩ <;> "
    if len(split_top(goal.target, " ↔ ")) > 1:
        return "constructor <;> intro hi <;> "
    return ""


def _hints(goal: Goal) -> Iterator[list[str]]:
    """Lists of hints, the shortest first: none, squares, products of signs, more squares."""
    yield []
    variables = goal.variables(*_FIELDS, "ℤ")[:4]
    pairs = list(combinations(variables, 2))
    squares = [f"sq_nonneg ({a} - {b})" for a, b in pairs]
    products = [product_of(p, q) for p, q in combinations(signs(goal), 2)]
    if squares:
        yield squares
    if products:
        yield [*products[:4], *squares[:3]]
    if squares:
        sums = [f"sq_nonneg ({a} + {b})" for a, b in pairs]
        yield [*squares[:3], *sums[:3], *(f"sq_nonneg {a}" for a in variables[:3])]
