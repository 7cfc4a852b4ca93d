"""One process of the official kernel for all tests of data."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from prover_arb.oracle.kernels.official.kernel import Bundle, Opinion, Ruling, SecondKernel
from prover_arb.oracle.toolchain.resolve import Toolchain
from tests.oracle.kernels.drafts import Draft, two

T = TypeVar("T")


class Second:
    """The process, on a loop that waits between tests."""

    def __init__(self, toolchain: Toolchain) -> None:
        self._loop = asyncio.new_event_loop()
        self.kernel = SecondKernel(toolchain.library, size=1)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(coroutine)

    def judge(self, statement: str, proof: str, given: int = 0) -> Opinion:
        return self.run(self.kernel.judge(Bundle(statement, proof, given), wall_ms=60_000))

    def rule(
        self, reference: Draft | str, proof: Draft | str, *, heartbeats: int = 200_000, **more: Any
    ) -> Ruling:
        one, other = (d if isinstance(d, str) else d.text() for d in (reference, proof))
        asked = self.kernel.rule(one, other, heartbeats=heartbeats, wall_ms=60_000, **more)
        return self.run(asked)

    def still_well(self, pids: set[int | None]) -> None:
        """The process judges rightly, and is the one it was."""
        draft = Draft()
        draft.theorem(two(draft), draft.refl(draft.nat(2)))
        asked = Draft()
        after = self.rule(asked.axiom(two(asked)), draft)
        assert after.status == "accepted", after.detail
        assert self.pids() == pids, "a process had to be replaced"

    def pids(self) -> set[int | None]:
        return {worker.pid for worker in self.kernel._pool.workers}

    def close(self) -> None:
        self.run(self.kernel.close())
        self._loop.close()


@pytest.fixture(scope="session")
def second(toolchain: Toolchain) -> Iterator[Second]:
    running = Second(toolchain)
    running.rule("", "")
    yield running
    running.close()
