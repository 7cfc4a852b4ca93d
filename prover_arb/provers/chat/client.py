"""One endpoint: its connections, how many requests it gets at once, and when it is left alone.

A request is repeated only while nothing can have been sold: no connection, a refusal for now (429),
a failure of the server (5xx), or a connection lost before the first byte of an answer. Redirects
are not followed, so that neither the key nor the theorem goes where nobody sent it.

No text of a library's exception is handed on: it may hold the request, and with it the key.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from collections.abc import Mapping
from typing import Any, NoReturn

import httpx
import socksio
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from prover_arb.errors import ProverBroken, ProverRefused, ProverUnreachable
from prover_arb.provers.chat.api_keys import Secret
from prover_arb.provers.chat.call_limits import CallLimits
from prover_arb.provers.chat.environment import certificates, check_proxies
from prover_arb.provers.chat.error_said import ErrorSaid, error_in_body
from prover_arb.provers.chat.reading import read_into
from prover_arb.provers.chat.reply import Begun, Flaw, Reply, Transcript
from prover_arb.provers.chat.unpacking import TooLong, Unreadable, unpacked
from prover_arb.provers.chat.waiting import asked_wait

for _library in ("httpx", "httpcore", "hpack", "h2"):
    # Their lower levels write headers, and with them the key.
    logging.getLogger(_library).setLevel(logging.WARNING)

_SENT = ("http11.send_request_body.complete", "http2.send_request_body.complete")
"""Names under which httpcore tells that a request is with the prover."""

_BUSY = frozenset({408, 409, 425, 429})
_PER_CLIENT = 4
"""Connections of one httpx client, whose every step looks at all of its connections: 200 in one
client cost ten times the processor time that they cost in fifty."""
_IDLE_SECONDS = 60
_MOST_OF_A_REFUSAL = 4_000
"""Bytes read of an answer that is no answer."""

_backoff = wait_random_exponential(multiplier=0.5, max=20)


class _ForNow(ProverUnreachable):
    """Nothing was sold, and asking again may help."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after
        """Seconds the prover asked to wait."""


class RequestRefused(ProverRefused):
    """The prover refuses the request as it stands, and says why."""

    def __init__(self, message: str, status: int, said: ErrorSaid) -> None:
        super().__init__(message)
        self.status = status
        self.said = said


class RequestCancelled(asyncio.CancelledError):
    """The caller was cancelled when the request was with the prover already."""

    def __init__(self, begun: Begun | None) -> None:
        super().__init__("cancelled in the middle of a request")
        self.begun = begun
        """What had arrived of a stream; None where the prover was to answer in one piece."""


class Endpoint:
    """The API at `url`, shared by all provers there; used on one event loop.

    Raises:
        InputError: certificates or proxies that the environment names cannot be used.
    """

    def __init__(self, url: str, limits: CallLimits) -> None:
        self._url = url.rstrip("/")
        self._limits = limits
        self._clients: dict[int, httpx.AsyncClient] = {}
        # The place that was free last comes first: its connection is still open.
        self._places: asyncio.LifoQueue[int] = asyncio.LifoQueue()
        for place in reversed(range(limits.concurrency)):
            self._places.put_nowait(place)
        self._certificates = certificates()
        check_proxies()
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=limits.failures_in_a_row,
            default_ttl=limits.rest_seconds,
            exclude=[ProverRefused, asyncio.CancelledError],
        )

    async def ask(
        self,
        path: str,
        request: Mapping[str, Any],
        secret: Secret,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one completion request to `path` under the API; waits for its turn first.

        `headers` are sent with the request; neither they nor the `secret` are in what is raised.

        Raises:
            ProverUnreachable, ProverRefused, ProverBroken: nothing was sold.
            UnusableResponse: what was sold is of no use.
            RequestCancelled: cancelled after the request had been sent; the prover may bill for it.
        """
        place = await self._places.get()
        client = self._client(place // _PER_CLIENT)
        call = _Call(self._url + path, request, secret, dict(headers or {}), self._limits)
        try:
            async with await self._breakers.get_breaker(self._url):
                return await self._patiently(client, call)
        except OpenedState:
            raise ProverUnreachable(
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

    async def _patiently(self, client: httpx.AsyncClient, call: _Call) -> Reply:
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(_ForNow),
            stop=stop_after_attempt(self._limits.retries + 1),
            wait=_wait,
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return await call.send(client)
        except _ForNow as error:
            raise ProverUnreachable(str(error)) from None
        raise AssertionError("unreachable")


class _Call:
    """One request to one prover, which may be sent several times."""

    def __init__(
        self,
        url: str,
        request: Mapping[str, Any],
        secret: Secret,
        headers: dict[str, str],
        limits: CallLimits,
    ) -> None:
        self._url = url
        self._request = request
        self._secret = secret
        self._headers = headers
        self._limits = limits

    async def send(self, client: httpx.AsyncClient) -> Reply:
        """Send it once, and read the answer."""
        transcript = Transcript(self._secret)
        answering = sent = False
        flaw: Flaw

        async def trace(event: str, _info: Mapping[str, Any]) -> None:
            nonlocal sent
            sent = sent or event in _SENT

        try:
            async with (
                asyncio.timeout(self._limits.total_seconds),
                client.stream(
                    "POST",
                    self._url,
                    json=self._request,
                    headers=self._headers,
                    extensions={"trace": trace},
                ) as response,
            ):
                if not response.is_success:
                    sent = False  # a refusal is no sale
                    await self._refused(response)
                answering = True
                after = asked_wait(response.headers)
                await read_into(
                    transcript,
                    response,
                    longest=self._limits.max_answer_bytes,
                    samples=int(self._request.get("n", 1)),
                    secret=self._secret,
                )
            return self._reply(transcript, after)
        except asyncio.CancelledError:
            if not sent:
                raise
            streamed = bool(self._request.get("stream"))
            raise RequestCancelled(transcript.begun() if streamed else None) from None
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _ForNow(f"no connection: {said_of(error)}") from None
        except (httpx.TimeoutException, TimeoutError):
            flaw = ("too_late", "the answer did not come in time")
        except TooLong:
            flaw = ("too_long", f"an answer above {self._limits.max_answer_bytes:,} bytes")
        except Unreadable as error:
            flaw = ("unreadable", f"an answer that cannot be read: {error}")
        except socksio.SOCKSError:
            raise _ForNow("no connection: the proxy does not speak SOCKS 5") from None
        except (httpx.NetworkError, httpx.ProtocolError) as error:
            if not answering:
                raise _ForNow(f"the connection was lost: {said_of(error)}") from None
            flaw = ("cut_off", f"the answer was cut off: {said_of(error)}")
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError, RuntimeError) as error:
            raise ProverBroken(f"no request could be sent: {said_of(error)}") from None
        return transcript.reply(flaw)

    def _reply(self, transcript: Transcript, after: float | None) -> Reply:
        """Returns the answer, unless it is an error for which nobody bills."""
        error = transcript.error
        if error is not None and transcript.nothing_sold:
            self._raise(error.status or httpx.codes.BAD_GATEWAY, error, after)
        return transcript.reply()

    async def _refused(self, response: httpx.Response) -> NoReturn:
        body = b""
        encoding = response.headers.get("content-encoding", "")
        try:
            async for chunk in unpacked(response.aiter_raw(), encoding, _MOST_OF_A_REFUSAL):
                body += chunk
        except (TooLong, Unreadable, httpx.HTTPError):
            pass
        said = error_in_body(body, self._secret)
        self._raise(response.status_code, said, asked_wait(response.headers))

    def _raise(self, status: int, error: ErrorSaid, after: float | None) -> NoReturn:
        """Raise what a status other than 200 means."""
        said = f"HTTP {status}: {error.message}"
        busy = status in _BUSY or status >= httpx.codes.INTERNAL_SERVER_ERROR
        if busy and not error.is_final:
            if after is not None and after > self._limits.longest_wait_seconds:
                raise ProverUnreachable(
                    f"{said} (asks to wait {after:.0f} s, limits.longest_wait_seconds is "
                    f"{self._limits.longest_wait_seconds:g})"
                )
            raise _ForNow(said, after=after)
        if httpx.codes.is_client_error(status):
            raise RequestRefused(said, status, error)
        raise ProverBroken(said)


def said_of(error: BaseException) -> str:
    """Returns what an exception of a library says, in words that hold nothing of the request."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not trusted: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {cause.reason or 'no reason given'}"
        if isinstance(cause, OSError) and cause.errno is not None:
            return os.strerror(cause.errno) if cause.errno > 0 else "the name cannot be resolved"
        cause = cause.__cause__ or cause.__context__
    return _WORDS.get(type(error).__name__, type(error).__name__)


_WORDS = {
    "ConnectError": "nobody answers there",
    "ConnectTimeout": "nobody answered in time",
    "RemoteProtocolError": "the server broke off, or does not speak HTTP",
    "LocalProtocolError": "the request cannot be written as HTTP",
    "ProxyError": "the proxy refused",
    "ReadError": "the connection broke",
    "WriteError": "the connection broke",
}


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    jittered = _backoff(state)
    if isinstance(error, _ForNow) and error.after is not None:
        return error.after + min(jittered, 1.0)
    return jittered
