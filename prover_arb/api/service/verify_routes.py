"""The routes that judge candidates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request

from prover_arb.api.problem_documents import Problem, document_of, problem_of
from prover_arb.api.problem_kinds import (
    MARKET_FAILED,
    NOT_READY,
    SERVICE_FULL,
    TOO_MANY_CHECKS,
    UNSUPPORTED_PROFILE,
)
from prover_arb.api.service.body_type import json_body
from prover_arb.api.service.json_lines import LINES, LinesResponse
from prover_arb.api.service.openapi_answers import ADMISSION, BODY, problems
from prover_arb.api.service.service import Service
from prover_arb.api.service.tenants import Tenant, Verifying
from prover_arb.api.service.verify_models import BatchVerdict, VerifyBatchRequest, VerifyRequest
from prover_arb.core.theorem import Theorem, Verdict
from prover_arb.errors import ProverArbError

BATCH_AT_ONCE = 8
"""How many candidates of one batch are judged at once."""

_EXAMPLE = {
    "theorem": {"statement": "(n : ℕ) : n + 0 = n"},
    "candidate": {"kind": "tactics", "text": "simp"},
}
_VERDICT: dict[str, Any] = {
    "status": "proved",
    "reason": None,
    "detail": "",
    "axioms": [],
    "elapsed_ms": 31,
}
_JUDGING = (MARKET_FAILED, NOT_READY, SERVICE_FULL, TOO_MANY_CHECKS, UNSUPPORTED_PROFILE)


router = APIRouter(tags=["verify"], dependencies=[Depends(json_body)])


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


@router.post(
    "/v1/verify",
    responses=problems(*ADMISSION, *BODY, *_JUDGING)
    | {
        200: {
            "description": "The verdict.",
            "content": {"application/json": {"example": _VERDICT}},
        }
    },
)
async def verify(
    tenant: Verifying,
    request: Request,
    body: Annotated[VerifyRequest, Body(openapi_examples={"tactics": {"value": _EXAMPLE}})],
) -> Verdict:
    """Judges one candidate; nothing is bought.

    Workers are reserved for it, so that it does not wait behind orders. Requests with different
    keys never share a Lean process.
    """
    service = _service(request)
    return await service.verify(tenant, service.served(body.theorem), body.candidate, body.limits)


@router.post(
    "/v1/verify/batch",
    response_class=LinesResponse,
    responses=problems(*ADMISSION, *BODY, NOT_READY, UNSUPPORTED_PROFILE)
    | {
        200: {
            "description": "One JSON object per line, in the order of the request, each as soon as "
            "it is judged.",
            "model": BatchVerdict,
            "content": {
                LINES: {"example": {"index": 0, "verdict": _VERDICT, "problem": None}},
            },
        }
    },
)
async def verify_batch(
    tenant: Verifying,
    request: Request,
    body: Annotated[
        VerifyBatchRequest, Body(openapi_examples={"two": {"value": {"items": [_EXAMPLE] * 2}}})
    ],
) -> LinesResponse:
    """Judges many candidates; their verdicts are streamed back in order, as they are judged.

    A candidate that could not be judged has a `problem` in place of a verdict.
    """
    service = _service(request)
    assert service.keeper.market
    theorems = [service.served(item.theorem) for item in body.items]
    return LinesResponse(_lines(service, tenant, theorems, body))


async def _lines(
    service: Service, tenant: Tenant, theorems: list[Theorem], body: VerifyBatchRequest
) -> AsyncIterator[bytes]:
    places = asyncio.Semaphore(BATCH_AT_ONCE)

    async def judge(index: int) -> BatchVerdict:
        item = body.items[index]
        async with places:
            try:
                verdict = await service.verify(tenant, theorems[index], item.candidate, item.limits)
            except (Problem, ProverArbError) as error:
                why = error if isinstance(error, Problem) else problem_of(error)
                document = document_of(why.kind, why.detail, "/v1/verify/batch", why.errors)
                return BatchVerdict(index=index, problem=document)
            return BatchVerdict(index=index, verdict=verdict)

    tasks = [asyncio.create_task(judge(index)) for index in range(len(theorems))]
    try:
        for task in tasks:
            yield (await task).model_dump_json().encode() + b"\n"
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
