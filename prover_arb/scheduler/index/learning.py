"""The index that learns while it runs: recorded theorems, and theorems finished since.

A finished theorem becomes a recorded one, although only some provers were tried on it. The prior
(prior.py) says what was to be expected of it: log odds l_tj and costs e_tj after everything that
was bought for it. An untried cell is thus what the theorems most like it, in text and in what
happened, say about that prover. With n attempts, s of them proofs, and the provers' reliability
(reliability.py), cell (t, j) is

    Beta(s + g m, n - s + g (1 - m)),   m = sigmoid(l_tj + theta_j),   g = GUESSED
    cost  =  e_tj * level_j * exp(d),   d = n / (n + 1) * mean log(paid / (e_tj * level_j then))

so a cell with n = 0 is the belief alone, and with growing n it becomes its own record. Recorded
cells move with theta_j and level_j too: purchases correct what records promised.

How much a learnt theorem is like a new one is what the forest says (similarity.py). The forest is
fitted again whenever there are half as many theorems again; theorems learnt since weigh 1/T each.
All of this is a function of the records and the history, and is cached for each history. The module
is longer than 300 lines because its pieces are one formula, which is read as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from prover_arb.core.history import History, TheoremHistory
from prover_arb.core.money import MICRO
from prover_arb.core.stopwatch import CpuMeter
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.attempt_index import Index
from prover_arb.scheduler.index.beliefs import SPREAD, smoothed
from prover_arb.scheduler.index.prior import GUESSED, WIDE, PriorBelief, RecordedTheorems
from prover_arb.scheduler.index.reliability import ReliabilityPosterior
from prover_arb.scheduler.index.reslicing import Slices, resliced
from prover_arb.scheduler.index.similarity import (
    ForestSimilarity,
    Reweigh,
    SimilarityModel,
    TheoremTexts,
)
from prover_arb.scheduler.index.table import Posterior, RecordTable, logit, sigmoid

MOST = 2000
"""How many finished theorems are kept; when there are more, the older half is forgotten."""

ENOUGH = 16
"""How many finished theorems it takes before their texts are read."""


class Learner:
    """Builds the index for a history of finished theorems, and caches it."""

    def __init__(
        self,
        records: RecordedTheorems | Callable[[], RecordedTheorems],
        learnt: Sequence[TheoremHistory] = (),
    ) -> None:
        """`learnt` are theorems finished beforehand, older than those of any history.

        Instead of the records a function may be given that makes them, which takes a second with
        those of the package: it is called for the first index.
        """
        self.meter = CpuMeter()
        """Measures the processor time of learning, and of making the records."""
        self._given = records
        self._learnt = list(learnt)
        self._state: _LearningState | None = None
        self._slices: Slices = {}
        self._seen: History | None = None
        self._indices: WeakKeyDictionary[History, Index] = WeakKeyDictionary()

    def after(
        self, history: History, sold: Iterable[str] = (), slices: Slices | None = None
    ) -> Index:
        """Returns the index after a history, with every product that is known or `sold` now.

        `slices` are the provers that sell slices now; whole attempts of theirs count as slices.
        """
        if slices is not None and slices.items() - self._slices.items():
            self._slices = {**self._slices, **slices}
            self._seen = self._state = None
            self._indices.clear()
        index = self._indices.get(history)
        if index is None or not index.columns.keys() >= set(sold):
            with self.meter.running():
                index = self._learn(history, sold)
            self._indices[history] = index
        return index

    @cached_property
    def _records(self) -> RecordedTheorems:
        return self._given() if callable(self._given) else self._given

    def _learn(self, history: History, sold: Iterable[str]) -> Index:
        if self._state is None:
            self._state = _LearningState(self._records, ())
        follows = self._seen is not None and history.extends(self._seen)
        new = self._cut(history.since(len(self._seen) if self._seen and follows else 0))
        named = {*sold, *_products_of(new)}
        if not follows or not named <= set(self._state.provers):
            learnt = self._cut(self._learnt)
            known = _products_of(learnt)
            others = (known | named | set(self._state.provers)) - set(self._records.provers)
            self._state = _LearningState(self._records, tuple(sorted(others)))
            new = [*learnt, *self._cut(history.since(0))]
        self._state.extend(new)
        self._seen = history
        return self._state.index()

    def _cut(self, histories: Sequence[TheoremHistory]) -> list[TheoremHistory]:
        return [resliced(history, self._slices) for history in histories]


def _products_of(histories: Iterable[TheoremHistory]) -> set[str]:
    return {bought.product for history in histories for bought in history.past}


@dataclass(frozen=True)
class _LearntTheorem:
    """A finished theorem; arrays are [m]."""

    theorem: str
    statement: str | None
    odds: Floats
    """The log odds of success that the prior gives after everything that was bought."""
    cost: Floats
    """The expected cost in the units of the prior, at price level 1."""
    attempts: Floats
    proofs: Floats


class _LearningState:
    """What was learnt so far, theorem after theorem."""

    def __init__(self, records: RecordedTheorems, others: tuple[str, ...]) -> None:
        self._records = records
        self._prior: PriorBelief = records.prior(others)
        self.provers = self._prior.table.provers
        self._column = {name: j for j, name in enumerate(self.provers)}
        self._reliability = ReliabilityPosterior(self._prior.has_records)
        self._quoted = self._prior.quoted.copy()
        self._offered = np.ones(len(self.provers))
        self._theorems: list[_LearntTheorem] = []
        self._forgotten = 0
        self._model: tuple[tuple[int, int], ForestSimilarity | None] | None = None

    def extend(self, histories: Sequence[TheoremHistory]) -> None:
        """Learns from further theorems."""
        for history in histories:
            self._theorems.append(self._learn(history))
            if len(self._theorems) > MOST:
                self._theorems = self._theorems[MOST // 2 :]
                self._forgotten += MOST // 2

    def _learn(self, history: TheoremHistory) -> _LearntTheorem:
        """Compares the theorem's purchases, in their order, with what was to be expected."""
        table, m = self._prior.table, len(self.provers)
        belief, level = self._reliability.belief, self._reliability.level
        posterior = Posterior(
            table.shifted(belief.mean, level),
            self._prior.similarity,
            (history.theorem, history.statement or ""),
        )
        attempts, proofs, surprise = np.zeros((3, m))
        for bought in history.past:
            j = self._column[bought.product]
            if bought.offered > 0:
                self._offered[j] = bought.offered / MICRO
                if self._quoted[j] == 0:
                    self._quoted[j] = self._offered[j]
            ratio = bought.offered / MICRO / self._quoted[j] if bought.offered > 0 else 1.0
            paid = max(bought.cost, 1) / MICRO / ratio
            expected = float(posterior.weights @ table.cost[j])
            self._reliability.invoiced(j, expected, paid)
            if bought.status == "void":
                continue
            surprise[j] += np.log(paid / (expected * level[j]))
            proved = bought.status == "proved"
            self._reliability.judged(j, posterior.chance(table, j), proved)
            attempts[j] += 1
            proofs[j] += proved
            (posterior.succeeded if proved else posterior.failed)(j, paid)
        return _LearntTheorem(
            history.theorem,
            history.statement,
            logit(table.rate @ posterior.weights),
            table.cost @ posterior.weights * np.exp(surprise / (attempts + 1)),
            attempts,
            proofs,
        )

    def index(self) -> Index:
        """Returns what has been learnt so far as an index that no longer changes."""
        # Costs of provers without records are in units of their latest known quote.
        has_records = self._prior.has_records
        units = np.where(has_records, 1.0, self._offered)
        quoted = np.where(has_records, self._quoted, self._offered)
        reliability = self._reliability.estimate(quoted)
        belief, level = reliability.belief, reliability.level
        table = self._prior.table.shifted(belief.mean, level)
        if self._theorems:
            proofs, attempts, odds, cost = _columns(self._theorems)
            table = table.with_rows(
                RecordTable(
                    self.provers,
                    tuple(learnt.theorem for learnt in self._theorems),
                    proofs.T + GUESSED * sigmoid(odds.T + belief.mean[:, None]),
                    attempts.T + GUESSED,
                    cost.T * level[:, None],
                    np.where(attempts.T > 0, SPREAD, WIDE),
                )
            )
        shifted = table.shifted(np.zeros(len(units)), units)
        return Index.of(shifted, self._similarity(), reliability)

    def _similarity(self) -> SimilarityModel:
        count = len(self._theorems)
        if not count:
            return self._prior.similarity
        model, known = self._fitted()
        if model is None:
            return _ExtendedSimilarity(self._prior.similarity, count, self._prior.mass)
        panel = self._records.panel
        if panel is not None:
            return _ExtendedSimilarity(model, count - known, len(panel) + known)
        # The degrees of ease stand before the theorems that the model knows.
        return _ExtendedSimilarity(
            model, count - known, known, self._prior.mass, self._prior.similarity
        )

    def _fitted(self) -> tuple[ForestSimilarity | None, int]:
        """Returns the model in force, and how many learnt theorems it was fitted on."""
        recorded = 0 if self._records.panel is None else len(self._records.panel)
        count = max(ENOUGH, recorded // 4)
        if len(self._theorems) < count:
            return None, 0
        while (recorded + count) * 3 // 2 - recorded <= len(self._theorems):
            count = (recorded + count) * 3 // 2 - recorded
        key = (self._forgotten, count)
        if self._model is None or self._model[0] != key:
            self._model = (key, self._fit(self._theorems[:count]))
        return self._model[1], count if self._model[1] is not None else 0

    def _fit(self, theorems: Sequence[_LearntTheorem]) -> ForestSimilarity | None:
        has_statement = np.array([learnt.statement is not None for learnt in theorems])
        panel, features = self._records.panel, self._records.features
        if panel is None and has_statement.mean() < 0.5:
            return None
        proofs, attempts, odds, cost = _columns(theorems)
        rate = (proofs + sigmoid(odds)) / (attempts + 1)
        solved = np.where(attempts > 0, proofs, np.nan)
        once = np.asarray((attempts <= 1).all(axis=0))
        read: Floats | None = None
        if panel is None or features is not None:
            read = self._records.read(
                [learnt.theorem for learnt in theorems], [learnt.statement for learnt in theorems]
            )
        if panel is not None:
            m = len(panel.provers)
            rate = np.vstack([smoothed(panel), rate[:, :m]])
            cost = np.vstack([panel.cost, cost[:, :m]])
            solved = np.vstack([panel.successes.astype(np.float64), solved[:, :m]])
            once = panel.once & once[:m]
            read = None if features is None or read is None else np.vstack([features, read])
        return ForestSimilarity(read, rate, cost, solved, once, read=self._records.read)


def _columns(theorems: Sequence[_LearntTheorem]) -> tuple[Floats, Floats, Floats, Floats]:
    """Returns (proofs, attempts, log odds, cost) of learnt theorems, each [theorems, m]."""
    return (
        np.stack([learnt.proofs for learnt in theorems]),
        np.stack([learnt.attempts for learnt in theorems]),
        np.stack([learnt.odds for learnt in theorems]),
        np.stack([learnt.cost for learnt in theorems]),
    )


class _ExtendedSimilarity:
    """A similarity model over more theorems than the model it wraps knows.

    There may be theorems before those that the inner model knows, and theorems after them. Each
    group gets a fixed share of the weight, whatever theorem is asked about.
    """

    def __init__(
        self,
        inner: SimilarityModel,
        after: int,
        known: float,
        mass: float = 0.0,
        first: SimilarityModel | None = None,
    ) -> None:
        """Wraps a model.

        Args:
            inner: the model.
            after: how many theorems come after those that it knows; they weigh the same each.
            known: how many theorems those of `inner` count for.
            mass: how many theorems those before them count for.
            first: the model that spreads `mass` over those before them, if there are any.
        """
        self.reads = inner.reads
        self._inner = inner
        self._first = first
        self._after = after
        total = known + mass + after
        self._shares = mass / total, known / total, 1.0 / total

    def __call__(self, texts: TheoremTexts) -> Floats:
        return self._joined(self._inner(texts), self._first(texts) if self._first else None)

    def for_theorem(self, text: tuple[str, str]) -> Reweigh:
        reweigh = self._inner.for_theorem(text)
        first = self._first([text]) if self._first else None
        return lambda revealed: self._joined(reweigh(revealed)[None, :], first)[0]

    def _joined(self, inner: Floats, first: Floats | None) -> Floats:
        first_share, inner_share, share_of_one = self._shares
        parts = [inner_share * inner, np.full((len(inner), self._after), share_of_one)]
        if first is not None:
            parts.insert(0, first_share * first)
        return np.hstack(parts)
