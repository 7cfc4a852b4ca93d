"""One endpoint: its connections, how many requests it gets at once, and when it is left alone.

Requests are sent by call.py; those that can be repeated are repeated here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import httpx
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

from prover_arb.core.retry_policy import seconds_before_retry
from prover_arb.errors import ProverRefused, ProverUnreachable
from prover_arb.provers.chat.api_keys import Secret
from prover_arb.provers.chat.call import Call, RetryLater
from prover_arb.provers.chat.call_limits import CallLimits
from prover_arb.provers.chat.environment import certificates, check_proxies
from prover_arb.provers.chat.reply import Reply

for _library in ("httpx", "httpcore", "hpack", "h2"):
    # Their lower levels write headers, and with them the key.
    logging.getLogger(_library).setLevel(logging.WARNING)

_PER_CLIENT = 4
"""Connections of one httpx client. Every step of a client looks at all of its connections: 200 in
one client cost ten times the processor time that they cost in fifty clients."""
_IDLE_SECONDS = 60


class Endpoint:
    """The API at `url`, shared by all models there, and used on one event loop.

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
        """Sends one completion request to `path` under the API, when its turn has come.

        `headers` are sent with the request; neither they nor the `secret` are in what is raised.

        Raises:
            ProverUnreachable, ProverRefused, ProverBroken: nothing was sold.
            UnusableResponse: the answer cannot be used, but is billed.
            RequestCancelled: it was cancelled after the request had been sent, so it may be billed.
        """
        place = await self._places.get()
        client = self._client(place // _PER_CLIENT)
        call = Call(self._url + path, request, secret, dict(headers or {}), self._limits)
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
        """Closes all connections."""
        for client in self._clients.values():
            await client.aclose()

    def _client(self, number: int) -> httpx.AsyncClient:
        """Returns a client, which is made when it is first needed."""
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

    async def _patiently(self, client: httpx.AsyncClient, call: Call) -> Reply:
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(RetryLater),
            stop=stop_after_attempt(self._limits.retries + 1),
            wait=seconds_before_retry,
            reraise=True,
        )
        try:
            async for attempt in retrying:
                with attempt:
                    return await call.send(client)
        except RetryLater as error:
            raise ProverUnreachable(str(error)) from None
        raise AssertionError("unreachable")
