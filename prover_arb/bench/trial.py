"""One attempt of a seller on one theorem, judged, outside of any market."""

from __future__ import annotations

from dataclasses import dataclass, replace

from prover_arb.core.money import LARGEST_BUDGET
from prover_arb.core.protocols import Prover
from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import Limits, Theorem
from prover_arb.errors import ProverError
from prover_arb.oracle.budgeted import Checker

DELIVERIES = 3
"""How often a seller that does not deliver is asked again before that counts as a failure."""

LONGEST_DETAIL = 200
"""Characters of the oracle's detail that a note keeps."""


@dataclass(frozen=True)
class Trial:
    """What a seller did with a theorem."""

    prover: str
    solved: bool = False
    """The oracle's verdict is `proved`."""
    judged: bool = True
    """False where the oracle itself failed, so that nothing is known."""
    cost: int = 0
    """Micro-dollars the seller invoiced."""
    verification_cost: int = 0
    """Micro-dollars of the oracle's processor time."""
    cpu_us: int = 0
    """The seller's processor time, in microseconds."""
    script: str = ""
    """What it delivered; empty if nothing."""
    note: str = ""
    """Why the theorem is not solved; empty if it is."""

    @property
    def total(self) -> int:
        return self.cost + self.verification_cost


async def try_once(seller: Prover, theorem: Theorem, checker: Checker, limits: Limits) -> Trial:
    """One attempt at the seller's worst case.

    Raises:
        OracleError: no Lean process could be started.
    """
    attempt = await _attempt(seller, theorem)
    found = Trial(
        prover=seller.name, cost=attempt.cost, cpu_us=attempt.cpu_us, note=attempt.failure
    )
    if attempt.candidate is None:
        return found
    verdict = await checker.verdict(theorem, attempt.candidate, limits, left=LARGEST_BUDGET)
    solved = verdict.status == "proved"
    said = f"{verdict.reason or verdict.status}: {verdict.detail[:LONGEST_DETAIL]}"
    return replace(
        found,
        solved=solved,
        judged=verdict.status != "void",
        verification_cost=checker.charge(verdict.cpu_us),
        script=attempt.candidate.text,
        note="" if solved else said,
    )


async def _attempt(seller: Prover, theorem: Theorem) -> Attempt:
    """The seller's attempt; one that costs nothing and comes to nothing if it will not deliver."""
    budget = seller.quote(theorem).worst_case
    for _ in range(DELIVERIES):
        try:
            return await seller.attempt(theorem, number=0, budget=budget, seed=0)
        except ProverError as error:
            failure = f"did not deliver: {error}"
    return Attempt(prover=seller.name, candidate=None, cost=0, failure=failure)
