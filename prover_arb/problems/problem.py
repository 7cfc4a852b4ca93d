"""The results of reading: problems, and what was not read, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from prover_arb.core.theorem import Theorem
from prover_arb.errors import ProblemError, UnreadKind

_MOST_REASONS = 10
"""Reasons why rows were not read that a command prints."""


@dataclass(frozen=True)
class Problem:
    """A theorem of a data set, with what the data set says about it."""

    theorem: Theorem
    origin: str
    """`file:line` it was read from."""
    split: str = ""
    source: str = ""
    difficulty: str = ""
    category: str = ""
    informal: str = ""
    """The problem in words."""
    header: str = ""
    """The Lean text before the theorem, verbatim, imports and all."""
    title: str = ""
    """What the data set calls it, if that is not the theorem's name."""

    @property
    def name(self) -> str:
        """The theorem's name, which no other problem of the data set has."""
        return self.theorem.name

    @property
    def label(self) -> str:
        """What it is called in listings and records: its title, or else its name."""
        return self.title or self.theorem.name


@dataclass(frozen=True)
class Unread:
    """A row or a theorem that was not read, and why."""

    origin: str
    """`file:line`, or `file` if no line can be named."""
    reason: str
    kind: UnreadKind = "unreadable"
    field: str = ""
    """The field of the row that is at fault, if one is."""
    name: str = ""
    """What it is called, as far as that is known."""
    statement: str = ""
    """Its statement, if that much could be read."""

    def __str__(self) -> str:
        at = f"the field `{self.field}`: " if self.field else ""
        return f"{self.origin}: {at}{self.reason}"


@dataclass
class Reading:
    """The problems of a text, a row, a file or a folder, and what could not be read of it."""

    problems: list[Problem] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def add(self, more: Reading) -> None:
        """Adds what was read from another text."""
        self.problems += more.problems
        self.unread += more.unread

    @property
    def count(self) -> int:
        """How many rows or theorems there were."""
        return len(self.problems) + len(self.unread)


@dataclass(frozen=True)
class DataSet:
    """Problems and the revision they were read from."""

    path: Path
    sha256: str
    """Of the file's bytes; for a folder, of every file's name, length and bytes in order."""
    problems: list[Problem]
    unread: list[Unread] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows or theorems the data set has, read or not."""
        return len(self.problems) + len(self.unread)

    def chosen(self, split: str | None, limit: int | None) -> list[Problem]:
        """Returns the first problems of a split, or of all.

        Raises:
            ProblemError: there is no problem in this split, or none is wanted.
        """
        if limit is not None and limit < 1:
            raise ProblemError(f"--limit {limit}: at least 1 theorem")
        chosen = [p for p in self.problems if not split or p.split == split]
        if not chosen:
            known = ", ".join(sorted({p.split for p in self.problems if p.split})) or "none"
            raise ProblemError(
                f"{self.path}: no theorem in the split {split!r}; known splits: {known}"
            )
        return chosen[:limit]

    def by_name(self) -> dict[str, Problem]:
        """Returns the problems by title, and by name unless that is another's title."""
        named = {problem.name: problem for problem in self.problems}
        return named | {problem.label: problem for problem in self.problems}

    def statements(self) -> dict[str, str]:
        """Returns every statement by its label, also those that have a proof or cannot have one."""
        said = {row.name: row.statement for row in self.unread if row.name and row.statement}
        said |= {problem.name: problem.theorem.statement for problem in self.problems}
        return said | {problem.label: problem.theorem.statement for problem in self.problems}

    def unread_lines(self) -> list[str]:
        """Returns the lines that a command prints about unread rows: how many, and why.

        There are none if everything was read.
        """
        if not self.unread:
            return []
        lines = [f"{self.path}: {len(self.problems)} of {self.rows} theorems read; not read:"]
        reasons = grouped(self.unread)
        lines += [f"  {reason}" for reason in reasons[:_MOST_REASONS]]
        if len(reasons) > _MOST_REASONS:
            more = f"and {len(reasons) - _MOST_REASONS} other reasons"
            lines.append(f"  {more}; `prover-arb problems check --all` lists all")
        return lines


def grouped(unread: Iterable[Unread]) -> list[str]:
    """Returns one line for each reason, with its first place and how often it occurred."""
    groups: dict[tuple[str, str], list[Unread]] = {}
    for row in unread:
        groups.setdefault((row.field, row.reason), []).append(row)
    return [
        str(replace(first, origin=f"{first.origin} and {len(others)} more") if others else first)
        for first, *others in groups.values()
    ]
