"""Refuses bodies that are not declared to be JSON."""

from __future__ import annotations

from email.message import Message
from typing import Annotated

from fastapi import Header

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import WRONG_TYPE


async def json_body(
    content_type: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> None:
    """The dependency of every route with a body.

    Raises:
        Problem: the body has another type than JSON, or none.
    """
    message = Message()
    message["content-type"] = content_type or "none"
    kind, subtype = message.get_content_maintype(), message.get_content_subtype()
    if kind != "application" or not (subtype == "json" or subtype.endswith("+json")):
        given = f"{content_type!r} was sent" if content_type else "none was sent"
        raise Problem(WRONG_TYPE, f"Content-Type: application/json is needed, {given}")
