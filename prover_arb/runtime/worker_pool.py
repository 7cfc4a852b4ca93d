"""Hosts are leased one request at a time; a host that is lost is revived, its request moved on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from prover_arb.errors import WorkerDied
from prover_arb.runtime.worker_factory import Host

log = logging.getLogger(__name__)

T = TypeVar("T")


class HostQueue:
    """The hosts at work, each leased to one request at a time, first come first served."""

    def __init__(self, hosts: Sequence[Host]) -> None:
        self._hosts = list(hosts)
        # The host that was at work last comes first: its Lean still knows the theorem.
        self._idle: asyncio.Queue[Host | None] = asyncio.LifoQueue()
        self._admissions: set[asyncio.Task[None]] = set()
        self._failures: list[BaseException] = []

    async def start(self) -> None:
        """Warm all hosts up together; back as soon as one is ready, the others join later.

        Raises:
            ToolchainError, OracleError: no host came up; the first host's reason.
        """
        for host in self._hosts:
            self._admit_soon(host)
        async with self._lease():
            pass

    async def run(self, work: Callable[[Host], Awaitable[T]], *, tries: int = 1) -> T:
        """Do `work` on the next free host; on another one if that host is lost over it.

        Raises:
            WorkerDied: `tries` hosts were lost over it.
            ToolchainError, OracleError: no host is left; the first one's reason.
        """
        while True:
            tries -= 1
            try:
                async with self._lease() as host:
                    return await work(host)
            except WorkerDied as error:
                if not tries:
                    raise
                log.warning("%s; trying on another worker", error)

    async def close(self) -> None:
        """Stop warming up, and close every host."""
        for task in self._admissions:
            task.cancel()
        await asyncio.gather(*self._admissions, return_exceptions=True)
        results = await asyncio.gather(*(h.close() for h in self._hosts), return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                log.warning("a host did not close cleanly: %s", result)

    @asynccontextmanager
    async def _lease(self) -> AsyncIterator[Host]:
        host = await self._idle.get()
        if host is None:
            self._idle.put_nowait(None)
            raise self._failures[0]
        try:
            yield host
        except WorkerDied:
            self._admit_soon(host)
            raise
        except BaseException:
            self._idle.put_nowait(host)
            raise
        else:
            self._idle.put_nowait(host)

    def _admit_soon(self, host: Host) -> None:
        task = asyncio.create_task(self._admit(host))
        self._admissions.add(task)
        task.add_done_callback(self._admitted)

    async def _admit(self, host: Host) -> None:
        await host.start()
        self._idle.put_nowait(host)

    def _admitted(self, task: asyncio.Task[None]) -> None:
        self._admissions.discard(task)
        if task.cancelled() or not (error := task.exception()):
            return
        self._failures.append(error)
        log.warning("a Lean worker is out of the market: %s", error)
        if len(self._failures) == len(self._hosts):
            self._idle.put_nowait(None)
