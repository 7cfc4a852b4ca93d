"""What the API answers about orders, as values; fields of later versions are ignored.

Amounts are dollars, exactly as the server wrote them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from prover_arb.core.theorem import Candidate, Certificate, Theorem, Verdict

ENDED = frozenset({"proved", "refuted", "exhausted", "cancelled", "failed"})
"""Statuses of an order that nothing more happens to."""


class Answer(BaseModel):
    """The base of answers; an answer is compiled when the first one of its kind is read."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Purchase(Answer):
    """One attempt that was bought."""

    prover: str
    state: str
    """`open`, `delivered`, `judged`, `lost` or `cancelled`."""
    cost_usd: Decimal
    verification_cost_usd: Decimal
    verdict: Verdict | None
    failure: str
    """Why there is no candidate, if there is none."""


class ProofSummary(Answer):
    """An order for a proof, as lists show it."""

    id: str
    status: str
    """`queued`, `running`, `proved`, `refuted`, `exhausted`, `cancelled` or `failed`."""
    place: int | None
    """The place in the queue, while it is queued."""
    created_at: str
    started_at: str | None
    finished_at: str | None
    theorem: Theorem
    policy: str
    webhook: str | None = None
    """Where a message is sent when it has ended."""
    metadata: Mapping[str, str]
    budget_usd: Decimal
    spent_usd: Decimal
    charged_usd: Decimal
    cached: bool = False
    """Whether the proof was known before, and was only judged again."""
    why_stopped: str
    problem: Mapping[str, Any] | None
    """The problem document, if the order failed."""

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to the order."""
        return self.status in ENDED


class Proof(ProofSummary):
    """An order for a proof, and all that was bought for it."""

    cost_usd: Decimal
    verification_cost_usd: Decimal
    proof: Candidate | None
    """The proof, once there is one."""
    certificate: Certificate | None
    refutation: Certificate | None
    """The certificate of the negation, if the statement is refuted."""
    purchases: tuple[Purchase, ...]


class ProofPage(Answer):
    """A page of orders, newest first."""

    data: tuple[ProofSummary, ...]
    has_more: bool
    next_after: str | None
    """What `proofs(after=...)` takes to get the next page."""


class SkippedRow(Answer):
    """A row of the problems of a batch that was left out."""

    line: int | None
    reason: str


class Batch(Answer):
    """Many theorems under one budget, and how far they are."""

    id: str
    status: str
    """`queued`, `running`, `ended` or `cancelled`."""
    created_at: str
    finished_at: str | None
    policy: str
    counts: Mapping[str, int]
    """How many theorems have which status, and the `total`."""
    skipped: tuple[SkippedRow, ...]
    budget_usd: Decimal
    spent_usd: Decimal
    charged_usd: Decimal

    @property
    def ended(self) -> bool:
        """Whether all its theorems have ended."""
        return self.finished_at is not None


class BatchPage(Answer):
    """A page of batches, newest first."""

    data: tuple[Batch, ...]
    has_more: bool
    next_after: str | None
    """What `batches(after=...)` takes to get the next page."""


class BatchResult(Answer):
    """A theorem of a batch, and what became of it."""

    place: int
    """Its place in the batch, from 1."""
    line: int | None
    """The line of the problems on which it stands."""
    id: str
    """The order for it, which `proof` returns."""
    theorem: Theorem
    status: str
    """As of an order."""
    proof: Candidate | None
    refutation: Candidate | None
    spent_usd: Decimal
    charged_usd: Decimal
    why_stopped: str
    problem: Mapping[str, Any] | None


class Gap(Answer):
    """What became of one `sorry` of a file."""

    name: str
    line: int
    status: str
    """`filled`, or why it is open, such as `not_proved`."""
    reason: str
    cost_usd: Decimal
    verification_cost_usd: Decimal
    attempts: int
    """How many attempts were bought; one that was bought in slices is one."""
    certificate: Certificate | None


class File(Answer):
    """The order of a Lean file to fill, and what became of it so far."""

    id: str
    status: str
    """`queued`, `running`, `filled`, `exhausted`, `cancelled` or `failed`."""
    created_at: str
    finished_at: str | None
    policy: str
    budget_usd: Decimal
    spent_usd: Decimal
    charged_usd: Decimal
    text: str
    """The file with the proofs that were found so far."""
    gaps: tuple[Gap, ...]
    filled: int
    left: int
    problem: Mapping[str, Any] | None

    @property
    def ended(self) -> bool:
        """Whether nothing more is bought for it."""
        return self.finished_at is not None


class Quote(Answer):
    """What a proof would cost."""

    model_config = ConfigDict(use_attribute_docstrings=True)  # a tool of the MCP server answers it

    id: str
    """What `accept` takes."""
    valid_until: str
    policy: str
    budget_usd: Decimal
    probability: float
    """How likely a proof is found within the budget."""
    expected_cost_usd: Decimal
    worst_cost_usd: Decimal
    price_usd: Decimal | None
    """The price if the theorem is proved, with settlement `pay-on-proof`; None if it is not sold
    so."""
    plan: tuple[str, ...]
    """What would be bought, in words."""


class Prover(Answer):
    """A prover on the market, and what it sold lately to all customers of the service."""

    prover: str
    """Its name; the policy `single:NAME` buys from it alone."""
    price_usd: Decimal
    """What an attempt costs at most, without its verification."""
    attempts: int
    proved: int
    solve_rate: float | None
    cost_per_solved_usd: Decimal | None


class MarketPage(Answer):
    """The provers on the market, cheapest first."""

    since: str
    """From when attempts are counted."""
    provers: tuple[Prover, ...]


class Event(Answer):
    """Something that happened to an order."""

    number: int
    """Counts the events of the order, from 1."""
    kind: str
    """Such as `purchase`, `verdict` or, at the end, `proved`."""
    data: Mapping[str, Any]

    @property
    def is_last(self) -> bool:
        """Whether the order has ended with it."""
        return self.kind in ENDED


class BatchLine(Answer):
    """One line of the answer to a batch: a verdict, or why there is none."""

    index: int = Field(ge=0)
    verdict: Verdict | None = None
