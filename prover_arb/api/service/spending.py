"""What a customer's orders cost day by day: what was spent on them, and what was charged."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from sqlalchemy import Connection, case, func, select

from prover_arb.api.service.database.database import Database
from prover_arb.api.service.database.schema import ORDERS
from prover_arb.core.theorem import Value


class DaySpending(Value):
    """The orders that ended on one day; amounts are in micro-dollars."""

    day: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    """The day in UTC."""
    orders: int
    """How many ended."""
    proved: int
    """How many of them were proved."""
    spent: int
    """What provers and the oracle were paid for them."""
    charged: int
    """What the customer was charged for them."""


class SpendingStore:
    """Sums the orders of one customer; the database is the one that has the orders."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, tenant: str, day: str) -> list[DaySpending]:
        """Returns the days from `day` on when orders of this tenant ended, oldest first."""
        return await self._database.read(lambda db: _since(db, tenant, day))


def _since(db: Connection, tenant: str, day: str) -> list[DaySpending]:
    ended = func.substr(ORDERS.c.finished_at, 1, len("2026-11-27")).label("day")
    rows = db.execute(
        select(
            ended,
            func.count().label("orders"),
            func.sum(case((ORDERS.c.status == "proved", 1), else_=0)).label("proved"),
            func.sum(ORDERS.c.spent).label("spent"),
            func.sum(ORDERS.c.charged).label("charged"),
        )
        .where(ORDERS.c.tenant == tenant, ORDERS.c.finished_at >= day)
        .group_by(ended)
        .order_by(ended)
    )
    # PostgreSQL sums whole numbers to decimal ones.
    return [
        DaySpending(
            day=row.day,
            orders=row.orders,
            proved=int(row.proved),
            spent=int(row.spent),
            charged=int(row.charged),
        )
        for row in rows
    ]
