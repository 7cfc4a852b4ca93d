"""How much a policy that begins with records may spend on learning more: a share of what it spends.

Let m be what a theorem costs on average, by the theorems finished so far and, as PRIOR of them, by
the records. An exploratory purchase that costs c on average is made with probability
min(1, share * m / (c * products)), by a hash of the seed, the theorem and the product: a prover,
or a slice of its attempts. A product is explored at most once on a theorem, so exploration costs at
most `share` of what is spent, in expectation, and every decision can be made again from the same
state.
"""

from __future__ import annotations

from dataclasses import dataclass

from prover_arb.core.history import NO_HISTORY, History
from prover_arb.core.theorem import Theorem, sha256

DEFAULT_SHARE = 0.02
"""The share of its spending that a policy with records explores with."""

PRIOR = 16
"""For how many finished theorems the records' mean counts."""


@dataclass(frozen=True)
class Exploration:
    """The bound, and what a theorem usually costs by the records."""

    share: float
    usual_cost: float
    """Micro-dollars."""


class ExplorationBound:
    """Decides which exploratory purchases are made."""

    def __init__(self, exploration: Exploration) -> None:
        self._exploration = exploration
        self._seen: History = NO_HISTORY
        self._spent = 0

    def allows(
        self,
        theorem: Theorem,
        product: str,
        *,
        seed: int,
        cost: float,
        products: int,
        history: History,
    ) -> bool:
        """Whether a purchase that costs `cost` micro-dollars on average may be made to learn."""
        mean = self.mean_cost(history)
        chance = self._exploration.share * mean / max(1e-9, cost * products)
        drawn = int(sha256(str(seed), theorem.digest, product)[:12], 16) / 16**12
        return drawn < chance

    def mean_cost(self, history: History) -> float:
        """Returns what a theorem costs on average, in micro-dollars."""
        if not history.extends(self._seen):
            self._seen, self._spent = history, _spent(history, 0)
        elif len(history) > len(self._seen):
            self._spent += _spent(history, len(self._seen))
            self._seen = history
        prior = PRIOR * self._exploration.usual_cost
        return (prior + self._spent) / (PRIOR + len(self._seen))


def _spent(history: History, start: int) -> int:
    return sum(bought.cost for finished in history.since(start) for bought in finished.past)
