"""Records of our own provers: each makes one attempt on every statement, which is judged.

PROVER.jsonl     one row per theorem, in the form of prover_arb/core/record_files.py
recording.json   how they were made; records made otherwise do not belong in the same folder

A row is on the disk as soon as its attempt is judged, so a recording that was stopped can be
resumed. Once all rows are there, they are put into the order of the data set.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from prover_arb.bench.batch import together
from prover_arb.bench.trial import Trial, try_once
from prover_arb.core.durable_files import append_line, drop_cut_line, write_atomic
from prover_arb.core.money import MICRO
from prover_arb.core.protocols import Oracle, Prover
from prover_arb.core.record_files import read_records
from prover_arb.core.records import Record
from prover_arb.core.theorem import Limits, Profile, Theorem, ToolchainIdentity, Value, fault
from prover_arb.errors import RunError, WorkerDied
from prover_arb.oracle.budgeted import Checker
from prover_arb.problems import Problem

UNREADABLE = "does not elaborate"
"""The note of a statement that does not elaborate in the profile."""


class CostedInspection(Protocol):
    """Whether a statement elaborates, and the processor time that it took to find out."""

    @property
    def elaborates(self) -> bool: ...

    @property
    def cpu_us(self) -> int: ...


class InspectingOracle(Oracle, Protocol):
    """An oracle that also inspects statements."""

    async def inspect(self, theorem: Theorem, limits: Limits = ...) -> CostedInspection: ...


class RecordingSetting(Value):
    """The settings that every row of a folder was made with."""

    data_sha256: str
    profile: Profile
    dollars: str
    """One unit of the rows' costs in dollars; empty for costs in dollars."""
    limits: Limits
    catalog_version: str
    catalog_sha256: str
    toolchain: ToolchainIdentity
    one_kernel: bool
    package_version: str


@dataclass
class Recording:
    """The records in `folder`, which the caller has locked."""

    folder: Path
    setting: RecordingSetting
    verification_price: int
    """Micro-dollars per CPU-hour of the oracle."""
    rows: dict[str, dict[str, Record]] = field(default_factory=dict)
    """By prover and theorem: those read from the folder, and those made since."""

    def open(self, provers: Iterable[str]) -> None:
        """CostedInspection what is there already.

        Raises:
            RunError: they were made with other settings; names every difference.
            RecordsError: a row is damaged.
        """
        keep_setting(self.folder / "recording.json", self.setting)
        for prover in provers:
            file = self._file(prover)
            drop_cut_line(file)
            there = file.exists() and file.stat().st_size > 0
            self.rows[prover] = dict(read_records(file).rows) if there else {}

    async def run(
        self,
        problems: Sequence[Problem],
        provers: Sequence[Prover],
        oracle: InspectingOracle,
        *,
        workers: int,
        done: Callable[[str], None] = lambda theorem: None,
    ) -> list[str]:
        """Makes the missing records, `workers` theorems at a time; calls `done` for every theorem.

        Returns:
            The attempts that the oracle could not judge, as PROVER on THEOREM; run again to retry.

        Raises:
            OracleError: no Lean process could be started.
        """
        checker = Checker(oracle, price=self.verification_price)
        unjudged: list[str] = []
        queue = iter(problems)

        async def work_through() -> None:
            for problem in queue:
                missing = [s for s in provers if problem.label not in self.rows[s.name]]
                if missing:
                    unjudged.extend(await self._record(problem, missing, oracle, checker))
                done(problem.label)

        async with together() as group:
            for _ in range(workers):
                group.create_task(work_through())
        return unjudged

    def put_in_order(self, names: Iterable[str]) -> None:
        """Rewrites every file in the order of `names`, whichever attempt was done first."""
        place = {name: number for number, name in enumerate(names)}
        for prover, rows in self.rows.items():
            if rows:
                ordered = sorted(rows.values(), key=lambda row: place.get(row.problem, len(place)))
                write_atomic(
                    self._file(prover), "".join(record_line(row) + "\n" for row in ordered)
                )

    async def _record(
        self,
        problem: Problem,
        provers: Sequence[Prover],
        oracle: InspectingOracle,
        checker: Checker,
    ) -> list[str]:
        theorem, limits = problem.theorem, self.setting.limits
        try:
            check = await oracle.inspect(theorem, limits)
        except WorkerDied:
            return [f"{prover.name} on {problem.label}" for prover in provers]
        unjudged = []
        for prover in provers:
            trial = Trial(
                prover=prover.name, verification_cost=checker.charge(check.cpu_us), note=UNREADABLE
            )
            if check.elaborates:
                trial = await try_once(prover, theorem, checker, limits)
            if trial.judged:
                self._keep(problem.label, trial)
            else:
                unjudged.append(f"{prover.name} on {problem.label}")
        return unjudged

    def _keep(self, theorem: str, trial: Trial) -> None:
        unit = Decimal(self.setting.dollars or 1)
        row = Record(
            problem=theorem,
            # A free attempt still counts as the smallest amount there is.
            mean_cost=float(Decimal(max(trial.total, 1)) / MICRO / unit),
            outcomes=(trial.solved,),
            unit="" if self.setting.dollars else "USD",
            cpu_s=trial.cpu_us / 1e6,
            note=trial.note,
        )
        append_line(self._file(trial.prover), record_line(row))
        self.rows[trial.prover][theorem] = row

    def _file(self, prover: str) -> Path:
        return self.folder / f"{prover}.jsonl"


def record_line(row: Record) -> str:
    """Returns the line of a record file that a record stands on."""
    fields = {
        "id": row.problem,
        "mean_cost": row.mean_cost,
        "attempts": list(row.outcomes),
        "unit": row.unit,
        "cpu_s": row.cpu_s,
        "note": row.note,
    }
    return json.dumps(fields, ensure_ascii=False)


def keep_setting(path: Path, setting: Value) -> None:
    """Writes the setting that what a folder holds is made with, or compares it with one that is
    there.

    Raises:
        RunError: what is there was made with another setting; names every difference.
    """
    if not path.exists():
        write_atomic(path, setting.model_dump_json(indent=2) + "\n")
        return
    try:
        before = type(setting).model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(f"{path}: cannot be read: {error}") from None
    except ValidationError as error:
        raise RunError(f"{path}: {fault(error)}") from None
    if differ := differences(before, setting):
        raise RunError(
            f"{path}: the records in this folder were made otherwise ({'; '.join(differ)}); name "
            "another folder"
        )


def differences(before: Value, now: Value) -> list[str]:
    """The fields of two values of one class that differ, each with both contents."""
    return [
        f"{name}: {getattr(before, name)!r} -> {getattr(now, name)!r}"
        for name in type(now).model_fields
        if getattr(before, name) != getattr(now, name)
    ]
