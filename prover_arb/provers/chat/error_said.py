"""Reads the errors that models report: in a refusal, in place of an answer, or in a stream."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prover_arb.provers.chat.api_keys import Secret

_MESSAGES = ("message", "detail", "msg", "error_description", "error", "errors")
_LONGEST = 200
"""Characters of a message that are kept."""


@dataclass(frozen=True)
class ErrorSaid:
    """An error as a model reports it."""

    message: str
    status: int | None = None
    """The status of HTTP that it names, if any."""
    param: str = ""
    """The parameter of the request that it names, if any."""
    code: str = ""

    @property
    def is_final(self) -> bool:
        """Whether another request cannot help, because the account is empty."""
        return self.code in {"insufficient_quota", "billing_hard_limit_reached", "credit_exhausted"}


def error_in(data: Mapping[str, Any], kind: str, secret: Secret) -> ErrorSaid | None:
    """Returns the error in an answer or an event, or None; `kind` is the event's name."""
    if data.get("error"):
        return error_of(data["error"], secret)
    if kind == "error" or data.get("object") == "error":
        return error_of(data, secret)
    if "choices" not in data and "usage" not in data:
        known = any(data.get(name) for name in ("detail", "message", "msg", "errors"))
        return error_of(data, secret) if known else None
    return None


def error_in_body(body: bytes, secret: Secret) -> ErrorSaid:
    """Returns the error in the body of a refusal, also if it is not JSON."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ErrorSaid(brief(body, secret))
    if isinstance(data, list) and data:
        data = data[0]
    if not isinstance(data, Mapping):
        return ErrorSaid(brief(body, secret))
    return error_of(data.get("error") or data, secret)


def error_of(value: object, secret: Secret) -> ErrorSaid:
    """Returns the error in a value of any shape."""
    if not isinstance(value, Mapping):
        return ErrorSaid(brief(value, secret))
    said: object = next((value[name] for name in _MESSAGES if value.get(name)), value)
    code, param = value.get("code"), value.get("param")
    if isinstance(said, list) and said and isinstance(said[0], Mapping):
        # FastAPI's list of what is wrong with a request
        place = said[0].get("loc")
        param = param or (place[-1] if isinstance(place, list) and place else None)
    if isinstance(said, Mapping) and said is not value:
        return error_of(said, secret)
    return ErrorSaid(
        brief(said, secret),
        status=_status(value.get("status")) or _status(code),
        param=brief(param, secret) if isinstance(param, str) else "",
        code=code if isinstance(code, str) else "",
    )


def brief(said: object, secret: Secret) -> str:
    """Returns the beginning of a text on one line, without the API key."""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    text = secret.scrubbed(text)
    line = " ".join("".join(c if c.isprintable() else " " for c in text[:600]).split())
    return line[:_LONGEST]


def _status(code: object) -> int | None:
    try:
        number = int(code) if isinstance(code, int | str) else 0
    except ValueError:
        return None
    return number if 400 <= number <= 599 else None
