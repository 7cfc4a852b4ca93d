"""What buying over HTTP costs: many requests at once, and the broker's own share of a purchase.

    python benchmarks/buying.py [--requests 4000] [--at-once 200] [--latency-ms 50]
                                [--purchases 400] [--plain] [--json]

A seller in a process of its own answers every chat completion after the latency. Measured are

  throughput   requests of one seller object, `--at-once` of them in flight all the time, as a share
               of the ideal at-once / latency; memory of this process by tenths of the run; and the
               connections still open once the sellers are closed (goal: 90%, flat, none)
  overhead     one purchase after another through the real broker and a ledger on disk, with a null
               oracle and a seller that answers at once: wall clock of a purchase, in which what
               network and seller take is still counted (goal: a median below 3 ms)

Processor time stands beside both: it says what a busy machine hides. Exit code 1 if a goal is
missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.broker.loop import Broker
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Purchase
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.provers.chat.chat_prover import ChatProver, ChatProvers
from prover_arb.provers.chat.model_config import ChatConfig, PricedModel
from prover_arb.provers.pricing import TokenPrices
from prover_arb.runtime.null_market import IDENTITY
from prover_arb.scheduler import SingleProver

SHARE_GOAL = 0.9
OVERHEAD_GOAL_MS = 3.0
GROWTH_GOAL = 1.05
"""Memory at the end over memory in the middle, when everything is in use."""

PER_THEOREM = 20
WARM_UP = 20
"""Purchases made before anything is measured."""

THEOREM = Theorem(name="t", statement="(a b : ℕ) (h : a < b) : a + 1 ≤ b")
USAGE = {"prompt_tokens": 200, "completion_tokens": 40}
SAID = "The goal is linear.\n```lean4\nomega\n```"


async def serve(latency: float) -> None:
    """The seller: answers whatever is asked after `latency` seconds, and prints its port."""
    plain = json.dumps(
        {"model": "m", "choices": [{"index": 0, "message": {"content": SAID}}], "usage": USAGE}
    )
    events: list[Any] = [
        {"choices": [{"index": 0, "delta": {"content": c}, "finish_reason": None}]}
        for c in SAID.split(" ")
    ]
    events += [
        {"choices": [{"delta": {}, "finish_reason": "stop"}]},
        {"choices": [], "usage": USAGE},
    ]
    stream = "".join(f"data: {json.dumps(e)}\n\n" for e in events) + "data: [DONE]\n\n"
    head = "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n"
    answers = {
        kind: head.format(kind, len(body)) + body
        for kind, body in (("application/json", plain), ("text/event-stream", stream))
    }

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                size = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
                body = await reader.readexactly(size)
                await asyncio.sleep(latency)
                kind = "text/event-stream" if b'"stream":true' in body else "application/json"
                writer.write(answers[kind].encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


@contextmanager
def seller(latency_ms: float) -> Iterator[str]:
    """Where a seller in another process listens."""
    command = [sys.executable, __file__, "--serve", "--latency-ms", str(latency_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.terminate()


def listing(url: str, *, at_once: int, stream: bool) -> PricedModel:
    entry = ChatConfig.model_validate(
        {
            "endpoint": url,
            "model": "m",
            "price": TokenPrices(prompt=200_000, completion=600_000),
            "stream": stream,
            "limits": {"concurrency": at_once},
            "max_attempts": 100_000,
        }
    )
    return PricedModel(name="model", entry=entry)


def connections() -> int:
    """TCP connections of this process that are open."""
    return len(psutil.Process().net_connections("tcp"))


async def throughput(
    url: str, *, requests: int, at_once: int, latency: float, stream: bool
) -> dict[str, Any]:
    """So many requests in flight all the time."""
    sellers = ChatProvers([listing(url, at_once=at_once, stream=stream)])
    (prover,) = sellers.provers
    assert isinstance(prover, ChatProver)
    numbers = iter(range(at_once))
    memory: list[float] = []
    process = psutil.Process()

    async def ask(done: int) -> None:
        for number in numbers:
            attempt = await prover.attempt(THEOREM, number=number, budget=10**6, seed=0)
            assert attempt.candidate is not None, attempt.failure
            if number % max(1, done // 10) == 0:
                memory.append(round(process.memory_info().rss / 2**20, 1))

    async def all_at_once() -> None:
        await asyncio.gather(*(ask(requests) for _ in range(at_once)))

    await all_at_once()  # connections are made, code is warm
    memory.clear()
    numbers = iter(range(requests))
    cpu, started = time.process_time(), time.perf_counter()
    await all_at_once()
    elapsed, cpu = time.perf_counter() - started, time.process_time() - cpu
    most = connections()
    await sellers.close()
    await asyncio.sleep(0.1)
    ideal = at_once / latency
    return {
        "requests": requests,
        "at_once": at_once,
        "latency_ms": latency * 1000,
        "per_second": round(requests / elapsed, 1),
        "ideal_per_second": round(ideal, 1),
        "share_of_ideal": round(requests / elapsed / ideal, 3),
        "cpu_ms_per_request": round(cpu * 1000 / requests, 3),
        "memory_mb": memory,
        "connections_at_work": most,
        "connections_left": connections(),
    }


class NullOracle:
    """Rejects at once."""

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits | None = None
    ) -> Verdict:
        return Verdict(status="rejected", reason="elaboration_error")

    async def identity(self) -> ToolchainIdentity:
        return IDENTITY


async def overhead(url: str, folder: Path, *, purchases: int, stream: bool) -> dict[str, Any]:
    """One purchase after another, through the broker."""
    sellers = ChatProvers([listing(url, at_once=1, stream=stream)])
    ledger = SqliteLedger(folder / "ledger.db")
    broker = Broker(
        oracle=NullOracle(), provers=sellers.provers, ledger=ledger, verification_price=50_000
    )
    settled: list[float] = []

    def note(purchase: Purchase) -> None:
        if purchase.state == "judged":
            settled.append(time.perf_counter() * 1000)

    cpu = time.process_time()
    begun = time.perf_counter() * 1000
    for number in range(purchases // PER_THEOREM):
        theorem = THEOREM.model_copy(update={"name": f"t{number}"})
        policy = SingleProver("model", max_attempts=PER_THEOREM)
        await broker.prove(
            theorem, policy, ProofJob(policy=policy.name, budget=10**12, run="r"), on_purchase=note
        )
    cpu = time.process_time() - cpu
    await sellers.close()
    ledger.close()
    took = [b - a for a, b in zip([begun, *settled], settled, strict=False)][WARM_UP:]
    return {
        "purchases": len(took),
        "median_ms": round(statistics.median(took), 3),
        "p10_ms": round(statistics.quantiles(took, n=10)[0], 3),
        "p95_ms": round(statistics.quantiles(took, n=20)[-1], 3),
        "cpu_ms_per_purchase": round(cpu * 1000 / purchases, 3),
    }


def judged(many: dict[str, Any], one: dict[str, Any]) -> dict[str, bool]:
    """Which goals are met."""
    memory = many["memory_mb"]
    return {
        "share_of_ideal": many["share_of_ideal"] >= SHARE_GOAL,
        "memory_flat": memory[-1] <= memory[len(memory) // 2] * GROWTH_GOAL,
        "no_connection_left": many["connections_left"] == 0,
        "overhead": one["median_ms"] < OVERHEAD_GOAL_MS,
    }


def show(result: dict[str, Any]) -> None:
    """The figures as a table."""
    table = Table(title="Buying over HTTP")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for part in ("throughput", "overhead", "goals_met"):
        table.add_section()
        for name, value in result[part].items():
            table.add_row(f"{part}: {name}", str(value))
    Console().print(table)


def main() -> int:
    """Exit code 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description="What buying over HTTP costs.")
    parser.add_argument("--requests", type=int, default=4_000)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--latency-ms", type=float, default=50.0)
    parser.add_argument("--purchases", type=int, default=400)
    parser.add_argument("--plain", action="store_true", help="answers in one piece, not streamed")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    latency = options.latency_ms / 1000
    if options.serve:
        asyncio.run(serve(latency))
        return 0
    with seller(options.latency_ms) as url:
        many = asyncio.run(
            throughput(
                url,
                requests=options.requests,
                at_once=options.at_once,
                latency=latency,
                stream=not options.plain,
            )
        )
    with seller(0) as url, tempfile.TemporaryDirectory() as folder:
        one = asyncio.run(
            overhead(
                url, Path(folder), purchases=options.purchases + WARM_UP, stream=not options.plain
            )
        )
    result = {
        "throughput": many,
        "overhead": one,
        "goals_met": judged(many, one),
        "load_average": [round(load, 1) for load in os.getloadavg()],
    }
    if options.json:
        print(json.dumps(result))
    else:
        show(result)
    return 0 if all(result["goals_met"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
