"""Keeps quotes in the database, and what became of those that were ordered."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, func, insert, select

from prover_arb.api.problem_documents import Problem
from prover_arb.api.problem_kinds import TOO_MANY_QUOTES
from prover_arb.api.service.database.database import Database
from prover_arb.api.service.database.schema import ORDERS, QUOTES
from prover_arb.api.service.quotes import ProofQuote, quote_of, quote_row

KEPT = timedelta(days=1)
"""How long a quote that was not ordered is still known after it expired."""

_ORDERED = exists().where(ORDERS.c.quote == QUOTES.c.id)


class QuoteStore:
    """The quotes of one service; a tenant may have at most `most_per_tenant` that are valid."""

    def __init__(self, database: Database, *, most_per_tenant: int) -> None:
        self._database = database
        self._most = most_per_tenant

    async def add(self, quote: ProofQuote) -> None:
        """Stores a quote, and forgets the tenant's old ones that nothing came of.

        Raises:
            Problem: the tenant has too many valid quotes.
        """

        def work(db: Connection) -> None:
            mine = QUOTES.c.tenant == quote.tenant
            before = datetime.fromisoformat(quote.created_at) - KEPT
            old = QUOTES.c.valid_until < before.isoformat(timespec="milliseconds")
            db.execute(delete(QUOTES).where(mine, old, ~_ORDERED))
            valid = QUOTES.c.valid_until >= quote.created_at
            open_quotes = select(func.count()).select_from(QUOTES).where(mine, valid, ~_ORDERED)
            count = db.execute(open_quotes).scalar_one()
            if count >= self._most:
                detail = f"{count} quotes of this key are valid and not ordered"
                raise Problem(TOO_MANY_QUOTES, detail)
            db.execute(insert(QUOTES).values(**quote_row(quote)))

        await self._database.write(work)

    async def get(self, tenant: str, quote_id: str) -> ProofQuote | None:
        """Returns a quote of this tenant, or None if it has none with this id."""
        query = select(QUOTES).where(QUOTES.c.id == quote_id, QUOTES.c.tenant == tenant)
        row = await self._database.read(lambda db: db.execute(query).first())
        return None if row is None else quote_of(row._mapping)

    async def settled(self) -> list[tuple[float, bool]]:
        """Returns, for every quote that was ordered, its probability and whether it was proved.

        Orders that were cancelled or failed say nothing about it and are left out.
        """
        query = (
            select(QUOTES.c.probability, ORDERS.c.status)
            .join(ORDERS, ORDERS.c.quote == QUOTES.c.id)
            .where(ORDERS.c.status.in_(("proved", "refuted", "exhausted")))
        )
        rows = await self._database.read(lambda db: db.execute(query).all())
        return [(float(probability), status == "proved") for probability, status in rows]
