"""Keeps Lean files and what has become of them; the order of a file is kept as every other."""

from __future__ import annotations

from sqlalchemy import Connection, exists, insert, select, update

from prover_arb.api.service.database.database import Database
from prover_arb.api.service.database.schema import FILES, ORDERS
from prover_arb.api.service.orders import Order
from prover_arb.core.money import MicroUSD
from prover_arb.core.theorem import Value
from prover_arb.runtime.filling import FilledFile


class OrderedFile(Value):
    """A Lean text to fill."""

    order_id: str
    text: str
    """As it was sent."""
    theorem_budget: MicroUSD | None = None
    """What one of its theorems may cost at most."""
    filled: FilledFile | None = None
    """What has become of it so far; None until a theorem has ended."""


def add_file(db: Connection, file: OrderedFile) -> None:
    """Stores a file, in the transaction that stores its order."""
    fields = file.model_dump(include={"order_id", "text", "theorem_budget"})
    db.execute(insert(FILES).values(**fields))


class FileStore:
    """The files of one service."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, order_id: str) -> OrderedFile:
        """Returns the file of an order that is for one."""
        query = select(FILES).where(FILES.c.order_id == order_id)
        row = await self._database.read(lambda db: db.execute(query).one())
        fields = dict(row._mapping)
        if fields["filled"] is not None:
            fields["filled"] = FilledFile.model_validate_json(fields["filled"])
        return OrderedFile.model_validate(fields)

    async def keep(self, order: Order, filled: FilledFile) -> None:
        """Stores what has become of a file so far, unless another replica took over its order."""
        held = exists().where(ORDERS.c.id == order.id, ORDERS.c.lease == order.lease)
        change = (
            update(FILES)
            .where(FILES.c.order_id == order.id, held)
            .values(filled=filled.model_dump_json())
        )
        await self._database.write(lambda db: db.execute(change))
