"""Orders for proofs, kept in SQLite so that they outlive the program."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from prover_arb.api.problem_documents import ProblemDocument
from prover_arb.api.service.models import OrderStatus
from prover_arb.api.service.order_versions import STEPS, VERSION
from prover_arb.broker.ledger.migrations import migrate, refuse_newer
from prover_arb.core.database import open_database
from prover_arb.core.money import MicroUSD
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Theorem, Value
from prover_arb.errors import LedgerError

SCHEMA = (
    """
CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    created_at TEXT NOT NULL,
    finished_at TEXT,
    theorem TEXT NOT NULL,
    policy TEXT NOT NULL,
    seed INTEGER NOT NULL,
    budget INTEGER NOT NULL,
    outcome TEXT,
    problem TEXT
) STRICT
""",
    "CREATE INDEX unfinished ON orders (created_at) WHERE finished_at IS NULL",
    f"PRAGMA user_version = {VERSION}",
)


class Order(Value):
    """What a customer ordered, and what became of it."""

    id: str
    status: OrderStatus
    created_at: str
    """ISO 8601, UTC."""
    finished_at: str | None = None
    theorem: Theorem
    policy: str
    seed: int
    budget: MicroUSD
    outcome: Outcome | None = None
    """Set when the market is done with it."""
    problem: ProblemDocument | None = None
    """Set when the market failed."""

    @property
    def run(self) -> str:
        """The run of the ledger that holds this order's purchases."""
        return f"order-{self.id}"

    def job(self, policy: str, customer: str) -> ProofJob:
        """Returns what the proof is bought by; `policy` is the text of the order's policy."""
        return ProofJob(
            policy=policy, budget=self.budget, run=self.run, seed=self.seed, customer=customer
        )


class OrderBook:
    """The orders of one server. Calls are short and block; errors are LedgerError."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        self._path = path
        with self._explained():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = open_database(path)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def _prepare(self) -> None:
        """Makes an empty file a file of orders, and migrates one of an earlier version."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if not tables:
                for statement in SCHEMA:
                    self._db.execute(statement)
            elif version < VERSION:
                migrate(self._db, self._path, version, current=VERSION, steps=STEPS)
            refuse_newer(self._path, version, current=VERSION)
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def place(self, theorem: Theorem, *, policy: str, budget: MicroUSD, seed: int) -> Order:
        """Take an order; once this returns it will be worked on, whatever happens."""
        order = Order(
            id=secrets.token_hex(12),
            status="queued",
            created_at=_now(),
            theorem=theorem,
            policy=policy,
            seed=seed,
            budget=budget,
        )
        self._run(
            "INSERT INTO orders (id, status, created_at, theorem, policy, seed, budget) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            order.id,
            order.status,
            order.created_at,
            theorem.model_dump_json(),
            policy,
            seed,
            budget,
        )
        return order

    def get(self, order_id: str) -> Order | None:
        """Returns an order, or None if there is none with this id."""
        rows = self._run("SELECT * FROM orders WHERE id = ?", order_id)
        return _order(rows[0]) if rows else None

    def unfinished(self) -> list[Order]:
        """Orders still to be worked on, oldest first: after a start, those to resume."""
        rows = self._run("SELECT * FROM orders WHERE finished_at IS NULL ORDER BY created_at, id")
        return [_order(row) for row in rows]

    def mark_running(self, order: Order) -> None:
        """Records that an order is worked on."""
        self._run("UPDATE orders SET status = 'running' WHERE id = ?", order.id)

    def finish(self, order: Order, outcome: Outcome) -> None:
        """Records the outcome of an order."""
        self._run(
            "UPDATE orders SET status = ?, outcome = ?, finished_at = ? WHERE id = ?",
            outcome.status,
            outcome.model_dump_json(),
            _now(),
            order.id,
        )

    def fail(self, order: Order, problem: ProblemDocument) -> None:
        """Records why an order failed."""
        self._run(
            "UPDATE orders SET status = 'failed', problem = ?, finished_at = ? WHERE id = ?",
            problem.model_dump_json(),
            _now(),
            order.id,
        )

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._db.close()

    def _run(self, sql: str, *values: str | int) -> list[sqlite3.Row]:
        with self._explained(), self._lock:
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(
                f"{self._path}: the orders cannot be read or written ({error}); check that the "
                "disk has space and that the file is a database of this program"
            ) from error


def _order(row: sqlite3.Row) -> Order:
    fields = dict(row)
    fields["theorem"] = Theorem.model_validate_json(row["theorem"])
    if row["outcome"] is not None:
        fields["outcome"] = Outcome.model_validate_json(row["outcome"])
    if row["problem"] is not None:
        fields["problem"] = ProblemDocument.model_validate_json(row["problem"])
    return Order.model_validate(fields)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
