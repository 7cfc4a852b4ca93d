"""The pool of a market's workers: a request gets the next free one, and dead ones start again.

A worker may be in this process or in another one (runtime/ray_market.py). Requests of a market
queue here, for workers; the pools of Lean processes within a worker have one seat each.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from prover_arb.errors import WorkerDied
from prover_arb.oracle.pool import Need, Pool
from prover_arb.oracle.slots import TURN_SECONDS
from prover_arb.runtime.worker_factory import Worker

log = logging.getLogger(__name__)

T = TypeVar("T")


class PooledWorker:
    """A market's worker in the pool; one that does not start is out of the market for good."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.lost: BaseException | None = None
        self._started = False

    async def prepare(self, need: Need) -> None:
        """Starts the worker, once; it keeps its customers apart by itself."""
        if not self._started:
            await self.renew()

    def worn(self, error: BaseException | None) -> bool:
        return isinstance(error, WorkerDied)

    async def renew(self) -> None:
        """Starts the worker, also after it died.

        Raises:
            ToolchainError, OracleError: as Worker.start; the worker is lost.
        """
        if self._started:
            log.info("a worker died; it is started again")
        try:
            await self.worker.start()
        except Exception as error:
            log.warning("a worker is out of the market: %s", error)
            self.lost = error
            raise
        self._started = True
        log.info("a worker is ready")

    async def close(self) -> None:
        await self.worker.close()


class WorkerPool(Pool[PooledWorker]):
    """Workers that are leased to one request at a time; customers take turns.

    A customer gets the worker that served it before, if that one is free, because its Lean has
    read the theorem already.
    """

    def __init__(self, workers: Sequence[Worker], *, turn_seconds: float = TURN_SECONDS) -> None:
        super().__init__(map(PooledWorker, workers), turn_seconds=turn_seconds)

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
            async with self.member(Need(customer)) as pooled:
                return await work(pooled.worker)
        except WorkerDied as error:
            if not again:
                raise
            log.warning("%s; trying on another worker", error)
        return await self.run(work, customer=customer)
