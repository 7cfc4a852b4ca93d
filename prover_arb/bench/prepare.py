"""From what was asked for to a run that is ready to go; everything wrong is found here."""

from __future__ import annotations

import math
import os
import secrets
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from prover_arb.bench.deadline_planning import plan_for
from prover_arb.bench.rows import write_unread
from prover_arb.bench.runs import RunConfig, RunFolder, refuse_changes
from prover_arb.core.money import MicroUSD, parse_usd
from prover_arb.core.protocols import Policy
from prover_arb.core.theorem import Limits, Profile
from prover_arb.errors import BudgetError, InputError, PolicyError, ProblemError, RunError
from prover_arb.problems import DataSet, Problem, read_problems
from prover_arb.provers.catalog import Catalog, load_catalog
from prover_arb.provers.recorded.seller import AnswersConfig
from prover_arb.scheduler import at_value, make_policy

if TYPE_CHECKING:
    from prover_arb.scheduler.planning.deadline_plan import DeadlinePlan

RUNS = Path("runs")
"""Where runs get their folders unless told otherwise."""

DEFAULT_BUDGET = parse_usd("0.05")


def new_folder(runs: Path = RUNS, *, prefix: str = "") -> Path:
    """A folder that does not exist yet, named by the time."""
    return runs / f"{prefix}{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


@dataclass(frozen=True)
class RunOptions:
    """What the caller asked for; None means the default, or as the resumed run was begun."""

    problems: Path | None = None
    split: str | None = None
    limit: int | None = None
    policies: tuple[str, ...] = ()
    budget: MicroUSD | None = None
    """Micro-dollars per theorem."""
    run_budget: MicroUSD | None = None
    """Micro-dollars for the whole run."""
    max_parallel: int | None = None
    batch_budget: MicroUSD | None = None
    """Micro-dollars for all theorems together."""
    target_rate: float | None = None
    """Share of the theorems to be proved."""
    deadline: float | None = None
    """Seconds per theorem."""
    seed: int | None = None
    profile: Profile | None = None
    catalog: Path | None = None
    out: Path | None = None
    resume: Path | None = None
    strict: bool = False
    """Refuse problems of which some cannot be read."""


@dataclass(frozen=True)
class PreparedRun:
    """Where to run, what, and on which problems."""

    folder: RunFolder
    config: RunConfig
    problems: list[Problem]
    resumed: bool
    data: DataSet | None = None
    """All that was read, and what was not; None where nothing was."""
    plan: DeadlinePlan | None = None
    """What a deadline comes to."""


def prepare(options: RunOptions) -> PreparedRun:
    """Check everything that can be checked before Lean starts.

    Raises:
        InputError: problems, policies, catalog: the message names file, line or known names.
        RunError: the folder holds a run already, or the one to resume differs.
    """
    if options.resume is not None:
        if options.out is not None and options.out.resolve() != options.resume.resolve():
            raise RunError("--out and --resume name different folders; give one of them")
        return _resumed(options, options.resume)
    folder = RunFolder(options.out or new_folder())
    _refuse_used(folder)
    config, problems, data, plan = _settle(options, run=folder.path.resolve().name)
    return PreparedRun(folder, config, problems, resumed=False, data=data, plan=plan)


def claim(ready: PreparedRun) -> None:
    """Make the folder of a new run its own; call it with the folder locked.

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


def _resumed(options: RunOptions, path: Path) -> PreparedRun:
    folder = RunFolder(path)
    before = folder.read_config()
    if before.replay is not None:
        raise RunError(f"{path}: a replay of records; go on with `bench replay --resume {path}`")
    filled = RunOptions(
        problems=options.problems or (Path(before.problems) if before.problems else None),
        split=before.split if options.split is None else options.split,
        limit=before.limit if options.limit is None else options.limit,
        policies=options.policies or before.policies,
        budget=before.budget if options.budget is None else options.budget,
        run_budget=before.run_budget if options.run_budget is None else options.run_budget,
        max_parallel=options.max_parallel or before.max_parallel,
        batch_budget=before.batch_budget if options.batch_budget is None else options.batch_budget,
        target_rate=before.target_rate if options.target_rate is None else options.target_rate,
        deadline=before.deadline if options.deadline is None else options.deadline,
        seed=before.seed if options.seed is None else options.seed,
        profile=options.profile or before.profile,
        catalog=options.catalog or (Path(before.catalog) if before.catalog else None),
    )
    now, problems, data, plan = _settle(filled, run=before.run)
    refuse_changes(path, before, now)
    return PreparedRun(folder, before, problems, resumed=True, data=data, plan=plan)


def _settle(
    options: RunOptions, *, run: str
) -> tuple[RunConfig, list[Problem], DataSet, DeadlinePlan | None]:
    catalog = load_catalog(options.catalog)
    catalog.require_usable_keys()
    _check_objective(options)
    policies = _policies(options, catalog)
    profile: Profile = options.profile or "core"
    data = read_problems(options.problems, profile=profile, strict=options.strict)
    _require_answered(catalog, data)
    problems = _select(data.problems, options.split or "", options.limit, str(data.path))
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
    return config, problems, data, plan


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


def _check_objective(options: RunOptions) -> None:
    """Refuses options that contradict each other."""
    budget, rate, deadline = options.batch_budget, options.target_rate, options.deadline
    if budget is not None and budget <= 0:
        raise BudgetError("--batch-budget: nothing can be bought for 0")
    if rate is not None and not 0 < rate <= 1:
        raise InputError(f"--target-rate {rate:g}: expected more than 0, at most 1")
    if deadline is None:
        return
    if not (math.isfinite(deadline) and deadline > 0):
        raise InputError(f"--deadline {deadline:g}: expected a positive number of seconds")
    if budget is not None or rate is not None:
        raise InputError(
            "--deadline is for every theorem by itself; leave --batch-budget and --target-rate out"
        )
    if len(options.policies) != 1:
        raise InputError("--deadline: give one --policy, of the form schedule:FILE")


def _policies(options: RunOptions, catalog: Catalog) -> tuple[str, ...]:
    """Names of the policies asked for.

    When none was: every single prover (who repairs what others failed at sells nothing alone), the
    cascade, and the index that begins with no records and learns as it goes.
    """
    alone = [f"single:{one.name}" for one in catalog.priced_provers() if one.repairs is None]
    wanted = options.policies or (*alone, "cascade", "schedule")
    made = distinct(wanted, catalog.entries)
    if any(
        each is not None for each in (options.batch_budget, options.target_rate, options.deadline)
    ):
        for policy in made:
            at_value(policy, 0)
    return tuple(policy.name for policy in made)


def distinct(texts: Iterable[str], provers: Iterable[str]) -> list[Policy]:
    """The policies written so, on a market of these provers.

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


def _select(problems: list[Problem], split: str, limit: int | None, path: str) -> list[Problem]:
    if limit is not None and limit < 1:
        raise ProblemError(f"--limit {limit}: at least 1 theorem")
    chosen = [p for p in problems if not split or p.split == split]
    if not chosen:
        known = ", ".join(sorted({p.split for p in problems if p.split})) or "none"
        raise ProblemError(f"{path}: no theorem in the split {split!r}; known splits: {known}")
    return chosen[:limit]
