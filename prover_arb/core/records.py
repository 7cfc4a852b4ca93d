"""Recorded attempts of provers, from which markets are studied and policies are fitted.

A record file is JSON lines, one problem each, named after its prover (`kimina-8b.jsonl`):

    {"id": "mathd_algebra_513", "mean_cost": 4510.78, "attempts": [true, false], "unit": "USD"}

`mean_cost` is the mean cost of one attempt. It is a float in the unit of the records (dollars, or
parameters x tokens): no money moves where records are studied, so these are measurements, not
amounts. `attempts` are in the order in which they were made. Four fields are optional: `unit`, on
which all rows of a market must agree; `mean_seconds`, how long one attempt takes; `cpu_s`, the
processor time of one attempt in seconds; and `note`, any text. A ledger of this program can be read
as records too, in dollars (`ledger_records`).
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from prover_arb.core.money import MICRO
from prover_arb.core.theorem import REFUTER
from prover_arb.errors import RecordsError

ALIKE = 1e5
"""Median costs of two provers that differ by more than this factor count as different units."""

KNOWN_FIELDS = ("id", "mean_cost", "attempts")


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

    @property
    def total_cost(self) -> float:
        """The cost of all recorded attempts, in the unit of the records."""
        return math.fsum(row.mean_cost * row.attempts for row in self.rows.values())


def read_records(path: Path) -> ProverRecords:
    """Reads the records in one file, which is named after its prover.

    Raises:
        RecordsError: the file is wrong; the message names the first fault by file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordsError(f"{path}: cannot be read: {error}") from None
    rows: dict[str, Record] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        row = _record(f"{path}:{number}", line)
        if row.problem in rows:
            raise RecordsError(
                f"{row.source}: problem {row.problem!r} stands already in "
                f"{rows[row.problem].source}; one row per problem"
            )
        rows[row.problem] = row
    if not rows:
        raise RecordsError(f"{path}: there is no record in it")
    return ProverRecords(path.stem, rows)


def read_folder(folder: Path, provers: Sequence[str] | None = None) -> list[ProverRecords]:
    """Reads the records of `provers`, or of every `.jsonl` file, in a folder.

    Raises:
        RecordsError: there is no such folder, no record in it, or no file of a prover.
    """
    if not folder.is_dir():
        raise RecordsError(f"{folder}: no such folder; --records names one with .jsonl files")
    files = {path.stem: path for path in sorted(folder.glob("*.jsonl"))}
    if not files:
        raise RecordsError(f"{folder}: there are no .jsonl files in it")
    wanted = list(files) if provers is None else list(provers)
    if len(set(wanted)) < len(wanted):
        raise RecordsError(f"a prover is named twice: {', '.join(wanted)}")
    for name in wanted:
        if name not in files:
            raise RecordsError(f"{folder}: no records of {name!r}; there are {', '.join(files)}")
    return [read_records(files[name]) for name in wanted]


def read_pool(sources: Sequence[Path], provers: Sequence[str] | None = None) -> list[ProverRecords]:
    """Reads the records of `provers`, or of all provers, from several folders and ledgers.

    Raises:
        RecordsError: a source cannot be read, or a prover has records in two sources or in none.
    """
    if not sources:
        raise RecordsError("no records are named: --records names a folder or a ledger")
    pool: dict[str, ProverRecords] = {}
    where: dict[str, Path] = {}
    for source in sources:
        for prover in ledger_records(source) if source.is_file() else read_folder(source):
            name = prover.prover
            if name in pool:
                raise RecordsError(
                    f"{source}: {name!r} has records in {where[name]} already; rename one of the "
                    "two"
                )
            pool[name], where[name] = prover, source
    wanted = list(pool) if provers is None else list(provers)
    if len(set(wanted)) < len(wanted):
        raise RecordsError(f"a prover is named twice: {', '.join(wanted)}")
    for name in wanted:
        if name not in pool:
            named = ", ".join(map(str, sources))
            raise RecordsError(f"{named}: no records of {name!r}; there are {', '.join(pool)}")
    return [pool[name] for name in wanted]


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


def ledger_records(path: Path, run: str | None = None) -> list[ProverRecords]:
    """Makes records of the judged purchases of a ledger, in dollars, with verification.

    Purchases that the oracle could not judge are left out. An answer of a deterministic prover that
    several policies received counts as one attempt.

    Raises:
        RecordsError: the file is not a ledger, or no purchase in it is judged.
    """
    where = "" if run is None else " AND run = ?"
    # An answer that is handed out again has the same invoice and the same times.
    query = (
        "SELECT prover, theorem, cost + verification_cost, status = 'proved',"
        " wall_ms + coalesce(json_extract(verdict, '$.elapsed_ms'), 0) FROM purchases"
        " WHERE id IN (SELECT min(id) FROM purchases"
        f" WHERE status IN ('proved', 'rejected', 'nothing') AND prover <> '{REFUTER}'{where}"
        " GROUP BY run, theorem_digest, prover, number, candidate, failure, invoice, cpu_us,"
        " wall_ms) ORDER BY id"
    )
    if not path.is_file():
        raise RecordsError(f"{path}: no such ledger")
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            judged = db.execute(query, () if run is None else (run,)).fetchall()
    except sqlite3.Error as error:
        raise RecordsError(f"{path}: not a ledger that can be read: {error}") from None
    if not judged:
        raise RecordsError(f"{path}: no purchase in it is judged yet")
    grouped: dict[str, dict[str, list[tuple[int, bool, int]]]]
    grouped = defaultdict(lambda: defaultdict(list))
    for prover, theorem, cost, proved, wall_ms in judged:
        grouped[prover][theorem].append((cost, bool(proved), wall_ms))
    return [
        ProverRecords(
            prover,
            {
                theorem: _from_purchases(theorem, bought, str(path))
                for theorem, bought in theorems.items()
            },
        )
        for prover, theorems in grouped.items()
    ]


def _from_purchases(theorem: str, bought: Iterable[tuple[int, bool, int]], source: str) -> Record:
    costs, proved, wall_ms = zip(*bought, strict=True)
    return Record(
        problem=theorem,
        # A free attempt counts as one micro-dollar, so that a budget buys finitely many.
        mean_cost=max(sum(costs), 1) / MICRO / len(costs),
        outcomes=proved,
        unit="USD",
        source=source,
        seconds=max(sum(wall_ms), 1) / 1000 / len(costs),
    )


def _record(source: str, line: str) -> Record:
    try:
        row: Any = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise RecordsError(f"{source}: not JSON: {error}") from None
    if not isinstance(row, dict):
        raise RecordsError(f"{source}: expected an object with {', '.join(KNOWN_FIELDS)}")
    for field in KNOWN_FIELDS:
        if field not in row:
            raise RecordsError(f"{source}: {field} is missing")
    problem, cost, attempts = (row[field] for field in KNOWN_FIELDS)
    unit, note, cpu_s = row.get("unit", ""), row.get("note", ""), row.get("cpu_s")
    if not isinstance(problem, str) or not problem:
        raise RecordsError(f"{source}: id: {problem!r} is not a name")
    if isinstance(cost, bool) or not isinstance(cost, int | float):
        raise RecordsError(f"{source}: mean_cost: {cost!r} is not a number")
    if not (math.isfinite(cost) and cost > 0):
        raise RecordsError(f"{source}: mean_cost: {cost!r} is not a positive, finite cost")
    if not isinstance(attempts, list) or not attempts:
        raise RecordsError(f"{source}: attempts: expected a list of at least one outcome")
    if any(outcome not in (0, 1) for outcome in attempts):
        raise RecordsError(f"{source}: attempts: every outcome is true or false")
    for field, text in (("unit", unit), ("note", note)):
        if not isinstance(text, str):
            raise RecordsError(f"{source}: {field}: {text!r} is not text")
    seconds = _seconds(source, row.get("mean_seconds"))
    if cpu_s is not None and not _is_time(cpu_s):
        raise RecordsError(f"{source}: cpu_s: {cpu_s!r} is not a number of seconds")
    outcomes = tuple(map(bool, attempts))
    return Record(problem, float(cost), outcomes, unit, source, cpu_s, note, seconds)


def _seconds(source: str, given: Any) -> float | None:
    if given is None:
        return None
    if not _is_time(given) or given == 0:
        raise RecordsError(f"{source}: mean_seconds: {given!r} is not a positive, finite time")
    return float(given)


def _is_time(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0


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
