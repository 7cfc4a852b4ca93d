"""What a ledger asks of the place where it is stored: a file, or a database of a server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

LedgerAddress = Path | str
"""Where a ledger is: a file, or a database by its URL; see opening.py."""


class Row(Protocol):
    """A row by the names of its columns."""

    def __getitem__(self, key: str, /) -> Any: ...

    def keys(self) -> Iterable[str]: ...


class Rows(Protocol):
    """What a statement returns."""

    def __iter__(self) -> Iterator[Any]: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...


class LedgerConnection(Protocol):
    """Runs statements; values are given by name, and stand there as `:name`."""

    def execute(self, sql: str, values: Mapping[str, Any] = ..., /) -> Rows: ...


class LedgerStore(Protocol):
    """Where the tables of schema.py are.

    Every method raises LedgerError if they cannot be read or written.
    """

    @property
    def path(self) -> LedgerAddress:
        """The place, as messages name it."""
        ...

    def transaction(
        self, *, flush: bool = ..., run: str | None = ...
    ) -> AbstractContextManager[LedgerConnection]:
        """Begins a transaction; with `flush` it is on the disk itself when it ends.

        While it lasts nothing else is bought in `run`.
        """
        ...

    def reading(self) -> AbstractContextManager[LedgerConnection]:
        """Gives a connection, to read what is committed."""
        ...

    async def flush(self) -> None:
        """Waits until every transaction that has ended by now is on the disk itself."""
        ...

    def changes(self) -> int | None:
        """Returns a number that changes when another program changes something; None if it is not
        known."""
        ...

    def close(self) -> None:
        """Closes the store; what was recorded is already safe."""
        ...
