"""The tables of the service. The migrations make them; queries are written with these objects.

Amounts are integer micro-dollars, times are ISO 8601 in UTC with milliseconds, so that their text
sorts as they do. Values that are only stored and shown are JSON text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

METADATA = MetaData()

Number = BigInteger().with_variant(Integer, "sqlite")

ORDERS = Table(
    "orders",
    METADATA,
    # Counts orders as they were accepted; it is never shown to anybody.
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("tenant", String(64), nullable=False),
    Column("customer", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("started_at", String(32)),
    Column("finished_at", String(32)),
    Column("cancel_requested_at", String(32)),
    Column("theorem", Text, nullable=False),
    Column("policy", String(128), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("deadline", BigInteger),
    Column("settlement", String(32), nullable=False),
    Column("budget", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("charged", BigInteger, nullable=False),
    Column("outcome", Text),
    Column("problem", Text),
    Column("metadata", Text, nullable=False),
    Column("request_id", String(128), nullable=False),
    Column("idempotency_key", String(255)),
    Column("request_sha256", String(64), nullable=False),
    Column("quote", String(64)),
    Column("price", BigInteger),
    Column("margin_ppm", Integer, nullable=False, server_default="0"),
    Column("webhook", Text),
    # proof or file
    Column("kind", String(16), nullable=False, server_default="proof"),
    Column("batch", String(64)),
    # Counts the theorems of a batch from 1.
    Column("batch_place", Integer),
    # The line of the batch's problems on which the theorem stands.
    Column("batch_line", Integer),
    # The lease under which a replica works on it; see order_queue.py.
    Column("lease", BigInteger, nullable=False, server_default="0"),
    Column("lease_owner", String(96)),
    Column("lease_until", Float(53)),
    UniqueConstraint("tenant", "idempotency_key", name="one_order_per_key"),
    Index("one_order_per_quote", "quote", unique=True),
    Index("orders_of_batch", "batch", "batch_place"),
    Index("orders_of_tenant", "tenant", "number"),
    Index(
        "unfinished_orders",
        "number",
        sqlite_where=text("finished_at IS NULL"),
        postgresql_where=text("finished_at IS NULL"),
    ),
)

BATCHES = Table(
    "batches",
    METADATA,
    # Counts batches as they were accepted; it is never shown to anybody.
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("tenant", String(64), nullable=False),
    Column("customer", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("finished_at", String(32)),
    Column("cancel_requested_at", String(32)),
    Column("policy", String(128), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("deadline", BigInteger),
    Column("budget", BigInteger, nullable=False),
    Column("theorem_budget", BigInteger),
    Column("charged", BigInteger, nullable=False),
    Column("margin_ppm", Integer, nullable=False),
    Column("webhook", Text),
    Column("metadata", Text, nullable=False),
    Column("skipped", Text, nullable=False),
    Column("request_id", String(128), nullable=False),
    Column("idempotency_key", String(255)),
    Column("request_sha256", String(64), nullable=False),
    UniqueConstraint("tenant", "idempotency_key", name="one_batch_per_key"),
    Index("batches_of_tenant", "tenant", "number"),
)

FILES = Table(
    "files",
    METADATA,
    Column("order_id", String(64), ForeignKey("orders.id"), primary_key=True),
    # As it was sent.
    Column("text", Text, nullable=False),
    Column("theorem_budget", BigInteger),
    # What has become of it so far.
    Column("filled", Text),
)

QUOTES = Table(
    "quotes",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("valid_until", String(32), nullable=False),
    Column("theorem", Text, nullable=False),
    Column("policy", String(128), nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("deadline", BigInteger),
    Column("budget", BigInteger, nullable=False),
    Column("probability", Float(53), nullable=False),
    Column("expected_cost", BigInteger, nullable=False),
    Column("worst_cost", BigInteger, nullable=False),
    Column("price", BigInteger),
    Column("margin_ppm", Integer, nullable=False),
    Column("plan", Text, nullable=False),
    Index("quotes_by_validity", "tenant", "valid_until"),
)

# When each tenant had its last turn, by the clock of the replica that served it.
TURNS = Table(
    "turns",
    METADATA,
    Column("tenant", String(64), primary_key=True),
    Column("served_at", String(32), nullable=False),
)

ORDER_METADATA = Table(
    "order_metadata",
    METADATA,
    Column("order_id", String(64), ForeignKey("orders.id"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("value", String(512), nullable=False),
    Index("orders_by_metadata", "name", "value"),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("order_id", String(64), ForeignKey("orders.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("created_at", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("purchase", BigInteger),
    Column("data", Text, nullable=False),
)

KNOWN_PROOFS = Table(
    "known_proofs",
    METADATA,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("statement_sha256", String(64), nullable=False),
    Column("toolchain_sha256", String(64), nullable=False),
    Column("tenant", String(64), nullable=False),
    Column("order_id", String(64), ForeignKey("orders.id"), nullable=False),
    Column("candidate", Text, nullable=False),
    Column("created_at", String(32), nullable=False),
    UniqueConstraint(
        "statement_sha256", "toolchain_sha256", "tenant", name="one_proof_of_a_statement"
    ),
    Index("known_proofs_of_tenant", "tenant"),
)

KEYS = Table(
    "keys",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("name", String(128), nullable=False),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("scopes", String(128), nullable=False),
    Column("budget", BigInteger),
    Column("per_minute", Integer),
    Column("created_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
)

WEBHOOK_SECRETS = Table(
    "webhook_secrets",
    METADATA,
    Column("tenant", String(64), primary_key=True),
    Column("secret", String(128), nullable=False),
    Column("previous", String(128)),
    Column("rotated_at", String(32)),
)

WEBHOOK_DELIVERIES = Table(
    "webhook_deliveries",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", String(32), nullable=False),
    # waiting, delivered or failed
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", String(32)),
    # What the last attempt came to.
    Column("answer", Text),
    Index(
        "waiting_deliveries",
        "tenant",
        "due_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)
