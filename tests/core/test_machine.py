"""How many processors a process may use."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from prover_arb.core.machine import processors

COUNT = "from prover_arb.core.machine import processors; print(processors())"


def counted(**environment: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", COUNT],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_never_more_than_the_machine_has() -> None:
    assert 1 <= processors() <= (os.cpu_count() or 1)


def test_an_affinity_mask_counts() -> None:
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("this system has no affinity masks")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert counted() == 1
    finally:
        os.sched_setaffinity(0, before)


def test_a_limit_of_the_user_counts() -> None:
    assert counted(LOKY_MAX_CPU_COUNT="1") == 1
