"""The routes for Lean files to fill: to order, read, list, cancel and follow them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from sse_starlette import EventSourceResponse

from prover_arb.api.problem_kinds import (
    BAD_BUDGET,
    BAD_CURSOR,
    BAD_INPUT,
    FILE_TOO_LARGE,
    IDEMPOTENCY_KEY_REUSED,
    INVALID_REQUEST,
    KEY_BUDGET_SPENT,
    MARKET_FAILED,
    NOT_READY,
    NOTHING_OPEN,
    SERVICE_FULL,
    TOO_MANY_ORDERS,
    TOO_MANY_STREAMS,
    UNKNOWN_FILE,
    UNKNOWN_POLICY,
    WEBHOOK_REFUSED,
)
from prover_arb.api.service.body_type import json_body
from prover_arb.api.service.event_routes import EVENTS_ANSWER, LastEventId, stream_of
from prover_arb.api.service.files.file_examples import FILE_EXAMPLE, FILE_REQUEST, FILES_EXAMPLE
from prover_arb.api.service.files.file_models import FileList, FileOut, FileRequest
from prover_arb.api.service.openapi_answers import ADMISSION, BODY, problems
from prover_arb.api.service.route_parts import (
    After,
    IdempotencyKey,
    accepted_answer,
    require_id,
    service_of,
)
from prover_arb.api.service.shapes import QueryInteger
from prover_arb.api.service.tenants import Proving

router = APIRouter(tags=["files"])

FileId = Annotated[
    str, Path(description="The `id` of a file.", examples=["f17e0c7e9a3f5e2c8d6a7b12"])
]

_SHOWN: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": FILE_EXAMPLE}}}
}


@router.post(
    "/v1/files",
    status_code=202,
    dependencies=[Depends(json_body)],
    responses=problems(
        *ADMISSION,
        *BODY,
        KEY_BUDGET_SPENT,
        BAD_BUDGET,
        BAD_INPUT,
        FILE_TOO_LARGE,
        NOTHING_OPEN,
        IDEMPOTENCY_KEY_REUSED,
        UNKNOWN_POLICY,
        WEBHOOK_REFUSED,
        TOO_MANY_ORDERS,
        MARKET_FAILED,
        NOT_READY,
        SERVICE_FULL,
    )
    | accepted_answer("order", FILE_EXAMPLE),
)
async def order_file(
    *,
    tenant: Proving,
    request: Request,
    response: Response,
    body: Annotated[FileRequest, Body(openapi_examples={"two": {"value": FILE_REQUEST}})],
    idempotency_key: IdempotencyKey = None,
) -> FileOut:
    """Takes an order for all theorems of a Lean file that end in `sorry`.

    They are bought in order, and a later one may use an earlier one. A proof is judged when it is
    bought and once more, at no charge, where it stands in the file. Nothing but the `sorry`s
    changes; one inside a larger proof is listed and stays.
    """
    service = service_of(request)
    placed = service.files.place(tenant, body, idempotency_key=idempotency_key)
    shown = await service.files.shown(await service.to_the_end(placed))
    response.headers["Location"] = shown.urls.get
    return shown


@router.get(
    "/v1/files",
    responses=problems(*ADMISSION, BAD_CURSOR, INVALID_REQUEST)
    | {200: {"content": {"application/json": {"example": FILES_EXAMPLE}}}},
)
async def files(
    *,
    tenant: Proving,
    request: Request,
    after: After = None,
    limit: Annotated[
        QueryInteger, Query(description="How many files a page holds.", ge=1, le=100)
    ] = 20,
) -> FileList:
    """Lists the orders for files, newest first, by pages."""
    require_id(after, "a file")
    listed = await service_of(request).files.page(tenant, after=after, limit=limit)
    page, more = listed[:limit], len(listed) > limit
    return FileList(data=page, has_more=more, next_after=page[-1].id if more else None)


@router.get("/v1/files/{file_id}", responses=problems(*ADMISSION, UNKNOWN_FILE) | _SHOWN)
async def file(tenant: Proving, request: Request, file_id: FileId) -> FileOut:
    """Returns the file with the proofs that were found so far, and what stayed open and why."""
    orders = service_of(request).files
    return await orders.shown(await orders.given(tenant, file_id))


@router.post("/v1/files/{file_id}/cancel", responses=problems(*ADMISSION, UNKNOWN_FILE) | _SHOWN)
async def cancel_file(tenant: Proving, request: Request, file_id: FileId) -> FileOut:
    """Cancels the order of a file, and returns it.

    What was bought stays paid, is judged, and stands in the text if it is a proof.
    """
    service = service_of(request)
    await service.files.given(tenant, file_id)
    await service.cancel(tenant, file_id)
    return await service.files.shown(await service.files.given(tenant, file_id))


@router.get(
    "/v1/files/{file_id}/events",
    response_class=EventSourceResponse,
    responses=problems(*ADMISSION, UNKNOWN_FILE, BAD_CURSOR, TOO_MANY_STREAMS, SERVICE_FULL)
    | EVENTS_ANSWER,
)
async def file_events(
    tenant: Proving, request: Request, file_id: FileId, last_event_id: LastEventId = None
) -> EventSourceResponse:
    """Streams what happens to the order of a file; the last event is `proved` if all is filled."""
    service = service_of(request)
    order = await service.files.given(tenant, file_id)
    return stream_of(service, tenant, order, last_event_id)
