"""The routes for orders: to place, read, list and cancel them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Header, Query, Request, Response
from pydantic import AwareDatetime

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import (
    BAD_BUDGET,
    BAD_CURSOR,
    BAD_INPUT,
    IDEMPOTENCY_KEY_REUSED,
    INVALID_REQUEST,
    INVALID_STATEMENT,
    KEY_BUDGET_SPENT,
    MARKET_FAILED,
    NO_CERTIFICATE,
    NOT_READY,
    QUOTE_EXPIRED,
    QUOTE_USED,
    SERVICE_FULL,
    TOO_MANY_CHECKS,
    TOO_MANY_ORDERS,
    UNKNOWN_ORDER,
    UNKNOWN_POLICY,
    UNKNOWN_QUOTE,
    UNSUPPORTED_PROFILE,
    WEBHOOK_REFUSED,
)
from prover_arb.api.service.body_type import json_body
from prover_arb.api.service.openapi_answers import ADMISSION, BODY, problems
from prover_arb.api.service.order_store import Selection
from prover_arb.api.service.orders import Order, OrderStatus
from prover_arb.api.service.proof_examples import LIST_EXAMPLE, ORDER_EXAMPLE, PROOF_EXAMPLE
from prover_arb.api.service.proof_models import (
    ProofList,
    ProofOut,
    ProofSummary,
    proof_out,
    summary_fields,
)
from prover_arb.api.service.proof_request import PRINTABLE, ProofRequest
from prover_arb.api.service.quotes import accepted
from prover_arb.api.service.route_parts import (
    After,
    IdempotencyKey,
    OrderId,
    accepted_answer,
    finished,
    order_of,
    require_id,
    service_of,
)
from prover_arb.api.service.service import Service
from prover_arb.api.service.service_limits import LONGEST_WAIT
from prover_arb.api.service.shapes import QueryInteger
from prover_arb.api.service.tenants import Proving
from prover_arb.core.theorem import Certificate

router = APIRouter(tags=["proofs"])

_WAIT = re.compile(r"(?:^|,)\s*wait\s*=\s*\"?([0-9]{1,6})\"?\s*(?:[;,]|$)")


async def _shown(service: Service, order: Order) -> ProofOut:
    places = await service.places([order])
    return proof_out(order, await service.purchases(order), place=places.get(order.id))


@router.post(
    "/v1/proofs",
    status_code=202,
    dependencies=[Depends(json_body)],
    responses=problems(
        *ADMISSION,
        *BODY,
        KEY_BUDGET_SPENT,
        BAD_BUDGET,
        BAD_INPUT,
        INVALID_STATEMENT,
        IDEMPOTENCY_KEY_REUSED,
        UNKNOWN_QUOTE,
        QUOTE_USED,
        QUOTE_EXPIRED,
        UNKNOWN_POLICY,
        UNSUPPORTED_PROFILE,
        WEBHOOK_REFUSED,
        TOO_MANY_CHECKS,
        TOO_MANY_ORDERS,
        MARKET_FAILED,
        NOT_READY,
        SERVICE_FULL,
    )
    | {
        200: {
            "description": "The order ended within the wait that was preferred.",
            "model": ProofOut,
            "content": {"application/json": {"example": PROOF_EXAMPLE}},
        },
    }
    | accepted_answer("order", PROOF_EXAMPLE),
)
async def order_proof(
    *,
    tenant: Proving,
    request: Request,
    response: Response,
    body: Annotated[
        ProofRequest,
        Body(
            openapi_examples={
                "small": {"value": ORDER_EXAMPLE},
                "quoted": {"value": {"quote": "9b1d4c2e8f6a7b105f0c1e7a"}},
            }
        ),
    ],
    idempotency_key: IdempotencyKey = None,
    prefer: Annotated[
        str | None,
        Header(
            description=f"`wait=N`: answer when the order has ended, or after N seconds (at most "
            f"{LONGEST_WAIT}). Other preferences are ignored.",
            max_length=200,
            examples=["wait=10"],
        ),
    ] = None,
) -> ProofOut:
    """Takes an order for a proof; what is spent for it is never above its budget.

    It names a theorem and a budget, or the id of a quote.

    A statement that Lean does not accept is refused at once, with Lean's messages.
    """
    service = service_of(request)
    quote = None
    if body.quote is not None:
        quote = await service.quoting.given(tenant, body.quote)
        terms = accepted(
            quote,
            settlement=body.settlement or "pay-on-proof",
            metadata=body.metadata,
            webhook=body.webhook,
        )
    else:
        assert body.theorem is not None
        terms = body.terms(service.served(body.theorem))
    order = await service.place(tenant, terms, idempotency_key=idempotency_key, quote=quote)
    response.headers["Location"] = f"/v1/proofs/{order.id}"
    preferred = _WAIT.search(prefer or "")
    if preferred is not None:
        seconds = min(int(preferred[1]), LONGEST_WAIT)
        response.headers["Preference-Applied"] = f"wait={seconds}"
        order = await finished(service, tenant, order, seconds)
    if order.finished_at is not None:
        response.status_code = 200
    return await _shown(service, order)


@router.get(
    "/v1/proofs",
    responses=problems(*ADMISSION, BAD_CURSOR, INVALID_REQUEST)
    | {200: {"content": {"application/json": {"example": LIST_EXAMPLE}}}},
)
async def proofs(
    *,
    tenant: Proving,
    request: Request,
    status: Annotated[
        list[OrderStatus] | None,
        Query(description="Only orders with one of these statuses; again for several."),
    ] = None,
    metadata: Annotated[
        list[Annotated[str, Query(pattern=PRINTABLE, max_length=600)]] | None,
        Query(
            description="Only orders with this entry in their metadata, as `name:value`; again for "
            "several.",
            examples=[["project:algebra"]],
        ),
    ] = None,
    batch: Annotated[
        str | None,
        Query(
            description="Only orders of the batch with this id.",
            pattern=r"^[0-9a-f]{24}$",
            examples=["b41d0c7e9a3f5e2c8d6a7b11"],
        ),
    ] = None,
    created_after: Annotated[
        AwareDatetime | None,
        Query(description="Only orders accepted at this time or later (RFC 3339)."),
    ] = None,
    created_before: Annotated[
        AwareDatetime | None,
        Query(description="Only orders accepted before this time (RFC 3339)."),
    ] = None,
    after: After = None,
    limit: Annotated[
        QueryInteger, Query(description="How many orders a page holds.", ge=1, le=100)
    ] = 20,
) -> ProofList:
    """Lists orders, newest first, by pages."""
    service = service_of(request)
    require_id(after, "an order")
    selection = Selection(
        statuses=tuple(status or ()),
        metadata=_entries(metadata or []),
        batch=batch,
        created_after=_stored(created_after, "created_after"),
        created_before=_stored(created_before, "created_before"),
        after=after,
        limit=limit,
    )
    orders = await service.orders.page(tenant.id, selection)
    page, more = orders[:limit], len(orders) > limit
    places = await service.places(page)
    return ProofList(
        data=[
            ProofSummary.model_validate(
                summary_fields(order, place=places.get(order.id), spent=order.spent)
            )
            for order in page
        ],
        has_more=more,
        next_after=page[-1].id if more else None,
    )


def _entries(texts: list[str]) -> dict[str, str]:
    entries = {}
    for text in texts:
        name, colon, value = text.partition(":")
        if not colon:
            detail = f"metadata: {text!r} is not of the form name:value"
            raise Problem(INVALID_REQUEST, detail, fields=["metadata"])
        entries[name] = value
    return entries


def _stored(time: datetime | None, field: str) -> str | None:
    """Returns a time as the database has it."""
    if time is None:
        return None
    try:
        return time.astimezone(UTC).isoformat(timespec="milliseconds")
    except OverflowError:
        detail = f"{field}: {time} is out of range"
        raise Problem(INVALID_REQUEST, detail, fields=[field]) from None


@router.get(
    "/v1/proofs/{order_id}",
    responses=problems(*ADMISSION, UNKNOWN_ORDER)
    | {200: {"content": {"application/json": {"example": PROOF_EXAMPLE}}}},
)
async def proof(tenant: Proving, request: Request, order_id: OrderId) -> ProofOut:
    """Returns an order: what was spent so far, and the proof once there is one."""
    service = service_of(request)
    return await _shown(service, await order_of(service, tenant, order_id))


@router.post(
    "/v1/proofs/{order_id}/cancel",
    responses=problems(*ADMISSION, UNKNOWN_ORDER)
    | {200: {"content": {"application/json": {"example": PROOF_EXAMPLE}}}},
)
async def cancel_proof(tenant: Proving, request: Request, order_id: OrderId) -> ProofOut:
    """Cancels an order, and returns it.

    What was bought stays paid, and is judged: if it is a proof, the order ends as `proved`. An
    order that has ended stays as it is.
    """
    service = service_of(request)
    await order_of(service, tenant, order_id)
    await service.cancel(tenant, order_id)
    return await _shown(service, await order_of(service, tenant, order_id))


@router.get(
    "/v1/proofs/{order_id}/certificate",
    responses=problems(*ADMISSION, UNKNOWN_ORDER, NO_CERTIFICATE)
    | {200: {"content": {"application/json": {"example": PROOF_EXAMPLE["certificate"]}}}},
)
async def certificate(tenant: Proving, request: Request, order_id: OrderId) -> Certificate:
    """Returns the certificate of the proof, or of the negation if the statement is refuted."""
    order = await order_of(service_of(request), tenant, order_id)
    proved = order.outcome.proof if order.outcome else None
    if proved is None:
        raise Problem(NO_CERTIFICATE, f"The order is {order.status} and has no certificate")
    return proved
