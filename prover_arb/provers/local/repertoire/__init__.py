"""Scripts that only the search tries: dearer ideas than the portfolio's, and computed ones.

Every function goes from a parsed goal to scripts, the likeliest first. Several look for the numbers
in a proof by computing with the goal's terms (residues.py, points.py); Lean decides as ever.
"""

from __future__ import annotations

from collections.abc import Iterator

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.repertoire import logic, order, residues, values, witnesses
from prover_arb.provers.local.templates import Template

COMPUTED: tuple[Template, ...] = (
    witnesses.numbers,
    witnesses.polynomials,
    values.least,
    residues.impossible,
    residues.one_variable,
)
"""Ideas that computing has shown to fit the goal, so that no heartbeats are spared on them."""

GUESSED: tuple[Template, ...] = (
    logic.classical,
    values.roots_and_floors,
    values.primes,
    values.gcd_divides,
    order.denominators,
    order.tight_squares,
    order.antisymmetric,
)


def computed_for(goal: Goal) -> Iterator[str]:
    """Yields the scripts whose numbers were computed."""
    for idea in COMPUTED:
        yield from idea(goal)


def guessed_for(goal: Goal) -> Iterator[str]:
    """Yields the scripts of all other ideas."""
    for idea in GUESSED:
        yield from idea(goal)
