"""Hosts are leased one request at a time; a host that is lost is revived, its request moved on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from prover_arb.errors import WorkerDied
from prover_arb.oracle.slots import TURN_SECONDS, FairSlots
from prover_arb.runtime.worker_factory import Host

log = logging.getLogger(__name__)

T = TypeVar("T")


class HostQueue:
    """The hosts at work, each leased to one request at a time; customers take turns.

    A customer gets the host that served it before, if that is free: its Lean knows the theorem.
    """

    def __init__(self, hosts: Sequence[Host], *, turn_seconds: float = TURN_SECONDS) -> None:
        self._hosts = list(hosts)
        self._slots = FairSlots[Host](turn_seconds=turn_seconds)
        self._admissions: set[asyncio.Task[None]] = set()
        self._failures: list[BaseException] = []

    async def start(self) -> None:
        """Warm all hosts up together; back as soon as one is ready, the others join later.

        Raises:
            ToolchainError, OracleError: no host came up; the first host's reason.
        """
        for host in self._hosts:
            self._admit_soon(host)
        async with self._lease(""):
            pass

    async def run(
        self, work: Callable[[Host], Awaitable[T]], *, customer: str = "", again: bool = False
    ) -> T:
        """Do `work` on the next host that is free for the customer.

        Where the host is lost over it, what became of the work is not known, and a retry that the
        host had in hand was lost with it; with `again` it is done once more, on another host.

        Raises:
            WorkerDied: the host was lost over it, and another one if it was done again.
            ToolchainError, OracleError: no host is left; the first one's reason.
        """
        try:
            async with self._lease(customer) as host:
                return await work(host)
        except WorkerDied as error:
            if not again:
                raise
            log.warning("%s; trying on another worker", error)
        return await self.run(work, customer=customer)

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
    async def _lease(self, customer: str) -> AsyncIterator[Host]:
        slot = await self._slots.take(customer)
        try:
            yield slot.item
        except WorkerDied:
            self._slots.retire(slot)
            self._admit_soon(slot.item)
            raise
        except BaseException:
            self._slots.give_back(slot)
            raise
        else:
            self._slots.give_back(slot)

    def _admit_soon(self, host: Host) -> None:
        task = asyncio.create_task(self._admit(host))
        self._admissions.add(task)
        task.add_done_callback(self._admitted)

    async def _admit(self, host: Host) -> None:
        await host.start()
        self._slots.add(host)

    def _admitted(self, task: asyncio.Task[None]) -> None:
        self._admissions.discard(task)
        if task.cancelled() or not (error := task.exception()):
            return
        self._failures.append(error)
        log.warning("a Lean worker is out of the market: %s", error)
        if len(self._failures) == len(self._hosts):
            self._slots.fail(self._failures[0])
