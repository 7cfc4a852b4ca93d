"""The short form of benchmarks/chaos, without Ray: what is killed loses nothing and pays nothing
twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCHMARK = Path(__file__).parents[3] / "benchmarks/chaos/run.py"


def test_all_end_once_whatever_is_killed() -> None:
    size = ["--requests", "12", "--kills", "4", "--customers", "3", "--seed", "5"]
    ended = subprocess.run(
        [sys.executable, str(BENCHMARK), "--local", *size, "--database", "sqlite", "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )
    assert ended.returncode == 0, ended.stdout or ended.stderr
    figures = json.loads(ended.stdout)
    assert (figures["requests"], figures["kills"], figures["faults"]) == (12, 4, [])
    assert figures["spent_micro_dollars"] > 0
