"""Where a verdict is made: reference, elaborator, judges.

1. The *reference* says what the statement means, as data. It read the customer's text alone.
2. The *elaborator* makes data of the candidate. It read the candidate, and is believed in nothing.
3. The *judges*, one for each kernel, decide from the two pieces of data. They never elaborate.

`proved` means that every judge accepted the elaborator's data as a proof of the reference's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.errors import InputError, OracleError, WorkerDied, WorkerNotStarted, WorkerTimeout
from prover_arb.oracle import conclusions
from prover_arb.oracle.alarm import sound_alarm
from prover_arb.oracle.budgeted import Finding, with_one_retry
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.conclusions import Decided
from prover_arb.oracle.elaborator import Elaboration, Elaborator, LeanElaborator
from prover_arb.oracle.kernels.embedded import EmbeddedKernel
from prover_arb.oracle.kernels.judging import Judge, Ruling, Submission
from prover_arb.oracle.kernels.official.kernel import OfficialKernel
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.options import DEFAULTS, OracleOptions
from prover_arb.oracle.reference import (
    ReferenceService,
    Statement,
    StatementCheck,
    StatementRefused,
)
from prover_arb.oracle.refutation import Refutations
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.verification import Verification


class LeanOracle:
    """Judges candidates: puts the three roles together, and knows nothing of how each works."""

    def __init__(
        self,
        identity: ToolchainIdentity,
        *,
        profile: str,
        references: ReferenceService,
        elaborator: Elaborator,
        judges: Sequence[Judge],
    ) -> None:
        """Every judge must accept a proof; the first one says which axioms it rests on.

        `identity` is the toolchain that elaborates.
        """
        if not judges:
            raise ValueError("an oracle without judges proves nothing")
        self._identity = identity
        self._profile = profile
        self._references = references
        self._refutations = Refutations(references)
        self._elaborator = elaborator
        self._judges = tuple(judges)
        self._pools = {references.pool, *(judge.pool for judge in judges)}

    @classmethod
    def on(cls, pool: LeanPool, options: OracleOptions = DEFAULTS) -> LeanOracle:
        """The oracle of this machine: candidates are elaborated on `pool`, which others may use
        too, and everything else has processes of its own, which are closed with that pool.

        Raises:
            ToolchainError: the official kernel is not on this machine; says what to do.
        """
        both = pool.toolchain.judges and not options.one_kernel
        # The embedded kernel judges where statements are read, and is faster in a full process.
        references = ReferenceService(pool.beside(per_customer=1, light=not both))
        judges: list[Judge] = [
            OfficialKernel(pool.toolchain.library, size=pool.size, standby=pool.standby)
        ]
        if both:
            judges.append(EmbeddedKernel(references.pool))
        oracle = cls(
            pool.toolchain.identity,
            profile=pool.toolchain.profile,
            references=references,
            elaborator=LeanElaborator(pool),
            judges=judges,
        )
        for other in oracle._pools:
            pool.at_close(other.close)
        return oracle

    async def identity(self) -> ToolchainIdentity:
        """Which Lean elaborates."""
        return self._identity

    async def start(self, customer: str = "") -> None:
        """Have a process of every role ready but for the elaborator's, for a customer.

        Raises:
            WorkerNotStarted, ToolchainError: one cannot be had on this machine.
        """
        await asyncio.gather(*(pool.ready(customer) for pool in self._pools))

    def warm(self, customer: str = "") -> None:
        """Begin to start the processes that the first verification of a customer will need."""
        for pool in self._pools:
            pool.warm(customer)

    async def verify(
        self,
        theorem: Theorem,
        candidate: Candidate,
        limits: Limits | None = None,
        *,
        customer: str = "",
    ) -> Verdict:
        """Judge one candidate; never raises for anything a candidate does.

        Texts of different customers never meet in one process.

        Raises:
            InputError: the theorem is of another profile than this oracle.
            ToolchainError: Lean cannot be started on this machine.
        """
        self.warm(customer)
        check = self._begin(theorem, candidate, limits, customer)
        verdict = await with_one_retry(self._found, check)
        sound_alarm(theorem, verdict)
        return verdict.model_copy(
            update={
                "cpu_us": check.usage.cpu_us,
                "elapsed_ms": check.clock.elapsed_ms,
                "toolchain": self._identity,
            }
        )

    async def inspect(
        self, theorem: Theorem, limits: Limits | None = None, *, customer: str = ""
    ) -> StatementCheck:
        """Whether the statement elaborates, and to what.

        Raises:
            InputError: the theorem is of another profile than this oracle.
            OracleError: Lean did not answer.
        """
        self._require_profile(theorem)
        return await self._references.inspect(theorem, limits or Limits(), customer)

    async def export(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> str:
        """A proof with all that it rests on, in Lean's export format (NDJSON).

        Raises:
            OracleError: no judge here writes exports, or the candidate is no proof.
        """
        if candidate.kind == "refutation":
            raise OracleError("nothing to export: no proof of the statement, but that it is false")
        writer = next((j for j in self._judges if isinstance(j, OfficialKernel)), None)
        if writer is None:
            raise OracleError("no kernel here writes exports")
        check = self._begin(theorem, candidate, limits, customer="")
        try:
            statement, made = await self._statement(check), await self._elaborated(check)
        except Decided as decided:
            verdict = decided.finding.verdict
            raise OracleError(f"nothing to export: {verdict.detail or 'no proof'}") from None
        return await writer.export(check, Submission(statement.data, made.proof))

    def _begin(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None, customer: str
    ) -> Verification:
        self._require_profile(theorem)
        limits = limits or Limits()
        return Verification(theorem, candidate, limits, Clock(limits.wall_ms), customer)

    def _require_profile(self, theorem: Theorem) -> None:
        if theorem.profile != self._profile:
            raise InputError(
                f"profile: theorem {theorem.name} is of profile {theorem.profile!r}, "
                f"this oracle serves {self._profile!r}"
            )

    async def _found(self, check: Verification) -> Finding:
        """What one try at the verification finds."""
        try:
            if check.candidate.kind == "refutation":
                return conclusions.refuted(await self._judged(await self._denial(check)))
            return await self._judged(check)
        except Decided as decided:
            return decided.finding

    async def _judged(self, check: Verification) -> Finding:
        """The three steps."""
        statement = await self._statement(check)
        made = await self._elaborated(check)
        submission = Submission(statement.data, made.proof, wants_job=True)
        accepted, first = list[str](), Ruling("accepted")
        for judge in self._judges:
            ruling = await self._ruling(judge, check, submission, made)
            if ruling.status == "refused":
                made.distrust()
                return conclusions.refused(check, judge, ruling, accepted, made)
            if not accepted:
                first, submission = ruling, replace(submission, job=ruling.job)
            accepted.append(judge.name)
        return conclusions.proved(statement, first, accepted, made)

    async def _statement(self, check: Verification) -> Statement:
        """Step 1: the statement as data, from the customer's text alone."""
        try:
            statement = await self._references.statement(check)
        except WorkerTimeout:
            raise conclusions.late(check, "the statement itself was being elaborated") from None
        except WorkerNotStarted:
            raise
        except WorkerDied as error:
            why = f"elaborating the statement ends the Lean process: {error}"
            raise conclusions.unstated(check, why) from None
        if isinstance(statement, StatementRefused):
            raise conclusions.invalid(statement)
        return statement

    async def _elaborated(self, check: Verification) -> Elaboration:
        """Step 2: the candidate as data."""
        try:
            made = await self._elaborator.elaborate(check)
        except WorkerTimeout:
            raise conclusions.late(check, "the candidate was being elaborated") from None
        if made.status == "invalid_statement":
            # The reference has read it: what this process says of it is its own trouble.
            made.distrust()
            raise OracleError(f"the elaborator does not read the statement: {made.detail}")
        if made.status != "elaborated":
            certain = made.status == "rejected" or made.own_doing or check.fresh
            verdict = conclusions.against(made.reason, made.detail, made)
            raise Decided(verdict, certain=certain, suspect="elaborator")
        return made

    @staticmethod
    async def _ruling(
        judge: Judge, check: Verification, submission: Submission, made: Elaboration
    ) -> Ruling:
        """Step 3: what one of the judges says."""
        try:
            ruling = await judge.judge(check, submission)
        except WorkerTimeout:
            raise conclusions.late(check, f"{judge.name} was at work", made.messages) from None
        except WorkerNotStarted:
            raise
        except WorkerDied as error:
            raise conclusions.ended(check, judge, error, made) from None
        if ruling.status == "unusable":
            raise conclusions.unstated(check, f"{judge.name} cannot judge it: {ruling.detail}")
        if ruling.status == "failed":
            raise OracleError(f"{judge.name} could not tell: {ruling.detail}")
        return ruling

    async def _denial(self, check: Verification) -> Verification:
        """The same verification, of a proof of the negation instead of a refutation."""
        claim = await self._statement(check)
        try:
            denial = await self._refutations.denial(check, claim)
        except WorkerTimeout:
            raise conclusions.late(check, "its negation was being elaborated") from None
        if isinstance(denial, str):
            detail = f"the negation of the statement cannot be stated: {denial}"
            verdict = Verdict(status="rejected", reason="wrong_statement", detail=detail)
            raise Decided(verdict)
        return denial


@asynccontextmanager
async def open_oracle(
    toolchain: Toolchain,
    *,
    size: int | None = None,
    options: OracleOptions = DEFAULTS,
) -> AsyncIterator[tuple[LeanPool, LeanOracle]]:
    """An oracle that is ready to judge, and the pool that its candidates are elaborated on.

    Raises:
        WorkerNotStarted, ToolchainError: Lean, or the official kernel, cannot be had here.
    """
    pool = LeanPool(toolchain, size=size, reset_every=options.reset_every)
    oracle = LeanOracle.on(pool, options)
    try:
        await asyncio.gather(pool.start(), oracle.start())
        yield pool, oracle
    finally:
        await pool.close()
