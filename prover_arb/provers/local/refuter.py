"""The refuter: tries to prove the negation of a statement, with small counterexamples first.

Most false statements are slips (a forgotten case, `/` on ℕ, `<` for `≤`), and a small
counterexample shows it: the numbers in the statement are set to small values, and the rest is
computation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from prover_arb.core.negation import negation
from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import Theorem
from prover_arb.errors import ProverError
from prover_arb.provers.local.goal import parse_goal
from prover_arb.provers.local.session import LeanProver, Session
from prover_arb.provers.local.templates import fixed

VALUES = {
    "ℕ": ("0", "1", "2", "3", "4", "5"),
    "ℤ": ("0", "1", "-1", "2", "-2", "3"),
    "ℚ": ("0", "1", "-1", "2", "1 / 2", "-2"),
    "ℝ": ("0", "1", "-1", "2", "1 / 2", "-2"),
}
"""Values by type, the likeliest first; the statement's own numbers come after the first three."""

MOST = 24
"""How many assignments are tried."""

_CLOSERS = "first | omega | grind | (simp_all; done) | (revert claim; decide)"
_NUMERAL = re.compile(r"(?<![\w.])\d{1,4}(?![\w.])")
_BOUND = re.compile(r"\(([^():]+) : (ℕ|ℤ|ℚ|ℝ)\)")


class RefutationProver(LeanProver):
    """Tries the scripts that flash tries on any goal, then counterexamples."""

    async def search(self, session: Session) -> str | None:
        for script in fixed.first(closed=False):
            if await session.closes(script):
                return script
        target = parse_goal((await session.open()).goals[0]).target
        for script in counterexamples(target):
            if await session.closes(script):
                return script
        return None

    async def attempt(self, theorem: Theorem, *, number: int, budget: int, seed: int) -> Attempt:
        """Makes an attempt like any prover in Lean, but delivers a refutation.

        Raises:
            ProverError: the statement does not elaborate, or there is no goal in its text.
        """
        denial = negation(theorem)
        if denial is None:
            raise ProverError(f"the statement of {theorem.name} has no goal to negate")
        attempt = await super().attempt(denial, number=number, budget=budget, seed=seed)
        if attempt.candidate is None:
            return attempt
        refutation = attempt.candidate.model_copy(update={"kind": "refutation"})
        return attempt.model_copy(update={"candidate": refutation})


def counterexamples(target: str) -> Iterator[str]:
    """Scripts for a target `¬∀ (n : ℕ) ..., ...`, as Lean prints it; none without numbers."""
    if not target.startswith("¬∀"):
        return
    # Numbers come first in a statement; what follows its first hypothesis is not looked at.
    leading = target[1:].split(", ", 1)[0].split("→", 1)[0]
    types = [type_ for names, type_ in _BOUND.findall(leading) for _ in names.split()]
    if not types:
        return
    mentioned = tuple(dict.fromkeys(_NUMERAL.findall(target)))[:4]
    choices = [
        tuple(dict.fromkeys((*VALUES[type_][:3], *mentioned, *VALUES[type_][3:])))
        for type_ in types
    ]
    ranks = sorted(product(*(range(len(values)) for values in choices)), key=sum)
    for rank in islice(ranks, MOST):
        terms = " ".join(f"({values[i]})" for values, i in zip(choices, rank, strict=True))
        yield f"intro claim\nreplace claim := claim {terms}\n{_CLOSERS}"
