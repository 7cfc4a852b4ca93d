"""The broker sold as a model of OpenAI's chat completions.

A client that knows only that API sends a theorem as it would send it to any prover, and gets a
proof that the oracle accepted, or is told that there is none. As in the shop, a token stands for a
micro-dollar, at $0 for a million prompt tokens and $1 for a million completion tokens.

All forms, also those of errors, are OpenAI's.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from prover_arb.api.problem_kinds import (
    BAD_INPUT,
    INVALID_STATEMENT,
    KEY_BUDGET_SPENT,
    MARKET_FAILED,
    NOT_READY,
    SERVICE_FULL,
    TOO_LARGE,
    TOO_MANY_CHECKS,
    TOO_MANY_ORDERS,
    UNKNOWN_POLICY,
    WRONG_TYPE,
)
from prover_arb.api.service.body_type import json_body
from prover_arb.api.service.chat_errors import PATH, ChatRoute, refusals
from prover_arb.api.service.chat_models import (
    CHAT_EXAMPLE,
    CHAT_REQUEST,
    MODEL_EXAMPLE,
    MODELS_EXAMPLE,
    STREAM_EXAMPLE,
    ChatCompletion,
    ModelList,
    ModelOut,
)
from prover_arb.api.service.openapi_answers import ADMISSION
from prover_arb.api.service.openapi_document import reference
from prover_arb.api.service.orders import Order, OrderTerms
from prover_arb.api.service.proof_request import DEFAULT_POLICY
from prover_arb.api.service.route_parts import finished, service_of
from prover_arb.api.service.service import Service
from prover_arb.api.service.tenants import Proving, Tenant
from prover_arb.api.service.usd import dollars
from prover_arb.api.shop.completions import (
    ChatRequest,
    Finish,
    Refusal,
    completion,
    events,
    in_lean,
    model_object,
    no_model,
    read_request,
    theorem_of,
    usage_of,
)
from prover_arb.core.money import MicroUSD, parse_budget
from prover_arb.errors import BudgetError, PolicyError
from prover_arb.problems import theorem_of_message

MODEL = "prover-arb"
"""The model that buys by the default policy; `prover-arb:POLICY` buys by another."""

DEFAULT_BUDGET = MicroUSD(50_000)
"""What may be spent if the client sets no bound."""

BUDGET_HEADER = "X-Budget-Usd"

LOOK_SECONDS = 1
"""How often it is looked whether the client still waits."""

router = APIRouter(tags=["chat"], route_class=ChatRoute)

_NO_MODEL = ("There is no such model", no_model("gpt", [MODEL, f"{MODEL}:POLICY"]))
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": reference(ChatRequest),
                "examples": {"theorem": {"value": CHAT_REQUEST}},
            }
        },
    },
    "parameters": [
        {
            "name": BUDGET_HEADER,
            "in": "header",
            "required": False,
            "description": "What may be spent at most, in dollars; of this and the budget in the "
            "body the smaller one holds. Without either it is 0.05.",
            "schema": {"type": "string", "pattern": r"^\$?[0-9]+(\.[0-9]{1,6})?$"},
            "example": "0.05",
        }
    ],
}


@router.get(
    "/v1/models",
    responses=refusals(*ADMISSION, plain={})
    | {200: {"model": ModelList, "content": {"application/json": {"example": MODELS_EXAMPLE}}}},
)
async def models(_tenant: Proving, request: Request) -> dict[str, object]:
    """Lists the broker, by its default policy and by each other that a request may name."""
    names = [MODEL, *(f"{MODEL}:{name}" for name in service_of(request).policies.listed)]
    return {"object": "list", "data": [model_object(name) for name in names]}


@router.get(
    "/v1/models/{name}",
    responses=refusals(*ADMISSION, plain={404: _NO_MODEL})
    | {200: {"model": ModelOut, "content": {"application/json": {"example": MODEL_EXAMPLE}}}},
)
async def model(
    _tenant: Proving,
    request: Request,
    name: Annotated[
        str, Path(description="The `id` of a model.", examples=["prover-arb:schedule"])
    ],
) -> dict[str, object]:
    """Describes one model."""
    _policy(service_of(request), name)
    return model_object(name)


@router.post(
    PATH,
    dependencies=[Depends(json_body)],
    openapi_extra=_BODY,
    responses=refusals(
        *ADMISSION,
        KEY_BUDGET_SPENT,
        TOO_LARGE,
        WRONG_TYPE,
        BAD_INPUT,
        INVALID_STATEMENT,
        UNKNOWN_POLICY,
        TOO_MANY_CHECKS,
        TOO_MANY_ORDERS,
        MARKET_FAILED,
        NOT_READY,
        SERVICE_FULL,
        plain={
            400: (
                "The request has missing or wrong fields, or states no theorem",
                Refusal(400, "no message of the user", param="messages"),
            ),
            404: _NO_MODEL,
        },
    )
    | {
        200: {
            "description": "The answer, also if there is no proof.",
            "model": ChatCompletion,
            "content": {
                "application/json": {"example": CHAT_EXAMPLE},
                "text/event-stream": {"schema": {"type": "string"}, "example": STREAM_EXAMPLE},
            },
        }
    },
)
async def chat(tenant: Proving, request: Request) -> Response:
    """Buys a proof of the theorem in the user's last message, and waits for it.

    If the client goes away before, the order is cancelled.
    """
    service = service_of(request)
    wanted = read_request(await request.body())
    terms = OrderTerms(
        theorem=theorem_of(wanted, lambda text: theorem_of_message(text, service.profile)),
        policy=_policy(service, wanted.model),
        budget=_budget(request, wanted.budget),
        seed=abs(wanted.seed or 0) % 2**31,
    )
    order = await service.place(tenant, terms, idempotency_key=None)
    order = await _ended(service, tenant, order, request)
    answers = [_answer(order)] * (wanted.n or 1)
    used, more = usage_of(order.charged), {"prover_arb": _extra(order)}
    if not wanted.stream:
        return JSONResponse(completion(wanted.model, answers, used, more))
    stream = events(wanted.model, answers, used, include_usage=wanted.usage_in_stream, more=more)
    return StreamingResponse(stream, media_type="text/event-stream")


def _policy(service: Service, model: str) -> str:
    """Returns the policy by which a model buys; raises Refusal if there is no such model."""
    name, colon, policy = model.partition(":")
    if name != MODEL:
        raise no_model(model, [MODEL, f"{MODEL}:POLICY"])
    if not colon:
        return DEFAULT_POLICY
    try:
        service.policies.text(policy)
    except PolicyError as error:
        raise Refusal(404, str(error), param="model", code="model_not_found") from None
    return policy


def _budget(request: Request, tokens: int | None) -> MicroUSD:
    """Returns what may be spent: the smaller one of the header and of the tokens."""
    bounds = [] if tokens is None else [MicroUSD(tokens)]
    header = request.headers.get(BUDGET_HEADER)
    try:
        if header is not None:
            bounds.append(parse_budget(header, field=BUDGET_HEADER))
        return parse_budget(dollars(min(bounds, default=DEFAULT_BUDGET)), field="max_tokens")
    except BudgetError as error:
        param = BUDGET_HEADER if str(error).startswith(BUDGET_HEADER) else "max_tokens"
        raise Refusal(400, str(error), param=param) from None


async def _ended(service: Service, tenant: Tenant, order: Order, request: Request) -> Order:
    """Returns the order once it has ended; it is cancelled if the client goes away before."""
    try:
        while order.finished_at is None:
            order = await finished(service, tenant, order, LOOK_SECONDS)
            if order.finished_at is None and await request.is_disconnected():
                return await service.cancel(tenant, order.id) or order
    except asyncio.CancelledError:  # by Ray Serve, when the client goes away
        await service.cancel(tenant, order.id)
        raise
    return order


def _answer(order: Order) -> tuple[str, Finish]:
    outcome = order.outcome
    if order.status == "proved" and outcome is not None and outcome.certificate is not None:
        certificate = outcome.certificate
        return in_lean(certificate.candidate, certificate.theorem), "stop"
    if order.status == "refuted":
        return "No proof: the statement is false; its negation is proved.", "stop"
    if order.status == "failed":
        detail = order.problem.detail if order.problem else "the order failed"
        raise Refusal(500, detail, code=order.problem.type.rsplit("/")[-1] if order.problem else "")
    why = outcome.why_stopped if outcome else f"the order is {order.status}"
    return f"No proof: {why}.", "stop"


def _extra(order: Order) -> dict[str, object]:
    """Returns what the answer says besides what OpenAI's API has."""
    certified = order.outcome is not None and order.outcome.proof is not None
    return {
        "order": order.id,
        "status": order.status,
        "certificate": f"/v1/proofs/{order.id}/certificate" if certified else None,
        "spent_usd": dollars(order.spent),
        "charged_usd": dollars(order.charged),
    }
