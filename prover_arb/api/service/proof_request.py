"""The request that orders a proof: of a theorem within a budget, or of what was quoted."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from prover_arb.api.service.orders import OrderTerms, Settlement
from prover_arb.api.service.service_limits import LONGEST_DEADLINE
from prover_arb.api.service.shapes import Shape, TheoremIn
from prover_arb.api.service.usd import Budget
from prover_arb.api.service.webhooks.targets import Webhook
from prover_arb.core.theorem import Theorem

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
    webhook: Webhook | None = None
    """Where a signed message is sent when the order has ended: an http or https address of at most
    2,000 characters, without credentials, and not inside the server's network."""
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
            webhook=self.webhook,
            metadata=self.metadata,
        )
