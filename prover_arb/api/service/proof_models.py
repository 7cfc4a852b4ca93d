"""Answers about orders for proofs; amounts are decimal text."""

from __future__ import annotations

from typing import Literal

from prover_arb.api.problem_documents import ProblemDocument
from prover_arb.api.service.known_proofs import is_cached
from prover_arb.api.service.orders import Order, OrderStatus, Settlement
from prover_arb.api.service.shapes import Shape
from prover_arb.api.service.usd import Dollars, dollars
from prover_arb.core.money import MICRO
from prover_arb.core.purchases import Purchase
from prover_arb.core.theorem import Candidate, Certificate, Theorem, Verdict


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
    candidate: Candidate | None
    """What the prover delivered, whether or not it is a proof."""
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
            candidate=purchase.candidate,
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
    batch: str | None
    """The batch that it belongs to; its budget is then set when work on it begins."""
    quote: str | None
    """The quote that it accepted."""
    price_usd: Dollars | None
    """What it is charged in dollars if the theorem is proved, if only a proof is paid."""
    margin: float
    """The margin on what was spent, as a share of it; 0.1 is 10 %."""
    webhook: str | None
    """Where a message is sent when the order has ended."""
    metadata: dict[str, str]
    """Your own notes."""
    budget_usd: Dollars
    """What may be spent at most, in dollars."""
    spent_usd: Dollars
    """What provers and the oracle were paid so far, in dollars; never above the budget."""
    charged_usd: Dollars
    """What the order is charged, in dollars; 0 until it ends."""
    cached: bool
    """Whether the proof was known before, and was only judged again."""
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
        "batch": order.batch,
        "quote": order.quote,
        "price_usd": None if order.price is None else dollars(order.price),
        "margin": order.margin_ppm / MICRO,
        "webhook": order.webhook,
        "metadata": order.metadata,
        "budget_usd": dollars(order.budget),
        "spent_usd": dollars(spent),
        "charged_usd": dollars(order.charged),
        "cached": is_cached(order.outcome),
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
