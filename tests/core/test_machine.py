"""How many processors a process may use."""

from __future__ import annotations

import os
import shlex
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


RAISE = "from prover_arb.core.machine import raise_open_files as r; r({least}); import resource"
SHOW = "; print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"


def limited(limit: str, least: int) -> subprocess.CompletedProcess[str]:
    program = shlex.join([sys.executable, "-c", RAISE.format(least=least) + SHOW])
    return subprocess.run(
        ["bash", "-c", f"ulimit {limit}; {program}"], capture_output=True, text=True, check=False
    )


def test_open_files_are_raised_to_what_the_system_allows() -> None:
    assert limited("-Sn 100; ulimit -Hn 500", 400).stdout == "500\n"


@pytest.mark.parametrize("limit", ["256", "128", "64"])
def test_too_few_open_files_are_refused_by_name(limit: str) -> None:
    done = limited(f"-n {limit}", 1024)
    assert done.returncode == 1
    assert f"only {limit} files open at once, and needs 1024" in done.stderr
    assert "ulimit -n 1024" in done.stderr
