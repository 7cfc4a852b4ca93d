"""What a purchase costs the processes of a service with 1, 2 and 4 brokers, without Lean.

    python benchmarks/served_brokers.py [--theorems N] [--brokers 1 --brokers 2] [--json]

A batch of theorems is ordered over HTTP from a service on Ray Serve. Everything is real but its
workers, two for each broker, which attempt and judge at once. Wall time says what this machine can
do with all of the processes on its processors. Processor time for one purchase says what more
processors would give: the replica, of which there is one, does at most its inverse; so does each
broker.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[1] / "tests/api/service"))

from tests.api.service.service_process import PROGRAMS, Server, free_port, serving
from tests.broker_processes import broker_processes

ATTEMPTS_EACH = 2
"""Attempts per theorem of the program that is served; the last one is accepted."""


@dataclass(frozen=True)
class Figures:
    brokers: int
    purchases: int
    seconds: float
    per_second: float
    replica_cpu_ms: float
    """Of the process that takes orders and works on them, per purchase."""
    broker_cpu_ms: float
    """Of all brokers together, per purchase."""
    other_cpu_ms: float
    """Of workers and of Ray, per purchase."""


def cpu_by_role(server: Server, ledger: Path) -> Counter[str]:
    """Returns the processor seconds of the service's processes."""
    brokers = {process.pid for process in broker_processes(ledger, server.process.pid)}
    seconds: Counter[str] = Counter()
    for process in psutil.Process(server.process.pid).children(recursive=True):
        with suppress(psutil.Error):
            role = "broker" if process.pid in brokers else "other"
            if process.cmdline()[0].startswith("ray::ServeReplica"):
                role = "replica"
            times = process.cpu_times()
            seconds[role] += times.user + times.system
    return seconds


def measure(theorems: int, brokers: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        ledger, port = Path(folder) / "ledger.sqlite", free_port()
        program = [sys.executable, str(PROGRAMS / "on_ray.py"), str(port), str(ledger)]
        with serving(*program, str(brokers), "0", port=port) as server:
            Thread(target=server.log, daemon=True).start()  # A full pipe would stop its log.
            ready = server.wait_for("/readyz", 300).json()
            assert ready["brokers_ready"] == brokers, ready
            buy(server, 20 * brokers, "warm")
            before, began = cpu_by_role(server, ledger), time.perf_counter()
            purchases = buy(server, theorems, "t")
            seconds = time.perf_counter() - began
            used = cpu_by_role(server, ledger) - before
    ms = {role: round(1_000 * spent / purchases, 3) for role, spent in used.items()}
    return Figures(
        brokers=brokers,
        purchases=purchases,
        seconds=round(seconds, 2),
        per_second=round(purchases / seconds, 1),
        replica_cpu_ms=ms["replica"],
        broker_cpu_ms=ms["broker"],
        other_cpu_ms=ms["other"],
    )


def buy(server: Server, theorems: int, name: str) -> int:
    """Orders a batch, waits for it, and returns how many attempts were bought."""
    problems = [f"theorem {name}_{i} : {i} = {i} + 0 := by sorry" for i in range(theorems)]
    body = {"problems": problems, "budget_usd": "1", "policy": "single:null"}
    batch: Any = server.client.post("/v1/batches", json=body).raise_for_status().json()
    while batch["finished_at"] is None:
        time.sleep(0.5)
        batch = server.client.get(batch["urls"]["get"]).raise_for_status().json()
    assert batch["counts"]["proved"] == theorems, batch
    return ATTEMPTS_EACH * theorems


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--theorems", type=int, default=900)
    parser.add_argument("--brokers", type=int, action="append", help="repeat it for several")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    figures = [measure(options.theorems, brokers) for brokers in options.brokers or [1, 2, 4]]
    if options.json:
        print(json.dumps([asdict(row) for row in figures]))
        return 0
    table = Table(title=f"{options.theorems} theorems over HTTP, {psutil.cpu_count()} processors")
    for heading in asdict(figures[0]):
        table.add_column(heading.replace("_", " "), justify="right")
    for row in figures:
        table.add_row(*map(str, asdict(row).values()))
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
