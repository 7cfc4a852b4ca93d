"""Systems of equations solved by numbers: what values they seem to force on their variables."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.numeric import (
    Number,
    Term,
    Unreadable,
    difference,
    rational,
    read_term,
)
from prover_arb.provers.local.templates.reading import facts

Vector = npt.NDArray[np.float64]

_SIDE = r"([^<>≤≥=≠∃∀∨↔→∧]+)"
_EQUATION = re.compile(rf"^{_SIDE} = {_SIDE}$")
_STARTS, _STEPS = 24, 40
_MOST_VARIABLES = 5


def solutions(goal: Goal) -> dict[str, Fraction]:
    """Variables that have one and the same simple value in every solution that was found."""
    kinds = set(goal.variables("ℝ", "ℚ"))
    equations: list[Term] = []
    names: dict[str, None] = {}
    for fact in facts(goal):
        match = _EQUATION.match(fact.text)
        if match is None:
            continue
        try:
            left, used = read_term(match[1])
            right, more = read_term(match[2])
        except Unreadable:
            continue
        if set(used) | set(more) <= kinds:
            names.update(dict.fromkeys([*used, *more]))
            equations.append(difference(left, right))
    variables = list(names)
    if not equations or not 0 < len(variables) <= _MOST_VARIABLES:
        return {}
    found = _found(equations, variables)
    if not found:
        return {}
    values: dict[str, Fraction] = {}
    for i, name in enumerate(variables):
        near = {rational(float(s[i])) for s in found}
        value = near.pop()
        if not near and value is not None:
            values[name] = value
    return values


def _found(equations: list[Term], variables: list[str]) -> list[Vector]:
    """Gauss-Newton from fixed pseudo-random starts."""
    random = np.random.default_rng(0)

    def at(x: Vector) -> Vector:
        env: dict[str, Number] = dict(zip(variables, map(float, x), strict=True))
        return np.array([float(equation(env)) for equation in equations])

    found = []
    for _ in range(_STARTS):
        x = random.normal(scale=4, size=len(variables))
        try:
            for _ in range(_STEPS):
                value = at(x)
                slope = np.stack(
                    [(at(x + d) - value) / 1e-6 for d in 1e-6 * np.eye(len(variables))], axis=1
                )
                step = np.linalg.lstsq(slope, -value, rcond=None)[0]
                x = x + step
                if np.abs(step).max() < 1e-13:
                    break
            error = float(np.abs(at(x)).max())
        except (Unreadable, OverflowError, ValueError, np.linalg.LinAlgError):
            continue
        if math.isfinite(error) and error < 1e-9:
            found.append(x)
    return found
