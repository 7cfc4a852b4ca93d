"""Answers the errors of some routes in OpenAI's form, for clients that know no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from prover_arb.api.problem_documents import Problem, problem_of, too_large
from prover_arb.api.problem_kinds import (
    KEY_BUDGET_SPENT,
    NO_KEY,
    TOO_LARGE,
    TOO_MANY_CHECKS,
    TOO_MANY_ORDERS,
    TOO_MANY_REQUESTS,
    Kind,
)
from prover_arb.api.service.chat_models import ChatError
from prover_arb.api.service.openapi_answers import Answers, retry_after
from prover_arb.api.service.openapi_document import reference
from prover_arb.api.shop.completions import Refusal
from prover_arb.errors import ProverArbError

PATH = "/v1/chat/completions"

_CODES = {
    NO_KEY: "invalid_api_key",
    KEY_BUDGET_SPENT: "insufficient_quota",
    TOO_MANY_REQUESTS: "rate_limit_exceeded",
    TOO_MANY_ORDERS: "rate_limit_exceeded",
    TOO_MANY_CHECKS: "rate_limit_exceeded",
}
"""OpenAI's codes for what it has a code for; others have the last part of their problem's type."""


class ChatRoute(APIRoute):
    """A route that answers errors as OpenAI's API does."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except Refusal as refusal:
                return written(refusal)
            except Problem as problem:
                return written(_refusal(problem))
            except ProverArbError as error:
                return written(_refusal(problem_of(error)))

        return handle


def refusals(*kinds: Kind, plain: Mapping[int, tuple[str, Refusal]]) -> Answers:
    """Returns the description of the answers that are errors in OpenAI's form.

    `plain` has those of a status that are no problem elsewhere: in words, and an example.
    """
    by_status: defaultdict[int, list[Kind]] = defaultdict(list)
    for kind in kinds:
        by_status[kind.status].append(kind)
    answers: Answers = {
        status: _described(
            "; ".join(kind.title for kind in same),
            examples={
                kind.slug: {"value": _refusal(Problem(kind, kind.title)).body} for kind in same
            },
        )
        | retry_after(same)
        for status, same in sorted(by_status.items())
    }
    for status, (words, refusal) in plain.items():
        answers[status] = _described(words, example=refusal.body)
    return answers


def _described(words: str, **examples: object) -> dict[str, Any]:
    content = {"schema": reference(ChatError), **examples}
    return {"description": words, "content": {"application/json": content}}


def written(refusal: Refusal) -> Response:
    """Returns the answer that says a refusal."""
    return JSONResponse(refusal.body, refusal.status, headers=refusal.headers)


def too_large_anywhere(detail: str, path: str) -> Response:
    """Answers a request whose body is too large, in the form that its path has."""
    if path == PATH:
        return written(Refusal(TOO_LARGE.status, detail, code=TOO_LARGE.slug))
    return too_large(detail, path)


def _refusal(problem: Problem) -> Refusal:
    headers = {}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.kind is NO_KEY:
        headers["WWW-Authenticate"] = "Bearer"
    return Refusal(
        problem.kind.status,
        problem.detail,
        param=problem.errors[0].field if problem.errors else None,
        code=_CODES.get(problem.kind, problem.kind.slug),
        headers=headers,
    )
