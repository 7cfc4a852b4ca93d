"""Recorded attempts of provers, from which markets are studied and policies are fitted.

Costs are floats in the unit of the records (dollars, or parameters x tokens): no money moves where
records are studied, so they are measurements, not amounts. record_files.py reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from prover_arb.errors import RecordsError

ALIKE = 1e5
"""Median costs of two provers that differ by more than this factor count as different units."""


@dataclass(frozen=True)
class Record:
    """What one prover did on one problem."""

    problem: str
    mean_cost: float
    """The mean cost of one attempt, in the unit of the records; positive."""
    outcomes: tuple[bool, ...]
    """Whether each attempt was a success, in the order in which they were made; at least one."""
    unit: str = ""
    """The unit of cost; empty if the file does not say."""
    source: str = ""
    """The file and line, for messages."""
    cpu_s: float | None = None
    """The processor time of one attempt in seconds, if the file says."""
    note: str = ""
    """The text that the file adds, such as why an attempt failed."""
    seconds: float | None = None
    """The mean time of one attempt in seconds, with its verification, if the file says."""

    @property
    def attempts(self) -> int:
        return len(self.outcomes)

    @cached_property
    def successes(self) -> int:
        return sum(self.outcomes)


@dataclass(frozen=True)
class ProverRecords:
    """All records of one prover, by problem."""

    prover: str
    rows: dict[str, Record]

    @property
    def median_cost(self) -> float:
        costs = sorted(row.mean_cost for row in self.rows.values())
        return costs[len(costs) // 2]


def left_out(records: Sequence[ProverRecords]) -> int:
    """Returns how many problems some provers have records of, but not all."""
    problems = [set(prover.rows) for prover in records]
    return len(set.union(*problems)) - len(set.intersection(*problems))


def common_problems(records: Sequence[ProverRecords]) -> list[str]:
    """Returns the problems that every prover has records of, in the order of the first prover.

    Raises:
        RecordsError: there is no prover, no common problem, or the units of cost differ.
    """
    if not records:
        raise RecordsError("a market needs at least one prover")
    shared = set.intersection(*(set(prover.rows) for prover in records))
    if not shared:
        names = ", ".join(f"{prover.prover} ({_summary(prover)})" for prover in records)
        raise RecordsError(f"the records do not overlap: no problem is in all of {names}")
    _same_unit(records)
    return [problem for problem in records[0].rows if problem in shared]


def _summary(records: ProverRecords) -> str:
    first = next(iter(records.rows.values())).source
    return f"{len(records.rows)} problems" + (f" from {first} on" if first else "")


def _same_unit(records: Sequence[ProverRecords]) -> None:
    named: dict[str, Record] = {}
    for prover in records:
        for row in prover.rows.values():
            if row.unit:
                named.setdefault(row.unit, row)
    if len(named) > 1:
        units = ", ".join(f"{unit!r} in {row.source}" for unit, row in named.items())
        raise RecordsError(f"costs of different units are mixed: {units}; convert them to one unit")
    if named:
        return
    cheap = min(records, key=lambda prover: prover.median_cost)
    expensive = max(records, key=lambda prover: prover.median_cost)
    if expensive.median_cost > ALIKE * cheap.median_cost:
        raise RecordsError(
            f"costs of different units seem to be mixed: an attempt of {expensive.prover} costs "
            f"{expensive.median_cost:.3g}, one of {cheap.prover} {cheap.median_cost:.3g}; convert "
            'them, or write the same "unit" into every row if it is really one'
        )
