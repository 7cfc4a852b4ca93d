"""What a ledger contributes to a policy file.

Theorems that every prover was tried on form a panel; theorems that only some provers were tried on
are kept as histories, which the policy learns from before any other.

A prover that sells slices is one column for each slice. Once a theorem is proved, or nothing more
is sold, the slices that would have come next were never bought, and their cells follow the last one
that was: after a failure a policy never reaches them on a theorem like this, and after the end they
would have brought nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np

from prover_arb.core.history import TheoremHistory
from prover_arb.core.money import MICRO
from prover_arb.core.records import ProverRecords
from prover_arb.core.slices import prover_of
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


def complete_panel(
    histories: Sequence[TheoremHistory],
) -> tuple[Panel | None, list[TheoremHistory]]:
    """Splits histories into a panel in dollars, and those that not every prover was tried on.

    There is no panel if no theorem was tried by every prover, or none of them was solved. All
    histories of a theorem count.
    """
    judged: dict[str, TheoremHistory] = {}
    for history in map(_judged, histories):
        earlier = judged.get(history.theorem)
        past = (*(earlier.past if earlier else ()), *history.past)
        judged[history.theorem] = history.model_copy(update={"past": past})
    provers = {bought.prover for history in judged.values() for bought in history.past}
    complete = [
        history
        for history in judged.values()
        if {bought.prover for bought in history.past} == provers
    ]
    if not any(bought.status == "proved" for history in complete for bought in history.past):
        return None, list(histories)
    cells = {
        product: np.array([_cell(history, product) for history in complete])
        for product in sorted({b.product for history in complete for b in history.past})
    }
    products = sorted(cells, key=lambda product: float(cells[product][:, 2].mean()))
    attempts, successes, cost = np.stack([cells[product] for product in products], axis=2).swapaxes(
        0, 1
    )
    panel = Panel(
        tuple(products),
        tuple(history.theorem for history in complete),
        cost / MICRO,
        attempts.astype(np.int64),
        successes.astype(np.int64),
    )
    return panel, [history for history in histories if history.theorem not in panel.theorems]


def _judged(history: TheoremHistory) -> TheoremHistory:
    past = tuple(bought for bought in history.past if bought.status != "void")
    return history.model_copy(update={"past": past})


def _cell(history: TheoremHistory, product: str) -> tuple[int, int, float]:
    """Returns attempts, successes, and the mean cost of an attempt in micro-dollars."""
    own = [bought for bought in history.past if bought.product == product]
    # What was not bought any more follows the last purchase from its prover.
    own = own or [b for b in history.past if b.prover == prover_of(product)][-1:]
    mean = sum(max(1, bought.cost) for bought in own) / len(own)
    return len(own), sum(bought.status == "proved" for bought in own), mean


def ledger_quotes(histories: Sequence[TheoremHistory]) -> dict[str, int]:
    """Returns each product's usual (median) worst case, in micro-dollars."""
    quotes: dict[str, list[int]] = {}
    for history in histories:
        for bought in history.past:
            if bought.offered > 0:
                quotes.setdefault(bought.product, []).append(bought.offered)
    return {product: round(median(quoted)) for product, quoted in quotes.items()}
