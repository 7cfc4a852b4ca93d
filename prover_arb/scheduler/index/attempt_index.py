"""The index: what each prover's next attempt is worth per dollar, given everything known.

The belief about a new theorem is a set of weights w_t on recorded theorems t (table.py). They come
from the theorem's statement and from what purchases reveal (similarity.py), and Bayes' rule changes
them with every failure. For the next attempt of prover j

    index_j  =  V * (sum_t w_t p_tj) / (sum_t w_t c_tj)

where p_tj is the chance of success on theorem t after the failures so far, c_tj is the cost of an
attempt in dollars, and V is what a proof is worth in dollars. Prices met on this theorem are
averaged with the expected cost, and costs follow the worst case that is quoted now. The policy buys
the attempt with the highest index, and nothing whose index is 1 or below.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from prover_arb.core.history import PurchaseOutcome
from prover_arb.core.money import MICRO
from prover_arb.core.theorem import Theorem
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.reliability import Reliability, raised
from prover_arb.scheduler.index.similarity import SimilarityModel, similarity_of
from prover_arb.scheduler.index.table import Posterior, RecordTable, record_table

REMEMBERED = 4096
"""How many theorems' posteriors are kept, so that a decision only adds the latest purchases."""

CHUNK = 4_000_000
"""How many weights are computed at once while planning; few large products are faster."""


@dataclass(frozen=True)
class AttemptForecast:
    """What the next attempt of one prover promises."""

    prover: str
    chance: float
    cost: float
    """The expected cost in dollars."""
    index: float
    """Value per dollar: what a proof is worth, times the chance, over the cost."""
    bonus: float = 0.0
    """What is added to the chance when the prover is tried in order to learn."""


@dataclass(frozen=True)
class FirstPurchases:
    """The first purchase for each of Q theorems; arrays are [Q]."""

    provers: tuple[str, ...]
    first: Ints
    """The position in `provers` of the prover with the highest index."""
    chance: Floats
    cost: Floats
    """The expected cost in dollars."""
    index: Floats
    """Value per dollar; nothing is worth buying at 1 or below."""


@dataclass(frozen=True)
class Forecast:
    """What the next attempt of every prover of a table promises, in its order; arrays are [m]."""

    chance: Floats
    cost: Floats
    """Dollars; infinite for provers without a quote, where quotes are given."""
    bonus: Floats
    """What exploration adds to the chance."""


class Index:
    """Forecasts for every prover on a theorem, from recorded theorems in dollars."""

    def __init__(self, panel: Panel, features: Floats | None = None) -> None:
        """Makes the index of a panel, before anything is learnt.

        `features` [T, F] describe the recorded theorems; without them statements are not read.
        """
        self._set(record_table(panel), similarity_of(panel, features), None)

    @classmethod
    def of(cls, table: RecordTable, similarity: SimilarityModel, reliability: Reliability) -> Index:
        """Makes an index over a table that already takes into account what was learnt."""
        index = cls.__new__(cls)
        index._set(table, similarity, reliability)
        return index

    def _set(
        self, table: RecordTable, similarity: SimilarityModel, reliability: Reliability | None
    ) -> None:
        self.table = table
        self.reliability = reliability
        self._similarity = similarity
        self._quoted = np.zeros(len(table.provers)) if reliability is None else reliability.quoted
        self.columns = {name: j for j, name in enumerate(table.provers)}
        self._rates = np.vstack([table.rate, table.cost]).astype(np.float32)
        self._tracked: OrderedDict[tuple[str, str], _TrackedTheorem] = OrderedDict()
        self._latest: tuple[dict[str, int], Floats] | None = None

    @property
    def quotes(self) -> dict[str, int]:
        """The worst cases, in micro-dollars, at which the table's costs hold; 1 if unknown."""
        priced = zip(self.provers, self._quoted, strict=True)
        return {name: max(1, round(float(quoted) * MICRO)) for name, quoted in priced}

    @property
    def provers(self) -> tuple[str, ...]:
        return self.table.provers

    def prior(self, theorem: Theorem) -> Floats:
        """Returns the weights [T] before anything is bought."""
        return self._track(theorem).prior

    def belief(self, theorem: Theorem, past: Sequence[PurchaseOutcome]) -> Floats:
        """Returns the weights [T] after the purchases `past`, which all failed."""
        return self._after(theorem, past).posterior.weights

    def forecast(
        self,
        theorem: Theorem,
        past: Sequence[PurchaseOutcome],
        quotes: Mapping[str, int] | None = None,
        seed: int | None = None,
    ) -> Forecast:
        """Forecasts the next attempt of every prover, after the failed purchases `past`.

        `quotes` are worst cases in micro-dollars: costs follow them, and provers without a quote
        cost infinity. Exploration bonuses are drawn with `seed`; without one they are 0.
        """
        ratios = self.ratios(quotes)
        tracked = self._after(theorem, past)
        posterior, table = tracked.posterior, self.table
        means = (self._rates @ posterior.weights.astype(np.float32)).astype(np.float64)
        chance, cost = means[: len(table.provers)], means[len(table.provers) :] * ratios
        for j in posterior.failures:
            chance[j] = posterior.chance(table, j)
        for j, paid in tracked.paid.items():
            cost[j] = (cost[j] + sum(paid)) / (1 + len(paid))
        if seed is None or self.reliability is None:
            return Forecast(chance, cost, np.zeros_like(chance))
        if tracked.draw is None or tracked.seed != seed:
            tracked.draw = self.reliability.belief.draw(seed, theorem.digest, table.provers)
            tracked.seed = seed
        bonus = raised(chance, tracked.draw) - chance
        # A prover is explored by one attempt on each of many theorems, not by many on one.
        bonus[list(posterior.failures)] = 0.0
        return Forecast(chance, cost, bonus)

    def per_dollar_of_series(
        self,
        theorem: Theorem,
        past: Sequence[PurchaseOutcome],
        quotes: Mapping[str, int],
    ) -> float:
        """Returns the best chance per dollar of buying the first few of a series of products.

        Each of them is bought only if those before it fail. `quotes` are their worst cases in
        micro-dollars, in the order in which they are sold; none of them was bought yet.
        """
        ratios, table = self.ratios(quotes), self.table
        surviving = self._after(theorem, past).posterior.weights
        best = chance = cost = 0.0
        for name in quotes:
            j = self.columns[name]
            cost += float(surviving @ table.cost[j]) * float(ratios[j])
            chance += float(surviving @ table.rate[j])
            best = max(best, chance / cost)
            surviving = surviving * (1 - table.rate[j])
        return best

    def attempt_forecasts(
        self,
        theorem: Theorem,
        past: Sequence[PurchaseOutcome],
        value: int,
        quotes: Mapping[str, int] | None = None,
        seed: int | None = None,
    ) -> list[AttemptForecast]:
        """Returns the forecast of each prover that sells, the highest index first.

        `value` is what a proof is worth in micro-dollars; `quotes` and `seed` are those of
        `forecast`. The index, and therefore the order, leave exploration bonuses out.
        """
        forecast = self.forecast(theorem, past, quotes, seed)
        index = value / MICRO * forecast.chance / forecast.cost
        return [
            AttemptForecast(
                self.provers[j],
                float(forecast.chance[j]),
                float(forecast.cost[j]),
                float(index[j]),
                float(forecast.bonus[j]),
            )
            for j in np.argsort(-index, kind="stable")
            if np.isfinite(forecast.cost[j])
        ]

    def plan(
        self,
        theorems: Sequence[Theorem],
        value: int | Sequence[int],
        quotes: Mapping[str, int] | None = None,
    ) -> FirstPurchases:
        """Plans the first purchase for each of many theorems, before anything is bought for them.

        `value` is in micro-dollars: one value for all theorems, or one for each.
        """
        worth = np.broadcast_to(np.asarray(value, dtype=np.float64) / MICRO, (len(theorems),))
        ratios, m = self.ratios(quotes), len(self.provers)
        chance, cost = np.empty((2, len(theorems)))
        first = np.empty(len(theorems), dtype=np.int64)
        texts = [(theorem.name, theorem.statement) for theorem in theorems]
        size = max(1, CHUNK // len(self.table.theorems))
        for start in range(0, len(texts), size):
            part = slice(start, start + size)
            means = self._similarity(texts[part]).astype(np.float32) @ self._rates.T
            chances, costs = means[:, :m], means[:, m:] * ratios
            best = np.argmax(chances / costs, axis=1)
            first[part] = best
            chance[part] = chances[np.arange(len(best)), best]
            cost[part] = costs[np.arange(len(best)), best]
        return FirstPurchases(self.provers, first, chance, cost, worth * chance / cost)

    def ratios(self, quotes: Mapping[str, int] | None) -> Floats:
        """Returns the factors [m] that adapt costs to the prices quoted now."""
        if quotes is None:
            return np.ones(len(self.provers))
        # Quotes rarely change from one decision to the next.
        if self._latest is None or self._latest[0] != quotes:
            ratios = np.ones(len(self.provers))
            quoted = np.array([quotes.get(name, -1) for name in self.provers]) / MICRO
            priced = self._quoted > 0
            ratios[priced] = quoted[priced] / self._quoted[priced]
            ratios[quoted < 0] = np.inf
            self._latest = (dict(quotes), ratios)
        return self._latest[1]

    def _track(self, theorem: Theorem) -> _TrackedTheorem:
        key = (theorem.name, theorem.statement)
        tracked = self._tracked.get(key)
        if tracked is None:
            tracked = _TrackedTheorem(partial(Posterior, self.table, self._similarity, key))
            self._tracked[key] = tracked
            if len(self._tracked) > REMEMBERED:
                self._tracked.popitem(last=False)
        else:
            self._tracked.move_to_end(key)
        return tracked

    def _after(self, theorem: Theorem, past: Sequence[PurchaseOutcome]) -> _TrackedTheorem:
        """Brings the theorem's posterior up to the purchases `past`."""
        tracked = self._track(theorem)
        known = tracked.past
        if len(known) > len(past) or any(
            a is not b and a != b for a, b in zip(known, past, strict=False)
        ):
            tracked.restart()
        for bought in past[len(tracked.past) :]:
            j = self.columns.get(bought.product)
            if j is not None:
                priced = bought.offered > 0 and self._quoted[j] > 0
                ratio = bought.offered / MICRO / self._quoted[j] if priced else 1.0
                # Where nothing was paid, nothing was delivered, and no price was met.
                price = bought.cost / MICRO / ratio if bought.cost > 0 else None
                tracked.posterior.failed(j, price)
                if bought.cost > 0:
                    tracked.paid.setdefault(j, []).append(bought.cost / MICRO)
            tracked.past.append(bought)
        return tracked


class _TrackedTheorem:
    """The posterior of one theorem, and the purchases that went into it."""

    def __init__(self, make: Callable[[], Posterior]) -> None:
        self._make = make
        self.draw: Floats | None = None
        self.seed = 0
        self.restart()
        self.prior = self.posterior.weights

    def restart(self) -> None:
        """Forgets all purchases."""
        self.posterior = self._make()
        self.past: list[PurchaseOutcome] = []
        self.paid: dict[int, list[float]] = {}
        """Dollars paid, by the prover's number."""
