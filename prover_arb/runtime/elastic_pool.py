"""A pool that starts further workers while requests wait, and ends those that nobody needs.

What it decides is in pool_sizing.py; here it looks at the pool now and then, and acts. A
worker joins when it is ready, so one that starts slowly, or that a full cluster has no room for,
keeps nobody waiting. Only free workers end.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from prover_arb.core.worker_bounds import Workers
from prover_arb.oracle.pool import Need, Pool, close_members
from prover_arb.oracle.slots import TURN_SECONDS, Slot
from prover_arb.runtime.pool_sizing import PoolLoad, workers_wanted
from prover_arb.runtime.pooled_worker import PooledWorker
from prover_arb.runtime.worker_factory import Worker

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
"""How long after a start that failed the next is tried; twice as long after each further one."""

LONGEST_RETRY_SECONDS = 60.0


W_co = TypeVar("W_co", bound=Worker, covariant=True)


@dataclass(frozen=True)
class WorkerSupply(Generic[W_co]):
    """Where a pool gets its workers from, those that it begins with and others."""

    make: Callable[[], W_co]
    """Returns a worker that is not started yet; closing it must end all of it."""
    bounds: Workers

    def part(self, index: int, parts: int) -> WorkerSupply[W_co]:
        """Returns the supply of one of several pools that divide the workers."""
        return WorkerSupply(self.make, self.bounds.part(index, parts))


class ElasticPool(Pool[PooledWorker]):
    """Workers whose number goes with the queue, if they come from a supply with two bounds; else
    they are those that were given, without those that are lost."""

    def __init__(
        self,
        workers: Sequence[Worker] | WorkerSupply[Worker],
        *,
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        self._supply: WorkerSupply[Worker] | None = None
        if isinstance(workers, WorkerSupply):
            self._supply = workers if workers.bounds.elastic else None
            first: Sequence[Worker] = [workers.make() for _ in range(workers.bounds.least)]
        else:
            first = workers
        super().__init__(map(PooledWorker, first), turn_seconds=turn_seconds)
        self._joining: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._period_began = time.monotonic()
        self._past_restarts = 0
        self._failed_starts = 0
        self._start_again_at = 0.0

    @property
    def joining(self) -> int:
        """How many workers are being started besides the members."""
        return len(self._joining)

    @property
    def restarts(self) -> int:
        """How often a worker died and was started again."""
        return self._past_restarts + sum(member.restarts for member in self.members)

    async def start(self, customer: str = "") -> None:
        """Starts the workers that there are, and waits for the first.

        Raises:
            OracleError, ToolchainError: none started; this is the first one's reason.
        """
        await super().start(customer)
        if self._supply is not None:
            self._later(self._keep_sized(self._supply))

    async def close(self) -> None:
        """Closes every worker, also those that are being started or ended."""
        await super().close()
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def _keep_sized(self, supply: WorkerSupply[Worker]) -> None:
        self._slots.fewest_free()
        self._period_began = time.monotonic()
        while True:
            await asyncio.sleep(supply.bounds.patience_seconds / 2)
            self._resize(supply)

    def _resize(self, supply: WorkerSupply[Worker]) -> None:
        """Starts or ends workers until there are as many as wanted."""
        load = self._load(supply.bounds.idle_seconds)
        change = workers_wanted(load, supply.bounds) - load.members - load.joining
        if change > 0:
            log.info(
                "starting %s: %d waiting for %.1f s, %d there, %s allowed",
                _workers(change),
                load.waiting,
                load.waited_seconds,
                load.members + load.joining,
                supply.bounds,
            )
        for _ in range(change):
            task = self._later(self._join(supply))
            self._joining.add(task)
            task.add_done_callback(self._joining.discard)
        for _ in range(-change):
            self._leave(supply)

    def _load(self, idle_seconds: float) -> PoolLoad:
        spare = 0
        if time.monotonic() - self._period_began >= idle_seconds:
            self._period_began, spare = time.monotonic(), self._slots.fewest_free()
        return PoolLoad(
            members=len(self.members),
            not_ready=sum(not member.ready for member in self.members),
            joining=self.joining,
            waiting=self.waiting,
            waited_seconds=self._slots.waited_seconds,
            spare=spare,
            may_start=time.monotonic() >= self._start_again_at,
        )

    async def _join(self, supply: WorkerSupply[Worker]) -> None:
        """Starts one worker more; it becomes a member when it is ready."""
        member: PooledWorker | None = None
        try:
            member = PooledWorker(supply.make())
            await member.prepare(Need())
        except BaseException as error:
            if member is not None:
                self._end(member)
            if isinstance(error, Exception):
                self._note_failure(error)
                self._joining.discard(_this_task())
                self._fail_if_none_left()
            raise
        self._failed_starts, self._first_loss = 0, None
        self.members.append(member)
        self._slots.add(member)
        log.info("a worker has joined; there are %d, and %d wait", len(self.members), self.waiting)

    def _leave(self, supply: WorkerSupply[Worker]) -> None:
        """Stops a start that is under way, or ends the worker that is free longest."""
        if self._joining:
            log.info("a start of a worker is given up: nobody waits for it any more")
            task = self._joining.pop()
            task.cancel()
            self._let_end(task)
            return
        slot = self._slots.drop()
        if slot is None:  # All were leased since the decision; the next look sees that.
            return
        self.members.remove(slot.item)
        log.info(
            "ending a worker that was not needed for %g s; there are %d, %s allowed",
            supply.bounds.idle_seconds,
            len(self.members),
            supply.bounds,
        )
        self._end(slot.item)

    def _end(self, member: PooledWorker) -> None:
        self._past_restarts += member.restarts
        self._let_end(asyncio.create_task(close_members([member])))

    def _let_end(self, task: asyncio.Task[None]) -> None:
        """Has the pool's closing wait for a task, not cancel it."""
        self._background.discard(task)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _give_back(self, slot: Slot[PooledWorker]) -> None:
        super()._give_back(slot)
        if self._supply is not None and slot.item.lost is not None and not self._closed:
            self._note_failure(slot.item.lost)
            self.members.remove(slot.item)
            self._end(slot.item)

    def _none_left(self) -> bool:
        return super()._none_left() and not self._joining

    def _note_failure(self, error: BaseException) -> None:
        """Has the next start wait, the longer the more have failed in a row."""
        self._first_loss = self._first_loss or error
        seconds = min(LONGEST_RETRY_SECONDS, RETRY_SECONDS * 2.0**self._failed_starts)
        self._failed_starts += 1
        self._start_again_at = time.monotonic() + seconds
        log.warning("the next start of a worker is tried in %g s, if it is needed then", seconds)


def _this_task() -> asyncio.Task[None]:
    task = asyncio.current_task()
    assert task is not None
    return task


def _workers(count: int) -> str:
    return "a worker" if count == 1 else f"{count} workers"
