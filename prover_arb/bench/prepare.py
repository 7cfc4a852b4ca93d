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
from prover_arb.bench.runs import Config, RunFolder, refuse_changes
from prover_arb.core.money import parse_usd
from prover_arb.core.protocols import Policy
from prover_arb.core.theorem import Limits, Profile
from prover_arb.errors import BudgetError, InputError, PolicyError, ProblemError, RunError
from prover_arb.problems import DataSet, Problem, read_problems
from prover_arb.provers.catalog import Catalog, load_catalog
from prover_arb.provers.recorded.seller import AnswersEntry
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
class Wishes:
    """What the caller asked for; None means the default, or as the resumed run was begun."""

    problems: Path | None = None
    split: str | None = None
    limit: int | None = None
    policies: tuple[str, ...] = ()
    budget: int | None = None
    """Micro-dollars per theorem."""
    run_budget: int | None = None
    """Micro-dollars for the whole run."""
    abreast: int | None = None
    batch_budget: int | None = None
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
class Prepared:
    """Where to run, what, and on which problems."""

    folder: RunFolder
    config: Config
    problems: list[Problem]
    resumed: bool
    data: DataSet | None = None
    """All that was read, and what was not; None where nothing was."""
    plan: DeadlinePlan | None = None
    """What a deadline comes to."""


def prepare(wishes: Wishes) -> Prepared:
    """Check everything that can be checked before Lean starts.

    Raises:
        InputError: problems, policies, catalog: the message names file, line or known names.
        RunError: the folder holds a run already, or the one to resume differs.
    """
    if wishes.resume is not None:
        if wishes.out is not None and wishes.out.resolve() != wishes.resume.resolve():
            raise RunError("--out and --resume name different folders; give one of them")
        return _resumed(wishes, wishes.resume)
    folder = RunFolder(wishes.out or new_folder())
    _refuse_used(folder)
    config, problems, data, plan = _settle(wishes, run=folder.path.resolve().name)
    return Prepared(folder, config, problems, resumed=False, data=data, plan=plan)


def claim(ready: Prepared) -> None:
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


def _resumed(wishes: Wishes, path: Path) -> Prepared:
    folder = RunFolder(path)
    before = folder.read_config()
    if before.replay is not None:
        raise RunError(f"{path}: a replay of records; go on with `bench replay --resume {path}`")
    filled = Wishes(
        problems=wishes.problems or (Path(before.problems) if before.problems else None),
        split=before.split if wishes.split is None else wishes.split,
        limit=before.limit if wishes.limit is None else wishes.limit,
        policies=wishes.policies or before.policies,
        budget=before.budget if wishes.budget is None else wishes.budget,
        run_budget=before.run_budget if wishes.run_budget is None else wishes.run_budget,
        abreast=wishes.abreast or before.abreast,
        batch_budget=before.batch_budget if wishes.batch_budget is None else wishes.batch_budget,
        target_rate=before.target_rate if wishes.target_rate is None else wishes.target_rate,
        deadline=before.deadline if wishes.deadline is None else wishes.deadline,
        seed=before.seed if wishes.seed is None else wishes.seed,
        profile=wishes.profile or before.profile,
        catalog=wishes.catalog or (Path(before.catalog) if before.catalog else None),
    )
    now, problems, data, plan = _settle(filled, run=before.run)
    refuse_changes(path, before, now)
    return Prepared(folder, before, problems, resumed=True, data=data, plan=plan)


def _settle(
    wishes: Wishes, *, run: str
) -> tuple[Config, list[Problem], DataSet, DeadlinePlan | None]:
    catalog = load_catalog(wishes.catalog)
    catalog.require_usable_keys()
    _check_objective(wishes)
    policies = _policies(wishes, catalog)
    profile: Profile = wishes.profile or "core"
    data = read_problems(wishes.problems, profile=profile, strict=wishes.strict)
    _require_answered(catalog, data)
    problems = _select(data.problems, wishes.split or "", wishes.limit, str(data.path))
    budget = wishes.budget
    if budget is None:
        budget = DEFAULT_BUDGET if wishes.batch_budget is None else wishes.batch_budget
    plan = None
    if wishes.deadline is not None:
        theorems = [problem.theorem for problem in problems]
        plan = plan_for(policies[0], catalog, theorems, budget=budget, deadline=wishes.deadline)
    config = Config(
        run=run,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        problems=os.path.abspath(wishes.problems) if wishes.problems else "",
        data_sha256=data.sha256,
        split=wishes.split or "",
        limit=wishes.limit,
        theorems=len(problems),
        rows=data.rows,
        unread=len(data.unread),
        profile=profile,
        policies=policies,
        budget=budget,
        run_budget=wishes.run_budget,
        batch_budget=wishes.batch_budget,
        target_rate=wishes.target_rate,
        deadline=wishes.deadline,
        abreast=wishes.abreast or (1 if plan is None else plan.max_parallel),
        seed=wishes.seed or 0,
        limits=Limits(),
        catalog=os.path.abspath(wishes.catalog) if wishes.catalog else "",
        catalog_version=catalog.version,
        catalog_sha256=catalog.sha256,
        package_version=version("prover-arb"),
    )
    return config, problems, data, plan


def _require_answered(catalog: Catalog, data: DataSet) -> None:
    """Refuse recorded answers for theorems that the problem set does not have.

    Raises:
        RecordsError: names the file of answers, the line and the theorem.
    """
    names = {problem.name for problem in data.problems}
    unread = {each.name for each in data.unread}
    titles = {problem.title: problem.name for problem in data.problems if problem.title}
    for entry in catalog.entries.values():
        if isinstance(entry, AnswersEntry):
            entry.require_theorems(names | unread, titles, where=str(data.path))


def _check_objective(wishes: Wishes) -> None:
    """Refuse what contradicts itself."""
    shared = wishes.batch_budget is not None or wishes.target_rate is not None
    if wishes.batch_budget is not None and wishes.batch_budget <= 0:
        raise BudgetError("--batch-budget: nothing can be bought for 0")
    if wishes.target_rate is not None and not 0 < wishes.target_rate <= 1:
        raise InputError(f"--target-rate {wishes.target_rate:g}: expected more than 0, at most 1")
    if wishes.deadline is not None and not (math.isfinite(wishes.deadline) and wishes.deadline > 0):
        raise InputError(f"--deadline {wishes.deadline:g}: expected a positive number of seconds")
    if wishes.deadline is not None and shared:
        raise InputError(
            "--deadline is for every theorem by itself; leave --batch-budget and --target-rate out"
        )
    if wishes.deadline is not None and len(wishes.policies) != 1:
        raise InputError("--deadline: give one --policy, of the form schedule:FILE")


def _policies(wishes: Wishes, catalog: Catalog) -> tuple[str, ...]:
    """Names of the policies asked for.

    When none was: every single prover (who repairs what others failed at sells nothing alone), the
    cascade, and the index that begins with no records and learns as it goes.
    """
    alone = [f"single:{one.name}" for one in catalog.listings() if one.repairs is None]
    wanted = wishes.policies or (*alone, "cascade", "schedule")
    made = distinct(wanted, catalog.entries)
    if any(each is not None for each in (wishes.batch_budget, wishes.target_rate, wishes.deadline)):
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
