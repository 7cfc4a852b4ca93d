"""Brings a database to the current layout: by alembic, and before that from files of orders.

The files of orders of earlier releases have no alembic version. Their layout has a number in the
file itself (`PRAGMA user_version`), and they are copied to a backup beside them before anything is
changed. All of it is one transaction.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from prover_arb.api.service.database.order_files import COPY, EARLIER, STEPS, VERSION
from prover_arb.broker.ledger.migrations import migrate, refuse_newer
from prover_arb.errors import LedgerError

_LOCK = 0x50417262
"""The number of the lock under which programs migrate a PostgreSQL database, one at a time."""


def upgrade(connection: Connection) -> None:
    """Brings the database to the current layout, inside the connection's transaction.

    Raises:
        LedgerError: it was written by a later version, or is not a database of this program.
    """
    earlier = False
    if connection.dialect.name == "sqlite":
        earlier = _from_order_file(connection)
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    revisions = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in revisions:
        raise LedgerError(
            f"{_shown(connection)}: written by a newer prover_arb (revision {current}); use the "
            "newer program, or name another database"
        )
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
    if earlier:
        for statement in COPY:
            connection.exec_driver_sql(statement)


def _from_order_file(connection: Connection) -> bool:
    """Moves the table of a file of orders aside; returns whether there was one to copy from."""
    path = Path(str(connection.engine.url.database))
    version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    refuse_newer(path, version, current=VERSION)
    tables = set(inspect(connection).get_table_names())
    if not tables or "alembic_version" in tables:
        return False
    if tables != {"orders"}:
        raise LedgerError(f"{path}: a database of another program; name another file")
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    migrate(driver, path, version, current=VERSION, steps=STEPS)
    return EARLIER in inspect(connection).get_table_names()


def _shown(connection: Connection) -> str:
    return connection.engine.url.render_as_string(hide_password=True)
