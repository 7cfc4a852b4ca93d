"""How much of its machine this process may use."""

from __future__ import annotations

import resource

from prover_arb.core.lazy import lazy_module
from prover_arb.errors import ToolchainError

_MANY_FILES = 65_536
"""Open files that are enough for every library, Mathlib included."""

_loky = lazy_module("joblib.externals.loky")


def processors() -> int:
    """Returns how many processors this process may use, at least 1.

    That can be fewer than the machine has: an affinity mask (`taskset`), a container's quota of
    processor time, and `LOKY_MAX_CPU_COUNT` count.
    """
    count: int = _loky.cpu_count()
    return max(1, count)


def raise_open_files(least: int) -> None:
    """Lets this process, and those that it starts, open as many files as the system allows.

    Raises:
        ToolchainError: that is fewer than `least`.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < least:
        raise ToolchainError(
            f"this process may have only {hard} files open at once, and needs {least}: raise the "
            f"hard limit of open files (`ulimit -n {least}`, LimitNOFILE of a systemd unit, or "
            "--ulimit nofile of a container)"
        )
    wanted = _MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, _MANY_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
