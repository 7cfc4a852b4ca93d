"""Tactic scripts made from a goal: general templates, none for a particular problem.

Every template is a function from a parsed goal to scripts, cheapest and likeliest first. What a
script names it found in the goal's own text, so that most are wrong for most goals; Lean decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates import (
    algebra,
    cases,
    computed,
    divisors,
    enumeration,
    equations,
    fixed,
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
    functions.definitions,
    functions.sums,
    structure.extremal,
    structure.finite_sets,
    structure.minimal_elements,
    structure.floors,
    computed.summed_up,
    computed.constant_digits,
    computed.whole_roots,
    computed.sets_of_zeros,
    recurrences.tables,
    recurrences.unfolded,
    recurrences.descents,
    recurrences.arithmetic_progressions,
    recurrences.chains,
    equations.equal_roots,
    equations.values_of_constants,
    equations.given_zeros,
    algebra.denominators,
    equations.double_zeros,
    equations.vanishing_denominators,
    equations.cubes,
    divisors.gcds,
    divisors.multiples,
    divisors.factorials,
    divisors.shifted_products,
    structure.casts,
    logarithms.logarithms,
    induction.weighted,
    induction.factorial_bounds,
    induction.squares_of_sums,
    induction.inductions,
    structure.witnesses,
    cases.shifted_remainders,
    functions.instances,
    algebra.surds,
    algebra.contradictions,
    enumeration.divisor_cases,
    enumeration.enumerated,
    cases.remainder_pairs,
    cases.impossible_equations,
    cases.split_by_remainder,
    inequalities.inequality_hints,
    structure.shapes,
    algebra.roots,
    cases.split_by_value,
    fixed.later,
)
"""In the order in which they are tried."""


def scripts_for(goal: Goal) -> Iterator[str]:
    """Every template's scripts for a goal, once each."""
    seen: set[str] = set()
    for template in TEMPLATES:
        for script in template(goal):
            if script not in seen:
                seen.add(script)
                yield script
