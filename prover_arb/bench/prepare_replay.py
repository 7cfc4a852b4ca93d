"""Prepares a replay of recorded attempts; whatever is wrong with its options is found here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from importlib.metadata import version
from pathlib import Path

from prover_arb.bench.prepare import (
    DEFAULT_BUDGET,
    PreparedRun,
    distinct,
    folder_to_resume,
    new_folder,
)
from prover_arb.bench.run_config import Replay, RunConfig
from prover_arb.bench.runs import RunFolder
from prover_arb.core.money import MicroUSD
from prover_arb.core.record_files import read_pool
from prover_arb.core.records import ProverRecords, common_problems, left_out
from prover_arb.core.theorem import Limits, Theorem, sha256
from prover_arb.errors import InputError, ProblemError, RunError
from prover_arb.problems import DataSet, Problem, survey
from prover_arb.runtime.recorded_market import (
    ReplayWorkerFactory,
    exact_price,
    price_of,
    replay_of,
    theorem_names,
)
from prover_arb.scheduler.policies.parse import policy_file_of

UNSTATED = ": False"
"""Stands for a statement that is not known: nothing can ever be taken for a proof of it."""


@dataclass(frozen=True)
class ReplayOptions:
    """The options of a replay; None means the default, or as the resumed run was begun."""

    records: tuple[Path, ...] = ()
    """Folders of record files, and ledgers."""
    statements: Path | None = None
    provers: tuple[str, ...] | None = None
    dollars: str | None = None
    """Dollars per unit of the records' costs."""
    policies: tuple[str, ...] = ()
    budget: MicroUSD | None = None
    """For each theorem."""
    seed: int | None = None
    out: Path | None = None
    resume: Path | None = None


def prepare_replay(options: ReplayOptions) -> tuple[PreparedRun, ReplayWorkerFactory]:
    """Checks everything, and makes the market that the run will buy on.

    Raises:
        InputError: records, statements, policies: the message names file, line or known names.
        RunError: the run to resume differs.
    """
    if options.resume is None:
        folder = RunFolder(options.out or new_folder(prefix="replay-"))
        return _settle(options, folder, run=folder.path.resolve().name)
    folder = folder_to_resume(options.resume, out=options.out)
    before = folder.read_config()
    if before.replay is None:
        path = folder.path
        raise RunError(f"{path}: no replay of records; go on with `bench run --resume {path}`")
    begun = ReplayOptions(
        records=options.records or tuple(map(Path, before.records)),
        statements=options.statements or (Path(before.problems) if before.problems else None),
        provers=options.provers or before.replay.provers,
        dollars=options.dollars or before.replay.dollars,
        policies=options.policies or before.policies,
        budget=before.budget if options.budget is None else options.budget,
        seed=before.seed if options.seed is None else options.seed,
    )
    run, factory = _settle(begun, folder, run=before.run)
    return run.resumes(before), factory


def _settle(
    options: ReplayOptions, folder: RunFolder, *, run: str
) -> tuple[PreparedRun, ReplayWorkerFactory]:
    """Reads everything that the options name, and makes the settings of the run."""
    records = read_pool(options.records, options.provers)
    dollars = _dollars(options.dollars, records)
    factory = replay_of(records, dollars)
    provers = tuple(recorded.prover for recorded in records)
    policies = _policies(options.policies, provers)
    data = None if options.statements is None else survey(options.statements)
    problems, unstated = _problems(records, data)
    statements = (f"{p.name}:{p.theorem.digest}" for p in sorted(problems, key=lambda p: p.name))
    config = RunConfig(
        run=run,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        problems=os.path.abspath(options.statements) if options.statements else "",
        data_sha256=sha256(factory.digest, *statements),
        theorems=len(problems),
        rows=0 if data is None else data.rows,
        unread=0 if data is None else len(data.unread),
        profile="core",
        policies=policies,
        budget=DEFAULT_BUDGET if options.budget is None else options.budget,
        seed=options.seed or 0,
        limits=Limits(),
        catalog="",
        catalog_version="recorded prices",
        catalog_sha256=factory.digest,
        package_version=version("prover-arb"),
        records=tuple(os.path.abspath(path) for path in options.records),
        replay=Replay(
            provers=provers,
            dollars=str(dollars),
            left_out=left_out(records),
            unstated=unstated,
            seen=_seen(policies, common_problems(records)),
            rounding=_rounding(records, dollars),
        ),
    )
    return PreparedRun(folder, config, problems, data=data), factory


def _policies(texts: Sequence[str], provers: Sequence[str]) -> tuple[str, ...]:
    """Returns the names of the policies; by default every single prover, and the cascade."""
    wanted = texts or (*(f"single:{name}" for name in provers), "cascade")
    return tuple(policy.name for policy in distinct(wanted, provers))


def _dollars(text: str | None, records: Sequence[ProverRecords]) -> Decimal:
    """Returns the dollars per unit: as given, or 1 if every row says that it is in dollars."""
    if text is None:
        if {row.unit for recorded in records for row in recorded.rows.values()} == {"USD"}:
            return Decimal(1)
        raise InputError(
            "--dollars: the records do not say that they are in dollars; say how many dollars one "
            "unit of their cost is"
        )
    try:
        dollars = Decimal(text)
    except InvalidOperation:
        raise InputError(f"--dollars: {text!r} is not a number") from None
    if not (dollars.is_finite() and dollars > 0):
        raise InputError(f"--dollars: {text} is not a positive number")
    return dollars


def _problems(records: Sequence[ProverRecords], data: DataSet | None) -> tuple[list[Problem], int]:
    """Returns a problem for each recorded theorem, and how many of them have no statement.

    A record belongs to the row whose title it has, or to the theorem with its name.
    """
    readable = {} if data is None else data.by_name()
    statements = {} if data is None else data.statements()
    rows = records[0].rows
    problems = []
    unstated = 0
    for recorded, name in theorem_names(common_problems(records)).items():
        problem = readable.get(recorded) or readable.get(name)
        if problem is None:
            statement = statements.get(recorded) or statements.get(name)
            unstated += statement is None
            blank = Theorem(name=name, statement=statement or UNSTATED)
            problem = Problem(blank, origin=rows[recorded].source)
        theorem = problem.theorem.model_copy(update={"name": name})
        problems.append(
            replace(problem, theorem=theorem, title="" if recorded == name else recorded)
        )
    if data is not None and unstated == len(problems):
        lines = [f"{data.path}: none of the {unstated} recorded theorems is in it"]
        raise ProblemError("\n".join([*lines, *data.unread_lines()]))
    return problems, unstated


def _seen(policies: Sequence[str], problems: Sequence[str]) -> dict[str, int]:
    """Returns how many of the problems each policy file was fitted on, by policy."""
    fitted = {}
    for policy in policies:
        file = policy_file_of(policy)
        if file is not None:
            known = {row.theorem for row in file.rows}
            fitted[policy] = len(known.intersection(problems))
    return {policy: count for policy, count in fitted.items() if count}


def _rounding(records: Sequence[ProverRecords], dollars: Decimal) -> float:
    rows = [recorded.rows[name] for recorded in records for name in common_problems(records)]
    exact = sum(exact_price(row, dollars) * row.attempts for row in rows)
    whole = sum(price_of(row, dollars) * row.attempts for row in rows)
    return round(float(whole / exact) - 1, 6)
