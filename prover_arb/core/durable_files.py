"""How files are written so that they survive a crash, and read line by line with their places."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prover_arb.errors import ProverArbError


def write_atomic(path: Path, text: str) -> None:
    """Writes a file so that it has either its old content or all of the new one.

    A file that is there keeps its permissions.

    Raises:
        OSError: it cannot be written; the error names the file.
    """
    temporary = path.with_name(path.name + ".part")
    with _named(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)


def append_line(path: Path, line: str) -> None:
    """Adds a line to a file; it is on the disk when this returns.

    Raises:
        OSError: it cannot be written; the error names the file.
    """
    with _named(path), path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def drop_cut_line(path: Path) -> None:
    """Removes a last line without its line break, so that more can be appended to the file."""
    if not path.exists():
        return
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if whole != data:
        with path.open("r+b") as file:
            file.truncate(len(whole))


def read_utf8(path: Path, unreadable: type[ProverArbError]) -> str:
    """Returns the text of a file.

    Raises:
        unreadable: the file cannot be read, or is not UTF-8; the message names it.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(f"{path}: cannot be read: {error}") from None


def numbered_lines(path: Path | str, text: str) -> Iterator[tuple[str, str]]:
    """Yields the lines of a text that are not blank, each after its place, `FILE:LINE`.

    A line ends at a line feed only: JSON may hold U+2028 and its like within a string.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip(" \t\r\ufeff"):
            yield f"{path}:{number}", line


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Makes an error of the system name the file; that of a full disk does not by itself."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
