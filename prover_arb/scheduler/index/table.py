"""Recorded theorems as the index reads them, and a belief about one theorem as it is bought for.

Every cell (prover j, recorded theorem t) holds a Beta distribution of j's success rate on t and the
expected cost of an attempt. A belief is a row of weights over the recorded theorems. A purchase of
j that failed after k failures before it multiplies weight t by the chance of that,

    (b_tj + k) / (a_tj + b_tj + k),

a success by the rest of it. What prices say is read by the forest that gives the first weights
(similarity.py), anew with every purchase. Of provers it was not fitted on, the mean price of n
attempts counts by how near it is to what j took on t: exp(-x^2 / 2) with

    x = log(mean price / c_tj) / hypot(spread_tj, NOISE / sqrt(n)).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.beliefs import NOISE, SPREAD
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.similarity import Likeness
from prover_arb.scheduler.index.world import PSEUDO


@dataclass(frozen=True, eq=False)
class Table:
    """m provers on T recorded theorems; arrays are [m, T], a prover's cells side by side."""

    provers: tuple[str, ...]
    theorems: tuple[str, ...]
    wins: Floats
    """a of Beta(a, b): successes, and what was believed before any attempt."""
    both: Floats
    """a + b."""
    cost: Floats
    """Dollars expected of one attempt."""
    spread: Floats
    """How far, in log, a theorem's mean price may be from a similar theorem's."""

    @cached_property
    def log_cost(self) -> Floats:
        """[m, T]"""
        return np.asarray(np.log(self.cost))

    @cached_property
    def rate(self) -> Floats:
        """[m, T] chance that a first attempt succeeds."""
        return self.wins / self.both

    def shifted(self, odds: Floats, level: Floats) -> Table:
        """The same with log odds of success moved by `odds` [m], and costs times `level` [m]."""
        moved = np.where(odds[:, None] == 0, self.rate, sigmoid(logit(self.rate) + odds[:, None]))
        return replace(self, wins=moved * self.both, cost=self.cost * level[:, None])

    def with_rows(self, more: Table) -> Table:
        """This and then `more`, of the same provers."""
        return Table(
            self.provers,
            self.theorems + more.theorems,
            np.hstack([self.wins, more.wins]),
            np.hstack([self.both, more.both]),
            np.hstack([self.cost, more.cost]),
            np.hstack([self.spread, more.spread]),
        )


def recorded(panel: Panel) -> Table:
    """Of records in dollars, every prover on every theorem."""
    return Table(
        panel.provers,
        panel.theorems,
        np.ascontiguousarray(panel.successes.T + PSEUDO, dtype=np.float64),
        np.ascontiguousarray(panel.attempts.T + 2 * PSEUDO, dtype=np.float64),
        np.ascontiguousarray(panel.cost.T),
        np.full(panel.cost.T.shape, SPREAD),
    )


class Course:
    """A belief about one theorem, moved on purchase by purchase."""

    def __init__(self, table: Table, likeness: Likeness, one: tuple[str, str]) -> None:
        self._table = table
        self._again = likeness.about(one)
        self._reads = likeness.reads
        self._alike = np.log(np.maximum(self._again({}), 1e-300))
        self._bought = np.zeros_like(self._alike)
        self._met: dict[int, tuple[float, bool]] = {}
        self._paid: dict[int, list[float]] = {}
        self._near: dict[int, Floats] = {}
        self.failures: dict[int, int] = {}
        """By prover's number."""
        self.weights = self._weights()
        """[T]"""

    def chance(self, table: Table, prover: int) -> float:
        """That the next attempt of a prover succeeds, by the cells of `table`."""
        k = self.failures.get(prover, 0)
        return float(self.weights @ (table.wins[prover] / (table.both[prover] + k)))

    def failed(self, prover: int, price: float | None) -> None:
        """An attempt failed that cost `price` dollars; None where prices say nothing."""
        k = self.failures.get(prover, 0)
        wins, both = self._table.wins[prover], self._table.both[prover]
        self._bought += np.log((both - wins + k) / (both + k))
        self.failures[prover] = k + 1
        self._priced(prover, price, proved=False)

    def succeeded(self, prover: int, price: float | None) -> None:
        """An attempt succeeded."""
        k = self.failures.get(prover, 0)
        self._bought += np.log(self._table.wins[prover] / (self._table.both[prover] + k))
        self._priced(prover, price, proved=True)

    def _priced(self, prover: int, price: float | None, *, proved: bool) -> None:
        if price is not None:
            paid = self._paid.setdefault(prover, [])
            paid.append(price)
            mean = float(np.log(sum(paid) / len(paid)))
            if prover < self._reads:
                self._met[prover] = (mean, proved)
                self._alike = np.log(np.maximum(self._again(self._met), 1e-300))
            else:
                self._nearer(prover, mean, len(paid))
        self.weights = self._weights()

    def _nearer(self, prover: int, mean: float, count: int) -> None:
        apart = mean - self._table.log_cost[prover]
        apart = apart / np.hypot(self._table.spread[prover], NOISE / np.sqrt(count))
        near = np.log(np.exp(-0.5 * np.minimum(apart**2, 600.0)) + 1e-12)
        self._bought += near - self._near.get(prover, 0.0)
        self._near[prover] = near

    def _weights(self) -> Floats:
        log = self._alike + self._bought
        weights = np.exp(log - log.max())
        return np.asarray(weights / weights.sum())


def sigmoid(odds: Floats) -> Floats:
    """Chances from log odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def logit(chances: Floats) -> Floats:
    """Log odds from chances; certainties are taken for very likely."""
    kept = np.clip(chances, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(kept / (1 - kept)))
