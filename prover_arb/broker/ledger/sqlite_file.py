"""The ledger's SQLite file: recognised before it is touched, written in whole transactions."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from prover_arb.broker.ledger.migrations import LEDGER_STEPS, migrate, refuse_newer
from prover_arb.broker.ledger.schema import APPLICATION_ID, SCHEMA, VERSION
from prover_arb.core.database import open_database
from prover_arb.errors import LedgerError

LOG_PAGES = 8_000
"""How long SQLite's log may become, in pages of 4 kB, before a transaction waits until it is copied
into the file. SQLite's own 1,000 are forty purchases."""


class LedgerFile:
    """The SQLite file `path`, made if absent.

    Every method raises LedgerError if the file cannot be read or written; the message says what to
    do.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        self._disk = ThreadPoolExecutor(1, "ledger")
        self._flushing: Future[None] | None = None
        """The write to the disk that is under way or was the last."""
        self._written = 0
        """How many transactions have ended."""
        self._on_disk = 0
        """How many of them are on the disk itself."""
        self._flushes: bool | None = None
        """Whether SQLite waits for the disk at the end of a transaction; None if not yet said."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(f"{self.path.parent}: cannot be made: {error.strerror}") from error
        with self._explained():
            self._db = open_database(self.path)
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        """Closes the file; what was recorded is already safe."""
        self._disk.shutdown()
        with self._lock:
            self._db.close()

    def changes(self) -> int:
        """Returns a number that changes whenever another connection has changed the file."""
        with self.reading() as db:
            (version,) = db.execute("PRAGMA data_version").fetchone()
        return int(version)

    async def flush(self) -> None:
        """Waits until every transaction that has ended by now is on the disk itself.

        Those who wait at the same time are served by one write.
        """
        wanted = self._written
        while self._on_disk < wanted:
            if self._flushing is None or self._flushing.done():
                self._flushing = self._disk.submit(self._write_to_disk)
            with self._explained():
                await asyncio.shield(asyncio.wrap_future(self._flushing))

    def _write_to_disk(self) -> None:
        """Has the disk keep SQLite's log, in which every transaction is until it is in the file.

        Raises:
            sqlite3.OperationalError: it does not.
        """
        written = self._written
        try:
            log = os.open(f"{self.path}-wal", os.O_RDONLY)
        except FileNotFoundError:
            # A file system that cannot have a log: there SQLite itself waits for the disk.
            self._on_disk = written
            return
        except OSError as error:
            raise sqlite3.OperationalError(f"its log cannot be opened: {error}") from error
        try:
            os.fdatasync(log)
        except OSError as error:
            raise sqlite3.OperationalError(f"the disk does not keep it: {error}") from error
        finally:
            os.close(log)
        self._on_disk = written

    def _prepare(self) -> None:
        """Recognises the file before it changes anything in it; an empty file becomes a ledger."""
        self._version()
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        with self.transaction(flush=True) as db:
            version = self._version()
            if version is None:
                for statement in SCHEMA:
                    db.execute(statement)
            elif version < VERSION:
                migrate(db, self.path, version, current=VERSION, steps=LEDGER_STEPS)

    def _version(self) -> int | None:
        """Returns the version of the ledger's layout, or None if the file is empty.

        Raises:
            LedgerError: the file is not a ledger, or of a version that cannot be used.
        """
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if not tables and not application:
            return None
        if application != APPLICATION_ID:
            raise LedgerError(
                f"{self.path}: a database of another program, not a ledger; name another file"
            )
        refuse_newer(self.path, version, current=VERSION)
        return int(version)

    @contextmanager
    def transaction(
        self, *, flush: bool = False, run: str | None = None
    ) -> Iterator[sqlite3.Connection]:
        """Begins a transaction; with `flush` it is on the disk itself when it ends.

        A file has one writer at a time, in whichever `run`.
        """
        with self.reading() as db:
            if flush != self._flushes:
                db.execute(f"PRAGMA synchronous = {'FULL' if flush else 'NORMAL'}")
                self._flushes = flush
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
                self._written += 1
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Gives the connection, to read what is committed."""
        with self._lock, self._explained():
            yield self._db

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turns an error of SQLite into a LedgerError that says what to do."""
        try:
            yield
        except sqlite3.Error as error:
            raise LedgerError(f"{self.path}: {error}; {_advice(error)}") from error


def _advice(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    advice = {
        sqlite3.SQLITE_FULL: "free some disk space and resume, what was paid for is safe",
        sqlite3.SQLITE_IOERR: "check the disk and its free space, then resume",
        sqlite3.SQLITE_BUSY: "another program holds the ledger, end it or name another file",
        sqlite3.SQLITE_LOCKED: "another program holds the ledger, end it or name another file",
        sqlite3.SQLITE_CANTOPEN: "check that the folder exists and may be written to",
        sqlite3.SQLITE_READONLY: "make the file and its folder writable",
        sqlite3.SQLITE_NOTADB: "it is not a ledger or is damaged, name another file",
        sqlite3.SQLITE_CORRUPT: "it is damaged, restore a backup",
        sqlite3.SQLITE_CONSTRAINT: "the step breaks a rule of the ledger, nothing was recorded",
    }
    return advice.get(primary or 0, "nothing was recorded")
