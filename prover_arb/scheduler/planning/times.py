"""How long attempts take: as recorded, or else in proportion to what they cost.

Where a record holds processor time alone, that is taken: a prover without company is no slower.
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
    """[N, m] mean seconds of an attempt on each theorem of the panel; None where nothing says.

    `per_unit` is seconds for one unit of cost; it is for records that hold no times.

    Raises:
        InputError: times are recorded, and given besides.
    """
    rows = {one.prover: one.rows for one in records}
    found = [[_time(rows[prover][name]) for prover in panel.provers] for name in panel.theorems]
    known = [[each for each in row if each is not None] for row in found]
    if all(len(row) == len(panel.provers) for row in known):
        if per_unit is not None:
            raise InputError(
                "--seconds-per-unit: the records say themselves how long attempts take"
            )
        return np.array(known)
    return None if per_unit is None else panel.cost * per_unit


def _time(row: Record) -> float | None:
    return row.seconds if row.seconds is not None else row.cpu_s or None
