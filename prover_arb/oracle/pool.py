"""Several Lean processes behind one door, each bound to one customer for its life."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

from prover_arb.core.machine import processors
from prover_arb.errors import OracleError, ToolchainError, WorkerNotStarted
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.options import RESET_EVERY
from prover_arb.oracle.slots import FairSlots, Slot
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.worker import LeanWorker, Reply

_RECYCLE_SHARE = 0.8
"""A process that has grown to this share of its memory limit is replaced between requests."""

_log = logging.getLogger(__name__)


class Leases(Protocol):
    """Where a customer's work gets its processes from."""

    def lease(self) -> AbstractAsyncContextManager[LeanWorker]:
        """One process for the time of a session; waits until one is free.

        Raises:
            WorkerNotStarted, ToolchainError, OracleError: as LeanPool.lease.
        """
        ...


@dataclass
class _Seat:
    """Room for one process."""

    customer: str | None = None
    """Whose texts the process reads."""
    worker: LeanWorker | None = None
    starting: asyncio.Task[LeanWorker] | None = None

    @property
    def alive(self) -> bool:
        """Whether its process can take a request now or after the one it is at."""
        if self.worker is not None:
            return self.worker.usable
        start = self.starting
        return bool(start and start.done() and not start.cancelled() and not start.exception())


class LeanPool:
    """Leases Lean processes, at most `size` of them alive.

    A process reads the texts of one customer only. Where a customer needs one and all seats are
    taken, an idle process of another customer is ended and a new one started. A process that died,
    overran or grew too large is replaced at once, in the background.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        *,
        size: int | None = None,
        memory_mb: int = 1900,
        per_customer: int | None = None,
        reset_every: int = RESET_EVERY,
    ) -> None:
        """At most `per_customer` processes serve one customer at a time; None means all.

        A process is reset after `reset_every` requests (1: before every lease; 0: never), and
        whenever a lease marks it as `suspect`.
        """
        self.size = size or processors()
        self._toolchain = toolchain
        self._memory_mb = memory_mb
        self.reset_every = reset_every
        self._seats = [_Seat() for _ in range(self.size)]
        self._slots = FairSlots(self._seats, per_customer=per_customer)
        self._background: set[asyncio.Task[None]] = set()
        self._closed = False
        self._companions: list[Callable[[], Awaitable[None]]] = []

    @property
    def toolchain(self) -> Toolchain:
        return self._toolchain

    def serving(self, customer: str) -> Leases:
        """The pool as one customer sees it."""
        return _CustomersLeases(self, customer)

    def beside(self, *, per_customer: int | None = None, light: bool = False) -> LeanPool:
        """Another pool of the same kind of processes, none of them started yet, which are reset as
        by default.

        `light` processes take less memory, and are slower at long computations.
        """
        return LeanPool(
            self._toolchain.light() if light else self._toolchain,
            size=self.size,
            memory_mb=self._memory_mb,
            per_customer=per_customer,
        )

    @property
    def alive(self) -> int:
        """Processes that can take a request now or after the one they are at."""
        return sum(seat.alive for seat in self._seats)

    @property
    def workers(self) -> list[LeanWorker]:
        """The processes that have served already."""
        return [seat.worker for seat in self._seats if seat.worker is not None]

    async def start(self, customer: str = "") -> None:
        """Start all processes at once and wait for the first; the rest get ready behind it.

        Raises:
            WorkerNotStarted, ToolchainError: Lean does not start on this machine.
        """
        starts = [self._later(self.ready(customer)) for _ in self._seats]
        done, _ = await asyncio.wait(starts, return_when=asyncio.FIRST_COMPLETED)
        failures = [task.exception() for task in done]
        if all(failures):
            await self.close()
            raise next(error for error in failures if error is not None)

    async def ready(self, customer: str = "") -> None:
        """Have one process ready for a customer.

        Raises:
            WorkerNotStarted, ToolchainError: there can be none on this machine.
        """
        async with self.lease(customer):
            pass

    def warm(self, customer: str = "") -> None:
        """Begin to start a process for a customer, unless there is one already."""
        if not self._closed and not any(seat.customer == customer for seat in self._seats):
            self._later(self.ready(customer))

    def at_close(self, close: Callable[[], Awaitable[None]]) -> None:
        """Close something else, which serves together with this pool, when this is closed."""
        self._companions.append(close)

    async def close(self) -> None:
        """End every process. Requests under way fail with WorkerDied."""
        self._closed = True
        self._slots.fail(OracleError("the pool of Lean processes is closed"))
        await asyncio.gather(*(close() for close in self._companions))
        await asyncio.gather(*(self._empty(seat) for seat in self._seats))
        for task in list(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

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
    async def lease(
        self, customer: str = "", *, fresh: bool = False, clock: Clock | None = None
    ) -> AsyncIterator[LeanWorker]:
        """One process for the time of a session; waits until one is free.

        A `fresh` one has answered no request before. The `clock` stands still while the lease
        waits for its turn, and bounds the time that starting a process may take.

        Raises:
            WorkerNotStarted, ToolchainError: the process does not start.
            OracleError: it was not ready while the clock ran, or the pool is closed.
        """
        with clock.stopped() if clock else contextlib.nullcontext():
            slot = await self._slots.take(customer)
        try:
            worker = await self._ready(slot.item, customer, fresh=fresh, clock=clock)
        except BaseException:
            self._slots.give_back(slot)
            raise
        try:
            yield worker
        finally:
            self._give_back(slot, worker)

    async def request(self, op: Mapping[str, object], *, wall_ms: int, customer: str = "") -> Reply:
        """One request on any free process.

        Raises:
            WorkerTimeout, WorkerDied, ToolchainError, OracleError: as `lease` and
                LeanWorker.request.
        """
        async with self.lease(customer) as worker:
            return await worker.request(op, wall_ms=wall_ms)

    async def _ready(
        self, seat: _Seat, customer: str, *, fresh: bool, clock: Clock | None
    ) -> LeanWorker:
        worker = seat.worker
        used = worker is not None and (not worker.usable or (fresh and worker.requests > 0))
        if seat.customer != customer or used:
            await self._empty(seat)
        if seat.worker is None:
            start = self._begin(seat, customer)
            try:
                if clock is None:
                    seat.worker = await asyncio.shield(start)
                else:
                    seat.worker = await clock.bound(asyncio.shield(start))
            finally:
                if start.done():
                    seat.starting = None
        return seat.worker

    def _begin(self, seat: _Seat, customer: str) -> asyncio.Task[LeanWorker]:
        """The start of the seat's process, begun now unless it is under way."""
        seat.customer = customer
        if seat.starting is None:
            seat.starting = asyncio.create_task(self._start_one())
            # A start that nobody waits for any more must not complain about its error.
            seat.starting.add_done_callback(lambda task: task.cancelled() or task.exception())
        return seat.starting

    async def _start_one(self) -> LeanWorker:
        command = self._toolchain.server_command(memory_mb=self._memory_mb)
        worker = LeanWorker(command, self._toolchain.environment)
        try:
            await worker.start()
        except (WorkerNotStarted, ToolchainError) as error:
            _log.warning("a Lean process did not start: %s", error)
            raise
        return worker

    def _give_back(self, slot: Slot[_Seat], worker: LeanWorker) -> None:
        grown = worker.memory >= self._memory_mb * 1024 * 1024 * _RECYCLE_SHARE
        if self._closed or not worker.usable or grown:
            self._later(self._replace(slot))
        elif worker.suspect or (self.reset_every and worker.requests >= self.reset_every):
            self._later(self._reset(slot, worker))
        else:
            self._slots.give_back(slot)

    async def _replace(self, slot: Slot[_Seat]) -> None:
        seat = slot.item
        customer = seat.customer
        await self._empty(seat)
        if not self._closed and customer is not None:
            self._begin(seat, customer)
        self._slots.give_back(slot)

    async def _reset(self, slot: Slot[_Seat], worker: LeanWorker) -> None:
        await worker.reset()
        if worker.usable:
            self._slots.give_back(slot)
        else:
            await self._replace(slot)

    @staticmethod
    async def _empty(seat: _Seat) -> None:
        """End the seat's process, or its start."""
        worker, start = seat.worker, seat.starting
        seat.customer = seat.worker = seat.starting = None
        if start is not None:
            start.cancel()
            await asyncio.wait({start})
            if not start.cancelled() and start.exception() is None:
                worker = start.result()
        if worker is not None:
            await worker.stop()

    def _later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task


@dataclass(frozen=True)
class _CustomersLeases:
    pool: LeanPool
    customer: str

    def lease(self) -> AbstractAsyncContextManager[LeanWorker]:
        return self.pool.lease(self.customer)
