"""What a benchmark run writes down: one row per policy and theorem, one line of JSON each.

A row carries every fact a reader needs to know what was measured: the statement's hash and the
data set's, toolchain, kernels, policy, price list, seed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from prover_arb.core.outcome import OutcomeStatus
from prover_arb.core.purchases import Purchase
from prover_arb.core.stopwatch import Stages
from prover_arb.core.theorem import Profile, ToolchainIdentity, Value, Verdict
from prover_arb.errors import RunError
from prover_arb.problems import Unread

_UNREAD = TypeAdapter(Unread)

SOLVED = frozenset({"proved", "replayed"})
"""What becomes of a theorem, or of a purchase, that counts as solved."""

BoughtStatus = Literal[
    "proved", "replayed", "refuted", "rejected", "void", "nothing", "lost", "cancelled"
]
"""replayed: a success as recorded, which no kernel saw; refuted: a proof that the statement is
false; nothing: the prover delivered no candidate; lost: it failed, or the program died, before it
delivered; cancelled: another attempt had settled the theorem by then."""


class Bought(Value):
    """One purchase, as far as figures and plots need it; the ledger has the rest."""

    prover: str
    status: BoughtStatus
    reason: str = ""
    """The oracle's reason to reject, how it failed, or why the prover delivered nothing."""
    cost: int
    """Micro-dollars paid to the seller."""
    verification_cost: int
    """Micro-dollars of the oracle's processor time."""
    cpu_us: int
    """Processor time of the seller, in microseconds."""
    wall_ms: int
    """Wall clock of the seller."""
    verify_ms: int
    """Wall clock of the oracle."""
    flops: float = 0.0
    """Floating-point operations of the seller; 0 where nobody says."""


class Row(Value):
    """What one policy did on one theorem."""

    run: str
    policy: str
    theorem: str
    title: str = ""
    """What the data set calls it, where that is not the theorem's name."""
    split: str = ""
    source: str = ""
    difficulty: str = ""
    category: str = ""
    origin: str
    status: OutcomeStatus
    why_stopped: str
    cost: int
    """Micro-dollars paid to sellers."""
    verification_cost: int
    wall_ms: int
    """Wall clock of the broker, in the session that ended this row."""
    stages: Stages
    """Where that time went, in milliseconds."""
    started_at: float
    """Seconds since 1970, UTC."""
    finished_at: float
    purchases: tuple[Bought, ...]
    certificate: str = ""
    """Path of the certificate inside the run folder; empty when there is none. Of a theorem that is
    refuted, that of its negation."""
    budget: int
    """Micro-dollars allowed for this theorem."""
    seed: int
    profile: Profile
    statement_sha256: str
    data_sha256: str
    toolchain: ToolchainIdentity
    kernels: tuple[str, ...] = ()
    """The kernels that accepted the proof."""
    catalog_version: str
    catalog_sha256: str
    package_version: str

    @property
    def total(self) -> int:
        """Micro-dollars for sellers and verification together."""
        return self.cost + self.verification_cost

    @property
    def solved(self) -> bool:
        return self.status in SOLVED

    @property
    def judged(self) -> bool:
        """Whether the oracle could judge what was bought; else the theorem counts for nothing."""
        return self.status != "void"

    @property
    def solver(self) -> str:
        """The prover whose candidate was proved, or replayed; empty when none was."""
        return next((p.prover for p in self.purchases if p.status in SOLVED), "")


class Skipped(Value):
    """A statement that the profile cannot elaborate, or that nobody could judge."""

    theorem: str
    title: str = ""
    origin: str
    split: str = ""
    statement_sha256: str
    reason: str
    """In Lean's own words, or what ended it."""
    void: bool = False
    """Lean ended while it read the statement, so that nothing is known of it."""


def bought(purchase: Purchase) -> Bought:
    """The part of a purchase that goes into a row."""
    verdict = purchase.verdict
    status: BoughtStatus
    if purchase.state in {"lost", "cancelled"}:
        status = "lost" if purchase.state == "lost" else "cancelled"
    elif verdict is None:
        status = "nothing"
    elif verdict.status == "proved" and verdict.replayed:
        status = "replayed"
    else:
        status = "void" if verdict.status == "invalid_statement" else verdict.status
    return Bought(
        prover=purchase.prover,
        status=status,
        reason=_reason(verdict) if verdict else purchase.failure,
        cost=purchase.cost,
        verification_cost=purchase.verification_cost,
        cpu_us=purchase.cpu_us,
        wall_ms=purchase.wall_ms,
        verify_ms=_verify_ms(purchase),
        flops=purchase.flops,
    )


def _reason(verdict: Verdict) -> str:
    return verdict.detail if verdict.status == "void" else verdict.reason or ""


def _verify_ms(purchase: Purchase) -> int:
    verdicts = [one.verdict for one in purchase.samples] or [purchase.verdict]
    return sum(verdict.elapsed_ms for verdict in verdicts if verdict is not None)


def append_row(path: Path, row: Row) -> None:
    """Add a row for good: it is on the disk when this returns."""
    append_line(path, row.model_dump_json())


def append_line(path: Path, line: str) -> None:
    """Add a line for good: it is on the disk when this returns.

    Raises:
        OSError: it cannot be written; the error names the file.
    """
    with _named(path), path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_rows(path: Path) -> list[Row]:
    """All rows of a results.jsonl; none when it does not exist yet.

    A last line that was cut off (the machine went down while it was written) is left out: its
    purchases are in the ledger, so that a resumed run writes it again without paying again.

    Raises:
        RunError: a line that is no row; names it.
    """
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            if line:
                rows.append(Row.model_validate_json(line))
        except ValidationError as error:
            if number == len(lines):
                break
            reason = error.errors()[0]["msg"]
            raise RunError(f"{path}:{number}: not a result row: {reason}") from None
    return rows


def drop_cut_line(path: Path) -> None:
    """Cut a last line without its line break off a file, before more is appended."""
    if not path.exists():
        return
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if whole != data:
        with path.open("r+b") as file:
            file.truncate(len(whole))


def write_atomic(path: Path, text: str) -> None:
    """Write a file so that it has either its old content or all of the new one.

    Raises:
        OSError: it cannot be written; the error names the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    with _named(path), temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Have an error of the system say which file it is about; a full disk's does not."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def write_skipped(path: Path, skipped: Iterable[Skipped]) -> None:
    """Write skipped.jsonl."""
    write_atomic(path, "".join(item.model_dump_json() + "\n" for item in skipped))


def read_skipped(path: Path) -> list[Skipped]:
    """Read skipped.jsonl.

    Raises:
        RunError: a line that is no such entry; names it.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found.append(Skipped.model_validate(json.loads(line)))
        except (ValidationError, json.JSONDecodeError) as error:
            raise RunError(f"{path}:{number}: not an entry of skipped.jsonl: {error}") from None
    return found


def write_unread(path: Path, unread: Iterable[Unread]) -> None:
    """Write unread.jsonl."""
    write_atomic(path, "".join(_UNREAD.dump_json(each).decode() + "\n" for each in unread))


def read_unread(path: Path) -> list[Unread]:
    """Read unread.jsonl.

    Raises:
        RunError: a line that is no such entry; names it.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found.append(_UNREAD.validate_json(line))
        except ValidationError as error:
            raise RunError(f"{path}:{number}: not an entry of unread.jsonl: {error}") from None
    return found
