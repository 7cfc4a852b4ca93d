"""Databases that an earlier version of this program wrote, brought to the current layout.

The layout's version stands in the file itself (`PRAGMA user_version`). For every earlier version
there is a step of SQL statements that leads to the next one, and all steps that a file needs are
one transaction. Before it, the file as it was is copied to a backup beside it.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

from prover_arb.broker.ledger.overheads import OVERHEADS_TABLE
from prover_arb.broker.ledger.schema import COMMITTED
from prover_arb.core.database import open_database
from prover_arb.errors import LedgerError

log = logging.getLogger(__name__)

Steps = Mapping[int, Sequence[str]]
"""SQL statements by the version that they lead away from, each to the next version."""

LEDGER_STEPS: Steps = {
    4: (
        "ALTER TABLE purchases RENAME COLUMN kept TO verification_reserve",
        "UPDATE purchases SET terms = json_set("
        "json_remove(terms, '$.kept'), '$.customer_surplus', json_extract(terms, '$.kept'))"
        " WHERE terms IS NOT NULL",
        # The first files of version 4 were written before there were these tables.
        "CREATE TABLE IF NOT EXISTS theorems (digest TEXT PRIMARY KEY, statement TEXT NOT NULL)"
        " STRICT",
        "CREATE TABLE IF NOT EXISTS explorations (purchase INTEGER PRIMARY KEY) STRICT",
    ),
    5: (
        "ALTER TABLE purchases ADD COLUMN slice INTEGER CHECK (slice >= 0)",
        "ALTER TABLE purchases ADD COLUMN resume TEXT NOT NULL DEFAULT ''",
        "DROP INDEX one_attempt",
        "CREATE UNIQUE INDEX one_attempt ON purchases (run, policy, theorem_digest, prover, number,"
        " coalesce(slice, 0)) WHERE state NOT IN ('lost', 'cancelled')",
    ),
    6: (
        *(
            f"ALTER TABLE purchases ADD COLUMN {column} TEXT NOT NULL DEFAULT ''"
            for column in ("order_id", "key_id", "request_id")
        ),
        # An order's run was named after it; its key stands with the order alone.
        "UPDATE purchases SET order_id = substr(run, 7) WHERE run LIKE 'order-%'",
        "CREATE TABLE run_leases (run TEXT PRIMARY KEY, lease INTEGER NOT NULL) STRICT",
        "ALTER TABLE run_budgets ADD COLUMN committed INTEGER NOT NULL DEFAULT 0",
        f"UPDATE run_budgets SET committed = ({COMMITTED.replace(':run', 'run_budgets.run')})",
    ),
    7: (OVERHEADS_TABLE,),
}


def refuse_newer(path: Path | str, stored: int, *, current: int) -> None:
    """Raises LedgerError for a file of a later version than this program knows."""
    if stored > current:
        raise LedgerError(
            f"{path}: written by a newer prover_arb (version {stored} of this file's layout; this "
            f"program knows versions up to {current}); use the newer program, or name another file"
        )


def backup_path(path: Path, version: int) -> Path:
    """Returns where the backup of a file of this version is written."""
    return path.with_name(f"{path.name}.version-{version}.backup")


def migrate(db: sqlite3.Connection, path: Path, stored: int, *, current: int, steps: Steps) -> None:
    """Brings a file from version `stored` to `current`, inside the transaction that `db` is in.

    Raises:
        LedgerError: there is no way from that version, or the backup cannot be written; nothing is
            changed then.
    """
    statements = statements_from(path, stored, current=current, steps=steps)
    backup = backup_path(path, stored)
    _write_backup(path, backup)
    for statement in statements:
        db.execute(statement)
    db.execute(f"PRAGMA user_version = {current}")
    log.warning(
        "%s is migrated from version %d to %d; as it was before, it is in %s",
        path, stored, current, backup,
    )  # fmt: skip


def statements_from(path: Path | str, stored: int, *, current: int, steps: Steps) -> Sequence[str]:
    """Returns the statements that lead from version `stored` to `current`.

    Raises:
        LedgerError: there is no way from that version.
    """
    if stored not in steps:
        raise LedgerError(
            f"{path}: version {stored} of this file's layout was never part of a release, and "
            f"there is no migration from it to version {current}; name another file"
        )
    return [statement for version in range(stored, current) for statement in steps[version]]


def _write_backup(path: Path, backup: Path) -> None:
    """Copies what is committed to the database; the backup is complete once it has its name."""
    unfinished = backup.with_name(f"{backup.name}.{os.getpid()}")
    try:
        with closing(open_database(path)) as source, closing(open_database(unfinished)) as copy:
            source.backup(copy)
        unfinished.replace(backup)
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise LedgerError(
            f"{path}: is of an earlier version and must be migrated, but its backup {backup} cannot"
            f" be written ({error}); free some disk space, or make the folder writable"
        ) from error
