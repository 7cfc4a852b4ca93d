"""What follows, in the same transaction, when an order has ended: its batch may end, and messages
are to be sent."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from prover_arb.api.service.batches.batch import batch_of
from prover_arb.api.service.batches.tallies import tallies
from prover_arb.api.service.database.database import now
from prover_arb.api.service.database.schema import BATCHES, ORDERS
from prover_arb.api.service.orders import order_of
from prover_arb.api.service.webhooks.delivery_store import add_delivery
from prover_arb.api.service.webhooks.messages import batch_ended, file_ended, proof_ended


def order_ended(db: Connection, order_id: str) -> None:
    """Does what follows the end of an order; its batch is locked already."""
    order = order_of(db.execute(select(ORDERS).where(ORDERS.c.id == order_id)).one()._mapping)
    if order.webhook is not None:
        message = file_ended(order) if order.kind == "file" else proof_ended(order)
        add_delivery(db, order.tenant, order.webhook, message)
    if order.batch is not None:
        end_if_done(db, order.batch)


def end_if_done(db: Connection, batch_id: str) -> None:
    """Ends a batch, which is locked already, if all its orders have ended."""
    open_orders = select(ORDERS.c.id).where(
        ORDERS.c.batch == batch_id, ORDERS.c.finished_at.is_(None)
    )
    if db.execute(open_orders.limit(1)).first() is not None:
        return
    tally = tallies(db, [batch_id])[batch_id]
    mine = BATCHES.c.id == batch_id
    ended = update(BATCHES).where(mine, BATCHES.c.finished_at.is_(None))
    if not db.execute(ended.values(finished_at=now(), charged=tally.charged)).rowcount:
        return
    batch = batch_of(db.execute(select(BATCHES).where(mine)).one()._mapping)
    if batch.webhook is not None:
        add_delivery(db, batch.tenant, batch.webhook, batch_ended(batch, tally))
