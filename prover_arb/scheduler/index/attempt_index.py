"""The index: what each seller's next attempt promises per dollar, given everything known.

The belief about a new theorem is a set of weights w_t on recorded theorems (table.py): by its
statement and by what purchases reveal (similarity.py), and by Bayes' rule for every failure. For
the next attempt of prover j

    index_j  =  V * (sum_t w_t p_tj) / (sum_t w_t c_tj)

with p_tj the chance of success after the failures so far and c_tj the cost; prices met are averaged
with the expected one, and costs follow the worst case that is quoted now. V is what a proof is
worth. The best index sells, and nothing is bought below 1.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from prover_arb.core.history import Past
from prover_arb.core.money import MICRO
from prover_arb.core.theorem import Theorem
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.reliability import Learnt, raised
from prover_arb.scheduler.index.similarity import Likeness, of_panel
from prover_arb.scheduler.index.table import Course, Table, recorded

REMEMBERED = 4096
"""Theorems whose belief is kept, so that a decision only adds what was bought since the last."""

AT_ONCE = 4_000_000
"""Weights worked out in one go while planning; few large products are faster than many small."""


@dataclass(frozen=True)
class Prospect:
    """What the next attempt of one seller promises."""

    prover: str
    chance: float
    cost: float
    """Dollars expected."""
    index: float
    """Value per dollar: worth * chance / cost."""
    bonus: float = 0.0
    """Added to the chance when the seller is tried in order to learn."""


@dataclass(frozen=True)
class Plan:
    """The first purchase for each of Q theorems; arrays [Q]."""

    provers: tuple[str, ...]
    first: Ints
    """Number in `provers` of the seller with the best index."""
    chance: Floats
    cost: Floats
    """Dollars expected."""
    index: Floats
    """Value per dollar; nothing is worth buying at 1 or below."""


@dataclass(frozen=True)
class Outlook:
    """Prospects of all provers of a table, in its order; arrays [m]."""

    chance: Floats
    cost: Floats
    """Dollars; infinite for sellers who quote no price where quotes are given."""
    bonus: Floats


class Index:
    """Prospects of every seller on a theorem, from recorded theorems in dollars."""

    def __init__(self, panel: Panel, known: Floats | None = None) -> None:
        """`known` [T, F]: features of the recorded theorems; without them text says nothing."""
        self._set(recorded(panel), of_panel(panel, known), None)

    @classmethod
    def of(cls, table: Table, likeness: Likeness, learnt: Learnt) -> Index:
        """An index over a table in which all that was learnt is taken into account."""
        found = cls.__new__(cls)
        found._set(table, likeness, learnt)
        return found

    def _set(self, table: Table, likeness: Likeness, learnt: Learnt | None) -> None:
        self.table = table
        self.learnt = learnt
        self._likeness = likeness
        self._quoted = np.zeros(len(table.provers)) if learnt is None else learnt.quoted
        self.columns = {name: j for j, name in enumerate(table.provers)}
        self._rates = np.vstack([table.rate, table.cost]).astype(np.float32)
        self._courses: OrderedDict[tuple[str, str], _Followed] = OrderedDict()
        self._latest: tuple[dict[str, int], Floats] | None = None

    @property
    def quotes(self) -> dict[str, int]:
        """Micro-dollars: the worst cases at which the table's costs hold; 1 where not known."""
        priced = zip(self.provers, self._quoted, strict=True)
        return {name: max(1, round(float(quoted) * MICRO)) for name, quoted in priced}

    @property
    def provers(self) -> tuple[str, ...]:
        return self.table.provers

    def prior(self, theorem: Theorem) -> Floats:
        """[T] the belief before anything is bought."""
        return self._followed(theorem).prior

    def belief(self, theorem: Theorem, past: Sequence[Past]) -> Floats:
        """[T] the belief after purchases that all failed."""
        return self._after(theorem, past).course.weights

    def outlook(
        self,
        theorem: Theorem,
        past: Sequence[Past],
        quotes: Mapping[str, int] | None = None,
        seed: int | None = None,
    ) -> Outlook:
        """What the next attempt of every prover promises; `seed` is for exploration."""
        ratios = self._ratios(quotes)
        followed = self._after(theorem, past)
        course, table = followed.course, self.table
        both = (self._rates @ course.weights.astype(np.float32)).astype(np.float64)
        chance, cost = both[: len(table.provers)], both[len(table.provers) :] * ratios
        for j in course.failures:
            chance[j] = course.chance(table, j)
        for j, paid in followed.paid.items():
            cost[j] = (cost[j] + sum(paid)) / (1 + len(paid))
        if seed is None or self.learnt is None:
            return Outlook(chance, cost, np.zeros_like(chance))
        if followed.draw is None or followed.seed != seed:
            followed.draw = self.learnt.belief.draw(seed, theorem.digest, table.provers)
            followed.seed = seed
        bonus = raised(chance, followed.draw) - chance
        # A seller is explored by one attempt on each of many theorems, not by many on one.
        bonus[list(course.failures)] = 0.0
        return Outlook(chance, cost, bonus)

    def prospects(
        self,
        theorem: Theorem,
        past: Sequence[Past],
        value: int,
        quotes: Mapping[str, int] | None = None,
        seed: int | None = None,
    ) -> list[Prospect]:
        """Best first; `value` in micro-dollars.

        With `quotes`, worst cases in micro-dollars, costs follow them and others sell nothing; with
        a `seed` there are bonuses for exploration, which the order and the index leave out.
        """
        found = self.outlook(theorem, past, quotes, seed)
        index = value / MICRO * found.chance / found.cost
        return [
            Prospect(
                self.provers[j],
                float(found.chance[j]),
                float(found.cost[j]),
                float(index[j]),
                float(found.bonus[j]),
            )
            for j in np.argsort(-index, kind="stable")
            if np.isfinite(found.cost[j])
        ]

    def plan(
        self,
        theorems: Sequence[Theorem],
        value: int | Sequence[int],
        quotes: Mapping[str, int] | None = None,
    ) -> Plan:
        """The first purchase for each of many theorems, before anything is bought for them.

        `value` in micro-dollars, one for all or one for each.
        """
        worth = np.broadcast_to(np.asarray(value, dtype=np.float64) / MICRO, (len(theorems),))
        ratios, m = self._ratios(quotes), len(self.provers)
        chance, cost = np.empty((2, len(theorems)))
        first = np.empty(len(theorems), dtype=np.int64)
        texts = [(theorem.name, theorem.statement) for theorem in theorems]
        size = max(1, AT_ONCE // len(self.table.theorems))
        for start in range(0, len(texts), size):
            part = slice(start, start + size)
            both = self._likeness(texts[part]).astype(np.float32) @ self._rates.T
            chances, costs = both[:, :m], both[:, m:] * ratios
            best = np.argmax(chances / costs, axis=1)
            first[part] = best
            chance[part] = chances[np.arange(len(best)), best]
            cost[part] = costs[np.arange(len(best)), best]
        return Plan(self.provers, first, chance, cost, worth * chance / cost)

    def _ratios(self, quotes: Mapping[str, int] | None) -> Floats:
        """[m] what costs are to be multiplied with at prices quoted now."""
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

    def _followed(self, theorem: Theorem) -> _Followed:
        key = (theorem.name, theorem.statement)
        found = self._courses.get(key)
        if found is None:
            found = _Followed(partial(Course, self.table, self._likeness, key))
            self._courses[key] = found
            if len(self._courses) > REMEMBERED:
                self._courses.popitem(last=False)
        else:
            self._courses.move_to_end(key)
        return found

    def _after(self, theorem: Theorem, past: Sequence[Past]) -> _Followed:
        followed = self._followed(theorem)
        known = followed.past
        if len(known) > len(past) or any(
            a is not b and a != b for a, b in zip(known, past, strict=False)
        ):
            followed.restart()
        for one in past[len(followed.past) :]:
            j = self.columns.get(one.prover)
            if j is not None:
                priced = one.offered > 0 and self._quoted[j] > 0
                ratio = one.offered / MICRO / self._quoted[j] if priced else 1.0
                # Where nothing was paid, nothing was delivered, and no price was met.
                followed.course.failed(j, one.cost / MICRO / ratio if one.cost > 0 else None)
                if one.cost > 0:
                    followed.paid.setdefault(j, []).append(one.cost / MICRO)
            followed.past.append(one)
        return followed


class _Followed:
    """A theorem's belief, and the purchases that went into it."""

    def __init__(self, make: Callable[[], Course]) -> None:
        self._make = make
        self.draw: Floats | None = None
        self.seed = 0
        self.restart()
        self.prior = self.course.weights

    def restart(self) -> None:
        self.course = self._make()
        self.past: list[Past] = []
        self.paid: dict[int, list[float]] = {}
