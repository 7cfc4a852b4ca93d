"""The limit on the size of request bodies, for every HTTP server of this program.

It holds before anything parses a body.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 4_000_000


class BodyLimit:
    """Refuses larger bodies, whatever length they declare.

    `too_large` makes the answer, with status 413, from a sentence and the path of the request.
    """

    def __init__(self, app: ASGIApp, *, too_large: Callable[[str, str], Response]) -> None:
        self._app = app
        self._too_large = too_large

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        chunks: list[Message] = []
        size = 0
        while True:
            message = await receive()
            chunks.append(message)
            size += len(message.get("body", b""))
            if size > MAX_BODY_BYTES:
                await self._refuse(scope, receive, send)
                return
            if message["type"] != "http.request" or not message.get("more_body"):
                break
        held = iter(chunks)

        async def replay() -> Message:
            return next(held, None) or await receive()

        await self._app(scope, replay, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"The body is above {MAX_BODY_BYTES:,} bytes"
        response = self._too_large(detail, scope["path"])
        response.headers["Connection"] = "close"
        await response(scope, receive, send)
