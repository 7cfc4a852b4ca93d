"""What a ledger gives a policy file: theorems that all provers were tried on, and the others."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from prover_arb.core.history import Finished
from prover_arb.core.records import ProverRecords
from prover_arb.errors import RecordsError
from prover_arb.scheduler.index.panel import Panel, panel_of


def panel_and_rest(
    found: Sequence[ProverRecords], bought: Sequence[Finished]
) -> tuple[Panel | None, list[Finished]]:
    """The panel of `found`, if there is one, and what a ledger has besides, of the same provers.

    Raises:
        RecordsError: there is no panel, and nothing besides.
    """
    provers = {one.prover for one in found}
    kept = [
        one.model_copy(update={"past": tuple(each for each in one.past if each.prover in provers)})
        for one in bought
    ]
    kept = [one for one in kept if one.past]
    try:
        panel = panel_of(found)
    except RecordsError:
        if not kept:
            raise
        return None, kept
    return panel, [one for one in kept if one.theorem not in panel.theorems]


def ledger_quotes(bought: Sequence[Finished]) -> dict[str, int]:
    """Micro-dollars: the usual worst case of each prover's attempts."""
    offered: dict[str, list[int]] = {}
    for one in bought:
        for past in one.past:
            if past.offered > 0:
                offered.setdefault(past.prover, []).append(past.offered)
    return {prover: round(median(each)) for prover, each in offered.items()}
