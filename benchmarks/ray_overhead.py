"""What everything outside Lean and the provers costs per attempt: Ray, broker, policy, ledger.

    python benchmarks/ray_overhead.py [--attempts N] [--at-once N] [--local] [--json]

A null seller and a null oracle live in host actors, broker and ledger in the house actor, and
theorems are proved through the marketplace, as in a benchmark run. Each theorem takes several
attempts, so an attempt is one decision, one reservation, one call of a host for the candidate, a
payment, one call of a host for the verdict, and one judgement: three durable transactions.

On a machine that is busy with other things the processes wait for a processor more than they work;
the 10th percentile is then nearer to what the code costs than the median.

Reported are milliseconds of wall clock per attempt, one theorem after another (latency), and
attempts per second with several theorems at once (throughput).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Theorem
from prover_arb.runtime import LocalMarketplace, Marketplace
from prover_arb.runtime.null_market import NullWorkerFactory
from prover_arb.runtime.ray_market import RayMarketplace

ATTEMPTS_EACH = 5
"""Attempts per theorem; the last one is accepted."""

WARM_UP = 5
"""Theorems proved before anything is measured."""

LIMIT_MS = 5.0


@asynccontextmanager
async def open_market(ledger: Path, *, local: bool) -> AsyncIterator[Marketplace]:
    factory = NullWorkerFactory(proves=ATTEMPTS_EACH - 1)
    if local:
        market = await LocalMarketplace.create(factory, ledger=ledger, workers=2)
        try:
            yield market
        finally:
            await market.close()
    else:
        async with RayMarketplace.opened(factory, ledger=ledger, workers=2) as on_ray:
            yield on_ray


async def one(market: Marketplace, number: int) -> float:
    """Milliseconds per attempt for one theorem."""
    theorem = Theorem(name=f"t{number}", statement=f": {number} = {number}")
    started = time.perf_counter()
    outcome = await market.prove(
        theorem, ProofJob(policy="single:null", budget=1_000, run="overhead")
    )
    elapsed = time.perf_counter() - started
    assert outcome.status == "proved", outcome.why_stopped
    assert len(outcome.purchases) == ATTEMPTS_EACH
    return elapsed * 1000 / ATTEMPTS_EACH


async def measure(attempts: int, at_once: int, *, local: bool) -> dict[str, float]:
    """All figures; times in milliseconds per attempt."""
    theorems = max(10, attempts // ATTEMPTS_EACH)
    with tempfile.TemporaryDirectory() as folder:
        async with open_market(Path(folder) / "ledger.sqlite", local=local) as market:
            for number in range(WARM_UP):
                await one(market, number)
            measured = range(WARM_UP, WARM_UP + theorems)
            latencies = sorted([await one(market, number) for number in measured])
            slots = asyncio.Semaphore(at_once)

            async def slot(number: int) -> None:
                async with slots:
                    await one(market, number)

            started = time.perf_counter()
            await asyncio.gather(*(slot(number + theorems) for number in measured))
            elapsed = time.perf_counter() - started
    return {
        "attempts": theorems * ATTEMPTS_EACH,
        "median_ms": statistics.median(latencies),
        "p10_ms": latencies[len(latencies) // 10],
        "p95_ms": latencies[int(len(latencies) * 0.95)],
        "at_once": at_once,
        "ms_per_attempt_at_once": elapsed * 1000 / (theorems * ATTEMPTS_EACH),
        "attempts_per_second": theorems * ATTEMPTS_EACH / elapsed,
    }


def show(figures: dict[str, float], title: str) -> None:
    table = Table(title=title)
    table.add_column("figure")
    table.add_column("value", justify="right")
    rows = [
        ("attempts measured", f"{figures['attempts']:.0f}"),
        ("per attempt, median", f"{figures['median_ms']:.2f} ms"),
        ("per attempt, 10th percentile", f"{figures['p10_ms']:.2f} ms"),
        ("per attempt, 95th percentile", f"{figures['p95_ms']:.2f} ms"),
        (
            f"per attempt, {figures['at_once']:.0f} theorems at once",
            f"{figures['ms_per_attempt_at_once']:.2f} ms",
        ),
        ("attempts per second then", f"{figures['attempts_per_second']:.0f}"),
    ]
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--attempts", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--local", action="store_true", help="without Ray, for comparison")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    figures = asyncio.run(measure(options.attempts, options.at_once, local=options.local))
    met = figures["median_ms"] < LIMIT_MS
    if options.json:
        print(json.dumps(figures | {"limit_ms": LIMIT_MS, "met": met}))
    else:
        where = "in one process" if options.local else "on Ray"
        show(figures, f"Overhead {where} (limit: median under {LIMIT_MS:g} ms)")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
