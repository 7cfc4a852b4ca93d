"""Bubblewrap around a native program that handles hostile input.

No network, no folder but the system's and the named ones, those read-only, an empty environment, a
small private /tmp in memory, and limits on the address space, on file sizes and on the number of
processes and threads. Root is not bound by that last limit, so started by root the program runs as
nobody. Native Lean never runs without this; where it cannot be had, nothing is started.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from prover_arb.errors import ToolchainError

PROCESSES = 256
"""Processes and threads at once; Lean starts a few threads per core."""
SCRATCH_BYTES = 64 << 20
"""What /tmp holds."""

_NOBODY = 65534
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin")


def wrap(
    command: Sequence[str],
    *,
    readable: Sequence[Path],
    environment: Mapping[str, str],
    memory_mb: int,
    processes: int = PROCESSES,
) -> list[str]:
    """`command` held in; it sees `readable` and the system, and may write to its /tmp alone.

    Raises:
        ToolchainError: bubblewrap or a helper is missing, or a folder is closed to nobody.
    """
    bubblewrap, prlimit = _tool("bwrap", "bubblewrap"), _tool("prlimit", "util-linux")
    as_nobody: list[str] = []
    if os.geteuid() == 0:
        for path in readable:
            _refuse_closed(path)
        setpriv = _tool("setpriv", "util-linux")
        as_nobody = [setpriv, f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--"]
    seen = [part for path in _SYSTEM for part in ("--ro-bind-try", path, path)]
    seen += [part for path in readable for part in ("--ro-bind", str(path), str(path))]
    settings = [part for pair in environment.items() for part in ("--setenv", *pair)]
    return [
        *as_nobody,
        bubblewrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv",
        "--size", str(SCRATCH_BYTES), "--tmpfs", "/tmp", *seen,
        "--proc", "/proc", "--dev", "/dev", "--chdir", "/tmp", *settings, "--",
        prlimit, "--core=0", f"--as={memory_mb << 20}", f"--nproc={processes}",
        f"--fsize={SCRATCH_BYTES}", "--", *command,
    ]  # fmt: skip


def _tool(name: str, package: str) -> str:
    # The same path must serve inside, so only the system's own copy will do.
    path = shutil.which(name, path="/usr/bin:/bin:/usr/local/bin")
    if path is None:
        raise ToolchainError(
            f"an installed Lean runs candidates only under bubblewrap, and `{name}` is missing; "
            f"install the package `{package}`, or unset PROVER_ARB_LEAN to use the embedded Lean"
        )
    return path


def _refuse_closed(path: Path) -> None:
    """Nobody must get to a folder that root can read."""
    for folder in (path, *path.resolve().parents):
        if not stat.S_IMODE(folder.stat().st_mode) & stat.S_IXOTH:
            raise ToolchainError(
                f"started by root, an installed Lean runs candidates as nobody, to whom {folder} "
                "is closed; start prover-arb as an ordinary user, or put Lean where all may read it"
            )
