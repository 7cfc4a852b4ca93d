"""Answers about batches; amounts are decimal text."""

from __future__ import annotations

from typing import Literal

from prover_arb.api.problem_documents import ProblemDocument
from prover_arb.api.service.batches.batch import Batch
from prover_arb.api.service.batches.tallies import Tally
from prover_arb.api.service.orders import Order, OrderStatus
from prover_arb.api.service.shapes import Shape
from prover_arb.api.service.usd import Dollars, dollars
from prover_arb.core.money import MICRO
from prover_arb.core.theorem import Candidate, Theorem

BatchStatus = Literal["queued", "running", "ended", "cancelled"]


class BatchCounts(Shape):
    """How many theorems of a batch have which status."""

    total: int
    """All theorems of the batch."""
    queued: int = 0
    """They wait to be worked on."""
    running: int = 0
    """They are worked on."""
    proved: int = 0
    """They have a proof."""
    refuted: int = 0
    """Their negation is proved."""
    exhausted: int = 0
    """Nothing more was worth buying for them within budget and deadline."""
    cancelled: int = 0
    """They were cancelled."""
    failed: int = 0
    """They failed, because Lean does not accept the statement, say."""


class Skipped(Shape):
    """A row of the problems that was left out."""

    line: int | None
    """Its line, from 1, or its place among the `problems`."""
    reason: str
    """Why it could not be read."""


class BatchUrls(Shape):
    """Where to ask about a batch; paths on this server."""

    get: str
    """This object."""
    cancel: str
    """POST here to cancel."""
    results: str
    """What became of each theorem, as lines of JSON."""
    proofs: str
    """The orders of its theorems, by pages."""


class BatchOut(Shape):
    """Many theorems under one budget, and how far they are."""

    id: str
    """Names the batch in addresses and in the log of the server."""
    object: Literal["batch"] = "batch"
    """The kind of this object."""
    status: BatchStatus
    """`queued`: no theorem was begun; `running`: some are not finished; `ended`: all are;
    `cancelled`: all are, and it was cancelled before."""
    created_at: str
    """When it was accepted: ISO 8601, UTC."""
    started_at: str | None
    """When work on its first theorem began."""
    finished_at: str | None
    """When its last theorem ended."""
    policy: str
    """The policy that decides what is bought."""
    seed: int
    """The random seed."""
    deadline: int | None
    """Seconds from `created_at` after which nothing more is bought."""
    margin: float
    """The margin on what was spent, as a share of it; 0.1 is 10 %."""
    webhook: str | None
    """Where a message is sent when all theorems have ended."""
    metadata: dict[str, str]
    """Your own notes."""
    counts: BatchCounts
    """How many theorems have which status."""
    skipped: list[Skipped]
    """Rows that could not be read and were left out."""
    budget_usd: Dollars
    """What all theorems may cost together, in dollars."""
    theorem_budget_usd: Dollars | None
    """What one theorem may cost at most, in dollars; null if only `budget_usd` bounds it."""
    spent_usd: Dollars
    """What provers and the oracle were paid so far, in dollars; never above `budget_usd`."""
    charged_usd: Dollars
    """What is charged for the theorems that have ended, in dollars; never above `budget_usd`."""
    urls: BatchUrls
    """Where to ask about it."""


class BatchList(Shape):
    """A page of batches, newest first."""

    object: Literal["list"] = "list"
    """The kind of this object."""
    data: list[BatchOut]
    """The batches of this page."""
    has_more: bool
    """Whether older batches follow."""
    next_after: str | None
    """Give this as `after` to get the next page; null on the last one."""


class BatchResult(Shape):
    """One line of the results of a batch: a theorem, and what became of it."""

    place: int
    """The place of the theorem in the batch, from 1."""
    line: int | None
    """The line of the problems on which it stands, from 1, or its place among the `problems`."""
    id: str
    """The order for it; `/v1/proofs/{id}` has all that was bought."""
    theorem: Theorem
    """What is to be proved."""
    status: OrderStatus
    """As of an order; `queued` and `running` are not finished."""
    proof: Candidate | None
    """The proof, if it is proved."""
    refutation: Candidate | None
    """The proof of the negation, if it is refuted."""
    spent_usd: Dollars
    """What was spent on it, in dollars; 0 until it has ended."""
    charged_usd: Dollars
    """What is charged for it, in dollars; 0 until it has ended."""
    why_stopped: str
    """Why nothing more was bought, once it has ended."""
    problem: ProblemDocument | None
    """Why it failed, if it did."""

    @classmethod
    def of(cls, order: Order) -> BatchResult:
        """Returns the line of an order of a batch."""
        outcome = order.outcome
        assert order.batch_place is not None
        return cls(
            place=order.batch_place,
            line=order.batch_line,
            id=order.id,
            theorem=order.theorem,
            status=order.status,
            proof=outcome.certificate.candidate if outcome and outcome.certificate else None,
            refutation=outcome.refutation.candidate if outcome and outcome.refutation else None,
            spent_usd=dollars(order.spent),
            charged_usd=dollars(order.charged),
            why_stopped=outcome.why_stopped if outcome else "",
            problem=order.problem,
        )


def batch_out(batch: Batch, tally: Tally, *, running_spent: int = 0) -> BatchOut:
    """Returns what the API shows of a batch; what is spent for those in work is not in the tally.

    `running_spent` is in micro-dollars.
    """
    path = f"/v1/batches/{batch.id}"
    status: BatchStatus = "queued" if tally.started_at is None else "running"
    if batch.finished_at is not None:
        status = "cancelled" if batch.cancel_requested_at is not None else "ended"
    return BatchOut(
        id=batch.id,
        status=status,
        created_at=batch.created_at,
        started_at=tally.started_at,
        finished_at=batch.finished_at,
        policy=batch.policy,
        seed=batch.seed,
        deadline=batch.deadline,
        margin=batch.margin_ppm / MICRO,
        webhook=batch.webhook,
        metadata=batch.metadata,
        counts=BatchCounts(total=sum(tally.counts.values()), **tally.counts),
        skipped=[Skipped(line=row.line, reason=row.reason) for row in batch.skipped],
        budget_usd=dollars(batch.budget),
        theorem_budget_usd=None if batch.theorem_budget is None else dollars(batch.theorem_budget),
        spent_usd=dollars(tally.spent + running_spent),
        charged_usd=dollars(tally.charged),
        urls=BatchUrls(
            get=path,
            cancel=f"{path}/cancel",
            results=f"{path}/results",
            proofs=f"/v1/proofs?batch={batch.id}",
        ),
    )
