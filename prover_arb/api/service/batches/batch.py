"""What a customer ordered together, and its row in the database."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

from pydantic import Field
from sqlalchemy import RowMapping

from prover_arb.api.service.orders import Order
from prover_arb.core.money import NO_MONEY, MicroUSD
from prover_arb.core.theorem import Theorem, Value, sha256


class SkippedRow(Value):
    """A row of the problems that is left out."""

    line: int | None
    reason: str


class BatchTheorem(Value):
    """A theorem of a batch, and the line of the problems on which it stands."""

    theorem: Theorem
    line: int | None


class BatchTerms(Value):
    """What a customer asks for, the theorems aside."""

    policy: str
    budget: MicroUSD
    """What all theorems may cost together."""
    theorem_budget: MicroUSD | None = None
    """What one of them may cost at most."""
    seed: int = 0
    deadline: int | None = None
    """Seconds after which nothing more is bought, from when the batch was accepted."""
    webhook: str | None = None
    """Where to send a message when all have ended."""
    metadata: dict[str, str] = Field(default_factory=dict)
    skipped: tuple[SkippedRow, ...] = ()


class Batch(BatchTerms):
    """A batch and what became of it; its theorems are orders."""

    id: str
    tenant: str
    customer: str
    created_at: str
    finished_at: str | None = None
    """When the last of its orders ended."""
    cancel_requested_at: str | None = None
    charged: MicroUSD = NO_MONEY
    """Set when it has ended."""
    margin_ppm: int = 0
    request_id: str = ""
    idempotency_key: str | None = None
    request_sha256: str = ""

    def order(self, place: int, stated: BatchTheorem) -> Order:
        """Returns the order for one of its theorems; its budget is set when work on it begins."""
        most = self.budget if self.theorem_budget is None else self.theorem_budget
        return Order(
            theorem=stated.theorem,
            policy=self.policy,
            budget=min(most, self.budget),
            seed=self.seed,
            deadline=self.deadline,
            id=secrets.token_hex(12),
            tenant=self.tenant,
            customer=self.customer,
            status="queued",
            created_at=self.created_at,
            margin_ppm=self.margin_ppm,
            request_id=self.request_id,
            batch=self.id,
            batch_place=place,
            batch_line=stated.line,
        )


def new_batch(
    terms: BatchTerms,
    theorems: Sequence[BatchTheorem],
    *,
    tenant: str,
    customer: str,
    created_at: str,
    request_id: str,
    idempotency_key: str | None,
    margin_ppm: int,
) -> Batch:
    """Returns a batch of which nothing is done yet."""
    return Batch(
        **dict(terms),
        id=secrets.token_hex(12),
        tenant=tenant,
        customer=customer,
        created_at=created_at,
        margin_ppm=margin_ppm,
        request_id=request_id,
        idempotency_key=idempotency_key,
        request_sha256=digest_of(terms, theorems),
    )


def digest_of(terms: BatchTerms, theorems: Sequence[BatchTheorem]) -> str:
    """Returns a hash of what is asked for; two requests that ask for the same have the same."""
    stated = [theorem.model_dump_json() for theorem in theorems]
    return sha256(json.dumps(terms.model_dump(), sort_keys=True), *stated)


def batch_row(batch: Batch) -> dict[str, Any]:
    """Returns the columns of a batch."""
    skipped = json.dumps([row.model_dump() for row in batch.skipped])
    return dict(batch) | {"metadata": json.dumps(batch.metadata), "skipped": skipped}


def batch_of(row: RowMapping) -> Batch:
    """Returns the batch in a row."""
    fields = {name: value for name, value in row.items() if name != "number"}
    return Batch.model_validate(
        fields
        | {
            "metadata": json.loads(fields["metadata"]),
            "skipped": tuple(json.loads(fields["skipped"])),
        }
    )
