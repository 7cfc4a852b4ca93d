"""The queue of orders: tenants take turns, and each tenant's orders are served as they came."""

from __future__ import annotations

import asyncio
from collections import deque


class FairQueue:
    """Orders that wait, by tenant."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[str]] = {}
        """By tenant, in the order of their turns."""
        self._added = asyncio.Event()

    def __len__(self) -> int:
        return sum(len(orders) for orders in self._waiting.values())

    def add(self, tenant: str, order_id: str) -> None:
        """Puts an order at the end of its tenant's orders."""
        self._waiting.setdefault(tenant, deque()).append(order_id)
        self._added.set()

    def remove(self, tenant: str, order_id: str) -> None:
        """Takes an order away, if it waits."""
        orders = self._waiting.get(tenant)
        if orders is None or order_id not in orders:
            return
        orders.remove(order_id)
        if not orders:
            del self._waiting[tenant]

    async def next(self) -> str:
        """Returns the next order, as soon as there is one; its tenant's turn is over then."""
        while not self._waiting:
            self._added.clear()
            await self._added.wait()
        tenant = next(iter(self._waiting))
        orders = self._waiting.pop(tenant)
        order_id = orders.popleft()
        if orders:
            self._waiting[tenant] = orders
        return order_id

    def place(self, tenant: str, order_id: str) -> int | None:
        """Returns the place of an order in the queue, from 1; None if it does not wait."""
        own = self._waiting.get(tenant, deque())
        if order_id not in own:
            return None
        before, turn_is_later = own.index(order_id), False
        ahead = before
        for other, orders in self._waiting.items():
            if other == tenant:
                turn_is_later = True
                continue
            # Who has the turn before this tenant has one more order served before this one.
            ahead += min(len(orders), before if turn_is_later else before + 1)
        return ahead + 1

    def clear(self) -> None:
        """Takes all orders away."""
        self._waiting.clear()
