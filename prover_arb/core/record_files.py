"""Reads recorded attempts of provers from files and from ledgers.

A record file is JSON lines, one problem each, named after its prover (`kimina-8b.jsonl`):

    {"id": "mathd_algebra_513", "mean_cost": 4510.78, "attempts": [true, false], "unit": "USD"}

`mean_cost` is the mean cost of one attempt, in the unit of the records. `attempts` are in the order
in which they were made. Four fields are optional: `unit`, on which all rows of a market must agree;
`mean_seconds`, how long one attempt takes; `cpu_s`, the processor time of one attempt in seconds;
and `note`, any text. A ledger of this program can be read as records too, in dollars
(`ledger_records`).
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from prover_arb.core.database import read_only_ledger
from prover_arb.core.durable_files import numbered_lines, read_utf8
from prover_arb.core.money import MICRO
from prover_arb.core.records import ProverRecords, Record
from prover_arb.core.theorem import CACHE, REFUTER
from prover_arb.errors import RecordsError

KNOWN_FIELDS = ("id", "mean_cost", "attempts")


def read_records(path: Path) -> ProverRecords:
    """Reads the records in one file, which is named after its prover.

    Raises:
        RecordsError: the file is wrong; the message names the first fault by file and line.
    """
    rows: dict[str, Record] = {}
    for place, line in numbered_lines(path, read_utf8(path, RecordsError)):
        row = _record(place, line)
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


def ledger_records(path: Path, run: str | None = None) -> list[ProverRecords]:
    """Makes records of the judged purchases of a ledger, in dollars, with verification.

    Purchases that the oracle could not judge are left out. An answer of a deterministic prover that
    several policies received counts as one attempt, and so do the slices of one attempt; an attempt
    of which not all slices were bought is left out.

    Raises:
        RecordsError: the file is not a ledger, or no purchase in it is judged.
    """
    where = "" if run is None else " AND run = ?"
    with read_only_ledger(path) as db:
        columns = {row["name"] for row in db.execute("PRAGMA table_info(purchases)")}
        slices = "slice, resume" if "slice" in columns else "NULL AS slice, '' AS resume"
        query = (
            "SELECT run, policy, theorem_digest, prover, number, theorem,"
            f" cost + verification_cost AS cost, status = 'proved' AS proved, {slices},"
            " wall_ms + coalesce(json_extract(verdict, '$.elapsed_ms'), 0) AS elapsed_ms,"
            " json_array(candidate, failure, invoice, cpu_us, wall_ms) AS answer FROM purchases"
            f" WHERE status IN ('proved', 'rejected', 'nothing') "
            f" AND prover NOT IN ('{REFUTER}', '{CACHE}'){where}"
            " ORDER BY id"
        )
        judged = _attempts(db.execute(query, () if run is None else (run,)))
    if not judged:
        raise RecordsError(f"{path}: no purchase in it is judged yet")
    grouped: dict[str, dict[str, list[tuple[int, bool, int]]]]
    grouped = defaultdict(lambda: defaultdict(list))
    for prover, theorem, cost, proved, wall_ms in judged:
        grouped[prover][theorem].append((cost, proved, wall_ms))
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


def _attempts(rows: Iterable[Any]) -> list[tuple[str, str, int, bool, int]]:
    """Joins the slices of an attempt, and leaves out answers that were handed out again, which have
    the same invoice and the same times."""
    attempts: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        attempts[tuple(row)[:5]].append(row)
    different: dict[tuple[Any, ...], list[Any]] = {}
    for (run, _, *attempt), parts in attempts.items():
        if parts[0]["slice"] in (None, 0) and not parts[-1]["resume"]:
            answers = tuple(part["answer"] for part in parts)
            different.setdefault((run, *attempt, answers), parts)
    return [
        (
            parts[0]["prover"],
            parts[0]["theorem"],
            sum(part["cost"] for part in parts),
            bool(parts[-1]["proved"]),
            sum(part["elapsed_ms"] for part in parts),
        )
        for parts in different.values()
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
