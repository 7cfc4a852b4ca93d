"""The road of an installed Lean, on a stand-in made of the embedded one, under bubblewrap."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest

from prover_arb.core.theorem import Candidate, CandidateKind, Limits, Theorem, Verdict
from prover_arb.errors import ToolchainError, WorkerNotStarted
from prover_arb.oracle import doctor
from prover_arb.oracle.certificate import issue
from prover_arb.oracle.process import ChildProcess
from prover_arb.oracle.toolchain.resolve import Toolchain, ensure
from prover_arb.oracle.worker import LeanWorker, Reply
from tests.conftest import Lean
from tests.oracle.toolchain.standin import StandIn
from tests.oracle.toolchain.test_sandbox import held
from tests.soundness.bombs import BOMBS, THEOREM

T = TypeVar("T")

pytestmark = [pytest.mark.lean, held]

PARITY = Theorem(
    name="target",
    statement="(n : ℕ) : even n = true ∨ even n = false",
    preamble="def even : ℕ → Bool\n  | 0 => true\n  | n + 1 => !even n",
)


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    """In a folder that nobody can get to, too: a program started by root runs as nobody."""
    folder = Path(f"/var/tmp/prover_arb_standin_{os.getpid()}_{time.monotonic_ns()}")
    folder.mkdir(mode=0o755)
    yield StandIn(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def native(standin: StandIn) -> Toolchain:
    with pytest.MonkeyPatch.context() as patch:  # no longer: other fixtures look for Lean too
        for name, value in standin.environment.items():
            patch.setenv(name, value)
        return ensure("core")


@pytest.fixture(scope="module")
def road(native: Toolchain) -> Iterator[Lean]:
    """Reference, elaborator and judge on the stand-in."""
    running = Lean(native)
    yield running
    running.close()


def test_the_toolchain_is_the_installed_one(
    native: Toolchain, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in standin.environment.items():
        monkeypatch.setenv(name, value)
    assert native.identity.origin == str(standin.sysroot)
    assert native.identity.integrity.startswith("sha256:")
    assert not native.judges
    found, [finding] = doctor.lean()
    assert (found, finding.found) == (True, str(standin.project))


@pytest.mark.parametrize(
    ("theorem", "text", "kind", "ending"),
    [
        (PARITY, "cases even n <;> simp", "tactics", ("proved", None)),
        (PARITY, "exact Or.inl rfl", "tactics", ("rejected", "elaboration_error")),
        (PARITY, "sorry", "tactics", ("rejected", "uses_sorry")),
        (
            PARITY,
            "theorem target (n : ℕ) : even n = even n ∨ even n = false := Or.inl rfl",
            "file",
            ("rejected", "wrong_statement"),
        ),
        (Theorem(name="target", statement=": 1 = 2"), "decide", "refutation", ("refuted", None)),
        (Theorem(name="target", statement=": nobody"), "rfl", "term", ("invalid_statement", None)),
    ],
)
def test_verdicts(
    road: Lean, theorem: Theorem, text: str, kind: CandidateKind, ending: tuple[str, str | None]
) -> None:
    candidate = Candidate(kind=kind, text=text)
    verdict = road.run(road.oracle.verify(theorem, candidate))
    assert (verdict.status, verdict.reason) == ending, verdict.detail
    assert verdict.cpu_us > 0
    if verdict.status in {"proved", "refuted"}:
        assert verdict.kernels == ("lean 4.35.0 (eb6cafb7290e)",)


def test_each_role_has_a_process_of_its_own_that_is_held_in(road: Lean) -> None:
    road.verify(": 1 = 1", "rfl", "term")
    # A child that has ended and is not yet reaped has no command line.
    family = {one.pid for one in psutil.Process().children(recursive=True)}
    mine = [one for one in psutil.process_iter(["cmdline"]) if one.pid in family]
    inside = [one for one in mine if "native.cjs" in str(one.info["cmdline"])]
    assert len(inside) == 2  # a reference and an elaborator
    for one in inside:
        assert any(parent.name() == "bwrap" for parent in one.parents())
        assert one.uids().effective != 0
    lines = [str(one.info["cmdline"]) for one in mine]
    assert any("official-kernel" in line or "kernels.official" in line for line in lines)


def both(road: Lean, lean: Lean, request: dict[str, Any]) -> list[Reply]:
    return [on.run(on.pool.request(request, wall_ms=60_000)) for on in (road, lean)]


def fields(text: str, kind: str = "tactics") -> dict[str, Any]:
    theorem = {"name": PARITY.name, "statement": PARITY.statement, "preamble": PARITY.preamble}
    limits = {"heartbeats": 400_000, "output_bytes": 200_000, "export_bytes": 10_000_000}
    return {"theorem": theorem, "candidate": {"kind": kind, "text": text}, **limits}


@pytest.mark.parametrize(
    "request_",
    [
        {"op": "reference", **fields("")},
        {"op": "elaborate", **fields("cases even n <;> simp")},
        {"op": "elaborate", **fields("simp at")},
        {"op": "ping"},
        {"op": "nothing known"},
    ],
    ids=lambda request: request["op"],
)
def test_both_drivers_fill_the_same_envelope(
    road: Lean, lean: Lean, request_: dict[str, Any]
) -> None:
    """What a road answers, and what it says that the answer took: all of it, on both."""
    assert road.pool.toolchain.identity.origin != lean.pool.toolchain.identity.origin
    replies = both(road, lean, request_)
    installed, embedded = ({**reply.data, "elapsed_ms": 0, "elab_us": 0} for reply in replies)
    assert installed == embedded
    for reply in replies:
        assert reply.cpu_us > 0
        assert reply.memory > 50 << 20
        assert reply.elapsed_ms >= 0
        assert reply.printed == 0


def test_what_is_killed_is_metered(road: Lean) -> None:
    limits = Limits(wall_ms=3_000, heartbeats=1_000_000_000)
    verdict = road.run(road.oracle.verify(THEOREM, BOMBS["endless elaboration"], limits))
    assert (verdict.status, verdict.reason) == ("rejected", "timeout"), verdict.detail
    assert verdict.cpu_us > 500_000
    assert road.verify(": 1 = 1", "rfl", "term").status == "proved"


def test_what_cannot_be_reset_is_replaced(road: Lean) -> None:
    async def main() -> tuple[int | None, int | None]:
        async with road.pool.lease() as worker:
            before, worker.suspect = worker.pid, True
            await worker.request({"op": "ping"}, wall_ms=10_000)
        async with road.pool.lease() as worker:
            return before, worker.pid

    before, after = road.run(main())
    assert before != after


def test_a_certificate_of_this_road_holds_on_it(
    road: Lean, standin: StandIn, tmp_path: Path
) -> None:
    candidate = Candidate(kind="tactics", text="cases even n <;> simp")
    verdict: Verdict = road.run(road.oracle.verify(PARITY, candidate))
    path = tmp_path / "c.json"
    path.write_text(issue(PARITY, candidate, verdict, Limits()).model_dump_json())
    command = [sys.executable, "-m", "prover_arb.cli", "verify", "--certificate", str(path)]
    environment = {**os.environ, **standin.environment}
    done = subprocess.run(
        [*command, "--json"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["holds"] is True


def test_a_road_that_does_not_meter_is_refused(
    native: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start() -> None:
        worker = LeanWorker(native.server_command(memory_mb=1900), native.environment)
        asyncio.run(worker.start())

    with monkeypatch.context() as patch:
        patch.setattr(ChildProcess, "cpu_us", lambda self: 0)
        with pytest.raises(WorkerNotStarted, match=r"processor time .* cannot be measured"):
            start()
    monkeypatch.setattr(ChildProcess, "memory", lambda self: 0)
    with pytest.raises(WorkerNotStarted, match=r"memory .* cannot be measured"):
        start()


def test_an_unbuilt_project_is_named(
    standin: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVER_ARB_LEAN", str(tmp_path))
    with pytest.raises(ToolchainError, match="run `lake build` there"):
        ensure("core")
