"""The layout of the file of orders has a version too; earlier files are migrated when opened."""

from __future__ import annotations

from prover_arb.broker.ledger.migrations import Steps

VERSION = 1

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
    )
}
"""Steps from version 0, whose files said no version."""
