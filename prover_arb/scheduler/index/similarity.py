"""Which recorded theorems one on sale is like, by its statement and what was bought for it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from prover_arb.scheduler.index import beliefs
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.features import matrix
from prover_arb.scheduler.index.forest import Forest
from prover_arb.scheduler.index.panel import Panel

Asked = Sequence[tuple[str, str]]
"""Theorems: (name, statement)."""

Met = Mapping[int, tuple[float, bool]]
"""What was bought, by prover's number: the log of the mean price of its attempts, in dollars as
they were recorded, and whether the last was a proof."""

Again = Callable[[Met], Floats]
"""[T] weights after what was bought."""

FEW = 10
"""Recorded theorems below which they are all taken to be alike."""


class Likeness(Protocol):
    """Weights over recorded theorems; rows sum to 1."""

    @property
    def reads(self) -> int:
        """What purchases reveal counts for the first so many provers, and for no others."""
        ...

    def __call__(self, asked: Asked) -> Floats:
        """[Q, T] before anything is bought."""
        ...

    def about(self, one: tuple[str, str]) -> Again:
        """For one theorem, as it is bought for."""
        ...


class Even:
    """The same weights for every theorem, whatever is bought."""

    reads = 0

    def __init__(self, weights: Floats) -> None:
        self._weights = weights

    def __call__(self, asked: Asked) -> Floats:
        return np.tile(self._weights, (len(asked), 1))

    def about(self, one: tuple[str, str]) -> Again:
        return lambda met: self._weights


class Alike:
    """By a forest, fitted on T theorems that some of m provers were tried on."""

    def __init__(
        self,
        known: Floats | None,
        rate: Floats,
        cost: Floats,
        solved: Floats,
        once: NDArray[np.bool_],
    ) -> None:
        """`known` [T, F] features of statements; without them the text says nothing. `rate` and
        `cost` [T, m] hold what is believed of those never tried, `solved` [T, m] NaN; `once` [m]
        who sells one attempt per theorem."""
        from threadpoolctl import threadpool_limits  # noqa: PLC0415

        # Panels are small, so that threads cost more than they bring, and one thread adds numbers
        # up in the same order everywhere. What loads threads is loaded before they are limited.
        importlib.import_module("sklearn.ensemble")
        self.reads = len(once)
        self._once = once
        self._text = known is not None
        seen = beliefs.revealed(solved, cost, once)
        with threadpool_limits(limits=1):
            self._forest = Forest(
                known,
                np.where(np.isnan(solved), np.nan, seen),
                beliefs.difficulty(rate, cost, once),
                noise=np.where(once, 0.0, beliefs.NOISE),
            )

    def __call__(self, asked: Asked) -> Floats:
        return self._forest.weights(self._read(asked), np.full((len(asked), self.reads), np.nan))

    def about(self, one: tuple[str, str]) -> Again:
        read = self._read([one])

        def again(met: Met) -> Floats:
            seen = np.full((1, self.reads), np.nan)
            for j, (price, proved) in met.items():
                if j < self.reads:
                    seen[0, j] = proved if self._once[j] else price
            return np.asarray(self._forest.weights(read, seen)[0])

        return again

    def _read(self, asked: Asked) -> Floats | None:
        if not self._text:
            return None
        return matrix([name for name, _ in asked], [text for _, text in asked])


def of_panel(panel: Panel, known: Floats | None) -> Likeness:
    """Of recorded theorems that all provers were tried on."""
    if len(panel) < FEW:
        return Even(np.full(len(panel), 1.0 / len(panel)))
    rate = beliefs.smoothed(panel)
    return Alike(known, rate, panel.cost, panel.successes.astype(np.float64), panel.once)
