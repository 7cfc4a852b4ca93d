"""Values out of what a Lean process answered; wrong shapes become empty values."""

from __future__ import annotations

from typing import get_args

from prover_arb.core.theorem import Message, Reason

_REASONS: dict[str, Reason] = {reason: reason for reason in get_args(Reason)}
_SEVERITIES = {"error": "error", "warning": "warning", "information": "information"}


def text(value: object) -> str:
    """A text, or nothing."""
    return value if isinstance(value, str) else ""


def reason(value: object) -> Reason | None:
    """One of the reasons to reject, or none."""
    return _REASONS.get(value) if isinstance(value, str) else None


def messages(value: object) -> tuple[Message, ...]:
    """Lean's messages."""
    return tuple(_message(item) for item in value) if isinstance(value, list) else ()


def _message(value: object) -> Message:
    fields = value if isinstance(value, dict) else {}
    return Message.model_validate(
        {
            "severity": _SEVERITIES.get(str(fields.get("severity")), "error"),
            "line": _number(fields.get("line")),
            "column": _number(fields.get("column")),
            "text": str(fields.get("text", "")),
        }
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
