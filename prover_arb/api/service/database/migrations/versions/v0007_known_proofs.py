"""Makes the table of the proofs that are known, by what their statements mean."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table; proofs of earlier orders are not in it."""
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "known_proofs",
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("statement_sha256", sa.String(64), nullable=False),
        sa.Column("toolchain_sha256", sa.String(64), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("order_id", sa.String(64), sa.ForeignKey("orders.id"), nullable=False),
        sa.Column("candidate", sa.Text, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.UniqueConstraint(
            "statement_sha256", "toolchain_sha256", "tenant", name="one_proof_of_a_statement"
        ),
    )
    op.create_index("known_proofs_of_tenant", "known_proofs", ["tenant"])
