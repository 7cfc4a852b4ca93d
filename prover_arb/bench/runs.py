"""A run's folder: what it was told to do, what it found, and who may write to it.

config.json      what was run, on what, with which versions; never changes once written
unread.jsonl     rows of the data set that could not be read, with the reason
skipped.jsonl    statements the profile cannot elaborate or nobody could judge, with the reason
results.jsonl    one row per policy and theorem
ledger.sqlite3   every purchase
certificates/    POLICY/THEOREM.json
summary.json, report.html
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError, model_validator

from prover_arb.bench.rows import (
    Row,
    Skipped,
    read_rows,
    read_skipped,
    read_unread,
    write_atomic,
)
from prover_arb.core.job import ProofJob
from prover_arb.core.money import MicroUSD
from prover_arb.core.theorem import Limits, Profile, ToolchainIdentity, Value, fault
from prover_arb.errors import RunError
from prover_arb.problems import Unread


class Replay(Value):
    """What a run sells that is a replay of recorded attempts."""

    provers: tuple[str, ...]
    dollars: str
    """One unit of the records' costs, in dollars."""
    left_out: int
    """Problems that not every prover has records of."""
    unstated: int
    """Theorems without a statement; `: False` stands in its place."""
    seen: dict[str, int]
    """By policy made from a file: the theorems it was fitted on that are replayed here."""
    rounding: float
    """By which share rounding up to whole micro-dollars raises the price of the records."""

    @property
    def lines(self) -> list[str]:
        """What a reader of the figures must know, in sentences."""
        lines = [
            "Replayed from records: solved means recorded as solved. No kernel judged anything, "
            "and there are no certificates."
        ]
        if self.left_out:
            lines.append(
                f"Problems left out, because not every prover has records of them: {self.left_out}."
            )
        if self.unstated:
            lines.append(f"Theorems whose statement is not known: {self.unstated}.")
        lines += [
            f"{policy} was fitted on {count} of these theorems: its figures are not held out."
            for policy, count in self.seen.items()
        ]
        if self.rounding >= 0.005:
            lines.append(
                f"Whole micro-dollars make these prices {self.rounding:.1%} higher than the "
                "records say; more dollars per unit would make less of a difference."
            )
        return lines


class RunConfig(Value):
    """Everything a run's figures depend on, apart from the machine."""

    run: str
    created_at: str
    """ISO 8601, UTC."""
    problems: str
    """Path of the data set; empty for the shipped one."""
    data_sha256: str
    split: str = ""
    """Only this split; empty for all."""
    limit: int | None = None
    """Only so many theorems, the first ones; None for all."""
    theorems: int
    """How many theorems were asked for, those that do not elaborate included."""
    rows: int = 0
    """How many the data set has, other splits included; 0 in runs older than this count."""
    unread: int = 0
    """How many of those could not be read."""
    profile: Profile
    policies: tuple[str, ...]
    budget: MicroUSD
    """For each theorem."""
    run_budget: MicroUSD | None = None
    """For all theorems and policies together; None for no such limit."""
    batch_budget: MicroUSD | None = None
    """What all theorems share, for each policy."""
    target_rate: float | None = None
    """Share of the theorems that elaborate, after which nothing more is bought."""
    deadline: float | None = None
    """Seconds for each theorem."""
    max_parallel: int = 1
    """How many attempts on one theorem may be in flight at once."""
    seed: int
    limits: Limits
    catalog: str
    """Path of the price list; empty for the shipped one."""
    catalog_version: str
    catalog_sha256: str
    toolchain: ToolchainIdentity | None = None
    """None until Lean has answered for the first time."""
    package_version: str
    records: tuple[str, ...] = ()
    """Paths of what is replayed."""
    replay: Replay | None = None
    """None for a run on a live market."""

    @model_validator(mode="before")
    @classmethod
    def _of_earlier_versions(cls, fields: object) -> object:
        """Reads `abreast`, as `max_parallel` was called up to version 0.1."""
        if isinstance(fields, dict) and "abreast" in fields:
            return {("max_parallel" if k == "abreast" else k): v for k, v in fields.items()}
        return fields

    def job(self, policy: str) -> ProofJob:
        """Returns what the proofs of this run are bought by under one of its policies."""
        return ProofJob(
            policy=policy,
            budget=self.budget,
            run=self.run,
            seed=self.seed,
            limits=self.limits,
            max_parallel=self.max_parallel,
            run_budget=self.run_budget,
            deadline=self.deadline,
        )

    def wanted(self, theorems: int) -> int | None:
        """How many of so many theorems shall be proved, where that is the objective."""
        rate = self.target_rate
        return None if rate is None else math.ceil(rate * theorems - 1e-9)


MAY_DIFFER = frozenset({
    "run", "created_at", "problems", "rows", "unread", "catalog", "toolchain", "records",
})  # fmt: skip
"""Paths may differ if the hashes agree, and so may counts that old runs lack; the toolchain is
compared once Lean has answered."""


@dataclass(frozen=True)
class Run:
    """A run as found in its folder."""

    folder: Path
    config: RunConfig
    rows: list[Row]
    skipped: list[Skipped]
    unread: list[Unread] = field(default_factory=list)

    @property
    def not_elaborated(self) -> list[Skipped]:
        """Statements that the profile does not understand."""
        return [item for item in self.skipped if not item.void]

    @property
    def not_judged(self) -> list[Skipped]:
        """Statements that Lean did not survive reading."""
        return [item for item in self.skipped if item.void]

    @property
    def complete(self) -> bool:
        """Whether every policy has been tried on every theorem that elaborates."""
        wanted = (self.config.theorems - len(self.skipped)) * len(self.config.policies)
        return len(self.rows) == wanted


@dataclass(frozen=True)
class RunFolder:
    """Paths inside a run's folder."""

    path: Path

    @property
    def config(self) -> Path:
        return self.path / "config.json"

    @property
    def results(self) -> Path:
        return self.path / "results.jsonl"

    @property
    def skipped(self) -> Path:
        return self.path / "skipped.jsonl"

    @property
    def unread(self) -> Path:
        return self.path / "unread.jsonl"

    @property
    def ledger(self) -> Path:
        return self.path / "ledger.sqlite3"

    @property
    def summary(self) -> Path:
        return self.path / "summary.json"

    @property
    def report(self) -> Path:
        return self.path / "report.html"

    def certificate(self, policy: str, theorem: str) -> Path:
        return self.path / "certificates" / slug(policy) / f"{slug(theorem)}.json"

    def read_config(self) -> RunConfig:
        """What the run was told to do.

        Raises:
            RunError: there is no run in this folder, or its config.json is damaged.
        """
        try:
            return RunConfig.model_validate_json(self.config.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise RunError(f"{self.path}: no run in this folder (no config.json)") from None
        except (OSError, UnicodeDecodeError) as error:
            raise RunError(f"{self.config}: cannot be read: {error}") from None
        except ValidationError as error:
            raise RunError(f"{self.config}: {fault(error)}") from None

    def write_config(self, config: RunConfig) -> None:
        write_atomic(self.config, config.model_dump_json(indent=2) + "\n")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes out while this one writes; the folder is made if absent.

        Raises:
            RunError: another process is at work in it, or it cannot be made.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path / ".lock")
            lock.acquire(blocking=False)
        except Timeout:
            raise RunError(f"{self.path}: another process is working on this run") from None
        except OSError as error:
            raise RunError(f"{self.path}: cannot be written to: {error.strerror}") from None
        try:
            yield
        finally:
            lock.release()


def load_run(path: Path) -> Run:
    """A run with its rows, finished or not.

    Raises:
        RunError: there is no run in this folder, or a file of it is damaged.
    """
    folder = RunFolder(path)
    config = folder.read_config()
    skipped = read_skipped(folder.skipped) if folder.skipped.exists() else []
    unread = read_unread(folder.unread) if folder.unread.exists() else []
    return Run(path, config, read_rows(folder.results), skipped, unread)


def refuse_changes(path: Path, before: RunConfig, now: RunConfig) -> None:
    """Hold a resumed run to what it was begun with.

    Raises:
        RunError: names every setting that differs, with both values.
    """
    differ = [
        f"{field}: {getattr(before, field)} -> {getattr(now, field)}"
        for field in RunConfig.model_fields
        if field not in MAY_DIFFER and getattr(before, field) != getattr(now, field)
    ]
    if differ:
        raise RunError(
            f"{path}: cannot be resumed, it was begun differently ({'; '.join(differ)}); "
            "start a new run, or resume it as it was begun"
        )


def refuse_other_toolchain(path: Path, before: ToolchainIdentity, now: ToolchainIdentity) -> None:
    """Hold a resumed run to the kernel that judged its first part.

    Raises:
        RunError: names what differs.
    """
    differ = [
        f"{field}: {getattr(before, field)} -> {getattr(now, field)}"
        for field in ToolchainIdentity.model_fields
        if getattr(before, field) != getattr(now, field)
    ]
    if differ:
        raise RunError(
            f"{path}: cannot be resumed with another toolchain ({'; '.join(differ)}); "
            "start a new run, or bring the toolchain back"
        )


def slug(text: str) -> str:
    """A name for a file: the text itself where it is plain, else cleaned and made unique."""
    clean = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip(".-")[:80]
    if clean == text:
        return clean
    if clean == text.replace(":", "-"):
        return clean
    return f"{clean}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
