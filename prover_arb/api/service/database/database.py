"""Opens the service's database, and runs work in transactions on threads of its own.

The event loop never waits for a database: `read` and `write` are coroutines whose work runs on a
thread. `read_now` and `write_now` do the same in the caller's thread, for the command line.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from prover_arb.api.service.database.upgrade import upgrade
from prover_arb.core.database import BUSY_SECONDS
from prover_arb.errors import InputError, LedgerError

T = TypeVar("T")

THREADS = 8
"""How many transactions run at once."""

_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}


class Database:
    """The database at a URL, brought to the current layout when it is opened.

    Every method raises LedgerError if the database cannot be read or written.
    """

    def __init__(self, url: str) -> None:
        """Raises InputError for a URL that is of no database we know, and LedgerError for a
        database of a later version."""
        self.url = database_url(url)
        self._engine = _engine(self.url)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="database")
        try:
            with self._explained(), self._begin(write=True) as connection:
                upgrade(connection)
        except BaseException:
            self.close()
            raise

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in a transaction that changes nothing."""
        return await self._on_thread(self.read_now, work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in a transaction, which is on the disk when this returns."""
        return await self._on_thread(self.write_now, work)

    def read_now(self, work: Callable[[Connection], T]) -> T:
        with self._explained(), self._begin(write=False) as connection:
            return work(connection)

    def write_now(self, work: Callable[[Connection], T]) -> T:
        with self._explained(), self._begin(write=True) as connection:
            return work(connection)

    def close(self) -> None:
        """Closes every connection; work that has begun is finished before."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()

    async def _on_thread(
        self, run: Callable[[Callable[[Connection], T]], T], work: Callable[[Connection], T]
    ) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(run, work))

    @contextmanager
    def _begin(self, *, write: bool) -> Iterator[Connection]:
        with (
            self._engine.connect().execution_options(writes=write) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            reason = getattr(error, "orig", None) or error
            where = self.url.render_as_string(hide_password=True)
            raise LedgerError(
                f"{where}: the orders cannot be read or written ({str(reason).strip()}); check "
                "that the database is reachable, has space, and is one of this program"
            ) from error


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


def sqlite_url(path: Path) -> str:
    """Returns the URL of an SQLite file."""
    return URL.create("sqlite", database=str(path.absolute())).render_as_string()


def now() -> str:
    """Returns the time as it is stored."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _engine(url: URL) -> Engine:
    try:
        if url.drivername != "sqlite":
            return create_engine(url, pool_pre_ping=True, pool_size=THREADS)
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    except (NoSuchModuleError, ImportError, OSError) as error:
        raise InputError(f"{url.render_as_string(hide_password=True)}: {error}") from None
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
