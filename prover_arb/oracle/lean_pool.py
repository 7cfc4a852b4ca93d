"""The pool of Lean processes of one machine; each process serves one customer for its life.

It starts, resets, replaces and ends processes, which only their own machine can do. A market has
another pool before it, runtime/worker_pool.py (`WorkerPool`), which distributes requests over
workers on any machine; each of those workers has a pool of one process here. `verify`, `doctor` and
`provers record` judge without a market, and share one pool of many processes.
"""

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
from prover_arb.errors import OracleError
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.options import RESET_EVERY
from prover_arb.oracle.seat import Seat
from prover_arb.oracle.slots import FairSlots, Slot
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.worker import LeanWorker, Reply

_log = logging.getLogger(__name__)

_RECYCLE_SHARE = 0.8
"""A process that has grown to this share of its memory limit is replaced between requests."""


class Leases(Protocol):
    """Where a customer's work gets its processes from."""

    def lease(self) -> AbstractAsyncContextManager[LeanWorker]:
        """One process for the time of a session; waits until one is free.

        Raises:
            WorkerNotStarted, ToolchainError, OracleError: as LeanPool.lease.
        """
        ...


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
        self._seats = [Seat() for _ in range(self.size)]
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
            self._later(self._start_early(customer))

    def at_close(self, close: Callable[[], Awaitable[None]]) -> None:
        """Close something else, which serves together with this pool, when this is closed."""
        self._companions.append(close)

    async def close(self) -> None:
        """End every process. Requests under way fail with WorkerDied."""
        self._closed = True
        self._slots.fail(OracleError("the pool of Lean processes is closed"))
        await asyncio.gather(*(close() for close in self._companions))
        await asyncio.gather(*(seat.empty() for seat in self._seats))
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
        self,
        customer: str = "",
        *,
        fresh: bool = False,
        untouched: bool = False,
        clock: Clock | None = None,
    ) -> AsyncIterator[LeanWorker]:
        """One process for the time of a session; waits until one is free.

        A `fresh` one has answered no request; for an `untouched` one, a process that has answered
        some is reset. The `clock` stands still while the lease waits for its turn, and bounds the
        time that starting a process may take.

        Raises:
            WorkerNotStarted, ToolchainError: the process does not start.
            OracleError: it was not ready while the clock ran, or the pool is closed.
        """
        with clock.stopped() if clock else contextlib.nullcontext():
            slot = await self._slots.take(customer)
        try:
            await self._clear(slot.item, customer, fresh=fresh, untouched=untouched)
            worker = await self._ready(slot.item, customer, clock)
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

    async def _clear(self, seat: Seat, customer: str, *, fresh: bool, untouched: bool) -> None:
        """End the seat's process, or reset it, where it may not be used as it is."""
        worker = seat.worker
        if seat.customer != customer:
            await seat.empty()
        elif worker is not None:
            if (untouched and worker.requests > 0 and self.reset_every) or worker.suspect:
                await worker.reset()
            if not worker.usable or ((fresh or untouched) and worker.requests > 0):
                await seat.empty()

    async def _ready(self, seat: Seat, customer: str, clock: Clock | None) -> LeanWorker:
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

    async def _start_early(self, customer: str) -> None:
        """Begin to start a process for a customer.

        The seat is given back before the process is ready. Otherwise a verification that needs it
        would wait for a free seat, which its clock does not count, instead of for the start.
        """
        slot = await self._slots.take(customer)
        seat = slot.item
        try:
            if seat.customer != customer:
                await seat.empty()
                if not self._closed:
                    self._begin(seat, customer)
        finally:
            self._slots.give_back(slot)

    def _begin(self, seat: Seat, customer: str) -> asyncio.Task[LeanWorker]:
        return seat.begin(customer, self._make_worker)

    def _make_worker(self) -> LeanWorker:
        command = self._toolchain.server_command(memory_mb=self._memory_mb)
        return LeanWorker(command, self._toolchain.environment)

    def _give_back(self, slot: Slot[Seat], worker: LeanWorker) -> None:
        grown = worker.memory >= self._memory_mb * 1024 * 1024 * _RECYCLE_SHARE
        if self._closed or not worker.usable or grown:
            self._later(self._replace(slot))
        elif worker.suspect or (self.reset_every and worker.requests >= self.reset_every):
            self._later(self._reset(slot, worker))
        else:
            self._slots.give_back(slot)

    async def _replace(self, slot: Slot[Seat]) -> None:
        seat = slot.item
        customer = seat.customer
        if not self._closed:
            _log.info("Lean process %s is replaced", seat.worker and seat.worker.pid)
        await seat.empty()
        if not self._closed and customer is not None:
            self._begin(seat, customer)
        self._slots.give_back(slot)

    async def _reset(self, slot: Slot[Seat], worker: LeanWorker) -> None:
        await worker.reset()
        if worker.usable:
            self._slots.give_back(slot)
        else:
            await self._replace(slot)

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
