"""Answers errors with problem documents (RFC 9457); problem_kinds.py lists their kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from prover_arb.api.problem_kinds import (
    BAD_BUDGET,
    BAD_INPUT,
    HTTP,
    INVALID_REQUEST,
    MALFORMED_JSON,
    MARKET_FAILED,
    NO_KEY,
    NOT_READY,
    STORE_FAILED,
    TOO_LARGE,
    UNKNOWN_POLICY,
    Kind,
)
from prover_arb.errors import (
    BudgetError,
    InputError,
    LedgerError,
    PolicyError,
    ProblemError,
    ProverArbError,
    RunError,
)

MEDIA_TYPE = "application/problem+json"


class _Described(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class KindOut(_Described):
    """The answer at the address of a problem's `type`."""

    type: str
    """The path of this address."""
    title: str
    """What is wrong, in the same words in every such document."""
    status: int
    """The HTTP status that it comes with."""


class FieldError(_Described):
    """What is wrong with one field."""

    field: str
    """The dotted path, such as `theorem.statement`."""
    pointer: str
    """The same as a JSON pointer, such as `#/theorem/statement`."""
    detail: str
    """What is wrong with it."""
    line: int | None = None
    """The line of the field's text, from 1, if Lean says one."""
    column: int | None = None
    """The column of that line, in characters from 0."""


class ProblemDocument(_Described):
    """The body of every error answer."""

    type: str
    """The kind of problem: a path that describes it, or `about:blank`."""
    title: str
    """What is wrong, in the same words in every document of this type."""
    status: int
    """The HTTP status."""
    detail: str
    """What is wrong with this request, and what to do."""
    instance: str
    """The path of the request."""
    errors: list[FieldError] = []
    """The fields at fault, if there are any."""


class Problem(Exception):
    """Raised by a handler to answer with a problem document."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        fields: Sequence[str] = (),
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        """`retry_after` seconds are said to the client in place of those of the kind."""
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = [*errors, *(field_error(field.split("."), detail) for field in fields)]
        self.retry_after = retry_after or kind.retry_after


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
    fields: list[str] = []
    detail = str(error)
    match error:
        case PolicyError():
            kind, fields = UNKNOWN_POLICY, ["policy"]
        case BudgetError():
            kind, fields = BAD_BUDGET, ["budget_usd"]
        case ProblemError():
            kind, fields = BAD_INPUT, ["theorem"]
        case InputError():
            kind = BAD_INPUT
        case LedgerError():
            # The message names files and servers, which are the operator's alone.
            kind, detail = STORE_FAILED, "The database does not answer; ask again later"
        case RunError():
            # So does this one.
            kind, detail = NOT_READY, "The market broke and is opened again; ask again later"
        case _:
            kind = MARKET_FAILED
    return Problem(kind, detail, fields=fields)


async def on_problem(request: Request, error: Exception) -> Response:
    """Answers a `Problem`."""
    assert isinstance(error, Problem)
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    if error.kind is NO_KEY:
        headers["WWW-Authenticate"] = "Bearer"
    return answer(request, error.kind, error.detail, error.errors, headers)


async def on_our_error(request: Request, error: Exception) -> Response:
    """Answers one of the package's own errors."""
    assert isinstance(error, ProverArbError)
    return await on_problem(request, problem_of(error))


async def on_invalid(request: Request, error: Exception) -> Response:
    """Answers a request whose body is not JSON or does not fit."""
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(item["type"] == "json_invalid" for item in faults):
        reason = faults[0].get("ctx", {}).get("error", "")
        return answer(request, MALFORMED_JSON, f"The body is not JSON: {reason}", [])
    errors = [
        field_error(item["loc"][1:] or item["loc"], item["msg"].removeprefix("Value error, "))
        for item in faults
    ]
    detail = "; ".join(f"{e.field}: {e.detail}" for e in errors)
    only_budget = all(e.field == "budget_usd" for e in errors)
    return answer(request, BAD_BUDGET if only_budget else INVALID_REQUEST, detail, errors)


async def on_http(request: Request, error: Exception) -> Response:
    """Answers the errors of the web framework, such as an unknown path."""
    assert isinstance(error, HTTPException)
    unread = error.__cause__
    if error.status_code == 400 and isinstance(unread, UnicodeDecodeError | RecursionError):
        nested = isinstance(unread, RecursionError)
        reason = "its values are nested too deeply" if nested else f"it is no UTF-8 ({unread})"
        return answer(request, MALFORMED_JSON, f"The body is not JSON: {reason}", [])
    body = ProblemDocument(
        type=HTTP,
        title=error.detail,
        status=error.status_code,
        detail=f"{request.method} {request.url.path}: {error.detail}",
        instance=request.url.path,
    )
    return _written(body, error.headers or {})


async def on_defect(request: Request, _error: Exception) -> Response:
    """Answers what nobody foresaw; the error itself goes to the log."""
    body = ProblemDocument(
        type=HTTP,
        title="Internal Server Error",
        status=500,
        detail="This is a defect of the service; its log says more",
        instance=request.url.path,
    )
    return _written(body, {"Connection": "close"})  # the server closes it after an error


def answer(
    request: Request,
    kind: Kind,
    detail: str,
    errors: Sequence[FieldError],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answers a request with a problem document."""
    return _written(document_of(kind, detail, request.url.path, errors), headers or {})


def _written(body: ProblemDocument, headers: Mapping[str, str]) -> Response:
    shown = body.model_dump(exclude_none=True)
    return JSONResponse(shown, body.status, headers=dict(headers), media_type=MEDIA_TYPE)
