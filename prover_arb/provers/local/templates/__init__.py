"""Tactic scripts made from a goal: general templates, none for a particular problem.

Every template is a function from a parsed goal to scripts, cheapest and likeliest first. What a
script names it found in the goal's own text, so that most are wrong for most goals; Lean decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates import (
    cases,
    closers,
    divisors,
    enumeration,
    functions,
    induction,
    inequalities,
    logarithms,
    recurrences,
    structure,
)

Template = Callable[[Goal], Iterator[str]]

TEMPLATES: tuple[Template, ...] = (
    cases.decided,
    closers.evaluated,
    recurrences.arithmetic_progressions,
    divisors.gcds,
    structure.finite_sets,
    logarithms.logarithms,
    closers.complex_parts,
    induction.inductions,
    enumeration.divisor_cases,
    cases.shifted_remainders,
    cases.split_by_remainder,
    cases.impossible_equations,
    closers.linear,
    inequalities.inequality_hints,
    enumeration.enumerated,
    functions.instances,
)
"""In the order in which they are tried: those that are cheap, or that few goals have a script of,
come first, and the others by proofs per second of processor time (benchmarks/templates.py)."""


def scripts_for(goal: Goal) -> Iterator[str]:
    """Every template's scripts for a goal, once each."""
    seen: set[str] = set()
    for template in TEMPLATES:
        for script in template(goal):
            if script not in seen:
                seen.add(script)
                yield script
