"""What a customer ordered and what became of it, and its row in the database."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import RowMapping

from prover_arb.api.problem_documents import ProblemDocument
from prover_arb.core.money import NO_MONEY, MicroUSD
from prover_arb.core.outcome import Outcome, OutcomeStatus
from prover_arb.core.proof_job import Origin, ProofJob
from prover_arb.core.theorem import Theorem, Value, sha256

ID = re.compile(r"[0-9a-f]{24}")
"""The form of the ids of orders and quotes."""

OrderStatus = Literal["queued", "running", "proved", "refuted", "exhausted", "cancelled", "failed"]

OrderKind = Literal["proof", "file"]
"""What is ordered: a proof of `theorem`, or proofs of all theorems of a Lean file that are left
open, of which `theorem` is the first."""

Settlement = Literal["cost-plus", "pay-on-proof"]
"""How an order is charged: what was spent and a margin, or the quoted price of a proof, and nothing
if there is none; see charging.py."""

STATUS_OF: Mapping[OutcomeStatus, OrderStatus] = {
    "proved": "proved",
    "refuted": "refuted",
    "not_proved": "exhausted",
    "replayed": "failed",
    "invalid_statement": "failed",
    "void": "failed",
}
"""The status of an order by how the work on it ended."""


class OrderTerms(Value):
    """What a customer asks for."""

    theorem: Theorem
    policy: str
    budget: MicroUSD
    seed: int = 0
    deadline: int | None = None
    """Seconds after which nothing more is bought, from when it was accepted."""
    settlement: Settlement = "cost-plus"
    quote: str | None = None
    """The quote that it accepts."""
    webhook: str | None = None
    """Where to send a message when it has ended."""
    metadata: dict[str, str] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Hash of all of it; two requests that ask for the same have the same."""
        # Digests of orders from before these fields were there are still the same.
        later = {name for name in ("quote", "webhook") if getattr(self, name) is None}
        fields = OrderTerms.model_fields.keys() - later
        return sha256(json.dumps(self.model_dump(include=fields), sort_keys=True))


class Order(OrderTerms):
    """An order and what became of it."""

    id: str
    tenant: str
    """Whose order it is; nobody else can learn of it."""
    customer: str
    """Whose texts may meet this one in a Lean process."""
    status: OrderStatus
    created_at: str
    started_at: str | None = None
    finished_at: str | None = None
    cancel_requested_at: str | None = None
    price: MicroUSD | None = None
    """What a proof costs if only a proof is paid."""
    margin_ppm: int = 0
    """The margin on what is spent otherwise, in millionths of it."""
    spent: MicroUSD = NO_MONEY
    charged: MicroUSD = NO_MONEY
    outcome: Outcome | None = None
    """Set when the market is done with it."""
    problem: ProblemDocument | None = None
    """Set when the order failed."""
    request_id: str = ""
    """The request that placed it."""
    idempotency_key: str | None = None
    request_sha256: str = ""
    """The digest of its terms."""
    kind: OrderKind = "proof"
    batch: str | None = None
    """The batch that it belongs to. Its budget is then set when work on it begins."""
    batch_place: int | None = None
    """Its place in the batch, from 1."""
    batch_line: int | None = None
    """The line of the batch's problems on which its theorem stands."""
    lease: int = 0
    """How often a replica has taken it; the number of the lease of the one that has it now."""

    @property
    def run(self) -> str:
        """The run of the ledger that holds this order's purchases."""
        return run_of(self.id)

    def job(self, policy: str, *, now: str, deadline: float | None = None) -> ProofJob:
        """Returns what the proof is bought by; `policy` is the text of the order's policy.

        The deadline is what is left of the order's own at the time `now`, unless one is given.
        """
        if deadline is None and self.deadline is not None:
            age = datetime.fromisoformat(now) - datetime.fromisoformat(self.created_at)
            deadline = max(0.0, self.deadline - age.total_seconds())
        return ProofJob(
            policy=policy,
            budget=self.budget,
            run=self.run,
            seed=self.seed,
            customer=self.customer,
            deadline=deadline,
            lease=self.lease,
            origin=Origin(order=self.id, key=self.tenant, request=self.request_id),
        )


def run_of(order_id: str) -> str:
    """Returns the run of the ledger that holds the purchases of an order."""
    return f"order-{order_id}"


def new_order(
    terms: OrderTerms,
    *,
    tenant: str,
    customer: str,
    created_at: str,
    request_id: str,
    idempotency_key: str | None,
    price: MicroUSD | None,
    margin_ppm: int,
) -> Order:
    """Returns an order that waits to be worked on."""
    return Order(
        **dict(terms),
        id=secrets.token_hex(12),
        tenant=tenant,
        customer=customer,
        status="queued",
        price=price,
        margin_ppm=margin_ppm,
        created_at=created_at,
        request_id=request_id,
        idempotency_key=idempotency_key,
        request_sha256=terms.digest,
    )


_NOT_SHOWN = frozenset({"number", "lease_owner", "lease_until"})


def row_of(order: Order) -> dict[str, Any]:
    """Returns the columns of an order."""
    fields = dict(order)
    fields["theorem"] = order.theorem.model_dump_json()
    fields["metadata"] = json.dumps(order.metadata)
    for name in ("outcome", "problem"):
        fields[name] = None if fields[name] is None else fields[name].model_dump_json()
    return fields


def order_of(row: RowMapping) -> Order:
    """Returns the order in a row."""
    fields = {name: value for name, value in row.items() if name not in _NOT_SHOWN}
    fields["theorem"] = Theorem.model_validate_json(fields["theorem"])
    fields["metadata"] = json.loads(fields["metadata"])
    if fields["outcome"] is not None:
        fields["outcome"] = Outcome.model_validate_json(fields["outcome"])
    if fields["problem"] is not None:
        fields["problem"] = ProblemDocument.model_validate_json(fields["problem"])
    return Order.model_validate(fields)
