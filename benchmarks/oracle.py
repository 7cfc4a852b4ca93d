"""What a verdict costs: throughput, a warm check, and the first one, of one checkout or of two.

    python benchmarks/oracle.py [--against CHECKOUT] [--rounds N] [--checks N] [--json]

With `--against`, verdicts of another checkout are measured in turn with this one's, in one run,
since machines are shared and noisy: of each figure, the middle of the rounds is told, and the
middle of the ratios to the other checkout. This one is measured with a reset of Lean never, as by
default, and before every candidate.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

THEOREMS = [
    ("(a b : ℕ) (h : a < b) : a + 1 ≤ b", "omega"),
    ("(x y : ℤ) (h : x + y = 3) (k : x - y = 1) : x = 2 ∧ y = 1", "constructor <;> omega"),
    ("(x y : ℝ) (h : x + y = 3) (k : x - y = 1) : x = 2", "grind"),
    ("(n : ℕ) : n ≤ 2 ^ n", "induction n with\n| zero => simp\n| succ n ih => grind"),
    (": 2 ^ 10 = 1024", "decide"),
    ("(p q : Prop) (hp : p) (hq : q) : p ∧ q", "exact ⟨hp, hq⟩"),
]
HERE = Path(__file__).parents[1]
SIZE = 2
RESETS = {"no resets": 0, "resets by default": 200, "a reset before every candidate": 1}
Figures = dict[str, float]


class Oracle:
    """The oracle of whatever checkout is imported; older ones are made in another way."""

    async def open(self) -> None:
        try:
            from prover_arb.core import theorem as values  # noqa: PLC0415
            from prover_arb.oracle.toolchain.resolve import ensure  # noqa: PLC0415
            from prover_arb.oracle.verifier import LeanOracle  # noqa: PLC0415
        except ImportError:
            from prover_arb.oracle.oracle import LeanOracle  # type: ignore[import-not-found,no-redef] # noqa: PLC0415

            from prover_arb import theorem as values  # type: ignore[attr-defined,no-redef] # noqa: PLC0415
            from prover_arb.oracle.toolchain import ensure  # type: ignore[attr-defined,no-redef] # noqa: PLC0415
        try:
            from prover_arb.oracle.lean_pool import LeanPool  # noqa: PLC0415
        except ImportError:
            from prover_arb.oracle.pool import LeanPool  # type: ignore[attr-defined,no-redef] # noqa: PLC0415

        self._values = values
        self.pool: Any = LeanPool(ensure("core"), size=SIZE)
        if hasattr(LeanOracle, "on"):
            self.oracle: Any = LeanOracle.on(self.pool)
            await asyncio.gather(self.pool.start(), self.oracle.start())
        else:
            self.oracle = LeanOracle(self.pool)  # type: ignore[call-arg]
            await self.pool.start()

    async def check(self, index: int) -> None:
        statement, proof = THEOREMS[index % len(THEOREMS)]
        theorem = self._values.Theorem(name=f"bench_{index % len(THEOREMS)}", statement=statement)
        candidate = self._values.Candidate(kind="tactics", text=proof)
        verdict = await self.oracle.verify(theorem, candidate)
        assert verdict.status == "proved", verdict

    async def many(self, checks: int, *, at_once: int) -> float:
        """Checks in a second, with so many at a time."""
        queue = iter(range(checks))

        async def one_after_another() -> None:
            for index in queue:
                await self.check(index)

        began = time.perf_counter()
        await asyncio.gather(*(one_after_another() for _ in range(at_once)))
        return checks / (time.perf_counter() - began)

    async def median(self, checks: int) -> float:
        """Milliseconds of a warm check, in the middle."""
        took = []
        for index in range(checks):
            began = time.perf_counter()
            await self.check(index)
            took.append((time.perf_counter() - began) * 1000)
        return statistics.median(took)


async def serve() -> None:
    """One figure per line of standard input, of the checkout that is imported."""
    oracle = Oracle()
    began = time.perf_counter()
    await oracle.open()
    await oracle.check(0)
    print(json.dumps({"first verdict, s": time.perf_counter() - began}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        for resettable in getattr(oracle.pool, "members", [oracle.pool]):
            resettable.reset_every = asked["reset_every"]
        checks = asked["checks"]
        figures = {
            "one at a time, checks/s": await oracle.many(checks, at_once=1),
            "two at a time, checks/s": await oracle.many(2 * checks, at_once=2),
            "a warm check, median ms": await oracle.median(checks),
        }
        print(json.dumps(figures), flush=True)
    await oracle.pool.close()


class Served:
    """A checkout's oracle in a process of its own."""

    def __init__(self, checkout: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--serve"],
            env={**os.environ, "PYTHONPATH": str(checkout)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.first = self._read()

    def measure(self, *, checks: int, reset_every: int) -> Figures:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"checks": checks, "reset_every": reset_every}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _read(self) -> Figures:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            sys.exit("the oracle ended; what it said is above")
        figures: Figures = json.loads(line)
        return figures


def measure(against: Path | None, *, rounds: int, checks: int) -> dict[str, Figures]:
    """Figures by variant; the other checkout, if there is one, comes first."""
    variants: list[tuple[str, Served, int]] = []
    if against is not None:
        other = Served(against)
        variants.append(("the other checkout", other, 0))
    ours = Served(HERE)
    variants += [(label, ours, every) for label, every in RESETS.items()]
    for _, served, _ in variants[:2]:  # both as warm as they get
        served.measure(checks=3 * checks, reset_every=200)
    seen: dict[str, list[Figures]] = {label: [] for label, _, _ in variants}
    for _ in range(rounds):
        for label, served, every in variants:
            seen[label].append(served.measure(checks=checks, reset_every=every))
    first, *_ = seen.values()
    found = {}
    for label, figures in seen.items():
        found[label] = {key: statistics.median(one[key] for one in figures) for key in first[0]}
        for key in first[0]:
            ratios = [one[key] / other[key] for one, other in zip(figures, first, strict=True)]
            found[label][f"{key.split(',')[0]}, share"] = statistics.median(ratios)
    for label, served, _ in variants:
        found[label] |= served.first
    for served in {id(served): served for _, served, _ in variants}.values():
        served.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--checks", type=int, default=60)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve())
        return
    found = measure(arguments.against, rounds=arguments.rounds, checks=arguments.checks)
    if arguments.json:
        print(json.dumps(found, indent=2))
        return
    table = Table("figure", *found)
    for key in next(iter(found.values())):
        table.add_row(key, *(f"{figures[key]:.2f}" for figures in found.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
