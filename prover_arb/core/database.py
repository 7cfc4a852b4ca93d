"""How SQLite files are opened: for reading and writing, or for reading alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from prover_arb.errors import RecordsError

BUSY_SECONDS = 30
"""How long to wait for another program that is writing to the same file."""


def open_database(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Opens a database, and makes it if it is absent, unless it is only to be read.

    Transactions are begun explicitly, rows are read by column, and the connection may be used by
    any thread, one at a time.

    Raises:
        sqlite3.Error: it cannot be opened.
    """
    db = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro" if read_only else path,
        uri=read_only,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    db.row_factory = sqlite3.Row
    return db


@contextmanager
def read_only_ledger(path: Path) -> Iterator[sqlite3.Connection]:
    """Opens a ledger without changing anything in it, and closes it.

    Raises:
        RecordsError: there is no such file, or it is not a ledger that can be read.
    """
    if not path.is_file():
        raise RecordsError(f"{path}: no such ledger")
    try:
        with closing(open_database(path, read_only=True)) as db:
            yield db
    except sqlite3.Error as error:
        raise RecordsError(f"{path}: not a ledger that can be read: {error}") from None
