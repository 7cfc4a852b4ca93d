"""Keeps orders in the database. Each change is one transaction, done before it is acknowledged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from prover_arb.api.problem_documents import Problem, ProblemDocument
from prover_arb.api.problem_kinds import (
    BAD_CURSOR,
    IDEMPOTENCY_KEY_REUSED,
    QUOTE_USED,
)
from prover_arb.api.service.admission import locked_budget, require_funds, require_room
from prover_arb.api.service.batches.shares import lock_batch_of, raise_share, set_share
from prover_arb.api.service.charging import charge, most_charged
from prover_arb.api.service.database.database import Database, now
from prover_arb.api.service.database.schema import ORDER_METADATA, ORDERS
from prover_arb.api.service.endings import order_ended
from prover_arb.api.service.event_store import NewEvent, add_events, status_event
from prover_arb.api.service.files.file_store import OrderedFile, add_file
from prover_arb.api.service.known_proofs import is_cached, remember
from prover_arb.api.service.orders import Order, OrderKind, OrderStatus, order_of, row_of
from prover_arb.api.service.service_limits import ServiceLimits
from prover_arb.core.money import NO_MONEY, MicroUSD
from prover_arb.core.outcome import Outcome
from prover_arb.core.theorem import Value

_UNFINISHED = ORDERS.c.finished_at.is_(None)


class Selection(Value):
    """Which orders to list, newest first."""

    kind: OrderKind = "proof"
    statuses: tuple[OrderStatus, ...] = ()
    """Any of these; all if there are none."""
    batch: str | None = None
    """The batch whose orders to list."""
    metadata: Mapping[str, str] = Field(default_factory=dict)
    created_after: str | None = None
    created_before: str | None = None
    after: str | None = None
    """The order after which the page begins."""
    limit: int = 20


class OrderStore:
    """The orders of one service."""

    def __init__(
        self, database: Database, limits: ServiceLimits, *, cache_price: MicroUSD = NO_MONEY
    ) -> None:
        """`cache_price` is charged for a proof that was known before."""
        self._database = database
        self._cache_price = cache_price
        self._limits = limits

    async def place(self, order: Order, *, file: OrderedFile | None = None) -> tuple[Order, bool]:
        """Stores an order, with its file if it is for one, and returns it and whether it is new.

        If the tenant used its idempotency key before, for the same terms, that order is returned.

        Raises:
            Problem: the key was used for other terms, the tenant or the service has too many open
                orders, or the tenant's budget does not cover this one.
        """
        try:
            return await self._database.write(lambda db: self._place(db, order, file))
        except _Repeated:
            # Another replica took the same key or quote at the same moment.
            return await self._database.write(lambda db: self._place(db, order, file))

    def _place(self, db: Connection, order: Order, file: OrderedFile | None) -> tuple[Order, bool]:
        # The key's row is locked, so that two orders cannot both take what is left of its budget.
        budget = locked_budget(db, order.tenant)
        if order.idempotency_key is not None:
            earlier = self._with_key(db, order.tenant, order.idempotency_key)
            if earlier is not None:
                return same_request(earlier, order.request_sha256), False
        require_room(db, self._limits, order.tenant)
        require_funds(db, order.tenant, most_charged(order), budget)
        if order.quote is not None:
            self._require_unused(db, order.quote)
        try:
            with db.begin_nested():
                db.execute(insert(ORDERS).values(**row_of(order)))
        except IntegrityError:
            raise _Repeated from None
        if file is not None:
            add_file(db, file)
        if order.metadata:
            rows = [
                {"order_id": order.id, "name": name, "value": value}
                for name, value in order.metadata.items()
            ]
            db.execute(insert(ORDER_METADATA), rows)
        add_events(db, [status_event(order.id, "queued", spent=0)], most=self._limits.events_kept)
        return order, True

    @staticmethod
    def _require_unused(db: Connection, quote: str) -> None:
        if db.execute(select(ORDERS.c.id).where(ORDERS.c.quote == quote)).first() is not None:
            raise Problem(QUOTE_USED, "Another order accepted this quote; ask for a new one")

    async def with_key(self, tenant: str, key: str) -> Order | None:
        """Returns the order that a tenant placed with an idempotency key, if there is one."""
        return await self._database.read(lambda db: self._with_key(db, tenant, key))

    @staticmethod
    def _with_key(db: Connection, tenant: str, key: str) -> Order | None:
        row = db.execute(
            select(ORDERS).where(ORDERS.c.tenant == tenant, ORDERS.c.idempotency_key == key)
        ).first()
        return None if row is None else order_of(row._mapping)

    async def get(self, tenant: str, order_id: str) -> Order | None:
        """Returns an order of this tenant, or None if it has none with this id."""
        return await self._database.read(lambda db: _get(db, tenant, order_id))

    async def page(self, tenant: str, selection: Selection) -> list[Order]:
        """Returns one order more than the page holds, if there are more.

        Raises:
            Problem: the page begins after no order of this tenant.
        """
        return await self._database.read(lambda db: _page(db, tenant, selection))

    async def begin(self, order: Order) -> Order | None:
        """Records that an order is worked on, and returns it as it is now.

        An order of a batch has its share of the batch's budget from now on. It is None if the order
        was cancelled, finished or taken over before.
        """

        def work(db: Connection) -> Order | None:
            lock_batch_of(db, order.id)
            if order.batch is not None:
                set_share(db, order.id, order.batch)
            changed = db.execute(
                update(ORDERS)
                .where(_held(order), ORDERS.c.cancel_requested_at.is_(None))
                .values(status="running", started_at=func.coalesce(ORDERS.c.started_at, now()))
            ).rowcount
            if changed:
                event = status_event(order.id, "running", spent=0)
                add_events(db, [event], most=self._limits.events_kept)
            return _get(db, order.tenant, order.id) if changed else None

        return await self._database.write(work)

    async def raise_budget(self, order: Order) -> Order | None:
        """Gives an order that has used up its share of a batch what others of the batch left.

        Returns it as it is now; None if nothing is left for it, or it is not wanted any more.
        """

        def work(db: Connection) -> Order | None:
            lock_batch_of(db, order.id)
            wanted = (_held(order), ORDERS.c.cancel_requested_at.is_(None))
            mine = db.execute(select(ORDERS.c.batch).where(*wanted)).scalar_one_or_none()
            if mine is None or not raise_share(db, order.id, mine):
                return None
            return _get(db, order.tenant, order.id)

        return await self._database.write(work)

    async def request_cancel(self, tenant: str, order_id: str) -> Order | None:
        """Records that an order is not wanted any more, and cancels it if nobody works on it.

        Returns the order as it is now; None if the tenant has none with this id.
        """

        def work(db: Connection) -> Order | None:
            lock_batch_of(db, order_id)
            mine = (ORDERS.c.id == order_id) & (ORDERS.c.tenant == tenant) & _UNFINISHED
            time = now()
            db.execute(
                update(ORDERS)
                .where(mine, ORDERS.c.cancel_requested_at.is_(None))
                .values(cancel_requested_at=time)
            )
            never_begun = (ORDERS.c.status == "queued") & ORDERS.c.started_at.is_(None)
            ended = {"status": "cancelled", "finished_at": time}
            if db.execute(update(ORDERS).where(mine, never_begun).values(**ended)).rowcount:
                event = status_event(order_id, "cancelled", spent=0)
                add_events(db, [event], most=self._limits.events_kept)
                order_ended(db, order_id)
            return _get(db, tenant, order_id)

        return await self._database.write(work)

    async def finish(
        self,
        order: Order,
        status: OrderStatus,
        *,
        outcome: Outcome | None = None,
        problem: ProblemDocument | None = None,
        spent: MicroUSD,
        events: Sequence[NewEvent] = (),
    ) -> MicroUSD | None:
        """Records how an order ended, and returns what it is charged.

        It is None, and nothing is changed, if it had ended or was taken over before.

        `events` are recorded before the event that it ended.
        """

        def work(db: Connection) -> MicroUSD | None:
            lock_batch_of(db, order.id)
            extra = self._cache_price if is_cached(outcome) else NO_MONEY
            stored = _get(db, order.tenant, order.id) or order
            changed = db.execute(
                update(ORDERS)
                .where(_held(order))
                .values(
                    status=status,
                    lease_owner=None,
                    lease_until=None,
                    outcome=None if outcome is None else outcome.model_dump_json(),
                    problem=None if problem is None else problem.model_dump_json(),
                    finished_at=now(),
                    spent=spent,
                    charged=(charged := charge(stored, status, spent=spent, extra=extra)),
                )
            ).rowcount
            if changed:
                last = status_event(order.id, status, spent=spent)
                add_events(db, [*events, last], most=self._limits.events_kept)
                order_ended(db, order.id)
                if outcome is not None:
                    remember(db, order, outcome)
            return charged if changed else None

        return await self._database.write(work)


class _Repeated(Exception):
    """Another transaction stored the same idempotency key or quote."""


def _held(order: Order) -> ColumnElement[bool]:
    """Whether an order is unfinished, and in nobody else's hands since it was taken."""
    return (ORDERS.c.id == order.id) & (ORDERS.c.lease == order.lease) & _UNFINISHED


def same_request(earlier: Order, digest: str) -> Order:
    """Returns the order of an idempotency key; raises Problem if this request asks for another."""
    if earlier.request_sha256 != digest:
        detail = "This key was used for a request with another body; use a new key for a new order"
        raise Problem(IDEMPOTENCY_KEY_REUSED, detail)
    return earlier


def _get(db: Connection, tenant: str, order_id: str) -> Order | None:
    row = db.execute(
        select(ORDERS).where(ORDERS.c.id == order_id, ORDERS.c.tenant == tenant)
    ).first()
    return None if row is None else order_of(row._mapping)


def _page(db: Connection, tenant: str, selection: Selection) -> list[Order]:
    chosen = select(ORDERS).where(ORDERS.c.tenant == tenant, ORDERS.c.kind == selection.kind)
    if selection.after is not None:
        number = db.execute(
            select(ORDERS.c.number).where(ORDERS.c.id == selection.after, ORDERS.c.tenant == tenant)
        ).scalar_one_or_none()
        if number is None:
            raise Problem(BAD_CURSOR, "after: is not the id of an order", fields=["after"])
        chosen = chosen.where(ORDERS.c.number < number)
    if selection.statuses:
        chosen = chosen.where(ORDERS.c.status.in_(selection.statuses))
    if selection.batch is not None:
        chosen = chosen.where(ORDERS.c.batch == selection.batch)
    if selection.created_after is not None:
        chosen = chosen.where(ORDERS.c.created_at >= selection.created_after)
    if selection.created_before is not None:
        chosen = chosen.where(ORDERS.c.created_at < selection.created_before)
    for name, value in selection.metadata.items():
        tagged = select(ORDER_METADATA.c.order_id).where(
            ORDER_METADATA.c.name == name, ORDER_METADATA.c.value == value
        )
        chosen = chosen.where(ORDERS.c.id.in_(tagged))
    rows = db.execute(chosen.order_by(ORDERS.c.number.desc()).limit(selection.limit + 1))
    return [order_of(row._mapping) for row in rows]
