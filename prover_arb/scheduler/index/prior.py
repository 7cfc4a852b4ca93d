"""The prior belief: what is believed before anything is learnt.

With recorded theorems, these are its rows; without any, theorems of nine degrees of difficulty are.
A prover without records gets a column all the same, from how easy the other provers find each
theorem (the one-parameter model of Rasch, "Probabilistic models for some intelligence and
attainment tests", 1960): log odds of success = skill_j + ease_t, where

    ease_t    is the mean over recorded provers of their log odds on t, less its mean over theorems
    skill_j   of a prover without records is the mean of the recorded ones

so a new prover is taken for an average one until it is tried. Without any records the nine degrees
of ease are normally distributed, and every prover's skill is `UNKNOWN`. An attempt of a prover
without records is expected to cost the worst case that it quotes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prover_arb.core.money import MICRO
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.features import Read, of_theorems
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.similarity import FixedWeights, SimilarityModel, similarity_of
from prover_arb.scheduler.index.table import RecordTable, logit, record_table, sigmoid

UNKNOWN = float(logit(np.array(0.3)))
"""The log odds that an attempt of an unknown prover succeeds on a theorem of average difficulty."""

EASE = np.linspace(-4.0, 4.0, 9)
"""The degrees of ease, in log odds, where there are no records."""

EASE_SPREAD = 2.0
"""Their standard deviation."""

EASE_MASS = 5
"""How many recorded theorems the degrees of ease together count for."""

WIDE = 1.0
"""The spread, in log cost, of cells that were never tried."""

GUESSED = 3.0
"""How many attempts a belief about a cell counts for. The belief is about that very theorem, so a
smaller number would count its failures twice."""


@dataclass(frozen=True, eq=False)
class PriorBelief:
    """m provers, recorded ones first, on the rows that everything begins with."""

    table: RecordTable
    similarity: SimilarityModel
    mass: float
    """How many recorded theorems these rows count for, against theorems learnt later."""
    has_records: NDArray[np.bool_]
    """Marks the provers [m] that have records."""
    quoted: Floats
    """The worst case [m], in dollars, at which the recorded costs hold; 0 where unknown."""


class RecordedTheorems:
    """Recorded theorems in dollars, with their features; there may be none at all."""

    def __init__(
        self,
        panel: Panel | None = None,
        features: Floats | None = None,
        quotes: Mapping[str, int] | None = None,
        read: Read = of_theorems,
    ) -> None:
        """Keeps a panel, if there is one.

        `features` [T, F] describe its statements, as `read` makes them; `quotes` are the worst
        cases in micro-dollars when it was recorded.
        """
        self.panel = panel
        self.features = features
        self.read = read
        self._quotes = dict(quotes or {})
        self._similarity = None if panel is None else similarity_of(panel, features, read)

    @property
    def provers(self) -> tuple[str, ...]:
        return () if self.panel is None else self.panel.provers

    def prior(self, others: Sequence[str]) -> PriorBelief:
        """Returns the prior belief, with columns for the provers `others` without records."""
        provers = (*self.provers, *others)
        has_records = np.array([name in self.provers for name in provers])
        quoted = np.array([self._quotes.get(name, 0) / MICRO for name in self.provers])
        # Costs of the others are in units of what they quote.
        quoted = np.concatenate([quoted, np.ones(len(others))])
        if self.panel is None or self._similarity is None:
            rates = np.tile(sigmoid(UNKNOWN + EASE), (len(others), 1))
            names = tuple(f"a theorem of ease {ease:+g}" for ease in EASE)
            table = _guessed(provers, names, rates)
            weights = np.exp(-0.5 * (EASE / EASE_SPREAD) ** 2)
            weights /= weights.sum()
            return PriorBelief(table, FixedWeights(weights), EASE_MASS, has_records, quoted)
        table = record_table(self.panel)
        if others:
            odds = logit(table.rate)
            ease = (odds - odds.mean(axis=1, keepdims=True)).mean(axis=0)
            rates = np.tile(sigmoid(odds.mean() + ease), (len(others), 1))
            more = _guessed(tuple(others), table.theorems, rates)
            table = RecordTable(
                provers,
                table.theorems,
                np.vstack([table.wins, more.wins]),
                np.vstack([table.total, more.total]),
                np.vstack([table.cost, more.cost]),
                np.vstack([table.spread, more.spread]),
            )
        return PriorBelief(table, self._similarity, len(self.panel), has_records, quoted)


def _guessed(provers: tuple[str, ...], theorems: tuple[str, ...], rates: Floats) -> RecordTable:
    ones = np.ones_like(rates)
    return RecordTable(provers, theorems, GUESSED * rates, GUESSED * ones, ones, WIDE * ones)
