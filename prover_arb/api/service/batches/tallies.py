"""Counts what became of the theorems of a batch."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from prover_arb.api.service.database.schema import ORDERS
from prover_arb.api.service.orders import OrderStatus
from prover_arb.core.theorem import Value


class Tally(Value):
    """How many theorems of a batch have which status, and what they came to."""

    counts: dict[OrderStatus, int]
    spent: int = 0
    """Micro-dollars spent for those that have ended."""
    charged: int = 0
    """Micro-dollars charged for those that have ended."""
    started_at: str | None = None
    """When work on the first of them began."""


def tallies(db: Connection, batch_ids: Sequence[str]) -> dict[str, Tally]:
    """Returns the tally of each batch."""
    row = ORDERS.c
    rows = db.execute(
        select(
            row.batch,
            row.status,
            func.count(),
            func.sum(row.spent),
            func.sum(row.charged),
            func.min(row.started_at),
        )
        .where(row.batch.in_(batch_ids))
        .group_by(row.batch, row.status)
    )
    by_batch: dict[str, Tally] = {batch_id: Tally(counts={}) for batch_id in batch_ids}
    for batch_id, status, count, spent, charged, started_at in rows:
        before = by_batch[batch_id]
        starts = [time for time in (before.started_at, started_at) if time is not None]
        by_batch[batch_id] = Tally(
            counts={**before.counts, status: count},
            spent=before.spent + int(spent),
            charged=before.charged + int(charged),
            started_at=min(starts, default=None),
        )
    return by_batch
