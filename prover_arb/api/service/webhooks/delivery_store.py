"""Keeps messages until they are delivered, or given up.

A message is stored in the transaction that ends its order, so that neither is without the other. It
is delivered at least once: a program that dies while it sends leaves the message waiting.
"""

from __future__ import annotations

import secrets
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from prover_arb.api.service.database.database import Database, now
from prover_arb.api.service.database.schema import WEBHOOK_DELIVERIES
from prover_arb.api.service.shapes import Shape
from prover_arb.core.theorem import Value

DeliveryState = Literal["waiting", "delivered", "failed"]

KEPT = timedelta(days=30)
"""How long a message is kept that waits no more, from when it was stored."""

HELD_SECONDS = 60.0
"""How long a message that is being sent is not sent again. It is more than sending may take."""


class Delivery(Value):
    """A message and where it goes."""

    id: str
    """The same at every attempt, so that its receiver can tell repetitions."""
    tenant: str
    url: str
    body: str
    attempts: int
    """How many there were, with the one that is being made."""


def add_delivery(db: Connection, tenant: str, url: str, message: Shape) -> None:
    """Stores a message to be sent, in the caller's transaction."""
    db.execute(
        insert(WEBHOOK_DELIVERIES).values(
            id=f"msg_{secrets.token_hex(12)}",
            tenant=tenant,
            url=url,
            body=message.model_dump_json(),
            created_at=now(),
            state="waiting",
            attempts=0,
            due_at=now(),
        )
    )


class DeliveryStore:
    """The messages of one service's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take_due(
        self, *, most_per_tenant: int, apart_from: AbstractSet[str]
    ) -> list[Delivery]:
        """Takes messages that are due, the oldest of each tenant, and counts an attempt at each.

        No other program takes them for a minute. Those of the tenants `apart_from` are left.
        """
        row = WEBHOOK_DELIVERIES.c
        turn = func.row_number().over(partition_by=row.tenant, order_by=(row.due_at, row.id))
        due = (
            select(row.id, row.due_at, turn.label("turn"))
            .where(row.state == "waiting", row.due_at <= now(), row.tenant.not_in(apart_from))
            .subquery()
        )
        first = select(due.c.id, due.c.due_at).where(due.c.turn <= most_per_tenant)
        candidates = await self._database.read(lambda db: db.execute(first).all())
        if not candidates:
            return []

        def work(db: Connection) -> list[Delivery]:
            taken = []
            for delivery_id, due_at in candidates:
                held = db.execute(
                    update(WEBHOOK_DELIVERIES)
                    .where(row.id == delivery_id, row.state == "waiting", row.due_at == due_at)
                    .values(attempts=row.attempts + 1, due_at=_after(HELD_SECONDS))
                ).rowcount
                if held:
                    found = db.execute(select(WEBHOOK_DELIVERIES).where(row.id == delivery_id))
                    fields = found.one()._mapping
                    taken.append(
                        Delivery.model_validate({n: fields[n] for n in Delivery.model_fields})
                    )
            return taken

        return await self._database.write(work)

    async def settle(
        self, delivery: Delivery, *, answer: str, delivered: bool, again: float | None = None
    ) -> None:
        """Records what an attempt came to; one that failed is made again after `again` seconds."""
        waits = not delivered and again is not None
        state: DeliveryState = "waiting" if waits else "delivered" if delivered else "failed"
        values = {
            "state": state,
            "answer": answer,
            "due_at": _after(again) if waits and again is not None else None,
        }
        change = (
            update(WEBHOOK_DELIVERIES)
            .where(WEBHOOK_DELIVERIES.c.id == delivery.id)
            .values(**values)
        )
        await self._database.write(lambda db: db.execute(change))

    async def forget_old(self) -> None:
        """Deletes messages that were delivered or given up and are old."""
        row = WEBHOOK_DELIVERIES.c
        before = _after(-KEPT.total_seconds())
        old = delete(WEBHOOK_DELIVERIES).where(row.state != "waiting", row.created_at < before)
        await self._database.write(lambda db: db.execute(old))


def _after(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
