"""Candidates without end: each is ended in time, and the pool is whole again."""

from __future__ import annotations

import asyncio
import time

import pytest

from prover_arb.core.theorem import Limits
from tests.conftest import Lean
from tests.soundness.bombs import BOMBS, THEOREM
from tests.soundness.corpus import HONEST

pytestmark = pytest.mark.lean

LIMITS = Limits(wall_ms=4_000)
BACK_SECONDS = 120
"""For the processes that are started in the place of those ended."""


@pytest.mark.parametrize("name", BOMBS)
def test_it_is_rejected_in_time(lean: Lean, name: str) -> None:
    honest = HONEST[0]

    async def scenario() -> tuple[str, float, str, int, int]:
        began = time.monotonic()
        verdict = await lean.oracle.verify(THEOREM, BOMBS[name], LIMITS)
        took = time.monotonic() - began
        after = await lean.oracle.verify(honest.theorem, honest.candidate)
        deadline = time.monotonic() + BACK_SECONDS
        while lean.pool.alive < lean.pool.size and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        return verdict.status, took, after.status, lean.pool.alive, verdict.cpu_us

    # A process that is still starting for an earlier case is not this one's to wait for.
    ready = Limits(wall_ms=60_000)
    lean.run(lean.oracle.verify(honest.theorem, honest.candidate, ready))
    status, took, after, alive, used = lean.run(scenario())
    assert status == "rejected"
    assert used > 0  # metered, whatever became of the process
    assert took < LIMITS.wall_ms / 1000 + 2
    assert after == "proved"
    assert alive >= lean.pool.size
