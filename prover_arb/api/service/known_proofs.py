"""The proof cache: proofs that orders ended with, by what their statements mean.

The key is the elaborated statement, as data, and the Lean that read it. A proof found here is only
a candidate: it is judged again, so that a wrong entry costs a verdict and nothing else.
"""

from __future__ import annotations

import logging
from typing import Protocol

from sqlalchemy import Connection, exists, select, text

from prover_arb.api.service.cache_options import CacheOptions
from prover_arb.api.service.database.database import Database, now
from prover_arb.api.service.database.schema import KNOWN_PROOFS
from prover_arb.api.service.orders import Order
from prover_arb.broker.loop import Inspection
from prover_arb.core.outcome import Outcome
from prover_arb.core.theorem import CACHE, Candidate, Theorem, ToolchainIdentity, sha256
from prover_arb.errors import ProverArbError

log = logging.getLogger(__name__)


class AsksLean(Protocol):
    """The part of a market that says what a statement means to which Lean."""

    async def inspect(self, theorem: Theorem, *, customer: str = ...) -> Inspection: ...

    async def identity(self) -> ToolchainIdentity: ...


class KnownProofs:
    """The proofs that a service knows."""

    def __init__(self, database: Database, options: CacheOptions) -> None:
        self._database = database
        self._scope = options.scope

    async def find(self, order: Order, market: AsksLean) -> Candidate | None:
        """Returns a proof that may be one of the order's theorem.

        Raises:
            LedgerError: the database does not answer.
        """
        if self._scope == "off" or order.kind != "proof":
            return None
        table = KNOWN_PROOFS.c
        mine = table.tenant == order.tenant
        visible = exists().where(mine) if self._scope == "own" else exists(KNOWN_PROOFS.c.id)
        if not await self._database.read(lambda db: db.execute(select(visible)).scalar_one()):
            return None
        try:
            check = await market.inspect(order.theorem, customer=order.customer)
            identity = await market.identity()
        except ProverArbError as error:
            log.warning("no proof is looked up for order %s: %s", order.id, error)
            return None
        query = select(table.candidate).where(
            table.statement_sha256 == check.statement_sha256,
            table.toolchain_sha256 == _toolchain(identity),
        )
        if self._scope == "own":
            query = query.where(mine)
        query = query.order_by(mine.desc(), table.id.desc()).limit(1)
        found = await self._database.read(lambda db: db.execute(query).scalar_one_or_none())
        return None if found is None else Candidate.model_validate_json(found)


def remember(db: Connection, order: Order, outcome: Outcome) -> None:
    """Keeps the proof that an order ended with, in place of an earlier one of its key's."""
    certificate = outcome.certificate
    if certificate is None:
        return
    db.execute(
        _KEEP,
        {
            "statement": sha256(certificate.asked.statement),
            "toolchain": _toolchain(certificate.toolchain),
            "tenant": order.tenant,
            "order": order.id,
            "candidate": certificate.candidate.model_dump_json(),
            "at": now(),
        },
    )


_KEEP = text(
    "INSERT INTO known_proofs"
    " (statement_sha256, toolchain_sha256, tenant, order_id, candidate, created_at)"
    " VALUES (:statement, :toolchain, :tenant, :order, :candidate, :at)"
    " ON CONFLICT (statement_sha256, toolchain_sha256, tenant)"
    " DO UPDATE SET candidate = :candidate, order_id = :order, created_at = :at"
)


def is_cached(outcome: Outcome | None) -> bool:
    """Returns whether the proof that an order ended with was known before."""
    purchases = outcome.purchases if outcome is not None else ()
    return any(p.prover == CACHE and p.verdict and p.verdict.status == "proved" for p in purchases)


def _toolchain(identity: ToolchainIdentity) -> str:
    return sha256(identity.model_dump_json())
