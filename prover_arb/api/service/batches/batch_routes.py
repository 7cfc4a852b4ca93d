"""The routes for batches: to place, read, list and cancel them, and their results."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response

from prover_arb.api.problem_kinds import (
    BAD_BUDGET,
    BAD_CURSOR,
    BAD_INPUT,
    BATCH_TOO_LARGE,
    IDEMPOTENCY_KEY_REUSED,
    INVALID_REQUEST,
    KEY_BUDGET_SPENT,
    MARKET_FAILED,
    NOT_READY,
    SERVICE_FULL,
    TOO_MANY_ORDERS,
    UNKNOWN_BATCH,
    UNKNOWN_POLICY,
    WEBHOOK_REFUSED,
)
from prover_arb.api.service.batches.batch_examples import (
    BATCH_EXAMPLE,
    BATCH_REQUEST,
    BATCHES_EXAMPLE,
    JSON_LINES,
    LEAN_FILE,
    RESULT_EXAMPLE,
)
from prover_arb.api.service.batches.batch_models import BatchList, BatchOut, BatchResult
from prover_arb.api.service.batches.batch_request import BatchQuery, BatchRequest, read_batch
from prover_arb.api.service.json_lines import LINES, LinesResponse
from prover_arb.api.service.openapi_answers import ADMISSION, BODY, problems
from prover_arb.api.service.openapi_document import reference
from prover_arb.api.service.route_parts import (
    After,
    IdempotencyKey,
    accepted_answer,
    require_id,
    service_of,
)
from prover_arb.api.service.shapes import QueryInteger
from prover_arb.api.service.tenants import Proving

router = APIRouter(tags=["batches"])

BatchId = Annotated[
    str, Path(description="The `id` of a batch.", examples=["b41d0c7e9a3f5e2c8d6a7b11"])
]

_TEXT = {"type": "string", "minLength": 1}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The batch as JSON; or a problem file, as JSON Lines or a Lean text, with "
        "the terms in the query.",
        "content": {
            "application/json": {
                "schema": reference(BatchRequest),
                "examples": {"three": {"value": BATCH_REQUEST}},
            },
            LINES: {"schema": _TEXT, "examples": {"two": {"value": JSON_LINES}}},
            "application/jsonl": {"schema": _TEXT, "examples": {"two": {"value": JSON_LINES}}},
            "text/x-lean": {"schema": _TEXT, "examples": {"two": {"value": LEAN_FILE}}},
        },
    }
}
_SHOWN: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": BATCH_EXAMPLE}}}
}


@router.post(
    "/v1/batches",
    status_code=202,
    openapi_extra=_BODY,
    responses=problems(
        *ADMISSION,
        *BODY,
        KEY_BUDGET_SPENT,
        BAD_BUDGET,
        BAD_INPUT,
        BATCH_TOO_LARGE,
        IDEMPOTENCY_KEY_REUSED,
        UNKNOWN_POLICY,
        WEBHOOK_REFUSED,
        TOO_MANY_ORDERS,
        MARKET_FAILED,
        NOT_READY,
        SERVICE_FULL,
    )
    | accepted_answer("batch", BATCH_EXAMPLE),
)
async def order_batch(
    *,
    tenant: Proving,
    request: Request,
    response: Response,
    query: Annotated[BatchQuery, Query()],
    content_type: Annotated[str | None, Header(include_in_schema=False)] = None,
    idempotency_key: IdempotencyKey = None,
) -> BatchOut:
    """Takes many theorems under one budget; what is spent for all together is never above it.

    Each theorem is an order, with a share of the budget. A row that cannot be read is named by its
    line. Lean reads a statement when its turn comes; one that it does not accept ends as `failed`.
    """
    service = service_of(request)
    batching = service.batches
    data = await request.body()
    async with service.reading:
        terms, theorems = await asyncio.to_thread(
            read_batch, data, content_type, query, service.profile, most=batching.most
        )
    placed = batching.place(tenant, terms, theorems, idempotency_key=idempotency_key)
    batch = await service.to_the_end(placed)
    response.headers["Location"] = batch.urls.get
    return batch


@router.get(
    "/v1/batches",
    responses=problems(*ADMISSION, BAD_CURSOR, INVALID_REQUEST)
    | {200: {"content": {"application/json": {"example": BATCHES_EXAMPLE}}}},
)
async def batches(
    *,
    tenant: Proving,
    request: Request,
    after: After = None,
    limit: Annotated[
        QueryInteger, Query(description="How many batches a page holds.", ge=1, le=100)
    ] = 20,
) -> BatchList:
    """Lists batches, newest first, by pages."""
    require_id(after, "a batch")
    listed = await service_of(request).batches.page(tenant, after=after, limit=limit)
    page, more = listed[:limit], len(listed) > limit
    return BatchList(data=page, has_more=more, next_after=page[-1].id if more else None)


@router.get("/v1/batches/{batch_id}", responses=problems(*ADMISSION, UNKNOWN_BATCH) | _SHOWN)
async def batch(tenant: Proving, request: Request, batch_id: BatchId) -> BatchOut:
    """Returns a batch: how many theorems are proved, and what was spent so far."""
    return await service_of(request).batches.shown(tenant, batch_id)


@router.post(
    "/v1/batches/{batch_id}/cancel", responses=problems(*ADMISSION, UNKNOWN_BATCH) | _SHOWN
)
async def cancel_batch(tenant: Proving, request: Request, batch_id: BatchId) -> BatchOut:
    """Cancels all theorems of a batch that have not ended, and returns the batch.

    What was bought stays paid, and is judged, as for a single order.
    """
    service = service_of(request)
    return await service.to_the_end(service.batches.cancel(tenant, batch_id))


@router.get(
    "/v1/batches/{batch_id}/results",
    response_class=LinesResponse,
    responses=problems(*ADMISSION, UNKNOWN_BATCH)
    | {
        200: {
            "description": "One JSON object per line and theorem, in the order of the batch.",
            "model": BatchResult,
            "content": {LINES: {"example": RESULT_EXAMPLE}},
        }
    },
)
async def batch_results(tenant: Proving, request: Request, batch_id: BatchId) -> LinesResponse:
    """Streams what became of each theorem; one whose status is `queued` or `running` is open."""
    return LinesResponse(_lines(await service_of(request).batches.results(tenant, batch_id)))


async def _lines(results: AsyncIterator[BatchResult]) -> AsyncIterator[bytes]:
    async for result in results:
        yield result.model_dump_json().encode() + b"\n"
