"""What is believed before anything is learnt: recorded theorems, or none and a scale of difficulty.

A prover without records gets a column all the same, from how easy the others find each theorem
(the one-parameter model of Rasch, "Probabilistic models for some intelligence and attainment
tests", 1960): log odds of success = skill_j + ease_t, with

    ease_t    mean over recorded provers of their log odds on t, less their mean over theorems
    skill_j   of a prover without records: the mean of the recorded ones

so a new seller is taken for an average one until it is tried. Without any records there are
theorems of nine degrees of ease, normally spread, and every seller's skill is `UNKNOWN`. An attempt
of a prover without records is expected to cost the worst case it quotes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prover_arb.core.money import MICRO
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.similarity import Even, Likeness, of_panel
from prover_arb.scheduler.index.table import Table, logit, recorded, sigmoid

UNKNOWN = float(logit(np.array(0.3)))
"""Log odds that an attempt of a seller of whom nothing is known succeeds, on a middling theorem."""

EASE = np.linspace(-4.0, 4.0, 9)
EASE_SPREAD = 2.0
"""Log odds between theorems where there are no records."""

ROWS = 5
"""Recorded theorems that the scale of difficulty counts for."""

WIDE = 1.0
"""Spread, in log cost, of cells that were never tried."""

GUESSED = 3.0
"""Attempts that a belief about a cell counts for. The belief is about that very theorem, so that
less would count its failures twice."""


@dataclass(frozen=True, eq=False)
class Base:
    """m provers, recorded ones first, on the rows everything begins with."""

    table: Table
    likeness: Likeness
    mass: float
    """Recorded theorems that these rows count for, against those learnt."""
    recorded: NDArray[np.bool_]
    """[m]"""
    quoted: Floats
    """[m] worst case, in dollars, at which the recorded costs hold; 0 where not known."""


class Records:
    """Recorded theorems in dollars, with their features; perhaps none at all."""

    def __init__(
        self,
        panel: Panel | None = None,
        known: Floats | None = None,
        quotes: Mapping[str, int] | None = None,
    ) -> None:
        """`known` [T, F] features; `quotes`: micro-dollars, worst cases when these were made."""
        self.panel = panel
        self.known = known
        self._quotes = dict(quotes or {})
        self._alike = None if panel is None else of_panel(panel, known)

    @property
    def provers(self) -> tuple[str, ...]:
        return () if self.panel is None else self.panel.provers

    def base(self, others: Sequence[str]) -> Base:
        """With columns for sellers without records."""
        provers = (*self.provers, *others)
        isin = np.array([name in self.provers for name in provers])
        quoted = np.array([self._quotes.get(name, 0) / MICRO for name in self.provers])
        # Costs of the others are in units of what they quote.
        quoted = np.concatenate([quoted, np.ones(len(others))])
        if self.panel is None or self._alike is None:
            guess = np.tile(sigmoid(UNKNOWN + EASE), (len(others), 1))
            names = tuple(f"a theorem of ease {each:+g}" for each in EASE)
            table = _guessed(provers, names, guess)
            prior = np.exp(-0.5 * (EASE / EASE_SPREAD) ** 2)
            prior /= prior.sum()
            return Base(table, Even(prior), ROWS, isin, quoted)
        table = recorded(self.panel)
        if others:
            odds = logit(table.rate)
            ease = (odds - odds.mean(axis=1, keepdims=True)).mean(axis=0)
            guess = np.tile(sigmoid(odds.mean() + ease), (len(others), 1))
            more = _guessed(tuple(others), table.theorems, guess)
            table = Table(
                provers,
                table.theorems,
                np.vstack([table.wins, more.wins]),
                np.vstack([table.both, more.both]),
                np.vstack([table.cost, more.cost]),
                np.vstack([table.spread, more.spread]),
            )
        return Base(table, self._alike, len(self.panel), isin, quoted)


def _guessed(provers: tuple[str, ...], theorems: tuple[str, ...], rate: Floats) -> Table:
    one = np.ones_like(rate)
    return Table(provers, theorems, GUESSED * rate, GUESSED * one, one, WIDE * one)
