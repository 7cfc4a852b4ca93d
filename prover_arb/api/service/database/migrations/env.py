"""Run by alembic: migrates over the connection that `Database` opened."""

from __future__ import annotations

from alembic import context

from prover_arb.api.service.database.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
context.run_migrations()
