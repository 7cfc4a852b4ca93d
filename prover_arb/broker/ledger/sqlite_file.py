"""The ledger's SQLite file: recognised before it is touched, written in whole transactions."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prover_arb.broker.ledger.migrations import LEDGER_STEPS, migrate, refuse_newer
from prover_arb.broker.ledger.schema import APPLICATION_ID, SCHEMA, VERSION
from prover_arb.core.database import open_database
from prover_arb.errors import LedgerError


class LedgerFile:
    """The SQLite file `path`, made if absent.

    Every method raises LedgerError if the file cannot be read or written; the message says what to
    do.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
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
        with self._lock:
            self._db.close()

    def changes(self) -> int:
        """Returns a number that changes whenever another connection has changed the file."""
        with self.reading() as db:
            (version,) = db.execute("PRAGMA data_version").fetchone()
        return int(version)

    def _prepare(self) -> None:
        """Recognises the file before it changes anything in it; an empty file becomes a ledger."""
        self._version()
        self._db.execute("PRAGMA journal_mode = WAL")
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
            db.execute(f"PRAGMA synchronous = {'FULL' if flush else 'NORMAL'}")
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
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
