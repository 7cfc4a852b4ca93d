"""Learning while it runs: the index that records and finished theorems stand for.

A finished theorem becomes a recorded one, though only some provers were tried on it. The base
(prior.py) says what was to be expected of it: log odds l_tj and costs e_tj after all that was
bought for it, so that an untried cell is what the theorems most like it, in text and in how it
went, say of that prover. With n attempts, s of them proofs, and what sellers turned out to be
(reliability.py), cell (t, j) is

    Beta(s + g m, n - s + g (1 - m)),   m = sigmoid(l_tj + theta_j),   g = GUESSED
    cost  =  e_tj * level_j * exp(d),   d = n / (n + 1) * mean log(paid / (e_tj * level_j then))

thus a cell with n = 0 is the belief alone, and with growing n its own record. Recorded cells move
with theta_j and level_j too: live evidence corrects what records promised.

How much a learnt theorem is like another is what the forest says (similarity.py); it is fitted
again whenever half as many theorems again are known, later ones weigh 1/T each. All of this is a
function of the records and the memory, remembered for each memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from prover_arb.core.history import Finished, Memory
from prover_arb.core.money import MICRO
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.attempt_index import Index
from prover_arb.scheduler.index.beliefs import SPREAD, smoothed
from prover_arb.scheduler.index.features import of_theorems
from prover_arb.scheduler.index.prior import GUESSED, WIDE, Base, Records
from prover_arb.scheduler.index.reliability import Standings
from prover_arb.scheduler.index.similarity import Again, Alike, Asked, Likeness
from prover_arb.scheduler.index.table import Course, Table, logit, sigmoid

MOST = 2000
"""Finished theorems kept; the older half is forgotten when there are more."""

ENOUGH = 16
"""Finished theorems before their texts say anything."""


class Learner:
    """Indices by memory."""

    def __init__(self, records: Records, learnt: Sequence[Finished] = ()) -> None:
        """`learnt`: finished theorems known beforehand, older than any memory."""
        self._records = records
        self._learnt = list(learnt)
        self._head = _Head(records, ())
        self._seen: Memory | None = None
        self._indices: WeakKeyDictionary[Memory, Index] = WeakKeyDictionary()

    def after(self, memory: Memory, sold: Iterable[str] = ()) -> Index:
        """The index for what is remembered, with every prover that is known or `sold` now."""
        index = self._indices.get(memory)
        if index is None or not index.columns.keys() >= set(sold):
            index = self._learn(memory, sold)
            self._indices[memory] = index
        return index

    def _learn(self, memory: Memory, sold: Iterable[str]) -> Index:
        follows = self._seen is not None and memory.extends(self._seen)
        new = memory.since(len(self._seen) if self._seen is not None and follows else 0)
        met = {*sold, *(past.prover for one in new for past in one.past)}
        if not follows or not met <= set(self._head.provers):
            known = {past.prover for one in self._learnt for past in one.past}
            others = (known | met | set(self._head.provers)) - set(self._records.provers)
            self._head = _Head(self._records, tuple(sorted(others)))
            new = [*self._learnt, *memory.since(0)]
        self._head.extend(new)
        self._seen = memory
        return self._head.index()


@dataclass(frozen=True)
class _Row:
    """A finished theorem; arrays [m]."""

    theorem: str
    statement: str | None
    odds: Floats
    """Of success, as the base says after all that was bought."""
    cost: Floats
    """In the base's units, level 1."""
    attempts: Floats
    proofs: Floats


class _Head:
    """What was learnt so far, theorem after theorem."""

    def __init__(self, records: Records, others: tuple[str, ...]) -> None:
        self._records = records
        self._base: Base = records.base(others)
        self.provers = self._base.table.provers
        self._column = {name: j for j, name in enumerate(self.provers)}
        self._standings = Standings(self._base.recorded)
        self._quoted = self._base.quoted.copy()
        self._offered = np.ones(len(self.provers))
        self._rows: list[_Row] = []
        self._forgotten = 0
        self._model: tuple[tuple[int, int], Alike | None] | None = None

    def extend(self, finished: Sequence[Finished]) -> None:
        for one in finished:
            self._rows.append(self._learnt(one))
            if len(self._rows) > MOST:
                self._rows = self._rows[MOST // 2 :]
                self._forgotten += MOST // 2

    def _learnt(self, one: Finished) -> _Row:
        """Go through its purchases in order, comparing each with what was to be expected."""
        base, m = self._base.table, len(self.provers)
        belief, level = self._standings.belief, self._standings.level
        course = Course(
            base.shifted(belief.mean, level),
            self._base.likeness,
            (one.theorem, one.statement or ""),
        )
        attempts, proofs, apart = np.zeros((3, m))
        for past in one.past:
            j = self._column[past.prover]
            if past.offered > 0:
                self._offered[j] = past.offered / MICRO
                if self._quoted[j] == 0:
                    self._quoted[j] = self._offered[j]
            ratio = past.offered / MICRO / self._quoted[j] if past.offered > 0 else 1.0
            paid = max(past.cost, 1) / MICRO / ratio
            expected = float(course.weights @ base.cost[j])
            self._standings.invoiced(j, expected, paid)
            if past.status == "void":
                continue
            apart[j] += np.log(paid / (expected * level[j]))
            proved = past.status == "proved"
            self._standings.judged(j, course.chance(base, j), proved)
            attempts[j] += 1
            proofs[j] += proved
            (course.succeeded if proved else course.failed)(j, paid)
        return _Row(
            one.theorem,
            one.statement,
            logit(base.rate @ course.weights),
            base.cost @ course.weights * np.exp(apart / (attempts + 1)),
            attempts,
            proofs,
        )

    def index(self) -> Index:
        """What has been learnt, as an index that no longer changes."""
        # Of sellers without records costs are in units of what they quote: the last that is known.
        units = np.where(self._base.recorded, 1.0, self._offered)
        quoted = np.where(self._base.recorded, self._quoted, self._offered)
        learnt = self._standings.learnt(quoted)
        belief, level = learnt.belief, learnt.level
        table = self._base.table.shifted(belief.mean, level)
        rows = self._rows
        if rows:
            odds = np.stack([row.odds for row in rows], axis=1)
            proofs = np.stack([row.proofs for row in rows], axis=1)
            attempts = np.stack([row.attempts for row in rows], axis=1)
            cost = np.stack([row.cost for row in rows], axis=1)
            table = table.with_rows(
                Table(
                    self.provers,
                    tuple(row.theorem for row in rows),
                    proofs + GUESSED * sigmoid(odds + belief.mean[:, None]),
                    attempts + GUESSED,
                    cost * level[:, None],
                    np.where(attempts > 0, SPREAD, WIDE),
                )
            )
        return Index.of(table.shifted(np.zeros(len(units)), units), self._likeness(), learnt)

    def _likeness(self) -> Likeness:
        learnt = len(self._rows)
        if not learnt:
            return self._base.likeness
        model, known = self._fitted()
        if model is None:
            return _Longer(self._base.likeness, learnt, self._base.mass)
        panel = self._records.panel
        if panel is not None:
            return _Longer(model, learnt - known, len(panel) + known)
        # Theorems of which there is no record stand before those that the model knows.
        return _Longer(model, learnt - known, known, self._base.mass, self._base.likeness)

    def _fitted(self) -> tuple[Alike | None, int]:
        """The model in force, and how many learnt theorems it knows."""
        there = 0 if self._records.panel is None else len(self._records.panel)
        count = max(ENOUGH, there // 4)
        if len(self._rows) < count:
            return None, 0
        while (there + count) * 3 // 2 - there <= len(self._rows):
            count = (there + count) * 3 // 2 - there
        key = (self._forgotten, count)
        if self._model is None or self._model[0] != key:
            self._model = (key, self._fit(self._rows[:count]))
        return self._model[1], count if self._model[1] is not None else 0

    def _fit(self, rows: Sequence[_Row]) -> Alike | None:
        has = np.array([row.statement is not None for row in rows])
        before, known = self._records.panel, self._records.known
        if before is None and has.mean() < 0.5:
            return None
        attempts = np.stack([row.attempts for row in rows])
        proofs = np.stack([row.proofs for row in rows])
        odds = np.stack([row.odds for row in rows])
        rate = (proofs + sigmoid(odds)) / (attempts + 1)
        cost = np.stack([row.cost for row in rows])
        solved = np.where(attempts > 0, proofs, np.nan)
        once = np.asarray((attempts <= 1).all(axis=0))
        read: Floats | None = None
        if before is None or known is not None:
            read = of_theorems([row.theorem for row in rows], [row.statement for row in rows])
        if before is not None:
            m = len(before.provers)
            rate = np.vstack([smoothed(before), rate[:, :m]])
            cost = np.vstack([before.cost, cost[:, :m]])
            solved = np.vstack([before.successes.astype(np.float64), solved[:, :m]])
            once = before.once & once[:m]
            read = None if known is None or read is None else np.vstack([known, read])
        return Alike(read, rate, cost, solved, once)


class _Longer:
    """A likeness over more theorems than it knows: those before it, and those after it, weigh the
    same each, whatever is asked."""

    def __init__(
        self,
        inner: Likeness,
        after: int,
        known: float,
        mass: float = 0.0,
        first: Likeness | None = None,
    ) -> None:
        """`known` theorems stand behind `inner`, `mass` behind the ones before it, over which
        `first` spreads them."""
        self.reads = inner.reads
        self._inner = inner
        self._first = first
        self._after = after
        total = known + mass + after
        self._shares = mass / total, known / total, 1.0 / total

    def __call__(self, asked: Asked) -> Floats:
        return self._joined(self._inner(asked), self._first(asked) if self._first else None)

    def about(self, one: tuple[str, str]) -> Again:
        again = self._inner.about(one)
        first = self._first([one]) if self._first else None
        return lambda met: self._joined(again(met)[None, :], first)[0]

    def _joined(self, inner: Floats, first: Floats | None) -> Floats:
        mass, known, each = self._shares
        parts = [known * inner, np.full((len(inner), self._after), each)]
        if first is not None:
            parts.insert(0, mass * first)
        return np.hstack(parts)
