"""The queue of orders in the database, from which all replicas of the service take.

Tenants take turns, and the orders of each are served as they came. A replica that takes an order
has a lease of it, which it renews as long as it lives; once a lease has run out, another replica
takes the order over. Each lease of an order has the next number, and is taken by an update that
succeeds for one replica alone. The ledger knows the number, too (`ProofJob.lease`), so that a
replica that lost its lease without knowing it buys nothing more.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    exists,
    func,
    or_,
    select,
    text,
    update,
)

from prover_arb.api.service.database.database import Database
from prover_arb.api.service.database.schema import ORDERS, TURNS
from prover_arb.api.service.orders import Order, order_of
from prover_arb.api.service.replica_id import has_ended, new_replica_id

_UNFINISHED = ORDERS.c.finished_at.is_(None)
_WAITS = ORDERS.c.lease_owner.is_(None)
_QUEUED = {"status": "queued", "lease_owner": None, "lease_until": None}

_SERVED = text(
    "INSERT INTO turns (tenant, served_at) VALUES (:tenant, :at)"
    " ON CONFLICT (tenant) DO UPDATE SET served_at = :at"
)


@dataclass(frozen=True)
class Tended:
    """What happened to the orders that this replica works on."""

    lost: frozenset[str] = frozenset()
    """Those that are finished, or were taken over."""
    cancelled: frozenset[str] = frozenset()
    """Those that their tenants do not want any more."""


@dataclass(frozen=True)
class _Waiting:
    """The orders of one tenant that wait."""

    tenant: str
    count: int
    first: int
    """The number of the oldest."""
    turn: tuple[str, int]
    """Since when the tenant waits for its turn; earlier turns come first."""


class OrderQueue:
    """The orders that wait, as this replica sees and takes them."""

    def __init__(self, database: Database, *, lease_seconds: float) -> None:
        self.replica = new_replica_id()
        self._database = database
        self._seconds = lease_seconds

    async def take(self) -> Order | None:
        """Takes the next order, so that no other replica works on it; None if none waits."""
        # Most of the time none does, and looking disturbs nobody.
        if not await self._database.read(_any_waits):
            return None
        return await self._database.write(self._take)

    def _take(self, db: Connection) -> Order | None:
        for waiting in sorted(_waiting(db), key=lambda waiting: waiting.turn):
            row = db.execute(
                update(ORDERS)
                .where(ORDERS.c.number == waiting.first, _UNFINISHED, _WAITS)
                .values(
                    lease_owner=self.replica,
                    lease=ORDERS.c.lease + 1,
                    lease_until=_clock(db) + self._seconds,
                )
                .returning(*ORDERS.c)
            ).first()
            if row is not None:
                served = datetime.now(UTC).isoformat(timespec="microseconds")
                db.execute(_SERVED, {"tenant": waiting.tenant, "at": served})
                return order_of(row._mapping)
        return None

    async def tend(self, leases: Mapping[str, int]) -> Tended:
        """Renews the leases of the orders that this replica works on, given by their numbers.

        It also lets go of orders whose replicas have ended, whoever they were.
        """
        return await self._database.write(lambda db: self._tend(db, leases))

    def _tend(self, db: Connection, leases: Mapping[str, int]) -> Tended:
        clock = _clock(db)
        rows = db.execute(
            update(ORDERS)
            .where(ORDERS.c.id.in_(leases), _UNFINISHED, ORDERS.c.lease_owner == self.replica)
            .values(lease_until=clock + self._seconds)
            .returning(ORDERS.c.id, ORDERS.c.lease, ORDERS.c.cancel_requested_at)
        ).all()
        _free_abandoned(db, clock)
        held = {row.id: row for row in rows if row.lease == leases[row.id]}
        cancelled = {order_id for order_id, row in held.items() if row.cancel_requested_at}
        return Tended(frozenset(leases.keys() - held.keys()), frozenset(cancelled))

    async def cancelled(self, order_ids: Collection[str]) -> frozenset[str]:
        """Returns which of these orders their tenants do not want any more."""
        wanted = select(ORDERS.c.id).where(
            ORDERS.c.id.in_(order_ids), _UNFINISHED, ORDERS.c.cancel_requested_at.is_not(None)
        )
        rows = await self._database.read(lambda db: db.execute(wanted).scalars().all())
        return frozenset(rows)

    async def put_back(self, order: Order) -> None:
        """Puts an order back that this replica took and does not work on any more."""
        await self._put_back(ORDERS.c.id == order.id, ORDERS.c.lease == order.lease)

    async def put_all_back(self) -> None:
        """Puts back whatever this replica still has."""
        await self._put_back()

    async def _put_back(self, *which: ColumnElement[bool]) -> None:
        parked = update(ORDERS).where(_UNFINISHED, ORDERS.c.lease_owner == self.replica, *which)
        await self._database.write(lambda db: db.execute(parked.values(_QUEUED)))

    async def places(self, orders: Collection[Order]) -> dict[str, int]:
        """Returns the places in the queue, from 1, of those of a tenant's orders that wait."""
        queued = [order for order in orders if order.status == "queued"]
        if not queued:
            return {}
        return await self._database.read(lambda db: _places(db, queued[0].tenant, queued))

    async def depth(self) -> int:
        """Returns how many orders wait, for whichever replica."""
        count = select(func.count()).select_from(ORDERS).where(_UNFINISHED, _WAITS)
        return await self._database.read(lambda db: db.execute(count).scalar_one())


def _free_abandoned(db: Connection, clock: float) -> None:
    """Puts orders back into the queue whose lease ran out or whose replica has ended."""
    owned = select(ORDERS.c.lease_owner).where(_UNFINISHED, ~_WAITS).distinct()
    owners = [str(owner) for owner in db.execute(owned).scalars()]
    if not owners:
        return
    ended = [owner for owner in owners if has_ended(owner)]
    ran_out = ORDERS.c.lease_until < clock
    db.execute(
        update(ORDERS)
        .where(_UNFINISHED, ~_WAITS, or_(ran_out, ORDERS.c.lease_owner.in_(ended)))
        .values(_QUEUED)
    )


def _any_waits(db: Connection) -> bool:
    return bool(db.execute(select(exists().where(_UNFINISHED, _WAITS))).scalar_one())


def _waiting(db: Connection) -> list[_Waiting]:
    tenants = (
        select(
            ORDERS.c.tenant, func.count().label("orders"), func.min(ORDERS.c.number).label("first")
        )
        .where(_UNFINISHED, _WAITS)
        .group_by(ORDERS.c.tenant)
        .subquery()
    )
    rows = db.execute(
        select(tenants, ORDERS.c.created_at, TURNS.c.served_at)
        .join(ORDERS, ORDERS.c.number == tenants.c.first)
        .outerjoin(TURNS, TURNS.c.tenant == tenants.c.tenant)
    )
    return [
        _Waiting(
            tenant=row.tenant,
            count=row.orders,
            first=row.first,
            turn=(max(row.created_at, row.served_at or ""), row.first),
        )
        for row in rows
    ]


def _places(db: Connection, tenant: str, orders: Collection[Order]) -> dict[str, int]:
    mine = select(ORDERS.c.id).where(_UNFINISHED, _WAITS, ORDERS.c.tenant == tenant)
    ids = list(db.execute(mine.order_by(ORDERS.c.number)).scalars())
    everybody = _waiting(db)
    own_turn = next((waiting.turn for waiting in everybody if waiting.tenant == tenant), None)
    others = [waiting for waiting in everybody if waiting.tenant != tenant]
    before = {order_id: index for index, order_id in enumerate(ids)}
    places = {}
    for order in orders:
        if own_turn is None or order.id not in before:
            continue
        own = before[order.id]
        # Who has the turn before this tenant has one more order served before this one.
        ahead = sum(min(other.count, own + (other.turn < own_turn)) for other in others)
        places[order.id] = own + ahead + 1
    return places


def _clock(db: Connection) -> float:
    """Returns the seconds of a clock that all replicas share: that of the database's machine."""
    if db.dialect.name == "sqlite":
        return time.time()
    return float(db.execute(select(func.extract("epoch", func.clock_timestamp()))).scalar_one())
