"""The real Python side and the real kernels, with a hostile elaborator in their midst."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType

from prover_arb.core.theorem import Candidate, Limits, Theorem, Verdict
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.elaborator import Elaboration, Elaborator
from prover_arb.oracle.kernels.embedded import EmbeddedKernel
from prover_arb.oracle.kernels.judging import Ruling, Submission
from prover_arb.oracle.kernels.official.kernel import OfficialKernel
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.reference import ReferenceService
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.verification import Verification
from prover_arb.oracle.verifier import LeanOracle
from tests.oracle.kernels.exports import lines, text
from tests.soundness.hostile.answer import Answer
from tests.soundness.hostile.answers import FAMILIES
from tests.soundness.hostile.meaning import objection
from tests.soundness.hostile.statements import Corpus, corpus

LIMITS = Limits(heartbeats=20_000, wall_ms=20_000)
"""Of a case: what takes longer is refused, which is right whatever it was."""


class StandIn:
    """Answers with the data that a candidate names."""

    def __init__(self) -> None:
        self._data: dict[str, str] = {}

    def candidate(self, data: str) -> Candidate:
        key = f"answer {len(self._data)}"
        self._data[key] = data
        return Candidate(kind="term", text=key)

    async def elaborate(self, check: Verification) -> Elaboration:
        return Elaboration("elaborated", self._data[check.candidate.text])


class Watched(EmbeddedKernel):
    """The embedded kernel; what it accepts is kept for a later look."""

    def __init__(self, pool: LeanPool) -> None:
        super().__init__(pool)
        self.accepted: dict[str, str] = {}

    async def judge(self, check: Verification, submission: Submission) -> Ruling:
        ruling = await super().judge(check, submission)
        if ruling.status == "accepted":
            self.accepted[check.candidate.text] = submission.job
        return ruling


@dataclass
class Tally:
    """What came of a family's cases."""

    verdicts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0
    wrong: list[str] = field(default_factory=list)


class Trial:
    """An oracle whose judges are real, and whose elaborator is not."""

    def __init__(self, pool: LeanPool) -> None:
        """The corpus is elaborated on `pool`, which stays its owner's."""
        self._pool = pool
        self.references = ReferenceService(pool.beside(per_customer=1))
        self.official = OfficialKernel(pool.toolchain.library, size=pool.size)
        self.embedded = Watched(self.references.pool)
        self.stand_in = StandIn()
        self.oracle = self.with_elaborator(self.stand_in)
        self.corpus: Corpus
        self._jobs: dict[str, Answer] = {}

    def with_elaborator(self, elaborator: Elaborator) -> LeanOracle:
        return LeanOracle(
            self._pool.toolchain.identity,
            profile="core",
            references=self.references,
            elaborator=elaborator,
            judges=[self.official, self.embedded],
        )

    @property
    def toolchain(self) -> Toolchain:
        return self._pool.toolchain

    async def __aenter__(self) -> Trial:
        self.corpus = await corpus(self._pool, self.references)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.official.pool.close()
        await self.references.pool.close()

    async def verdict(self, theorem: Theorem, data: str) -> tuple[Verdict, str]:
        """The oracle's verdict on data, and what the kernels were asked if both accepted it."""
        candidate = self.stand_in.candidate(data)
        verdict = await self.oracle.verify(theorem, candidate, LIMITS)
        return verdict, self.embedded.accepted.pop(candidate.text, "")

    async def wrong(self, answer: Answer) -> tuple[Verdict, str]:
        """The verdict on an answer, and what is wrong with it; empty where nothing is."""
        verdict, job = await self.verdict(answer.asked.theorem, answer.data)
        if verdict.status != "proved":
            fair = verdict.status == "rejected" and not verdict.kernels
            return verdict, "" if fair else f"it is neither proved nor rejected: {verdict.detail}"
        if answer.asked.proof is None:
            return verdict, "a false statement is proved"
        if answer.never:
            return verdict, "a constant that is not the proof's to declare was accepted"
        if not set(verdict.axioms) <= {"propext", "Classical.choice", "Quot.sound"}:
            return verdict, f"it rests on {verdict.axioms}"
        self._jobs.setdefault(job, answer)
        return verdict, objection(answer.asked.reference, lines(job))

    async def family(self, name: str, numbers: range, seed: str = "") -> Tally:
        """Ask about the cases of a family that have these numbers, two at a time."""
        tally, began = Tally(), time.monotonic()
        left = iter(numbers)

        async def one_after_another() -> None:
            for number in left:
                answer = FAMILIES[name](random.Random(f"{seed}{name}{number}"), self.corpus)
                verdict, why = await self.wrong(answer)
                tally.verdicts[verdict.reason or verdict.status] += 1
                if why:
                    shown = f"{name}, case {number}: {answer.asked.theorem.statement}: {why}"
                    tally.wrong.append(f"{shown}\n{answer.data[:100_000]}")

        await asyncio.gather(*(one_after_another() for _ in range(self._pool.size)))
        tally.seconds = time.monotonic() - began
        return tally

    async def judged_again(self) -> list[str]:
        """All jobs that were accepted, judged once more, by both kernels, in processes that have
        seen nothing; returns what is wrong with any of them."""
        wrong = []
        async with Fresh(self._pool.toolchain) as fresh:
            for job, answer in self._jobs.items():
                for said in (
                    await fresh.official(text(answer.asked.reference), job),
                    await fresh.embedded(job),
                ):
                    if said.status != "accepted":
                        wrong.append(f"{answer.asked.theorem.statement}: {said.detail}\n{job}")
        return wrong

    @property
    def distinct(self) -> int:
        """How many different proofs were accepted."""
        return len(self._jobs)


class Fresh:
    """A new process of each kernel."""

    def __init__(self, toolchain: Toolchain) -> None:
        self._pool = LeanPool(toolchain, size=1, reset_every=0)
        self._official = OfficialKernel(toolchain.library, size=1)
        self._embedded = EmbeddedKernel(self._pool)

    async def __aenter__(self) -> Fresh:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._official.pool.close()
        await self._pool.close()

    async def official(self, reference: str, job: str) -> Ruling:
        """A job holds the statement's constants too: with them it must be a proof."""
        return await self._official.judge(_check(), Submission(reference, job))

    async def embedded(self, job: str) -> Ruling:
        return await self._embedded.judge(_check(), Submission("", "", job=job))


def _check() -> Verification:
    limits = Limits(wall_ms=60_000)
    theorem = Theorem(name="target", statement=": True")
    return Verification(theorem, Candidate(kind="term", text=""), limits, Clock(limits.wall_ms))
