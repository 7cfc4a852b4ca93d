"""The OpenAPI document of the service: what FastAPI writes, without what cannot happen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

_UNUSED = ("HTTPValidationError", "ValidationError")
"""Schemas of errors that FastAPI would answer with; ours are problem documents."""


_SCHEMAS = "#/components/schemas/"


def reference(model: type[BaseModel]) -> dict[str, str]:
    """Returns a reference to the schema of a model that `write_document` is told of."""
    return {"$ref": f"{_SCHEMAS}{model.__name__}"}


def write_document(app: FastAPI, *, more: Sequence[type[BaseModel]] = ()) -> None:
    """Has the app serve the document; it is made when it is first asked for.

    The schemas of the models `more` are in it too, for routes that read their bodies themselves.
    """

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, more)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI, more: Sequence[type[BaseModel]]) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        webhooks=app.webhooks.routes,
        tags=[
            {"name": "verify", "description": "Judge candidates; nothing is bought."},
            {"name": "proofs", "description": "Order proofs, and see what was bought for them."},
            {"name": "batches", "description": "Order many proofs under one budget."},
            {"name": "files", "description": "Fill a Lean file whose theorems end in `sorry`."},
            {"name": "quotes", "description": "Ask what a proof would cost, and who sells."},
            {"name": "chat", "description": "The broker as a model, in the forms of OpenAI's API."},
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
    for model in more:
        schema = model.model_json_schema(ref_template=f"{_SCHEMAS}{{model}}")
        document["components"]["schemas"] |= schema.pop("$defs", {}) | {model.__name__: schema}
    for name in _UNUSED:
        document["components"]["schemas"].pop(name, None)
    return document
