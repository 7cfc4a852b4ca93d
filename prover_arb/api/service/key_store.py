"""API keys: made once, shown once, and stored as hashes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from prover_arb.api.service.admission import taken
from prover_arb.api.service.database.database import Database, now
from prover_arb.api.service.database.schema import KEYS
from prover_arb.core.money import NO_MONEY, MicroUSD
from prover_arb.core.theorem import Value
from prover_arb.errors import InputError

PREFIX = "pa_"
"""Every key begins with it, so that one that leaked is recognised."""

Scope = Literal["verify", "prove", "operate"]
"""What a key allows: to judge candidates, to order proofs, to read the service's metrics."""

SCOPES: tuple[Scope, ...] = ("verify", "prove", "operate")
USUAL_SCOPES: tuple[Scope, ...] = ("verify", "prove")


class ApiKey(Value):
    """A key without its secret."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    budget: MicroUSD | None
    """What all its orders may cost together; None is no limit."""
    per_minute: int | None
    """How many requests it may send in any minute; None is no limit."""
    created_at: str
    revoked_at: str | None
    taken: MicroUSD = NO_MONEY
    """What its orders were charged, or may still spend while they are open."""


class KeyStore:
    """The keys of one service. `_now` methods run in the caller's thread, for the command line."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create_now(
        self,
        name: str,
        *,
        scopes: Sequence[Scope] = USUAL_SCOPES,
        budget: MicroUSD | None = None,
        per_minute: int | None = None,
    ) -> tuple[str, ApiKey]:
        """Makes a key, and returns its secret, which is stored nowhere, and what it allows."""
        secret = PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(
            id=f"key_{secrets.token_hex(8)}",
            name=name,
            scopes=tuple(scopes),
            budget=budget,
            per_minute=per_minute,
            created_at=now(),
            revoked_at=None,
        )
        row = key.model_dump(exclude={"taken"}) | {
            "scopes": " ".join(key.scopes),
            "sha256": _hash(secret),
        }
        self._database.write_now(lambda db: db.execute(insert(KEYS).values(**row)))
        return secret, key

    def list_now(self) -> list[ApiKey]:
        """Returns all keys, oldest first."""

        def work(db: Connection) -> list[ApiKey]:
            sums = taken(db)
            rows = db.execute(select(KEYS).order_by(KEYS.c.created_at, KEYS.c.id))
            return [_key(row, sums.get(row.id, 0)) for row in rows]

        return self._database.read_now(work)

    def revoke_now(self, key_id: str) -> ApiKey:
        """Revokes a key; its orders stay.

        Raises:
            InputError: there is no such key.
        """

        def work(db: Connection) -> Row[tuple[object, ...]] | None:
            ended = func.coalesce(KEYS.c.revoked_at, now())
            db.execute(update(KEYS).where(KEYS.c.id == key_id).values(revoked_at=ended))
            return db.execute(select(KEYS).where(KEYS.c.id == key_id)).first()

        row = self._database.write_now(work)
        if row is None:
            raise InputError(f"no key has the id {key_id!r}; `prover-arb keys list` shows them")
        return _key(row)

    async def required(self) -> bool:
        """Returns whether requests need a key: whether there ever was one."""
        query = select(func.count()).select_from(KEYS)
        return await self._database.read(lambda db: bool(db.execute(query).scalar_one()))

    async def find(self, secret: str) -> ApiKey | None:
        """Returns the key of a secret; None if there is none or it is revoked."""
        query = select(KEYS).where(KEYS.c.sha256 == _hash(secret), KEYS.c.revoked_at.is_(None))
        row = await self._database.read(lambda db: db.execute(query).first())
        return None if row is None else _key(row)


def _key(row: Row[tuple[object, ...]], taken: int = 0) -> ApiKey:
    fields = {name: value for name, value in row._mapping.items() if name != "sha256"}
    fields["scopes"] = tuple(str(fields["scopes"]).split())
    return ApiKey.model_validate(fields | {"taken": taken})


def _hash(secret: str) -> str:
    """Returns the hash under which a secret is stored; secrets are random, so none needs salt."""
    return hashlib.sha256(secret.encode()).hexdigest()
