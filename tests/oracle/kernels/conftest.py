"""One process of the official kernel for all tests of data."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from prover_arb.core.theorem import Candidate, Limits, Theorem
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.kernels.judging import Ruling, Submission
from prover_arb.oracle.kernels.official.kernel import OfficialKernel
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.verification import Verification
from tests.oracle.kernels.drafts import Draft, two
from tests.oracle.kernels.exports import bundle

T = TypeVar("T")


class Second:
    """The process, on a loop that waits between tests."""

    def __init__(self, toolchain: Toolchain) -> None:
        self._loop = asyncio.new_event_loop()
        self.kernel = OfficialKernel(toolchain.library, size=1)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(coroutine)

    def judge(self, statement: str, proof: str, given: int = 0) -> Ruling:
        """Of a proof whose first `given` declarations are the customer's."""
        return self.rule(*bundle(statement, proof, given))

    def rule(
        self,
        reference: Draft | str,
        proof: Draft | str,
        *,
        heartbeats: int = 200_000,
        job: bool = False,
    ) -> Ruling:
        one, other = (d if isinstance(d, str) else d.text() for d in (reference, proof))
        limits = Limits(heartbeats=heartbeats)
        check = Verification(
            Theorem(name="target", statement=": True"),
            Candidate(kind="term", text=""),
            limits,
            Clock(limits.wall_ms),
        )
        ruling = self.run(self.kernel.judge(check, Submission(one, other, wants_job=job)))
        self.cpu_us = check.usage.cpu_us
        return ruling

    def still_well(self, pids: set[int | None]) -> None:
        """The process judges rightly, and is the one it was."""
        draft = Draft()
        draft.theorem(two(draft), draft.refl(draft.nat(2)))
        asked = Draft()
        after = self.rule(asked.axiom(two(asked)), draft)
        assert after.status == "accepted", after.detail
        assert self.pids() == pids, "a process had to be replaced"

    def pids(self) -> set[int | None]:
        return {worker.pid for worker in self.kernel.pool.workers}

    def close(self) -> None:
        self.run(self.kernel.pool.close())
        self._loop.close()


@pytest.fixture(scope="session")
def second(toolchain: Toolchain) -> Iterator[Second]:
    running = Second(toolchain)
    running.rule("", "")
    yield running
    running.close()
