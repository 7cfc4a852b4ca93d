"""Both kernels judge: the embedded one is asked what the official one accepted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from prover_arb.core.theorem import Candidate, Limits, Theorem, Verdict
from prover_arb.oracle.budgeted import Checker
from prover_arb.oracle.elaborator import LeanElaborator
from prover_arb.oracle.kernels.embedded import EmbeddedKernel
from prover_arb.oracle.kernels.judging import Judge, Ruling, Submission, label
from prover_arb.oracle.kernels.official.kernel import OfficialKernel
from prover_arb.oracle.reference import ReferenceService
from prover_arb.oracle.verification import Verification
from prover_arb.oracle.verifier import LeanOracle
from tests.conftest import Lean

pytestmark = pytest.mark.lean

GOAL = "(a b : ℕ) (h : a < b) : a + 1 ≤ b"


class Misreporting(OfficialKernel):
    """The official kernel, saying that it was asked something else than it was."""

    def __init__(self, lean: Lean, alter: Callable[[str], str]) -> None:
        super().__init__(lean.pool.toolchain.library, size=1)
        self._alter = alter

    async def judge(self, check: Verification, submission: Submission) -> Ruling:
        ruling = await super().judge(check, submission)
        return replace(ruling, job=self._alter(ruling.job))


def verdict(
    lean: Lean,
    first: Judge | None = None,
    *,
    one_kernel: bool = False,
) -> Verdict:
    async def work() -> Verdict:
        references = ReferenceService(lean.pool.beside(per_customer=1))
        official = first or OfficialKernel(lean.pool.toolchain.library, size=1)
        judges = [official] if one_kernel else [official, EmbeddedKernel(references.pool)]
        oracle = LeanOracle(
            lean.pool.toolchain.identity,
            profile="core",
            references=references,
            elaborator=LeanElaborator(lean.pool),
            judges=judges,
        )
        theorem = Theorem(name="target", statement=GOAL)
        candidate, checker = Candidate(kind="tactics", text="omega"), Checker(oracle, price=0)
        try:
            return await checker.verdict(theorem, candidate, Limits(), left=0)
        finally:
            await official.pool.close()
            await references.pool.close()

    return lean.run(work())


def test_both_kernels_stand_in_the_verdict(lean: Lean) -> None:
    found = lean.verify(GOAL, "omega")
    embedded = label(lean.pool.toolchain.identity)
    assert found.status == "proved", found.detail
    assert len(set(found.kernels)) == 2
    assert found.kernels[1] == embedded


def test_what_a_preamble_declares_is_judged_too(lean: Lean) -> None:
    preamble = """
inductive Tree (α : Type) where
  | leaf
  | node (l : Tree α) (v : α) (r : Tree α)
structure Rose (α : Type) where
  value : α
  kids : List (Rose α)
mutual
inductive Evens : ℕ → Prop
  | zero : Evens 0
  | succ (n : ℕ) : Odds n → Evens (n + 1)
inductive Odds : ℕ → Prop
  | succ (n : ℕ) : Evens n → Odds (n + 1)
end
def Tree.size {α : Type} : Tree α → ℕ
  | .leaf => 0
  | .node l _ r => l.size + r.size + 1
"""
    statement = "(r : Rose ℕ) : Evens 2 ∧ (Tree.node .leaf r .leaf).size = 1"
    proof = "exact ⟨.succ _ (.succ _ .zero), rfl⟩"
    found = lean.verify(statement, proof, preamble=preamble)
    assert (found.status, len(found.kernels)) == ("proved", 2), found.detail


def test_kernels_that_disagree_are_loud(lean: Lean, caplog: pytest.LogCaptureFixture) -> None:
    """The embedded kernel is asked for another natural number than the official one accepted."""
    altered = Misreporting(lean, lambda job: job.replace('"natVal":"1"', '"natVal":"2"'))
    with caplog.at_level(logging.CRITICAL):
        found = verdict(lean, altered)
    assert (found.status, found.reason) == ("rejected", "kernels_disagree")
    assert label(lean.pool.toolchain.identity) in found.detail
    assert [r for r in caplog.records if r.levelno == logging.CRITICAL and "DISAGREE" in r.message]


@pytest.mark.parametrize("job", ["", "nonsense", '{"in":1}'])
def test_what_the_embedded_kernel_cannot_read_is_void(lean: Lean, job: str) -> None:
    found = verdict(lean, Misreporting(lean, lambda _: job))
    assert (found.status, found.kernels) == ("void", ())


def test_one_kernel_may_judge_alone(lean: Lean) -> None:
    found = verdict(lean, one_kernel=True)
    assert found.status == "proved"
    assert len(found.kernels) == 1
