"""What an embedded Lean process costs: its start, its memory, putting it back to its first state.

    python benchmarks/process.py [--against CHECKOUT] [--rounds N] [--checks N] [--json]

With `--against`, processes of another checkout are measured in turn with this one's,
since machines are shared and noisy. Of several rounds the smallest figure counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

MEMORY_MB = 1900
COMMAND = f"""
import json
from prover_arb.oracle.toolchain.resolve import ensure
lean = ensure("core")
light = [lean.light().server_command(memory_mb={MEMORY_MB})] if hasattr(lean, "light") else []
print(json.dumps([dict(lean.environment), lean.server_command(memory_mb={MEMORY_MB}), *light]))
"""
THEOREMS = [
    ("(a b : ℕ) (h : a < b) : a + 1 ≤ b", "omega"),
    ("(x y : ℝ) (h : x + y = 3) (k : x - y = 1) : x = 2", "grind"),
    ("(n : ℕ) : n ≤ 2 ^ n", "induction n with\n| zero => simp\n| succ n ih => grind"),
    (": 2 ^ 10 = 1024", "decide"),
]
Figures = dict[str, float]


class Worker:
    """A process, asked as the oracle asks it."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._began = time.perf_counter()
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._read()
        self.ready = self.age
        self.operation = "elaborate"

    @property
    def age(self) -> float:
        return time.perf_counter() - self._began

    @property
    def cpu(self) -> float:
        times = psutil.Process(self._process.pid).cpu_times()
        return times.user + times.system

    @property
    def memory(self) -> Figures:
        held = psutil.Process(self._process.pid).memory_full_info()
        return {"resident, MiB": held.rss / 2**20, "proportional, MiB": held.pss / 2**20}

    def ask(self, **request: object) -> dict[str, object]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({**request, "id": "0"}).encode() + b"\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, object]:
        assert self._process.stdout is not None
        answer = json.loads(self._process.stdout.readline())
        assert isinstance(answer, dict)
        assert "fatal" not in answer, answer
        return answer

    def check(self, index: int, **more: object) -> None:
        statement, proof = THEOREMS[index % len(THEOREMS)]
        answer = self.ask(
            op=self.operation,
            theorem={"name": f"bench_{index % len(THEOREMS)}", "statement": statement},
            candidate={"kind": "tactics", "text": proof},
            export_bytes=10_000_000,
            **more,
        )
        reply = answer["reply"]
        assert isinstance(reply, dict)
        if reply["status"] == "failed" and self.operation == "elaborate":
            self.operation = "check"  # a checkout of before
            return self.check(index, **more)
        assert reply["status"] in {"elaborated", "proved"}, reply
        return None

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


@contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[Worker]:
    worker = Worker(command, environment)
    try:
        yield worker
    finally:
        worker.stop()


def measure(command: list[str], environment: dict[str, str], checks: int) -> Figures:
    with started(command, environment) as worker:
        figures = {"ready, s": worker.ready}
        worker.check(0)
        figures |= {"first verdict, s": worker.age, "first verdict, CPU s": worker.cpu}
        figures |= {f"first verdict, {name}": value for name, value in worker.memory.items()}
        for index in range(checks):
            worker.check(index)
        figures["warm check, CPU ms"] = per_check(worker, checks)
        figures |= {f"warm, {name}": value for name, value in worker.memory.items()}
        if worker.operation == "elaborate":
            resets = [timed(lambda: worker.ask(op="reset")) for _ in range(9)]
            figures["reset, ms"] = min(resets)
            anew = [timed(lambda: worker.ask(op="reset", instance=True)) for _ in range(9)]
            figures["reset with a new instance, ms"] = min(anew)
            figures["check and reset, CPU ms"] = per_check(worker, checks, then_reset=True)
    return figures


def per_check(worker: Worker, checks: int, **more: object) -> float:
    before = worker.cpu
    for index in range(checks):
        worker.check(index, **more)
    return (worker.cpu - before) * 1000 / checks


def timed(action: object) -> float:
    assert callable(action)
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def commands(checkout: Path) -> list[list[str]]:
    """Environment as pairs, the command of a worker, and that of a light one if there is one."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND],
        env={**os.environ, "PYTHONPATH": str(checkout)},
        cwd=checkout,
        stdout=subprocess.PIPE,
        check=True,
    )
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--checks", type=int, default=80)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    here = Path(__file__).parent.parent
    kinds: dict[str, tuple[list[str], dict[str, str]]] = {}
    for label, checkout in (("against", arguments.against), ("here", here)):
        if checkout is not None:
            environment, *found = commands(checkout.resolve())
            for kind, command in zip((label, f"{label}, light"), found, strict=False):
                kinds[kind] = (command, dict(environment))
    figures: dict[str, Figures] = {kind: {} for kind in kinds}
    for _ in range(arguments.rounds):
        for kind, (command, environment) in kinds.items():
            for name, value in measure(command, environment, arguments.checks).items():
                figures[kind][name] = min(value, figures[kind].get(name, value))
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    table = Table("figure", *kinds)
    for name in dict.fromkeys(name for some in figures.values() for name in some):
        values = [figures[kind].get(name) for kind in kinds]
        table.add_row(name, *("" if value is None else f"{value:.2f}" for value in values))
    Console().print(table)


if __name__ == "__main__":
    main()
