"""The secret by which a tenant's webhooks are signed.

It is stored as it is, not hashed, because we sign with it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from prover_arb.api.service.database.database import Database, now
from prover_arb.api.service.database.schema import KEYS, WEBHOOK_SECRETS
from prover_arb.api.service.webhooks.signing import new_secret
from prover_arb.errors import InputError

OVERLAP = timedelta(days=1)
"""How long messages have a second signature, with the secret before the last."""


class SecretStore:
    """The secrets of all tenants; a tenant has one as soon as it is asked for.

    `_now` methods run in the caller's thread, for the command line.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def signing(self, tenant: str) -> list[str]:
        """Returns the secrets to sign with: the present one, and for a day the one before."""
        row = await self._database.read(lambda db: _row(db, tenant))
        if row is None:
            return [await self._database.write(lambda db: _ensured(db, tenant))]
        secret, previous, rotated_at = row
        ended = (datetime.now(UTC) - OVERLAP).isoformat(timespec="milliseconds")
        return [secret, *([previous] if previous and rotated_at and rotated_at > ended else [])]

    def show_now(self, tenant: str) -> str:
        """Returns the secret of a key, or with "" that of a service without keys.

        Raises:
            InputError: there is no such key.
        """

        def work(db: Connection) -> str:
            _require_key(db, tenant)
            return _ensured(db, tenant)

        return self._database.write_now(work)

    def rotate_now(self, tenant: str) -> str:
        """Replaces the secret, and returns the new one.

        Raises:
            InputError: there is no such key.
        """

        def work(db: Connection) -> str:
            _require_key(db, tenant)
            previous, secret = _ensured(db, tenant), new_secret()
            db.execute(
                update(WEBHOOK_SECRETS)
                .where(WEBHOOK_SECRETS.c.tenant == tenant)
                .values(secret=secret, previous=previous, rotated_at=now())
            )
            return secret

        return self._database.write_now(work)


def _row(db: Connection, tenant: str) -> tuple[str, str | None, str | None] | None:
    columns = (WEBHOOK_SECRETS.c.secret, WEBHOOK_SECRETS.c.previous, WEBHOOK_SECRETS.c.rotated_at)
    row = db.execute(select(*columns).where(WEBHOOK_SECRETS.c.tenant == tenant)).first()
    return None if row is None else (row[0], row[1], row[2])


def _ensured(db: Connection, tenant: str) -> str:
    """Returns the tenant's secret, which is made if there is none."""
    row = _row(db, tenant)
    if row is not None:
        return row[0]
    secret = new_secret()
    try:
        with db.begin_nested():
            db.execute(insert(WEBHOOK_SECRETS).values(tenant=tenant, secret=secret))
    except IntegrityError:  # another replica made one at the same moment
        row = _row(db, tenant)
        assert row is not None
        return row[0]
    return secret


def _require_key(db: Connection, tenant: str) -> None:
    known = db.execute(select(KEYS.c.id).where(KEYS.c.id == tenant)).first() is not None
    if tenant and not known:
        raise InputError(f"no key has the id {tenant!r}; `prover-arb keys list` shows them")
