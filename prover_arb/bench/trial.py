"""Makes one attempt of a prover on one theorem and has it judged, outside of any market."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from prover_arb.core.money import LARGEST_BUDGET
from prover_arb.core.protocols import Prover
from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import Limits, Theorem
from prover_arb.errors import ProverError
from prover_arb.oracle.budgeted import Checker

DELIVERIES = 3
"""How often a prover may fail to deliver before that counts as a failed attempt."""

LONGEST_DETAIL = 200
"""How many characters of the oracle's detail a note keeps."""


@dataclass(frozen=True)
class Trial:
    """What a prover did with a theorem."""

    prover: str
    solved: bool = False
    """The oracle's verdict is `proved`."""
    judged: bool = True
    """False if the oracle itself failed, so that nothing is known."""
    cost: int = 0
    """Micro-dollars that the prover invoiced."""
    verification_cost: int = 0
    """Micro-dollars for the oracle's processor time."""
    cpu_us: int = 0
    """The prover's processor time, in microseconds."""
    script: str = ""
    """The text that it delivered; empty if it delivered nothing."""
    note: str = ""
    """Why the theorem is not solved; empty if it is."""

    @property
    def total(self) -> int:
        return self.cost + self.verification_cost


async def try_once(prover: Prover, theorem: Theorem, checker: Checker, limits: Limits) -> Trial:
    """Makes one attempt with the prover's worst case as its budget.

    Raises:
        OracleError: no Lean process could be started.
    """
    budget = prover.quote(theorem).worst_case
    attempt = await delivered(
        prover.name, lambda: prover.attempt(theorem, number=0, budget=budget, seed=0)
    )
    trial = Trial(
        prover=prover.name, cost=attempt.cost, cpu_us=attempt.cpu_us, note=attempt.failure
    )
    if attempt.candidate is None:
        return trial
    verdict = await checker.verdict(theorem, attempt.candidate, limits, left=LARGEST_BUDGET)
    solved = verdict.status == "proved"
    reason = f"{verdict.reason or verdict.status}: {verdict.detail[:LONGEST_DETAIL]}"
    return replace(
        trial,
        solved=solved,
        judged=verdict.status != "void",
        verification_cost=checker.charge(verdict.cpu_us),
        script=attempt.candidate.text,
        note="" if solved else reason,
    )


async def delivered(prover: str, attempt: Callable[[], Awaitable[Attempt]]) -> Attempt:
    """Returns an attempt; a failed one that costs nothing if the prover does not deliver.

    Raises:
        OracleError: no Lean process could be started.
    """
    for _ in range(DELIVERIES):
        try:
            return await attempt()
        except ProverError as error:
            failure = f"did not deliver: {error}"
    return Attempt(prover=prover, candidate=None, cost=0, failure=failure)
