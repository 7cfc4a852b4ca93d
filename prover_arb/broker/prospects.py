"""What a series of purchases promises, each of which is made only if those before it failed.

The recorded theorems that a theorem is like (scheduler/index) are followed through the series: each
is proved where its record says so. With weights w_t by name and statement, and u_tk the chance that
recorded theorem t is not proved by the first k purchases,

    chance of purchase k  =  1 - (sum_t w_t u_tk) / (sum_t w_t u_t,k-1)
    cost of purchase k    =  (sum_t w_t u_t,k-1 c_tk) / (sum_t w_t u_t,k-1)

so that chances multiply to what the records say of the whole series. What the record of one theorem
leaves open is one doubt, which all provers share: u_tk is the least chance, over the products that
were bought, that all of a product's attempts on t fail. A fresh doubt for each of a dozen purchases
would make a proof likely where no prover ever found one; for a single decision, which the index is
made for, the two hardly differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prover_arb.core.money import MICRO
from prover_arb.core.theorem import Theorem
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.attempt_index import Index


@dataclass(frozen=True)
class Prospect:
    """What the next attempt of a product, or the next slice, promises."""

    chance: float
    cost: float
    """What it is expected to cost, in micro-dollars."""


class Prospects:
    """Follows the recorded theorems through the purchases for one theorem."""

    def __init__(self, index: Index, theorem: Theorem) -> None:
        self._index = index
        self._weights = index.prior(theorem)
        self._unproved = np.ones_like(self._weights)
        self._failing: dict[int, Floats] = {}
        self._attempts: dict[int, int] = {}

    def of(self, product: str, worst_case: int) -> Prospect:
        """Returns what buying the product next promises; `worst_case` is in micro-dollars."""
        j = self._index.columns[product]
        reached = self._weights * self._unproved
        reached /= reached.sum()
        cost = self._index.table.cost[j] * self._index.ratios({product: worst_case})[j]
        return Prospect(float(reached @ self._hazard(j)), float(reached @ cost) * MICRO)

    def fail(self, product: str, share: float) -> None:
        """Takes it that the product is bought and fails; it had `share` of its worst case."""
        j = self._index.columns[product]
        self._unproved = self._unproved * (1 - share * self._hazard(j))
        self._failing[j] = self._after_another(j)
        self._attempts[j] = self._attempts.get(j, 0) + 1

    def _hazard(self, j: int) -> Floats:
        """Returns the chances [T] that the next attempt proves what is not proved yet."""
        after = np.minimum(self._unproved, self._after_another(j))
        return np.asarray(1 - after / self._unproved)

    def _after_another(self, j: int) -> Floats:
        """Returns the chances [T] that the product's attempts, and one more, all fail."""
        table, before = self._index.table, self._failing.get(j, 1.0)
        chance = table.wins[j] / (table.total[j] + self._attempts.get(j, 0))
        return np.asarray(before * (1 - chance))
