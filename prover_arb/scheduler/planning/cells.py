"""Success rates and costs of m provers on T theorems, as believed or in truth.

Plans for objectives (paths.py, deadline_plan.py) read them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.table import RecordTable
from prover_arb.scheduler.index.world import PSEUDO, World


@dataclass(frozen=True)
class Cells:
    """Beta(a, b) distributions of success rates, and costs; arrays are [T, m].

    After k failures the next attempt succeeds with chance a / (a + b + k), or with a / (a + b) for
    provers whose rate is known, since their failures say nothing.
    """

    wins: Floats
    """a"""
    total: Floats
    """a + b"""
    cost: Floats
    """The cost of one attempt."""
    known: Floats
    """[m]: 1 for provers whose rates are known, 0 for the others."""

    def chance(self, prover: Ints, failed: Ints) -> Floats:
        """Returns the chances [Q, T] of the next attempts of `prover` [Q].

        `failed` [Q] says how many attempts of that prover failed before.
        """
        count = failed * (1 - self.known[prover])
        return np.asarray(self.wins[:, prover].T / (self.total[:, prover].T + count[:, None]))


def believed_cells(table: RecordTable) -> Cells:
    """Returns the cells as the index believes them."""
    return Cells(table.wins.T, table.total.T, table.cost.T, np.zeros(len(table.provers)))


def recorded_cells(panel: Panel) -> Cells:
    """Returns a panel's cells as the index reads them before anything is learnt."""
    return _cells(panel, np.zeros(len(panel.provers)))


def true_cells(panel: Panel, world: World) -> Cells:
    """Returns a panel's cells as they are in truth, if records are read as in `world`."""
    readings = [panel.reading(j, world) for j in range(len(panel.provers))]
    known = np.array([reading == "independent" for reading in readings], dtype=np.float64)
    return _cells(panel, known)


def _cells(panel: Panel, known: Floats) -> Cells:
    pseudo = PSEUDO * (1 - known)
    wins, total = np.asarray(panel.successes + pseudo), np.asarray(panel.attempts + 2 * pseudo)
    return Cells(wins.astype(np.float64), total.astype(np.float64), panel.cost, known)
