"""Keeps the events of orders, and tells those who wait that there are new ones."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

from sqlalchemy import Connection, func, insert, select

from prover_arb.api.service.database.database import Database, now
from prover_arb.api.service.database.schema import EVENTS, ORDERS
from prover_arb.api.service.usd import dollars
from prover_arb.core.theorem import Value
from prover_arb.errors import LedgerError

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often is looked for events that another replica recorded: once for all who watch."""

EventKind = Literal[
    "queued",
    "running",
    "purchase",
    "delivery",
    "verdict",
    "escalation",
    "lost",
    "cancelled_purchase",
    "truncated",
    "proved",
    "refuted",
    "exhausted",
    "cancelled",
    "failed",
]
"""What happened: a status of the order, a step of a purchase, or that later steps are left out."""

LAST_EVENTS = frozenset({"proved", "refuted", "exhausted", "cancelled", "failed"})
"""After one of these there are no more events of an order."""


class NewEvent(Value):
    """Something that happened to an order."""

    order_id: str
    kind: EventKind
    purchase: int | None = None
    """The id of the purchase in the ledger."""
    data: Mapping[str, object]


class Event(NewEvent):
    """An event as it was recorded."""

    number: int
    """Counts the events of the order, from 1."""
    created_at: str


def status_event(order_id: str, status: EventKind, *, spent: int) -> NewEvent:
    """Returns the event that an order has a new status."""
    return NewEvent(
        order_id=order_id, kind=status, data={"status": status, "spent_usd": dollars(spent)}
    )


def add_events(db: Connection, events: Sequence[NewEvent], *, most: int) -> None:
    """Records events, in the caller's transaction.

    When an order has `most` events, one that says so is the last before the one that ends it.
    """
    counts: dict[str, int] = {}
    rows = []
    for event in events:
        if event.order_id not in counts:
            counts[event.order_id] = _count(db, event.order_id)
        number = counts[event.order_id] + 1
        kind, data = event.kind, event.data
        if kind not in LAST_EVENTS:
            if number > most:
                continue
            if number == most:
                kind, data = "truncated", {"kept": most}
        counts[event.order_id] = number
        rows.append(
            {
                "order_id": event.order_id,
                "number": number,
                "created_at": now(),
                "kind": kind,
                "purchase": event.purchase,
                "data": json.dumps(data),
            }
        )
    if rows:
        db.execute(insert(EVENTS), rows)


def _count(db: Connection, order_id: str) -> int:
    last = select(func.coalesce(func.max(EVENTS.c.number), 0)).where(EVENTS.c.order_id == order_id)
    return int(db.execute(last).scalar_one())


class EventStore:
    """The events of all orders, and a signal for each order that somebody watches."""

    def __init__(self, database: Database, *, most: int) -> None:
        self._database = database
        self._most = most
        self._watchers: dict[str, set[asyncio.Event]] = {}
        self._last: dict[str, int] = {}
        """The number of the last event of each order that is watched, when it was looked for."""

    async def run(self) -> None:
        """Tells those who watch of events that other replicas recorded, until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look()
            except LedgerError as error:
                log.warning("events of other replicas are not read yet: %s", error)

    async def _look(self) -> None:
        if not self._watchers:
            self._last = {}
            return
        last = (
            select(EVENTS.c.order_id, func.max(EVENTS.c.number).label("last"))
            .where(EVENTS.c.order_id.in_([*self._watchers]))
            .group_by(EVENTS.c.order_id)
        )
        rows = await self._database.read(lambda db: db.execute(last).all())
        before, self._last = self._last, {row.order_id: row.last for row in rows}
        for order_id, number in self._last.items():
            if before.get(order_id) != number:
                self.signal(order_id)

    async def add(self, events: Sequence[NewEvent], *, leases: Mapping[str, int]) -> None:
        """Records events and tells those who wait for them.

        Events of an order are left out unless its lease has the number in `leases`: if it does not,
        the replica that took the order over records them. So are steps of purchases that are
        recorded already, since a database that went away may have stored what it did not confirm.
        """
        await self._database.write(lambda db: self._add(db, events, leases))
        for order_id in {event.order_id for event in events}:
            self.signal(order_id)

    def _add(self, db: Connection, events: Sequence[NewEvent], leases: Mapping[str, int]) -> None:
        leased = select(ORDERS.c.id, ORDERS.c.lease).where(ORDERS.c.id.in_(leases))
        held = {
            row.id
            for row in db.execute(leased.order_by(ORDERS.c.id).with_for_update())
            if row.lease == leases[row.id]
        }
        mine = (EVENTS.c.order_id.in_(held), EVENTS.c.purchase.in_({e.purchase for e in events}))
        steps = select(EVENTS.c.order_id, EVENTS.c.purchase, EVENTS.c.kind).where(*mine)
        recorded = {tuple(row) for row in db.execute(steps)}
        own = [
            event
            for event in events
            if event.order_id in held
            and (event.order_id, event.purchase, event.kind) not in recorded
        ]
        add_events(db, own, most=self._most)

    async def after(self, order_id: str, number: int, *, most: int = 500) -> list[Event]:
        """Returns the events of an order after the one with this number, at most `most`."""

        def work(db: Connection) -> list[Event]:
            rows = db.execute(
                select(EVENTS)
                .where(EVENTS.c.order_id == order_id, EVENTS.c.number > number)
                .order_by(EVENTS.c.number)
                .limit(most)
            )
            return [
                Event.model_validate(dict(row._mapping) | {"data": json.loads(row.data)})
                for row in rows
            ]

        return await self._database.read(work)

    async def more_to_come(self, order_id: str, number: int) -> bool:
        """Returns whether an order may have events after the one with this number."""

        def work(db: Connection) -> bool:
            row = db.execute(
                select(ORDERS.c.finished_at, func.max(EVENTS.c.number))
                .join_from(ORDERS, EVENTS, isouter=True)
                .where(ORDERS.c.id == order_id)
                .group_by(ORDERS.c.finished_at)
            ).first()
            return row is not None and (row[0] is None or (row[1] or 0) > number)

        return await self._database.read(work)

    def signal(self, order_id: str) -> None:
        """Tells those who watch an order that something happened to it."""
        for changed in self._watchers.get(order_id, ()):
            changed.set()

    @contextmanager
    def watch(self, order_id: str) -> Iterator[asyncio.Event]:
        """Gives an event of asyncio that is set whenever something happens to an order."""
        changed = asyncio.Event()
        watchers = self._watchers.setdefault(order_id, set())
        watchers.add(changed)
        try:
            yield changed
        finally:
            watchers.discard(changed)
            if not watchers:
                self._watchers.pop(order_id, None)
