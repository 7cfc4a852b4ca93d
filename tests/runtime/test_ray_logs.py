"""On Ray too, who runs the program sees what its workers log."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import ray

from prover_arb.core.money import MicroUSD
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Candidate, Limits, Theorem, Verdict
from prover_arb.oracle.alarm import sound_alarm
from prover_arb.runtime.null_market import IDENTITY, NullWorker, NullWorkerFactory
from prover_arb.runtime.ray_market import RayMarketplace

THEOREM = Theorem(name="claim", statement=": 1 = 1")
LOGGED_BY_A_WORKER = "a worker is asked for a verdict"


class QuarrellingWorker(NullWorker):
    """Its kernels never agree."""

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict:
        logging.getLogger("prover_arb.tests").info(LOGGED_BY_A_WORKER)
        print("what a worker prints is not the program's result")
        verdict = Verdict(
            status="rejected",
            reason="kernels_disagree",
            detail="one says no",
            toolchain=IDENTITY,
        )
        sound_alarm(theorem, verdict)  # as the oracle does
        return verdict


@dataclass(frozen=True)
class QuarrellingWorkerFactory(NullWorkerFactory):
    def worker(self) -> QuarrellingWorker:
        return QuarrellingWorker()


async def buy_and_judge(ledger: Path) -> None:
    # The workers cannot import this file, so what is defined in it travels by value.
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]
    async with RayMarketplace.opened(
        QuarrellingWorkerFactory(), ledger=ledger, workers=1
    ) as market:
        await market.prove(THEOREM, ProofJob(policy="single:null", budget=MicroUSD(1), run="r"))
        other = THEOREM.model_copy(update={"name": "judged"})
        await market.verify(other, Candidate(kind="tactics", text="rfl"))


@pytest.mark.ray
def test_the_alarm_reaches_a_program_that_asked_for_no_log(
    local_ray: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.run(buy_and_judge(tmp_path / "ledger.sqlite"))
    alarms = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    for name in ("claim", "judged"):
        about = [alarm for alarm in alarms if f"THE KERNELS DISAGREE on {name} " in alarm]
        # One from the worker's log, and one from the program that received the verdict.
        assert len(about) == 2
        assert all("one says no" in alarm for alarm in about)


@pytest.mark.ray
def test_the_workers_log_has_the_level_form_and_ids_of_the_program(tmp_path: Path) -> None:
    program = """
import asyncio, sys
from pathlib import Path
from prover_arb.cli.visible import show_logs
from test_ray_logs import buy_and_judge
show_logs(1, as_json=True)
asyncio.run(buy_and_judge(Path(sys.argv[1])))
"""
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "ledger.sqlite")],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert ended.stdout == ""
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    ids = {"run": "r", "theorem": "claim", "purchase": 1}
    of_the_purchase = [line for line in lines if line.items() >= ids.items()]
    said = " / ".join(line["message"] for line in of_the_purchase)
    for part in ("is open", "is delivered", LOGGED_BY_A_WORKER, "KERNELS DISAGREE", "is judged"):
        assert part in said
    assert {line["level"] for line in lines} == {"INFO", "CRITICAL"}
    assert any(line["message"] == "a worker is ready" for line in lines)
