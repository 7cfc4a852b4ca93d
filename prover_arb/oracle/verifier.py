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

from prover_arb.core.negation import negation
from prover_arb.core.theorem import (
    Asked,
    Candidate,
    Limits,
    Reason,
    Theorem,
    ToolchainIdentity,
    Verdict,
    sha256,
)
from prover_arb.errors import InputError, OracleError, WorkerDied, WorkerNotStarted, WorkerTimeout
from prover_arb.oracle.budgeted import Finding, with_one_retry
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.elaborator import Elaboration, Elaborator, LeanElaborator
from prover_arb.oracle.kernels.embedded import EmbeddedKernel
from prover_arb.oracle.kernels.judging import Judge, Ruling, Submission
from prover_arb.oracle.kernels.official.kernel import OfficialKernel
from prover_arb.oracle.options import DEFAULTS, OracleOptions
from prover_arb.oracle.pool import LeanPool
from prover_arb.oracle.reference import (
    ReferenceService,
    Statement,
    StatementCheck,
    StatementRefused,
)
from prover_arb.oracle.refutation import Refutations
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.verification import Verification

_OUT_OF_MEMORY = {"memory", "stack", "killed"}
"""Causes of a process's end that speak of memory."""


_LIMITED: frozenset[Reason] = frozenset({"heartbeats", "memory"})
"""Reasons for which a kernel that gives up does not contradict one that does not."""


class _Decided(Exception):
    """Ends a try early, with what was found."""

    def __init__(self, verdict: Verdict, *, certain: bool = True) -> None:
        super().__init__(verdict.detail)
        self.finding = Finding(verdict, certain=certain)


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
        judges: list[Judge] = [OfficialKernel(pool.toolchain.library, size=pool.size)]
        if both:
            judges.append(EmbeddedKernel(references.pool))
        pool.at_close(references.close)
        for judge in judges:
            pool.at_close(judge.close)
        return cls(
            pool.toolchain.identity,
            profile=pool.toolchain.profile,
            references=references,
            elaborator=LeanElaborator(pool),
            judges=judges,
        )

    async def identity(self) -> ToolchainIdentity:
        """Which Lean elaborates."""
        return self._identity

    async def start(self, customer: str = "") -> None:
        """Have a process of every role ready but for the elaborator's, for a customer.

        Raises:
            WorkerNotStarted, ToolchainError: one cannot be had on this machine.
        """
        starts = (judge.start(customer) for judge in self._judges)
        await asyncio.gather(self._references.start(customer), *starts)

    def warm(self, customer: str = "") -> None:
        """Begin to start the processes that the first verification of a customer will need."""
        self._references.warm(customer)
        for judge in self._judges:
            judge.warm(customer)

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
        self,
        theorem: Theorem,
        candidate: Candidate,
        limits: Limits | None = None,
        *,
        customer: str = "",
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
        check = self._begin(theorem, candidate, limits, customer)
        try:
            statement, made = await self._statement(check), await self._elaborated(check)
        except _Decided as decided:
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
                return _refuted(await self._judged(await self._denial(check)))
            return await self._judged(check)
        except _Decided as decided:
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
                return _refused(check, judge, ruling, accepted, made)
            if not accepted:
                first, submission = ruling, replace(submission, job=ruling.job)
            accepted.append(judge.name)
        return Finding(
            Verdict(
                status="proved",
                axioms=tuple(sorted(set(first.axioms))),
                axioms_exact=first.exact,
                kernels=tuple(accepted),
                asked=Asked(
                    type=statement.type,
                    statement=statement.data,
                    question_sha256=sha256(first.job),
                ),
                messages=made.messages,
            )
        )

    async def _statement(self, check: Verification) -> Statement:
        """Step 1: the statement as data, from the customer's text alone."""
        try:
            found = await self._references.statement(check)
        except WorkerTimeout:
            limit = check.limits.wall_ms
            detail = f"the statement itself was not elaborated within {limit} ms"
            late = Verdict(status="rejected", reason="timeout", detail=detail)
            raise _Decided(late) from None
        except WorkerNotStarted:
            raise
        except WorkerDied as error:
            detail = f"elaborating the statement ends the Lean process: {error}"
            verdict = Verdict(status="invalid_statement", detail=detail)
            raise _Decided(verdict, certain=check.fresh) from None
        if isinstance(found, StatementRefused):
            raise _Decided(
                Verdict(status="invalid_statement", detail=found.detail, messages=found.messages)
            )
        return found

    async def _elaborated(self, check: Verification) -> Elaboration:
        """Step 2: the candidate as data."""
        made = await self._elaborator.elaborate(check)
        if made.status == "invalid_statement":
            # The reference has read it: what this process says of it is its own trouble.
            made.distrust()
            raise OracleError(f"the elaborator does not read the statement: {made.detail}")
        if made.status != "elaborated":
            certain = made.status == "rejected" or made.own_doing or check.fresh
            raise _Decided(_against(made.reason, made.detail, made), certain=certain)
        return made

    @staticmethod
    async def _ruling(
        judge: Judge, check: Verification, submission: Submission, made: Elaboration
    ) -> Ruling:
        """Step 3: what one of the judges says."""
        try:
            ruling = await judge.judge(check, submission)
        except WorkerTimeout:
            detail = f"no verdict within {check.limits.wall_ms} ms: {judge.name} was at work"
            raise _Decided(_against("timeout", detail, made)) from None
        except WorkerNotStarted:
            raise
        except WorkerDied as error:
            reason: Reason = "memory" if error.cause in _OUT_OF_MEMORY else "replay_failed"
            detail = f"the proof ends the process of {judge.name}: {error}"
            raise _Decided(_against(reason, detail, made), certain=check.fresh) from None
        if ruling.status == "unusable":
            detail = f"{judge.name} cannot judge it: {ruling.detail}"
            verdict = Verdict(status="invalid_statement", detail=detail)
            raise _Decided(verdict, certain=check.fresh)
        if ruling.status == "failed":
            raise OracleError(f"{judge.name} could not tell: {ruling.detail}")
        return ruling

    async def _denial(self, check: Verification) -> Verification:
        """The same verification, of a proof of the negation instead of a refutation."""
        claim, theorem = await self._statement(check), negation(check.theorem)
        why = "its text has no goal to negate"
        if theorem is not None:
            proof = Candidate(kind="tactics", text=check.candidate.text)
            denial = replace(check, theorem=theorem, candidate=proof)
            why = await self._refutations.why_no_denial(denial, claim)
            if not why:
                return denial
        detail = f"the negation of the statement cannot be stated: {why}"
        verdict = Verdict(status="rejected", reason="wrong_statement", detail=detail)
        raise _Decided(verdict)


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


def _refused(
    check: Verification, judge: Judge, ruling: Ruling, accepted: list[str], made: Elaboration
) -> Finding:
    """What it means that a judge refuses what the elaborator took for a proof."""
    if not accepted:
        # Its process may have been made ill by another candidate.
        certain = check.fresh or made.own_doing
        verdict = _against(ruling.reason or "replay_failed", ruling.detail, made)
        return Finding(verdict, certain=certain)
    if ruling.reason is not None and ruling.reason in _LIMITED:
        detail = f"{judge.name} gave up: {ruling.detail}"
        return Finding(_against(ruling.reason, detail, made))
    detail = f"{judge.name} refuses what {' and '.join(accepted)} accepts: {ruling.detail}"
    return Finding(_against("kernels_disagree", detail, made))


def _against(reason: Reason, detail: str, made: Elaboration) -> Verdict:
    return Verdict(status="rejected", reason=reason, detail=detail, messages=made.messages)


def _refuted(finding: Finding) -> Finding:
    """A proof of the negation refutes; everything else is what it is."""
    if finding.verdict.status != "proved":
        return finding
    return replace(finding, verdict=finding.verdict.model_copy(update={"status": "refuted"}))
