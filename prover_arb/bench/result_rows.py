"""The results of a benchmark run: one row per policy and theorem, one line of JSON each.

A row has every fact that a reader needs in order to know what was measured: the hashes of statement
and data set, toolchain, kernels, policy, price list, seed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from prover_arb.core.durable_files import append_line, numbered_lines, read_utf8, write_atomic
from prover_arb.core.outcome import OutcomeStatus
from prover_arb.core.purchases import Purchase
from prover_arb.core.stopwatch import Stages
from prover_arb.core.theorem import Profile, ToolchainIdentity, Value, Verdict, fault
from prover_arb.errors import RunError
from prover_arb.problems import Unread

Entry = TypeVar("Entry")

_UNREAD = TypeAdapter(Unread)

SOLVED = frozenset({"proved", "replayed"})
"""The statuses of a theorem, or of a purchase, that count as solved."""

BoughtStatus = Literal[
    "proved", "replayed", "refuted", "rejected", "void", "nothing", "lost", "cancelled"
]
"""replayed: a success as recorded, which no kernel saw; refuted: a proof that the statement is
false; nothing: the prover delivered no candidate; lost: it failed, or the program died, before it
delivered; cancelled: another attempt had settled the theorem by then."""


class Bought(Value):
    """The part of a purchase that figures and plots need; the ledger has the rest."""

    prover: str
    slice: int | None = None
    """Which slice of an attempt it was, from 0; None for a whole attempt."""
    status: BoughtStatus
    reason: str = ""
    """Why the oracle rejected it, how the oracle failed, or why the prover delivered nothing."""
    cost: int
    """Micro-dollars paid to the prover."""
    verification_cost: int
    """Micro-dollars for the oracle's processor time."""
    cpu_us: int
    """The prover's processor time, in microseconds."""
    wall_ms: int
    """The prover's wall-clock time, in milliseconds."""
    verify_ms: int
    """The oracle's wall-clock time, in milliseconds."""
    flops: float = 0.0
    """The prover's floating-point operations; 0 if unknown."""
    asking: int | None = None
    """What a proof had to be worth for it, in micro-dollars; None where the policy did not say, as
    for what was bought in order to learn, and for what an earlier session of the run bought."""


class Row(Value):
    """What one policy bought for one theorem, and the result."""

    run: str
    policy: str
    theorem: str
    title: str = ""
    """Its title in the data set, if that is not the theorem's name."""
    split: str = ""
    source: str = ""
    difficulty: str = ""
    category: str = ""
    origin: str
    status: OutcomeStatus
    why_stopped: str
    cost: int
    """Micro-dollars paid to provers."""
    verification_cost: int
    wall_ms: int
    """The broker's wall-clock time, in the session that ended this row."""
    stages: Stages
    """Where that time was spent, in milliseconds."""
    started_at: float
    """Seconds since 1970, UTC."""
    finished_at: float
    purchases: tuple[Bought, ...]
    certificate: str = ""
    """The path of the certificate inside the run folder; empty if there is none. A refuted theorem
    has the certificate of its negation."""
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
        """Micro-dollars for provers and verification together."""
        return self.cost + self.verification_cost

    @property
    def solved(self) -> bool:
        return self.status in SOLVED

    @property
    def judged(self) -> bool:
        """Whether the oracle could judge what was bought; if not, the theorem does not count."""
        return self.status != "void"

    @property
    def solver(self) -> str:
        """The prover whose candidate was proved, or replayed; empty if none was."""
        return next((p.prover for p in self.purchases if p.status in SOLVED), "")


class Skipped(Value):
    """A statement that the profile cannot elaborate, or that nobody could judge."""

    theorem: str
    title: str = ""
    origin: str
    split: str = ""
    statement_sha256: str
    reason: str
    """Lean's message, or what ended the Lean process."""
    void: bool = False
    """Lean ended while it read the statement, so that nothing is known of it."""


def bought(purchase: Purchase, asking: int | None = None) -> Bought:
    """Returns the part of a purchase that goes into a row; `asking` is that of `Bought`."""
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
        slice=purchase.slice,
        status=status,
        reason=_reason(verdict) if verdict else purchase.failure,
        cost=purchase.cost,
        verification_cost=purchase.verification_cost,
        cpu_us=purchase.cpu_us,
        wall_ms=purchase.wall_ms,
        verify_ms=_verify_ms(purchase),
        flops=purchase.flops,
        asking=asking,
    )


def _reason(verdict: Verdict) -> str:
    return verdict.detail if verdict.status == "void" else verdict.reason or ""


def _verify_ms(purchase: Purchase) -> int:
    verdicts = [sample.verdict for sample in purchase.samples] or [purchase.verdict]
    return sum(verdict.elapsed_ms for verdict in verdicts if verdict is not None)


def append_row(path: Path, row: Row) -> None:
    """Adds a row; it is on the disk when this returns."""
    append_line(path, row.model_dump_json())


def read_rows(path: Path) -> list[Row]:
    """Reads the rows of a results.jsonl; there are none if the file does not exist yet.

    A last line that was cut off (the machine went down while it was written) is left out: its
    purchases are in the ledger, so that a resumed run writes it again without paying again.

    Raises:
        RunError: a line is not a row; names file and line.
    """
    if not path.exists():
        return []
    text = read_utf8(path, RunError)
    lines = list(numbered_lines(path, text))
    cut_off = not text.endswith("\n")
    rows = []
    for place, line in lines:
        try:
            rows.append(Row.model_validate_json(line))
        except ValidationError as error:
            if cut_off and place == lines[-1][0]:
                break
            raise RunError(f"{place}: not a result row: {fault(error)}") from None
    return rows


def write_skipped(path: Path, skipped: Iterable[Skipped]) -> None:
    """Writes skipped.jsonl."""
    write_atomic(path, "".join(item.model_dump_json() + "\n" for item in skipped))


def read_skipped(path: Path) -> list[Skipped]:
    """Reads skipped.jsonl; raises RunError, which names file and line, if it is damaged."""
    return _read(path, TypeAdapter(Skipped))


def write_unread(path: Path, unread: Iterable[Unread]) -> None:
    """Writes unread.jsonl."""
    write_atomic(path, "".join(_UNREAD.dump_json(row).decode() + "\n" for row in unread))


def read_unread(path: Path) -> list[Unread]:
    """Reads unread.jsonl; raises RunError, which names file and line, if it is damaged."""
    return _read(path, _UNREAD)


def _read(path: Path, kind: TypeAdapter[Entry]) -> list[Entry]:
    entries = []
    for place, line in numbered_lines(path, read_utf8(path, RunError)):
        try:
            entries.append(kind.validate_json(line))
        except ValidationError as error:
            raise RunError(f"{place}: not an entry of {path.name}: {fault(error)}") from None
    return entries
