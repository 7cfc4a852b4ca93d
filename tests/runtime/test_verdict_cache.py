"""A proof that is bought again is not judged again; everything else is."""

from __future__ import annotations

import asyncio

import pytest

from prover_arb.core.theorem import Candidate, Limits, Status, Theorem, ToolchainIdentity, Verdict
from prover_arb.runtime.verdict_cache import RememberingOracle

THEOREM = Theorem(name="t", statement=": True")
TRIVIAL = Candidate(kind="tactics", text="trivial")

USUAL = Limits()


class Judge:
    """Gives one verdict, and counts how often it was asked."""

    def __init__(self, status: Status) -> None:
        self.status: Status = status
        self.judged = 0

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits = USUAL
    ) -> Verdict:
        self.judged += 1
        await asyncio.sleep(0)
        reason = "elaboration_error" if self.status == "rejected" else None
        return Verdict(status=self.status, reason=reason, cpu_us=7_000)

    async def identity(self) -> ToolchainIdentity:
        raise NotImplementedError


def asked(judge: Judge, *questions: tuple[Theorem, Candidate, Limits]) -> list[Verdict]:
    async def scenario() -> list[Verdict]:
        oracle = RememberingOracle(judge)
        return list(await asyncio.gather(*(oracle.verify(*question) for question in questions)))

    return asyncio.run(scenario())


def test_the_same_proof_is_judged_once_and_costs_everyone_what_it_took() -> None:
    judge = Judge("proved")
    verdicts = asked(judge, *[(THEOREM, TRIVIAL, USUAL)] * 3)
    assert [(verdict.status, verdict.cpu_us) for verdict in verdicts] == [("proved", 7_000)] * 3
    assert judge.judged == 1


@pytest.mark.parametrize("status", ["rejected", "void"])
def test_what_is_no_proof_is_judged_again(status: Status) -> None:
    judge = Judge(status)
    asked(judge, *[(THEOREM, TRIVIAL, USUAL)] * 3)
    assert judge.judged == 3


def test_another_question_is_judged_for_itself() -> None:
    judge = Judge("proved")
    other = Theorem(name="t", statement=": True ∧ True")
    asked(
        judge,
        (THEOREM, TRIVIAL, USUAL),
        (other, TRIVIAL, USUAL),
        (THEOREM, Candidate(kind="tactics", text="simp"), USUAL),
        (THEOREM, TRIVIAL, Limits(wall_ms=5_000)),
    )
    assert judge.judged == 4
