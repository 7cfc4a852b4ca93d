"""A verdict comes within the limit plus two seconds, whatever starts slowly."""

from __future__ import annotations

import dataclasses
import time

import pytest

from prover_arb.core.theorem import Candidate, Limits, Theorem, Verdict
from prover_arb.oracle.clock import GRACE_MS
from prover_arb.oracle.elaborator import LeanElaborator
from prover_arb.oracle.kernels.judging import Judge
from prover_arb.oracle.kernels.official.kernel import OfficialKernel
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.verifier import LeanOracle
from tests.conftest import Lean
from tests.soundness.bombs import BOMBS

pytestmark = pytest.mark.lean

PROOF = Candidate(kind="tactics", text="exact h")
ENDLESS = BOMBS["endless elaboration"]
STATEMENT = "(a b : ℕ) (h : a + 2 ≤ b) : a + 2 ≤ b"


def delayed(toolchain: Toolchain, seconds: float) -> Toolchain:
    """The same Lean, whose processes begin to start so much later."""

    def command(memory_mb: int) -> list[str]:
        wait = f'sleep {seconds}; exec "$@"'
        return ["/bin/sh", "-c", wait, "delayed", *toolchain.make_command(memory_mb)]

    return dataclasses.replace(toolchain, make_command=command)


def judged(
    lean: Lean, candidate: Candidate, *, wall_ms: int, elaborator: float = 0, kernel: float = 0
) -> Verdict:
    """The verdict where processes of a role start so many seconds later; it comes in time."""

    async def work() -> Verdict:
        pool = LeanPool(delayed(lean.pool.toolchain, elaborator), size=1)
        judges: list[Judge] = list(lean.oracle._judges)
        official = OfficialKernel(lean.pool.toolchain.library, size=1)
        if kernel:
            official.pool = LeanPool(delayed(official.pool.toolchain, kernel), size=1)
            judges[0] = official
        oracle = LeanOracle(
            lean.pool.toolchain.identity,
            profile="core",
            references=lean.oracle._references,
            elaborator=LeanElaborator(pool if elaborator else lean.pool),
            judges=judges,
        )
        theorem = Theorem(name="target", statement=STATEMENT)
        try:
            return await oracle.verify(theorem, candidate, Limits(wall_ms=wall_ms))
        finally:
            await pool.close()
            await official.pool.close()

    began = time.monotonic()
    verdict = lean.run(work())
    assert verdict.elapsed_ms <= wall_ms + GRACE_MS
    assert (time.monotonic() - began) * 1000 <= wall_ms + 2 * GRACE_MS  # ending processes included
    return verdict


def test_a_candidate_that_had_its_time_is_late_though_its_process_started_slowly(
    lean: Lean,
) -> None:
    verdict = judged(lean, ENDLESS, wall_ms=8_000, elaborator=2)
    assert (verdict.status, verdict.reason) == ("rejected", "timeout"), verdict.detail


def test_a_candidate_that_had_no_time_is_not_blamed(lean: Lean) -> None:
    verdict = judged(lean, ENDLESS, wall_ms=1_000, elaborator=2.7)
    assert verdict.status == "void"
    assert "start" in verdict.detail or "ready in time" in verdict.detail


def test_a_kernel_that_does_not_start_is_void(lean: Lean) -> None:
    verdict = judged(lean, PROOF, wall_ms=6_000, kernel=60)
    assert verdict.status == "void", verdict.detail
    assert "ready in time" in verdict.detail


def test_a_kernel_that_starts_slowly_judges_all_the_same(lean: Lean) -> None:
    verdict = judged(lean, PROOF, wall_ms=20_000, kernel=2)
    assert verdict.status == "proved", verdict.detail
    assert verdict.elapsed_ms >= 2_000  # the start is part of the time that was promised
