"""From what was asked for to a run that is ready to go; everything wrong is found here."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from prover_arb.bench.lean_source import Problem
from prover_arb.bench.problems import load_data_set
from prover_arb.bench.runs import Config, RunFolder, refuse_changes
from prover_arb.errors import PolicyError, ProblemError, RunError
from prover_arb.money import parse_usd
from prover_arb.provers.catalog import Catalog, load_catalog
from prover_arb.scheduler import make_policy
from prover_arb.theorem import Limits, Profile

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
    seed: int | None = None
    profile: Profile | None = None
    catalog: Path | None = None
    out: Path | None = None
    resume: Path | None = None


@dataclass(frozen=True)
class Prepared:
    """Where to run, what, and on which problems."""

    folder: RunFolder
    config: Config
    problems: list[Problem]
    resumed: bool


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
    config, problems = _settle(wishes, run=folder.path.resolve().name)
    return Prepared(folder, config, problems, resumed=False)


def claim(ready: Prepared) -> None:
    """Make the folder of a new run its own; call it with the folder locked.

    Raises:
        RunError: something is in it by now.
    """
    _refuse_used(ready.folder)
    ready.folder.write_config(ready.config)


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
        seed=before.seed if wishes.seed is None else wishes.seed,
        profile=wishes.profile or before.profile,
        catalog=wishes.catalog or (Path(before.catalog) if before.catalog else None),
    )
    now, problems = _settle(filled, run=before.run)
    refuse_changes(path, before, now)
    return Prepared(folder, before, problems, resumed=True)


def _settle(wishes: Wishes, *, run: str) -> tuple[Config, list[Problem]]:
    catalog = load_catalog(wishes.catalog)
    policies = _policies(wishes.policies, catalog)
    profile: Profile = wishes.profile or "core"
    data = load_data_set(wishes.problems, profile=profile)
    problems = _select(data.problems, wishes.split or "", wishes.limit, str(data.path))
    config = Config(
        run=run,
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        problems=os.path.abspath(wishes.problems) if wishes.problems else "",
        data_sha256=data.sha256,
        split=wishes.split or "",
        limit=wishes.limit,
        theorems=len(problems),
        profile=profile,
        policies=policies,
        budget=DEFAULT_BUDGET if wishes.budget is None else wishes.budget,
        run_budget=wishes.run_budget,
        abreast=wishes.abreast or 1,
        seed=wishes.seed or 0,
        limits=Limits(),
        catalog=os.path.abspath(wishes.catalog) if wishes.catalog else "",
        catalog_version=catalog.version,
        catalog_sha256=catalog.sha256,
        package_version=version("prover-arb"),
    )
    return config, problems


def _policies(texts: tuple[str, ...], catalog: Catalog) -> tuple[str, ...]:
    """Names of the policies asked for.

    When none was: every single prover (who repairs what others failed at sells nothing alone), the
    cascade, and the index that begins with no records and learns as it goes.
    """
    alone = [f"single:{one.name}" for one in catalog.listings() if one.repairs is None]
    wanted = texts or (*alone, "cascade", "schedule")
    names = tuple(make_policy(text, catalog.entries).name for text in wanted)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise PolicyError(f"the policy {twice[0]} is given twice")
    return names


def _select(problems: list[Problem], split: str, limit: int | None, path: str) -> list[Problem]:
    if limit is not None and limit < 1:
        raise ProblemError(f"--limit {limit}: at least 1 theorem")
    chosen = [p for p in problems if not split or p.split == split]
    if not chosen:
        known = ", ".join(sorted({p.split for p in problems if p.split})) or "none"
        raise ProblemError(f"{path}: no theorem in the split {split!r}; known splits: {known}")
    return chosen[:limit]
