"""Makes the table of batches, and the columns of orders that say to which one they belong."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what batches need; orders so far belong to none."""
    op.add_column("orders", sa.Column("batch", sa.String(64)))
    op.add_column("orders", sa.Column("batch_place", sa.Integer))
    op.add_column("orders", sa.Column("batch_line", sa.Integer))
    op.create_index("orders_of_batch", "orders", ["batch", "batch_place"])
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "batches",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("customer", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("finished_at", sa.String(32)),
        sa.Column("cancel_requested_at", sa.String(32)),
        sa.Column("policy", sa.String(128), nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("deadline", sa.BigInteger),
        sa.Column("budget", sa.BigInteger, nullable=False),
        sa.Column("theorem_budget", sa.BigInteger),
        sa.Column("charged", sa.BigInteger, nullable=False),
        sa.Column("margin_ppm", sa.Integer, nullable=False),
        sa.Column("webhook", sa.Text),
        sa.Column("metadata", sa.Text, nullable=False),
        sa.Column("skipped", sa.Text, nullable=False),
        sa.Column("request_id", sa.String(128), nullable=False),
        sa.Column("idempotency_key", sa.String(255)),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.UniqueConstraint("tenant", "idempotency_key", name="one_batch_per_key"),
    )
    op.create_index("batches_of_tenant", "batches", ["tenant", "number"])
