"""Files of problems: which ones a path stands for, their bytes, their text."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from prover_arb.errors import ProblemError

JSON_ENDINGS = (".jsonl", ".json", ".ndjson")
LEAN_ENDING = ".lean"

_UNWANTED = {
    ".parquet": "Parquet", ".arrow": "Arrow", ".csv": "CSV", ".tsv": "TSV", ".zip": "a ZIP archive",
    ".tar": "a tar archive", ".tgz": "a tar archive", ".xlsx": "a spreadsheet", ".zst": "zstd",
    ".xz": "xz", ".bz2": "bzip2",
}  # fmt: skip
_BUILD_FILES = frozenset({"lakefile.lean"})
_HIDDEN = frozenset({".lake", "lake-packages"})
_MOST_BYTES = 2_000_000_000
"""Of a compressed file, once unpacked."""


def ending(path: Path) -> str:
    """Returns the ending that tells what is in a file, `.gz` aside."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def files_of(root: Path) -> list[Path]:
    """Returns the files to read: the one that is named, or those of a folder.

    A folder with .lean files is a Lean project, and its other files are not read.

    Raises:
        ProblemError: there is no such file, or it is of a kind that is not read.
    """
    if root.is_dir():
        files = sorted(_walk(root))
        lean = [path for path in files if ending(path) == LEAN_ENDING]
        stated = [path for path in lean if path.name not in _BUILD_FILES]
        chosen = stated or [path for path in files if ending(path) in JSON_ENDINGS]
        if not chosen:
            raise ProblemError(f"{root}: no .lean, .jsonl or .json file in this folder")
        return chosen
    if not root.exists():
        raise ProblemError(f"{root}: no such file or folder")
    kind = ending(root)
    if kind in {*JSON_ENDINGS, LEAN_ENDING}:
        return [root]
    if kind in _UNWANTED:
        raise ProblemError(f"{root}: {_UNWANTED[kind]} is not read; write it as .jsonl first")
    raise ProblemError(f"{root}: expected a .jsonl, .json or .lean file, or a folder of them")


def _walk(root: Path) -> Iterator[Path]:
    try:
        for path in root.rglob("*"):
            parts = path.relative_to(root).parts
            if any(part in _HIDDEN or part.startswith(".") for part in parts):
                continue
            if ending(path) in {*JSON_ENDINGS, LEAN_ENDING} and path.is_file():
                yield path
    except OSError as error:
        raise ProblemError(f"{root}: {error.strerror or error}") from None


def read_bytes(path: Path) -> bytes:
    """Returns the bytes of a file as they are stored.

    Raises:
        ProblemError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise ProblemError(f"{path}: {error.strerror or error}") from None


def unpacked(path: Path, data: bytes) -> bytes:
    """Returns the unpacked bytes of a .gz file, and the bytes of any other file.

    Raises:
        ProblemError: it is damaged, or huge.
    """
    if not data.startswith(b"\x1f\x8b"):
        return data
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = unpacker.decompress(data, _MOST_BYTES)
        if unpacker.unconsumed_tail:
            raise ProblemError(f"{path}: more than {_MOST_BYTES:,} bytes once unpacked")
        if not unpacker.eof or unpacker.unused_data:
            text = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise ProblemError(f"{path}: not a whole gzip file: {error}") from None
    return text


def decoded(path: Path, data: bytes) -> str:
    """Returns the text of a UTF-8 file; a bad byte becomes half of a surrogate pair.

    Raises:
        ProblemError: it is UTF-16 or UTF-32.
    """
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or data[:4] == b"\x00\x00\xfe\xff":
        raise ProblemError(f"{path}: this is UTF-16 or UTF-32 text; write it as UTF-8")
    if data[:200].count(0) * 3 > len(data[:200]):
        raise ProblemError(f"{path}: not UTF-8 text; it looks like UTF-16 without its mark")
    return data.decode("utf-8-sig", errors="surrogateescape").replace("\r\n", "\n")


def bad_byte_line(text: str) -> int | None:
    """Returns the line, from 1, of the first byte that was not UTF-8; None if there is none."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return text.count("\n", 0, error.start) + 1
    return None
