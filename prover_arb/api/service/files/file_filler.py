"""Works on the order of a file: buys proofs of its theorems one after the other.

All purchases are of one run, whose budget is the order's. Filling the text again therefore goes on
where it stopped: what is proved already is read from the ledger, and only put into its place again.
"""

from __future__ import annotations

import time

from prover_arb.api.service.files.file_store import FileStore
from prover_arb.api.service.orders import Order
from prover_arb.core.money import NO_MONEY
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.stopwatch import Stages
from prover_arb.core.theorem import Candidate, Limits, Profile, Theorem, Verdict
from prover_arb.runtime.filling import FilledFile, FilledGap, FillMarket, FillWatcher, fill_text
from prover_arb.runtime.marketplace import Marketplace

UNTOUCHED = "nothing was bought for it before the order was cancelled"


class FileFiller:
    """Fills the files of a store."""

    def __init__(self, files: FileStore, profile: Profile) -> None:
        self._files = files
        self._profile = profile

    async def fill(self, order: Order, market: Marketplace, job: ProofJob) -> FilledFile:
        """Buys proofs by the terms of `job`, whose deadline is for all of them together.

        What has become of the file is stored after each theorem.

        Raises:
            PolicyError, OracleError, LedgerError: as `Marketplace.prove` does.
        """
        return await self._fill(order, market, job, begin=None)

    async def settle(self, order: Order, market: Marketplace, job: ProofJob) -> FilledFile:
        """Has what is paid for judged and put into its place, and begins with no other theorem."""
        file = await self._files.get(order.id)
        ended = file.filled.gaps if file.filled is not None else ()
        begun = sum(gap.outcome is not None for gap in ended) + 1
        return await self._fill(order, market, job, begin=begun)

    async def _fill(
        self, order: Order, market: Marketplace, job: ProofJob, *, begin: int | None
    ) -> FilledFile:
        file = await self._files.get(order.id)
        each = order.budget if file.theorem_budget is None else file.theorem_budget
        job = job.model_copy(update={"budget": min(each, order.budget), "run_budget": order.budget})
        progress = _Progress(file.text)
        through = _Through(market, job.deadline, order, self._files, progress, begin=begin)
        filled = await fill_text(file.text, through, job, profile=self._profile, watcher=progress)
        await self._files.keep(order, filled)
        return filled


class _Progress(FillWatcher):
    """What has become of a file so far."""

    def __init__(self, text: str) -> None:
        self.filled = FilledFile(text=text, gaps=())

    def ended(self, gap: FilledGap, text: str) -> None:
        self.filled = FilledFile(text=text, gaps=(*self.filled.gaps, gap))


class _Through(FillMarket):
    """A market that is asked for the theorems of one file.

    It stores the progress before each, and gives each what is left of the time. From the theorem
    number `begin` on nothing is bought.
    """

    def __init__(
        self,
        market: Marketplace,
        deadline: float | None,
        order: Order,
        files: FileStore,
        progress: _Progress,
        *,
        begin: int | None,
    ) -> None:
        self._market = market
        self._until = None if deadline is None else time.monotonic() + deadline
        self._order = order
        self._files = files
        self._progress = progress
        self._begin = begin
        self._asked = 0

    async def prove(self, theorem: Theorem, job: ProofJob) -> Outcome:
        if self._progress.filled.gaps:
            await self._files.keep(self._order, self._progress.filled)
        self._asked += 1
        if self._begin is not None and self._asked > self._begin:
            return _untouched(theorem, job)
        if self._until is not None:
            left = max(0.0, self._until - time.monotonic())
            job = job.model_copy(update={"deadline": left})
        return await self._market.prove(theorem, job)

    async def verify(
        self,
        theorem: Theorem,
        candidate: Candidate,
        limits: Limits | None = None,
        *,
        customer: str = "",
    ) -> Verdict:
        return await self._market.verify(theorem, candidate, limits, customer=customer)


def _untouched(theorem: Theorem, job: ProofJob) -> Outcome:
    """Returns the outcome of a theorem for which nothing is bought."""
    return Outcome(
        theorem=theorem.name,
        policy=job.policy,
        budget=job.budget,
        status="not_proved",
        cost=NO_MONEY,
        verification_cost=NO_MONEY,
        certificate=None,
        purchases=(),
        why_stopped=UNTOUCHED,
        wall_ms=0,
        stages=Stages(),
    )
