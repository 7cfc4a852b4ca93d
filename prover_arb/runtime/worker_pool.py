"""The pool of a market's workers: it leases one for each request, and replaces those that die.

It is the only queue that requests of a market wait in. A worker may be in this process or in
another one (runtime/ray_market.py), and serves one request at a time. Inside a worker,
oracle/pool.py (`LeanPool`) has one place: it queues nothing there, and owns what only the worker's
own machine can do: to start, reset and end the Lean process between requests and customers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from prover_arb.errors import WorkerDied
from prover_arb.oracle.slots import TURN_SECONDS, FairSlots
from prover_arb.runtime.worker_factory import Worker

log = logging.getLogger(__name__)

T = TypeVar("T")


class WorkerPool:
    """Workers that are leased to one request at a time; customers take turns.

    A customer gets the worker that served it before, if that one is free, because its Lean has
    read the theorem already.
    """

    def __init__(self, workers: Sequence[Worker], *, turn_seconds: float = TURN_SECONDS) -> None:
        self._workers = list(workers)
        self._slots = FairSlots[Worker](turn_seconds=turn_seconds)
        self._starts: set[asyncio.Task[None]] = set()
        self._failures: list[BaseException] = []

    async def start(self) -> None:
        """Starts all workers together; returns as soon as one is ready, the others join later.

        Raises:
            ToolchainError, OracleError: no worker started; this is the first one's reason.
        """
        for worker in self._workers:
            self._start_soon(worker)
        async with self._lease(""):
            pass

    async def run(
        self, work: Callable[[Worker], Awaitable[T]], *, customer: str = "", again: bool = False
    ) -> T:
        """Does `work` on the next worker that is free for the customer.

        If the worker dies over it, nobody knows what became of the work. With `again` it is then
        done once more, on another worker.

        Raises:
            WorkerDied: the worker died over it, and the second one too if it was done again.
            ToolchainError, OracleError: no worker is left; this is the first one's reason.
        """
        try:
            async with self._lease(customer) as worker:
                return await work(worker)
        except WorkerDied as error:
            if not again:
                raise
            log.warning("%s; trying on another worker", error)
        return await self.run(work, customer=customer)

    async def close(self) -> None:
        """Stops starting workers, and closes every worker."""
        for task in self._starts:
            task.cancel()
        await asyncio.gather(*self._starts, return_exceptions=True)
        closings = (worker.close() for worker in self._workers)
        for result in await asyncio.gather(*closings, return_exceptions=True):
            if isinstance(result, Exception):
                log.warning("a worker did not close cleanly: %s", result)

    @asynccontextmanager
    async def _lease(self, customer: str) -> AsyncIterator[Worker]:
        slot = await self._slots.take(customer)
        try:
            yield slot.item
        except WorkerDied:
            log.info("a worker died; it is started again")
            self._slots.retire(slot)
            self._start_soon(slot.item)
            raise
        except BaseException:
            self._slots.give_back(slot)
            raise
        else:
            self._slots.give_back(slot)

    def _start_soon(self, worker: Worker) -> None:
        task = asyncio.create_task(self._start(worker))
        self._starts.add(task)
        task.add_done_callback(self._started)

    async def _start(self, worker: Worker) -> None:
        await worker.start()
        log.info("a worker is ready")
        self._slots.add(worker)

    def _started(self, task: asyncio.Task[None]) -> None:
        self._starts.discard(task)
        if task.cancelled() or not (error := task.exception()):
            return
        self._failures.append(error)
        log.warning("a worker is out of the market: %s", error)
        if len(self._failures) == len(self._workers):
            self._slots.fail(self._failures[0])
