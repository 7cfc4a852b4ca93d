"""Contradiction with what holds for everything at hand, and functions applied to equations."""

from __future__ import annotations

from collections.abc import Iterator

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.reading import split_top

_SIGNS = ("=", "<", ">", "≤", "≥", "∀", "∃", "→", "∣", "∈", "¬", "∧", "∨", "%")


def classical(goal: Goal) -> Iterator[str]:
    """The contrary, at each thing at hand; and the halves of differences for every error."""
    things = [
        h.name
        for h in goal.hypotheses
        if h.usable
        and "inst" not in h.name
        and not any(s in h.type for s in _SIGNS)
        and not h.type.startswith(("Type", "Prop"))
    ][:4]
    universal = [h.name for h in goal.facts if h.type.startswith("∀")][:2]
    if goal.target.startswith(("∃", "¬∀", "¬ ∀")):
        lines = [f"try have i{i} := hn {thing}" for i, thing in enumerate(things)]
        yield "\n".join(["by_contra hn", "push_neg at hn", *lines, "grind"])
    reals = goal.variables("ℝ", "ℚ")[:2]
    sides = [s for sign in (" ≤ ", " < ", " = ") for s in split_top(goal.target, sign)]
    if universal and reals and len(sides) > 3 - 1 and "∀" not in goal.target:
        left, right = sides[0], sides[1] if len(sides) > 1 else "0"
        for a, b in ((left, right), (right, left)):
            lines = [
                f"have i{i} := {name} (({a} - ({b})) / 2) (by linarith)"
                for i, name in enumerate(universal)
            ]
            yield "\n".join(["by_contra hn", "push_neg at hn", *lines, "linarith"])
    naturals = goal.variables("ℕ")[:2]
    if universal and goal.target == "False":
        lines = [
            f"try have i{i}_{k} := {name} ({x} + 1)"
            for i, name in enumerate(universal)
            for k, x in enumerate(naturals)
        ]
        if lines:
            yield "\n".join([*lines, "first | omega | grind"])
