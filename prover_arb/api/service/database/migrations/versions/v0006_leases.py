"""Adds which replica works on an order, and the turns of tenants."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns and the table; nobody works on an order while this runs."""
    op.add_column("orders", sa.Column("lease", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("orders", sa.Column("lease_owner", sa.String(96)))
    op.add_column("orders", sa.Column("lease_until", sa.Float(53)))
    op.create_table(
        "turns",
        sa.Column("tenant", sa.String(64), primary_key=True),
        sa.Column("served_at", sa.String(32), nullable=False),
    )
