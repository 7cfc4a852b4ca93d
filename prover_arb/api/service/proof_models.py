"""Requests and answers about orders for proofs; amounts in answers are decimal text."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from prover_arb.api.problem_documents import ProblemDocument
from prover_arb.api.service.orders import Order, OrderStatus, OrderTerms, Settlement
from prover_arb.api.service.service_limits import LONGEST_DEADLINE
from prover_arb.api.service.shapes import Shape, TheoremIn
from prover_arb.api.service.usd import Budget, Dollars, dollars
from prover_arb.core.purchases import Purchase
from prover_arb.core.theorem import Candidate, Certificate, Theorem, Verdict

DEFAULT_POLICY = "cascade"

PRINTABLE = r"^[^\x00-\x1f\x7f]*$"

_Name = Annotated[str, Field(min_length=1, max_length=64, pattern=PRINTABLE)]
_Text = Annotated[str, Field(max_length=512, pattern=PRINTABLE)]


def _few(metadata: dict[str, str]) -> dict[str, str]:
    if len(metadata) > 16:
        raise ValueError(f"at most 16 entries are kept, {len(metadata)} were given")
    return metadata


Metadata = Annotated[
    dict[_Name, _Text],
    AfterValidator(_few),
    Field(json_schema_extra={"maxProperties": 16}, examples=[{"project": "algebra"}]),
]


class ProofRequest(Shape):
    """The order of a proof."""

    theorem: TheoremIn
    """The theorem to buy a proof of."""
    budget_usd: Budget
    """What may be spent at most, in dollars: decimal text no finer than 0.000001, or a number,
    which is rounded down to 0.000001; above 0 and at most 1,000,000."""
    deadline: Annotated[int, Field(ge=1, le=LONGEST_DEADLINE, strict=True)] | None = Field(
        default=None, examples=[600]
    )
    """Seconds from now after which nothing more is bought; the order then ends as `exhausted`."""
    policy: str = Field(default=DEFAULT_POLICY, min_length=1, max_length=110)
    """The name of a policy that this server's operator registered, such as `cascade`."""
    seed: int = Field(default=0, ge=0, lt=2**31, strict=True)
    """The random seed, for policies and provers that draw at random."""
    settlement: Settlement = "cost-plus"
    """How the order is charged: `cost-plus` is what was spent, whether or not there is a proof."""
    metadata: Metadata = Field(default={})
    """Your own notes, up to 16 names of 64 characters with values of 512; the list of orders can be
    filtered by them."""

    def terms(self, theorem: Theorem) -> OrderTerms:
        """Returns the terms of the order."""
        return OrderTerms(
            theorem=theorem,
            policy=self.policy,
            budget=self.budget_usd,
            seed=self.seed,
            deadline=self.deadline,
            settlement=self.settlement,
            metadata=self.metadata,
        )


class PurchaseOut(Shape):
    """One attempt that was bought."""

    prover: str
    """The prover that made it."""
    slice: int | None
    """Which slice of an attempt it is, from 0, if the prover sells its attempts in slices; null for
    a whole attempt."""
    state: Literal["open", "delivered", "judged", "lost", "cancelled"]
    """How far it got; a lost attempt was not delivered and is not paid."""
    cost_usd: Dollars
    """What the prover was paid, in dollars."""
    verification_cost_usd: Dollars
    """What the oracle spent on its candidates, in dollars."""
    verdict: Verdict | None
    """What the oracle says, once it is judged."""
    failure: str
    """Why there is no candidate, if there is none."""
    started_at: str
    """ISO 8601, UTC."""
    settled_at: str | None
    """ISO 8601, UTC."""

    @classmethod
    def of(cls, purchase: Purchase) -> PurchaseOut:
        """Returns what the API shows of a purchase."""
        return cls(
            prover=purchase.prover,
            slice=purchase.slice,
            state=purchase.state,
            cost_usd=dollars(purchase.cost),
            verification_cost_usd=dollars(purchase.verification_cost),
            verdict=purchase.verdict,
            failure=purchase.failure,
            started_at=purchase.started_at,
            settled_at=purchase.settled_at,
        )


class ProofUrls(Shape):
    """Where to ask about an order; paths on this server."""

    get: str
    """This object."""
    cancel: str
    """POST here to cancel."""
    events: str
    """Server-sent events."""
    certificate: str
    """The certificate, once there is one."""

    @classmethod
    def of(cls, order_id: str) -> ProofUrls:
        """Returns the addresses of an order."""
        path = f"/v1/proofs/{order_id}"
        return cls(
            get=path,
            cancel=f"{path}/cancel",
            events=f"{path}/events",
            certificate=f"{path}/certificate",
        )


class ProofSummary(Shape):
    """An order and its progress."""

    id: str
    """Names the order in addresses, and in the log and the ledger of the server."""
    object: Literal["proof"] = "proof"
    """The kind of this object."""
    status: OrderStatus
    """`queued` and `running` are not finished; `exhausted`: nothing more was worth buying within
    budget and deadline; `failed`: see `problem`."""
    place: int | None
    """The place in the queue, from 1, while the order is queued."""
    created_at: str
    """When it was accepted: ISO 8601, UTC."""
    started_at: str | None
    """When work on it began."""
    finished_at: str | None
    """When it ended."""
    theorem: Theorem
    """What is to be proved."""
    policy: str
    """The policy that decides what is bought."""
    seed: int
    """The random seed."""
    deadline: int | None
    """Seconds from `created_at` after which nothing more is bought."""
    settlement: Settlement
    """How the order is charged."""
    metadata: dict[str, str]
    """Your own notes."""
    budget_usd: Dollars
    """What may be spent at most, in dollars."""
    spent_usd: Dollars
    """What provers and the oracle were paid so far, in dollars; never above the budget."""
    charged_usd: Dollars
    """What the order is charged, in dollars; 0 until it ends."""
    why_stopped: str
    """Why nothing more was bought, once the order has ended."""
    problem: ProblemDocument | None
    """Why the order failed, if it did."""
    urls: ProofUrls
    """Where to ask about it."""


class ProofOut(ProofSummary):
    """An order, its progress, and all that was bought for it."""

    cost_usd: Dollars
    """What provers were paid so far, in dollars."""
    verification_cost_usd: Dollars
    """What the oracle spent so far, in dollars."""
    proof: Candidate | None
    """The proof, once there is one."""
    certificate: Certificate | None
    """The proof with everything needed to check it again elsewhere."""
    refutation: Certificate | None
    """The certificate of the negation, if `status` is refuted."""
    purchases: list[PurchaseOut]
    """Every attempt that was bought, oldest first."""


class ProofList(Shape):
    """A page of orders, newest first."""

    object: Literal["list"] = "list"
    """The kind of this object."""
    data: list[ProofSummary]
    """The orders of this page."""
    has_more: bool
    """Whether older orders follow."""
    next_after: str | None
    """Give this as `after` to get the next page; null on the last one."""


def summary_fields(order: Order, *, place: int | None, spent: int) -> dict[str, object]:
    """Returns the fields of a `ProofSummary`; `spent` is in micro-dollars."""
    return {
        "id": order.id,
        "status": order.status,
        "place": place if order.status == "queued" else None,
        "created_at": order.created_at,
        "started_at": order.started_at,
        "finished_at": order.finished_at,
        "theorem": order.theorem,
        "policy": order.policy,
        "seed": order.seed,
        "deadline": order.deadline,
        "settlement": order.settlement,
        "metadata": order.metadata,
        "budget_usd": dollars(order.budget),
        "spent_usd": dollars(spent),
        "charged_usd": dollars(order.charged),
        "why_stopped": order.outcome.why_stopped if order.outcome else "",
        "problem": order.problem,
        "urls": ProofUrls.of(order.id),
    }


def proof_out(order: Order, purchases: list[Purchase], *, place: int | None) -> ProofOut:
    """Returns what the API shows of an order with these purchases."""
    cost = sum(p.cost for p in purchases)
    verification = sum(p.verification_cost for p in purchases)
    outcome = order.outcome
    proofs = [p.candidate for p in purchases if p.verdict and p.verdict.status == "proved"]
    return ProofOut.model_validate(
        summary_fields(order, place=place, spent=cost + verification)
        | {
            "cost_usd": dollars(cost),
            "verification_cost_usd": dollars(verification),
            "proof": proofs[0] if proofs and outcome else None,
            "certificate": outcome.certificate if outcome else None,
            "refutation": outcome.refutation if outcome else None,
            "purchases": [PurchaseOut.of(p) for p in purchases],
        }
    )
