"""Verdicts within what the money left pays for, asked again where the oracle itself failed."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from prover_arb.core.money import charge_for
from prover_arb.core.protocols import Oracle
from prover_arb.core.theorem import SHORTEST_MS, Candidate, Limits, Theorem, Verdict
from prover_arb.errors import WorkerDied, WorkerTimeout

log = logging.getLogger(__name__)

CPU_HOUR_MS = 3_600_000
"""Milliseconds of processor time in the unit that verification is priced in."""

GRACE_MS = 2_000
"""What a check may take beyond its wall-clock limit, by the oracle's promise."""

VOID_RETRIES = 2
"""How often a candidate is given to the oracle again after the oracle itself failed."""

SETTLING = frozenset({"proved", "refuted", "invalid_statement"})
"""After such a verdict no other candidate is worth a check."""


class Checker:
    """An oracle and what its work costs: `price` micro-dollars per CPU-hour."""

    def __init__(self, oracle: Oracle, *, price: int) -> None:
        self._oracle = oracle
        self._price = price

    def charge(self, cpu_us: int) -> int:
        """Micro-dollars for `cpu_us` microseconds of the oracle's processor time."""
        return charge_for(cpu_us, price=self._price, per=CPU_HOUR_MS * 1_000)

    def kept_back(self, left: int, limits: Limits, candidates: int = 1) -> int:
        """Micro-dollars of `left` not to give to a seller, so that its proof can be verified.

        The dearest checks of so many candidates that the limits allow, but at most a quarter of
        what is left.
        """
        dearest = self.charge((limits.wall_ms + GRACE_MS) * 1_000 * candidates)
        return min(dearest, -(-left // 4))

    async def verdicts(
        self, theorem: Theorem, candidates: Sequence[Candidate], limits: Limits, *, left: int
    ) -> list[Verdict]:
        """One after the other until one settles the theorem, or money for the next is missing."""
        found: list[Verdict] = []
        for candidate in candidates:
            rest = left - self.charge(sum(verdict.cpu_us for verdict in found))
            if found and rest <= 0 < self._price:
                break
            found.append(await self.verdict(theorem, candidate, limits, left=rest))
            if found[-1].status in SETTLING:
                break
        return found

    async def verdict(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, left: int
    ) -> Verdict:
        """The oracle's verdict, asked again while it is void; `cpu_us` is that of all tries.

        Where the money left pays for less time than the limits allow, running out of it is void:
        that is the budget's doing, not the candidate's.
        """
        cpu_us = 0
        for _ in range(1 + VOID_RETRIES):
            bounds = self._affordable(limits, left - self.charge(cpu_us))
            try:
                verdict = await self._oracle.verify(theorem, candidate, bounds)
            except (WorkerDied, WorkerTimeout) as error:
                verdict = Verdict(status="void", detail=str(error))
            cpu_us += verdict.cpu_us
            if verdict.status != "void":
                break
            log.warning("the oracle failed on %s: %s", theorem.name, verdict.detail)
        spent: dict[str, object] = {"cpu_us": cpu_us}
        if verdict.reason == "timeout" and bounds.wall_ms < limits.wall_ms:
            detail = f"the budget left paid for {bounds.wall_ms} ms of checking only"
            spent |= {"status": "void", "reason": None, "detail": detail}
        return verdict.model_copy(update=spent)

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
