"""A quote: what a proof would cost, and the terms on which it can be ordered until some time."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field
from sqlalchemy import RowMapping

from prover_arb.api.service.charging import price_on_proof
from prover_arb.api.service.orders import OrderTerms, Settlement
from prover_arb.core.money import MicroUSD
from prover_arb.core.plan import Plan
from prover_arb.core.theorem import Theorem, Value

VALID_FOR = timedelta(hours=1)
"""How long a quote can be accepted."""


class QuoteTerms(Value):
    """What a customer asks a quote for."""

    theorem: Theorem
    policy: str
    budget: MicroUSD
    seed: int = 0
    deadline: int | None = None
    """Seconds after which nothing more would be bought, from when it is ordered."""


class ProofQuote(QuoteTerms):
    """A quote as it was given."""

    id: str
    tenant: str
    """Whose quote it is; nobody else can learn of it."""
    created_at: str
    valid_until: str
    probability: float = Field(ge=0, le=1)
    expected_cost: MicroUSD
    worst_cost: MicroUSD
    price: MicroUSD | None
    """What a proof costs if only a proof is paid; None if it is not sold so."""
    margin_ppm: int
    """The operator's margin, in millionths of the cost."""
    plan: tuple[str, ...]
    """The plan in words."""

    def expired(self, now: str) -> bool:
        """Returns whether it cannot be accepted any more."""
        return now > self.valid_until


def new_quote(
    terms: QuoteTerms, plan: Plan, *, tenant: str, created_at: str, margin_ppm: int
) -> ProofQuote:
    """Returns the quote that is given for a plan."""
    until = datetime.fromisoformat(created_at) + VALID_FOR
    return ProofQuote(
        **dict(terms),
        id=secrets.token_hex(12),
        tenant=tenant,
        created_at=created_at,
        valid_until=until.isoformat(timespec="milliseconds"),
        probability=plan.probability,
        expected_cost=plan.expected_cost,
        worst_cost=plan.worst_cost,
        price=price_on_proof(plan.expected_cost, plan.probability, margin_ppm),
        margin_ppm=margin_ppm,
        plan=tuple(plan.sentences),
    )


def accepted(
    quote: ProofQuote,
    *,
    settlement: Settlement,
    metadata: Mapping[str, str],
    webhook: str | None = None,
) -> OrderTerms:
    """Returns the terms of the order that accepts a quote."""
    return OrderTerms(
        theorem=quote.theorem,
        policy=quote.policy,
        budget=quote.budget,
        seed=quote.seed,
        deadline=quote.deadline,
        settlement=settlement,
        quote=quote.id,
        webhook=webhook,
        metadata=dict(metadata),
    )


def quote_row(quote: ProofQuote) -> dict[str, Any]:
    """Returns the columns of a quote."""
    written = {"theorem": quote.theorem.model_dump_json(), "plan": json.dumps(quote.plan)}
    return dict(quote) | written


def quote_of(row: RowMapping) -> ProofQuote:
    """Returns the quote in a row."""
    read = {
        "theorem": Theorem.model_validate_json(row["theorem"]),
        "plan": tuple(json.loads(row["plan"])),
    }
    return ProofQuote.model_validate(dict(row) | read)
