"""Students against their teacher on held-out theorems, from attempts that are made and judged here.

The teacher makes one attempt at a theorem. A student makes `draws` attempts for each of several
seeds. A script that two attempts have in common is tried once and charged each time: trying it
again would do the same. What comes out are records like those of any prover, one file each, and per
student what a buyer gets who asks it until a proof comes or the draws are used up.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy import stats

from prover_arb.bench.batch import together
from prover_arb.bench.trial import Trial, try_once
from prover_arb.core.durable_files import write_atomic
from prover_arb.core.money import LARGEST_BUDGET, MICRO
from prover_arb.core.protocols import Prover
from prover_arb.core.theorem import Limits, Theorem
from prover_arb.errors import StudentError
from prover_arb.oracle.budgeted import Checker
from prover_arb.problems import Problem
from prover_arb.problems.forms import form_digest
from prover_arb.provers.students.student_prover import StudentConfig, StudentProver


@dataclass(frozen=True)
class Tried:
    """What one attempt came to, in micro-dollars and microseconds."""

    solved: bool
    cost: int
    """Verification included."""
    cpu_us: int


@dataclass(frozen=True)
class Pair:
    """What a student does beside its teacher; intervals are 95%, over seeds."""

    student: str
    theorems_learnt: int
    tokens: int
    solved: tuple[float, float, float]
    """Theorems solved by at most so many draws: mean, low, high."""
    solved_at_once: float
    """Theorems solved by one draw, in the mean."""
    solve_share: tuple[float, float, float]
    """As a share of what the teacher solves."""
    cost_share: tuple[float, float, float]
    """Cost per attempted theorem, as a share of the teacher's."""
    cpu_share: float
    """The same in the provers' processor time, which no price enters."""
    new: float
    """Theorems solved that the teacher does not solve, in the mean."""


@dataclass
class Evaluation:
    """The attempts of a teacher and its students on some theorems."""

    teacher: str
    seeds: Sequence[int]
    draws: int
    taught: dict[str, Tried] = field(default_factory=dict)
    """By theorem."""
    drawn: dict[str, dict[str, list[list[Tried]]]] = field(default_factory=dict)
    """By student and theorem: for each seed, the attempts in order."""

    async def run(
        self,
        problems: Sequence[Problem],
        teacher: Prover,
        students: Mapping[str, tuple[StudentConfig, StudentProver]],
        checker: Checker,
        *,
        workers: int,
        done: Callable[[str], None],
    ) -> None:
        """Makes all attempts, `workers` theorems at a time.

        Raises:
            OracleError: no Lean process could be started.
        """
        queue = iter(problems)
        self.drawn = {name: {} for name in students}

        async def take_turns() -> None:
            for problem in queue:
                trial = await try_once(teacher, problem.theorem, checker, Limits())
                self.taught[problem.label] = _of_trial(trial)
                scripts: dict[str, Tried] = {}
                for name, (entry, prover) in students.items():
                    self.drawn[name][problem.label] = [
                        [
                            await _attempt(
                                problem.theorem,
                                entry,
                                prover,
                                checker,
                                scripts=scripts,
                                number=k,
                                seed=s,
                            )
                            for k in range(self.draws)
                        ]
                        for s in self.seeds
                    ]
                done(problem.label)

        async with together() as group:
            for _ in range(workers):
                group.create_task(take_turns())

    def write(self, out: Path) -> None:
        """Writes the records: TEACHER.jsonl and one file for each student.

        Raises:
            StudentError: the folder cannot be written to.
        """
        try:
            out.mkdir(parents=True, exist_ok=True)
            rows = [_row(theorem, [tried]) for theorem, tried in self.taught.items()]
            write_atomic(out / f"{self.teacher}.jsonl", "".join(rows))
            for name, theorems in self.drawn.items():
                rows = [
                    _row(theorem, [tried for attempts in seeds for tried in attempts])
                    for theorem, seeds in theorems.items()
                ]
                write_atomic(out / f"{name}.jsonl", "".join(rows))
        except OSError as error:
            raise StudentError(f"{out}: cannot be written to: {error.strerror}") from None

    def pair(self, name: str, entry: StudentConfig) -> Pair:
        """Compares a student with its teacher."""
        theorems = list(self.taught)
        taught = [self.taught[theorem] for theorem in theorems]
        solved, cost, cpu, new, once = [], [], [], [], []
        for place in range(len(self.seeds)):
            bought = [_until_proved(self.drawn[name][theorem][place]) for theorem in theorems]
            solved.append(sum(tried.solved for tried in bought))
            cost.append(sum(tried.cost for tried in bought))
            cpu.append(sum(tried.cpu_us for tried in bought))
            pairs = zip(bought, taught, strict=True)
            new.append(sum(mine.solved and not theirs.solved for mine, theirs in pairs))
            first = [self.drawn[name][theorem][place][0] for theorem in theorems]
            once.append(sum(tried.solved for tried in first))
        most = max(1, sum(tried.solved for tried in taught))
        paid = max(1, sum(tried.cost for tried in taught))
        worked = max(1, sum(tried.cpu_us for tried in taught))
        card = entry.file.card
        return Pair(
            student=name,
            theorems_learnt=card.theorems,
            tokens=card.tokens,
            solved=over_seeds(solved),
            solved_at_once=float(np.mean(once)),
            solve_share=over_seeds([count / most for count in solved]),
            cost_share=over_seeds([amount / paid for amount in cost]),
            cpu_share=float(np.mean(cpu)) / worked,
            new=float(np.mean(new)),
        )


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


def over_seeds(values: Sequence[float]) -> tuple[float, float, float]:
    """Returns the mean and the bounds of its 95% interval over seeds (Student's t)."""
    mean = float(np.mean(values))
    if len(values) < 2 or len(set(values)) == 1:
        return mean, mean, mean
    half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))
    return mean, mean - half, mean + half


async def _attempt(
    theorem: Theorem,
    entry: StudentConfig,
    prover: StudentProver,
    checker: Checker,
    *,
    scripts: dict[str, Tried],
    number: int,
    seed: int,
) -> Tried:
    started = time.thread_time_ns()
    drawn = entry.drawn(theorem.statement, number=number, seed=seed)
    cpu_us = (time.thread_time_ns() - started) // 1000
    cost, solved = entry.charge(cpu_us), False
    for script in drawn:
        if script not in scripts:
            scripts[script] = await _script(theorem, script, prover, checker)
        cost += scripts[script].cost
        cpu_us += scripts[script].cpu_us
        if scripts[script].solved:
            solved = True
            break
    return Tried(solved, cost, cpu_us)


async def _script(theorem: Theorem, script: str, prover: StudentProver, checker: Checker) -> Tried:
    attempt = await prover.try_script(theorem, script)
    if attempt.candidate is None:
        return Tried(False, attempt.cost, attempt.cpu_us)
    verdict = await checker.verdict(theorem, attempt.candidate, Limits(), left=LARGEST_BUDGET)
    return Tried(
        verdict.status == "proved",
        attempt.cost + checker.charge(verdict.cpu_us),
        attempt.cpu_us,
    )


def _of_trial(trial: Trial) -> Tried:
    return Tried(trial.solved, trial.total, trial.cpu_us)


def _until_proved(attempts: Sequence[Tried]) -> Tried:
    """What a buyer pays who asks until a proof comes or the attempts are used up."""
    cost = cpu_us = 0
    for tried in attempts:
        cost += tried.cost
        cpu_us += tried.cpu_us
        if tried.solved:
            return Tried(True, cost, cpu_us)
    return Tried(False, cost, cpu_us)


def _row(theorem: str, attempts: Sequence[Tried]) -> str:
    fields = {
        "id": theorem,
        "mean_cost": float(np.mean([max(tried.cost, 1) for tried in attempts])) / MICRO,
        "attempts": [tried.solved for tried in attempts],
        "unit": "USD",
        "cpu_s": float(np.mean([tried.cpu_us for tried in attempts])) / 1e6,
    }
    return json.dumps(fields, ensure_ascii=False) + "\n"
