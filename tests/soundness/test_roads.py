"""The other roads to a verdict: the command line, the oracle on Ray, the HTTP API."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime.lean_host import LeanBlueprint
from tests.service.serving import free_port, serving
from tests.soundness.corpus import ATTACKS, HONEST, REFUSED, Case, outcome

pytestmark = pytest.mark.lean

CASES = [*ATTACKS, *REFUSED, *HONEST[::10]]
"""Every case that must fail, and enough honest ones to see that not everything does."""


def wrong(found: list[tuple[str, str | None]]) -> dict[str, tuple[str, str | None]]:
    pairs = zip(CASES, found, strict=True)
    return {case.id: verdict for case, verdict in pairs if verdict != outcome(case)}


def fields(case: Case) -> dict[str, object]:
    theorem = case.theorem.model_dump(include={"name", "statement", "preamble"})
    return {"theorem": theorem, "candidate": case.candidate.model_dump()}


def test_the_command_line(tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(json.dumps(fields(case)) for case in CASES), encoding="utf-8")
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
            found = [await market.verify(c.theorem, c.candidate) for c in CASES]
        return [(v.status, v.reason) for v in found]

    assert wrong(asyncio.run(scenario())) == {}


@pytest.mark.ray
def test_the_http_api(tmp_path: Path) -> None:
    port = free_port()
    ledger = str(tmp_path / "ledger.sqlite")
    command = ["-m", "prover_arb.cli", "serve", "--port", str(port), "--ledger", ledger]
    with serving(sys.executable, *command, "--workers", "1", port=port) as server:
        server.wait_for("/readyz", 300)

        def verdict(case: Case) -> tuple[str, str | None]:
            response = server.client.post("/v1/verify", json=fields(case))
            assert response.status_code == 200, response.text
            body = response.json()
            return body["status"], body["reason"]

        with ThreadPoolExecutor(4) as threads:
            assert wrong(list(threads.map(verdict, CASES))) == {}
