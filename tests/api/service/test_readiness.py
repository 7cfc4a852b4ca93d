"""Ready means that Lean judges now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from prover_arb.api.problem_documents import Problem
from prover_arb.api.service.market_keeper import FRESH_SECONDS, MarketKeeper
from prover_arb.core.theorem import Candidate, Limits, Theorem, Verdict
from prover_arb.errors import RunError, ToolchainError, WorkerDied
from prover_arb.runtime import LocalMarketplace, Marketplace
from prover_arb.runtime.null_market import NullWorker, NullWorkerFactory
from prover_arb.runtime.worker_pool import PoolStatus


@dataclass(frozen=True)
class Mortal(NullWorker):
    """A worker whose Lean dies, and does not start again, once the test says so."""

    dead: list[bool] = field(default_factory=list)

    async def start(self) -> None:
        if self.dead:
            raise ToolchainError("Lean is gone")

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict:
        if self.dead:
            raise WorkerDied("Lean died")
        return await super().verify(theorem, candidate, limits, customer=customer)


@dataclass(frozen=True)
class Factory(NullWorkerFactory):
    dead: list[bool] = field(default_factory=list)

    def worker(self) -> Mortal:
        return Mortal(dead=self.dead)


class Breakable(LocalMarketplace):
    """A market whose broker may end."""

    broken = False

    async def status(self) -> PoolStatus:
        if self.broken:
            raise RunError("the broker ended")
        return await super().status()


def test_it_is_not_ready_once_no_worker_lives(tmp_path: Path) -> None:
    factory = Factory()

    @asynccontextmanager
    async def open_market() -> AsyncIterator[Marketplace]:
        market = await LocalMarketplace.create(
            factory, ledger=tmp_path / "ledger.sqlite", workers=1, reserved=1
        )
        try:
            yield market
        finally:
            await market.close()

    async def main() -> None:
        keeper = MarketKeeper(open_market, profile="core")
        opened = asyncio.Event()

        async def work(_market: Marketplace) -> None:
            opened.set()
            await asyncio.Event().wait()

        with pytest.raises(Problem, match="Lean is starting"):
            await keeper.judging()
        running = asyncio.create_task(keeper.run(work))
        await opened.wait()
        assert (await keeper.judging()).lean == "none"
        factory.dead.append(True)
        await asyncio.sleep(FRESH_SECONDS + 0.1)
        for _ in range(3):
            with pytest.raises(Problem, match="does not judge: Lean") as caught:
                await keeper.judging()
            assert caught.value.kind.status == 503
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(main())


def test_a_market_that_breaks_while_nobody_works_is_opened_again(tmp_path: Path) -> None:
    opened: list[Breakable] = []

    @asynccontextmanager
    async def open_market() -> AsyncIterator[Marketplace]:
        market = Breakable(Factory(), [NullWorker()], tmp_path / "ledger.sqlite")
        await market.start()
        opened.append(market)
        try:
            yield market
        finally:
            await market.close()

    async def main() -> None:
        keeper = MarketKeeper(open_market, profile="core", reopen_seconds=0)

        worked: asyncio.Queue[Marketplace] = asyncio.Queue()

        async def work(market: Marketplace) -> None:
            await worked.put(market)
            await asyncio.Event().wait()

        running = asyncio.create_task(keeper.run(work))
        async with asyncio.timeout(60):
            assert await worked.get() is opened[0]
            opened[0].broken = True
            assert await worked.get() is opened[1] is keeper.market
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(main())
