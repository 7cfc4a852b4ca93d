"""Every case on one Lean process, and after each attack the same process still answers rightly."""

from __future__ import annotations

import asyncio
import random

import pytest

from prover_arb.core.theorem import Candidate, Theorem
from tests.conftest import Lean
from tests.soundness.corpus import (
    ATTACKS,
    EVERYTHING,
    HONEST,
    INVALID,
    REFUSED,
    SEQUENCES,
    Case,
    Invalid,
    Series,
    outcome,
)

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


async def judged(lean: Lean, case: Case) -> tuple[str, str | None]:
    verdict = await lean.oracle.verify(case.theorem, case.candidate)
    return verdict.status, verdict.reason


async def probed(lean: Lean) -> list[str]:
    answers = []
    for statement, candidate, _ in PROBES:
        theorem = Theorem(name="target", statement=statement)
        answers.append((await lean.oracle.verify(theorem, candidate)).status)
    return answers


@pytest.mark.parametrize("case", ATTACKS, ids=lambda case: case.id)
def test_an_attack_fails_and_leaves_nothing(lean: Lean, case: Case) -> None:
    async def scenario() -> tuple[tuple[str, str | None], list[str]]:
        return await judged(lean, case), await probed(lean)

    verdict, answers = lean.run(scenario())
    assert verdict == outcome(case), case.why
    assert answers == [expected for _, _, expected in PROBES]


@pytest.mark.parametrize("case", [*HONEST, *REFUSED], ids=lambda case: case.id)
def test_honest_work_is_accepted_or_told_why_not(lean: Lean, case: Case) -> None:
    assert lean.run(judged(lean, case)) == outcome(case)


@pytest.mark.parametrize("sequence", SEQUENCES, ids=lambda sequence: sequence.id)
def test_no_case_of_a_sequence_changes_the_next(lean: Lean, sequence: Series) -> None:
    async def scenario() -> dict[str, tuple[str, str | None]]:
        return {case.id: await judged(lean, case) for case in sequence.steps}

    assert lean.run(scenario()) == {case.id: outcome(case) for case in sequence.steps}


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.id)
def test_a_text_that_states_nothing_is_refused_with_the_reason(lean: Lean, case: Invalid) -> None:
    candidate = Candidate(kind="tactics", text="trivial")
    verdict = lean.run(lean.oracle.verify(case.theorem, candidate))
    assert verdict.status == "invalid_statement", case.why
    assert case.says in verdict.detail


def test_side_by_side_and_shuffled_the_verdicts_are_the_same(lean: Lean) -> None:
    cases = random.Random(20261126).sample(EVERYTHING, len(EVERYTHING) // 3)

    async def all_of_them() -> list[tuple[str, str | None]]:
        return await asyncio.gather(*(judged(lean, case) for case in cases))

    found = lean.run(all_of_them(), timeout=500)
    wrong = [(c.id, v) for c, v in zip(cases, found, strict=True) if v != outcome(c)]
    assert wrong == []
