"""The routes for quotes: what a proof would cost, before it is ordered."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path, Request

from prover_arb.api.problem_kinds import (
    BAD_BUDGET,
    BAD_INPUT,
    INVALID_STATEMENT,
    MARKET_FAILED,
    NOT_READY,
    SERVICE_FULL,
    TOO_MANY_CHECKS,
    TOO_MANY_QUOTES,
    UNKNOWN_POLICY,
    UNKNOWN_QUOTE,
    UNSUPPORTED_PROFILE,
)
from prover_arb.api.service.body_type import json_body
from prover_arb.api.service.calibration import calibration
from prover_arb.api.service.openapi_answers import ADMISSION, BODY, problems
from prover_arb.api.service.quote_models import (
    CALIBRATION_EXAMPLE,
    QUOTE_EXAMPLE,
    QUOTE_REQUEST_EXAMPLE,
    CalibrationOut,
    QuoteOut,
    QuoteRequest,
    calibration_out,
    quote_out,
)
from prover_arb.api.service.route_parts import service_of
from prover_arb.api.service.tenants import Proving

router = APIRouter(tags=["quotes"])


@router.post(
    "/v1/quotes",
    status_code=201,
    dependencies=[Depends(json_body)],
    responses=problems(
        *ADMISSION,
        *BODY,
        BAD_BUDGET,
        BAD_INPUT,
        INVALID_STATEMENT,
        UNKNOWN_POLICY,
        UNSUPPORTED_PROFILE,
        TOO_MANY_CHECKS,
        TOO_MANY_QUOTES,
        MARKET_FAILED,
        NOT_READY,
        SERVICE_FULL,
    )
    | {
        201: {
            "description": "The quote; it is stored, and can be accepted once.",
            "content": {"application/json": {"example": QUOTE_EXAMPLE}},
        }
    },
)
async def quote_proof(
    *,
    tenant: Proving,
    request: Request,
    body: Annotated[
        QuoteRequest, Body(openapi_examples={"small": {"value": QUOTE_REQUEST_EXAMPLE}})
    ],
) -> QuoteOut:
    """Says how likely a proof is, what it would cost, and at which price it is sold.

    Nothing is bought. `POST /v1/proofs` with the quote's id orders on these terms.
    """
    service = service_of(request)
    terms = body.terms(service.served(body.theorem))
    return quote_out(await service.quoting.give(tenant, terms))


@router.get(
    "/v1/quotes/calibration",
    responses=problems(*ADMISSION)
    | {200: {"content": {"application/json": {"example": CALIBRATION_EXAMPLE}}}},
)
async def quote_calibration(_tenant: Proving, request: Request) -> CalibrationOut:
    """Compares what was quoted with what was proved, over the ordered quotes of all customers.

    Orders that were cancelled or failed are left out.
    """
    settled = await service_of(request).quoting.settled()
    return await asyncio.to_thread(lambda: calibration_out(calibration(settled)))


@router.get(
    "/v1/quotes/{quote_id}",
    responses=problems(*ADMISSION, UNKNOWN_QUOTE)
    | {200: {"content": {"application/json": {"example": QUOTE_EXAMPLE}}}},
)
async def quote(
    tenant: Proving,
    request: Request,
    quote_id: Annotated[
        str, Path(description="The `id` of a quote.", examples=["9b1d4c2e8f6a7b105f0c1e7a"])
    ],
) -> QuoteOut:
    """Returns a quote. One that nobody accepted is forgotten a day after it expired."""
    return quote_out(await service_of(request).quoting.given(tenant, quote_id))
