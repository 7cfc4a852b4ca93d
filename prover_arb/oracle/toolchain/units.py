"""Built units of the cache: folders named after what they were made from, whole or not there.

A change of a source makes a new folder, so an old one is never half updated, and two processes that
want the same unit make it once. Each unit holds a manifest of its files, so that damage shows.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock
from pydantic import ValidationError

from prover_arb.core.theorem import Value
from prover_arb.errors import ToolchainError
from prover_arb.oracle.toolchain.unpack import FileRecord

_MANIFEST = "manifest.json"
_LAYOUT = b"with manifest"
"""Part of every name; another one when what lies in a unit's folder changes."""
_HEX_DIGITS = 16
_UNUSED_SECONDS = 7 * 24 * 3600
"""A unit that nothing was started from for so long goes when another of its kind is made."""

Make = Callable[[Path], None]
"""Puts the files of a unit into the empty folder it is given."""

_log = logging.getLogger(__name__)


class _Manifest(Value):
    files: dict[str, FileRecord]


def name(kind: str, *parts: bytes) -> str:
    """The name of a unit that is made from `parts`."""
    digest = hashlib.sha256(_LAYOUT)
    for part in parts:
        digest.update(f"{len(part)}:".encode())
        digest.update(part)
    return f"{kind}-{digest.hexdigest()[:_HEX_DIGITS]}"


def make(target: Path, build: Make, *, full: bool = False) -> None:
    """Make the unit `target` by `build`, in an empty folder, unless it is there and undamaged.

    Args:
        target: where it will lie.
        build: what makes it.
        full: compare hashes too, as in `damage`.

    Raises:
        ToolchainError: the cache cannot be written.
    """
    try:
        if damage(target, full=full):
            _make_once(target, build, full=full)
        used(target)
    except OSError as error:
        raise ToolchainError(
            f"cannot write to the cache folder {target.parent}: {error.strerror or error}; free "
            "some space, or set PROVER_ARB_CACHE to another folder"
        ) from error


def used(target: Path) -> None:
    """Note that something is started from a unit, so that it is kept."""
    with contextlib.suppress(OSError):  # in a cache that is only read nothing is deleted
        os.utime(target)


def damage(folder: Path, *, full: bool = False) -> list[str]:
    """Names of the files in a unit that are not as they were made; empty when all is well.

    Compares sizes, with `full` also SHA-256 hashes.
    """
    try:
        manifest = _Manifest.model_validate_json((folder / _MANIFEST).read_bytes())
    except (OSError, ValidationError):
        return [_MANIFEST]
    return [
        path for path, record in manifest.files.items() if not record.fits(folder / path, full=full)
    ]


def _make_once(target: Path, build: Make, *, full: bool) -> None:
    with FileLock(f"{target}.lock"):
        if not damage(target, full=full):
            return
        for leftover in target.parent.glob(f"{target.name}.partial-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=f"{target.name}.partial-", dir=target.parent))
        try:
            new = work / "new"
            new.mkdir()
            build(new)
            files = {
                str(path.relative_to(new)): FileRecord.of(path)
                for path in sorted(new.rglob("*"))
                if path.is_file()
            }
            (new / _MANIFEST).write_text(_Manifest(files=files).model_dump_json(indent=1))
            if target.exists():
                _log.warning("%s is damaged and is made again", target)
                target.rename(work / "damaged")
            os.replace(new, target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    _delete_unused(target)


def _delete_unused(target: Path) -> None:
    """Delete units of the same kind that nothing was started from for a long time."""
    kind = target.name.rpartition("-")[0]
    for other in target.parent.glob(f"{kind}-*"):
        if other != target and other.is_dir() and ".partial-" not in other.name:
            try:
                unused = time.time() - other.stat().st_mtime > _UNUSED_SECONDS
            except FileNotFoundError:
                continue
            if unused:
                shutil.rmtree(other, ignore_errors=True)
                Path(f"{other}.lock").unlink(missing_ok=True)
