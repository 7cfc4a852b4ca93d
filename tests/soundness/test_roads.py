"""The other roads to a verdict: the command line, the oracle on Ray.

The HTTP API is on trial where a server is up for it, in tests/api/service/test_on_ray.py.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime.lean_worker import LeanBlueprint
from tests.soundness.corpus import ROAD, fields, wrong

pytestmark = pytest.mark.lean


def test_the_command_line(tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(json.dumps(fields(case)) for case in ROAD), encoding="utf-8")
    command = ["-m", "prover_arb.cli", "verify", "--batch", str(batch), "--workers", "1"]
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, timeout=500, check=False
    )
    assert done.returncode == 0, done.stderr
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    assert wrong([(v["status"], v["reason"]) for v in verdicts]) == {}


@pytest.fixture(scope="module")
def local_ray() -> Iterator[None]:
    import ray  # noqa: PLC0415

    from prover_arb.runtime.ray_session import connect  # noqa: PLC0415

    ours = not ray.is_initialized() and connect("local", workers=1)
    yield
    if ours:
        ray.shutdown()


@pytest.mark.ray
@pytest.mark.usefixtures("local_ray")
def test_the_oracle_on_ray(tmp_path: Path) -> None:
    from prover_arb.runtime.ray_market import RayMarketplace  # noqa: PLC0415

    async def scenario() -> list[tuple[str, str | None]]:
        blueprint = LeanBlueprint(load_catalog())
        ledger = tmp_path / "ledger.sqlite"
        async with RayMarketplace.opened(blueprint, ledger=ledger, workers=1) as market:
            found = [await market.verify(c.theorem, c.candidate) for c in ROAD]
        return [(v.status, v.reason) for v in found]

    assert wrong(asyncio.run(scenario())) == {}
