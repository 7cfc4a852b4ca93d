"""Takes orders for files, and shows them."""

from __future__ import annotations

import asyncio
import logging

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import BAD_INPUT, FILE_TOO_LARGE, NOTHING_OPEN, UNKNOWN_FILE
from prover_arb.api.service.database.database import now
from prover_arb.api.service.files.file_models import (
    FileOut,
    FileRequest,
    FileSummary,
    file_fields,
    file_out,
)
from prover_arb.api.service.files.file_store import FileStore, OrderedFile
from prover_arb.api.service.market_keeper import MarketKeeper
from prover_arb.api.service.order_store import OrderStore, Selection, same_request
from prover_arb.api.service.order_worker import OrderWorker
from prover_arb.api.service.orders import ID, Order, new_order
from prover_arb.api.service.purchase_follower import PurchaseFollower
from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.api.service.request_log import request_id
from prover_arb.api.service.stated import require_few_open
from prover_arb.api.service.tenants import Tenant
from prover_arb.api.service.webhooks.sender import WebhookSender
from prover_arb.core.money import format_usd
from prover_arb.core.theorem import Profile, sha256
from prover_arb.errors import ProblemError
from prover_arb.problems.gaps import Gaps, gaps_in

log = logging.getLogger(__name__)

MOST_REASONS = 3
"""How many reasons why nothing is filled are given in an answer."""


class FileOrders:
    """The orders for files of one service, whose worker works on them as on all orders."""

    def __init__(
        self,
        keeper: MarketKeeper,
        orders: OrderStore,
        files: FileStore,
        *,
        policies: RegisteredPolicies,
        worker: OrderWorker,
        follower: PurchaseFollower,
        webhooks: WebhookSender,
        profile: Profile,
        reading: asyncio.Semaphore,
        most: int,
        margin_ppm: int,
    ) -> None:
        """`most` is how many theorems a file may leave open; `reading` bounds how many texts are
        read at once."""
        self._keeper = keeper
        self._orders = orders
        self._files = files
        self._policies = policies
        self._worker = worker
        self._follower = follower
        self._webhooks = webhooks
        self._profile = profile
        self._reading = reading
        self._most = most
        self._margin_ppm = margin_ppm

    async def place(
        self, tenant: Tenant, request: FileRequest, *, idempotency_key: str | None
    ) -> Order:
        """Takes an order, which is in the database when this returns, and begins to work on it.

        Raises:
            PolicyError: no policy is registered under this name, or it needs a prover that the
                market does not have.
            Problem: the market is not open, the text cannot be read or leaves nothing open, or the
                order is not taken; see `OrderStore.place`.
        """
        gaps = await self._read(request.text)
        terms = request.terms(gaps.fillable[0].theorem)
        digest = sha256(terms.digest, request.text, str(request.theorem_budget_usd))
        if idempotency_key is not None:
            earlier = await self._orders.with_key(tenant.id, idempotency_key)
            if earlier is not None:
                return same_request(earlier, digest)
        self._webhooks.require_allowed(terms.webhook)
        await self._keeper.market.check_policy(self._policies.text(terms.policy))
        order = new_order(
            terms,
            tenant=tenant.id,
            customer=tenant.customer,
            created_at=now(),
            request_id=request_id(),
            idempotency_key=idempotency_key,
            price=None,
            margin_ppm=self._margin_ppm,
        ).model_copy(update={"kind": "file", "request_sha256": digest})
        file = OrderedFile(
            order_id=order.id, text=request.text, theorem_budget=request.theorem_budget_usd
        )
        order, new = await self._orders.place(order, file=file)
        if new:
            log.info(
                "order %s is placed: a file with %d open theorems, %s, %s",
                order.id,
                len(gaps.fillable),
                order.policy,
                format_usd(order.budget),
            )
            self._worker.add(order)
        return order

    async def _read(self, text: str) -> Gaps:
        """Returns what a text leaves open; raises Problem if that is nothing, or too much."""
        require_few_open(text, self._most)
        try:
            async with self._reading:
                gaps = await asyncio.to_thread(gaps_in, text, self._profile)
        except ProblemError as error:
            raise Problem(BAD_INPUT, str(error), fields=["text"]) from None
        if not gaps.fillable:
            detail = "text: no theorem of it ends in `sorry`"
            reasons = [f"line {gap.line}: {gap.reason}" for gap in gaps.unfilled[:MOST_REASONS]]
            raise Problem(NOTHING_OPEN, "; ".join([detail, *reasons]), fields=["text"])
        count = len(gaps.fillable) + sum(gap.number is not None for gap in gaps.unfilled)
        if count > self._most:
            detail = f"text: it leaves {count} theorems open; this service takes {self._most}"
            raise Problem(FILE_TOO_LARGE, detail, fields=["text"])
        return gaps

    async def given(self, tenant: Tenant, order_id: str) -> Order:
        """Returns the order of a file of this tenant.

        Raises:
            Problem: it has none with this id, whoever else may have one.
        """
        order = await self._orders.get(tenant.id, order_id) if ID.fullmatch(order_id) else None
        if order is None or order.kind != "file":
            raise Problem(UNKNOWN_FILE, f"There is no file {order_id!r}")
        return order

    async def shown(self, order: Order) -> FileOut:
        """Returns what the API shows of the order of a file."""
        spent = order.spent
        if order.finished_at is None:
            spent = await self._follower.spent(order.id)
        file = await self._files.get(order.id)
        places = await self._worker.queue.places([order])
        return file_out(order, file, place=places.get(order.id), spent=spent)

    async def page(self, tenant: Tenant, *, after: str | None, limit: int) -> list[FileSummary]:
        """Returns one order more than the page holds, if there are more, the newest first.

        Raises:
            Problem: the page begins after no order of this tenant.
        """
        selection = Selection(kind="file", after=after, limit=limit)
        orders = await self._orders.page(tenant.id, selection)
        places = await self._worker.queue.places(orders)
        return [
            FileSummary.model_validate(
                file_fields(order, place=places.get(order.id), spent=order.spent)
            )
            for order in orders
        ]
