"""How long attempts take: as recorded, or else in proportion to what they cost.

Where a record holds processor time only, that is taken for the time: a prover that runs alone is
not slower than its processor time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from prover_arb.core.records import ProverRecords, Record
from prover_arb.errors import InputError
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.panel import Panel


def seconds_for(
    panel: Panel, records: Sequence[ProverRecords], per_unit: float | None
) -> Floats | None:
    """Returns the mean seconds [N, m] of an attempt on each theorem of the panel, or None.

    `per_unit` is how many seconds one unit of cost takes, for records that hold no times. None is
    returned where there are neither times nor `per_unit`.

    Raises:
        InputError: times are recorded, and `per_unit` is given as well.
    """
    rows = {prover_records.prover: prover_records.rows for prover_records in records}
    times = [[_seconds(rows[prover][name]) for prover in panel.provers] for name in panel.theorems]
    known = [[seconds for seconds in row if seconds is not None] for row in times]
    if all(len(row) == len(panel.provers) for row in known):
        if per_unit is not None:
            raise InputError(
                "--seconds-per-unit: the records themselves say how long attempts take; leave the "
                "option out"
            )
        return np.array(known)
    return None if per_unit is None else panel.cost * per_unit


def _seconds(row: Record) -> float | None:
    return row.seconds if row.seconds is not None else row.cpu_s or None
