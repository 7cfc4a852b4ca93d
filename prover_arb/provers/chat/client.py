"""One endpoint: its connections, how many requests it gets at once, and when it is left alone.

A request is repeated only while nothing can have been sold: no connection, a refusal for now (429),
a failure of the server (5xx), or a connection lost before the first byte of an answer. Redirects
are not followed, so that neither the key nor the theorem goes where nobody sent it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from prover_arb.errors import SellerBroken, SellerRefused, SellerUnreachable
from prover_arb.provers.chat.model_config import CallLimits
from prover_arb.provers.chat.wire import (
    DONE,
    Begun,
    Reply,
    Spoiled,
    begun,
    error_of,
    read_plain,
    read_stream,
)

log = logging.getLogger(__name__)

_SENT = ("http11.send_request_body.complete", "http2.send_request_body.complete")
"""Names under which httpcore tells that a request is with the seller."""

_BUSY = 429
_PER_CLIENT = 4
"""Connections of one httpx client, whose every step looks at all of its connections: 200 in one
client cost ten times the processor time that they cost in fifty."""
_IDLE_SECONDS = 60
_LEFTOVERS_SECONDS = 0.2
"""Wait for a stream to end after it said that it was done, so that its connection can be kept."""
_MOST_OF_A_REFUSAL = 4_000
"""Bytes read of an answer that is no answer."""

_backoff = wait_random_exponential(multiplier=0.5, max=20)


class _ForNow(SellerUnreachable):
    """Nothing was sold, and asking again may help."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after
        """Seconds the seller asked to wait."""


class Hurried(asyncio.CancelledError):
    """The caller was cancelled when the request was with the seller already."""

    def __init__(self, begun: Begun | None) -> None:
        super().__init__("cancelled in the middle of a request")
        self.begun = begun
        """What had arrived of a stream; None where the seller was to answer in one piece."""


class Endpoint:
    """The API at `url`, shared by all sellers there; used on one event loop."""

    def __init__(self, url: str, limits: CallLimits) -> None:
        self._url = url.rstrip("/")
        self._limits = limits
        self._clients: dict[int, httpx.AsyncClient] = {}
        # The place that was free last comes first: its connection is still open.
        self._places: asyncio.LifoQueue[int] = asyncio.LifoQueue()
        for place in reversed(range(limits.concurrency)):
            self._places.put_nowait(place)
        self._certificates = httpx.create_ssl_context()
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=limits.failures_in_a_row,
            default_ttl=limits.rest_seconds,
            exclude=[SellerRefused, asyncio.CancelledError],
        )

    async def ask(self, path: str, request: Mapping[str, Any], key: str | None) -> Reply:
        """Send one completion request to `path` under the API; waits for its turn first.

        Raises:
            SellerUnreachable, SellerRefused, SellerBroken: nothing was sold.
            Spoiled: what was sold is of no use.
            Hurried: cancelled after the request had been sent; the seller may bill for it.
        """
        place = await self._places.get()
        client = self._client(place // _PER_CLIENT)
        try:
            async with await self._breakers.get_breaker(self._url):
                return await self._patiently(client, path, request, key)
        except OpenedState:
            raise SellerUnreachable(
                f"off the market for {self._limits.rest_seconds:g} s after "
                f"{self._limits.failures_in_a_row} failures in a row"
            ) from None

        finally:
            self._places.put_nowait(place)

    async def close(self) -> None:
        for client in self._clients.values():
            await client.aclose()

    def _client(self, number: int) -> httpx.AsyncClient:
        """Made when it is first needed."""
        if number not in self._clients:
            self._clients[number] = httpx.AsyncClient(
                verify=self._certificates,
                http2=True,
                follow_redirects=False,
                timeout=httpx.Timeout(
                    self._limits.silence_seconds, connect=self._limits.connect_seconds, pool=None
                ),
                limits=httpx.Limits(
                    max_connections=_PER_CLIENT,
                    max_keepalive_connections=_PER_CLIENT,
                    keepalive_expiry=_IDLE_SECONDS,
                ),
                # Compressed answers could be any size once unpacked.
                headers={"Accept-Encoding": "identity", "User-Agent": "prover_arb"},
            )
        return self._clients[number]

    async def _patiently(
        self, client: httpx.AsyncClient, path: str, request: Mapping[str, Any], key: str | None
    ) -> Reply:
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_ForNow),
            stop=stop_after_attempt(self._limits.retries + 1),
            wait=_wait,
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return await self._once(client, path, request, key)
        except _ForNow as error:
            raise SellerUnreachable(str(error)) from error.__cause__
        raise AssertionError("unreachable")

    async def _once(
        self, client: httpx.AsyncClient, path: str, request: Mapping[str, Any], key: str | None
    ) -> Reply:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        answering = sent = False
        body = bytearray()

        async def trace(event: str, _info: Mapping[str, Any]) -> None:
            nonlocal sent
            sent = sent or event in _SENT

        try:
            async with (
                asyncio.timeout(self._limits.total_seconds),
                client.stream(
                    "POST",
                    self._url + path,
                    json=request,
                    headers=headers,
                    extensions={"trace": trace},
                ) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    sent = False  # a refusal is no sale
                    await self._refused(response)
                answering = True
                return await self._read(response, body)
        except asyncio.CancelledError:
            if not sent:
                raise
            raise Hurried(begun(bytes(body)) if request.get("stream") else None) from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _ForNow(f"no connection: {_said(error)}") from error
        except (httpx.TimeoutException, TimeoutError) as error:
            raise Spoiled("the answer did not come in time", "too_late") from error
        except (httpx.NetworkError, httpx.ProtocolError) as error:
            if answering:
                raise Spoiled(f"the answer was cut off: {_said(error)}", "cut_off") from error
            raise _ForNow(f"the connection was lost: {_said(error)}") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SellerBroken(_said(error)) from error

    async def _read(self, response: httpx.Response, body: bytearray) -> Reply:
        """The answer; what arrives of it stands in `body`, whatever happens."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in {"application/json", "text/event-stream"}:
            said = error_of(await _beginning(response))
            raise SellerBroken(f"{kind or 'something without a type'} instead of JSON: {said}")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise SellerBroken("a compressed answer, which was not asked for")
        chunks = response.aiter_raw()
        async for chunk in chunks:
            body += chunk
            if len(body) > self._limits.max_answer_bytes:
                most = f"{self._limits.max_answer_bytes:,}"
                raise Spoiled(f"an answer above {most} bytes", "too_long")
            if kind == "text/event-stream" and DONE in body[-len(chunk) - len(DONE) :]:
                await _to_the_end(chunks)
                break
        return read_stream(bytes(body)) if kind == "text/event-stream" else read_plain(bytes(body))

    async def _refused(self, response: httpx.Response) -> None:
        status = response.status_code
        said = f"HTTP {status}: {error_of(await _beginning(response))}"
        if status == _BUSY or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            after = _retry_after(response)
            if after is not None and after > self._limits.longest_wait_seconds:
                raise SellerUnreachable(f"{said} (asks to wait {after:.0f} s)")
            raise _ForNow(said, after=after)
        if httpx.codes.is_client_error(status):
            raise SellerRefused(said)
        raise SellerBroken(said)


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    jittered = _backoff(state)
    if isinstance(error, _ForNow) and error.after is not None:
        return error.after + min(jittered, 1.0)
    return jittered


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds, from either form of the header; None where it is absent or senseless."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


async def _to_the_end(chunks: AsyncIterator[bytes]) -> None:
    """Read what follows a finished stream, if it ends soon."""
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(_LEFTOVERS_SECONDS):
            async for _ in chunks:
                pass


async def _beginning(response: httpx.Response) -> bytes:
    body = b""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= _MOST_OF_A_REFUSAL:
            break
    return body[:_MOST_OF_A_REFUSAL]


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
