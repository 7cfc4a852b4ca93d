"""Sends messages to customers' servers, each until it is taken or given up."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version

import httpcore

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import WEBHOOK_REFUSED
from prover_arb.api.service.database.database import Database
from prover_arb.api.service.webhooks.delivery_store import Delivery, DeliveryStore
from prover_arb.api.service.webhooks.network import Forbidden, PublicNetwork
from prover_arb.api.service.webhooks.secret_store import SecretStore
from prover_arb.api.service.webhooks.signing import signed_headers
from prover_arb.api.service.webhooks.targets import names_private
from prover_arb.errors import LedgerError

log = logging.getLogger(__name__)

HOUR = 3600.0

LOOK_SECONDS = 1.0
"""How often the database is asked for messages that are due."""

SEND_SECONDS = 15.0
"""How long a customer's server may take to answer."""

AT_ONCE_PER_TENANT = 4
"""How many messages of one tenant are sent at once, so that slow servers of one delay no other."""

MOST_CONNECTIONS = 64

JITTER = 0.1
"""The largest share of a wait that is added at random."""

GONE = 410
"""The status by which a server says that it wants no messages any more."""


@dataclass(frozen=True)
class WebhookOptions:
    """What the operator decides about webhooks."""

    private: bool = False
    """Whether messages may be sent to this machine and into private networks."""
    waits: tuple[float, ...] = (
        5,
        300,
        HOUR / 2,
        2 * HOUR,
        5 * HOUR,
        10 * HOUR,
        14 * HOUR,
        20 * HOUR,
        24 * HOUR,
    )
    """Seconds between the attempts at one message, which is given up after the last."""


class WebhookSender:
    """Sends what is due in a database until it is closed."""

    def __init__(
        self, database: Database, options: WebhookOptions, *, on_attempt: Callable[[str], None]
    ) -> None:
        """`on_attempt` is called with what each came to: `delivered`, `repeated` or `failed`."""
        self._deliveries = DeliveryStore(database)
        self._secrets = SecretStore(database)
        self._options = options
        self._on_attempt = on_attempt
        self._network = PublicNetwork(private=options.private)
        self._http: httpcore.AsyncConnectionPool | None = None
        self._due = asyncio.Event()
        self._sending: dict[asyncio.Task[None], str] = {}

    def require_allowed(self, url: str | None) -> None:
        """Raises Problem if a URL says itself that it is inside our network."""
        if url is not None and not self._options.private and names_private(url):
            detail = "webhook: names an address inside a private network, where nothing is sent"
            raise Problem(WEBHOOK_REFUSED, detail, fields=["webhook"])

    def wake(self) -> None:
        """Says that a message may be due."""
        self._due.set()

    async def run(self) -> None:
        """Sends what is due until this is cancelled."""
        forgot_at = -HOUR
        while True:
            try:
                if time.monotonic() - forgot_at >= HOUR:
                    await self._deliveries.forget_old()
                    forgot_at = time.monotonic()
                await self._send_due()
            except LedgerError as error:
                log.error("no webhooks are sent: %s", error)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._due.wait()
            self._due.clear()

    async def close(self) -> None:
        """Ends what is being sent; it is sent again by the next program."""
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()
        self._network.close()

    async def _send_due(self) -> None:
        busy = Counter(self._sending.values())
        full = {tenant for tenant, count in busy.items() if count >= AT_ONCE_PER_TENANT}
        for delivery in await self._deliveries.take_due(
            most_per_tenant=AT_ONCE_PER_TENANT, apart_from=full
        ):
            task = asyncio.create_task(self._send(delivery))
            self._sending[task] = delivery.tenant
            task.add_done_callback(self._sent)

    def _sent(self, task: asyncio.Task[None]) -> None:
        del self._sending[task]
        self.wake()  # for what waited because its tenant had so many

    async def _send(self, delivery: Delivery) -> None:
        status, answer = await self._posted(delivery)
        delivered = status is not None and 200 <= status < 300
        again = None
        if not delivered and status != GONE and delivery.attempts <= len(self._options.waits):
            again = self._options.waits[delivery.attempts - 1] * (1 + JITTER * random.random())
        try:
            await self._deliveries.settle(delivery, answer=answer, delivered=delivered, again=again)
        except LedgerError as error:
            log.error("webhook %s will be sent once more: %s", delivery.id, error)
            return
        if again is not None and again < LOOK_SECONDS:
            asyncio.get_running_loop().call_later(again, self.wake)
        self._on_attempt("delivered" if delivered else "failed" if again is None else "repeated")
        log.info(
            "webhook %s, attempt %d: %s%s",
            delivery.id,
            delivery.attempts,
            answer,
            "" if again is None else f"; again in {again:.0f} s",
        )

    async def _posted(self, delivery: Delivery) -> tuple[int | None, str]:
        """Sends a message once; returns the status of the answer, and in words what came."""
        body = delivery.body.encode()
        try:
            signing = await self._secrets.signing(delivery.tenant)
            headers = [
                *signed_headers(delivery.id, int(time.time()), body, signing).items(),
                ("content-type", "application/json"),
                ("user-agent", f"prover-arb/{version('prover-arb')}"),
            ]
            async with (
                asyncio.timeout(SEND_SECONDS),
                # Only the status is read; no redirection is followed.
                self._pool().stream("POST", delivery.url, headers=headers, content=body) as answer,
            ):
                return answer.status, f"HTTP {answer.status}"
        except TimeoutError:
            return None, f"no answer within {SEND_SECONDS:.0f} s"
        except (*_FAILURES, LedgerError) as error:
            return None, f"{type(error).__name__}: {error}"

    def _pool(self) -> httpcore.AsyncConnectionPool:
        if self._http is None:
            # A connection is not kept: each has its own check of the address.
            self._http = httpcore.AsyncConnectionPool(
                ssl_context=ssl.create_default_context(),
                max_connections=MOST_CONNECTIONS,
                max_keepalive_connections=0,
                network_backend=self._network,
            )
        return self._http


_FAILURES = (
    Forbidden,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    ssl.SSLError,
    OSError,
    ValueError,
)
"""What may go wrong while a message is sent."""
