"""Recorded theorems as the index reads them, and the posterior about one theorem.

Every cell (prover j, recorded theorem t) holds a Beta(a_tj, b_tj) distribution of j's success rate
on t, and the expected cost c_tj of an attempt. A belief is a row of weights over the recorded
theorems. An attempt of j that fails after k earlier failures multiplies weight t by its probability

    (b_tj + k) / (a_tj + b_tj + k),

and one that succeeds by one minus that. The similarity model that gives the first weights also
reads prices, and gives them anew after every purchase (similarity.py). For provers that it does not
read, the mean price of n attempts changes weight t by how near it is to c_tj: by exp(-x^2 / 2) with

    x = log(mean price / c_tj) / hypot(spread_tj, NOISE / sqrt(n)).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.beliefs import NOISE, SPREAD
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.similarity import SimilarityModel

PSEUDO = 0.1
"""Successes, and failures, added to the record of a prover on a theorem, where the record speaks
for similar theorems: little, since the beliefs average over many of them."""

REPEATED_PSEUDO = 0.01
"""The same for a prover that repeats itself: its outcome on a recorded theorem is known, and all
doubt is about which recorded theorems a new one is like."""

TINY = 1e-300
"""Stands in for a weight of 0, so that it has a logarithm."""


@dataclass(frozen=True, eq=False)
class RecordTable:
    """m provers on T recorded theorems; arrays are [m, T], so a prover's cells lie together."""

    provers: tuple[str, ...]
    theorems: tuple[str, ...]
    wins: Floats
    """a of Beta(a, b): successes, and what was believed before any attempt."""
    total: Floats
    """a + b."""
    cost: Floats
    """The expected cost of one attempt, in dollars."""
    spread: Floats
    """How far, in log cost, a theorem's mean price may be from that of a similar theorem."""

    @cached_property
    def log_cost(self) -> Floats:
        """The log of the expected cost [m, T]."""
        return np.asarray(np.log(self.cost))

    @cached_property
    def rate(self) -> Floats:
        """The chance that a first attempt succeeds [m, T]."""
        return self.wins / self.total

    def shifted(self, odds: Floats, level: Floats) -> RecordTable:
        """Returns the table with `odds` [m] added to log odds and costs times `level` [m]."""
        rate = np.where(odds[:, None] == 0, self.rate, sigmoid(logit(self.rate) + odds[:, None]))
        return replace(self, wins=rate * self.total, cost=self.cost * level[:, None])

    def with_rows(self, more: RecordTable) -> RecordTable:
        """Returns this table followed by the theorems of `more`, which has the same provers."""
        return RecordTable(
            self.provers,
            self.theorems + more.theorems,
            np.hstack([self.wins, more.wins]),
            np.hstack([self.total, more.total]),
            np.hstack([self.cost, more.cost]),
            np.hstack([self.spread, more.spread]),
        )


def record_table(panel: Panel) -> RecordTable:
    """Makes the table of a panel in dollars: every prover on every theorem."""
    pseudo = np.where(panel.once, REPEATED_PSEUDO, PSEUDO)[:, None]
    return RecordTable(
        panel.provers,
        panel.theorems,
        np.ascontiguousarray(panel.successes.T + pseudo, dtype=np.float64),
        np.ascontiguousarray(panel.attempts.T + 2 * pseudo, dtype=np.float64),
        np.ascontiguousarray(panel.cost.T),
        np.full(panel.cost.T.shape, SPREAD),
    )


class Posterior:
    """The belief about one theorem, updated purchase by purchase."""

    def __init__(
        self, table: RecordTable, similarity: SimilarityModel, text: tuple[str, str]
    ) -> None:
        """Begins with the weights by name and statement; `text` is that pair."""
        self._table = table
        self._reweigh = similarity.for_theorem(text)
        self._reads = similarity.reads
        self._log_similarity = np.log(np.maximum(self._reweigh({}), TINY))
        self._log_likelihood = np.zeros_like(self._log_similarity)
        """Of the purchases, as far as the similarity model does not read them."""
        self._revealed: dict[int, tuple[float, bool]] = {}
        self._paid: dict[int, list[float]] = {}
        self._log_nearness: dict[int, Floats] = {}
        self.failures: dict[int, int] = {}
        """How many attempts failed, by the prover's number."""
        self.weights = self._weights()
        """The belief [T]."""

    def chance(self, table: RecordTable, prover: int) -> float:
        """Returns the chance that the prover's next attempt succeeds, by the cells of `table`."""
        k = self.failures.get(prover, 0)
        return float(self.weights @ (table.wins[prover] / (table.total[prover] + k)))

    def failed(self, prover: int, price: float | None) -> None:
        """Takes in a failed attempt that cost `price` dollars; None leaves the price out."""
        k = self.failures.get(prover, 0)
        wins, total = self._table.wins[prover], self._table.total[prover]
        self._log_likelihood += np.log((total - wins + k) / (total + k))
        self.failures[prover] = k + 1
        self._take_price(prover, price, proved=False)

    def succeeded(self, prover: int, price: float | None) -> None:
        """Takes in a successful attempt that cost `price` dollars; None leaves the price out."""
        k = self.failures.get(prover, 0)
        self._log_likelihood += np.log(self._table.wins[prover] / (self._table.total[prover] + k))
        self._take_price(prover, price, proved=True)

    def _take_price(self, prover: int, price: float | None, *, proved: bool) -> None:
        if price is not None:
            paid = self._paid.setdefault(prover, [])
            paid.append(price)
            mean = float(np.log(sum(paid) / len(paid)))
            if prover < self._reads:
                self._revealed[prover] = (mean, proved)
                self._log_similarity = np.log(np.maximum(self._reweigh(self._revealed), TINY))
            else:
                self._compare_price(prover, mean, len(paid))
        self.weights = self._weights()

    def _compare_price(self, prover: int, mean: float, count: int) -> None:
        distance = mean - self._table.log_cost[prover]
        distance = distance / np.hypot(self._table.spread[prover], NOISE / np.sqrt(count))
        log_nearness = np.log(np.exp(-0.5 * np.minimum(distance**2, 600.0)) + 1e-12)
        self._log_likelihood += log_nearness - self._log_nearness.get(prover, 0.0)
        self._log_nearness[prover] = log_nearness

    def _weights(self) -> Floats:
        log = self._log_similarity + self._log_likelihood
        weights = np.exp(log - log.max())
        return np.asarray(weights / weights.sum())


def sigmoid(odds: Floats) -> Floats:
    """Returns the chances of log odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


def logit(chances: Floats) -> Floats:
    """Returns the log odds of chances, which are first clipped to [0.0001, 0.9999]."""
    clipped = np.clip(chances, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(clipped / (1 - clipped)))
