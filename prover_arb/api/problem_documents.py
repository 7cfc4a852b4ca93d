"""Answers errors with problem documents (RFC 9457), and lists every kind of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from prover_arb.errors import (
    BudgetError,
    InputError,
    PolicyError,
    ProblemError,
    ProverArbError,
)

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One kind of problem: the constant part of its documents."""

    slug: str
    title: str
    status: int

    @property
    def type(self) -> str:
        return f"/problems/{self.slug}"


INVALID_REQUEST = Kind("invalid-request", "The request has missing or wrong fields", 422)
MALFORMED_JSON = Kind("malformed-json", "The request body is not JSON", 400)
TOO_LARGE = Kind("request-too-large", "The request body is too large", 413)
UNKNOWN_ORDER = Kind("unknown-order", "There is no order with this id", 404)
UNSUPPORTED_PROFILE = Kind("unsupported-profile", "This server does not judge that profile", 422)
UNKNOWN_POLICY = Kind("unknown-policy", "There is no such policy", 422)
BAD_BUDGET = Kind("bad-budget", "The budget cannot be used", 422)
BAD_INPUT = Kind("bad-input", "The request cannot be used", 422)
NOT_READY = Kind("not-ready", "The oracle is not ready", 503)
MARKET_FAILED = Kind("market-failed", "The market itself failed", 500)
HTTP = "about:blank"
"""The type of a problem that says no more than its status."""

KINDS = {
    kind.slug: kind
    for kind in (
        INVALID_REQUEST,
        MALFORMED_JSON,
        TOO_LARGE,
        UNKNOWN_ORDER,
        UNSUPPORTED_PROFILE,
        UNKNOWN_POLICY,
        BAD_BUDGET,
        BAD_INPUT,
        NOT_READY,
        MARKET_FAILED,
    )
}


class KindOut(BaseModel):
    """The answer at the address of a problem's `type`."""

    type: str
    title: str
    status: int


class FieldError(BaseModel):
    """What is wrong with one field."""

    field: str
    """The dotted path, such as `theorem.statement`."""
    pointer: str
    """The same as a JSON pointer, such as `#/theorem/statement`."""
    detail: str


class ProblemDocument(BaseModel):
    """The body of every error answer."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    """The path of the request."""
    errors: list[FieldError] = []
    """The fields at fault, if there are any."""


class Problem(Exception):
    """Raised by a handler to answer with a problem document."""

    def __init__(self, kind: Kind, detail: str, *, fields: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = [field_error(field.split("."), detail) for field in fields]


def field_error(path: Sequence[str | int], detail: str) -> FieldError:
    """Returns the error of one field; `path` leads to it, step by step."""
    steps = [str(step) for step in path]
    escaped = (step.replace("~", "~0").replace("/", "~1") for step in steps)
    return FieldError(field=".".join(steps), pointer="#/" + "/".join(escaped), detail=detail)


def document_of(
    kind: Kind, detail: str, instance: str, errors: Sequence[FieldError] = ()
) -> ProblemDocument:
    """Returns the document of a problem with the request at the path `instance`."""
    return ProblemDocument(
        type=kind.type,
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=instance,
        errors=list(errors),
    )


def too_large(detail: str, path: str) -> Response:
    """Answers a request whose body is too large."""
    body = document_of(TOO_LARGE, detail, path).model_dump_json()
    return Response(body, TOO_LARGE.status, media_type=MEDIA_TYPE)


def problem_of(error: ProverArbError) -> Problem:
    """Returns the problem that reports one of our own errors to a customer."""
    match error:
        case PolicyError():
            return Problem(UNKNOWN_POLICY, str(error), fields=["policy"])
        case BudgetError():
            return Problem(BAD_BUDGET, str(error), fields=["budget_usd"])
        case ProblemError():
            return Problem(BAD_INPUT, str(error), fields=["theorem"])
        case InputError():
            return Problem(BAD_INPUT, str(error))
        case _:
            return Problem(MARKET_FAILED, str(error))


async def on_problem(request: Request, error: Exception) -> JSONResponse:
    """Answers a `Problem`."""
    assert isinstance(error, Problem)
    return _answer(request, error.kind, error.detail, error.errors)


async def on_our_error(request: Request, error: Exception) -> JSONResponse:
    """Answers one of the package's own errors."""
    assert isinstance(error, ProverArbError)
    return await on_problem(request, problem_of(error))


async def on_invalid(request: Request, error: Exception) -> JSONResponse:
    """Answers a request whose body is not JSON or does not fit."""
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(item["type"] == "json_invalid" for item in faults):
        reason = faults[0].get("ctx", {}).get("error", "")
        return _answer(request, MALFORMED_JSON, f"The body is not JSON: {reason}", [])
    errors = [
        field_error(item["loc"][1:] or item["loc"], item["msg"].removeprefix("Value error, "))
        for item in faults
    ]
    detail = "; ".join(f"{e.field}: {e.detail}" for e in errors)
    only_budget = all(e.field == "budget_usd" for e in errors)
    kind = BAD_BUDGET if only_budget else INVALID_REQUEST
    return _answer(request, kind, detail, errors)


async def on_http(request: Request, error: Exception) -> JSONResponse:
    """Answers the errors of the web framework, such as an unknown path."""
    assert isinstance(error, HTTPException)
    body = ProblemDocument(
        type=HTTP,
        title=error.detail,
        status=error.status_code,
        detail=f"{request.method} {request.url.path}: {error.detail}",
        instance=request.url.path,
    )
    return JSONResponse(
        body.model_dump(), error.status_code, headers=error.headers, media_type=MEDIA_TYPE
    )


def _answer(
    request: Request, kind: Kind, detail: str, errors: Sequence[FieldError]
) -> JSONResponse:
    body = document_of(kind, detail, request.url.path, errors)
    headers = {"Retry-After": "5"} if kind is NOT_READY else None
    return JSONResponse(body.model_dump(), kind.status, headers=headers, media_type=MEDIA_TYPE)
