"""Ray's autoscaler adds machines for the workers that a queue makes, and takes them away again.

It takes two minutes, so it runs only with PROVER_ARB_NODES=1.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "autoscaling.py"


@pytest.mark.ray
@pytest.mark.skipif(os.environ.get("PROVER_ARB_NODES") != "1", reason="PROVER_ARB_NODES is not 1")
def test_machines_come_and_go_with_the_queue() -> None:
    command = [sys.executable, str(SCRIPT), "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    before, most, after = figures["machines"]
    assert before == after == 1 < most
    before, most, after = figures["workers"]
    assert before == after == 1 < most
    assert (figures["attempts"], figures["bought_twice"]) == (180, 0)
