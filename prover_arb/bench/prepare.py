"""Prepares a run from its options; whatever is wrong with them is found here."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from prover_arb.bench.deadline_planning import plan_for
from prover_arb.bench.known_theorems import refuse_known
from prover_arb.bench.result_rows import write_unread
from prover_arb.bench.run_config import RunConfig, refuse_changes
from prover_arb.bench.run_options import RunOptions
from prover_arb.bench.runs import RunFolder
from prover_arb.core.money import parse_usd
from prover_arb.core.protocols import Policy
from prover_arb.core.theorem import Limits, Profile
from prover_arb.errors import PolicyError, RunError
from prover_arb.problems import DataSet, Problem, read_problems
from prover_arb.provers.catalog import Catalog, load_catalog
from prover_arb.provers.recorded.answers_prover import AnswersConfig
from prover_arb.scheduler import at_value, make_policy
from prover_arb.scheduler.policies.parse import BEST_CASCADE, recommends_cascade

if TYPE_CHECKING:
    from prover_arb.scheduler.planning.deadline_plan import DeadlinePlan

RUNS = Path("runs")
"""The folder in which runs get theirs by default."""

DEFAULT_BUDGET = parse_usd("0.05")


def new_folder(runs: Path = RUNS, *, prefix: str = "") -> Path:
    """Returns a path in `runs`, named by the time, where no folder is yet."""
    return runs / f"{prefix}{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


@dataclass(frozen=True)
class PreparedRun:
    """A run that is ready to go: where, with which settings, and on which problems."""

    folder: RunFolder
    config: RunConfig
    problems: list[Problem]
    resumed: bool = False
    data: DataSet | None = None
    """All that was read, and what could not be; None if nothing was."""
    plan: DeadlinePlan | None = None
    """How many attempts a deadline needs in parallel."""

    def resumes(self, before: RunConfig) -> PreparedRun:
        """Returns this run with the settings that it was begun with.

        Raises:
            RunError: they differ from the present ones.
        """
        refuse_changes(self.folder.path, before, self.config)
        return replace(self, config=before, resumed=True)


def prepare(options: RunOptions) -> PreparedRun:
    """Checks everything that can be checked before Lean starts.

    Raises:
        InputError: problems, policies, catalog: the message names file, line or known names.
        RunError: the folder holds a run already, or the one to resume differs.
    """
    if options.resume is None:
        folder = RunFolder(options.out or new_folder())
        _refuse_used(folder)
        options.refuse_ignored()
        ready = _settle(options, folder, run=folder.path.resolve().name)
        if not options.known_theorems:
            refuse_known(ready.config.policies, ready.problems)
        return ready
    folder = folder_to_resume(options.resume, out=options.out)
    before = folder.read_config()
    if before.replay is not None:
        path = folder.path
        raise RunError(f"{path}: a replay of records; go on with `bench replay --resume {path}`")
    return _settle(options.or_as_begun(before), folder, run=before.run).resumes(before)


def folder_to_resume(resume: Path, *, out: Path | None) -> RunFolder:
    """Returns the folder of --resume; raises RunError if --out names another one."""
    if out is not None and out.resolve() != resume.resolve():
        raise RunError("--out and --resume name different folders; give one of them")
    return RunFolder(resume)


def claim(ready: PreparedRun) -> None:
    """Makes the folder of a new run its own; call it with the folder locked.

    Raises:
        RunError: something is in it by now.
    """
    _refuse_used(ready.folder)
    ready.folder.write_config(ready.config)
    if ready.data is not None and ready.data.unread:
        write_unread(ready.folder.unread, ready.data.unread)


def _refuse_used(folder: RunFolder) -> None:
    if folder.config.exists():
        raise RunError(
            f"{folder.path}: holds a run already; go on with it by --resume {folder.path}, or name "
            "another folder with --out"
        )
    if folder.path.exists() and any(p.name != ".lock" for p in _entries(folder.path)):
        raise RunError(f"{folder.path}: not empty; name a new folder with --out")


def _entries(path: Path) -> list[Path]:
    try:
        return list(path.iterdir())
    except OSError as error:
        raise RunError(f"{path}: cannot be used as a folder: {error.strerror}") from None


def _settle(options: RunOptions, folder: RunFolder, *, run: str) -> PreparedRun:
    """Reads everything that the options name, and makes the settings of the run."""
    catalog = load_catalog(options.catalog)
    catalog.require_usable_keys()
    options.refuse_contradictions()
    policies = _policies(options, catalog)
    profile: Profile = options.profile or "core"
    data = read_problems(options.problems, profile=profile, strict=options.strict)
    _require_answered(catalog, data)
    problems = data.chosen(options.split, options.limit)
    budget = options.budget
    if budget is None:
        budget = DEFAULT_BUDGET if options.batch_budget is None else options.batch_budget
    plan = None
    if options.deadline is not None:
        theorems = [problem.theorem for problem in problems]
        plan = plan_for(policies[0], catalog, theorems, budget=budget, deadline=options.deadline)
    config = RunConfig(
        run=run,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        problems=os.path.abspath(options.problems) if options.problems else "",
        data_sha256=data.sha256,
        split=options.split or "",
        limit=options.limit,
        theorems=len(problems),
        rows=data.rows,
        unread=len(data.unread),
        profile=profile,
        policies=policies,
        budget=budget,
        run_budget=options.run_budget,
        batch_budget=options.batch_budget,
        target_rate=options.target_rate,
        deadline=options.deadline,
        max_parallel=options.max_parallel or (1 if plan is None else plan.max_parallel),
        seed=options.seed or 0,
        limits=Limits(),
        catalog=os.path.abspath(options.catalog) if options.catalog else "",
        catalog_version=catalog.version,
        catalog_sha256=catalog.sha256,
        package_version=version("prover-arb"),
    )
    return PreparedRun(folder, config, problems, data=data, plan=plan)


def _require_answered(catalog: Catalog, data: DataSet) -> None:
    """Refuses recorded answers for theorems that the problem set does not have.

    Raises:
        RecordsError: names the file of answers, the line and the theorem.
    """
    names = {problem.name for problem in data.problems}
    unread = {row.name for row in data.unread}
    titles = {problem.title: problem.name for problem in data.problems if problem.title}
    for entry in catalog.entries.values():
        if isinstance(entry, AnswersConfig):
            entry.require_theorems(names | unread, titles, where=str(data.path))


def _policies(options: RunOptions, catalog: Catalog) -> tuple[str, ...]:
    """Returns the names of the policies to run.

    The default is every single prover (without repairers, which sell nothing alone), the cascade,
    the cascade fitted on training theorems where its provers are sold, and the shipped schedule.
    """
    alone = [
        f"single:{prover.name}" for prover in catalog.priced_provers() if prover.repairs is None
    ]
    best = [BEST_CASCADE] if recommends_cascade(catalog.entries) else []
    wanted = options.policies or (*alone, "cascade", *best, "schedule")
    made = distinct(wanted, catalog.entries)
    if options.has_objective:
        for policy in made:
            at_value(policy, 0)
    return tuple(policy.name for policy in made)


def distinct(texts: Iterable[str], provers: Iterable[str]) -> list[Policy]:
    """Makes the policies of these texts, on a market of these provers.

    Raises:
        PolicyError: an unknown one, or one that is given twice.
    """
    sold = tuple(provers)
    made = [make_policy(text, sold) for text in texts]
    count = Counter(policy.name for policy in made)
    twice = [policy.name for policy in made if count[policy.name] > 1]
    if twice:
        raise PolicyError(f"a policy is given twice: {', '.join(twice)}")
    return made
