"""What a ledger contributes to a policy file.

Theorems that every prover was tried on form a panel; theorems that only some provers were tried on
are kept as histories, which the policy learns from before any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from prover_arb.core.history import TheoremHistory
from prover_arb.core.records import ProverRecords
from prover_arb.errors import RecordsError
from prover_arb.scheduler.index.panel import Panel, panel_of


def panel_and_rest(
    records: Sequence[ProverRecords], histories: Sequence[TheoremHistory]
) -> tuple[Panel | None, list[TheoremHistory]]:
    """Splits what is known into a panel, if there is one, and the histories outside of it.

    Purchases from provers without `records` are dropped from the `histories`.

    Raises:
        RecordsError: there is no panel, and no history outside of it either.
    """
    provers = {prover_records.prover for prover_records in records}
    known = [
        history.model_copy(
            update={"past": tuple(bought for bought in history.past if bought.prover in provers)}
        )
        for history in histories
    ]
    known = [history for history in known if history.past]
    try:
        panel = panel_of(records)
    except RecordsError:
        if not known:
            raise
        return None, known
    return panel, [history for history in known if history.theorem not in panel.theorems]


def ledger_quotes(histories: Sequence[TheoremHistory]) -> dict[str, int]:
    """Returns each product's usual (median) worst case, in micro-dollars."""
    quotes: dict[str, list[int]] = {}
    for history in histories:
        for bought in history.past:
            if bought.offered > 0:
                quotes.setdefault(bought.product, []).append(bought.offered)
    return {product: round(median(quoted)) for product, quoted in quotes.items()}
