"""Opens the service's database, and runs work in transactions on threads of its own.

The event loop never waits for a database: `read` and `write` are coroutines whose work runs on a
thread. `read_now` and `write_now` do the same in the caller's thread, for the command line.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection

from prover_arb.api.service.database.upgrade import upgrade
from prover_arb.core.sql_database import database_url, explained, sql_engine, transaction

T = TypeVar("T")

THREADS = 8
"""How many transactions run at once."""


class Database:
    """The database at a URL, brought to the current layout when it is opened.

    Every method raises LedgerError if the database cannot be read or written.
    """

    def __init__(self, url: str) -> None:
        """Raises InputError for a URL that is of no database we know, and LedgerError for a
        database of a later version."""
        self.url = database_url(url)
        self._engine = sql_engine(self.url, connections=THREADS)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="database")
        try:
            self.write_now(upgrade)
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
        return self._run(work, writes=False)

    def write_now(self, work: Callable[[Connection], T]) -> T:
        return self._run(work, writes=True)

    def close(self) -> None:
        """Closes every connection; work that has begun is finished before."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()

    async def _on_thread(
        self, run: Callable[[Callable[[Connection], T]], T], work: Callable[[Connection], T]
    ) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(run, work))

    def _run(self, work: Callable[[Connection], T], *, writes: bool) -> T:
        with (
            explained(self.url, what="the orders"),
            transaction(self._engine, writes=writes) as connection,
        ):
            return work(connection)


def sqlite_url(path: Path) -> str:
    """Returns the URL of an SQLite file."""
    return URL.create("sqlite", database=str(path.absolute())).render_as_string()


def now() -> str:
    """Returns the time as it is stored."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
