"""Recorded attempts of several provers on the same theorems, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from prover_arb.core.records import ProverRecords, common_problems
from prover_arb.errors import RecordsError
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.world import World


@dataclass(frozen=True)
class Panel:
    """N theorems that m provers, cheapest mean attempt first, have all been tried on."""

    provers: tuple[str, ...]
    theorems: tuple[str, ...]
    cost: Floats
    """[N, m] mean cost of an attempt, in the unit of the records."""
    attempts: Ints
    """[N, m]"""
    successes: Ints
    """[N, m]"""

    def __len__(self) -> int:
        return len(self.theorems)

    @cached_property
    def once(self) -> NDArray[np.bool_]:
        """[m] who sold one attempt per theorem: another would only repeat it."""
        return np.asarray((self.attempts == 1).all(axis=0))

    def reading(self, prover: int, world: World) -> World:
        """How a prover's record is read in `world`: what is sold once is known once it is sold."""
        return "independent" if self.once[prover] else world

    def on(self, rows: Ints) -> Panel:
        """The same provers on some of the theorems, by number."""
        return Panel(
            self.provers,
            tuple(self.theorems[i] for i in rows),
            self.cost[rows],
            self.attempts[rows],
            self.successes[rows],
        )


def panel_of(records: Sequence[ProverRecords]) -> Panel:
    """The panel of some provers' records.

    Raises:
        RecordsError: they have no theorem in common, mix units, or nobody ever solved anything.
    """
    theorems = common_problems(records)
    rows = [[one.rows[theorem] for one in records] for theorem in theorems]
    cost = np.array([[row.mean_cost for row in each] for each in rows])
    order = np.argsort(cost.mean(axis=0), kind="stable")
    panel = Panel(
        tuple(records[j].prover for j in order),
        tuple(theorems),
        cost[:, order],
        np.array([[row.attempts for row in each] for each in rows], dtype=np.int64)[:, order],
        np.array([[row.successes for row in each] for each in rows], dtype=np.int64)[:, order],
    )
    if not panel.successes.any():
        raise RecordsError("no prover ever solved any of the theorems: there is nothing to buy")
    return panel
