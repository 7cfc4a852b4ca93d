"""What joining Ray leaves of this program as it was."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.ray
@pytest.mark.usefixtures("local_ray")
def test_children_still_report_how_they_ended() -> None:
    done = subprocess.run([sys.executable, "-c", "raise SystemExit(7)"], check=False)
    assert done.returncode == 7


@pytest.mark.ray
@pytest.mark.usefixtures("local_ray")
def test_a_ray_head_started_afterwards_learns_how_its_jobs_ended() -> None:
    assert not [name for name in os.environ if "subreaper" in name]
