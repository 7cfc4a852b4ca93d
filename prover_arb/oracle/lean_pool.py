"""The pool of Lean processes of one machine; each process serves one customer for its life."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from prover_arb.core.machine import processors
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.options import RESET_EVERY
from prover_arb.oracle.pool import Need, Pool
from prover_arb.oracle.seat import Seat
from prover_arb.oracle.slots import Slot
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.worker import LeanWorker, Reply

KEPT_SECONDS = 5.0
"""How long a process is left to a customer who does not use it, where a new customer would find no
other than it."""


class Leases(Protocol):
    """Where a customer's work gets its processes from."""

    def lease(self) -> AbstractAsyncContextManager[LeanWorker]:
        """One process for the time of a session; waits until one is free.

        Raises:
            WorkerNotStarted, ToolchainError, OracleError: as LeanPool.lease.
        """
        ...


class LeanPool(Pool[Seat]):
    """Leases Lean processes, at most `size` of them at a time.

    A process reads the texts of one customer only. Where a customer needs one and all seats are
    taken, an idle process of another customer is ended and a new one started.

    With `standby` there are so many seats more. From the second customer on, each of the latest
    customers has its own process there, and in free seats processes that served nobody stand by for
    the next customers; a seat becomes free once its customer has not used it for a while.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        *,
        size: int | None = None,
        standby: int = 0,
        memory_mb: int = 1900,
        per_customer: int | None = None,
        reset_every: int = RESET_EVERY,
    ) -> None:
        """At most `per_customer` processes serve one customer at a time; None means all.

        A process is reset after `reset_every` requests (1: before every lease; 0: never), and
        whenever a lease marks it as `suspect`.
        """

        def make() -> LeanWorker:
            command = toolchain.server_command(memory_mb=memory_mb)
            return LeanWorker(command, toolchain.environment)

        at_once = size or processors()
        super().__init__(
            [
                Seat(make, memory_mb=memory_mb, reset_every=reset_every)
                for _ in range(at_once + standby)
            ],
            at_once=at_once,
            per_customer=per_customer,
        )
        self.toolchain = toolchain
        self.standby = standby
        self._standing_by: asyncio.Task[None] | None = None
        self._memory_mb = memory_mb
        self._companions: list[Callable[[], Awaitable[None]]] = []

    def serving(self, customer: str) -> Leases:
        """The pool as one customer sees it."""
        return _CustomersLeases(self, customer)

    def beside(self, *, per_customer: int | None = None, light: bool = False) -> LeanPool:
        """Another pool of the same kind of processes, none of them started yet, which are reset as
        by default.

        `light` processes take less memory, and are slower at long computations.
        """
        return LeanPool(
            self.toolchain.light() if light else self.toolchain,
            size=self.size,
            standby=self.standby,
            memory_mb=self._memory_mb,
            per_customer=per_customer,
        )

    @property
    def alive(self) -> int:
        """Processes that can take a request now or after the one they are at."""
        return sum(seat.alive for seat in self.members)

    @property
    def workers(self) -> list[LeanWorker]:
        """The processes that have served already."""
        return [seat.worker for seat in self.members if seat.worker is not None]

    def warm(self, customer: str = "") -> None:
        """Begin to start a process for a customer, unless there is one already."""
        if not self._closed and not any(seat.customer == customer for seat in self.members):
            self._later(self._start_early(customer))

    def at_close(self, close: Callable[[], Awaitable[None]]) -> None:
        """Close something else, which serves together with this pool, when this is closed."""
        self._companions.append(close)

    async def close(self) -> None:
        """End every process. Requests under way fail with WorkerDied."""
        await super().close()
        await asyncio.gather(*(close() for close in self._companions))

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
        async with self.member(Need(customer, fresh, untouched, clock)) as seat:
            assert seat.worker is not None
            yield seat.worker

    async def request(self, op: Mapping[str, object], *, wall_ms: int) -> Reply:
        """One request on any free process.

        Raises:
            WorkerTimeout, WorkerDied, ToolchainError, OracleError: as `lease` and
                LeanWorker.request.
        """
        async with self.lease() as worker:
            return await worker.request(op, wall_ms=wall_ms)

    def _give_back(self, slot: Slot[Seat]) -> None:
        super()._give_back(slot)
        under_way = self._standing_by is not None and not self._standing_by.done()
        if self.standby and not self._closed and not under_way:
            self._standing_by = self._later(self._stand_by())

    async def _stand_by(self) -> None:
        """Have a process ready for a further customer, once there was more than one."""
        customers = {seat.customer for seat in self.members} - {None}
        if len(customers) < 2:
            return
        for seat in self.members:
            seat.stand_by()
        while not self._slots.unassigned:
            await asyncio.sleep(KEPT_SECONDS / 4)
            slot = self._slots.take_idle(KEPT_SECONDS)
            if slot is not None:
                await slot.item.vacate()
                self._slots.vacated(slot)

    async def _start_early(self, customer: str) -> None:
        """Begin to start a process for a customer; its seat may be leased before that is over."""
        slot = await self._slots.take(customer)
        try:
            await slot.item.start_early(customer)
        finally:
            self._give_back(slot)


@dataclass(frozen=True)
class _CustomersLeases:
    pool: LeanPool
    customer: str

    def lease(self) -> AbstractAsyncContextManager[LeanWorker]:
        return self.pool.lease(self.customer)
