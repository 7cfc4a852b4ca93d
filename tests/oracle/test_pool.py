"""Real Lean processes killed, cancelled, overrun and starved; the pool must stand after each."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from prover_arb.core.theorem import Candidate, Limits, Theorem
from prover_arb.errors import OracleError, WorkerDied, WorkerNotStarted, WorkerTimeout
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.toolchain.resolve import Toolchain
from prover_arb.oracle.verifier import LeanOracle
from prover_arb.oracle.worker import LeanWorker
from tests.conftest import Lean

pytestmark = pytest.mark.lean

THEOREM = Theorem(name="target", statement="(a b : ℕ) (h : a < b) : a + 1 ≤ b")
PROOF = Candidate(kind="tactics", text="omega")
ENDLESS = Candidate(
    kind="tactics", text="set_option maxRecDepth 1000000 in\nset_option maxHeartbeats 0 in\n"
    "have : ∀ n : ℕ, n < 10000000 → n + 1 < 10000001 := by decide +kernel\nomega",
)  # fmt: skip
PING = {"op": "ping"}


def elaborating(candidate: Candidate) -> dict[str, object]:
    """The request to elaborate a candidate."""
    return {
        "op": "elaborate",
        "theorem": {"name": "t", "statement": THEOREM.statement, "preamble": ""},
        "candidate": {"kind": candidate.kind, "text": candidate.text},
        "heartbeats": 400_000,
    }


def test_a_killed_process_is_replaced(lean: Lean) -> None:
    async def scenario() -> str:
        async with lean.pool.lease() as worker:
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
            with pytest.raises(WorkerDied):
                await worker.request(PING, wall_ms=5_000)
            assert not worker.usable
        return (await lean.oracle.verify(THEOREM, PROOF)).status

    assert lean.run(scenario()) == "proved"


def test_a_death_in_the_middle_of_a_check_is_void_or_repeated(lean: Lean) -> None:
    async def scenario() -> str:
        check = asyncio.create_task(lean.oracle.verify(THEOREM, PROOF))
        await asyncio.sleep(0.005)
        for worker in lean.pool.workers:
            if worker._busy and worker.pid is not None:
                os.kill(worker.pid, signal.SIGTERM)
        return (await check).status

    assert lean.run(scenario()) in {"proved", "void"}


def test_an_endless_check_ends_within_its_limit(lean: Lean) -> None:
    limits = Limits(wall_ms=3_000)
    began = time.monotonic()
    verdict = lean.run(lean.oracle.verify(THEOREM, ENDLESS, limits))
    assert (verdict.status, verdict.reason) == ("rejected", "timeout")
    assert time.monotonic() - began < 3 + 2
    assert lean.run(lean.oracle.verify(THEOREM, PROOF)).status == "proved"


def test_a_request_of_an_overrun_worker_is_refused(lean: Lean) -> None:
    async def scenario() -> None:
        async with lean.pool.lease() as worker:
            with pytest.raises(WorkerTimeout):
                await worker.request(elaborating(ENDLESS), wall_ms=500)
            with pytest.raises(WorkerDied, match="no more requests"):
                await worker.request(PING, wall_ms=500)

    lean.run(scenario())


def test_cancelling_a_check_frees_the_seat(lean: Lean) -> None:
    async def scenario() -> str:
        check = asyncio.create_task(lean.oracle.verify(THEOREM, ENDLESS, Limits(wall_ms=60_000)))
        await asyncio.sleep(0.5)
        check.cancel()
        with pytest.raises(asyncio.CancelledError):
            await check
        return (await lean.oracle.verify(THEOREM, PROOF)).status

    assert lean.run(scenario()) == "proved"


def test_a_process_at_work_ends_when_its_program_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        f"""
import asyncio
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.toolchain.resolve import ensure

async def main():
    async with LeanPool(ensure("core"), size=1) as pool:
        print(pool.workers[0].pid, flush=True)
        await pool.request({elaborating(ENDLESS)!r}, wall_ms=600_000)

asyncio.run(main())
"""
    )
    parent = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True)
    with parent:
        try:
            assert parent.stdout is not None
            lean = psutil.Process(int(parent.stdout.readline()))
            ready = lean.cpu_times().user
            while lean.cpu_times().user < ready + 0.5:
                time.sleep(0.05)
        finally:
            parent.kill()
    deadline = time.monotonic() + 30
    with contextlib.suppress(psutil.NoSuchProcess):
        while lean.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_memory_is_limited(toolchain: Toolchain) -> None:
    hungry = Candidate(
        kind="tactics",
        text="have : (List.range 20000000).length = 20000000 := by decide +kernel\nomega",
    )

    async def scenario() -> tuple[str, str | None]:
        async with LeanPool(toolchain, size=1, memory_mb=700) as pool:
            oracle = LeanOracle.on(pool)
            limits = Limits(wall_ms=180_000, heartbeats=100_000_000)
            verdict = await oracle.verify(THEOREM, hungry, limits)
            again = await oracle.verify(THEOREM, PROOF)
            assert again.status == "proved"
            return verdict.status, verdict.reason

    status, reason = asyncio.run(scenario())
    assert status == "rejected"
    assert reason in {"memory", "elaboration_error"}


def test_nothing_but_the_library_is_visible(toolchain: Toolchain, lean: Lean) -> None:
    command = toolchain.server_command(memory_mb=700)
    assert any(part == "--permission" for part in command)
    assert not any("allow-fs-write" in part or "allow-child" in part for part in command)
    assert not any("allow-worker" in part or "allow-addons" in part for part in command)


def test_a_command_that_is_no_lean_is_reported() -> None:
    async def scenario() -> None:
        worker = LeanWorker(["/bin/sh", "-c", "echo nonsense >&2; exit 3"], {})
        with pytest.raises(WorkerDied, match="nonsense"):
            await worker.start()
        assert not worker.usable

    asyncio.run(scenario())


def test_a_closed_pool_says_so(toolchain: Toolchain) -> None:
    async def scenario() -> None:
        pool = LeanPool(toolchain, size=1)
        await pool.close()
        with pytest.raises(OracleError, match="closed"):
            await pool.request(PING, wall_ms=1_000)

    asyncio.run(scenario())


def test_a_lease_that_waits_for_a_process_hears_that_the_pool_is_closed(
    toolchain: Toolchain,
) -> None:
    silent = dataclasses.replace(toolchain, make_command=lambda _: ["/bin/sleep", "60"])

    async def scenario() -> None:
        pool = LeanPool(silent, size=1)
        requests = [asyncio.create_task(pool.request(PING, wall_ms=1_000)) for _ in range(2)]
        await asyncio.sleep(0.1)
        await pool.close()
        for request in requests:  # one has the seat, the other waits for it
            with pytest.raises(OracleError, match="closed"):
                await request

    asyncio.run(scenario())


def test_a_process_that_never_starts_is_given_up(toolchain: Toolchain) -> None:
    broken = dataclasses.replace(toolchain, make_command=lambda _: ["/bin/false"])

    async def work() -> None:
        pool = LeanPool(broken, size=1)
        try:
            async with asyncio.timeout(30):
                await pool.request({"op": "ping"}, wall_ms=1_000)
        finally:
            await pool.close()

    with pytest.raises(WorkerNotStarted, match="status 1"):
        asyncio.run(work())


def test_customers_share_no_process_and_no_more_processes_live_than_seats(
    toolchain: Toolchain,
) -> None:
    async def scenario() -> None:
        async with LeanPool(toolchain, size=1) as pool:
            async with pool.lease() as worker:
                ours = worker.pid
                await worker.request(PING, wall_ms=5_000)
            async with pool.lease("other") as worker:
                theirs = worker.pid
                await worker.request(PING, wall_ms=5_000)
            assert theirs != ours
            assert pool.alive == 1
            assert ours is not None
            with pytest.raises(ProcessLookupError):
                os.kill(ours, 0)
            async with pool.lease("other") as worker:
                assert worker.pid == theirs
            async with pool.lease("other", fresh=True) as worker:
                assert worker.pid != theirs
                assert worker.requests == 0

    asyncio.run(scenario())


def test_what_a_killed_process_used_is_metered(lean: Lean) -> None:
    request = elaborating(ENDLESS)

    async def scenario() -> tuple[int, int]:
        async with lean.pool.lease() as worker:
            with pytest.raises(WorkerTimeout, match="within 400 ms of processor time") as overrun:
                await worker.request(request, wall_ms=200_000, cpu_ms=400)
        async with lean.pool.lease() as worker:
            check = asyncio.create_task(worker.request(request, wall_ms=60_000))
            await asyncio.sleep(1.5)
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
            with pytest.raises(WorkerDied) as killed:
                await check
        return overrun.value.cpu_us, killed.value.cpu_us

    for used in lean.run(scenario()):
        assert used > 300_000


def test_a_process_is_reset_before_every_lease_where_that_is_wanted(toolchain: Toolchain) -> None:
    async def scenario() -> None:
        async with LeanPool(toolchain, size=1, reset_every=1) as pool:
            seen = set()
            for _ in range(3):
                async with pool.lease() as worker:
                    assert worker.requests == 0
                    seen.add(worker.pid)
                    await worker.request(
                        {"op": "open", "theorem": {"name": "t", "statement": ": True"}},
                        wall_ms=20_000,
                    )
                    assert worker.requests == 1
            assert len(seen) == 1

    asyncio.run(scenario())


def test_a_process_under_suspicion_is_reset_before_it_serves_again(lean: Lean) -> None:
    async def scenario() -> None:
        async with lean.pool.lease() as worker:
            await worker.request(PING, wall_ms=20_000)
            first = worker.pid
            worker.suspect = True
        async with lean.pool.lease() as worker:
            assert (worker.pid, worker.requests, worker.suspect) == (first, 0, False)

    lean.run(scenario())


def test_a_process_is_put_back_where_an_untouched_one_is_wanted(lean: Lean) -> None:
    async def scenario() -> None:
        async with lean.pool.lease() as worker:
            await worker.request(PING, wall_ms=20_000)
            first = worker.pid
        async with lean.pool.lease(untouched=True) as worker:
            assert (worker.pid, worker.requests) == (first, 0)

    lean.run(scenario())


def test_suspicion_that_comes_late_is_acted_upon_before_the_next_request(lean: Lean) -> None:
    async def scenario() -> None:
        async with lean.pool.lease() as worker:
            await worker.request(PING, wall_ms=20_000)
        worker.suspect = True
        async with lean.pool.lease() as again:
            assert (again.pid, again.requests, again.suspect) == (worker.pid, 0, False)

    lean.run(scenario())
