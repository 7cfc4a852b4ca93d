"""The route that streams what happens to an order, as server-sent events."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Header, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import (
    BAD_CURSOR,
    SERVICE_FULL,
    TOO_MANY_STREAMS,
    UNKNOWN_ORDER,
)
from prover_arb.api.service.event_store import LAST_EVENTS, Event, EventStore
from prover_arb.api.service.openapi_answers import ADMISSION, Answers, problems
from prover_arb.api.service.orders import Order
from prover_arb.api.service.proof_examples import EVENTS_EXAMPLE
from prover_arb.api.service.route_parts import OrderId, order_of, service_of
from prover_arb.api.service.service import Service
from prover_arb.api.service.tenants import Proving, Tenant
from prover_arb.errors import LedgerUnavailable

log = logging.getLogger(__name__)

router = APIRouter(tags=["proofs"])

WAIT_SECONDS = 20.0
"""How long a stream relies on being told of new events; then it looks."""

AGAIN_SECONDS = 1.0
"""When it looks again if the database does not answer."""

PING_SECONDS = 15


EVENTS_ANSWER: Answers = {
    200: {
        "description": "Events until the order has ended. Their names are `queued`, `running`, "
        "`purchase`, `delivery`, `verdict`, `escalation` (another prover is bought from), "
        "`lost`, `cancelled_purchase`, `truncated` (later ones are left out), and at the end "
        "`proved`, `refuted`, `exhausted`, `cancelled` or `failed`. Their data is JSON, with "
        "the running cost as `spent_usd`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EVENTS_EXAMPLE}},
    }
}

LastEventId = Annotated[
    str | None,
    Header(
        description="The `id` of the last event that was read; the stream goes on after it.",
        examples=["3"],
    ),
]


@router.get(
    "/v1/proofs/{order_id}/events",
    response_class=EventSourceResponse,
    responses=problems(*ADMISSION, UNKNOWN_ORDER, BAD_CURSOR, TOO_MANY_STREAMS, SERVICE_FULL)
    | EVENTS_ANSWER,
)
async def events(
    tenant: Proving,
    request: Request,
    order_id: OrderId,
    last_event_id: LastEventId = None,
) -> EventSourceResponse:
    """Streams what happens to an order: every purchase, verdict and escalation, and the cost."""
    service = service_of(request)
    order = await order_of(service, tenant, order_id)
    return stream_of(service, tenant, order, last_event_id)


def stream_of(
    service: Service, tenant: Tenant, order: Order, last_event_id: str | None
) -> EventSourceResponse:
    """Returns the stream of the events of an order after the one that was read last.

    Raises:
        Problem: there is no such event, or too many streams are open.
    """
    after = _number(last_event_id)
    leave = service.streams.enter(tenant.id)
    stream = _events(service.events, order.id, after, leave)
    return EventSourceResponse(stream, ping=PING_SECONDS)


def _number(last_event_id: str | None) -> int:
    if not last_event_id:
        return 0
    if not (last_event_id.isascii() and last_event_id.isdigit()) or len(last_event_id) > 9:
        detail = f"Last-Event-ID: {last_event_id!r} is not the id of an event"
        raise Problem(BAD_CURSOR, detail)
    return int(last_event_id)


async def _events(
    store: EventStore, order_id: str, after: int, leave: Callable[[], None]
) -> AsyncIterator[ServerSentEvent]:
    try:
        with store.watch(order_id) as changed:
            while True:
                changed.clear()
                wait = WAIT_SECONDS
                new: list[Event] = []
                try:
                    new = await store.after(order_id, after)
                    if not new and not await store.more_to_come(order_id, after):
                        return
                except LedgerUnavailable as error:
                    log.warning("events of order %s are not read yet: %s", order_id, error)
                    wait = AGAIN_SECONDS
                for event in new:
                    after = event.number
                    data = {**event.data, "at": event.created_at}
                    yield ServerSentEvent(json.dumps(data), event=event.kind, id=str(after))
                    if event.kind in LAST_EVENTS:
                        return
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await changed.wait()
    finally:
        leave()
