"""Makes the table of quotes, and the columns of orders that say how they are charged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what quotes need; orders so far were charged what was spent."""
    op.add_column("orders", sa.Column("quote", sa.String(64)))
    op.add_column("orders", sa.Column("price", sa.BigInteger))
    op.add_column("orders", sa.Column("margin_ppm", sa.Integer, nullable=False, server_default="0"))
    op.create_index("one_order_per_quote", "orders", ["quote"], unique=True)
    op.create_table(
        "quotes",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("valid_until", sa.String(32), nullable=False),
        sa.Column("theorem", sa.Text, nullable=False),
        sa.Column("policy", sa.String(128), nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("deadline", sa.BigInteger),
        sa.Column("budget", sa.BigInteger, nullable=False),
        sa.Column("probability", sa.Float(53), nullable=False),
        sa.Column("expected_cost", sa.BigInteger, nullable=False),
        sa.Column("worst_cost", sa.BigInteger, nullable=False),
        sa.Column("price", sa.BigInteger),
        sa.Column("margin_ppm", sa.Integer, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
    )
    op.create_index("quotes_by_validity", "quotes", ["tenant", "valid_until"])
