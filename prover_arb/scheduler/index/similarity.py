"""Similarity models: the weights over recorded theorems that describe a new one.

A model reads the new theorem's name and statement, and what purchases for it revealed.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from prover_arb.scheduler.index import beliefs
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.features import Read, of_theorems
from prover_arb.scheduler.index.forest import Forest
from prover_arb.scheduler.index.panel import Panel, mostly_repeat

TheoremTexts = Sequence[tuple[str, str]]
"""Theorems as pairs of name and statement."""

Revealed = Mapping[int, tuple[float, bool]]
"""What purchases revealed, by the prover's number: the log of the mean price of its attempts, in
dollars at the recorded price level, and whether the last attempt was a proof."""

Reweigh = Callable[[Revealed], Floats]
"""Returns the weights [T] of one theorem, given what its purchases revealed."""

FEW = 10
"""With fewer recorded theorems than this, all of them get the same weight."""


class SimilarityModel(Protocol):
    """Gives weights over T recorded theorems; the weights of a theorem sum to 1."""

    @property
    def reads(self) -> int:
        """How many provers, counted from the first, the model reads purchases of."""
        ...

    def __call__(self, texts: TheoremTexts) -> Floats:
        """Returns the weights [Q, T] of Q theorems before anything is bought for them."""
        ...

    def for_theorem(self, text: tuple[str, str]) -> Reweigh:
        """Returns the function that gives one theorem's weights while attempts are bought for
        it."""
        ...


class FixedWeights:
    """The same weights for every theorem, whatever is bought for it."""

    reads = 0

    def __init__(self, weights: Floats) -> None:
        self._weights = weights

    def __call__(self, texts: TheoremTexts) -> Floats:
        return np.tile(self._weights, (len(texts), 1))

    def for_theorem(self, text: tuple[str, str]) -> Reweigh:
        return lambda revealed: self._weights


class ForestSimilarity:
    """Weights by a forest, fitted on T theorems that some of m provers were tried on."""

    def __init__(
        self,
        features: Floats | None,
        rate: Floats,
        cost: Floats,
        solved: Floats,
        once: NDArray[np.bool_],
        *,
        read: Read = of_theorems,
    ) -> None:
        """Fits the forest.

        Args:
            features: [T, F] of the statements, or None where statements are not read.
            rate: [T, m] success rates; a belief where a prover was never tried.
            cost: [T, m] costs of an attempt; a belief where a prover was never tried.
            solved: [T, m] how many attempts succeeded; NaN where a prover was never tried.
            once: [m] marks provers that sell one attempt per theorem.
            read: makes the features of new theorems, as it made those of the recorded ones.
        """
        # Panels are small, so that threads cost more than they bring, and one thread adds numbers
        # up in the same order on every machine. The library that starts the threads is imported
        # before they are limited.
        importlib.import_module("sklearn.ensemble")
        self.reads = len(once)
        self._once = once
        self._read = read
        self._reads_text = features is not None
        seen = beliefs.revealed(solved, cost, once)
        with threadpool_limits(limits=1):
            self._forest = Forest(
                features,
                np.where(np.isnan(solved), np.nan, seen),
                beliefs.difficulty(rate, cost),
                noise=np.where(once, 0.0, beliefs.NOISE),
                repeating=mostly_repeat(once),
            )

    def __call__(self, texts: TheoremTexts) -> Floats:
        nothing = np.full((len(texts), self.reads), np.nan)
        return self._forest.weights(self._features(texts), nothing)

    def for_theorem(self, text: tuple[str, str]) -> Reweigh:
        features = self._features([text])

        def reweigh(revealed: Revealed) -> Floats:
            seen = np.full((1, self.reads), np.nan)
            for j, (price, proved) in revealed.items():
                if j < self.reads:
                    seen[0, j] = proved if self._once[j] else price
            return np.asarray(self._forest.weights(features, seen)[0])

        return reweigh

    def _features(self, texts: TheoremTexts) -> Floats | None:
        if not self._reads_text:
            return None
        return self._read([name for name, _ in texts], [statement for _, statement in texts])


def similarity_of(
    panel: Panel, features: Floats | None, read: Read = of_theorems
) -> SimilarityModel:
    """Returns the model for a panel, with `features` [T, F] of its statements if there are any.

    `read` makes the features of new theorems.
    """
    if len(panel) < FEW:
        return FixedWeights(np.full(len(panel), 1.0 / len(panel)))
    rate = beliefs.smoothed(panel)
    solved = panel.successes.astype(np.float64)
    return ForestSimilarity(features, rate, panel.cost, solved, panel.once, read=read)
