"""Gives every request an id that joins its log lines and orders, and measures it."""

from __future__ import annotations

import logging
import re
import secrets
import time
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from prover_arb.api.service.metrics import Metrics
from prover_arb.core.logs import log_ids

log = logging.getLogger(__name__)

HEADER = "X-Request-Id"

_OURS = re.compile(r"[A-Za-z0-9._-]{1,100}")

_current: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """Returns the id of the request that is answered here."""
    return _current.get()


class RequestLog:
    """Takes the id from the request, if it has a usable one, and sends it back.

    Ray Serve sends it back itself, and gives one to requests that have none.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics, on_ray: bool = False) -> None:
        self._app = app
        self._metrics = metrics
        self._on_ray = on_ray

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        name = given if _OURS.fullmatch(given) else secrets.token_hex(8)
        began = time.monotonic()
        status = 500

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if not self._on_ray:
                    MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        token = _current.set(name)
        try:
            with log_ids(request=name):
                await self._app(scope, receive, named)
        finally:
            _current.reset(token)
            seconds = time.monotonic() - began
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if route != "none" else "any"
            self._metrics.requests.labels(route, method, status).observe(seconds)
            log.debug("%s %s: %d in %.3f s", method, route, status, seconds)
