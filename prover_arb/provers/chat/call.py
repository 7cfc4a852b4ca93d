"""One completion request: sends it, and turns whatever comes back into an answer or an error.

A request may be sent again only while nothing can have been sold: if there was no connection, a
refusal for now (429), a failure of the server (5xx), or a connection lost before the first byte of
an answer. Redirects are not followed, so that neither the key nor the theorem goes elsewhere.

No text of a library's exception is passed on, because it may hold the request, and with it the key.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Mapping
from typing import Any, NoReturn

import httpx
import socksio

from prover_arb.errors import ProverBroken, ProverRefused, ProverUnreachable
from prover_arb.provers.chat.api_keys import Secret
from prover_arb.provers.chat.call_limits import CallLimits
from prover_arb.provers.chat.error_said import ErrorSaid, error_in_body
from prover_arb.provers.chat.reading import read_into
from prover_arb.provers.chat.reply import Begun, Flaw, Reply, Transcript
from prover_arb.provers.chat.unpacking import TooLong, Unreadable, unpacked
from prover_arb.provers.chat.waiting import asked_wait

_SENT = ("http11.send_request_body.complete", "http2.send_request_body.complete")
"""Events of httpcore that say that a request has been sent."""

_BUSY = frozenset({408, 409, 425, 429})
_MOST_OF_A_REFUSAL = 4_000
"""How many bytes of a refusal are read."""


class RetryLater(ProverUnreachable):
    """Nothing was sold, and asking again may help."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after
        """How many seconds the server asked to wait, if it did."""


class RequestRefused(ProverRefused):
    """The server refuses the request as it stands, and says why."""

    def __init__(self, message: str, status: int, said: ErrorSaid) -> None:
        super().__init__(message)
        self.status = status
        self.said = said


class RequestCancelled(asyncio.CancelledError):
    """The caller was cancelled after the request had been sent."""

    def __init__(self, begun: Begun | None) -> None:
        super().__init__("cancelled in the middle of a request")
        self.begun = begun
        """What had arrived of a stream; None if the answer was to come in one piece."""


class Call:
    """One request to one model, which may be sent several times."""

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
        """Sends the request once, and reads the answer."""
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
            raise RetryLater(f"no connection: {said_of(error)}") from None
        except (httpx.TimeoutException, TimeoutError):
            flaw = ("too_late", "the answer did not come in time")
        except TooLong:
            flaw = ("too_long", f"an answer above {self._limits.max_answer_bytes:,} bytes")
        except Unreadable as error:
            flaw = ("unreadable", f"an answer that cannot be read: {error}")
        except socksio.SOCKSError:
            raise RetryLater("no connection: the proxy does not speak SOCKS 5") from None
        except (httpx.NetworkError, httpx.ProtocolError) as error:
            if not answering:
                raise RetryLater(f"the connection was lost: {said_of(error)}") from None
            flaw = ("cut_off", f"the answer was cut off: {said_of(error)}")
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError, RuntimeError) as error:
            raise ProverBroken(f"no request could be sent: {said_of(error)}") from None
        return transcript.reply(flaw)

    def _reply(self, transcript: Transcript, after: float | None) -> Reply:
        """Returns the answer; raises an error if it reports one that is not billed."""
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
        """Raises the error that a status other than 200 means."""
        said = f"HTTP {status}: {error.message}"
        busy = status in _BUSY or status >= httpx.codes.INTERNAL_SERVER_ERROR
        if busy and not error.is_final:
            if after is not None and after > self._limits.longest_wait_seconds:
                raise ProverUnreachable(
                    f"{said} (asks to wait {after:.0f} s, limits.longest_wait_seconds is "
                    f"{self._limits.longest_wait_seconds:g})"
                )
            raise RetryLater(said, after=after)
        if httpx.codes.is_client_error(status):
            raise RequestRefused(said, status, error)
        raise ProverBroken(said)


def said_of(error: BaseException) -> str:
    """Returns the reason of a library's exception, in words without any part of the request."""
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
