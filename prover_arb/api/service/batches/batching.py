"""Takes batches, cancels them, and says how far they are."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Sequence

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import UNKNOWN_BATCH
from prover_arb.api.service.batches.batch import (
    Batch,
    BatchTerms,
    BatchTheorem,
    digest_of,
    new_batch,
)
from prover_arb.api.service.batches.batch_models import BatchOut, BatchResult, batch_out
from prover_arb.api.service.batches.batch_store import BatchStore, same_batch
from prover_arb.api.service.batches.tallies import Tally
from prover_arb.api.service.database.database import now
from prover_arb.api.service.market_keeper import MarketKeeper
from prover_arb.api.service.order_worker import OrderWorker
from prover_arb.api.service.orders import ID
from prover_arb.api.service.purchase_follower import PurchaseFollower
from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.api.service.request_log import request_id
from prover_arb.api.service.tenants import Tenant
from prover_arb.api.service.webhooks.sender import WebhookSender
from prover_arb.core.money import format_usd

log = logging.getLogger(__name__)

CANCEL_SECONDS = 10.0
"""How long a request to cancel waits until the theorems in work have ended."""

RESULTS_AT_ONCE = 100
"""How many results are read from the database at once."""


class Batching:
    """The batches of one service, whose theorems its worker works on as on all orders."""

    def __init__(
        self,
        keeper: MarketKeeper,
        batches: BatchStore,
        *,
        policies: RegisteredPolicies,
        worker: OrderWorker,
        follower: PurchaseFollower,
        webhooks: WebhookSender,
        most: int,
        margin_ppm: int,
    ) -> None:
        """`most` is how many theorems a batch may have."""
        self.most = most
        self._keeper = keeper
        self._batches = batches
        self._policies = policies
        self._worker = worker
        self._follower = follower
        self._webhooks = webhooks
        self._margin_ppm = margin_ppm

    async def place(
        self,
        tenant: Tenant,
        terms: BatchTerms,
        theorems: Sequence[BatchTheorem],
        *,
        idempotency_key: str | None,
    ) -> BatchOut:
        """Takes a batch, which is in the database when this returns, and begins to work on it.

        Lean reads each statement when its turn comes.

        Raises:
            PolicyError: no policy is registered under this name, or it needs a prover that the
                market does not have.
            Problem: the market is not open, or the batch is not taken; see `BatchStore.place`.
        """
        if idempotency_key is not None:
            earlier = await self._batches.with_key(tenant.id, idempotency_key)
            if earlier is not None:
                same_batch(earlier, digest_of(terms, theorems))
                return await self.shown(tenant, earlier.id)
        self._webhooks.require_allowed(terms.webhook)
        await self._keeper.market.check_policy(self._policies.text(terms.policy))
        batch = new_batch(
            terms,
            theorems,
            tenant=tenant.id,
            customer=tenant.customer,
            created_at=now(),
            request_id=request_id(),
            idempotency_key=idempotency_key,
            margin_ppm=self._margin_ppm,
        )
        orders = [batch.order(place, stated) for place, stated in enumerate(theorems, 1)]
        batch, new = await self._batches.place(batch, orders)
        if new:
            budget = format_usd(batch.budget)
            log.info("batch %s is placed: %d theorems, %s", batch.id, len(orders), budget)
            for order in orders:
                self._worker.add(order)
        return await self.shown(tenant, batch.id)

    async def cancel(self, tenant: Tenant, batch_id: str) -> BatchOut:
        """Cancels the theorems of a batch that are not finished, and returns the batch.

        Raises:
            Problem: the tenant has no such batch.
        """
        batch, _ = await self._given(tenant, batch_id)
        unfinished = await self._batches.request_cancel(batch)
        await asyncio.gather(
            *(self._worker.cancel(order, seconds=CANCEL_SECONDS) for order in unfinished)
        )
        self._webhooks.wake()
        return await self.shown(tenant, batch_id)

    async def shown(self, tenant: Tenant, batch_id: str) -> BatchOut:
        """Returns what the API shows of a batch.

        Raises:
            Problem: the tenant has no such batch.
        """
        [shown] = await self._with_running([await self._given(tenant, batch_id)])
        return shown

    async def page(self, tenant: Tenant, *, after: str | None, limit: int) -> list[BatchOut]:
        """Returns one batch more than a page holds, if there are more; see `BatchStore.page`."""
        return await self._with_running(
            await self._batches.page(tenant.id, after=after, limit=limit)
        )

    async def results(self, tenant: Tenant, batch_id: str) -> AsyncIterator[BatchResult]:
        """Returns an iterator over what became of each theorem, in the order of the batch.

        Raises:
            Problem: the tenant has no such batch.
        """
        batch, _ = await self._given(tenant, batch_id)
        return self._results(batch)

    async def _results(self, batch: Batch) -> AsyncIterator[BatchResult]:
        place = 0
        while orders := await self._batches.orders_after(batch.id, place, most=RESULTS_AT_ONCE):
            for order in orders:
                result = BatchResult.of(order)
                place = result.place
                yield result

    async def _given(self, tenant: Tenant, batch_id: str) -> tuple[Batch, Tally]:
        given = await self._batches.get(tenant.id, batch_id) if ID.fullmatch(batch_id) else None
        if given is None:
            raise Problem(UNKNOWN_BATCH, f"There is no batch {batch_id!r}")
        return given

    async def _with_running(self, batches: Sequence[tuple[Batch, Tally]]) -> list[BatchOut]:
        """Returns what is shown of batches, with what is spent for theorems still in work."""
        spent: Counter[str] = Counter()
        for batch_id, order_id in await self._batches.running([batch.id for batch, _ in batches]):
            spent[batch_id] += await self._follower.spent(order_id)
        return [batch_out(batch, tally, running_spent=spent[batch.id]) for batch, tally in batches]
