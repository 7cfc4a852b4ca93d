"""A batch of 100 theorems on three Ray nodes, of which one is killed.

It takes half a minute, so it runs only with PROVER_ARB_NODES=1.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.api.service.postgresql import postgresql

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "three_nodes.py"


@pytest.mark.ray
@pytest.mark.skipif(os.environ.get("PROVER_ARB_NODES") != "1", reason="PROVER_ARB_NODES is not 1")
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("brokers", [1, 2])
def test_nothing_is_lost_or_bought_twice(brokers: int, database: str) -> None:
    with ExitStack() as stack:
        command = [sys.executable, str(SCRIPT), "--json", "--brokers", str(brokers)]
        if database == "postgresql":
            command += ["--ledger", stack.enter_context(postgresql()).url]
        check(command)


def check(command: list[str]) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    figures = json.loads(ended.stdout)
    assert figures["proved"] == figures["theorems"] == 100
    assert (figures["nodes"], figures["nodes_lost"]) == (3, 1)
    assert (figures["paid_once"], figures["missing"], figures["bought_twice"]) == (300, 0, 0)
    assert figures["cost"] == figures["cost_without_the_loss"] == 300
    assert "a machine of the Ray cluster is lost" in ended.stderr
