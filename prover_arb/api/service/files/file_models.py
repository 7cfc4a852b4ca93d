"""Requests and answers about Lean files to fill; amounts are decimal text."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from prover_arb.api.problem_documents import ProblemDocument
from prover_arb.api.service.files.file_store import OrderedFile
from prover_arb.api.service.orders import Order, OrderStatus, OrderTerms
from prover_arb.api.service.proof_request import DEFAULT_POLICY, Metadata
from prover_arb.api.service.service_limits import LONGEST_DEADLINE, LONGEST_FILE
from prover_arb.api.service.shapes import Shape
from prover_arb.api.service.usd import Budget, Dollars, dollars
from prover_arb.api.service.webhooks.targets import Webhook
from prover_arb.core.money import MICRO
from prover_arb.core.theorem import Certificate, Theorem
from prover_arb.runtime.filling import FilledGap, FillStatus

FileStatus = Literal["queued", "running", "filled", "exhausted", "cancelled", "failed"]

_STATUS: dict[OrderStatus, FileStatus] = {
    "queued": "queued",
    "running": "running",
    "proved": "filled",
    "exhausted": "exhausted",
    "cancelled": "cancelled",
    "failed": "failed",
}


class FileRequest(Shape):
    """The order of proofs for all theorems of a Lean file that are left open."""

    text: str = Field(
        min_length=1,
        max_length=LONGEST_FILE,
        examples=["theorem easy : 1 + 1 = 2 := by sorry\n"],
    )
    """The Lean file, of at most 200,000 characters and 200 theorems that end in `sorry`."""
    budget_usd: Budget
    """What may be spent on the file at most, in dollars: decimal text no finer than 0.000001, or a
    number, which is rounded down to 0.000001; above 0 and at most 1,000,000."""
    theorem_budget_usd: Budget | None = None
    """What may be spent on one theorem at most, in dollars; without it the first that is hard can
    take all of `budget_usd`."""
    deadline: Annotated[int, Field(ge=1, le=LONGEST_DEADLINE, strict=True)] | None = Field(
        default=None, examples=[600]
    )
    """Seconds from now after which nothing more is bought for the file."""
    policy: str = Field(default=DEFAULT_POLICY, min_length=1, max_length=110)
    """The name of a policy that this server's operator registered, such as `cascade`."""
    seed: int = Field(default=0, ge=0, lt=2**31, strict=True)
    """The random seed, for policies and provers that draw at random."""
    webhook: Webhook | None = None
    """Where a signed message is sent when the order has ended: an http or https address of at most
    2,000 characters, without credentials, and not inside the server's network."""
    metadata: Metadata = Field(default={})
    """Your own notes, up to 16 names of 64 characters with values of 512."""

    def terms(self, first: Theorem) -> OrderTerms:
        """Returns the terms of the order; `first` is the first theorem that is left open."""
        return OrderTerms(
            theorem=first,
            policy=self.policy,
            budget=self.budget_usd,
            seed=self.seed,
            deadline=self.deadline,
            webhook=self.webhook,
            metadata=self.metadata,
        )


class GapOut(Shape):
    """What became of one `sorry`."""

    name: str
    """The name of the declaration; empty if it has none."""
    line: int
    """Its line in the file that was sent, from 1."""
    status: FillStatus
    """`filled`; or why it is open: `unwritten` (proved, but the proof cannot stand in the place of
    `sorry`), `not_proved`, `refuted`, `invalid_statement`, `void` (the oracle failed) or
    `not_bought` (no proof is bought for it)."""
    reason: str
    """Why it is open; empty if it is filled."""
    cost_usd: Dollars
    """What provers were paid for it, in dollars."""
    verification_cost_usd: Dollars
    """What the oracle spent on it, in dollars."""
    attempts: int
    """How many attempts at it were bought; one that was bought in slices is one."""
    certificate: Certificate | None
    """The proof with everything needed to check it again elsewhere."""

    @classmethod
    def of(cls, gap: FilledGap) -> GapOut:
        """Returns what the API shows of a gap."""
        outcome = gap.outcome
        return cls(
            name=gap.name,
            line=gap.line,
            status=gap.status,
            reason=gap.reason,
            cost_usd=dollars(outcome.cost if outcome else 0),
            verification_cost_usd=dollars(outcome.verification_cost if outcome else 0),
            attempts=outcome.attempts if outcome else 0,
            certificate=gap.certificate,
        )


class FileUrls(Shape):
    """Where to ask about the order of a file; paths on this server."""

    get: str
    """This object."""
    cancel: str
    """POST here to cancel."""
    events: str
    """Server-sent events."""


class FileSummary(Shape):
    """The order of a file and its progress."""

    id: str
    """Names the order in addresses, and in the log and the ledger of the server."""
    object: Literal["file"] = "file"
    """The kind of this object."""
    status: FileStatus
    """`queued` and `running` are not finished; `filled`: nothing is left open; `exhausted`: some of
    it is, and nothing more was worth buying within budget and deadline; `failed`: see `problem`."""
    place: int | None
    """The place in the queue, from 1, while the order is queued."""
    created_at: str
    """When it was accepted: ISO 8601, UTC."""
    started_at: str | None
    """When work on it began."""
    finished_at: str | None
    """When it ended."""
    policy: str
    """The policy that decides what is bought."""
    seed: int
    """The random seed."""
    deadline: int | None
    """Seconds from `created_at` after which nothing more is bought."""
    margin: float
    """The margin on what was spent, as a share of it; 0.1 is 10 %."""
    webhook: str | None
    """Where a message is sent when the order has ended."""
    metadata: dict[str, str]
    """Your own notes."""
    budget_usd: Dollars
    """What may be spent on the file at most, in dollars."""
    spent_usd: Dollars
    """What provers and the oracle were paid so far, in dollars; never above the budget."""
    charged_usd: Dollars
    """What the order is charged, in dollars; 0 until it ends."""
    problem: ProblemDocument | None
    """Why the order failed, if it did."""
    urls: FileUrls
    """Where to ask about it."""


class FileOut(FileSummary):
    """The order of a file, its text so far, and what became of each theorem."""

    theorem_budget_usd: Dollars | None
    """What may be spent on one theorem at most, in dollars; null if only `budget_usd` bounds it."""
    text: str
    """The Lean file with the proofs that were found so far in the places of `sorry`s. Nothing else
    of it is changed."""
    gaps: list[GapOut]
    """What became of each `sorry` so far, in the order of the file; all of them once it ended."""
    filled: int
    """How many are filled."""
    left: int
    """How many are known to stay open."""


class FileList(Shape):
    """A page of orders for files, newest first."""

    object: Literal["list"] = "list"
    """The kind of this object."""
    data: list[FileSummary]
    """The orders of this page."""
    has_more: bool
    """Whether older orders follow."""
    next_after: str | None
    """Give this as `after` to get the next page; null on the last one."""


def file_fields(order: Order, *, place: int | None, spent: int) -> dict[str, object]:
    """Returns the fields of a `FileSummary`; `spent` is in micro-dollars."""
    path = f"/v1/files/{order.id}"
    return {
        "id": order.id,
        "status": _STATUS[order.status],
        "place": place if order.status == "queued" else None,
        "created_at": order.created_at,
        "started_at": order.started_at,
        "finished_at": order.finished_at,
        "policy": order.policy,
        "seed": order.seed,
        "deadline": order.deadline,
        "margin": order.margin_ppm / MICRO,
        "webhook": order.webhook,
        "metadata": order.metadata,
        "budget_usd": dollars(order.budget),
        "spent_usd": dollars(spent),
        "charged_usd": dollars(order.charged),
        "problem": order.problem,
        "urls": FileUrls(get=path, cancel=f"{path}/cancel", events=f"{path}/events"),
    }


def file_out(order: Order, file: OrderedFile, *, place: int | None, spent: int) -> FileOut:
    """Returns what the API shows of the order of a file; `spent` is in micro-dollars."""
    filled = file.filled
    each = file.theorem_budget
    return FileOut.model_validate(
        file_fields(order, place=place, spent=spent)
        | {
            "theorem_budget_usd": None if each is None else dollars(each),
            "text": file.text if filled is None else filled.text,
            "gaps": [] if filled is None else [GapOut.of(gap) for gap in filled.gaps],
            "filled": 0 if filled is None else len(filled.filled),
            "left": 0 if filled is None else len(filled.left),
        }
    )
