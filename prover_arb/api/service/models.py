"""The requests and answers of the API; amounts in answers are decimal text."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from prover_arb.api.problem_documents import ProblemDocument
from prover_arb.core.money import MICRO, MicroUSD, parse_usd
from prover_arb.core.purchases import Purchase
from prover_arb.core.theorem import Candidate, Certificate, Limits, Theorem, Verdict
from prover_arb.errors import BudgetError

DEFAULT_POLICY = "cascade"

Dollars = Annotated[
    str,
    Field(pattern=r"^\d+\.\d{6}$", examples=["0.000120"], description="Dollars as decimal text"),
]

OrderStatus = Literal[
    "queued",
    "running",
    "proved",
    "refuted",
    "not_proved",
    "void",
    "invalid_statement",
    "failed",
]


def dollars(micro: int) -> str:
    """Returns micro-dollars as decimal text in dollars, such as `0.000120`."""
    return f"{Decimal(micro) / MICRO:.6f}"


def _micro(value: object) -> MicroUSD:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError('an amount in dollars, such as 0.05 or "0.05", is needed')  # noqa: TRY004
    try:
        # A JSON number arrives as a float; its shortest text is the number as it was written.
        return parse_usd(str(value), field="budget_usd")
    except BudgetError as error:
        raise ValueError(str(error)) from None


Budget = Annotated[
    MicroUSD,
    BeforeValidator(_micro),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": r"^\d+(\.\d{1,6})?$"}, {"type": "number"}],
            "description": "Dollars, as decimal text or a number; no finer than 0.000001",
            "examples": ["0.05"],
        }
    ),
]
"""Micro-dollars, written as dollars."""


class Shape(BaseModel):
    """The base of requests and answers; unknown fields are refused, so that mistakes show."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TheoremIn(Theorem):
    """A theorem; its name matters only to candidates of kind `file`."""

    name: str = "claim"

    def theorem(self) -> Theorem:
        """Returns it as a plain theorem."""
        return Theorem.model_validate(self.model_dump())


class VerifyRequest(Shape):
    """The request to judge one candidate."""

    theorem: TheoremIn
    candidate: Candidate
    limits: Limits = Limits()


class ProofRequest(Shape):
    """The order of a proof."""

    theorem: TheoremIn
    budget_usd: Budget
    policy: str = Field(default=DEFAULT_POLICY, min_length=1, max_length=110)
    """The name of a policy that this server's operator registered, such as `cascade`."""
    seed: int = Field(default=0, ge=0, lt=2**31)


class Accepted(Shape):
    """The answer to an order; its progress is at `status_url`."""

    id: str
    status_url: str


class PurchaseOut(Shape):
    """One attempt that was bought."""

    prover: str
    state: Literal["open", "delivered", "judged", "lost", "cancelled"]
    cost_usd: Dollars
    verification_cost_usd: Dollars
    verdict: Verdict | None
    failure: str
    started_at: str
    settled_at: str | None

    @classmethod
    def of(cls, purchase: Purchase) -> PurchaseOut:
        """Returns what the API shows of a purchase."""
        return cls(
            prover=purchase.prover,
            state=purchase.state,
            cost_usd=dollars(purchase.cost),
            verification_cost_usd=dollars(purchase.verification_cost),
            verdict=purchase.verdict,
            failure=purchase.failure,
            started_at=purchase.started_at,
            settled_at=purchase.settled_at,
        )


class ProofOut(Shape):
    """An order and its progress."""

    id: str
    status: OrderStatus
    created_at: str
    finished_at: str | None
    theorem: Theorem
    policy: str
    seed: int
    budget_usd: Dollars
    cost_usd: Dollars
    """Paid to provers."""
    verification_cost_usd: Dollars
    """Spent on the oracle."""
    spent_usd: Dollars
    """The sum of both, which is never above the budget."""
    proof: Candidate | None
    certificate: Certificate | None
    refutation: Certificate | None
    """The certificate of the negation, if `status` is refuted."""
    purchases: list[PurchaseOut]
    why_stopped: str
    problem: ProblemDocument | None
    """Why the order failed, if it did."""


class Health(Shape):
    """The answer of a living process."""

    status: Literal["ok"] = "ok"


class Ready(Shape):
    """The answer of a service that judges."""

    status: Literal["ready"] = "ready"
    lean: str
    """The version of Lean that reads texts."""
    profiles: list[str]
