"""What policies themselves took, on the ledger: a table of its own, and the query of its totals.

A row is the processor time of one policy's decisions on one theorem in one run, or of what it
learnt in the run, at one price. Time is added to it whenever something else is written for the
theorem, so that a run which is resumed adds to what is there.

Price is part of the key because a service may change it between two sessions. One decision costs a
hundredth of a micro-dollar; so time is added up over a run's policy first, and then rounded up.
"""

from __future__ import annotations

from pathlib import Path

from prover_arb.core.database import read_only_ledger
from prover_arb.core.theorem import Value
from prover_arb.provers.pricing import CPU_HOUR

OVERHEADS_TABLE = """
CREATE TABLE overheads (
  run TEXT NOT NULL,
  policy TEXT NOT NULL,
  theorem_digest TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('deciding', 'learning')),
  price_per_cpu_hour INTEGER NOT NULL CHECK (price_per_cpu_hour >= 0),
  cpu_us INTEGER NOT NULL CHECK (cpu_us >= 0),
  PRIMARY KEY (run, policy, theorem_digest, kind, price_per_cpu_hour)
) STRICT
"""
"""`theorem_digest` is empty for what belongs to no theorem."""

ADD_OVERHEAD = """
INSERT INTO overheads VALUES (:run, :policy, :theorem_digest, :kind, :price, :cpu_us)
ON CONFLICT (run, policy, theorem_digest, kind, price_per_cpu_hour)
DO UPDATE SET cpu_us = overheads.cpu_us + excluded.cpu_us
"""

_SUM = "coalesce(sum({amount}) FILTER (WHERE kind = '{kind}'), 0)"


def _time(kind: str) -> str:
    return f"CAST({_SUM.format(amount='cpu_us', kind=kind)} AS BIGINT)"


def _cost(kind: str) -> str:
    work = _SUM.format(amount="cpu_us * price_per_cpu_hour", kind=kind)
    return f"(CAST({work} AS BIGINT) + {CPU_HOUR - 1}) / {CPU_HOUR}"


OVERHEADS = f"""
SELECT policy,
  {_time("deciding")} AS deciding_us,
  {_time("learning")} AS learning_us,
  {_cost("deciding")} AS deciding_cost,
  {_cost("learning")} AS learning_cost
FROM overheads WHERE run = :run
GROUP BY policy ORDER BY policy
"""
"""What each policy of a run took for itself; costs are rounded up to whole micro-dollars."""

WITH_OVERHEADS = 8
"""The first version of the layout that has the table."""


class PolicyOverhead(Value):
    """A row of `OVERHEADS`."""

    policy: str
    deciding_us: int
    """Processor time of its decisions, in microseconds."""
    learning_us: int
    """Processor time of what it learnt."""
    deciding_cost: int
    """Micro-dollars."""
    learning_cost: int

    @property
    def cost(self) -> int:
        """Both together, in micro-dollars."""
        return self.deciding_cost + self.learning_cost


def read_overheads(path: Path, run: str) -> list[PolicyOverhead]:
    """Returns what a run's policies took; only reads the file.

    A file of an earlier version knows nothing of it.

    Raises:
        RecordsError: there is no ledger, or it cannot be read.
    """
    with read_only_ledger(path) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version < WITH_OVERHEADS:
            return []
        rows = db.execute(OVERHEADS, {"run": run}).fetchall()
    return [PolicyOverhead.model_validate(dict(row)) for row in rows]
