"""What the oracle costs: cold start, memory, throughput, and a check beyond Lean's elaboration.

    python benchmarks/oracle.py [--json] [--checks N]

Ratios are taken within one run, since machines are shared and noisy.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time

import psutil
from rich.console import Console
from rich.table import Table

from prover_arb.oracle.pool import LeanPool
from prover_arb.oracle.toolchain.resolve import Toolchain, ensure

THEOREMS = [
    ("(a b : ℕ) (h : a < b) : a + 1 ≤ b", "omega"),
    ("(x y : ℤ) (h : x + y = 3) (k : x - y = 1) : x = 2 ∧ y = 1", "constructor <;> omega"),
    ("(x y : ℝ) (h : x + y = 3) (k : x - y = 1) : x = 2", "grind"),
    ("(n : ℕ) : n ≤ 2 ^ n", "induction n with\n| zero => simp\n| succ n ih => grind"),
    (": 2 ^ 10 = 1024", "decide"),
    ("(p q : Prop) (hp : p) (hq : q) : p ∧ q", "exact ⟨hp, hq⟩"),
]


def request(index: int) -> dict[str, object]:
    statement, proof = THEOREMS[index % len(THEOREMS)]
    return {
        "op": "check",
        "theorem": {"name": f"bench_{index % len(THEOREMS)}", "statement": statement},
        "candidate": {"kind": "tactics", "text": proof},
    }


ROUNDS = 5


async def throughput(pool: LeanPool, checks: int, *, at_once: int) -> float:
    """Checks per second with `at_once` processes of the pool at work."""
    queue = iter(range(checks))

    async def one_after_another() -> None:
        for index in queue:
            await pool.request(request(index), wall_ms=60_000)

    began = time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(at_once)))
    return checks / (time.perf_counter() - began)


async def warm_up(pool: LeanPool, checks: int) -> None:
    """Wait until every process is up, and has done `checks` checks.

    Node compiles Lean's code better while it runs, so processes are compared at the same age.
    """
    while pool.alive < pool.size:
        await asyncio.sleep(0.1)

    async def one() -> None:
        async with pool.lease() as worker:
            for index in range(checks):
                await worker.request(request(index), wall_ms=60_000)

    await asyncio.gather(*(one() for _ in range(pool.size)))


async def measure(toolchain: Toolchain, checks: int) -> dict[str, float]:
    figures: dict[str, float] = {}
    began = time.perf_counter()
    async with LeanPool(toolchain, size=1) as pool:
        await pool.request(request(0), wall_ms=60_000)
        figures["cold start to first verdict, s"] = time.perf_counter() - began
        await warm_up(pool, checks)
        over = []
        for index in range(checks):
            started = time.perf_counter_ns()
            reply = await pool.request(request(index), wall_ms=60_000)
            wall_us = (time.perf_counter_ns() - started) / 1000
            # Lean's own elaboration ends with the kernel; a check asks it once, after the audit.
            elab_us, kernel_us = reply.data["elab_us"], reply.data["kernel_us"]
            assert isinstance(elab_us, int)
            assert isinstance(kernel_us, int)
            assert reply.data["status"] == "proved", reply.data
            over.append((wall_us - elab_us - kernel_us) / 1000)
        figures["check beyond elaboration, median ms"] = statistics.median(over)
        async with pool.lease() as worker:
            rss = psutil.Process(worker.pid).memory_info().rss
        figures["resident memory, MiB"] = rss / 2**20
    async with LeanPool(toolchain, size=2) as pool:
        await warm_up(pool, 3 * checks)
        # By turns, so that a neighbour's load falls on both; the middle of the ratios counts.
        rounds = [
            [await throughput(pool, checks // 2 * n, at_once=n) for n in (1, 2)]
            for _ in range(ROUNDS)
        ]
    figures["one process, checks/s"] = statistics.median(one for one, _ in rounds)
    figures["two processes, checks/s"] = statistics.median(two for _, two in rounds)
    figures["two over one"] = statistics.median(two / one for one, two in rounds)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checks", type=int, default=120)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = asyncio.run(measure(ensure("core"), arguments.checks))
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    table = Table("figure", "measured")
    for name, value in figures.items():
        table.add_row(name, f"{value:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
