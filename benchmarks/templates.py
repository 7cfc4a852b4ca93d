"""What each template of the symbolic provers earns, and what it costs.

    python benchmarks/templates.py --out earned.jsonl
    python benchmarks/templates.py --problems minif2f.jsonl --split valid --out earned.jsonl

On every theorem the templates work one after the other, as `portfolio` has them do, until a script
of one closes it or the theorem's processor time is used up. A template *earns* the theorems that it
closes: no template before it, and so none that is tried for less, does. Its cost is the processor
time of all theorems it was tried on. With `--all` every template works on every theorem by itself,
with all of the processor time, and the table says which theorems no other template closes.

Rows are appended to --out as they are made, theorem by theorem, and a run that was stopped goes on
where it was. Rows of several problem sets may stand in one file: the table is over all of it.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from prover_arb.core.theorem import Theorem, Value
from prover_arb.errors import ProverError, WorkerDied, WorkerTimeout
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.problems import read_problems
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.local.goal import Goal, parse_goal
from prover_arb.provers.local.opening import replaced, unwrapped
from prover_arb.provers.local.session import BudgetExhausted, Session
from prover_arb.provers.local.templates import TEMPLATES, Template, computed, fixed
from prover_arb.provers.prover_config import ProverConfig

FIRST = "fixed.first"
"""Stands for the scripts that every prover tries first."""


class Tried(Value):
    """What one template did with one theorem."""

    theorem: str
    template: str
    closed: bool
    cpu_us: int
    """Microseconds of processor time until it closed the theorem, or gave up."""
    script: str = ""
    """The script that closed it."""


def name_of(template: Template) -> str:
    """The template's module and function."""
    return f"{template.__module__.rpartition('.')[2]}.{template.__name__}"


class Bench:
    """Templates at work on one theorem at a time, each with processor time of its own."""

    def __init__(
        self,
        pool: LeanPool,
        *,
        cpu_us: int,
        heartbeats: int,
        each_alone: bool,
        only: frozenset[str],
    ) -> None:
        self._pool = pool
        self._cpu_us = cpu_us
        self._heartbeats = heartbeats
        self._each_alone = each_alone
        self._only = only

    async def rows(self, theorem: Theorem) -> list[Tried]:
        """What every template does with a theorem; nothing where the statement is refused."""
        rows: list[Tried] = []
        left = self._cpu_us
        for name, scripts in await self._offers(theorem):
            if self._only and name == FIRST and not any(row.closed for row in rows):
                continue
            row = await self._tried(
                theorem, name, scripts, self._cpu_us if self._each_alone else left
            )
            if row is None:
                continue
            rows.append(row)
            left -= row.cpu_us
            if not self._each_alone and (row.closed or left <= 0):
                break
        return rows

    async def _offers(self, theorem: Theorem) -> list[tuple[str, Iterator[str]]]:
        """Every template's scripts, for the goal as it is and with formulas put in its place."""
        async with self._session(theorem, self._cpu_us) as session:
            try:
                opening, step = await unwrapped(session)
                goal = parse_goal(step.goals[0])
                formulas, after = await replaced(session, step, goal)
            except (ProverError, WorkerDied, WorkerTimeout, BudgetExhausted):
                return []
        goals = [(opening, goal)]
        if after is not None:
            goals.insert(0, ([*opening, *formulas], parse_goal(after)))
        first = iter(fixed.first(closed=theorem.statement.lstrip().startswith(":")))
        made = [
            (name_of(template), _scripts(template, goals))
            for template in TEMPLATES
            if not self._only or name_of(template) in self._only
        ]
        if self._only:
            some = [(name, iter(scripts)) for name, scripts in _offered(made)]
            return [*some, (FIRST, first)]
        floors = computed.constant_floors
        return [(name_of(floors), _scripts(floors, goals)), (FIRST, first), *made]

    async def _tried(
        self, theorem: Theorem, template: str, scripts: Iterator[str], cpu_us: int
    ) -> Tried | None:
        """None where there are no scripts, or Lean refuses the statement."""
        first = next(scripts, None)
        if first is None:
            return None
        closed = ""
        async with self._session(theorem, cpu_us) as session:
            try:
                for script in (first, *scripts):
                    if await session.closes(script):
                        closed = script
                        break
            except (BudgetExhausted, WorkerDied, WorkerTimeout):
                pass
            except ProverError:
                return None
        return Tried(
            theorem=theorem.name,
            template=template,
            closed=bool(closed),
            cpu_us=session.used_us,
            script=closed,
        )

    @asynccontextmanager
    async def _session(self, theorem: Theorem, cpu_us: int) -> AsyncIterator[Session]:
        """A session on a process that works, whatever became of the one before."""
        async with self._pool.lease() as worker:
            session = Session(worker, theorem, cpu_us=cpu_us, heartbeats=self._heartbeats)
            try:
                yield session
            finally:
                await session.forget()


def _offered(
    made: Sequence[tuple[str, Iterator[str]]],
) -> Iterator[tuple[str, list[str]]]:
    """The templates that have scripts for a goal, with their scripts."""
    for name, scripts in made:
        if some := list(scripts):
            yield name, some


def _scripts(template: Template, goals: Sequence[tuple[list[str], Goal]]) -> Iterator[str]:
    for opening, goal in goals:
        for script in template(goal):
            yield "\n".join([*opening, script])


async def measure(arguments: argparse.Namespace, progress: Progress) -> None:
    """Append the rows of every theorem that has none yet."""
    problems = [
        p
        for p in read_problems(arguments.problems).problems
        if arguments.split is None or p.split == arguments.split
    ][:: arguments.every]
    known = {row.theorem for row in read(arguments.out)}
    left = [p.theorem for p in problems if p.theorem.name not in known]
    entry = load_catalog().entries["portfolio"]
    assert isinstance(entry, ProverConfig)
    toolchain = await asyncio.to_thread(ensure)
    task = progress.add_task("theorems", total=len(left))
    async with LeanPool(toolchain, size=1) as pool:
        bench = Bench(
            pool,
            cpu_us=round(arguments.cpu_seconds * 1e6),
            heartbeats=entry.limits.heartbeats,
            each_alone=arguments.all,
            only=frozenset(arguments.only or ()),
        )
        for theorem in left:
            rows = await bench.rows(theorem)
            with arguments.out.open("a", encoding="utf-8") as out:
                out.writelines(row.model_dump_json() + "\n" for row in rows)
            progress.advance(task)


def read(path: Path) -> list[Tried]:
    """The rows made so far; a theorem's rows are written at once."""
    if not path.exists():
        return []
    return [Tried.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]


def table(rows: Sequence[Tried]) -> Table:
    """What every template closes and earns."""
    by_theorem: dict[str, list[Tried]] = defaultdict(list)
    by_template: dict[str, list[Tried]] = {name_of(t): [] for t in TEMPLATES}
    for row in rows:
        by_theorem[row.theorem].append(row)
        by_template.setdefault(row.template, []).append(row)
    closers = {name: [r for r in tried if r.closed] for name, tried in by_theorem.items()}
    earned = [tried[0] for tried in closers.values() if tried]
    shown = Table(
        title=f"{len(earned)} of {len(by_theorem)} theorems are closed",
        caption="earns: is the first to close it; alone: no other template closes it",
    )
    for column in ("template", "tried on", "closes", "earns", "alone", "CPU s", "CPU s a proof"):
        shown.add_column(column, justify="left" if column == "template" else "right")
    for name, tried in by_template.items():
        closed = [row for row in tried if row.closed]
        spent = sum(row.cpu_us for row in tried) / 1e6
        shown.add_row(
            name,
            str(len(tried)),
            str(len(closed)),
            str(sum(row.template == name for row in earned)),
            str(sum(len(closers[row.theorem]) == 1 for row in closed)),
            f"{spent:.1f}",
            f"{spent / len(closed):.1f}" if closed else "",
        )
    return shown


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--problems", type=Path, help="JSONL or Lean files; default: shipped set")
    parser.add_argument("--split", help="only problems of this split, such as valid")
    parser.add_argument("--every", type=int, default=1, help="only every N-th problem")
    parser.add_argument(
        "--cpu-seconds",
        type=float,
        default=6.0,
        help="of each theorem; with --all, of each template",
    )
    parser.add_argument("--all", action="store_true", help="every template on every theorem")
    parser.add_argument("--only", nargs="+", metavar="TEMPLATE", help="these templates alone")
    parser.add_argument("--out", type=Path, required=True, help="rows, one per line")
    arguments = parser.parse_args()
    with Progress(console=Console(stderr=True)) as progress:
        asyncio.run(measure(arguments, progress))
    Console().print(table(read(arguments.out)))


if __name__ == "__main__":
    main()
