"""Requests and answers about orders for proofs; amounts in answers are decimal text."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from prover_arb.api.problem_documents import ProblemDocument
from prover_arb.api.service.orders import Order, OrderStatus, OrderTerms, Settlement
from prover_arb.api.service.service_limits import LONGEST_DEADLINE
from prover_arb.api.service.shapes import Shape, TheoremIn
from prover_arb.api.service.usd import Budget, Dollars, dollars
from prover_arb.core.money import MICRO
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


T = TypeVar("T")

QUOTED = "the quote says it; leave it out"


class ProofRequest(Shape):
    """The order of a proof: of a theorem within a budget, or of what was quoted."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": ["theorem", "budget_usd"]}, {"required": ["quote"]}]
        }
    )

    quote: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{24}$", examples=["9b1d4c2e8f6a7b105f0c1e7a"]
    )
    """The id of a quote to accept. Theorem, budget, deadline, policy and seed are then the quote's,
    and are not given again."""
    theorem: TheoremIn | None = Field(default=None, validate_default=True)
    """The theorem to buy a proof of; needed without a quote."""
    budget_usd: Budget | None = Field(default=None, validate_default=True)
    """What may be spent at most, in dollars: decimal text no finer than 0.000001, or a number,
    which is rounded down to 0.000001; above 0 and at most 1,000,000. Needed without a quote."""
    deadline: Annotated[int, Field(ge=1, le=LONGEST_DEADLINE, strict=True)] | None = Field(
        default=None, examples=[600]
    )
    """Seconds from now after which nothing more is bought; the order then ends as `exhausted`."""
    policy: str = Field(default=DEFAULT_POLICY, min_length=1, max_length=110)
    """The name of a policy that this server's operator registered, such as `cascade`."""
    seed: int = Field(default=0, ge=0, lt=2**31, strict=True)
    """The random seed, for policies and provers that draw at random."""
    settlement: Settlement | None = Field(default=None, examples=["cost-plus"])
    """How the order is charged: `cost-plus` is what was spent and the operator's margin, at most
    the budget, whether or not there is a proof; `pay-on-proof` is the quoted price if the theorem
    is proved, and nothing otherwise. The latter needs a quote, and is usual with one."""
    metadata: Metadata = Field(default={})
    """Your own notes, up to 16 names of 64 characters with values of 512; the list of orders can be
    filtered by them."""

    @field_validator("theorem", "budget_usd")
    @classmethod
    def _given_once(cls, value: T | None, info: ValidationInfo) -> T | None:
        """Refuses what is missing, and what the quote says already."""
        if "quote" not in info.data:
            return value  # it is wrong itself
        if info.data["quote"] is None and value is None:
            raise PydanticCustomError("missing", "Field required")
        if info.data["quote"] is not None and value is not None:
            raise ValueError(QUOTED)
        return value

    @field_validator("deadline", "policy", "seed")
    @classmethod
    def _not_with_quote(cls, value: T, info: ValidationInfo) -> T:
        """Refuses what the quote says already; it is called only for what was given."""
        if info.data.get("quote") is not None:
            raise ValueError(QUOTED)
        return value

    @field_validator("settlement")
    @classmethod
    def _possible(cls, value: Settlement | None, info: ValidationInfo) -> Settlement | None:
        """Refuses to sell by a price that was not quoted."""
        if value == "pay-on-proof" and info.data.get("quote") is None:
            raise ValueError("needs a quote; POST /v1/quotes gives one")
        return value

    def terms(self, theorem: Theorem) -> OrderTerms:
        """Returns the terms of an order without a quote."""
        assert self.budget_usd is not None
        return OrderTerms(
            theorem=theorem,
            policy=self.policy,
            budget=self.budget_usd,
            seed=self.seed,
            deadline=self.deadline,
            settlement=self.settlement or "cost-plus",
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
    quote: str | None
    """The quote that it accepted."""
    price_usd: Dollars | None
    """What it is charged in dollars if the theorem is proved, if only a proof is paid."""
    margin: float
    """The margin on what was spent, as a share of it; 0.1 is 10 %."""
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
        "quote": order.quote,
        "price_usd": None if order.price is None else dollars(order.price),
        "margin": order.margin_ppm / MICRO,
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
