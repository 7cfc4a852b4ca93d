"""What the provers of the market sold lately, as the ledger says."""

from __future__ import annotations

import math
from dataclasses import dataclass

from prover_arb.broker.ledger.ledger_reader import LedgerReader
from prover_arb.core.money import MicroUSD

_SALES = """
SELECT prover, count(attempted) AS attempts, sum(proved) AS proofs, sum(spent) AS spent FROM (
  SELECT prover, max(CASE WHEN state = 'judged' AND coalesce(status, '') <> 'void' THEN 1 END)
      AS attempted,
    max(CASE WHEN status = 'proved' THEN 1 ELSE 0 END) AS proved,
    sum(cost + verification_cost) AS spent
  FROM purchases WHERE settled_at >= :since
  GROUP BY prover, run, policy, theorem_digest, number) AS attempts
GROUP BY prover
"""
"""An attempt that is sold in slices counts once."""


@dataclass(frozen=True)
class Sales:
    """What one prover sold."""

    attempts: int = 0
    """Attempts that were judged."""
    proofs: int = 0
    spent: int = 0
    """What the prover and the verification cost, in micro-dollars; lost attempts cost nothing."""

    @property
    def solve_rate(self) -> float | None:
        """The share of attempts that are proofs."""
        return self.proofs / self.attempts if self.attempts else None

    @property
    def cost_per_proof(self) -> MicroUSD | None:
        """Rounded up to a micro-dollar."""
        return MicroUSD(math.ceil(self.spent / self.proofs)) if self.proofs else None


def sales_since(ledger: LedgerReader, time: str) -> dict[str, Sales]:
    """Returns what each prover sold since a time (ISO 8601), by name."""
    rows = ledger.select(_SALES, since=time)
    return {
        row["prover"]: Sales(attempts=row["attempts"], proofs=row["proofs"], spent=row["spent"])
        for row in rows
    }
