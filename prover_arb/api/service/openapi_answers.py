"""What the OpenAPI document says of the answers of a route: each problem it can give, no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from prover_arb.api.problem_documents import MEDIA_TYPE, ProblemDocument, document_of
from prover_arb.api.problem_kinds import (
    INVALID_REQUEST,
    MALFORMED_JSON,
    NO_KEY,
    NOT_ALLOWED,
    STORE_FAILED,
    TOO_LARGE,
    TOO_MANY_REQUESTS,
    WRONG_TYPE,
    Kind,
)

ADMISSION = (NO_KEY, NOT_ALLOWED, TOO_MANY_REQUESTS, STORE_FAILED)
"""Every route that needs a key can answer with these."""

BODY = (MALFORMED_JSON, TOO_LARGE, WRONG_TYPE, INVALID_REQUEST)
"""Every route with a body can answer with these."""

Answers = dict[int | str, dict[str, Any]]


def problems(*kinds: Kind) -> Answers:
    """Returns the description of the answers that are problem documents."""
    by_status: defaultdict[int, list[Kind]] = defaultdict(list)
    for kind in kinds:
        by_status[kind.status].append(kind)
    return {status: _answer(same) for status, same in sorted(by_status.items())}


def _answer(kinds: list[Kind]) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": "; ".join(f"{kind.title} (`{kind.slug}`)" for kind in kinds),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"},
                "examples": {kind.slug: {"value": _example(kind)} for kind in kinds},
            }
        },
    }
    return answer | retry_after(kinds)


def retry_after(kinds: Sequence[Kind]) -> dict[str, Any]:
    """Returns the description of the headers of an answer that is one of these problems."""
    if not any(kind.retry_after for kind in kinds):
        return {}
    header = {
        "description": "After how many seconds to ask again.",
        "schema": {"type": "integer", "minimum": 1},
    }
    return {"headers": {"Retry-After": header}}


def _example(kind: Kind) -> dict[str, Any]:
    shown = document_of(kind, kind.title, "/v1/proofs").model_dump(exclude_none=True)
    return dict(shown)
