"""What is believed, or true, of m provers on T theorems, as plans of objectives read it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.table import Table
from prover_arb.scheduler.index.world import PSEUDO, World


@dataclass(frozen=True)
class Cells:
    """Beta distributions of success rates, and costs; arrays are [T, m].

    After k failures the next attempt succeeds with chance a / (a + b + k), or with a / (a + b)
    where failures say nothing, since the rate is known.
    """

    wins: Floats
    """a"""
    both: Floats
    """a + b"""
    cost: Floats
    """Of one attempt."""
    known: Floats
    """[m] 1 for provers whose rates are known, 0 for the others."""

    def chance(self, prover: Ints, failed: Ints) -> Floats:
        """[Q, T] of the next attempt of `prover` [Q] after `failed` [Q] failures of it."""
        count = failed * (1 - self.known[prover])
        return np.asarray(self.wins[:, prover].T / (self.both[:, prover].T + count[:, None]))


def believed(table: Table) -> Cells:
    """As the index believes them."""
    return Cells(table.wins.T, table.both.T, table.cost.T, np.zeros(len(table.provers)))


def recorded(panel: Panel) -> Cells:
    """Records as the index reads them before anything is learnt."""
    return _cells(panel, np.zeros(len(panel.provers)))


def in_truth(panel: Panel, world: World) -> Cells:
    """Theorems as they are where records are read in that way."""
    readings = [panel.reading(j, world) for j in range(len(panel.provers))]
    known = np.array([reading == "independent" for reading in readings], dtype=np.float64)
    return _cells(panel, known)


def _cells(panel: Panel, known: Floats) -> Cells:
    more = PSEUDO * (1 - known)
    wins, both = np.asarray(panel.successes + more), np.asarray(panel.attempts + 2 * more)
    return Cells(wins.astype(np.float64), both.astype(np.float64), panel.cost, known)
