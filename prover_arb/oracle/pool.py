"""The one pool: members that serve one lease at a time, for customers who take turns.

The queue, the lease and what happens to a member before and after it are here, and nowhere else.
What a member is, the member knows: the room for a Lean process (oracle/seat.py, pooled by
`LeanPool`) or a market's worker, on any machine (runtime/worker_pool.py, `WorkerPool`).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from prover_arb.errors import OracleError
from prover_arb.oracle.clock import Clock
from prover_arb.oracle.slots import TURN_SECONDS, FairSlots, Slot

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Need:
    """For whom a member is leased, and in which state."""

    customer: str = ""
    fresh: bool = False
    """Whether the member's process must have answered no request since it started."""
    untouched: bool = False
    """Whether the process must be in the state in which it started; it may have been reset."""
    clock: Clock | None = None
    """It stands still while the lease waits for its turn, and bounds the start of a process."""


class Member(Protocol):
    """What a pool leases."""

    @property
    def lost(self) -> BaseException | None:
        """Why the member cannot be leased any more; None while it can."""
        ...

    async def prepare(self, need: Need) -> None:
        """Get ready for a lease, and start what has not been started.

        Raises:
            OracleError, ToolchainError: it does not start, or not in time.
        """
        ...

    def worn(self, error: BaseException | None) -> bool:
        """Whether it must be renewed after a lease that ended with this error, or with none."""
        ...

    async def renew(self) -> None:
        """Reset or replace what the member consists of."""
        ...

    async def close(self) -> None:
        """End what the member consists of, for good."""
        ...


M = TypeVar("M", bound=Member)


class Pool(Generic[M]):
    """Leases its members; one that is worn after a lease is renewed in the background."""

    def __init__(
        self,
        members: Iterable[M],
        *,
        at_once: int | None = None,
        per_customer: int | None = None,
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        """At most `at_once` members are leased at a time, and `per_customer` of them to one
        customer; None means all."""
        self.members = list(members)
        self.size = len(self.members) if at_once is None else at_once
        """How many members can be leased at a time when the pool opens."""
        self._slots = FairSlots(
            self.members, at_once=at_once, per_customer=per_customer, turn_seconds=turn_seconds
        )
        self._background: set[asyncio.Task[None]] = set()
        self._first_loss: BaseException | None = None
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many leases wait for their turn."""
        return self._slots.waiting

    async def start(self, customer: str = "") -> None:
        """Start as many members as can be leased together, and wait for the first; the others
        join later.

        Raises:
            OracleError, ToolchainError: no member started; this is the first one's reason.
        """
        starts = [self._later(self._ready_beside_others(customer)) for _ in range(self.size)]
        waiting, failure = set(starts), None
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            ended = [start for start in starts if start in done and not start.cancelled()]
            if any(start.exception() is None for start in ended):
                return
            failure = failure or next((start.exception() for start in ended), None)
        raise failure or pool_closed()

    async def ready(self, customer: str = "") -> None:
        """Have one member ready for a customer.

        Raises:
            OracleError, ToolchainError: there can be none.
        """
        async with self.member(Need(customer)):
            pass

    async def _ready_beside_others(self, customer: str) -> None:
        """As `ready`; several that begin together have a member each, even if a start takes no
        time."""
        async with self.member(Need(customer)):
            await asyncio.sleep(0)

    @contextlib.asynccontextmanager
    async def member(self, need: Need) -> AsyncIterator[M]:
        """Lease a member; waits until one is free.

        Raises:
            OracleError, ToolchainError: as Member.prepare; or no member is left, and this is the
                reason of the first one that was lost; or the pool is closed.
        """
        with need.clock.stopped() if need.clock else contextlib.nullcontext():
            slot = await self._slots.take(need.customer)
        try:
            await slot.item.prepare(need)
        except BaseException:
            self._give_back(slot)
            raise
        error: BaseException | None = None
        try:
            yield slot.item
        except BaseException as raised:
            error = raised
            raise
        finally:
            if slot.item.worn(error) and not self._closed:
                self._later(self._renew(slot))
            else:
                self._give_back(slot)

    async def close(self) -> None:
        """Close every member.

        Requests under way fail with WorkerDied, those that still wait with OracleError.
        """
        self._closed = True
        self._slots.fail(pool_closed())
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await close_members(self.members)

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _renew(self, slot: Slot[M]) -> None:
        try:
            await slot.item.renew()
        finally:
            self._give_back(slot)

    def _give_back(self, slot: Slot[M]) -> None:
        """Free the slot, or take it out where its member is lost."""
        if slot.item.lost is None:
            self._slots.give_back(slot)
            return
        self._slots.retire(slot)
        self._first_loss = self._first_loss or slot.item.lost
        self._fail_if_none_left()

    def _fail_if_none_left(self) -> None:
        """Fails every request, also later ones, where no member is left for them."""
        if self._first_loss is not None and self._none_left():
            self._slots.fail(self._first_loss)

    def _none_left(self) -> bool:
        """Whether no member can be leased any more, now or later."""
        return all(member.lost is not None for member in self.members)

    def _later(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Work in the background; its errors are the members' to report."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task


async def close_members(members: Iterable[Member]) -> None:
    """Closes members; what fails at that is logged."""
    closings = (member.close() for member in members)
    for result in await asyncio.gather(*closings, return_exceptions=True):
        if isinstance(result, Exception):
            _log.warning("a worker did not close cleanly: %s", result)


def pool_closed() -> OracleError:
    """The error of requests that come to a closed pool."""
    return OracleError("the pool is closed")
