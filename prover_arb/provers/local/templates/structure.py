"""Sets given by membership."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.functions import formula_lines
from prover_arb.provers.local.templates.reading import numerals, words

_MEMBERS = re.compile(r"^∀ \(?(\w+)(?: : ([^)]+))?\)?, (\w+) ∈ (\w+) ↔ (.+)$")


def finite_sets(goal: Goal) -> Iterator[str]:
    """A set given by membership is a filter of an interval; then everything is computed."""
    for hypothesis in goal.facts:
        match = _MEMBERS.match(hypothesis.type)
        if match is None or match[3] != match[1]:
            continue
        x, kind, _, name, condition = match.groups()
        about = f"{name}.card" in goal.target or f"∈ {name}" in goal.target
        if not about and name not in words(goal.target):
            continue
        formulas = "".join(f"{line}\n" for line in formula_lines(goal))
        for interval, bound in _intervals(goal, kind or "ℕ", condition):
            yield (
                f"have s : {name} = Finset.filter (fun {x} => {condition}) ({interval}) := by\n"
                f"  apply Finset.ext; intro {x}\n"
                f"  rw [{hypothesis.name}, Finset.mem_filter]\n"
                f"  refine ⟨fun h => ⟨?_, h⟩, fun h => h.2⟩\n"
                f"  {bound}\n"
                f"subst s\n{formulas}first | decide +kernel | rfl"
            )


def _intervals(goal: Goal, kind: str, condition: str) -> Iterator[tuple[str, str]]:
    if kind == "ℤ":
        for n in (20, 100):
            yield (
                f"Finset.Icc (-{n}) {n}",
                "simp only [Finset.mem_Icc]; first | omega | grind",
            )
        return
    lengths = sorted({n + 1 for n in numerals(goal, most=10_000) if n > 1})
    for n in [*lengths[-1:], 60, 200]:
        yield (
            f"Finset.range {n}",
            "simp only [Finset.mem_range]; first | omega | grind | "
            "(have := Nat.le_of_dvd (by decide) h; omega) | "
            "(have := Nat.le_of_dvd (by decide) h.1; omega) | "
            "(have := Nat.le_of_dvd (by decide) h.2; omega)",
        )
