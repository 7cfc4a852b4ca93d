"""Places at which one customer is served at a time, handed out so that no customer starves another.

A place that served a customer last is given to the same customer first, since changing customers
costs a process; but while others wait, one customer keeps a place for a turn of a few seconds
only, and then the place goes to the customer that has waited longest for its turn.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from bisect import insort
from collections import Counter, deque
from collections.abc import Iterable
from operator import attrgetter
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
        self.idle_since = 0.0


class FairSlots(Generic[T]):
    """Slots that are free or taken, and the customers who wait for one, each first come first
    served among its own requests."""

    def __init__(
        self,
        items: Iterable[T],
        *,
        at_once: int | None = None,
        per_customer: int | None = None,
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        """At most `at_once` slots are taken at a time, and `per_customer` of them by one customer;
        None means any number."""
        slots = [Slot[T](item) for item in items]
        self._size = len(slots)
        self._free: dict[str | None, list[Slot[T]]] = {None: slots} if slots else {}
        """Free slots by whom they served last, in the order of their last use: a market may have
        thousands, so nothing here looks at all of them."""
        self._free_slots = len(slots)
        self._fewest_free = len(slots)
        self._waiting_since: float | None = None
        self._at_once = at_once
        self._taken = 0
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
        if self._waiting and self._waiting_since is None:
            self._waiting_since = time.monotonic()
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
        self._put_in(slot)

    def add(self, item: T) -> None:
        """There is one slot more, which has served nobody."""
        self._size += 1
        self._put_in(Slot[T](item))

    def drop(self) -> Slot[T] | None:
        """Takes out the slot that is free longest, for good; None if none is free."""
        slot = self._free_longest(self._free)
        if slot is not None:
            self._take_out(slot)
            self._size -= 1
        return slot

    def retire(self, slot: Slot[T]) -> None:
        """The slot that was taken does not come back."""
        assert slot.customer is not None
        self._taken -= 1
        self._serving[slot.customer] -= 1
        if not self._serving[slot.customer]:
            del self._serving[slot.customer]

    @property
    def unassigned(self) -> int:
        """How many free slots have served nobody, or were vacated."""
        return len(self._free.get(None, ()))

    def take_idle(self, seconds: float) -> Slot[T] | None:
        """Takes out the slot that is free longest of those that served a customer, if it has been
        free for so long; it comes back by `vacated`."""
        slot = self._free_longest(customer for customer in self._free if customer is not None)
        if slot is None or time.monotonic() - slot.idle_since < seconds:
            return None
        self._take_out(slot)
        return slot

    def vacated(self, slot: Slot[T]) -> None:
        """The slot is free again, for a customer who has no slot yet."""
        slot.customer = None
        self._put_in(slot)

    @property
    def waiting(self) -> int:
        """How many requests wait for a slot."""
        return sum(len(queue) for queue in self._waiting.values())

    @property
    def waited_seconds(self) -> float:
        """For how long requests have found no free slot: since one had to wait, none was free."""
        since = self._waiting_since
        return 0.0 if since is None else time.monotonic() - since

    def fewest_free(self) -> int:
        """How many slots were free at every moment since the last call."""
        fewest, self._fewest_free = self._fewest_free, self._free_slots
        return fewest

    def fail(self, failure: BaseException) -> None:
        """Everybody who waits, and everybody who comes later, gets this error."""
        self._failure = failure
        for queue in self._waiting.values():
            for granted in queue:
                if not granted.done():
                    granted.set_exception(failure)
        self._waiting.clear()
        self._waiting_since = None

    def _match(self) -> None:
        while self._free and self._may_take() and (customers := self._next_customers()):
            slot, customer = self._pair(customers)
            granted = self._waiting[customer].popleft()
            self._forget(customer)
            if granted.done():  # it was cancelled
                continue
            self._take_out(slot)
            self._taken += 1
            slot.last_used = next(self._numbers)
            if customer != slot.customer or self._turn_is_over(slot):
                slot.customer, slot.turn_began = customer, time.monotonic()
                self._turns[customer] = next(self._numbers)
            self._serving[customer] += 1
            granted.set_result(slot)

    def _may_take(self) -> bool:
        return self._at_once is None or self._taken < self._at_once

    def _next_customers(self) -> list[str]:
        """Those who wait and may be served now."""
        most = self._per_customer
        return [c for c in self._waiting if most is None or self._serving[c] < most]

    def _pair(self, customers: list[str]) -> tuple[Slot[T], str]:
        """Returns a free slot, and which of the waiting customers gets it."""
        latest = max(
            (self._free[customer][-1] for customer in customers if customer in self._free),
            key=lambda slot: slot.last_used,
            default=None,
        )
        if latest is not None and latest.customer is not None and not self._turn_is_over(latest):
            return latest, latest.customer
        customer = min(customers, key=lambda customer: self._turns.get(customer, 0))
        if customer in self._free:
            return self._free[customer][-1], customer
        if None in self._free:
            return self._free[None][0], customer
        idle_longest = min((slots[0] for slots in self._free.values()), key=attrgetter("last_used"))
        return idle_longest, customer

    def _free_longest(self, customers: Iterable[str | None]) -> Slot[T] | None:
        """Returns the slot that is free longest of those that served these customers last."""
        slots = (self._free[customer][0] for customer in customers)
        return min(slots, key=attrgetter("idle_since"), default=None)

    def _put_in(self, slot: Slot[T]) -> None:
        """Puts a slot among the free ones."""
        slot.idle_since = time.monotonic()
        self._free_slots += 1
        insort(self._free.setdefault(slot.customer, []), slot, key=attrgetter("last_used"))
        self._match()
        if self._free_slots:
            self._waiting_since = None

    def _take_out(self, slot: Slot[T]) -> None:
        """Takes a slot out of the free ones."""
        self._free_slots -= 1
        self._fewest_free = min(self._fewest_free, self._free_slots)
        slots = self._free[slot.customer]
        if slots[-1] is slot:
            slots.pop()
        else:
            slots.remove(slot)
        if not slots:
            del self._free[slot.customer]

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
            if len(self._turns) > 2 * self._size + len(self._waiting):
                known = {*self._waiting, *self._serving, *self._free}
                self._turns = {c: turn for c, turn in self._turns.items() if c in known}
