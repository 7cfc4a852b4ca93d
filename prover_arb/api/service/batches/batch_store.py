"""Keeps batches in the database. Each change is one transaction, done before it is acknowledged."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import BAD_CURSOR, IDEMPOTENCY_KEY_REUSED
from prover_arb.api.service.admission import locked_budget, require_funds, require_room
from prover_arb.api.service.batches.batch import Batch, batch_of, batch_row
from prover_arb.api.service.batches.tallies import Tally, tallies
from prover_arb.api.service.database.database import Database, now
from prover_arb.api.service.database.schema import BATCHES, ORDERS
from prover_arb.api.service.endings import end_if_done
from prover_arb.api.service.event_store import add_events, status_event
from prover_arb.api.service.orders import Order, order_of, row_of
from prover_arb.api.service.service_limits import ServiceLimits


class BatchStore:
    """The batches of one service."""

    def __init__(self, database: Database, limits: ServiceLimits) -> None:
        self._database = database
        self._limits = limits

    async def place(self, batch: Batch, orders: Sequence[Order]) -> tuple[Batch, bool]:
        """Stores a batch with its orders, and returns it and whether it is new.

        If the tenant used its idempotency key before, for the same batch, that one is returned.

        Raises:
            Problem: the key was used for another batch, the tenant or the service has too many
                open orders, or the tenant's budget does not cover the batch.
        """
        try:
            return await self._database.write(lambda db: self._place(db, batch, orders))
        except _Repeated:
            # Another replica took the same key at the same moment.
            return await self._database.write(lambda db: self._place(db, batch, orders))

    def _place(self, db: Connection, batch: Batch, orders: Sequence[Order]) -> tuple[Batch, bool]:
        budget = locked_budget(db, batch.tenant)
        if batch.idempotency_key is not None:
            earlier = _first(
                db,
                BATCHES.c.tenant == batch.tenant,
                BATCHES.c.idempotency_key == batch.idempotency_key,
            )
            if earlier is not None:
                return same_batch(earlier, batch.request_sha256), False
        require_room(db, self._limits, batch.tenant, new=len(orders))
        require_funds(db, batch.tenant, batch.budget, budget)
        try:
            with db.begin_nested():
                db.execute(insert(BATCHES).values(**batch_row(batch)))
        except IntegrityError:
            raise _Repeated from None
        db.execute(insert(ORDERS), [row_of(order) for order in orders])
        events = [status_event(order.id, "queued", spent=0) for order in orders]
        add_events(db, events, most=self._limits.events_kept)
        return batch, True

    async def with_key(self, tenant: str, key: str) -> Batch | None:
        """Returns the batch that a tenant placed with an idempotency key, if there is one."""
        mine = (BATCHES.c.tenant == tenant, BATCHES.c.idempotency_key == key)
        return await self._database.read(lambda db: _first(db, *mine))

    async def get(self, tenant: str, batch_id: str) -> tuple[Batch, Tally] | None:
        """Returns a batch of this tenant and its tally; None if it has none with this id."""

        def work(db: Connection) -> tuple[Batch, Tally] | None:
            batch = _first(db, BATCHES.c.id == batch_id, BATCHES.c.tenant == tenant)
            return None if batch is None else (batch, tallies(db, [batch.id])[batch.id])

        return await self._database.read(work)

    async def page(
        self, tenant: str, *, after: str | None, limit: int
    ) -> list[tuple[Batch, Tally]]:
        """Returns one batch more than the page holds, if there are more, the newest first.

        Raises:
            Problem: the page begins after no batch of this tenant.
        """

        def work(db: Connection) -> list[tuple[Batch, Tally]]:
            mine = select(BATCHES).where(BATCHES.c.tenant == tenant)
            if after is not None:
                last = select(BATCHES.c.number).where(
                    BATCHES.c.id == after, BATCHES.c.tenant == tenant
                )
                number = db.execute(last).scalar_one_or_none()
                if number is None:
                    detail = "after: is not the id of a batch"
                    raise Problem(BAD_CURSOR, detail, fields=["after"])
                mine = mine.where(BATCHES.c.number < number)
            rows = db.execute(mine.order_by(BATCHES.c.number.desc()).limit(limit + 1))
            batches = [batch_of(row._mapping) for row in rows]
            counted = tallies(db, [batch.id for batch in batches])
            return [(batch, counted[batch.id]) for batch in batches]

        return await self._database.read(work)

    async def orders_after(self, batch_id: str, place: int, *, most: int) -> list[Order]:
        """Returns orders of a batch in its order, those after a place, at most `most`."""
        chosen = (
            select(ORDERS)
            .where(ORDERS.c.batch == batch_id, ORDERS.c.batch_place > place)
            .order_by(ORDERS.c.batch_place)
            .limit(most)
        )

        def work(db: Connection) -> list[Order]:
            return [order_of(row._mapping) for row in db.execute(chosen)]

        return await self._database.read(work)

    async def running(self, batch_ids: Sequence[str]) -> list[tuple[str, str]]:
        """Returns, for all orders in these batches that were begun and not ended, batch and id."""
        chosen = select(ORDERS.c.batch, ORDERS.c.id).where(
            ORDERS.c.batch.in_(batch_ids),
            ORDERS.c.finished_at.is_(None),
            ORDERS.c.started_at.is_not(None),
        )
        rows = await self._database.read(lambda db: db.execute(chosen).all())
        return [(batch, order_id) for batch, order_id in rows]

    async def request_cancel(self, batch: Batch) -> list[Order]:
        """Records that a batch is not wanted any more, and cancels its orders that never began.

        Returns its orders that were not finished, as they are now.
        """

        def work(db: Connection) -> list[Order]:
            db.execute(select(BATCHES.c.id).where(BATCHES.c.id == batch.id).with_for_update())
            time, unfinished = now(), ORDERS.c.finished_at.is_(None)
            mine = (ORDERS.c.batch == batch.id) & unfinished
            ids = [row.id for row in db.execute(select(ORDERS.c.id).where(mine))]
            if not ids:
                return []
            db.execute(
                update(BATCHES)
                .where(BATCHES.c.id == batch.id, BATCHES.c.cancel_requested_at.is_(None))
                .values(cancel_requested_at=time)
            )
            db.execute(
                update(ORDERS)
                .where(mine, ORDERS.c.cancel_requested_at.is_(None))
                .values(cancel_requested_at=time)
            )
            db.execute(
                update(ORDERS)
                .where(mine, ORDERS.c.status == "queued", ORDERS.c.started_at.is_(None))
                .values(status="cancelled", finished_at=time)
            )
            orders = [
                order_of(row._mapping)
                for row in db.execute(select(ORDERS).where(ORDERS.c.batch == batch.id))
                if row.id in set(ids)
            ]
            cancelled = [order.id for order in orders if order.finished_at is not None]
            events = [status_event(order_id, "cancelled", spent=0) for order_id in cancelled]
            add_events(db, events, most=self._limits.events_kept)
            end_if_done(db, batch.id)
            return orders

        return await self._database.write(work)


class _Repeated(Exception):
    """Another transaction stored the same idempotency key."""


def same_batch(earlier: Batch, digest: str) -> Batch:
    """Returns the batch of an idempotency key; raises Problem if another one is asked for."""
    if earlier.request_sha256 != digest:
        detail = "This key was used for another batch; use a new key for a new batch"
        raise Problem(IDEMPOTENCY_KEY_REUSED, detail)
    return earlier


def _first(db: Connection, *conditions: ColumnElement[bool]) -> Batch | None:
    row = db.execute(select(BATCHES).where(*conditions)).first()
    return None if row is None else batch_of(row._mapping)
