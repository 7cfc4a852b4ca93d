"""Runs the embedded Lean under Node: a worker from a snapshot, or a step of our build."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from prover_arb.errors import ToolchainError
from prover_arb.oracle.toolchain.npm import node

LARGEST_MEMORY_MB = 2048

_PAGES_OF_64K = 16
"""In one MiB of WebAssembly memory."""
_STACK_KB = 250_000
_BUILD_SECONDS = 1800
_WORKER_FLAGS = (
    # The module's hash was checked when it was made; validating it again takes 0.2 s of each start.
    "--wasm-lazy-validation",
    # Lets serve.cjs free the file's bytes as soon as the module is compiled, 110 MB of them.
    "--expose-gc",
    "--disallow-code-generation-from-strings",
)
_CODE_FLAGS = ("--allow-natives-syntax",)
"""Lets machine_code.cjs call V8's own functions that write and read machine code. V8 refuses code
that was written under other flags, so a rehearsal has those of a worker."""
_LIGHT = "--liftoff-only"
"""V8's fast compiler alone: 70 MB less memory; computations take half as long again, and V8 keeps
no machine code of it."""

Mode = Literal["shell", "main", "snapshot"]
"""See driver.js."""


@dataclass(frozen=True)
class Mount:
    """A folder of the host that a build sees."""

    host: Path
    guest: str
    writable: bool = False


@dataclass(frozen=True)
class Job:
    """What a build has Lean do; see driver.js."""

    module: Path
    """Unit with the rewritten module."""
    mounts: Sequence[Mount]
    mode: Mode
    args: Sequence[str]
    imports: Sequence[str] = ()
    code: Sequence[str] = ()
    entry: str = "main"
    target: Path | None = None


def environment() -> dict[str, str]:
    """What a Lean process sees of our environment: nothing it does not need."""
    return {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}


@dataclass(frozen=True)
class Image:
    """What a worker's process consists of; folders."""

    scripts: Path
    module: Path
    snapshot: Path
    code: Path
    """Machine code of the module; it may hold none."""


def worker(image: Image, *, memory_mb: int, light: bool = False) -> list[str]:
    """The process that answers one line of JSON per request (serve.cjs).

    Node may read the image and do nothing else. `light` saves memory at the price of speed.
    """
    config = _config(image, memory_mb)
    readable = [image.scripts, image.module, image.snapshot]
    if not light:
        config["code"] = str(image.code)
        readable.append(image.code)
    flags = [
        *_WORKER_FLAGS,
        *([_LIGHT] if light else _CODE_FLAGS),
        "--permission",
        *(f"--allow-fs-read={unit}" for unit in readable),
    ]
    return _command(image.scripts / "serve.cjs", config, flags)


def rehearse(image: Image, requests: Path, *, rounds: int) -> None:
    """Has a worker's process answer requests of our own, and keep the machine code (rehearse.cjs).

    Raises:
        ToolchainError: a request failed, or all took more than half an hour.
    """
    config = _config(image, LARGEST_MEMORY_MB)
    config |= {"requests": str(requests), "rounds": rounds, "target": str(image.code)}
    command = _command(image.scripts / "rehearse.cjs", config, [*_WORKER_FLAGS, *_CODE_FLAGS])
    _require_success(*_finished(command))


def _config(image: Image, memory_mb: int) -> dict[str, object]:
    return {
        "module": str(image.module),
        "snapshot": str(image.snapshot),
        "memory": _pages(memory_mb),
    }


def run(scripts: Path, job: Job) -> None:
    """Run a build and wait for its end.

    Raises:
        ToolchainError: it failed, or took more than half an hour.
    """
    _require_success(*finish(scripts, job))


def _require_success(status: int, output: str) -> None:
    if status != 0:
        tail = "\n".join(output.strip().splitlines()[-30:])
        raise ToolchainError(f"the embedded Lean refused our own sources:\n{tail}")


def finish(scripts: Path, job: Job) -> tuple[int, str]:
    """How a build ended, its status and all it printed.

    Raises:
        ToolchainError: it took more than half an hour.
    """
    config = {
        "module": str(job.module),
        "mounts": [
            {"host": str(m.host), "guest": m.guest, "writable": m.writable} for m in job.mounts
        ],
        "path": "/lean/lib/lean:/library:/verifier",
        "memory": _pages(LARGEST_MEMORY_MB),
        "mode": job.mode,
        "imports": list(job.imports),
        "code": list(job.code),
        "entry": job.entry,
        "args": list(job.args),
        "target": str(job.target) if job.target else None,
    }
    return _finished(_command(scripts / "loader.cjs", config, ["--wasm-lazy-validation"]))


def _finished(command: list[str]) -> tuple[int, str]:
    try:
        done = subprocess.run(
            command,
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
    return done.returncode, done.stdout + done.stderr


def _pages(memory_mb: int) -> int:
    return min(memory_mb, LARGEST_MEMORY_MB) * _PAGES_OF_64K


def _command(script: Path, config: dict[str, object], flags: Sequence[str]) -> list[str]:
    started = [
        str(node()),
        f"--stack-size={_STACK_KB}",
        "--no-warnings",
        *flags,
        str(script),
        json.dumps(config),
    ]
    # Lean recurses deeply; Node's own limit only helps if the system's stack is as large.
    limits = f'ulimit -c 0; ulimit -s {_STACK_KB + 12_000}; exec "$@"'
    return ["/bin/sh", "-c", limits, "lean-worker", *started]
