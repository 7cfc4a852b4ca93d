"""What joining Ray leaves of this program as it was."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.ray
@pytest.mark.usefixtures("local_ray")
def test_children_still_report_how_they_ended() -> None:
    done = subprocess.run([sys.executable, "-c", "raise SystemExit(7)"], check=False)
    assert done.returncode == 7
