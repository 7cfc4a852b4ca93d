"""Reads which type a body is declared to have, and refuses those that are not to be JSON."""

from __future__ import annotations

from email.message import Message
from typing import Annotated

from fastapi import Header

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import WRONG_TYPE


def media_type(content_type: str | None) -> str:
    """Returns the type that a header declares, without its parameters, such as `text/plain`."""
    message = Message()
    message["content-type"] = content_type or "none"
    return message.get_content_type() if content_type else ""


def says_json(kind: str) -> bool:
    """Returns whether a type is one of JSON."""
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


async def json_body(
    content_type: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> None:
    """The dependency of every route with a body.

    Raises:
        Problem: the body has another type than JSON, or none.
    """
    if not says_json(media_type(content_type)):
        given = f"{content_type!r} was sent" if content_type else "none was sent"
        raise Problem(WRONG_TYPE, f"Content-Type: application/json is needed, {given}")
