"""How databases are opened that are named by a URL: SQLite files and PostgreSQL, by SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from prover_arb.core.database import BUSY_SECONDS
from prover_arb.errors import InputError, LedgerError, LedgerUnavailable

CONNECT_SECONDS = 5
"""How long a server may take to accept a connection."""

STANDSTILL_SECONDS = 5
"""How long a transaction may stand still. Then its program does, too, and the server takes away the
locks that others wait for; no transaction here waits for anything but the database."""

_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}


def database_url(text: str) -> URL:
    """Returns the URL of a database, with the driver that we use for it.

    Raises:
        InputError: it is no URL, or of no database we know.
    """
    example = "such as sqlite:///orders.sqlite or postgresql://user:password@host/name"
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise InputError(f"the database is no URL; give one {example}") from None
    driver = _DRIVERS.get(url.drivername.partition("+")[0])
    if driver is None:
        raise InputError(f"no database {url.drivername!r} is supported; give a URL {example}")
    return url.set(drivername=driver)


def shown_url(url: URL) -> str:
    """Returns a URL for messages, without its password."""
    return url.render_as_string(hide_password=True)


def sql_engine(url: URL, *, connections: int) -> Engine:
    """Returns the engine of a database; at most `connections` are open while nobody waits.

    Raises:
        InputError: the driver cannot be loaded, or the folder of the file cannot be made.
    """
    try:
        if url.drivername != "sqlite":
            server = create_engine(
                url,
                pool_pre_ping=True,
                pool_size=connections,
                connect_args={"connect_timeout": CONNECT_SECONDS},
            )
            event.listen(server, "connect", _limit_locks)
            return server
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    except (NoSuchModuleError, ImportError, OSError) as error:
        raise InputError(f"{shown_url(url)}: {error}") from None
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def transaction(engine: Engine, *, writes: bool) -> Iterator[Connection]:
    """Begins a transaction, which is on the disk when this ends if it `writes`."""
    with engine.connect().execution_options(writes=writes) as connection, connection.begin():
        yield connection


@contextmanager
def explained(url: URL, *, what: str) -> Iterator[None]:
    """Turns an error of the database into one of ours; `what` is what cannot be read or written.

    Raises:
        LedgerUnavailable: the database does not answer, which may pass.
        LedgerError: it answers, and refuses.
    """
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        kind = LedgerUnavailable if _may_pass(error) else LedgerError
        raise kind(
            f"{shown_url(url)}: {what} cannot be read or written ({reason}); check "
            "that the database is reachable, has space, and is one of this program"
        ) from error


def _may_pass(error: Exception) -> bool:
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout | OSError) or bool(
        getattr(error, "connection_invalidated", False)
    )


def _limit_locks(connection: Any, _record: Any) -> None:
    milliseconds = STANDSTILL_SECONDS * 1000
    connection.execute(f"SET idle_in_transaction_session_timeout = {milliseconds}")
    connection.commit()


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
