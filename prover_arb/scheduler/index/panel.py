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
    """N theorems that m provers have all been tried on; the cheapest mean attempt comes first."""

    provers: tuple[str, ...]
    theorems: tuple[str, ...]
    cost: Floats
    """The mean cost of an attempt [N, m], in the unit of the records."""
    attempts: Ints
    """How many attempts were recorded [N, m]."""
    successes: Ints
    """How many of them succeeded [N, m]."""

    def __len__(self) -> int:
        return len(self.theorems)

    @property
    def repeating(self) -> bool:
        """Whether most provers repeat themselves."""
        return mostly_repeat(self.once)

    @cached_property
    def once(self) -> NDArray[np.bool_]:
        """Marks the provers [m] that sold one attempt per theorem: another would only repeat it."""
        return np.asarray((self.attempts == 1).all(axis=0))

    def reading(self, prover: int, world: World) -> World:
        """Returns how a prover's record is read in `world`.

        A prover that sells one attempt is read as "independent": after that attempt its outcome is
        known.
        """
        return "independent" if self.once[prover] else world

    def on(self, rows: Ints) -> Panel:
        """Returns the same provers on some of the theorems, given by number."""
        return Panel(
            self.provers,
            tuple(self.theorems[i] for i in rows),
            self.cost[rows],
            self.attempts[rows],
            self.successes[rows],
        )


def panel_of(records: Sequence[ProverRecords]) -> Panel:
    """Makes the panel of some provers' records.

    Raises:
        RecordsError: the provers have no theorem in common, their units differ, or no prover ever
            solved a theorem.
    """
    theorems = common_problems(records)
    rows = [[prover.rows[theorem] for prover in records] for theorem in theorems]
    cost = np.array([[record.mean_cost for record in row] for row in rows])
    order = np.argsort(cost.mean(axis=0), kind="stable")
    panel = Panel(
        tuple(records[j].prover for j in order),
        tuple(theorems),
        cost[:, order],
        np.array([[record.attempts for record in row] for row in rows], dtype=np.int64)[:, order],
        np.array([[record.successes for record in row] for row in rows], dtype=np.int64)[:, order],
    )
    if not panel.successes.any():
        raise RecordsError("no prover ever solved any of the theorems: there is nothing to buy")
    return panel


def mostly_repeat(once: NDArray[np.bool_]) -> bool:
    """Returns whether most provers repeat themselves; `once` marks those [m] that do."""
    return bool(once.mean() > 0.5)
