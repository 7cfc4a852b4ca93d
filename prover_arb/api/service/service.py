"""The service behind the routes: what it is made of, and how it starts and stops.

It is one class, of more than 300 lines, a third of which put its parts together.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import select

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import (
    INVALID_REQUEST,
    QUOTE_EXPIRED,
    TOO_MANY_CHECKS,
    TOO_MANY_STREAMS,
    UNSUPPORTED_PROFILE,
)
from prover_arb.api.service.batches.batch_store import BatchStore
from prover_arb.api.service.batches.batching import Batching
from prover_arb.api.service.cache_options import OWN_FOR_NOTHING, CacheOptions
from prover_arb.api.service.database.database import Database, now
from prover_arb.api.service.event_store import EventStore
from prover_arb.api.service.files.file_filler import FileFiller
from prover_arb.api.service.files.file_orders import FileOrders
from prover_arb.api.service.files.file_store import FileStore
from prover_arb.api.service.gate import Gate
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.known_proofs import KnownProofs
from prover_arb.api.service.market_figures import Sales, sales_since
from prover_arb.api.service.market_keeper import MarketFactory, MarketKeeper
from prover_arb.api.service.metrics import Metrics
from prover_arb.api.service.order_queue import OrderQueue
from prover_arb.api.service.order_store import OrderStore, same_request
from prover_arb.api.service.order_worker import OrderWorker
from prover_arb.api.service.orders import Order, OrderStatus, OrderTerms, new_order
from prover_arb.api.service.purchase_follower import PurchaseFollower
from prover_arb.api.service.quote_store import QuoteStore
from prover_arb.api.service.quotes import ProofQuote
from prover_arb.api.service.quoting import Quoting, require_statement
from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.api.service.request_log import request_id
from prover_arb.api.service.service_limits import ServiceLimits
from prover_arb.api.service.shapes import TheoremIn
from prover_arb.api.service.spending import SpendingStore
from prover_arb.api.service.stated import READING_AT_ONCE
from prover_arb.api.service.tenants import Tenant, Tenants
from prover_arb.api.service.webhooks.sender import WebhookOptions, WebhookSender
from prover_arb.broker.ledger.opening import open_ledger
from prover_arb.broker.ledger.store import LedgerAddress
from prover_arb.core.logs import log_ids
from prover_arb.core.money import MicroUSD, format_usd
from prover_arb.core.purchases import Purchase, Quote
from prover_arb.core.theorem import Candidate, Limits, Profile, Theorem, ToolchainIdentity, Verdict
from prover_arb.errors import LedgerError, ProverArbError
from prover_arb.problems import refuse_unfounded
from prover_arb.runtime.worker_pool import PoolStatus

log = logging.getLogger(__name__)

T = TypeVar("T")

CANCEL_SECONDS = 10.0
"""How long a request to cancel waits until the order has ended."""

LOOP_SECONDS = 0.25
"""How often the delay of the event loop is measured."""


class Service:
    """Judges candidates, and takes and works on orders."""

    def __init__(
        self,
        open_market: MarketFactory,
        *,
        ledger: LedgerAddress,
        database: str,
        profile: Profile,
        policies: RegisteredPolicies,
        limits: ServiceLimits,
        metrics: Metrics,
        margin_ppm: int = 0,
        cache: CacheOptions = OWN_FOR_NOTHING,
        webhooks: WebhookOptions,
    ) -> None:
        """`margin_ppm` is the margin on what is spent, in millionths of it."""
        self.profile = profile
        self.metrics = metrics
        self.margin_ppm = margin_ppm
        self.policies = policies
        self._database = Database(database)
        self._ledger = open_ledger(ledger)
        self.tenants = Tenants(KeyStore(self._database))
        self.orders = OrderStore(self._database, limits, cache_price=cache.price)
        self.events = EventStore(self._database, most=limits.events_kept)
        self.spending = SpendingStore(self._database)
        self.checks = Gate(
            what="checks",
            most=limits.checks,
            most_per_tenant=limits.checks_per_key,
            too_many=TOO_MANY_CHECKS,
        )
        self.streams = Gate(
            what="event streams",
            most=limits.streams,
            most_per_tenant=limits.streams_per_key,
            too_many=TOO_MANY_STREAMS,
        )
        self.keeper = MarketKeeper(open_market, profile=profile)
        self.quoting = Quoting(
            self.keeper,
            QuoteStore(self._database, most_per_tenant=limits.quotes_per_key),
            policies,
            self.checks,
            margin_ppm=margin_ppm,
        )
        self._follower = PurchaseFollower(self._ledger, self.events, on_step=metrics.step)
        self._webhooks = WebhookSender(self._database, webhooks, on_attempt=metrics.webhook)
        files = FileStore(self._database)
        self._queue = OrderQueue(self._database, lease_seconds=limits.lease_seconds)
        self._worker = OrderWorker(
            self._queue,
            self.orders,
            self.events,
            self._follower,
            policies,
            filler=FileFiller(files, profile),
            known=KnownProofs(self._database, cache),
            at_once=limits.running_orders,
            heartbeat=limits.lease_seconds / 3,
            on_finished=self._finished,
        )
        self.batches = Batching(
            self.keeper,
            BatchStore(self._database, limits),
            policies=policies,
            worker=self._worker,
            follower=self._follower,
            webhooks=self._webhooks,
            most=min(limits.batch_theorems, limits.open_orders_per_key),
            margin_ppm=margin_ppm,
        )
        self.reading = asyncio.Semaphore(READING_AT_ONCE)
        self.files = FileOrders(
            self.keeper,
            self.orders,
            files,
            policies=policies,
            worker=self._worker,
            follower=self._follower,
            webhooks=self._webhooks,
            profile=profile,
            reading=self.reading,
            most=limits.file_theorems,
            margin_ppm=margin_ppm,
        )
        self._tasks: list[asyncio.Task[None]] = []
        self._unbroken: set[asyncio.Task[Any]] = set()

    def open(self) -> None:
        """Begins to open the market, and returns at once."""
        self._tasks = [
            asyncio.create_task(self.keeper.run(self._worker.run)),
            asyncio.create_task(self.events.run()),
            asyncio.create_task(self._measure_loop()),
            asyncio.create_task(self._webhooks.run()),
        ]

    async def close(self) -> None:
        """Parks what is not finished: the next service on the same database resumes it."""
        await asyncio.gather(*self._unbroken, return_exceptions=True)
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._webhooks.close()
        self._ledger.close()
        await asyncio.to_thread(self._database.close)

    async def ready(self) -> tuple[ToolchainIdentity, PoolStatus]:
        """Returns which Lean judges now, and how many workers and brokers there are.

        Raises:
            Problem: none does.
            LedgerError: the database does not answer.
        """
        await self._database.read(lambda db: db.execute(select(1)))
        identity = await self.keeper.judging()
        return identity, await self.keeper.market.status()

    def served(self, theorem: TheoremIn) -> Theorem:
        """Returns the theorem of a request; raises Problem if its profile is not judged here."""
        if theorem.profile != self.profile:
            detail = (
                f"profile {theorem.profile!r} is not served here; this server has: {self.profile}"
            )
            raise Problem(UNSUPPORTED_PROFILE, detail, fields=["theorem.profile"])
        return theorem.theorem()

    async def verify(
        self, tenant: Tenant, theorem: Theorem, candidate: Candidate, limits: Limits
    ) -> Verdict:
        """Judges one candidate.

        Raises:
            Problem: the market is not open, or too much is judged already.
            OracleError: the oracle failed.
        """
        market = self.keeper.market
        with self.checks.hold(tenant.id):
            began = time.monotonic()
            verdict = await market.verify(theorem, candidate, limits, customer=tenant.customer)
        self._judged(verdict, tenant)
        self.metrics.verified(verdict, seconds=time.monotonic() - began)
        return verdict

    def _judged(self, verdict: Verdict, tenant: Tenant) -> None:
        if verdict.status != "void":
            self.keeper.judged(tenant.customer)

    async def place(
        self,
        tenant: Tenant,
        terms: OrderTerms,
        *,
        idempotency_key: str | None,
        quote: ProofQuote | None = None,
    ) -> Order:
        """Takes an order, which is in the database when this returns, and begins to work on it.

        `quote` is the one that the terms accept.

        Raises:
            PolicyError: no policy is registered under this name, or it needs a prover that the
                market does not have.
            ProblemError: the statement rests on a gap of its preamble.
            Problem: the market is not open, Lean does not accept the statement, or the order is not
                taken; see `OrderStore.place`.
        """
        if idempotency_key is not None:
            earlier = await self.orders.with_key(tenant.id, idempotency_key)
            if earlier is not None:
                return same_request(earlier, terms.digest)
        self._webhooks.require_allowed(terms.webhook)
        if quote is not None and quote.expired(now()):
            raise Problem(QUOTE_EXPIRED, f"The quote was valid until {quote.valid_until}")
        pays_on_proof = terms.settlement == "pay-on-proof"
        if pays_on_proof and (quote is None or quote.price is None):
            detail = "settlement: the quote has no price for a proof; choose cost-plus"
            raise Problem(INVALID_REQUEST, detail, fields=["settlement"])
        market = self.keeper.market
        refuse_unfounded(terms.theorem)
        await market.check_policy(self.policies.text(terms.policy))
        await require_statement(market, self.checks, tenant, terms.theorem)
        order = new_order(
            terms,
            tenant=tenant.id,
            customer=tenant.customer,
            created_at=now(),
            request_id=request_id(),
            idempotency_key=idempotency_key,
            price=quote.price if quote is not None and pays_on_proof else None,
            margin_ppm=self.margin_ppm if quote is None else quote.margin_ppm,
        )
        return await self.to_the_end(self._accept(order))

    async def _accept(self, order: Order) -> Order:
        order, new = await self.orders.place(order)
        if new:
            with log_ids(order=order.id, theorem=order.theorem.name):
                budget = format_usd(order.budget)
                log.info("order %s is placed: %s, %s", order.id, order.policy, budget)
            self._worker.add(order)
        return order

    async def to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        """Does all of `work`, also if the client goes away and the request is cancelled."""
        task = asyncio.create_task(work)
        self._unbroken.add(task)
        task.add_done_callback(self._unbroken.discard)
        return await asyncio.shield(task)

    async def cancel(self, tenant: Tenant, order_id: str) -> Order | None:
        """Cancels an order, and returns it as it is then; None if the tenant has no such order."""
        return await self.to_the_end(self._cancel(tenant, order_id))

    async def _cancel(self, tenant: Tenant, order_id: str) -> Order | None:
        order = await self.orders.request_cancel(tenant.id, order_id)
        if order is None:
            return None
        await self._worker.cancel(order, seconds=CANCEL_SECONDS)
        self._webhooks.wake()
        return await self.orders.get(tenant.id, order_id)

    async def places(self, orders: Collection[Order]) -> dict[str, int]:
        """Returns the places in the queue, from 1, of those of a tenant's orders that wait."""
        return await self._queue.places(orders)

    async def purchases(self, order: Order) -> list[Purchase]:
        """Returns all that was bought for an order, oldest first."""
        return await asyncio.to_thread(self._ledger.purchases, run=order.run)

    async def market_since(self, time: str) -> list[tuple[Quote, Sales]]:
        """Returns the provers, cheapest first, each with what it sold since a time (ISO 8601).

        Raises:
            Problem: the market is not open.
        """
        quotes = await self.keeper.market.quotes(self.keeper.theorem)
        sales = await asyncio.to_thread(sales_since, self._ledger, time)
        cheapest_first = sorted(quotes, key=lambda quote: (quote.whole, quote.prover))
        return [(quote, sales.get(quote.prover, Sales())) for quote in cheapest_first]

    async def figures(self) -> bytes:
        """Returns the metrics as text."""
        depths = {
            "orders_running": self._worker.running,
            "checks": self.checks.open,
            "streams": self.streams.open,
        }
        with suppress(LedgerError):
            depths["orders_queued"] = await self._queue.depth()
        return self.metrics.page(depths, await self._pool_status())

    async def _pool_status(self) -> PoolStatus | None:
        try:
            async with asyncio.timeout(2):
                return await self.keeper.market.status()
        except (Problem, ProverArbError, TimeoutError):
            return None

    async def _measure_loop(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LOOP_SECONDS
            await asyncio.sleep(LOOP_SECONDS)
            self.metrics.loop_delay.observe(max(0.0, loop.time() - due))

    def _finished(self, status: OrderStatus, spent: MicroUSD, charged: MicroUSD) -> None:
        self.metrics.ended(status, spent=spent, charged=charged)
        self._webhooks.wake()
