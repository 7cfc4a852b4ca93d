"""What a run shows while it goes on, on standard error."""

from __future__ import annotations

from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from prover_arb.bench.result_rows import Row
from prover_arb.bench.runner import Watcher
from prover_arb.core.money import format_usd


class Bars:
    """A bar for each name on a terminal; now and then a line where there is none, as in a log."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[news]}"),
            TimeRemainingColumn(),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, name: str, total: int) -> None:
        """A new bar."""
        self._tasks[name] = self._progress.add_task(name, total=total, news="")

    def show(self, name: str, done: int, news: str = "") -> None:
        """How far a bar has come."""
        self._progress.update(self._tasks[name], completed=done, news=news)
        total = int(self._task(name).total or 0)
        step = max(1, total // 10)
        if not self._console.is_terminal and (done % step == 0 or done == total):
            self._console.print(f"{name}: {done}/{total} {news}".rstrip(), highlight=False)

    def _task(self, name: str) -> Task:
        return self._progress.tasks[self._tasks[name]]


class LiveProgress(Bars):
    """A bar per policy."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._solved: dict[str, int] = {}
        self._spent: dict[str, int] = {}

    def watcher(self) -> Watcher:
        """What to hand to the benchmark."""
        return Watcher(inspected=self._inspected, begun=self._begun, added=self._added)

    def _inspected(self, done: int, of: int) -> None:
        name = "reading statements"
        if name not in self._tasks:
            self._begun(name, of)
        self.show(name, done)

    def _begun(self, name: str, total: int) -> None:
        self.begin(name, total)
        self._solved[name] = self._spent[name] = 0

    def _added(self, row: Row) -> None:
        self._solved[row.policy] += row.solved
        self._spent[row.policy] += row.total
        done = int(self._task(row.policy).completed) + 1
        spent = format_usd(self._spent[row.policy])
        solved = "replayed" if row.toolchain.is_replay else "solved"
        self.show(row.policy, done, f"{solved} {self._solved[row.policy]}, spent {spent}")
