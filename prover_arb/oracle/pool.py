"""Several Lean processes and a warm spare behind one door."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import TracebackType

from prover_arb.errors import OracleError, ToolchainError, WorkerDied
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.worker import LeanWorker, Reply

_RECYCLE_SHARE = 0.8
"""A process that has grown to this share of its memory limit is replaced between requests."""
_STARTS_TRIED = 3

_log = logging.getLogger(__name__)


class LeanPool:
    """Leases Lean processes: `size` at work and, once those are warm, `spares` waiting.

    A process that died, overran or grew too large is replaced by a spare at once, and the spare by
    a new one in the background.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        *,
        size: int | None = None,
        spares: int = 1,
        memory_mb: int = 1900,
    ) -> None:
        self.size = size or os.cpu_count() or 1
        self._spares = spares
        self._toolchain = toolchain
        self._memory_mb = memory_mb
        self._ready: asyncio.Queue[LeanWorker | WorkerDied | ToolchainError] = asyncio.Queue()
        self._seats = asyncio.Semaphore(self.size)
        self._starting: set[asyncio.Task[None]] = set()
        self._workers: set[LeanWorker] = set()
        self._closed = False
        self._companions: list[Callable[[], Awaitable[None]]] = []

    @property
    def toolchain(self) -> Toolchain:
        return self._toolchain

    @property
    def alive(self) -> int:
        """Processes that can take a request now or after the one they are at."""
        return sum(worker.usable for worker in self._workers)

    async def start(self) -> None:
        """Start all processes at once and wait for the first; the rest get ready behind it.

        Raises:
            WorkerDied, ToolchainError: Lean does not start on this machine.
        """
        for _ in range(self.size):
            self._start_one()
        first = await self._ready.get()
        if isinstance(first, Exception):
            await self.close()
            raise first
        self._ready.put_nowait(first)

    def warm(self) -> None:
        """Begin to start a process, unless there is one already."""
        if not self._closed and not self._workers and not self._starting:
            self._start_one()

    def at_close(self, close: Callable[[], Awaitable[None]]) -> None:
        """Close something else, which serves together with this pool, when this is closed."""
        self._companions.append(close)

    async def close(self) -> None:
        """End every process. Requests under way fail with WorkerDied."""
        self._closed = True
        await asyncio.gather(*(close() for close in self._companions))
        for task in list(self._starting):
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in list(self._workers)))
        self._workers.clear()

    async def __aenter__(self) -> LeanPool:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @contextlib.asynccontextmanager
    async def lease(self) -> AsyncIterator[LeanWorker]:
        """One process for the time of a session; waits until one is free.

        Raises:
            OracleError: the pool is closed, or no process can be started any more.
        """
        async with self._seats:
            worker = await self._take()
            try:
                yield worker
            finally:
                await asyncio.shield(self._give_back(worker))

    async def request(self, op: Mapping[str, object], *, wall_ms: int) -> Reply:
        """One request on any free process.

        Raises:
            WorkerTimeout, WorkerDied: as LeanWorker.request.
        """
        async with self.lease() as worker:
            return await worker.request(op, wall_ms=wall_ms)

    async def _take(self) -> LeanWorker:
        failures = 0
        while True:
            if self._closed:
                raise OracleError("the pool of Lean processes is closed")
            if self._ready.empty() and not self._starting:
                self._start_one()
            found = await self._ready.get()
            if isinstance(found, Exception):
                failures += 1
                if failures >= _STARTS_TRIED:
                    raise found
            elif found.usable:
                return found

    async def _give_back(self, worker: LeanWorker) -> None:
        if self._closed:
            await worker.stop()
            return
        if worker.usable and worker.memory < self._memory_mb * 1024 * 1024 * _RECYCLE_SHARE:
            self._ready.put_nowait(worker)
        else:
            self._workers.discard(worker)
            await worker.stop()
        wanted = self.size + self._spares
        while len(self._workers) + len(self._starting) < wanted:
            self._start_one()

    def _start_one(self) -> None:
        task = asyncio.create_task(self._bring_up())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _bring_up(self) -> None:
        try:
            command = self._toolchain.server_command(memory_mb=self._memory_mb)
            worker = LeanWorker(command, self._toolchain.environment)
            await worker.start()
        except (WorkerDied, ToolchainError) as error:
            _log.warning("a Lean process did not start: %s", error)
            self._arrived(error)
        else:
            self._workers.add(worker)
            self._arrived(worker)

    def _arrived(self, found: LeanWorker | WorkerDied | ToolchainError) -> None:
        """Whoever waits for a process must no longer see this one as starting."""
        task = asyncio.current_task()
        assert task is not None
        self._starting.discard(task)
        self._ready.put_nowait(found)
