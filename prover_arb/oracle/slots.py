"""Places at which one customer is served at a time, handed out so that no customer starves another.

A place that served a customer last is given to the same customer first, since changing customers
costs a process; but while others wait, one customer keeps a place for a turn of a few seconds
only, and then the place goes to the customer that has waited longest for its turn.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter, deque
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")

TURN_SECONDS = 5.0
"""How long one customer may keep a place while others wait for one."""


class Slot(Generic[T]):
    """One place: what stands there, and whom it serves or served last."""

    def __init__(self, item: T) -> None:
        self.item = item
        self.customer: str | None = None
        """None until it has served anybody."""
        self.turn_began = 0.0
        self.last_used = 0


class FairSlots(Generic[T]):
    """Slots that are free or taken, and the customers who wait for one, each first come first
    served among its own requests."""

    def __init__(
        self,
        items: Iterable[T],
        *,
        per_customer: int | None = None,
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        """At most `per_customer` slots serve one customer at a time; None means any number."""
        self._free = [Slot(item) for item in items]
        self._per_customer = per_customer
        self._turn_seconds = turn_seconds
        self._waiting: dict[str, deque[asyncio.Future[Slot[T]]]] = {}
        self._serving: Counter[str] = Counter()
        self._turns: dict[str, int] = {}
        self._numbers = itertools.count(1)
        self._failure: BaseException | None = None

    async def take(self, customer: str) -> Slot[T]:
        """The next slot for a request of `customer`; raises what `fail` was given."""
        if self._failure is not None:
            raise self._failure
        granted: asyncio.Future[Slot[T]] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(customer, deque()).append(granted)
        self._match()
        try:
            return await granted
        except asyncio.CancelledError:
            self._forget(customer, granted)
            if granted.done() and not granted.cancelled() and granted.exception() is None:
                self.give_back(granted.result())
            raise

    def give_back(self, slot: Slot[T]) -> None:
        """The slot is free again."""
        self.retire(slot)
        self._free.append(slot)
        self._match()

    def retire(self, slot: Slot[T]) -> None:
        """The slot that was taken does not come back."""
        assert slot.customer is not None
        self._serving[slot.customer] -= 1
        if not self._serving[slot.customer]:
            del self._serving[slot.customer]

    @property
    def waiting(self) -> int:
        """How many requests wait for a slot."""
        return sum(len(queue) for queue in self._waiting.values())

    def fail(self, failure: BaseException) -> None:
        """Everybody who waits, and everybody who comes later, gets this error."""
        self._failure = failure
        for queue in self._waiting.values():
            for granted in queue:
                if not granted.done():
                    granted.set_exception(failure)
        self._waiting.clear()

    def _match(self) -> None:
        while self._free and (customers := self._next_customers()):
            slot, customer = self._pair(customers)
            granted = self._waiting[customer].popleft()
            self._forget(customer)
            if granted.done():  # it was cancelled
                continue
            self._free.remove(slot)
            slot.last_used = next(self._numbers)
            if customer != slot.customer or self._turn_is_over(slot):
                slot.customer, slot.turn_began = customer, time.monotonic()
                self._turns[customer] = next(self._numbers)
            self._serving[customer] += 1
            granted.set_result(slot)

    def _next_customers(self) -> list[str]:
        """Those who wait and may be served now."""
        most = self._per_customer
        return [c for c in self._waiting if most is None or self._serving[c] < most]

    def _pair(self, customers: list[str]) -> tuple[Slot[T], str]:
        for slot in sorted(self._free, key=lambda slot: -slot.last_used):
            if slot.customer in customers and not self._turn_is_over(slot):
                return slot, slot.customer
        customer = min(customers, key=lambda customer: self._turns.get(customer, 0))
        slot = min(
            self._free,
            key=lambda slot: (
                slot.customer != customer,
                slot.customer is not None,
                -slot.last_used if slot.customer == customer else slot.last_used,
            ),
        )
        return slot, customer

    def _turn_is_over(self, slot: Slot[T]) -> bool:
        return time.monotonic() - slot.turn_began >= self._turn_seconds

    def _forget(self, customer: str, granted: asyncio.Future[Slot[T]] | None = None) -> None:
        """Take a request out of its queue, and a queue without requests away."""
        queue = self._waiting.get(customer)
        if queue is None:
            return
        if granted in queue:
            queue.remove(granted)  # type: ignore[arg-type]
        if not queue:
            del self._waiting[customer]
            known = {*self._waiting, *self._serving, *(slot.customer for slot in self._free)}
            self._turns = {c: turn for c, turn in self._turns.items() if c in known}
