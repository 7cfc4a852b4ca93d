"""Values that are computed here and claimed there: the integer parts of terms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.numeric import (
    constant,
)
from prover_arb.provers.local.templates.reading import texts

_FLOOR = re.compile(r"⌊([^⌊⌋]+)⌋")


def constant_floors(goal: Goal) -> Iterator[str]:
    """The integer parts of terms without variables."""
    claims: dict[str, None] = {}
    kinds = {h.type for h in goal.hypotheses if h.type in ("ℝ", "ℚ")} or {"ℝ"}
    for text in texts(goal):
        for term in _FLOOR.findall(text):
            value = constant(term)
            if value is not None:
                claims.setdefault(
                    f"show ⌊({term} : {min(kinds)})⌋ = {int(value // 1)} by "
                    "rw [Int.floor_eq_iff]; constructor <;> grind"
                )
    if claims:
        yield f"rw [{', '.join(claims)}] <;> first | decide | omega | grind"
