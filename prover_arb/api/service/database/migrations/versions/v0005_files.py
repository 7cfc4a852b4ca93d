"""Makes the table of Lean files to fill, and the column of orders that says what is ordered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what files need; orders so far are for a proof each."""
    kind = sa.Column("kind", sa.String(16), nullable=False, server_default="proof")
    op.add_column("orders", kind)
    op.create_table(
        "files",
        sa.Column("order_id", sa.String(64), sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("theorem_budget", sa.BigInteger),
        sa.Column("filled", sa.Text),
    )
