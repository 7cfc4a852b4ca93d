"""What the sellers prove beyond the single tactic `grind`, measured in one run.

    python benchmarks/grind_baseline.py --problems minif2f.jsonl --split test --limit 20 --json

Every theorem is first shown to the oracle: statements that the profile cannot elaborate are counted
and left out. Then `intros; grind` goes to the oracle as a candidate, and each seller of the catalog
makes one attempt at its worst-case budget, whose candidate goes to the oracle too. Only the
oracle's verdict `proved` counts as solved. Without --problems the shipped set is used.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from prover_arb.bench.trial import try_once
from prover_arb.core.money import format_usd
from prover_arb.core.protocols import Prover
from prover_arb.core.theorem import Candidate, Limits, Theorem
from prover_arb.oracle.budgeted import Checker
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.oracle.verifier import LeanOracle
from prover_arb.problems import read_problems
from prover_arb.provers.catalog import load_catalog

GRIND = "grind alone"


@dataclass
class Result:
    """One seller, or the tactic, on one theorem."""

    theorem: str
    who: str
    solved: bool
    cpu_s: float
    """Processor time of the attempt; for the tactic, of its check."""
    cost: int
    script: str
    note: str


@dataclass
class Tally:
    """Everything measured."""

    statements: int = 0
    invalid: dict[str, str] = field(default_factory=dict)
    """Statements left out, with Lean's reason."""
    results: list[Result] = field(default_factory=list)

    @property
    def elaborating(self) -> int:
        return self.statements - len(self.invalid)

    def of(self, who: str) -> list[Result]:
        return [r for r in self.results if r.who == who]


async def grind_alone(oracle: LeanOracle, theorem: Theorem, limits: Limits) -> Result:
    """The single tactic, judged."""
    candidate = Candidate(kind="tactics", text="intros; grind")
    verdict = await oracle.verify(theorem, candidate, limits)
    return Result(
        theorem=theorem.name,
        who=GRIND,
        solved=verdict.status == "proved",
        cpu_s=verdict.cpu_us / 1e6,
        cost=0,
        script=candidate.text,
        note=verdict.reason or "",
    )


async def sold(checker: Checker, seller: Prover, theorem: Theorem, limits: Limits) -> Result:
    """One attempt at the seller's worst-case budget, judged."""
    trial = await try_once(seller, theorem, checker, limits)
    return Result(
        theorem=theorem.name,
        who=seller.name,
        solved=trial.solved,
        cpu_s=trial.cpu_us / 1e6,
        cost=trial.cost,
        script=trial.script,
        note=trial.note,
    )


async def measure(arguments: argparse.Namespace, progress: Progress) -> Tally:
    """Run everything, `--workers` theorems at a time."""
    problems = [
        p
        for p in read_problems(arguments.problems).problems
        if arguments.split is None or p.split == arguments.split
    ][: arguments.limit]
    if not problems:
        sys.exit(f"no problem of split {arguments.split!r}")
    toolchain = await asyncio.to_thread(ensure)
    limits = Limits(heartbeats=arguments.heartbeats)
    tally = Tally(statements=len(problems))
    task = progress.add_task("theorems", total=len(problems))
    async with LeanPool(toolchain, size=arguments.workers) as pool:
        oracle = LeanOracle.on(pool)
        checker = Checker(oracle, price=0)
        sellers = [
            s
            for s in load_catalog(arguments.catalog).build(pool)
            if arguments.sellers is None or s.name in arguments.sellers.split(",")
        ]
        gate = asyncio.Semaphore(arguments.workers)

        async def one(theorem: Theorem) -> None:
            async with gate:
                check = await oracle.inspect(theorem)
                results = []
                if not check.elaborates:
                    tally.invalid[theorem.name] = check.reason
                else:
                    results.append(await grind_alone(oracle, theorem, limits))
                    for seller in sellers:
                        results.append(await sold(checker, seller, theorem, limits))
                tally.results += results
            said = [f"{r.who} {'proved' if r.solved else '-'} {r.cpu_s:.1f} s" for r in results]
            progress.console.print(f"{theorem.name}: {', '.join(said) or 'does not elaborate'}")
            progress.advance(task)

        await asyncio.gather(*(one(p.theorem) for p in problems))
    return tally


def table(tally: Tally) -> Table:
    """Solved, and what it took, per seller."""
    shown = Table(
        title=f"{tally.elaborating} of {tally.statements} statements elaborate",
        caption="points: percentage points more than grind alone; solved: verdicts of the oracle",
    )
    for column in ("who", "solved", "rate", "points", "median CPU s", "CPU s", "cost", "refused"):
        shown.add_column(column, justify="left" if column == "who" else "right")
    base = sum(r.solved for r in tally.of(GRIND))
    count = max(1, tally.elaborating)
    for who in dict.fromkeys(r.who for r in tally.results):
        results = tally.of(who)
        solved = [r for r in results if r.solved]
        points = 100 * (len(solved) - base) / count
        median = statistics.median(r.cpu_s for r in solved) if solved else 0.0
        shown.add_row(
            who,
            str(len(solved)),
            f"{100 * len(solved) / count:.1f}%",
            "" if who == GRIND else f"{points:+.1f}",
            f"{median:.2f}",
            f"{sum(r.cpu_s for r in results):.0f}",
            "" if who == GRIND else format_usd(sum(r.cost for r in results)),
            "" if who == GRIND else str(sum(bool(r.script) and not r.solved for r in results)),
        )
    return shown


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", type=Path, help="JSONL or Lean files; default: shipped set")
    parser.add_argument("--split", help="only problems of this split, such as test")
    parser.add_argument("--limit", type=int, help="only the first N problems")
    parser.add_argument("--catalog", type=Path, help="price list; default: the shipped one")
    parser.add_argument("--sellers", help="comma-separated names; default: all of the catalog")
    parser.add_argument("--workers", type=int, default=2, help="Lean processes (default 2)")
    parser.add_argument(
        "--heartbeats", type=int, default=200_000, help="of every check by the oracle"
    )
    parser.add_argument("--json", action="store_true", help="the results as JSON on stdout")
    arguments = parser.parse_args()
    console = Console(stderr=True)
    with Progress(console=console) as progress:
        tally = asyncio.run(measure(arguments, progress))
    (console if arguments.json else Console()).print(table(tally))
    if arguments.json:
        print(json.dumps({"elaborating": tally.elaborating, **asdict(tally)}, ensure_ascii=False))


if __name__ == "__main__":
    main()
