"""Sequences given step by step, with a closed form proved by induction."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.reading import facts, texts

_STEP = re.compile(
    r"^∀ \(?(\w+)(?: : ([^),≥]+))?(?: ≥ \d+)?\)?, (?:(?:\d+ [<≤] \w+|\w+ [>≥] \d+) → )?(.+)$"
)


def arithmetic_progressions(goal: Goal) -> Iterator[str]:
    """A sequence whose differences are equal is linear, by induction."""
    for f, kind in _sequences(goal):
        for fact in facts(goal):
            match = _STEP.match(fact.text)
            if match is None or not re.search(rf"(?<!\w){f} \(", match[3]) or " * " in match[3]:
                continue
            common = (
                f"have r_step : ∀ n : ℕ, {f} (n + 1) - {f} n = {f} 1 - {f} 0 := by\n"
                f"  intro n\n  induction n with\n  | zero => grind\n"
                f"  | succ k ih => have r_now := {fact.proof} k; grind\n"
                f"have r_term : ∀ n : ℕ, {f} n = {f} 0 + n * ({f} 1 - {f} 0) := by\n"
                f"  intro n\n  induction n with\n  | zero => grind\n"
                f"  | succ k ih => have r_now := r_step k; grind"
            )
            points = _arguments(goal, f)[:6]
            values = [f"have r_at{i} := r_term {point}" for i, point in enumerate(points)]
            unrolled = "simp only [Finset.sum_range_succ, Finset.sum_range_zero] at *"
            at_points = [common, *values, "clear r_term r_step", f"clear {fact.proof}"]
            for x in goal.variables("ℕ")[:1]:
                yield "\n".join([*at_points, *_cast_from_field(x, goal.target, kind)])
            yield "\n".join([*at_points, "grind"])
            if any(".sum" in text or "∑" in text for text in texts(goal)):
                yield "\n".join(
                    [common, unrolled, "simp only [r_term] at *; clear r_term r_step; grind"]
                )
            return


def _cast_from_field(x: str, target: str, kind: str) -> list[str]:
    """`x = k` for a natural number, from the equation of the casts."""
    match = re.fullmatch(rf"{x} = (\d+)", target)
    if match is None or kind not in "ℝℚ":
        return ["grind"]
    return [
        f"have r_cast : (({x} : ℕ) : {kind}) = (({match[1]} : ℕ) : {kind}) := by grind",
        f"have r_same := Lean.Grind.IsCharP.natCast_ext_iff (α := {kind}) 0 "
        f"(x := {x}) (y := {match[1]})",
        "grind",
    ]


def _sequences(goal: Goal) -> list[tuple[str, str]]:
    """Names of the sequences, and what their terms are."""
    sequences = []
    for h in goal.facts:
        if h.type.startswith("ℕ → ") and h.type[4:] in ("ℕ", "ℤ", "ℚ", "ℝ"):
            sequences.append((h.name, h.type[4:]))
    return sequences


def _arguments(goal: Goal, f: str) -> list[str]:
    plain = " ".join(t for t in texts(goal) if not t.startswith("∀"))
    return list(dict.fromkeys(re.findall(rf"(?<!\w){f} (\w+)", plain)))
