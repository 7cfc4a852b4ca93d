"""A run's folder: its settings, its results, and the lock for the process that writes to it.

config.json      what was run, on what, with which versions; never changes once written
unread.jsonl     rows of the data set that could not be read, with the reason
skipped.jsonl    statements the profile cannot elaborate or nobody could judge, with the reason
results.jsonl    one row per policy and theorem
ledger.sqlite3   every purchase
certificates/    POLICY/THEOREM.json
summary.json, report.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from prover_arb.bench.result_rows import Row, Skipped, read_rows, read_skipped, read_unread
from prover_arb.bench.run_config import RunConfig
from prover_arb.broker.ledger.overheads import PolicyOverhead, read_overheads
from prover_arb.core.durable_files import write_atomic
from prover_arb.core.file_names import slug
from prover_arb.core.theorem import fault
from prover_arb.errors import RunError
from prover_arb.problems import Unread


@dataclass(frozen=True)
class Run:
    """A run as it stands in its folder."""

    folder: Path
    config: RunConfig
    rows: list[Row]
    skipped: list[Skipped]
    unread: list[Unread] = field(default_factory=list)
    overheads: Mapping[str, PolicyOverhead] = field(default_factory=dict)
    """What the policies took for themselves, by the ledger; empty if it does not know."""

    @property
    def not_elaborated(self) -> list[Skipped]:
        """Statements that do not elaborate in the profile."""
        return [item for item in self.skipped if not item.void]

    @property
    def not_judged(self) -> list[Skipped]:
        """Statements that ended the Lean process which read them."""
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
        """Reads the settings of the run.

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
        """Keeps other processes out while this one writes; makes the folder if it is absent.

        Raises:
            RunError: another process works in it, or it cannot be made.
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
    """Reads a run with its rows, finished or not.

    Raises:
        RunError: there is no run in this folder, or a file of it is damaged.
        RecordsError: its ledger cannot be read.
    """
    folder = RunFolder(path)
    config = folder.read_config()
    skipped = read_skipped(folder.skipped) if folder.skipped.exists() else []
    unread = read_unread(folder.unread) if folder.unread.exists() else []
    return Run(path, config, read_rows(folder.results), skipped, unread, _overheads(folder, config))


def _overheads(folder: RunFolder, config: RunConfig) -> dict[str, PolicyOverhead]:
    if not folder.ledger.exists():
        return {}
    return {row.policy: row for row in read_overheads(folder.ledger, config.run)}
