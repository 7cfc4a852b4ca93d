"""Makes the tables of webhooks, and the column of orders that says where one is sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what webhooks need; orders so far have none."""
    op.add_column("orders", sa.Column("webhook", sa.Text))
    op.create_table(
        "webhook_secrets",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("secret", sa.String(128), nullable=False),
        sa.Column("previous", sa.String(128)),
        sa.Column("rotated_at", sa.String(32)),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", sa.String(32)),
        sa.Column("answer", sa.Text),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "waiting_deliveries",
        "webhook_deliveries",
        ["tenant", "due_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
