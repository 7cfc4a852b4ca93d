"""How many statements of published sets a profile can state, and what the others lack.

    python benchmarks/statements.py minif2f.jsonl putnam.jsonl [--workers 2] [--json]

A file holds problems in any form that the project reads, or lines for `verify --batch`, whose
candidates are left aside. Every theorem is shown to the reference, and nothing is proved. For each
file the counts are printed, then Lean's reasons by frequency: names and notations that are missing,
each with the number of statements whose first error it is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from prover_arb.cli.verify import read_batch
from prover_arb.core.theorem import Limits, Theorem
from prover_arb.errors import ProblemError
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.oracle.verifier import LeanOracle, open_oracle
from prover_arb.problems import read_problems

_NAMED = re.compile(
    r"(?:[Uu]nknown (?:identifier|constant|namespace)|does not contain|Invalid field) `([^`]+)`"
)
_WIDEST = 70


@dataclass
class Count:
    """What one file holds."""

    file: str
    statements: int
    refused: dict[str, str] = field(default_factory=dict)
    """Names of the theorems that do not elaborate, with Lean's first message."""

    @property
    def elaborating(self) -> int:
        return self.statements - len(self.refused)

    def reasons(self) -> Counter[str]:
        """The messages, reduced to the name or the notation that is missing."""
        return Counter(lack(message) for message in self.refused.values())


def lack(message: str) -> str:
    """What a message says is missing: the name in it, or its first line."""
    named = _NAMED.search(message)
    if named is not None:
        return named.group(1)
    first = message.strip().split("\n")
    line = first[0] if first[0].rstrip()[-1:] != ":" else " ".join(first[:2])
    return " ".join(line.split())[:_WIDEST]


def theorems_of(path: Path) -> list[Theorem]:
    """The theorems of a file, whichever of the two forms it has.

    Raises:
        ProblemError: it has neither.
    """
    try:
        return [case.theorem for case in read_batch(path, "core")]
    except ProblemError:
        return [problem.theorem for problem in read_problems(path).problems]


async def count(
    oracle: LeanOracle, path: Path, theorems: list[Theorem], workers: int, progress: Progress
) -> Count:
    """Show every theorem to the reference, `workers` at a time."""
    counted = Count(path.name, len(theorems))
    gate = asyncio.Semaphore(workers)
    task = progress.add_task(path.name, total=len(theorems))

    async def show(theorem: Theorem) -> None:
        async with gate:
            check = await oracle.inspect(theorem, Limits())
        if not check.elaborates:
            counted.refused[theorem.name] = check.reason
        progress.advance(task)

    await asyncio.gather(*(show(theorem) for theorem in theorems))
    return counted


async def measure(paths: list[Path], workers: int, progress: Progress) -> list[Count]:
    """The counts of every file, one file after another."""
    read = [(path, theorems_of(path)) for path in paths]
    toolchain = await asyncio.to_thread(ensure)
    async with open_oracle(toolchain, size=workers) as (_, oracle):
        return [await count(oracle, path, found, workers, progress) for path, found in read]


def table(counts: list[Count]) -> Table:
    """Elaborating and all, per file."""
    shown = Table()
    for column in ("file", "elaborate", "of", "rate"):
        shown.add_column(column, justify="left" if column == "file" else "right")
    for row in counts:
        rate = f"{100 * row.elaborating / max(1, row.statements):.1f}%"
        shown.add_row(row.file, str(row.elaborating), str(row.statements), rate)
    return shown


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--workers", type=int, default=2, help="Lean processes (default 2)")
    parser.add_argument("--reasons", type=int, default=40, help="reasons printed per file")
    parser.add_argument("--json", action="store_true", help="the results as JSON on stdout")
    arguments = parser.parse_args()
    console = Console(stderr=True)
    with Progress(console=console) as progress:
        counts = asyncio.run(measure(arguments.files, arguments.workers, progress))
    if arguments.json:
        print(json.dumps([asdict(row) for row in counts], ensure_ascii=False))
        return
    out = Console()
    out.print(table(counts))
    for row in counts:
        for reason, times in row.reasons().most_common(arguments.reasons):
            out.print(f"{row.file} {times:4} {reason}", highlight=False, markup=False)


if __name__ == "__main__":
    main()
