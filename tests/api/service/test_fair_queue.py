"""The queue of orders: tenants take turns, and the place that is shown is the place it has."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.database.schema import ORDERS, TURNS
from prover_arb.api.service.order_queue import OrderQueue
from prover_arb.api.service.orders import Order, OrderTerms, new_order, row_of
from prover_arb.core.money import MicroUSD
from prover_arb.core.theorem import Theorem


class Queue:
    """The queue of two replicas on one database, without a service around it."""

    def __init__(self, path: Path) -> None:
        self.database = Database(sqlite_url(path))
        self.replicas = [OrderQueue(self.database, lease_seconds=60) for _ in range(2)]
        self._turns = 0

    def clear(self) -> None:
        self.database.write_now(lambda db: [db.execute(delete(t)) for t in (ORDERS, TURNS)])

    def add(self, tenant: str) -> Order:
        self._turns += 1
        order = new_order(
            OrderTerms(
                theorem=Theorem(name="t", statement=": 1 = 1"), policy="p", budget=MicroUSD(1)
            ),
            tenant=tenant,
            customer=tenant,
            created_at=f"2020-01-01T00:{self._turns // 60 % 60:02}:{self._turns % 60:02}.000+00:00",
            request_id="",
            idempotency_key=None,
            price=None,
            margin_ppm=0,
        )
        self.database.write_now(lambda db: db.execute(insert(ORDERS).values(**row_of(order))))
        return order

    def remove(self, order: Order) -> None:
        ended = update(ORDERS).where(ORDERS.c.id == order.id).values(finished_at="now")
        self.database.write_now(lambda db: db.execute(ended))

    def served(self) -> list[str]:
        """The ids of all orders as the replicas take them, in turn."""

        async def main() -> list[str]:
            taken = []
            while order := await self.replicas[len(taken) % 2].take():
                taken.append(order.id)
            return taken

        return asyncio.run(main())

    def places(self, *orders: Order) -> dict[str, int]:
        return asyncio.run(self.replicas[0].places(orders))


@pytest.fixture(scope="module")
def queue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Queue]:
    opened = Queue(tmp_path_factory.mktemp("queue") / "orders.sqlite")
    yield opened
    opened.database.close()


def test_a_tenant_with_many_orders_does_not_hold_up_another(queue: Queue) -> None:
    queue.clear()
    many = [queue.add("many") for _ in range(100)]
    few = queue.add("few")
    assert queue.places(few) == {few.id: 2}
    assert queue.served()[:3] == [many[0].id, few.id, many[1].id]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=20), st.integers(0, 19))
def test_the_place_is_when_it_is_served(queue: Queue, tenants: list[str], taken: int) -> None:
    queue.clear()
    orders = [queue.add(tenant) for tenant in tenants]
    gone = orders.pop(taken % len(orders))
    queue.remove(gone)
    assert queue.places(gone) == {}
    places: dict[str, int] = {}
    for tenant in "abc":
        places |= queue.places(*(order for order in orders if order.tenant == tenant))
    assert places == {order_id: place for place, order_id in enumerate(queue.served(), 1)}
    for tenant in "abc":
        own = [order.id for order in orders if order.tenant == tenant]
        assert sorted(own, key=lambda order_id: places[order_id]) == own


def test_each_lease_of_an_order_has_the_next_number(queue: Queue) -> None:
    """One that was taken over is lost to the replica that had it, however late it asks."""
    queue.clear()
    order = queue.add("a")
    one, other = queue.replicas

    def let_leases_run_out(db: Any) -> None:
        db.execute(update(ORDERS).values(lease_until=0.0))

    async def main() -> SimpleNamespace:
        first = await one.take()
        assert first is not None
        assert await other.take() is None
        kept = await one.tend({order.id: first.lease})
        await queue.database.write(let_leases_run_out)
        renewed = await one.tend({order.id: first.lease})
        await queue.database.write(let_leases_run_out)
        await other.tend({})
        second = await other.take()
        lost = await one.tend({order.id: first.lease})
        await one.put_back(first)
        again = await one.take()
        return SimpleNamespace(
            first=first, kept=kept, renewed=renewed, second=second, lost=lost, again=again
        )

    told = asyncio.run(main())
    assert (told.kept.lost, told.renewed.lost, told.lost.lost) == (set(), set(), {order.id})
    assert (told.first.lease, told.second.lease, told.again) == (1, 2, None)
