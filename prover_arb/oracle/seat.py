"""Room for one Lean process, which serves one customer for its life: a member of `LeanPool`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from prover_arb.errors import ToolchainError, WorkerNotStarted
from prover_arb.oracle.pool import Need, pool_closed
from prover_arb.oracle.worker import LeanWorker

_log = logging.getLogger(__name__)

_RECYCLE_SHARE = 0.8
"""A process that has grown to this share of its memory limit is replaced between requests."""


class Seat:
    """Holds a process, one that is starting, or none.

    A process that has no customer yet gets the first who comes. Before a lease, a process of
    another customer is ended, and one that is suspect is reset. After a lease, a process that died,
    overran or grew is replaced, and one that has answered many requests is reset.
    """

    lost = None
    """A process that did not start may start the next time."""

    def __init__(self, make: Callable[[], LeanWorker], *, memory_mb: int, reset_every: int) -> None:
        """`make` returns a process that is not started; it is reset after `reset_every` requests
        (1: before every lease; 0: never)."""
        self.reset_every = reset_every
        self.customer: str | None = None
        """The customer whose texts the process reads; None before it has read any."""
        self.worker: LeanWorker | None = None
        self._make = make
        self._most_memory = memory_mb * 1024 * 1024 * _RECYCLE_SHARE
        self._starting: asyncio.Task[LeanWorker] | None = None
        self._closed = False

    @property
    def alive(self) -> bool:
        """Whether its process can take a request now or after the one it is at."""
        if self.worker is not None:
            return self.worker.usable
        start = self._starting
        return start is not None and start.done() and not _failed(start)

    async def prepare(self, need: Need) -> None:
        """Have a process that may be used as the need says.

        Raises:
            WorkerNotStarted, ToolchainError: the process does not start.
            OracleError: it was not ready while the clock ran, or the seat is closed.
        """
        worker = self.worker
        if self.customer not in (None, need.customer):
            await self._end()
        elif worker is not None:
            if (need.untouched and worker.requests > 0 and self.reset_every) or worker.suspect:
                await worker.reset()
            if not worker.usable or ((need.fresh or need.untouched) and worker.requests > 0):
                await self._end()
        if self.worker is None:
            self.worker = await self._started(need)

    async def start_early(self, customer: str) -> None:
        """Begin to start a process for a customer, and do not wait for it."""
        if self.customer != customer:
            if self.customer is not None:
                await self._end()
            self._begin(customer)

    def stand_by(self) -> None:
        """Begin to start a process for whoever comes first, unless there is one."""
        if self.customer is None:
            self._begin(None)

    async def vacate(self) -> None:
        """End the process of a customer, and begin to start one for whoever comes first."""
        await self._end()
        self._begin(None)

    def worn(self, error: BaseException | None) -> bool:
        worker = self.worker
        return (
            worker is None
            or not self._sound(worker)
            or worker.suspect
            or 0 < self.reset_every <= worker.requests
        )

    async def renew(self) -> None:
        """Reset the process; where that is not enough, end it and begin to start another.

        The seat may be leased before that one is ready. Otherwise a verification that needs it
        would wait for a free seat, which its clock does not count, instead of for the start.
        """
        worker, customer = self.worker, self.customer
        if worker is not None and self._sound(worker):
            await worker.reset()
            if worker.usable:
                return
        _log.info("Lean process %s is replaced", worker and worker.pid)
        await self._end()
        if customer is not None:
            self._begin(customer)

    async def close(self) -> None:
        self._closed = True
        await self._end()

    def _sound(self, worker: LeanWorker) -> bool:
        return worker.usable and worker.memory < self._most_memory

    def _begin(self, customer: str | None) -> asyncio.Task[LeanWorker]:
        """The start of a process for a customer, begun now unless it is begun already."""
        if self._closed:
            raise pool_closed()
        self.customer = customer
        if self._starting is None or (self._starting.done() and _failed(self._starting)):
            self._starting = asyncio.create_task(_start(self._make))
            # A start that nobody waits for any more must not complain about its error.
            self._starting.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._starting

    async def _started(self, need: Need) -> LeanWorker:
        """The process whose start is begun or under way; it goes on if this is cancelled."""
        start = self._begin(need.customer)
        waiting = asyncio.wait({start})
        await (need.clock.bound(waiting) if need.clock else waiting)
        if start.cancelled():
            raise pool_closed()
        self._starting = None
        return start.result()

    async def _end(self) -> None:
        """End the process, or its start."""
        worker, start = self.worker, self._starting
        self.customer = self.worker = self._starting = None
        if start is not None:
            if start.cancel():
                await asyncio.wait({start})
            if not _failed(start):
                worker = start.result()
        if worker is not None:
            await worker.stop()


def _failed(start: asyncio.Task[LeanWorker]) -> bool:
    """Whether a start that is over came to nothing."""
    return start.cancelled() or start.exception() is not None


async def _start(make: Callable[[], LeanWorker]) -> LeanWorker:
    try:
        worker = make()
        await worker.start()
    except (WorkerNotStarted, ToolchainError) as error:
        _log.warning("a Lean process did not start: %s", error)
        raise
    _log.info("Lean process %s is started", worker.pid)
    return worker
