"""Attempts of students and their teacher on held-out theorems, made and judged here.

The teacher makes one attempt at a theorem; it is deterministic, so one stands for all seeds. A
student makes `draws` attempts for each seed. A script that two attempts have in common, of
whatever student and seed, is tried once and charged each time: trying it again would do the same.

evaluation.json   what the attempts are made with; attempts made otherwise do not belong there
attempts.jsonl    one row per theorem, on the disk as soon as its last attempt is judged
records/          the same attempts as records, one file per prover, for `market` and `schedule`
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field, ValidationError

from prover_arb.bench.batch import together
from prover_arb.bench.recording import keep_setting, record_line
from prover_arb.bench.trial import delivered, try_once
from prover_arb.core.durable_files import (
    append_line,
    drop_cut_line,
    numbered_lines,
    read_utf8,
    write_atomic,
)
from prover_arb.core.money import LARGEST_BUDGET
from prover_arb.core.protocols import Prover
from prover_arb.core.records import ProverRecords
from prover_arb.core.theorem import Limits, Profile, Theorem, ToolchainIdentity, Value, fault
from prover_arb.errors import RunError, StudentError
from prover_arb.oracle.budgeted import Checker
from prover_arb.problems import Problem
from prover_arb.problems.forms import form_digest
from prover_arb.provers.students.student_prover import StudentConfig, StudentProver

SETTING = "evaluation.json"
ATTEMPTS = "attempts.jsonl"
RECORDS = "records"


class Tried(Value):
    """What one attempt came to."""

    solved: bool
    cost: int = Field(ge=0)
    """Micro-dollars, verification included."""
    cpu_us: int = Field(ge=0)
    """The prover's processor time, in microseconds."""


class TheoremAttempts(Value):
    """All attempts at one theorem."""

    theorem: str
    taught: Tried
    """The teacher's."""
    drawn: dict[str, tuple[tuple[Tried, ...], ...]]
    """By student: for each seed, the attempts in order."""


class EvaluationSetting(Value):
    """What the attempts of a folder are made with."""

    teacher: str
    students: dict[str, str]
    """The hash of each student's file."""
    seeds: tuple[int, ...]
    draws: int
    """Attempts of a student for each theorem and seed."""
    data_sha256: str
    profile: Profile
    catalog_version: str
    catalog_sha256: str
    toolchain: ToolchainIdentity
    package_version: str


@dataclass
class Evaluation:
    """The attempts in `folder`, which the caller has locked."""

    folder: Path
    setting: EvaluationSetting
    rows: dict[str, TheoremAttempts] = field(default_factory=dict)
    """By theorem: those read from the folder, and those made since."""

    def open(self) -> None:
        """Reads the attempts that are there already.

        Raises:
            RunError: they were made with another setting, a row is damaged, or the folder holds
                something else.
        """
        setting = self.folder / SETTING
        others = [path.name for path in self.folder.iterdir() if path.name != ".lock"]
        if others and not setting.exists():
            raise RunError(
                f"{self.folder}: holds something else than an evaluation, such as "
                f"{sorted(others)[0]}; name another folder"
            )
        keep_setting(setting, self.setting)
        path = self.folder / ATTEMPTS
        drop_cut_line(path)
        if not path.exists():
            return
        for place, line in numbered_lines(path, read_utf8(path, RunError)):
            try:
                row = TheoremAttempts.model_validate_json(line)
            except ValidationError as error:
                raise RunError(f"{place}: {fault(error)}") from None
            self._require_whole(row, place)
            self.rows[row.theorem] = row

    async def run(
        self,
        problems: Sequence[Problem],
        teacher: Prover,
        students: Mapping[str, tuple[StudentConfig, StudentProver]],
        checker: Checker,
        *,
        workers: int,
        done: Callable[[str], None],
    ) -> list[str]:
        """Makes the missing attempts, `workers` theorems at a time.

        Returns:
            The theorems on which the oracle could not judge an attempt; run again to retry.

        Raises:
            OracleError: no Lean process could be started.
        """
        queue = iter(problems)
        unjudged = []

        async def take_turns() -> None:
            for problem in queue:
                if problem.label not in self.rows:
                    trial = _TheoremTrial(problem.theorem, checker)
                    row = await self._tried(problem.label, trial, teacher, students)
                    if trial.judged:
                        append_line(self.folder / ATTEMPTS, row.model_dump_json())
                        self.rows[problem.label] = row
                    else:
                        unjudged.append(problem.label)
                done(problem.label)

        async with together() as group:
            for _ in range(workers):
                group.create_task(take_turns())
        return unjudged

    def write_records(self, records: Iterable[ProverRecords]) -> Path:
        """Writes the records of the attempts, and returns their folder.

        Raises:
            OSError: they cannot be written; the error names the file.
        """
        folder = self.folder / RECORDS
        for prover in records:
            lines = [record_line(row) + "\n" for row in prover.rows.values()]
            write_atomic(folder / f"{prover.prover}.jsonl", "".join(lines))
        return folder

    async def _tried(
        self,
        theorem: str,
        trial: _TheoremTrial,
        teacher: Prover,
        students: Mapping[str, tuple[StudentConfig, StudentProver]],
    ) -> TheoremAttempts:
        return TheoremAttempts(
            theorem=theorem,
            taught=await trial.taught(teacher),
            drawn={
                name: tuple(
                    [
                        tuple(
                            [
                                await trial.drawn(entry, prover, number=number, seed=seed)
                                for number in range(self.setting.draws)
                            ]
                        )
                        for seed in self.setting.seeds
                    ]
                )
                for name, (entry, prover) in students.items()
            },
        )

    def _require_whole(self, row: TheoremAttempts, place: str) -> None:
        shape = [self.setting.draws] * len(self.setting.seeds)
        whole = row.drawn.keys() == self.setting.students.keys() and all(
            [len(attempts) for attempts in seeds] == shape for seeds in row.drawn.values()
        )
        if not whole:
            raise RunError(f"{place}: not the attempts that {SETTING} describes; remove the line")


@dataclass(frozen=True)
class _Script:
    """What trying a script came to, at whatever price."""

    solved: bool
    cpu_us: int
    verification_cost: int = 0


@dataclass
class _TheoremTrial:
    """Attempts at one theorem, in which each script is tried once under the same limits."""

    theorem: Theorem
    checker: Checker
    judged: bool = True
    """False if the oracle failed on an attempt, so that nothing is known of it."""
    scripts: dict[tuple[str, str], _Script] = field(default_factory=dict)
    """By script and limits."""

    async def taught(self, teacher: Prover) -> Tried:
        trial = await try_once(teacher, self.theorem, self.checker, Limits())
        self.judged &= trial.judged
        return Tried(solved=trial.solved, cost=trial.total, cpu_us=trial.cpu_us)

    async def drawn(
        self, entry: StudentConfig, prover: StudentProver, *, number: int, seed: int
    ) -> Tried:
        """Makes one attempt, which is billed as if its scripts were tried for it alone."""
        started = time.thread_time_ns()
        scripts = entry.drawn(self.theorem.statement, number=number, seed=seed)
        cpu_us = (time.thread_time_ns() - started) // 1000
        verification, solved = 0, False
        limits = entry.limits.model_dump_json()
        for script in scripts:
            if (script, limits) not in self.scripts:
                self.scripts[script, limits] = await self._script(script, prover)
            tried = self.scripts[script, limits]
            cpu_us += tried.cpu_us
            verification += tried.verification_cost
            if tried.solved:
                solved = True
                break
        cost = min(entry.charge(cpu_us), entry.worst_case) + verification
        return Tried(solved=solved, cost=cost, cpu_us=cpu_us)

    async def _script(self, script: str, prover: StudentProver) -> _Script:
        attempt = await delivered(prover.name, lambda: prover.try_script(self.theorem, script))
        if attempt.candidate is None:
            return _Script(False, attempt.cpu_us)
        verdict = await self.checker.verdict(
            self.theorem, attempt.candidate, Limits(), left=LARGEST_BUDGET
        )
        self.judged &= verdict.status != "void"
        charge = self.checker.charge(verdict.cpu_us)
        return _Script(verdict.status == "proved", attempt.cpu_us, charge)


def require_unseen(entries: Mapping[str, StudentConfig], problems: Iterable[Problem]) -> None:
    """Refuses to measure a student on a theorem that it learnt from, up to names and numerals.

    Raises:
        StudentError: names the student, how many such theorems there are, and one of them.
    """
    forms = {form_digest(problem.theorem.statement): problem.label for problem in problems}
    for name, entry in entries.items():
        known = [forms[digest] for digest in entry.file.forms if digest in forms]
        if known:
            raise StudentError(
                f"{name} learnt from {len(known)} of these theorems, up to names and numerals, "
                f"such as {known[0]}: it cannot be measured on them; export again with "
                "--apart-from and this problem set"
            )
