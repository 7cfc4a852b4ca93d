"""How the ledger is laid out, and the queries behind every total.

One layout serves the files of benchmarks, in SQLite, and a service in PostgreSQL: what differs is
in database_store.py. The queries mean the same in both; PostgreSQL is given a `json_extract`.

Amounts are integer micro-dollars, times are ISO 8601 in UTC. The rules stand in the table itself,
so that no program, this one included, can write a row that contradicts itself.

The module is longer than 300 lines because tables and queries stand together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from prover_arb.broker.ledger.overheads import OVERHEADS_TABLE
from prover_arb.broker.ledger.store import Row
from prover_arb.core.history import PurchaseOutcome, TheoremHistory
from prover_arb.core.theorem import CACHE, REFUTER, REPLAY, Value

VERSION = 8
"""Of the layout below, and kept in the file as `user_version`; see migrations.py."""

APPLICATION_ID = 0x50417262
"""Marks the file as a ledger of this program ("PArb")."""

_PURCHASES = """
CREATE TABLE purchases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run TEXT NOT NULL,
  theorem TEXT NOT NULL,
  theorem_digest TEXT NOT NULL,
  policy TEXT NOT NULL,
  prover TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 0),
  state TEXT NOT NULL,
  place INTEGER NOT NULL DEFAULT 0 CHECK (place >= 0),
  reserved INTEGER NOT NULL CHECK (reserved >= 0),
  verification_reserve INTEGER NOT NULL DEFAULT 0 CHECK (verification_reserve >= 0),
  cost INTEGER NOT NULL DEFAULT 0 CHECK (cost BETWEEN 0 AND reserved),
  verification_cost INTEGER NOT NULL DEFAULT 0 CHECK (verification_cost >= 0),
  candidate TEXT,
  verdict TEXT,
  samples TEXT,
  failure TEXT NOT NULL DEFAULT '',
  fault TEXT,
  cpu_us INTEGER NOT NULL DEFAULT 0 CHECK (cpu_us >= 0),
  wall_ms INTEGER NOT NULL DEFAULT 0 CHECK (wall_ms >= 0),
  started_at TEXT NOT NULL,
  settled_at TEXT,
  invoice INTEGER NOT NULL DEFAULT 0 CHECK (invoice >= 0),
  terms TEXT,
  forfeit INTEGER NOT NULL DEFAULT 0 CHECK (forfeit >= 0),
  usage TEXT,
  flops REAL NOT NULL DEFAULT 0 CHECK (flops >= 0),
  status TEXT GENERATED ALWAYS AS (
    CASE WHEN state = 'judged' THEN coalesce(json_extract(verdict, '$.status'), 'nothing') END
  ) VIRTUAL,
  slice INTEGER CHECK (slice >= 0),
  resume TEXT NOT NULL DEFAULT '',
  order_id TEXT NOT NULL DEFAULT '',
  key_id TEXT NOT NULL DEFAULT '',
  request_id TEXT NOT NULL DEFAULT '',
  CHECK (forfeit = 0 OR (state = 'judged' AND cost = 0 AND terms IS NOT NULL)),
  CHECK (CASE state
    WHEN 'open' THEN cost = 0 AND invoice = 0 AND verification_cost = 0 AND candidate IS NULL
      AND verdict IS NULL AND settled_at IS NULL
    WHEN 'delivered' THEN verification_cost = 0 AND verdict IS NULL AND settled_at IS NULL
    WHEN 'judged' THEN (candidate IS NULL) = (verdict IS NULL) AND settled_at IS NOT NULL
      AND (verdict IS NOT NULL OR verification_cost = 0)
    WHEN 'lost' THEN cost = 0 AND verification_cost = 0 AND candidate IS NULL
      AND verdict IS NULL AND settled_at IS NOT NULL
    WHEN 'cancelled' THEN verification_cost = 0 AND verdict IS NULL AND settled_at IS NOT NULL
    ELSE FALSE END)
) STRICT
"""

_RUN_BUDGETS = """
CREATE TABLE run_budgets (
  run TEXT PRIMARY KEY,
  budget INTEGER NOT NULL CHECK (budget >= 0),
  committed INTEGER NOT NULL DEFAULT 0
) STRICT
"""

_RUN_LEASES = """
CREATE TABLE run_leases (
  run TEXT PRIMARY KEY,
  lease INTEGER NOT NULL
) STRICT
"""

COMMITTED = """
SELECT coalesce(sum(CASE WHEN state IN ('open', 'delivered') THEN reserved + verification_reserve
                         ELSE cost + verification_cost END), 0)
FROM purchases WHERE run = :run
"""
"""What is spent and reserved in a run. Every step keeps it up in `run_budgets.committed`, so that
nobody adds up a whole run for each of its purchases."""

_KEY = "run, policy, theorem_digest"

SCHEMA = (
    _PURCHASES,
    _RUN_BUDGETS,
    # An attempt, or a slice of one, is counted once; one that came to nothing leaves its number to
    # the next.
    f"CREATE UNIQUE INDEX one_attempt ON purchases ({_KEY}, prover, number, coalesce(slice, 0))"
    " WHERE state NOT IN ('lost', 'cancelled')",
    # As many at a time as there are places: one, unless the buyer said otherwise.
    f"CREATE UNIQUE INDEX one_a_place ON purchases ({_KEY}, place)"
    " WHERE state IN ('open', 'delivered')",
    f"CREATE UNIQUE INDEX one_proof ON purchases ({_KEY}) WHERE status = 'proved'",
    "CREATE INDEX auctioned ON purchases (prover) WHERE terms IS NOT NULL",
    # Statements by digest, and the purchases that were made in order to learn.
    "CREATE TABLE theorems (digest TEXT PRIMARY KEY, statement TEXT NOT NULL) STRICT",
    "CREATE TABLE explorations (purchase INTEGER PRIMARY KEY) STRICT",
    # Which program may buy in a run, if only one may.
    _RUN_LEASES,
    # What policies took for themselves.
    OVERHEADS_TABLE,
    f"CREATE INDEX by_theorem ON purchases ({_KEY}, id)",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {VERSION}",
)

TOTALS = f"""
SELECT
  policy,
  prover,
  count(DISTINCT theorem_digest) FILTER (WHERE state NOT IN ('lost', 'cancelled')) AS theorems,
  count(*) FILTER (WHERE state IN ('delivered', 'judged')) AS purchases,
  count(*) FILTER (WHERE state = 'lost') AS lost,
  count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
  count(*) FILTER (WHERE status = 'proved' AND NOT replayed) AS proved,
  count(*) FILTER (WHERE status = 'proved' AND replayed) AS replayed,
  count(*) FILTER (WHERE status = 'refuted') AS refuted,
  count(*) FILTER (WHERE status = 'rejected') AS rejected,
  count(*) FILTER (WHERE status = 'void') AS void,
  count(*) FILTER (WHERE status = 'nothing') AS "nothing",
  sum(cost) AS cost,
  sum(verification_cost) AS verification_cost,
  sum(forfeit) AS forfeits,
  sum(cpu_us) AS cpu_us,
  sum(wall_ms) AS wall_ms,
  sum(flops) AS flops
FROM (
  SELECT *, coalesce(json_extract(verdict, '$.toolchain.origin'), '') = '{REPLAY}' AS replayed
  FROM purchases WHERE run = :run
) AS bought
GROUP BY policy, prover
ORDER BY policy, prover
"""


RUN_LEFT = 'SELECT budget - committed AS "left" FROM run_budgets WHERE run = :run'
"""What is left of a run's budget, all that may still be charged being taken off."""

RECORDS = """
SELECT
  prover,
  count(*) AS sales,
  count(*) FILTER (WHERE status = 'proved') AS proofs,
  sum(CAST(json_extract(terms, '$.bid.quality') AS DOUBLE PRECISION)) AS claimed,
  sum(invoice) AS invoices
FROM purchases
WHERE terms IS NOT NULL AND status IN ('proved', 'rejected', 'nothing')
GROUP BY prover
"""
"""What provers sold by auction; verdicts the oracle could not give are held against nobody."""


_FINISHED = f"""
SELECT run, policy, theorem_digest AS digest, theorem, statement, prover,
  cost + verification_cost AS cost, reserved AS offered, status, {{slice}} AS slice
FROM purchases LEFT JOIN theorems ON digest = theorem_digest
WHERE state = 'judged' AND prover NOT IN ('{REFUTER}', '{CACHE}') AND status <> 'refuted'
  AND (CAST(:policy AS TEXT) IS NULL OR policy = :policy)
ORDER BY id
"""
FINISHED = _FINISHED.format(slice="slice")
"""Judged purchases as a policy learns from them."""

WITH_SLICES = 6
"""The first version of the layout that knows slices."""


def finished_query(version: int) -> str:
    """Returns `FINISHED` for a file of this version of the layout, which is only read."""
    return FINISHED if version >= WITH_SLICES else _FINISHED.format(slice="NULL")


DEALINGS = """
SELECT prover, candidate IS NOT NULL AS delivered, fault, failure, invoice,
  CASE WHEN terms IS NULL AND invoice > cost THEN invoice - cost ELSE 0 END AS overrun
FROM purchases
WHERE run = :run AND state IN ('delivered', 'judged', 'lost', 'cancelled')
ORDER BY id
"""
"""Settled purchases of a run as far as they say how their provers behave."""

EXPLORED = """
SELECT policy, prover, count(*) AS purchases, sum(cost + verification_cost) AS cost,
  count(*) FILTER (WHERE status = 'proved') AS proved
FROM purchases JOIN explorations ON purchase = id
WHERE run = :run AND state IN ('delivered', 'judged')
GROUP BY policy, prover ORDER BY policy, prover
"""


LedgerGroup = Literal["key", "day", "prover"]

GROUPS: Mapping[LedgerGroup, str] = {
    "key": "key_id",
    "day": "substr(started_at, 1, 10)",
    "prover": "prover",
}
"""What the purchases of a whole ledger are summed by; a day is one of UTC."""

TOTALS_BY = """
SELECT {group} AS name,
  count(DISTINCT CASE WHEN order_id <> '' THEN order_id END) AS orders,
  count(*) FILTER (WHERE state IN ('delivered', 'judged')) AS purchases,
  count(*) FILTER (WHERE status = 'proved') AS proved,
  sum(cost) AS cost,
  sum(verification_cost) AS verification_cost,
  sum(cost + verification_cost) AS spent
FROM purchases GROUP BY {group} ORDER BY {group}
"""


class GroupTotals(Value):
    """A row of `TOTALS_BY`: what was bought for one key, on one day or of one prover.

    Money is in micro-dollars.
    """

    name: str
    """The key's id, which is empty where no key was used; the day; or the prover."""
    orders: int
    """Orders of a service for which something was bought."""
    purchases: int
    """Purchases that were delivered."""
    proved: int
    cost: int
    verification_cost: int
    spent: int
    """Both together."""


class Explored(Value):
    """A row of `EXPLORED`: what one policy bought of one prover in order to learn."""

    policy: str
    prover: str
    purchases: int
    cost: int
    """Micro-dollars, prover and verification together."""
    proved: int
    """How many of them were proofs all the same."""


class Totals(Value):
    """A row of `TOTALS`: what one policy bought of one prover in a run; money in micro-dollars."""

    policy: str
    prover: str
    theorems: int
    """Theorems on which at least one purchase was delivered."""
    purchases: int
    """Purchases that were delivered, hence paid."""
    lost: int
    cancelled: int
    """Purchases given up because they were not wanted any more; paid for what they had used."""
    proved: int
    replayed: int
    """Successes as recorded, in a replay; no kernel judged them."""
    refuted: int
    """Proofs that the statement is false."""
    rejected: int
    void: int
    nothing: int
    """Purchases delivered without a candidate."""
    cost: int
    verification_cost: int
    forfeits: int
    """Deposits that provers lost in auctions."""
    cpu_us: int
    wall_ms: int
    flops: float
    """Floating-point operations of language models, as far as their sizes are known."""


def finished(rows: Iterable[Row]) -> dict[tuple[str, str, str], TheoremHistory]:
    """Theorems by (run, policy, digest) from rows of `FINISHED`, in the order of their last ones.

    Statements that turned out to mean nothing are left out.
    """
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        key = (row["run"], row["policy"], row["digest"])
        groups[key] = [*groups.pop(key, ()), row]
    return {
        key: TheoremHistory(
            theorem=group[0]["theorem"],
            statement=group[0]["statement"],
            past=tuple(
                PurchaseOutcome(
                    **{
                        field: row[field]
                        for field in ("prover", "cost", "offered", "status", "slice")
                    }
                )
                for row in group
            ),
        )
        for key, group in groups.items()
        if all(row["status"] != "invalid_statement" for row in group)
    }
