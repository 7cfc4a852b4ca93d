"""The files of orders that earlier releases wrote, and how their rows become rows of today.

Version 0 and 1 are files of one table; version 2 is a database that alembic migrates further.
"""

from __future__ import annotations

from prover_arb.broker.ledger.migrations import Steps

VERSION = 2

EARLIER = "orders_of_version_1"
"""Where the table of a file of orders waits for its rows to be copied."""

_TERMS = """CASE WHEN json_type(value, '$.terms') = 'object' THEN
  json_set(json_remove(json_extract(value, '$.terms'), '$.kept'),
           '$.customer_surplus', json_extract(value, '$.terms.kept')) END"""
_PURCHASE = f"""json_set(json_remove(value, '$.kept'),
  '$.verification_reserve', json_extract(value, '$.kept'), '$.terms', json({_TERMS}))"""

STEPS: Steps = {
    0: (
        # The outcome of an order holds its purchases as the ledger named their fields.
        f"""UPDATE orders SET outcome = json_set(outcome, '$.purchases', (
              SELECT json_group_array({_PURCHASE}) FROM json_each(outcome, '$.purchases')))
            WHERE outcome IS NOT NULL""",
        # A certificate of version 2 does not say what the kernels were asked, so it cannot become
        # one of version 3. The proof itself is in the ledger, and can be judged again.
        *(
            f"""UPDATE orders SET outcome = json_set(outcome, '$.{name}', NULL, '$.why_stopped',
                  json_extract(outcome, '$.why_stopped') || ' (the certificate was of version 2 and'
                  || ' is left out; judge the proof again for a new one)')
                WHERE json_extract(outcome, '$.{name}.version') < 3"""
            for name in ("certificate", "refutation")
        ),
    ),
    1: (
        "DROP INDEX unfinished",
        f"ALTER TABLE orders RENAME TO {EARLIER}",
    ),
}
"""Steps from version 0, whose files said no version."""

COPY = (
    f"""INSERT INTO orders (id, tenant, customer, status, created_at, finished_at, theorem, policy,
          seed, settlement, budget, spent, charged, outcome, problem, metadata, request_id,
          request_sha256)
        SELECT id, '', 'order-' || id,
          CASE status WHEN 'not_proved' THEN 'exhausted' WHEN 'void' THEN 'failed'
            WHEN 'invalid_statement' THEN 'failed' WHEN 'running' THEN 'queued' ELSE status END,
          created_at, finished_at, theorem, policy, seed, 'cost-plus', budget,
          coalesce(json_extract(outcome, '$.cost')
            + json_extract(outcome, '$.verification_cost'), 0),
          coalesce(json_extract(outcome, '$.cost')
            + json_extract(outcome, '$.verification_cost'), 0),
          outcome, problem, '{{}}', '', ''
        FROM {EARLIER} ORDER BY created_at, id""",
    f"DROP TABLE {EARLIER}",
)
"""Statements that copy the orders; they belonged to the one tenant that there was."""
