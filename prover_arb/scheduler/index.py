"""The index policy: what each seller's next attempt promises per dollar, given everything known.

A policy file holds recorded theorems. The belief about a new theorem is a set of weights w_t on
them, from its statement (planner/beliefs.py), changed by Bayes' rule with every purchase: by the
chance fail_tj(k_j) that the k_j attempts bought of prover j would have failed on theorem t, and by
how near the mean price of j's attempts is to what j took on t. Attempts in flight are taken for
failures, since another is worth buying only in case they are. Then, for the next attempt of j,

    index_j  =  V * (sum_t w_t p_tj) / (sum_t w_t c_tj)

with p_tj the chance of success after k_j failures and c_tj the cost; prices met are averaged with
the expected one. V is what a proof is worth. The best index sells, and nothing is bought below 1.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from prover_arb.curves.attempts import Floats
from prover_arb.money import MICRO
from prover_arb.protocols import Buy, Past, Pending, State, Stop
from prover_arb.scheduler.offer import next_attempt
from prover_arb.scheduler.planner.beliefs import NOISE, SPREAD, TextModel
from prover_arb.scheduler.planner.features import features
from prover_arb.scheduler.planner.panel import Panel
from prover_arb.scheduler.planner.world import PSEUDO, survival
from prover_arb.theorem import Theorem

REMEMBERED = 4096
"""Theorems whose first belief is kept."""


@dataclass(frozen=True)
class Prospect:
    """What the next attempt of one seller promises."""

    prover: str
    chance: float
    cost: float
    """Dollars expected."""
    index: float
    """Value per dollar: worth * chance / cost."""


class Index:
    """Prospects of every seller on a theorem, from recorded theorems in dollars."""

    def __init__(self, panel: Panel, known: Floats | None = None) -> None:
        """`known` [T, F]: features of the recorded theorems; without them text says nothing."""
        self._panel = panel
        self._text = None if known is None else TextModel(panel, known)
        self._a = panel.successes + PSEUDO
        self._both = panel.attempts + 2 * PSEUDO
        self._log_cost = np.log(panel.cost)
        self._column = {name: j for j, name in enumerate(panel.provers)}
        self._first: OrderedDict[tuple[str, str], Floats] = OrderedDict()

    @property
    def provers(self) -> tuple[str, ...]:
        return self._panel.provers

    def prior(self, theorem: Theorem) -> Floats:
        """[T] the belief before anything is bought."""
        key = (theorem.name, theorem.statement)
        if key in self._first:
            self._first.move_to_end(key)
            return self._first[key]
        if self._text is None:
            weights = np.full(len(self._panel), 1.0 / len(self._panel))
        else:
            weights = self._text.weights(features(*key)[None, :])[0]
        self._first[key] = weights
        if len(self._first) > REMEMBERED:
            self._first.popitem(last=False)
        return weights

    def belief(
        self, theorem: Theorem, past: Sequence[Past], pending: Sequence[Pending] = ()
    ) -> Floats:
        """[T] the belief after purchases that all failed, those in flight among them."""
        weights = self.prior(theorem)
        for prover, costs in _by_prover(past).items():
            j = self._column.get(prover)
            if j is None:
                continue
            s, n = self._panel.successes[:, j], self._panel.attempts[:, j]
            apart = np.log(max(sum(costs) / len(costs), 1) / MICRO) - self._log_cost[:, j]
            apart = apart / np.hypot(SPREAD, NOISE / np.sqrt(len(costs)))
            near = np.exp(-0.5 * np.minimum(apart**2, 600.0)) + 1e-12
            weights = weights * survival("beta", s, n, len(costs)) * near
        for prover, count in Counter(one.prover for one in pending).items():
            j = self._column.get(prover)
            if j is not None:
                # Given that those before failed, these would too.
                s, n = self._panel.successes[:, j], self._panel.attempts[:, j]
                before = sum(one.prover == prover for one in past)
                weights = weights * survival("beta", s, n, before + count)
                weights = weights / survival("beta", s, n, before)
        total = weights.sum()
        return weights / total if total > 0 else self.prior(theorem)

    def prospects(
        self, theorem: Theorem, past: Sequence[Past], value: int, pending: Sequence[Pending] = ()
    ) -> list[Prospect]:
        """Best first; `value` in micro-dollars."""
        weights = self.belief(theorem, past, pending)
        bought = _by_prover(past)
        attempts = Counter([p.prover for p in past] + [p.prover for p in pending])
        k = np.array([attempts[name] for name in self.provers])
        chances = weights @ (self._a / (self._both + k))
        costs = weights @ self._panel.cost
        for name, paid in bought.items():
            if name in self._column:
                j = self._column[name]
                costs[j] = (costs[j] + sum(paid) / MICRO) / (1 + len(paid))
        index = value / MICRO * chances / costs
        return [
            Prospect(self.provers[j], float(chances[j]), float(costs[j]), float(index[j]))
            for j in np.argsort(-index, kind="stable")
        ]


class IndexPolicy:
    """Buys from the seller with the best index, while that is above 1.

    `value` is what a proof is worth in micro-dollars; None takes each theorem's budget for it.
    """

    procurement: Literal["posted"] = "posted"

    def __init__(
        self,
        index: Index,
        *,
        name: str,
        value: int | None = None,
        max_attempts: Mapping[str, int] | None = None,
    ) -> None:
        self._index = index
        self._name = name
        self._value = value
        self._max_attempts = dict(max_attempts or {})

    @property
    def name(self) -> str:
        return self._name

    def decide(self, state: State) -> Buy | Stop:
        """An attempt of the seller with the best index that the budget leaves room for."""
        value = state.budget if self._value is None else self._value
        best = 0.0
        found = self._index.prospects(state.theorem, state.past, value, state.pending)
        for prospect in found:
            if prospect.index <= 1:
                break
            buy = next_attempt(
                state,
                prospect.prover,
                allowance=None,
                max_attempts=self._max_attempts.get(prospect.prover, 1),
            )
            if buy is not None:
                return buy
            best = max(best, prospect.index)
        if best > 0:
            return Stop(why="sellers worth asking have no further attempt within the budget")
        return Stop(why="no seller's next attempt is worth what it costs")


def _by_prover(past: Sequence[Past]) -> dict[str, list[int]]:
    costs: dict[str, list[int]] = {}
    for one in past:
        costs.setdefault(one.prover, []).append(one.cost)
    return costs
