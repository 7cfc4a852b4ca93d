"""The OpenAPI document of the service: what FastAPI writes, without what cannot happen."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_UNUSED = ("HTTPValidationError", "ValidationError")
"""Schemas of errors that FastAPI would answer with; ours are problem documents."""


def write_document(app: FastAPI) -> None:
    """Has the app serve the document; it is made when it is first asked for."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        webhooks=app.webhooks.routes,
        tags=[
            {"name": "verify", "description": "Judge candidates; nothing is bought."},
            {"name": "proofs", "description": "Order proofs, and see what was bought for them."},
            {"name": "quotes", "description": "Ask what a proof would cost, and who sells."},
            {"name": "operation", "description": "For whoever operates the service."},
        ],
    )
    for methods in (*document["paths"].values(), *document["webhooks"].values()):
        for operation in methods.values():
            answers = operation["responses"]
            if _UNUSED[0] in str(answers.get("422", "")):
                del answers["422"]
            for answer in answers.values():
                # FastAPI states a form of its own beside the one that a route declares.
                content = answer.get("content", {})
                if len(content) > 1 and content.get("application/json") in ({}, {"schema": {}}):
                    del content["application/json"]
    for name in _UNUSED:
        document["components"]["schemas"].pop(name, None)
    return document
