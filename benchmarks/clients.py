"""What 50 clients of the HTTP API get of the bare pool's throughput, and the event loop's delay.

    python benchmarks/clients.py [--clients N] [--checks N] [--rounds N] [--workers N] [--on-ray]
        [--json]

The same warm checks are judged in turn by Lean workers in this program and through `/v1/verify` of
a server in another process, each with as many workers and as many callers, in one run, since
machines are shared and noisy: told are the middle of the rounds and of their ratios. The ratio of
processor time, of all processes together with the clients, depends less on who else is at work.
With `--on-ray` the server is `prover-arb serve`, otherwise the same service without Ray.

The delay of the server's event loop is that of its own metrics, over the rounds through HTTP.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path

import aiohttp
import psutil
from prometheus_client.parser import text_string_to_metric_families

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[1] / "tests/api/service"))

from benchmarks.oracle import THEOREMS
from prover_arb.core.theorem import Candidate, Theorem
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime import LocalMarketplace
from prover_arb.runtime.local_worker import LocalWorkerFactory
from tests.api.service.service_process import Server, free_port, serving

REPOSITORY = Path(__file__).parents[1]

DELAY = "prover_arb_event_loop_delay_seconds"

Check = Callable[[int], Awaitable[None]]
Figures = dict[str, float]

CHECKS = [
    (
        Theorem(name=f"bench_{number}", statement=statement),
        Candidate(kind="tactics", text=proof),
    )
    for number, (statement, proof) in enumerate(THEOREMS)
]


def served(options: argparse.Namespace, folder: Path) -> AbstractContextManager[Server]:
    port, ledger, workers = free_port(), str(folder / "served.sqlite"), str(options.workers)
    if options.on_ray:
        command = ["-m", "prover_arb.cli", "serve", "--port", str(port), "--ledger", ledger]
        command += ["--workers", workers, "--reserved", "0"]
    else:
        program = REPOSITORY / "tests/api/service/programs/with_lean.py"
        catalog = REPOSITORY / "prover_arb/provers/catalog.toml"
        command = [str(program), str(port), ledger, str(catalog), "0", "{}", workers]
    return serving(sys.executable, *command, port=port)


async def many(check: Check, options: argparse.Namespace) -> Figures:
    """Has all checks done by as many callers as there are clients."""
    numbers = iter(range(options.checks))
    took: list[float] = []

    async def caller() -> None:
        for number in numbers:
            began = time.perf_counter()
            await check(number)
            took.append(time.perf_counter() - began)

    cpu, began = processor_seconds(), time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(options.clients)))
    seconds = time.perf_counter() - began
    return {
        "checks per second": options.checks / seconds,
        "processor ms per check": 1000 * (processor_seconds() - cpu) / options.checks,
        "median wait, ms": 1000 * statistics.median(took),
    }


def processor_seconds() -> float:
    """Returns what this program and all programs that it started have used."""
    me = psutil.Process()
    total = 0.0
    for process in (me, *me.children(recursive=True)):
        with suppress(psutil.Error):
            total += sum(process.cpu_times()[:2])
    return total


async def delays(session: aiohttp.ClientSession) -> dict[float, float]:
    """Returns how often the server's event loop was late by at most so many seconds."""
    async with session.get("/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
    return {
        float(sample.labels["le"]): sample.value
        for family in families
        for sample in family.samples
        if sample.name == f"{DELAY}_bucket"
    }


async def measure(options: argparse.Namespace, folder: Path, server: Server) -> dict[str, object]:
    server.wait_for("/readyz", 300)
    market = await LocalMarketplace.create(
        LocalWorkerFactory(catalog=load_catalog()),
        ledger=folder / "bare.sqlite",
        workers=options.workers,
    )
    url = f"http://127.0.0.1:{server.port}"
    connector = aiohttp.TCPConnector(limit=options.clients)
    async with aiohttp.ClientSession(url, connector=connector) as session:

        async def bare(number: int) -> None:
            verdict = await market.verify(*CHECKS[number % len(CHECKS)])
            assert verdict.status == "proved", verdict

        async def through_http(number: int) -> None:
            theorem, candidate = CHECKS[number % len(CHECKS)]
            body = {"theorem": theorem.model_dump(), "candidate": candidate.model_dump()}
            async with session.post("/v1/verify", json=body) as answer:
                verdict = await answer.json()
                assert verdict["status"] == "proved", verdict

        try:
            for check in (bare, through_http):
                await many(check, options)  # until all of it is warm
            before = await delays(session)
            rounds = [
                (await many(bare, options), await many(through_http, options))
                for _ in range(options.rounds)
            ]
            after = await delays(session)
        finally:
            await market.close()
    late = {bound: after[bound] - before[bound] for bound in after}
    return {
        "clients": options.clients,
        "workers": options.workers,
        "bare": middle([figures for figures, _ in rounds]),
        "http": middle([figures for _, figures in rounds]),
        "throughput, share of the bare pool": share(rounds, "checks per second"),
        "bare processor time, share of http": 1 / share(rounds, "processor ms per check"),
        "samples of the loop's delay": late[float("inf")],
        "delay below 50 ms, share": late[0.05] / late[float("inf")],
        "delay below 10 ms, share": late[0.01] / late[float("inf")],
    }


def middle(rounds: list[Figures]) -> Figures:
    return {key: round(statistics.median(f[key] for f in rounds), 2) for key in rounds[0]}


def share(rounds: list[tuple[Figures, Figures]], key: str) -> float:
    return round(statistics.median(http[key] / bare[key] for bare, http in rounds), 4)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--checks", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--on-ray", action="store_true")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server = stack.enter_context(served(options, Path(folder)))
        figures = asyncio.run(measure(options, Path(folder), server))
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:36} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
