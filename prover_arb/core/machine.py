"""What this process may use of the machine it runs on."""

from __future__ import annotations

from prover_arb.core.lazy import lazy_module

_loky = lazy_module("joblib.externals.loky")


def processors() -> int:
    """Returns how many processors this process may use, at least 1.

    That can be fewer than the machine has: an affinity mask (`taskset`), a container's quota of
    processor time, and `LOKY_MAX_CPU_COUNT` count.
    """
    count: int = _loky.cpu_count()
    return max(1, count)
