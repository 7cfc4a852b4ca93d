"""The other roads to a verdict: the command line, certificates, the oracle on Ray.

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

from prover_arb.core.theorem import Certificate, Limits, Verdict
from prover_arb.errors import OracleError
from prover_arb.oracle.certificate import Difference, edits, issue, judged_again, read
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime.local_worker import LocalWorkerFactory
from tests.conftest import Lean
from tests.soundness.corpus import ATTACKS, HONEST, ROAD, Case, fields, wrong

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


def test_certificates(lean: Lean) -> None:
    """A certificate of every honest proof holds; one of an attack, however well made, does not."""
    limits = Limits()

    def verdict(case: Case) -> Verdict:
        return lean.run(lean.oracle.verify(case.theorem, case.candidate, limits))

    def again(certificate: Certificate) -> list[Difference]:
        found = read(certificate.model_dump_json(), "certificate.json")
        judged = lean.run(lean.oracle.verify(found.theorem, found.candidate, found.limits))
        return [*edits(found), *judged_again(found, judged)]

    for case in HONEST[::10]:
        assert again(issue(case.theorem, case.candidate, verdict(case), limits)) == [], case.id
    real = verdict(HONEST[0])
    for case in ATTACKS[::10]:
        with pytest.raises(OracleError, match="no certificate"):
            issue(case.theorem, case.candidate, verdict(case), limits)
        assert again(issue(case.theorem, case.candidate, real, limits)), case.id


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
        factory = LocalWorkerFactory(load_catalog())
        ledger = tmp_path / "ledger.sqlite"
        async with RayMarketplace.opened(factory, ledger=ledger, workers=1) as market:
            found = [await market.verify(c.theorem, c.candidate) for c in ROAD]
        return [(v.status, v.reason) for v in found]

    assert wrong(asyncio.run(scenario())) == {}
