"""What a verification may take: the money left, the time promised, and the one retry it gets.

A verification is tried once more where the oracle itself failed, and where a verdict against the
candidate may be the doing of something else: a process that had read other candidates crashed or
gave wrong data, or a process that judges died. The second try uses new processes; where only the
process that read other candidates is in doubt, it is enough to put that one back to the state in
which it started. What a candidate does to a process that nothing has touched is its own doing, and
a verdict in its favour is final. Both tries together end within the time that was promised. Nothing
else in the project asks for the same verdict again, but for `runtime/worker_pool.py` where a whole
worker died.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from prover_arb.core.logs import log_ids
from prover_arb.core.money import charge_for
from prover_arb.core.protocols import Oracle
from prover_arb.core.theorem import SHORTEST_MS, Candidate, Limits, Theorem, Verdict
from prover_arb.errors import OracleError, WorkerDied, WorkerTimeout
from prover_arb.oracle.clock import GRACE_MS
from prover_arb.oracle.verification import Verification

log = logging.getLogger(__name__)

CPU_HOUR_MS = 3_600_000
"""Milliseconds of processor time in the unit that verification is priced in."""

SETTLING = frozenset({"proved", "refuted", "invalid_statement"})
"""After such a verdict no other candidate is worth a check."""


Suspect = Literal["any", "elaborator"]


@dataclass(frozen=True)
class Finding:
    """What one try at a verification came to."""

    verdict: Verdict
    certain: bool = True
    """Whether it is final; otherwise another try may find something else."""
    suspect: Suspect = "any"
    """Where it is not final, which processes another try must not take as they are."""


async def with_one_retry(
    work: Callable[[Verification], Awaitable[Finding]], check: Verification
) -> Verdict:
    """The verdict of `work`, which is tried once more where that is the policy (see above).

    Raises:
        ToolchainError: Lean cannot be started on this machine.
    """
    first = await _tried(work, check)
    if first.certain or check.left_ms == 0:
        return first.verdict
    log.warning(
        "%s: %s (%s); trying once more",
        check.theorem.name, first.verdict.reason or first.verdict.status, first.verdict.detail,
    )  # fmt: skip
    again = replace(check, fresh=first.suspect == "any", untouched=True)
    second = await _tried(work, again)
    return first.verdict if _says_nothing(second.verdict, after=first.verdict) else second.verdict


def _says_nothing(second: Verdict, *, after: Verdict) -> bool:
    """Whether a second try leaves the first verdict as the best that is known.

    It had only the time that the first one left: where that was not enough, the reason for which
    the first rejected the candidate is worth more than that.
    """
    ran_out = second.reason == "timeout" and after.status == "rejected"
    return second.status == "void" or ran_out


async def _tried(
    work: Callable[[Verification], Awaitable[Finding]], check: Verification
) -> Finding:
    try:
        return await work(check)
    except OracleError as error:
        return Finding(Verdict(status="void", detail=str(error)), certain=False)


async def judged(
    oracle: Oracle, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
) -> Verdict:
    """The oracle's verdict, as the log tells it; void where the oracle's process died.

    Every verdict that is asked for passes here, in the program that asks: the oracle itself may be
    on another machine.
    """
    with log_ids(theorem=theorem.name):
        try:
            verdict = await oracle.verify(theorem, candidate, limits or Limits())
        except (WorkerDied, WorkerTimeout) as error:
            verdict = Verdict(status="void", detail=str(error))
        if verdict.status == "void":
            log.warning("the oracle failed on %s: %s", theorem.name, verdict.detail)
        else:
            said = f"{verdict.status} ({verdict.reason})" if verdict.reason else verdict.status
            log.info("verdict on %s: %s, after %d ms", theorem.name, said, verdict.elapsed_ms)
    return verdict


class Checker:
    """An oracle and what its work costs: `price` micro-dollars per CPU-hour."""

    def __init__(self, oracle: Oracle, *, price: int) -> None:
        self._oracle = oracle
        self._price = price

    def charge(self, cpu_us: int) -> int:
        """Micro-dollars for `cpu_us` microseconds of the oracle's processor time."""
        return charge_for(cpu_us, price=self._price, per=CPU_HOUR_MS * 1_000)

    def verification_reserve(self, left: int, limits: Limits, candidates: int = 1) -> int:
        """Returns the micro-dollars of `left` that no prover may have, to pay for verification.

        It is what checking that many candidates costs at most within the limits, but no more than a
        quarter of what is left.
        """
        most = self.charge((limits.wall_ms + GRACE_MS) * 1_000 * candidates)
        return min(most, -(-left // 4))

    async def verdicts(
        self, theorem: Theorem, candidates: Sequence[Candidate], limits: Limits, *, left: int
    ) -> list[Verdict]:
        """One after the other until one settles the theorem, or money for the next is missing."""
        verdicts: list[Verdict] = []
        for candidate in candidates:
            rest = left - self.charge(sum(verdict.cpu_us for verdict in verdicts))
            if verdicts and rest <= 0 < self._price:
                break
            verdicts.append(await self.verdict(theorem, candidate, limits, left=rest))
            if verdicts[-1].status in SETTLING:
                break
        return verdicts

    async def verdict(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, left: int
    ) -> Verdict:
        """The oracle's verdict.

        Where the money left pays for less time than the limits allow, running out of it is void:
        that is the budget's doing, not the candidate's.
        """
        bounds = self._affordable(limits, left)
        verdict = await judged(self._oracle, theorem, candidate, bounds)
        if verdict.reason == "timeout" and bounds.wall_ms < limits.wall_ms:
            detail = f"the budget left paid for {bounds.wall_ms} ms of checking only"
            void = {"status": "void", "reason": None, "detail": detail, "unaffordable": True}
            return verdict.model_copy(update=void)
        return verdict

    @staticmethod
    def counting(verdicts: Sequence[Verdict]) -> Verdict:
        """Of the verdicts on one purchase, the one that says what it was: the proof, if any."""
        if verdicts[-1].status in SETTLING:
            return verdicts[-1]
        return next((v for v in verdicts if v.status == "rejected"), verdicts[0])

    def _affordable(self, limits: Limits, left: int) -> Limits:
        """The limits, with the wall clock cut to the processor time that `left` pays for."""
        if self._price == 0:
            return limits
        paid_ms = max(SHORTEST_MS, left * CPU_HOUR_MS // self._price)
        return limits.model_copy(update={"wall_ms": min(limits.wall_ms, paid_ms)})
