"""The same market in this process and on Ray, on the null factory and on workers that die."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.loop import TOO_LATE
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Attempt, AttemptRequest
from prover_arb.core.theorem import Candidate, Limits, Theorem, Verdict
from prover_arb.errors import OracleError, PolicyError, ToolchainError, WorkerDied
from prover_arb.provers.prover_config import ComputeLimits, PricedLocalProver, ProverConfig
from prover_arb.runtime import LocalMarketplace, Marketplace
from prover_arb.runtime.null_market import IDENTITY, NullWorker, NullWorkerFactory
from prover_arb.runtime.worker_factory import WorkerFactory
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.policy_file import policy_file

THEOREM = Theorem(name="t", statement=": 1 + 1 = 2")
MarketFactory = Callable[..., AbstractAsyncContextManager[Marketplace]]


@asynccontextmanager
async def local(factory: WorkerFactory, ledger: Path, workers: int) -> AsyncIterator[Marketplace]:
    market = await LocalMarketplace.create(factory, ledger=ledger, workers=workers)
    try:
        yield market
    finally:
        await market.close()


@asynccontextmanager
async def on_ray(factory: WorkerFactory, ledger: Path, workers: int) -> AsyncIterator[Marketplace]:
    import ray  # noqa: PLC0415

    from prover_arb.runtime.ray_market import RayMarketplace  # noqa: PLC0415

    # The workers cannot import this file, so what is defined in it travels by value.
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]
    async with RayMarketplace.opened(factory, ledger=ledger, workers=workers) as market:
        yield market


@pytest.fixture(params=["local", pytest.param("ray", marks=pytest.mark.ray)])
def opener(request: pytest.FixtureRequest) -> MarketFactory:
    if request.param == "local":
        return local
    request.getfixturevalue("local_ray")
    return on_ray


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(main)


@dataclass(frozen=True)
class Haunted(NullWorker):
    """A worker on which bad things happen to theorems with telling names."""

    flag: str = ""
    """A file; the worker's process dies over `dies_once` while it is missing, then makes it."""

    async def attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt:
        if theorem.name == "seller_dies":
            os._exit(9)
        return await super().attempt(theorem, request)

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict:
        match theorem.name:
            case "worker_dies":
                raise WorkerDied("the Lean process ended", cause="memory")
            case "oracle_fails":
                raise OracleError("the oracle is confused")
            case "dies_once" if not Path(self.flag).exists():
                Path(self.flag).touch()
                os._exit(9)
            case "always_dies":
                os._exit(9)
        return await super().verify(theorem, candidate, limits)


@dataclass(frozen=True)
class HauntedFactory(NullWorkerFactory):
    flag: str = ""

    def worker(self) -> Haunted:
        return Haunted(flag=self.flag)


@dataclass(frozen=True)
class Slowing(NullWorker):
    """Attempts take the longer the higher their number is."""

    async def attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt:
        await asyncio.sleep(request.number * 60)
        return await super().attempt(theorem, request)


@dataclass(frozen=True)
class SlowingFactory(NullWorkerFactory):
    def worker(self) -> Slowing:
        return Slowing()


@dataclass(frozen=True)
class BarrenWorker(NullWorker):
    async def start(self) -> None:
        raise ToolchainError("Lean is nowhere to be found")


@dataclass(frozen=True)
class BarrenFactory(NullWorkerFactory):
    def worker(self) -> BarrenWorker:
        return BarrenWorker()


def test_the_first_proof_cancels_what_is_in_flight_on_other_workers(
    opener: MarketFactory, tmp_path: Path
) -> None:
    """What a cancelled seller on our own processors used is known here, and was nothing."""
    ledger = tmp_path / "ledger.sqlite"

    async def main() -> None:
        async with opener(SlowingFactory(), ledger, 2) as market:
            for name in ("a", "b"):
                outcome = await market.prove(
                    Theorem(name=name, statement=": True"),
                    ProofJob(
                        policy="single:null", budget=10, run="r", max_parallel=2, run_budget=2
                    ),
                )
                assert outcome.status == "proved"
                assert [(p.state, p.cost) for p in outcome.purchases] in (
                    [("judged", 1), ("cancelled", 0)],
                    [("judged", 1)],
                )
            outcome = await market.prove(
                THEOREM, ProofJob(policy="single:null", budget=10, run="r")
            )
            assert (outcome.cost, outcome.why_stopped) == (0, "the run's budget is spent")

    run(main())


def test_a_proof_is_bought_and_stands_in_the_ledger(opener: MarketFactory, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"

    async def main() -> None:
        async with opener(NullWorkerFactory(proves=2), ledger, 2) as market:
            outcome = await market.prove(
                THEOREM, ProofJob(policy="single:null", budget=10, run="r")
            )
            assert outcome.status == "proved"
            assert outcome.cost == 3
            assert outcome.certificate is not None
            assert outcome.certificate.toolchain == IDENTITY
            assert await market.identity() == IDENTITY
            assert (await market.inspect(THEOREM)).elaborates
            assert await market.check_policy("single:null") == "single:null"

    run(main())
    store = SqliteLedger(ledger)
    assert [p.cost for p in store.purchases(run="r")] == [1, 1, 1]
    store.close()


@dataclass(frozen=True)
class SlicingWorker(NullWorker):
    """Makes slices of one attempt; the third one brings the proof. It keeps nothing in between."""

    async def attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt:
        assert request.slice is not None
        index, resume = request.slice.index, request.slice.resume
        assert resume == (f"{theorem.name} after {index}" if index else "")
        if index == self.proves:
            script = Candidate(kind="tactics", text=f"null {self.proves}")
            return Attempt(prover=request.prover, candidate=script, cost=1)
        resume = f"{theorem.name} after {index + 1}"
        return Attempt(prover=request.prover, candidate=None, cost=1 + index, resume=resume)


@dataclass(frozen=True)
class SlicingFactory(NullWorkerFactory):
    proves: int = 2

    def worker(self) -> SlicingWorker:
        return SlicingWorker(proves=self.proves)

    def provers(self) -> Sequence[PricedLocalProver]:  # type: ignore[override]
        entry = ProverConfig(
            kind="portfolio",
            price_per_cpu_hour=400_000,
            limits=ComputeLimits(heartbeats=1_000, max_cpu_seconds=4),
            slices=(0.5, 0.5, 1.0, 2.0),
        )
        return [PricedLocalProver(name="sliced", entry=entry)]


def test_slices_are_bought_of_whatever_worker_is_free(
    opener: MarketFactory, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.sqlite"
    theorems = [Theorem(name=f"t{i}", statement=f": {i} + 1 = 1 + {i}") for i in range(4)]

    async def main() -> None:
        async with opener(SlicingFactory(), ledger, 2) as market:
            for policy in ("single:sliced", "cascade", "schedule:-"):
                job = ProofJob(policy=policy, budget=10_000, run="r")
                outcomes = await asyncio.gather(*(market.prove(t, job) for t in theorems))
                assert {outcome.status for outcome in outcomes} == {"proved"}
                for outcome in outcomes:
                    bought = [(p.slice, p.number, p.cost) for p in outcome.purchases]
                    assert bought == [(0, 0, 1), (1, 0, 2), (2, 0, 1)]
                    assert outcome.cost == 4

    run(main())


def test_a_run_goes_on_where_a_dead_program_left_it(opener: MarketFactory, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    store = SqliteLedger(ledger)
    store.reserve(run="r", theorem=THEOREM, policy="single:null", prover="null", reserved=1)
    store.close()

    async def main() -> None:
        async with opener(NullWorkerFactory(), ledger, 1) as market:
            outcome = await market.prove(
                THEOREM, ProofJob(policy="single:null", budget=10, run="r")
            )
            assert outcome.status == "proved"
            assert outcome.cost == 1
            assert [p.state for p in outcome.purchases] == ["lost", "judged"]

    run(main())


def test_our_errors_arrive_as_they_were_raised(opener: MarketFactory, tmp_path: Path) -> None:
    async def main() -> None:
        async with opener(HauntedFactory(), tmp_path / "ledger.sqlite", 1) as market:
            with pytest.raises(PolicyError, match="null") as caught:
                await market.prove(THEOREM, ProofJob(policy="single:nobody", budget=10, run="r"))
            assert type(caught.value) is PolicyError
            with pytest.raises(OracleError, match="confused") as confused:
                await market.verify(
                    THEOREM.model_copy(update={"name": "oracle_fails"}), candidate()
                )
            assert type(confused.value) is OracleError
            verdict = await market.verify(
                THEOREM.model_copy(update={"name": "worker_dies"}), candidate()
            )
            assert verdict.status == "void"

    run(main())


def test_a_proof_that_nobody_could_judge_is_void(opener: MarketFactory, tmp_path: Path) -> None:
    async def main() -> None:
        async with opener(HauntedFactory(), tmp_path / "ledger.sqlite", 1) as market:
            theorem = THEOREM.model_copy(update={"name": "worker_dies"})
            outcome = await market.prove(theorem, ProofJob(policy="single:null", budget=1, run="r"))
            assert outcome.status == "void"
            assert "the Lean process ended" in outcome.why_stopped

    run(main())


def test_a_market_without_lean_does_not_open(opener: MarketFactory, tmp_path: Path) -> None:
    async def main() -> None:
        with pytest.raises(ToolchainError, match="nowhere to be found"):
            async with opener(BarrenFactory(), tmp_path / "ledger.sqlite", 2):
                pass

    run(main())


def test_many_theorems_share_few_workers(opener: MarketFactory, tmp_path: Path) -> None:
    async def main() -> None:
        async with opener(NullWorkerFactory(seconds=0.001), tmp_path / "l.sqlite", 3) as market:
            outcomes = await asyncio.gather(
                *(
                    market.prove(
                        Theorem(name=f"t{i}", statement=f": {i} = {i}"),
                        ProofJob(policy="single:null", budget=5, run="r"),
                    )
                    for i in range(40)
                )
            )
            assert {outcome.status for outcome in outcomes} == {"proved"}

    run(main())


@pytest.mark.ray
class TestDeath:
    """What only another process can do: die."""

    def test_a_check_moves_on_when_its_worker_dies(
        self, local_ray: None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        async def main() -> None:
            factory = HauntedFactory(flag=str(tmp_path / "flag"))
            theorem = THEOREM.model_copy(update={"name": "dies_once"})
            async with on_ray(factory, tmp_path / "l.sqlite", 1) as market:
                verdict = await market.verify(theorem, candidate())
                assert verdict.status == "proved"
            assert (tmp_path / "flag").exists()

        run(main())
        assert capfd.readouterr().out == ""

    def test_a_check_that_kills_every_worker_is_void(self, local_ray: None, tmp_path: Path) -> None:
        async def main() -> None:
            theorem = THEOREM.model_copy(update={"name": "always_dies"})
            async with on_ray(HauntedFactory(), tmp_path / "l.sqlite", 1) as market:
                verdict = await market.verify(theorem, candidate())
                assert verdict.status == "void"
                assert verdict.detail
                assert (await market.verify(THEOREM, candidate())).status == "proved"

        run(main())

    def test_a_seller_who_dies_is_not_paid(self, local_ray: None, tmp_path: Path) -> None:
        async def main() -> None:
            theorem = THEOREM.model_copy(update={"name": "seller_dies"})
            async with on_ray(HauntedFactory(), tmp_path / "l.sqlite", 1) as market:
                outcome = await market.prove(
                    theorem, ProofJob(policy="single:null", budget=9, run="r")
                )
                assert outcome.status == "not_proved"
                assert outcome.cost == 0
                assert {p.state for p in outcome.purchases} == {"lost"}

        run(main())

    def test_more_workers_than_cpus_do_not_wait_for_ever(
        self, local_ray: None, tmp_path: Path
    ) -> None:
        async def main() -> None:
            async with on_ray(NullWorkerFactory(), tmp_path / "l.sqlite", 7) as market:
                outcome = await market.prove(
                    THEOREM, ProofJob(policy="single:null", budget=9, run="r")
                )
                assert outcome.status == "proved"

        run(main())

    def test_cancelling_gives_the_purchase_up(self, local_ray: None, tmp_path: Path) -> None:
        ledger = tmp_path / "l.sqlite"

        async def main() -> None:
            async with on_ray(NullWorkerFactory(seconds=30), ledger, 1) as market:
                task = asyncio.create_task(
                    market.prove(THEOREM, ProofJob(policy="single:null", budget=9, run="r"))
                )
                store = SqliteLedger(ledger)
                while not store.purchases(run="r"):
                    await asyncio.sleep(0.05)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                deadline = time.monotonic() + 10
                while store.purchases(run="r")[0].state == "open":
                    assert time.monotonic() < deadline
                    await asyncio.sleep(0.05)
                assert store.purchases(run="r")[0].state == "lost"
                store.close()

        run(main())


@pytest.mark.ray
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_program(tmp_path: Path, number: signal.Signals) -> None:
    """Neither after Ctrl-C, sent to the whole foreground group, nor after kill -9.

    After kill -9 two agents of Ray's own notice only a minute later that they are alone.
    """
    program = tmp_path / "program.py"
    program.write_text(
        f"""
import asyncio, subprocess, sys
from pathlib import Path
from prover_arb.runtime.null_market import NullWorkerFactory, NullWorker
from prover_arb.runtime.ray_market import RayMarketplace
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Theorem

class Sleeping(NullWorker):
    async def start(self):
        subprocess.Popen(["sleep", "{os.getpid()}.5"])

class WorkerFactory(NullWorkerFactory):
    def worker(self):
        return Sleeping(seconds=60)

async def main():
    factory = WorkerFactory(seconds=60)
    ledger = Path({str(tmp_path / "l.sqlite")!r})
    async with RayMarketplace.opened(factory, ledger=ledger, workers=1) as market:
        print("open", flush=True)
        theorem = Theorem(name="t", statement=": 1 = 1")
        await market.prove(theorem, ProofJob(policy="single:null", budget=9, run="r"))

asyncio.run(main())
"""
    )
    process = subprocess.Popen(
        [sys.executable, str(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        family = psutil.Process(process.pid).children(recursive=True)
        assert any(f"{os.getpid()}.5" in child.cmdline() for child in family)
        if number is signal.SIGINT:
            os.killpg(process.pid, number)
        else:
            process.kill()
        process.wait(60)
        late = {"ray::DashboardAgent", "ray::RuntimeEnvAgent"} if number == 9 else set()
        deadline = time.monotonic() + 30
        while True:
            _, alive = psutil.wait_procs(family, timeout=0.5)
            left = set()
            for child in alive:
                with contextlib.suppress(psutil.NoSuchProcess):
                    left.add(child.name())
            if left <= late or time.monotonic() > deadline:
                break
        assert left <= late
    finally:
        process.kill()
        process.communicate()


def connecting(*address: str, **variables: str) -> str:
    """What a process that connects to Ray prints of the error that it meets."""
    program = """
import sys
from prover_arb.errors import InputError
from prover_arb.runtime.ray_session import connect
try:
    connect(*sys.argv[1:])
except InputError as error:
    print(error)
"""
    environment = {k: v for k, v in os.environ.items() if k != "RAY_ADDRESS"}
    return subprocess.run(
        [sys.executable, "-c", program, *address],
        env=environment | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout


@pytest.mark.ray
def test_addresses_that_cannot_be_used_are_refused() -> None:
    for address, advice in [
        ("ray://127.0.0.1:10001", "ray job submit"),
        ("127.0.0.1:1", "no Ray cluster answers"),
        ("nonsense", "HOST:PORT"),
        ("http://127.0.0.1:8265", "the address of a dashboard"),
    ]:
        told = connecting(address)
        assert advice in told
        assert address in told


@pytest.mark.ray
@pytest.mark.parametrize(
    ("variable", "value", "advice"),
    [
        ("RAY_ADDRESS", "http://127.0.0.1:8265", "the address of a dashboard"),
        ("RAY_ADDRESS", "127.0.0.1:1", "no Ray cluster answers"),
        ("RAY_TMPDIR", f"/tmp/{'long' * 25}", "must be short"),
        ("RAY_TMPDIR", "/proc/nowhere", "writable"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(variable: str, value: str, advice: str) -> None:
    told = connecting(**{variable: value})
    assert advice in told
    assert variable in told
    assert value in told


def candidate() -> Candidate:
    return Candidate(kind="tactics", text="null 0")


def test_an_index_policy_is_told_what_a_proof_is_worth_and_what_time_it_has(
    opener: MarketFactory, tmp_path: Path
) -> None:
    successes = np.arange(12)[:, None] % 2
    names = tuple(f"t{i}" for i in range(12))
    panel = Panel(("null",), names, np.full((12, 1), 1e-6), np.full((12, 1), 4), successes)
    path = tmp_path / "policy.json"
    path.write_text(policy_file(panel).model_dump_json())
    policy = f"schedule:{path}"

    async def main() -> None:
        async with opener(NullWorkerFactory(proves=2), tmp_path / "ledger.sqlite", 1) as market:
            asked = await market.prove(
                THEOREM, ProofJob(policy=policy, budget=99, run="r", value=0)
            )
            assert (asked.status, asked.purchases) == ("not_proved", ())
            assert asked.offer is not None
            assert asked.offer.prover == "null"
            late = await market.prove(
                THEOREM, ProofJob(policy=policy, budget=99, run="r", deadline=0.0)
            )
            assert (late.status, late.why_stopped) == ("not_proved", TOO_LATE)
            told = await market.prove(
                THEOREM, ProofJob(policy=policy, budget=99, run="r", value=asked.offer.value)
            )
            assert len(told.purchases) >= 1
            with pytest.raises(PolicyError, match="'single:null' has no index"):
                await market.prove(
                    THEOREM, ProofJob(policy="single:null", budget=9, run="r", value=5)
                )

    run(main())
