"""The queue of orders: tenants take turns, and the place that is shown is the place it has."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from prover_arb.api.service.fair_queue import FairQueue


def served(queue: FairQueue) -> list[str]:
    async def main() -> list[str]:
        return [await queue.next() for _ in range(len(queue))]

    return asyncio.run(main())


def test_a_tenant_with_many_orders_does_not_hold_up_another() -> None:
    queue = FairQueue()
    for number in range(100):
        queue.add("many", f"m{number}")
    queue.add("few", "f0")
    assert queue.place("few", "f0") == 2
    assert served(queue)[:3] == ["m0", "f0", "m1"]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=30), st.integers(0, 29))
def test_the_place_is_when_it_is_served(tenants: list[str], taken: int) -> None:
    queue = FairQueue()
    orders = [(tenant, f"{tenant}{number}") for number, tenant in enumerate(tenants)]
    for tenant, order in orders:
        queue.add(tenant, order)
    gone = orders.pop(taken % len(orders))
    queue.remove(*gone)
    assert queue.place(*gone) is None
    places = {order: queue.place(tenant, order) for tenant, order in orders}
    assert places == {order: place for place, order in enumerate(served(queue), 1)}
    for tenant in "abc":
        own = [order for owner, order in orders if owner == tenant]
        assert sorted(own, key=lambda order: places[order] or 0) == own
