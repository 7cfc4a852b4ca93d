"""Finitely many cases: bounded variables, remainders, decidable statements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover_arb.provers.goal import Goal
from prover_arb.provers.templates.reading import (
    facts,
    moduli,
    numerals,
    only_about,
    texts,
    words,
)

_BOUND_PROOF = "first | omega | grind | exact Nat.le_of_dvd (by omega) (by grind)"
_RELATION = re.compile(r"[=<≤>≥≠∣∈]")


def enumerated(goal: Goal) -> Iterator[str]:
    """Bound the natural numbers, then let the kernel check every case."""
    naturals = goal.variables("ℕ")
    if not naturals or len(naturals) > 3:
        return
    largest = [100, 1000] if len(naturals) == 1 else [25, 80] if len(naturals) == 2 else [13]
    seen = [n + 1 for n in numerals(goal, most=2000) if n > 1]
    limits = sorted({*largest, *([max(seen)] if seen else [])})
    cap = {1: 2001, 2: 160, 3: 30}[len(naturals)]
    for limit in limits:
        if limit <= cap:
            yield _decided(goal, naturals, limit)


def _decided(goal: Goal, naturals: list[str], limit: int) -> str:
    names = set(naturals)
    known = [
        h.name
        for h in goal.facts
        if _RELATION.search(h.type) and only_about(h.type, names, goal) and words(h.type) & names
    ]
    lines = [f"have b{i} : {x} < {limit} := by {_BOUND_PROOF}" for i, x in enumerate(naturals)]
    if known:
        lines.append(f"revert {' '.join(known)}")
    for i, x in reversed(list(enumerate(naturals))):
        lines += [f"revert b{i}", f"revert {x}"]
    return "\n".join([*lines, "decide +kernel"])


def split_by_value(goal: Goal) -> Iterator[str]:
    """One case per value of a variable with few of them."""
    for x in goal.variables("ℕ", "ℤ")[:2]:
        for low, high in ((0, 6), (0, 13), (-6, 7)):
            if low < 0 and x in goal.variables("ℕ"):
                continue
            values = " ∨ ".join(f"{x} = {k}" for k in range(low, high))
            patterns = " | ".join("v" for _ in range(low, high))
            yield (
                f"have c : {values} := by first | omega | grind\n"
                f"rcases c with {patterns} <;> first | grind | simp_all"
            )


def split_by_remainder(goal: Goal) -> Iterator[str]:
    """One case per remainder."""
    found = moduli(goal)
    if not found and not any(w in t for t in texts(goal) for w in ("Even", "Odd")):
        return
    for kind, lemmas in (
        ("ℕ", "Nat.pow_mod, Nat.mul_mod, Nat.add_mod"),
        ("ℤ", "Int.mul_emod, Int.add_emod, Int.sub_emod, pow_succ"),
    ):
        variables = goal.variables(kind)[:2]
        if not variables:
            continue
        for m in (found or [2])[:2]:
            if m ** len(variables) > 40:
                variables = variables[:1]
            if m > 40:
                continue
            lines = []
            for i, x in enumerate(variables):
                cases = " ∨ ".join(f"{x} % {m} = {r}" for r in range(m))
                patterns = " | ".join([f"r{i}"] * m)
                lines.append(f"have c{i} : {cases} := by omega")
                lines.append(f"rcases c{i} with {patterns} <;>")
            opening = "\n".join(
                [
                    *(line for line in lines if line.startswith("have")),
                    *(line for line in lines if line.startswith("rcases")),
                ]
            )
            names = ", ".join(f"r{i}" for i in range(len(variables)))
            yield f"{opening}\n  simp_all [{lemmas}, {names}]"
            yield f"{opening}\n  first | grind | omega"
            quotients = "\n".join(
                f"have d{i} := {'Nat' if kind == 'ℕ' else 'Int'}.mul_ediv_add_emod {x} {m}"
                if kind == "ℤ"
                else f"have d{i} := Nat.div_add_mod {x} {m}"
                for i, x in enumerate(variables)
            )
            named = "\n".join(
                f"generalize {x} / {m} = k{i} at d{i}" for i, x in enumerate(variables)
            )
            plain = "\n".join(
                [
                    *(line for line in lines if line.startswith("have")),
                    quotients,
                    named,
                    *(line for line in lines if line.startswith("rcases")),
                ]
            )
            gone = "; ".join(f"rw [r{i}] at d{i}; subst d{i}" for i in range(len(variables)))
            yield f"{plain}\n  ({gone}; first | grind | (ring_nf; omega))"


def decided(goal: Goal) -> Iterator[str]:
    """The kernel computes it."""
    if not goal.variables("ℕ", "ℤ", "ℚ", "ℝ"):
        yield "decide +kernel"
        yield "simp; decide +kernel"
        yield "rfl"
        yield "subst_vars; decide +kernel"
    given = [f for f in facts(goal) if re.fullmatch(r"[\w']+ = [^=<>∀∃]+", f.text)]
    if given:
        yield "subst_vars; decide +kernel"
        yield "subst_vars; first | rfl | simp | grind"
    relevant = [h.name for h in goal.facts]
    if relevant:
        yield f"revert {' '.join(relevant)}; decide +kernel"
