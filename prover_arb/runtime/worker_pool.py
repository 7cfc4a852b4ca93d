"""The pool of a market's workers: a request gets the next free one, and dead ones start again.

A worker may be in this process or in another one (runtime/ray_market.py). Requests of a market
queue here, for workers; the pools of Lean processes within a worker have one seat each.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypeVar

from prover_arb.core.theorem import Value
from prover_arb.errors import WorkerDied
from prover_arb.oracle.pool import Need, Pool
from prover_arb.oracle.slots import TURN_SECONDS
from prover_arb.runtime.elastic_pool import ElasticPool, WorkerSupply
from prover_arb.runtime.pooled_worker import PooledWorker
from prover_arb.runtime.worker_factory import Worker

log = logging.getLogger(__name__)

T = TypeVar("T")

RESERVED_TURN_SECONDS = 1.0
"""How long one customer may keep a reserved worker while others wait for one."""


class PoolStatus(Value):
    """How busy the workers are."""

    workers: int
    """How many there should be now, by what waits for them."""
    ready: int
    """How many are started and alive; the others are being started, or wait for a machine."""
    waiting: int
    """How many requests wait for a worker; an interactive one may wait at two places."""
    restarts: int
    """How often a worker died and was started again."""
    nodes: int = 1
    """How many machines they are on, or could be."""
    nodes_lost: int = 0
    """How many machines were lost since the market opened."""
    brokers: int = 1
    """How many brokers there should be."""
    brokers_ready: int = 1
    """How many of them are alive."""
    broker_restarts: int = 0
    """How often a broker died and was started again."""


class WorkerPool(ElasticPool):
    """Workers that are leased to one request at a time; customers take turns.

    A customer gets the worker that served it before, if that one is free, because its Lean has
    read the theorem already. The workers in `reserved` serve interactive requests only, those that
    somebody waits for, so that these never wait until long attempts end; an interactive request
    takes whichever worker is free first.
    """

    def __init__(
        self,
        workers: Sequence[Worker] | WorkerSupply[Worker],
        *,
        reserved: Sequence[Worker] = (),
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        """Customers take turns of `turn_seconds`, which are shorter at reserved workers.

        The number of workers from a `WorkerSupply` goes with the queue; that of reserved ones is
        fixed.
        """
        super().__init__(workers, turn_seconds=turn_seconds)
        self._reserved = Pool(
            map(PooledWorker, reserved), turn_seconds=min(turn_seconds, RESERVED_TURN_SECONDS)
        )

    @property
    def status(self) -> PoolStatus:
        """How busy the workers are now."""
        members = (*self.members, *self._reserved.members)
        return PoolStatus(
            workers=len(members) + self.joining,
            ready=sum(member.ready for member in members),
            waiting=self.waiting + self._reserved.waiting,
            restarts=self.restarts + sum(member.restarts for member in self._reserved.members),
        )

    async def start(self, customer: str = "") -> None:
        """Starts all workers together, and waits for the first that is not reserved.

        Raises:
            OracleError, ToolchainError: none of these started; this is the first one's reason.
        """
        if self._reserved.size:
            self._later(self._reserved.start(customer))
        await super().start(customer)

    async def run(
        self,
        work: Callable[[Worker], Awaitable[T]],
        *,
        customer: str = "",
        again: bool = False,
        interactive: bool = False,
    ) -> T:
        """Does `work` on the next worker that is free for the customer.

        Reserved workers are for `interactive` work only. If the worker dies over it, nobody knows
        what became of the work. With `again` it is then done once more, on another worker.

        Raises:
            WorkerDied: the worker died over it, and the second one too if it was done again.
            ToolchainError, OracleError: no worker is left; this is the first one's reason.
        """
        try:
            async with self._leased(Need(customer), interactive=interactive) as pooled:
                return await work(pooled.worker)
        except WorkerDied as error:
            if not again:
                raise
            log.warning("%s; trying on another worker", error)
        return await self.run(work, customer=customer, interactive=interactive)

    async def close(self) -> None:
        """Closes every worker."""
        await asyncio.gather(super().close(), self._reserved.close())

    def _leased(
        self, need: Need, *, interactive: bool
    ) -> AbstractAsyncContextManager[PooledWorker]:
        if interactive and self._reserved.size:
            return _first((self._reserved, self), need)
        return self.member(need)


@asynccontextmanager
async def _first(pools: Sequence[Pool[PooledWorker]], need: Need) -> AsyncIterator[PooledWorker]:
    """Leases a member of whichever pool has one first, in the order of `pools`.

    Raises:
        ToolchainError, OracleError: no member is left in any of them.
    """
    leases = [pool.member(need) for pool in pools]
    entries = [asyncio.create_task(lease.__aenter__()) for lease in leases]
    waiting, taken = set(entries), None
    async with AsyncExitStack() as leased:
        try:
            while waiting and taken is None:
                _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                entered = (e for e in entries if e not in waiting and e.exception() is None)
                taken = next(entered, None)
        finally:
            for entry in entries:
                entry.cancel()
            await asyncio.gather(*entries, return_exceptions=True)
            for entry, lease in zip(entries, leases, strict=True):
                if entry.cancelled() or entry.exception() is not None:
                    continue
                if entry is taken:
                    leased.push_async_exit(lease)
                else:
                    await lease.__aexit__(None, None, None)
        yield (taken or entries[0]).result()
