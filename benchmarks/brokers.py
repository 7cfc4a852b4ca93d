"""How many purchases a second go through 1, 2 and 4 brokers on Ray, with simulated workers.

    python benchmarks/brokers.py [--theorems N] [--workers N] [--brokers 1 --brokers 2] [--json]

Everything is real but the workers, which wait instead of attempting and judging: brokers, policy,
one ledger on disk, and every call between processes. A thousand workers do not fit on a small
machine as processes, so a few host processes hold them; to a broker they are workers like others.

Wall time says what this machine can do, with brokers, hosts and the program that hands out theorems
all on its processors. The processor time of a broker for one purchase says what more processors
would give: one broker does at most its inverse.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.core.money import MicroUSD
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Theorem
from prover_arb.runtime.actor_handle import ActorHandle
from prover_arb.runtime.broker_actors import BrokerActors
from prover_arb.runtime.null_market import NullWorkerFactory
from prover_arb.runtime.ray_market import RayMarketplace
from prover_arb.runtime.ray_session import connect
from prover_arb.runtime.ray_worker import RayWorker
from prover_arb.runtime.worker_factory import Worker

ATTEMPTS_EACH = 5
"""Attempts per theorem; the last one is accepted."""


@dataclass(frozen=True)
class Figures:
    brokers: int
    purchases: int
    seconds: float
    per_second: float
    driver_cpu_ms: float
    """Of the program that hands out theorems, per purchase."""
    broker_cpu_ms: float
    """Of all brokers together, per purchase."""
    host_cpu_ms: float
    """Of the simulated workers, per purchase."""
    one_broker_could: float
    """Purchases a second of one broker that has a processor for itself."""


def actor_processes(ledger: Path) -> tuple[list[psutil.Process], list[psutil.Process]]:
    """Returns the processes of brokers, which have the ledger open, and of hosts."""
    brokers, hosts = [], []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if " ".join(process.cmdline()).startswith("ray::ActorBody"):
                has_ledger = any(file.path == str(ledger) for file in process.open_files())
                (brokers if has_ledger else hosts).append(process)
    return brokers, hosts


def cpu_of(*groups: Sequence[psutil.Process]) -> list[float]:
    """Returns the processor seconds of each group, and last those of this program."""
    return [
        *(sum(sum(process.cpu_times()[:2]) for process in group) for group in groups),
        time.process_time(),
    ]


async def measure(options: argparse.Namespace, brokers: int) -> Figures:
    factory = NullWorkerFactory(proves=ATTEMPTS_EACH - 1, seconds=options.seconds)
    hosts: list[ActorHandle[Worker]] = [
        ActorHandle.create(
            factory.worker, num_cpus=0, max_concurrency=options.workers, enable_task_events=False
        )
        for _ in range(options.hosts)
    ]
    workers = [RayWorker(hosts[number % len(hosts)]) for number in range(options.workers)]
    run_budget = None if options.no_run_budget else MicroUSD(10**9)
    job = ProofJob(policy="single:null", budget=1_000, run="bench", run_budget=run_budget)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        ledger = Path(folder).resolve() / "ledger.sqlite3"
        actors = BrokerActors(factory, workers, ledger, count=brokers)
        market = RayMarketplace(actors, hosts, shut_ray_down=False)
        try:
            await market.start()
            theorems = iter(range(options.theorems))

            async def buy() -> None:
                for number in theorems:
                    theorem = Theorem(name=f"t{number}", statement=f": {number} = {number}")
                    outcome = await market.prove(theorem, job)
                    assert outcome.status == "proved", outcome.why_stopped
                    assert len(outcome.purchases) == ATTEMPTS_EACH

            broker_processes, host_processes = actor_processes(ledger)
            assert len(broker_processes) == brokers, (broker_processes, host_processes)
            before = cpu_of(broker_processes, host_processes)
            began = time.perf_counter()
            await asyncio.gather(*(buy() for _ in range(options.workers)))
            seconds = time.perf_counter() - began
            after = cpu_of(broker_processes, host_processes)
        finally:
            await market.close()
        book = SqliteLedger(ledger)
        (totals,) = book.summarise("bench")
        book.close()
    purchases = options.theorems * ATTEMPTS_EACH
    assert (totals.purchases, totals.proved) == (purchases, options.theorems)
    broker_ms, host_ms, driver_ms = (
        1_000 * (end - start) / purchases for start, end in zip(before, after, strict=True)
    )
    return Figures(
        brokers=brokers,
        purchases=purchases,
        seconds=round(seconds, 2),
        per_second=round(purchases / seconds, 1),
        driver_cpu_ms=round(driver_ms, 3),
        broker_cpu_ms=round(broker_ms, 3),
        host_cpu_ms=round(host_ms, 3),
        one_broker_could=round(1_000 / broker_ms, 1),
    )


def show(all_figures: Sequence[Figures], options: argparse.Namespace) -> None:
    table = Table(
        title=f"{options.theorems} theorems, {options.workers} simulated workers in "
        f"{options.hosts} processes, {options.seconds:g} s per call, {psutil.cpu_count()} "
        "processors"
    )
    for name in asdict(all_figures[0]):
        table.add_column(name.replace("_", " "), justify="right")
    for figures in all_figures:
        table.add_row(*map(str, asdict(figures).values()))
    Console().print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--theorems", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=1_000)
    parser.add_argument("--hosts", type=int, default=2, help="processes that hold the workers")
    parser.add_argument("--seconds", type=float, default=0.5, help="of an attempt, and of a check")
    parser.add_argument("--brokers", type=int, action="append", help="repeat it for several")
    parser.add_argument("--no-run-budget", action="store_true")
    parser.add_argument("--folder", type=Path, default=None, help="where the ledger is put")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    counts = options.brokers or [1, 2, 4]
    connect("local", workers=max(counts))
    found = [asyncio.run(measure(options, brokers)) for brokers in counts]
    if options.json:
        print(json.dumps([asdict(figures) for figures in found]))
    else:
        show(found, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
