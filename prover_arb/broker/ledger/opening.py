"""Opens a ledger by its address: a file, or a database by its URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from prover_arb.broker.ledger.ledger import PurchaseLedger, SqliteLedger
from prover_arb.broker.ledger.store import LedgerAddress
from prover_arb.core.lazy import lazy_module

if TYPE_CHECKING:
    from prover_arb.broker.ledger import database_store
    from prover_arb.core import sql_database
else:
    database_store = lazy_module("prover_arb.broker.ledger.database_store")
    sql_database = lazy_module("prover_arb.core.sql_database")


def is_url(address: LedgerAddress) -> bool:
    """Returns whether an address is a URL; else it is the path of a file."""
    return isinstance(address, str) and "://" in address


def absolute_address(address: LedgerAddress) -> LedgerAddress:
    """Returns an address that means the same in another process."""
    return address if is_url(address) else Path(address).absolute()


def open_ledger(address: LedgerAddress, *, create: bool = True) -> PurchaseLedger:
    """Opens a ledger, and makes it if it is absent, unless a database is only to be read.

    Raises:
        InputError: the URL is of no database we know.
        LedgerError: it cannot be read or written, or is not a ledger.
    """
    if not is_url(address):
        return SqliteLedger(address)
    url = sql_database.database_url(str(address))
    if url.drivername == "sqlite":
        return SqliteLedger(Path(url.database or ""))
    return PurchaseLedger(database_store.LedgerDatabase(url, create=create))
