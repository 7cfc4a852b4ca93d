"""One real Lean for the whole test session, provisioned on first use."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from prover_arb.core.theorem import Candidate, CandidateKind, Limits, Theorem, Verdict
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.toolchain.resolve import Toolchain, ensure
from prover_arb.oracle.verifier import LeanOracle

T = TypeVar("T")


class Lean:
    """A pool on an event loop of its own, so that plain tests can share it."""

    def __init__(self, toolchain: Toolchain) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.pool = LeanPool(toolchain, size=1)
        self.oracle = LeanOracle.on(self.pool)
        self.run(self._start())

    async def _start(self) -> None:
        await asyncio.gather(self.pool.start(), self.oracle.start())

    def run(self, coroutine: Coroutine[Any, Any, T], timeout: float = 300) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout)

    def verify(
        self,
        statement: str,
        text: str,
        kind: CandidateKind = "tactics",
        *,
        preamble: str = "",
        limits: Limits | None = None,
    ) -> Verdict:
        theorem = Theorem(name="target", statement=statement, preamble=preamble)
        return self.run(self.oracle.verify(theorem, Candidate(kind=kind, text=text), limits))

    def close(self) -> None:
        self.run(self.pool.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture(scope="session", autouse=True)
def _programs_heed_ctrl_c() -> Iterator[None]:
    """What tests start heeds SIGINT, even where this suite was started with it ignored.

    That is how a shell starts a background job, as in `nohup make test &`, and what is ignored is
    inherited.
    """
    before = signal.getsignal(signal.SIGINT)
    if before == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return ensure("core")


@pytest.fixture(scope="session")
def lean(toolchain: Toolchain) -> Iterator[Lean]:
    running = Lean(toolchain)
    yield running
    running.close()
