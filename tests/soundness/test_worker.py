"""Every case on one Lean process, and after each attack the same process still answers rightly."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.oracle.worker import LeanWorker
from tests.conftest import Lean
from tests.soundness.corpus import ATTACKS, EVERYTHING, HONEST, REFUSED, Case, outcome

pytestmark = pytest.mark.lean

PROBES: list[tuple[str, Candidate, str]] = [
    # A true theorem is proved, and names that attacks use are free.
    (
        "(a b : ℕ) (h : a < b) : a + 1 ≤ b",
        Candidate(
            kind="file",
            text="theorem cheat : (2 : ℕ) + 2 = 4 := by simp\n"
            "def Left.f (n : ℕ) : ℕ := n + 0\n"
            "theorem target (a b : ℕ) (h : a < b) : a + 1 ≤ b := by omega",
        ),
        "proved",
    ),
    # What a rule, an instance or an option left behind would prove.
    (": (1 : ℕ) = 2", Candidate(kind="tactics", text="first | exact cheat | simp"), "rejected"),
    (
        "(a b : ℕ) : (5 : ℕ) < 3 ∧ a + 2 ≤ b",
        Candidate(kind="tactics", text="exact ⟨trivial, trivial⟩"),
        "rejected",
    ),
]


def request(theorem: Theorem, candidate: Candidate) -> dict[str, object]:
    return {
        "op": "check",
        "theorem": theorem.model_dump(include={"name", "statement", "preamble"}),
        "candidate": candidate.model_dump(),
        "heartbeats": 400_000,
        "output_bytes": 200_000,
    }


async def judged(worker: LeanWorker, case: Case) -> tuple[str, str | None]:
    reply = await worker.request(request(case.theorem, case.candidate), wall_ms=30_000)
    return str(reply.data["status"]), str(reply.data["reason"]) or None


async def probed(worker: LeanWorker) -> list[str]:
    answers = []
    for statement, candidate, _ in PROBES:
        theorem = Theorem(name="target", statement=statement)
        reply = await worker.request(request(theorem, candidate), wall_ms=30_000)
        answers.append(str(reply.data["status"]))
    return answers


@pytest.mark.parametrize("case", ATTACKS, ids=lambda case: case.id)
def test_an_attack_fails_and_leaves_nothing(lean: Lean, case: Case) -> None:
    async def scenario() -> tuple[tuple[str, str | None], list[str]]:
        async with lean.pool.lease() as worker:
            verdict = await judged(worker, case)
            return verdict, await probed(worker)

    verdict, answers = lean.run(scenario())
    assert verdict == outcome(case), case.why
    assert answers == [expected for _, _, expected in PROBES]


@pytest.mark.parametrize("case", [*HONEST, *REFUSED], ids=lambda case: case.id)
def test_honest_work_is_accepted_or_told_why_not(lean: Lean, case: Case) -> None:
    async def scenario() -> tuple[str, str | None]:
        async with lean.pool.lease() as worker:
            return await judged(worker, case)

    assert lean.run(scenario()) == outcome(case)


def test_through_the_pool_and_both_kernels(lean: Lean) -> None:
    async def all_of(cases: Sequence[Case]) -> dict[str, tuple[str, str | None]]:
        verdicts = await asyncio.gather(
            *(lean.oracle.verify(case.theorem, case.candidate) for case in cases)
        )
        return {c.id: (v.status, v.reason) for c, v in zip(cases, verdicts, strict=True)}

    found = lean.run(all_of(EVERYTHING), timeout=500)
    wrong = {c.id: found[c.id] for c in EVERYTHING if found[c.id] != outcome(c)}
    assert wrong == {}
