"""Reads how long a busy server asks to wait, in every form that providers use."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_RESETS = (
    "x-ratelimit-reset-requests",
    "x-ratelimit-reset-tokens",
    "x-ratelimit-reset",
    "ratelimit-reset",
    "anthropic-ratelimit-requests-reset",
    "anthropic-ratelimit-tokens-reset",
)
_DURATION = re.compile(r"(?:(\d+(?:\.\d+)?)(ms|s|m|h|d))")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0}
_EPOCH = 10**9
"""A larger number of seconds is a point in time, as is one a thousand times larger in ms."""
_LONGEST = 10.0**9


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Returns seconds from now; None if no header says anything that makes sense.

    `retry-after-ms` is the most precise, `retry-after` the standard. Without them, it is the time
    at which the exhausted limit resets, or the latest such time if several may be meant.
    """
    in_ms = _number(headers.get("retry-after-ms", ""))
    if in_ms is not None and in_ms >= 0:
        return min(in_ms / 1000, _LONGEST)
    standard = _wait(headers.get("retry-after", ""))
    if standard is not None:
        return standard
    used_up = [name for name in _RESETS if _is_used_up(headers, name)]
    waits = [_wait(headers.get(name, "")) for name in used_up or _RESETS]
    return max((wait for wait in waits if wait is not None), default=None)


def _is_used_up(headers: Mapping[str, str], reset: str) -> bool:
    return _number(headers.get(reset.replace("reset", "remaining"), "")) == 0


def _wait(text: str) -> float | None:
    """Returns seconds from a number of them, a duration with units, or a date."""
    text = text.strip()
    number = _number(text)
    if number is not None:
        if number > _EPOCH * 1000:
            number = number / 1000 - _now()
        elif number > _EPOCH:
            number -= _now()
        return min(max(0.0, number), _LONGEST) if number >= 0 else None
    if text and _DURATION.sub("", text) == "":
        parts = _DURATION.findall(text)
        return min(sum(float(count) * _UNITS[unit] for count, unit in parts), _LONGEST)
    until = _date(text)
    return None if until is None else max(0.0, until - _now())


def _number(text: str) -> float | None:
    if not re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]+)?", text.strip()):
        return None
    number = float(text)
    return number if math.isfinite(number) else _LONGEST


def _date(text: str) -> float | None:
    """Returns a date of HTTP, or one of RFC 3339, in seconds since 1970."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def _now() -> float:
    return datetime.now(UTC).timestamp()
