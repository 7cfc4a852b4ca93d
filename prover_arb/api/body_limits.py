"""Limits the size of request bodies before anything parses them."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from prover_arb.api.problem_documents import MEDIA_TYPE, TOO_LARGE, document_of

MAX_BODY_BYTES = 4_000_000


class BodyLimit:
    """Answers 413 to larger bodies, whether or not they declare their length."""

    def __init__(self, app: ASGIApp, *, largest: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared) > self._largest:
            await self._refuse(scope, receive, send)
            return
        chunks: list[Message] = []
        size = 0
        while True:
            message = await receive()
            chunks.append(message)
            size += len(message.get("body", b""))
            if size > self._largest:
                await self._refuse(scope, receive, send)
                return
            if message["type"] != "http.request" or not message.get("more_body"):
                break
        held = iter(chunks)

        async def replay() -> Message:
            return next(held, None) or await receive()

        await self._app(scope, replay, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"The body is above {self._largest:,} bytes"
        body = document_of(TOO_LARGE, detail, scope["path"]).model_dump_json()
        response = Response(
            body, TOO_LARGE.status, media_type=MEDIA_TYPE, headers={"Connection": "close"}
        )
        await response(scope, receive, send)
