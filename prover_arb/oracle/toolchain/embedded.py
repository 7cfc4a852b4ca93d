"""The embedded toolchain: the pinned package, our patched loader, and our Lean sources compiled.

What is built lies in the cache beside the package, in one folder per unit (the builder, the
library, the verifier), each named after everything it was made from: a change of a source makes a
new folder, and an old one is never half updated.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from prover_arb.core.workspace import workspace
from prover_arb.errors import ToolchainError
from prover_arb.oracle.toolchain import download, loader, threads
from prover_arb.oracle.toolchain.npm import node

LEAN_VERSION = "4.28.0-pre"
LEAN_COMMIT = "38f3c0c45b8df6da2652faff6dcaa15afb5a6981"

BUILDER = "ProverArb.Build"
LIBRARY = "ProverArb.Core"
VERIFIER = "ProverArb.Verifier.Server"
MODULES = ("Init", LIBRARY)
"""What the core profile imports."""
PREAMBLE = "ProverArb/core_preamble.lean"
"""Elaborated after the library and before every theorem, once per worker."""

_PAGES_OF_64K = 16
"""In one MiB of WebAssembly memory."""
_LARGEST_MEMORY_MB = 2048
_STACK_KB = 250_000
_BUILD_SECONDS = 1800
_MODULES_AT_ONCE = 5
"""Modules compiled by one process: each keeps some 200 MiB of imports until it ends."""
_EDITS = "lean.wasm.json"
_PATCHES = ("driver.js", "loader.py", "threads.py")
"""What the package is changed with, beside this file."""

Report = Callable[[str], None]
"""Told in a few words what is being done."""


@dataclass(frozen=True)
class Build:
    """Everything a worker runs from; folders, complete whenever they exist."""

    package: Path
    builder: Path
    library: Path
    verifier: Path

    @property
    def search_path(self) -> tuple[Path, ...]:
        """Where the modules that proofs rest on lie."""
        return (self.package / "lib", self.library)

    @property
    def identity(self) -> str:
        """Hash of all that was made here."""
        preamble = _digest((workspace() / PREAMBLE).read_bytes())
        parts = f"{self.builder.name} {self.library.name} {self.verifier.name} {preamble}"
        return hashlib.sha256(parts.encode()).hexdigest()


@dataclass(frozen=True)
class _Mount:
    host: Path
    guest: str
    writable: bool = False


def server_command(build: Build, *, memory_mb: int) -> list[str]:
    """The process that answers one line of JSON per request."""
    root = workspace()
    mounts = [
        *_standard_mounts(build.package, build.builder),
        _Mount(build.library, "/library"),
        _Mount(build.verifier, "/verifier"),
    ]
    config = _configuration(
        build.package,
        mounts,
        edits=build.builder / _EDITS,
        mode="serve",
        entry="ProverArb.Server.serve",
        code=[f"/verifier/{_path(m)}.olean" for m in closure(VERIFIER, root)],
        args=[(root / PREAMBLE).read_text(), *MODULES],
        memory_mb=memory_mb,
    )
    return _command(config, build.builder, readable=[m.host for m in mounts])


def environment() -> dict[str, str]:
    """What a Lean process sees of our environment: nothing it does not need."""
    return {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}


def _configuration(
    package: Path,
    mounts: Sequence[_Mount],
    *,
    mode: str,
    args: Sequence[str],
    edits: Path | None = None,
    code: Sequence[str] = (),
    entry: str = "main",
    memory_mb: int = _LARGEST_MEMORY_MB,
) -> dict[str, object]:
    """The driver's configuration (see driver.js)."""
    return {
        "wasm": str(package),
        "edits": str(edits) if edits else None,
        "mounts": [{"host": str(m.host), "guest": m.guest, "writable": m.writable} for m in mounts],
        "path": "/lean/lib/lean:/library:/verifier",
        "memory": min(memory_mb, _LARGEST_MEMORY_MB) * _PAGES_OF_64K,
        "mode": mode,
        "code": list(code),
        "entry": entry,
        "args": list(args),
    }


def _standard_mounts(package: Path, builder: Path) -> list[_Mount]:
    return [_Mount(package / "lib", "/lean/lib/lean"), _Mount(builder, "/builder")]


def _command(
    config: dict[str, object], builder: Path, *, readable: Sequence[Path] | None
) -> list[str]:
    """The process to start; with `readable`, Node may read those folders and do nothing else."""
    permissions: list[str] = []
    if readable is not None:
        wasm = Path(str(config["wasm"]))
        permissions = ["--permission", *(f"--allow-fs-read={p}" for p in (*readable, wasm))]
    run = [
        str(node()),
        f"--stack-size={_STACK_KB}",
        "--no-warnings",
        *permissions,
        str(builder / "loader.cjs"),
        json.dumps(config),
    ]
    # Lean recurses deeply; Node's own limit only helps if the system's stack is as large.
    limits = f'ulimit -c 0; ulimit -s {_STACK_KB + 12_000}; exec "$@"'
    return ["/bin/sh", "-c", limits, "lean-worker", *run]


def _path(module: str) -> str:
    return module.replace(".", "/")


_IMPORT = re.compile(r"^(?:public )?(?:meta )?import (?:all )?(ProverArb[\w.]*)", re.MULTILINE)


def closure(module: str, root: Path) -> list[str]:
    """A module and all of ours it needs, dependencies first."""
    order: list[str] = []

    def visit(one: str, above: tuple[str, ...]) -> None:
        if one in above:
            raise ToolchainError(f"{one} imports itself")
        if one not in order:
            for needed in _IMPORT.findall((root / f"{_path(one)}.lean").read_text()):
                visit(needed, (*above, one))
            order.append(one)

    visit(module, ())
    return order


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:".encode())
        digest.update(part)
    return digest.hexdigest()[:16]


def _sources(modules: Sequence[str], root: Path) -> list[bytes]:
    return [(root / f"{_path(m)}.lean").read_bytes() for m in modules]


def build(cache: Path, package: Path, report: Report = lambda _: None) -> Build:
    """Everything a worker runs from, made now as far as it is not there.

    Raises:
        ToolchainError: the package is not the one we know, or Lean refused one of our sources.
    """
    root = workspace()
    here = Path(__file__)
    patches = [here.with_name(name).read_bytes() for name in _PATCHES]
    seed = _digest(download.LEAN.integrity.encode(), *patches, *_sources([BUILDER], root))
    builder = cache / f"builder-{seed}"
    _once(builder, lambda work: _make_builder(work, package, report))

    def unit(name: str, module: str) -> Path:
        modules = closure(module, root)
        # The loader does not change what the builder makes of a source; the builder does.
        made_by = (download.LEAN.integrity.encode(), *_sources([BUILDER, *modules], root))
        folder = cache / f"{name}-{_digest(*made_by)}"
        _once(folder, lambda work: _make_unit(work, package, builder, modules, report))
        return folder

    return Build(package, builder, unit("library", LIBRARY), unit("verifier", VERIFIER))


def _once(target: Path, make: Callable[[Path], None]) -> None:
    """Make a folder unless it is there: whole or not at all, by one process at a time."""
    if target.is_dir():
        return
    try:
        _make_once(target, make)
    except OSError as error:
        raise ToolchainError(
            f"cannot write to the cache folder {target.parent}: {error.strerror or error}; free "
            "some space, or set PROVER_ARB_CACHE to another folder"
        ) from error


def _make_once(target: Path, make: Callable[[Path], None]) -> None:
    with FileLock(f"{target}.lock"):
        if target.is_dir():
            return
        for leftover in target.parent.glob(f"{target.name}.partial-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=f"{target.name}.partial-", dir=target.parent))
        try:
            make(work)
            os.replace(work, target)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _make_builder(work: Path, package: Path, report: Report) -> None:
    report("patching the loader")
    (work / "loader.cjs").write_text(loader.patch((package / "lean.js").read_text()))
    (work / _EDITS).write_text(json.dumps(threads.edits(package / "lean.wasm")))
    report("compiling the builder (the slow part)")
    mounts = [
        *_standard_mounts(package, work)[:1],
        _Mount(work, "/builder", writable=True),
        _Mount(workspace(), "/src"),
    ]
    target = "/builder/Build.olean"
    source = f"/src/{_path(BUILDER)}.lean"
    _run(_configuration(package, mounts, mode="shell", args=["-o", target, source]), work)
    for part in work.glob("Build.olean*"):
        part.unlink()  # only the compiled code, Build.ir, is needed


def _make_unit(
    work: Path, package: Path, builder: Path, modules: Sequence[str], report: Report
) -> None:
    report(f"compiling {modules[-1]} ({len(modules)} modules)")
    mounts = [
        *_standard_mounts(package, builder),
        _Mount(workspace(), "/src"),
        _Mount(work, "/library", writable=True),
    ]
    for first in range(0, len(modules), _MODULES_AT_ONCE):
        arguments: list[str] = []
        for module in modules[first : first + _MODULES_AT_ONCE]:
            (work / _path(module)).parent.mkdir(parents=True, exist_ok=True)
            arguments += [f"/src/{_path(module)}.lean", module, f"/library/{_path(module)}.olean"]
        config = _configuration(
            package,
            mounts,
            edits=builder / _EDITS,
            mode="main",
            code=["/builder/Build.ir"],
            args=arguments,
        )
        _run(config, builder)


def _run(config: dict[str, object], builder: Path) -> None:
    try:
        done = subprocess.run(
            _command(config, builder, readable=None),
            env=environment(),
            capture_output=True,
            text=True,
            timeout=_BUILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ToolchainError(
            f"compiling our Lean sources took more than {_BUILD_SECONDS} s; is the machine "
            "very busy? Run `prover-arb setup` again"
        ) from None
    if done.returncode != 0:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-30:])
        raise ToolchainError(f"the embedded Lean refused our own sources:\n{tail}")
