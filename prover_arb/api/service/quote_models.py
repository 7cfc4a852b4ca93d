"""Requests and answers about quotes; amounts in answers are decimal text."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from prover_arb.api.service.calibration import CalibrationBin
from prover_arb.api.service.proof_request import DEFAULT_POLICY
from prover_arb.api.service.quotes import ProofQuote, QuoteTerms
from prover_arb.api.service.service_limits import LONGEST_DEADLINE
from prover_arb.api.service.shapes import Shape, TheoremIn
from prover_arb.api.service.usd import Budget, Dollars, dollars
from prover_arb.core.money import MICRO
from prover_arb.core.theorem import Theorem


class QuoteRequest(Shape):
    """What a quote is wanted for."""

    theorem: TheoremIn
    """The theorem to be proved."""
    budget_usd: Budget
    """What may be spent on it at most, in dollars, as for an order."""
    deadline: Annotated[int, Field(ge=1, le=LONGEST_DEADLINE, strict=True)] | None = Field(
        default=None, examples=[600]
    )
    """Seconds, from when it is ordered, after which nothing more is bought. The probability
    does not take it into account."""
    policy: str = Field(default=DEFAULT_POLICY, min_length=1, max_length=110)
    """The name of a policy that this server's operator registered, such as `cascade`; not one that
    buys by auction."""
    seed: int = Field(default=0, ge=0, lt=2**31, strict=True)
    """The random seed, for policies and provers that draw at random."""

    def terms(self, theorem: Theorem) -> QuoteTerms:
        """Returns what is to be quoted."""
        return QuoteTerms(
            theorem=theorem,
            policy=self.policy,
            budget=self.budget_usd,
            seed=self.seed,
            deadline=self.deadline,
        )


class QuoteOut(Shape):
    """A quote. It promises no proof: it says how likely one is, and at which price it is sold."""

    id: str
    """Give it as `quote` in an order to accept."""
    object: Literal["quote"] = "quote"
    """The kind of this object."""
    created_at: str
    """When it was given: ISO 8601, UTC."""
    valid_until: str
    """Until when it can be accepted, once: ISO 8601, UTC."""
    theorem: Theorem
    """What is to be proved."""
    policy: str
    """The policy that would decide what is bought."""
    seed: int
    """The random seed."""
    deadline: int | None
    """Seconds after which nothing more would be bought."""
    budget_usd: Dollars
    """What would be spent at most, in dollars."""
    probability: float = Field(ge=0, le=1)
    """How likely a proof is found within the budget."""
    expected_cost_usd: Dollars
    """What would be spent on average, in dollars, rounded up to 0.000001."""
    worst_cost_usd: Dollars
    """What the planned purchases and their verification can cost at most, in dollars; never above
    the budget."""
    margin: float
    """The operator's margin, as a share of the cost; 0.1 is 10 %."""
    price_usd: Dollars | None
    """The price in dollars with settlement `pay-on-proof`: the expected cost divided by the
    probability, and the margin on it, rounded up to 0.000001. Null if it is not sold so."""
    plan: list[str]
    """What every prover promises and what would be bought, in words; later steps are bought only if
    those before them fail."""


def quote_out(quote: ProofQuote) -> QuoteOut:
    """Returns what the API shows of a quote."""
    return QuoteOut(
        id=quote.id,
        created_at=quote.created_at,
        valid_until=quote.valid_until,
        theorem=quote.theorem,
        policy=quote.policy,
        seed=quote.seed,
        deadline=quote.deadline,
        budget_usd=dollars(quote.budget),
        probability=quote.probability,
        expected_cost_usd=dollars(quote.expected_cost),
        worst_cost_usd=dollars(quote.worst_cost),
        margin=quote.margin_ppm / MICRO,
        price_usd=None if quote.price is None else dollars(quote.price),
        plan=list(quote.plan),
    )


class CalibrationBinOut(Shape):
    """The ordered quotes of one range of probabilities, of all customers."""

    low: float
    """The lowest probability of the range."""
    high: float
    """The end of the range; it belongs to the next one, but 1 to the last."""
    count: int
    """How many quotes of this range were ordered, and proved, refuted or given up by now."""
    proved: int
    """How many of them were proved."""
    quoted: float | None
    """Their mean probability as it was quoted; null if there are none."""
    proved_share: float | None
    """The share that was proved, to be compared with `quoted`; null if there are none."""
    interval: tuple[float, float]
    """Between these the probability of a proof lies, with 95 % confidence (Wilson's interval)."""


class CalibrationOut(Shape):
    """How often what was quoted was proved."""

    object: Literal["calibration"] = "calibration"
    """The kind of this object."""
    count: int
    """How many quotes are counted."""
    bins: list[CalibrationBinOut]
    """Ten ranges of probabilities, lowest first."""


def calibration_out(bins: list[CalibrationBin]) -> CalibrationOut:
    """Returns what the API shows of the calibration."""
    return CalibrationOut(
        count=sum(b.count for b in bins),
        bins=[
            CalibrationBinOut(
                low=b.low,
                high=b.high,
                count=b.count,
                proved=b.proved,
                quoted=b.quoted,
                proved_share=b.share,
                interval=b.interval,
            )
            for b in bins
        ],
    )


CALIBRATION_EXAMPLE = {
    "object": "calibration",
    "count": 40,
    "bins": [
        {
            "low": 0.7,
            "high": 0.8,
            "count": 40,
            "proved": 29,
            "quoted": 0.74,
            "proved_share": 0.725,
            "interval": [0.5717, 0.8389],
        }
    ],
}

QUOTE_EXAMPLE = {
    "id": "9b1d4c2e8f6a7b105f0c1e7a",
    "object": "quote",
    "created_at": "2026-11-26T21:00:00.000+00:00",
    "valid_until": "2026-11-26T22:00:00.000+00:00",
    "theorem": {
        "name": "claim",
        "statement": "(a b : ℕ) (h : a < b) : a + 1 ≤ b",
        "preamble": "",
        "profile": "core",
    },
    "policy": "cascade",
    "seed": 0,
    "deadline": None,
    "budget_usd": "0.050000",
    "probability": 0.8,
    "expected_cost_usd": "0.000200",
    "worst_cost_usd": "0.012232",
    "margin": 0.1,
    "price_usd": "0.000275",
    "plan": [
        "Step 1: flash, a proof with chance 80.0%; it is expected to cost $0.000200, and at most "
        "$0.012232 with its verification.",
        "Then nothing more is bought: the budget is spent.",
    ],
}

QUOTE_REQUEST_EXAMPLE = {
    "theorem": {"statement": "(a b : ℕ) (h : a < b) : a + 1 ≤ b"},
    "budget_usd": "0.05",
}
