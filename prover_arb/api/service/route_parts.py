"""What routes share: the service, an order of the tenant, and the wait for its end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Any

from fastapi import Header, Path, Query, Request

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import BAD_CURSOR, UNKNOWN_ORDER
from prover_arb.api.service.orders import ID, Order
from prover_arb.api.service.service import Service
from prover_arb.api.service.tenants import Tenant

OrderId = Annotated[
    str, Path(description="The `id` of an order.", examples=["5f0c1e7a9b3d4c2e8f6a7b10"])
]

IdempotencyKey = Annotated[
    str | None,
    Header(
        description="Names this request: a second one with the same key and body returns the same "
        "object.",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        examples=["a2c3e7d0"],
    ),
]


After = Annotated[
    str | None, Query(description="The `next_after` of the page before.", max_length=64)
]

ELSEWHERE_SECONDS = 1.0
"""How often it is asked whether another replica has ended an order."""


def accepted_answer(what: str, example: object) -> dict[int | str, dict[str, Any]]:
    """Returns the description of the answer of a route that accepts `what`, with an example."""
    return {
        202: {
            "description": f"The {what} is accepted; `Location` is its address.",
            "content": {"application/json": {"example": example}},
            "headers": {"Location": {"schema": {"type": "string"}, "description": "Its path."}},
        }
    }


def require_id(after: str | None, what: str) -> None:
    """
    Raises:
        Problem: a page should begin after something that is no id of `what`.
    """
    if after is not None and not ID.fullmatch(after):
        raise Problem(BAD_CURSOR, f"after: is not the id of {what}", fields=["after"])


def service_of(request: Request) -> Service:
    """Returns the service that a request is for."""
    service: Service = request.app.state.service
    return service


async def order_of(service: Service, tenant: Tenant, order_id: str) -> Order:
    """Returns an order of this tenant.

    Raises:
        Problem: it has none with this id, whoever else may have one.
    """
    order = await service.orders.get(tenant.id, order_id) if ID.fullmatch(order_id) else None
    if order is None or order.kind != "proof":
        raise Problem(UNKNOWN_ORDER, f"There is no order {order_id!r}")
    return order


async def finished(service: Service, tenant: Tenant, order: Order, seconds: int) -> Order:
    """Returns the order once it has ended, or as it is after so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            with service.events.watch(order.id) as changed:
                while order.finished_at is None:
                    order = await order_of(service, tenant, order.id)
                    if order.finished_at is None:
                        with suppress(TimeoutError):
                            async with asyncio.timeout(ELSEWHERE_SECONDS):
                                await changed.wait()
                        changed.clear()
    except TimeoutError:
        return await order_of(service, tenant, order.id)
    return order
