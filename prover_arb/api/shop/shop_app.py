"""The shop over HTTP: /v1/models and /v1/chat/completions, with bearer keys if they are set."""

from __future__ import annotations

import asyncio
import hmac
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from prover_arb.api import sockets
from prover_arb.api.body_limits import BodyLimit
from prover_arb.api.shop.attempt_service import AttemptService
from prover_arb.api.shop.completions import (
    Refusal,
    answer,
    completion,
    events,
    finish,
    model_object,
    no_model,
    read_request,
    usage,
)
from prover_arb.core.logs import announce


def create_shop(
    service: AttemptService, *, keys: Sequence[str] = (), latency_ms: int = 0
) -> FastAPI:
    """Makes the API over an open service, which it closes; without `keys` anybody may buy.

    Every answer, also a refusal, is delayed by `latency_ms` milliseconds.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await service.close()

    app = FastAPI(title="prover_arb provers", lifespan=lifespan)
    app.add_middleware(BodyLimit, too_large=_too_large)
    app.add_middleware(Distance, seconds=latency_ms / 1000)

    @app.exception_handler(Refusal)
    async def refuse(_request: Request, refusal: Refusal) -> Response:
        return JSONResponse(refusal.body, refusal.status, headers=refusal.headers)

    @app.exception_handler(HTTPException)
    async def not_here(request: Request, error: HTTPException) -> Response:
        message = f"{request.method} {request.url.path}: {error.detail}"
        return JSONResponse(Refusal(error.status_code, message).body, error.status_code)

    @app.get("/v1/models")
    async def models(request: Request) -> dict[str, object]:
        """Lists the provers."""
        _admit(request, keys)
        return {"object": "list", "data": [model_object(name) for name in service.provers]}

    @app.get("/v1/models/{name}")
    async def model(name: str, request: Request) -> dict[str, object]:
        """Describes one prover."""
        _admit(request, keys)
        if name not in service.provers:
            raise no_model(name, [*service.provers])
        return model_object(name)

    @app.post("/v1/chat/completions")
    async def chat(request: Request) -> Response:
        """Sells one attempt, or `n`, at the theorem in the user's last message."""
        client = _admit(request, keys)
        completion_request = read_request(await request.body())
        theorem, attempts = await service.sell(completion_request, client=client)
        answers = [(answer(attempt, theorem), finish(attempt)) for attempt in attempts]
        used = usage(attempts)
        if not completion_request.stream:
            return JSONResponse(completion(completion_request.model, answers, used))
        wanted = completion_request.usage_in_stream
        stream = events(completion_request.model, answers, used, include_usage=wanted)
        return StreamingResponse(stream, media_type="text/event-stream")

    return app


class Distance:
    """Simulates a distant prover: every request reaches it after `seconds`."""

    def __init__(self, app: ASGIApp, *, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(self._seconds)
        await self._app(scope, receive, send)


def serve(
    service: AttemptService, *, host: str, port: int, keys: Sequence[str] = (), latency_ms: int = 0
) -> None:
    """Opens the service and serves until SIGINT or SIGTERM.

    Port 0 takes a free port. The address is printed on standard error once the provers are ready.

    Raises:
        InputError: the address cannot be used.
        ToolchainError, OracleError: no worker started.
    """
    with sockets.bound(host, port) as listening:
        asyncio.run(
            _serve(service, listening, create_shop(service, keys=keys, latency_ms=latency_ms))
        )


async def _serve(service: AttemptService, listening: socket.socket, shop: FastAPI) -> None:
    try:
        await service.open()
    except BaseException:
        await service.close()
        raise
    listening.listen(2048)  # clients may connect as soon as the address is printed
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    announce(f"prover-arb sells at http://{shown}:{port}/v1")
    config = uvicorn.Config(shop, log_level="warning", access_log=False)
    await uvicorn.Server(config).serve(sockets=[listening])


def _admit(request: Request, keys: Sequence[str]) -> str:
    """Returns a name for the client's key, or "" if no key is needed."""
    if not keys:
        return ""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    given = key.strip().encode()
    known = [hmac.compare_digest(given, known_key.encode()) for known_key in keys]
    if scheme.lower() != "bearer" or not any(known):
        raise Refusal(
            401,
            "an API key is needed: Authorization: Bearer KEY",
            code="invalid_api_key",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return f"key {known.index(True)}"


def _too_large(detail: str, _path: str) -> Response:
    return JSONResponse(Refusal(413, detail).body, 413)
