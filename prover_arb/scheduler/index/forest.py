"""A forest that says which recorded theorems a new one is like.

A forest predicts how hard a theorem is, prover by prover, from its statement and from what buying
revealed. The leaves that a theorem falls into name the recorded theorems it is like: the weight of
a recorded theorem is its share of the leaves, averaged over the trees (Meinshausen, "Quantile
Regression Forests", JMLR 7, 2006). A belief thus stays a row of weights over recorded theorems.

Where provers repeat themselves an outcome is known, and trees may have small leaves and random
splits (Geurts, Ernst, Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006). Where
they do not, a record of a few attempts is noisy, and leaves are large, with optimised splits.

The forest is fitted on recorded theorems at every stage of buying: with the statement alone, with
what the cheapest prover revealed (its price, or that it failed), with what the two cheapest
revealed, and so on. What is not known yet is a missing value, which each split sends to the side
where it fits better. One forest thus serves before any purchase and after each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from prover_arb.core.lazy import lazy_module
from prover_arb.scheduler.index.arrays import Floats, Ints

sklearn_ensemble = lazy_module("sklearn.ensemble")
scipy_sparse = lazy_module("scipy.sparse")

TREES = 100


@dataclass(frozen=True)
class _Kind:
    """A kind of trees."""

    name: str
    """Of the library's class."""
    leaf: int
    """The least number of rows in a leaf; a theorem has one row for every stage of buying."""
    depth: int
    """The greatest depth of a tree: the time of a decision grows with the deepest tree."""
    floor: float
    """The share of every belief that stays spread over all recorded theorems."""

    def fitted(self, rows: Floats, target: Floats, *, seed: int) -> Any:
        """Returns the library's forest, fitted on the rows."""
        make = getattr(sklearn_ensemble, self.name)
        forest = make(
            TREES,
            max_depth=self.depth,
            min_samples_leaf=self.leaf,
            max_features=FEATURE_SHARE,
            random_state=seed,
            n_jobs=1,
        )
        return forest.fit(rows, np.squeeze(target))


OPTIMISED = _Kind("RandomForestRegressor", leaf=12, depth=10, floor=0.1)
RANDOMISED = _Kind("ExtraTreesRegressor", leaf=4, depth=20, floor=0.05)

FEATURE_SHARE = 0.5
"""The share of the features that each split may choose from."""

STAGES = 6
"""Stages of buying, besides the one before any purchase; with more provers than that, several are
added at a stage."""

DIRECTIONS = 14
"""Principal components of what is predicted; further ones hardly differ from noise, and cost
time."""

MANY = 256
"""From this number of rows on the library descends the trees; for fewer rows its start takes
longer."""

DENSE = 500
"""Up to this number of recorded theorems, shares of leaves are kept with their zeros, which is
faster."""


class Forest:
    """A forest fitted once on T recorded theorems, and asked any number of times."""

    def __init__(
        self,
        features: Floats | None,
        revealed: Floats,
        target: Floats,
        *,
        noise: Floats | float = 0.0,
        repeating: bool = False,
        seed: int = 0,
    ) -> None:
        """Fits the forest.

        Args:
            features: [T, F] of the statements, or None where statements are not read.
            revealed: [T, m] what buying reveals; NaN where a prover was never tried.
            target: [T, d] what is to be predicted.
            noise: [m] the standard deviation of what a single attempt reveals.
            repeating: whether most provers repeat themselves.
            seed: of the trees and of the noise.
        """
        # Constant columns would only take the places of others in the splits.
        self._varying = None if features is None else np.ptp(features, axis=0) > 0
        features = self._read(features)
        m = revealed.shape[1]
        noisy = revealed + np.random.default_rng(seed).normal(size=revealed.shape) * noise
        counts = np.unique(np.round(np.linspace(0, m, min(m, STAGES) + 1)).astype(np.int64))
        stages = [_columns(features, _known_of_first(noisy, count)) for count in counts.tolist()]
        self._theorems = len(target)
        self._trees: _Trees | None = None
        self._floor = 0.0
        if not stages[0].shape[1]:
            return
        directions = _directions(target)
        kind = RANDOMISED if repeating else OPTIMISED
        self._floor = kind.floor
        forest = kind.fitted(np.vstack(stages), np.tile(directions, (len(stages), 1)), seed=seed)
        self._trees = _Trees(forest)
        shares = self._trees.shares([self._trees.leaves(rows) for rows in stages])
        self._sparse = shares
        self._dense = shares.toarray() if self._theorems <= DENSE else None

    def weights(self, features: Floats | None, revealed: Floats) -> Floats:
        """Returns beliefs [Q, T], each summing to 1, about Q theorems.

        `features` is [Q, F], and `revealed` [Q, m] is what buying revealed so far, NaN for nothing.
        """
        if self._trees is None:
            return np.full((len(revealed), self._theorems), 1.0 / self._theorems)
        leaves = self._trees.leaves(_columns(self._read(features), revealed))
        if self._dense is not None and len(leaves) < MANY:
            mean = self._dense[leaves].mean(axis=1)
        else:
            mean = (_counts(leaves, self._sparse.shape[0]) @ self._sparse).toarray()
            mean /= leaves.shape[1]
        return np.asarray((1 - self._floor) * mean + self._floor / self._theorems, dtype=np.float64)

    def _read(self, features: Floats | None) -> Floats | None:
        return None if features is None or self._varying is None else features[:, self._varying]


class _Trees:
    """Trees as arrays, descended all at once: a row takes `depth` steps, not trees times depth.

    Each node has two entries, for its left and its right child; a leaf leads to itself. A missing
    value counts as -inf where a node sends it left, and as inf where it sends it right.
    """

    def __init__(self, forest: Any) -> None:
        trees = [estimator.tree_ for estimator in forest.estimators_]
        sizes = [tree.node_count for tree in trees]

        def joined(name: str) -> Any:
            return np.concatenate([np.asarray(getattr(tree, name)) for tree in trees])

        start = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        own, offset = np.arange(sum(sizes)), np.repeat(start, sizes)
        leaf = joined("feature") < 0
        children = [joined(name) + offset for name in ("children_left", "children_right")]
        missing_right = ~joined("missing_go_to_left").astype(bool)
        self._forest = forest
        self._root = start
        self._depth = max(tree.max_depth for tree in trees)
        self._child = 2 * np.stack([np.where(leaf, own, child) for child in children], 1).ravel()
        # Every feature stands twice: with missing values as -inf, and as inf.
        feature = np.where(leaf, 0, 2 * joined("feature") + missing_right)
        self._feature = np.repeat(feature, 2)
        # A split between missing and not missing has an infinite threshold.
        threshold = np.minimum(joined("threshold"), np.finfo(np.float64).max)
        self._threshold = np.repeat(np.where(leaf, np.inf, threshold), 2)
        # Leaves are numbered consecutively, so that arrays over them are no larger than needed.
        self._number = np.cumsum(leaf) - 1
        self.count = int(leaf.sum())

    def leaves(self, rows: Floats) -> Ints:
        """Returns the leaves [Q, trees] that rows [Q, F] fall into, numbered over all trees."""
        # The library compares in single precision, so the descent here must as well.
        x = rows.astype(np.float32)
        if len(x) >= MANY:
            return np.asarray(self._number[self._forest.apply(x) + self._root], dtype=np.int64)
        missing = np.isnan(x)
        both = np.stack([np.where(missing, -np.inf, x), np.where(missing, np.inf, x)], 2).ravel()
        row = 2 * x.shape[1] * np.arange(len(x))[:, None]
        at = np.repeat(2 * self._root[None], len(x), axis=0)
        for _ in range(self._depth):
            right = both.take(self._feature.take(at) + row) > self._threshold.take(at)
            at = self._child.take(at + right)
        return np.asarray(self._number.take(at // 2), dtype=np.int64)

    def shares(self, stages: Sequence[Ints]) -> Any:
        """Returns each recorded theorem's share of each leaf, by its rows in it: [leaves, T],
        sparse."""
        rows: Any = sum(_counts(leaves, self.count) for leaves in stages)
        by_leaf = rows.T.tocsr()
        return scipy_sparse.diags_array(1.0 / by_leaf.sum(axis=1), dtype=np.float32) @ by_leaf


def _counts(leaves: Ints, size: int) -> Any:
    """Returns how often each leaf occurs in `leaves` [Q, trees]: [Q, size], sparse."""
    ends = np.arange(0, leaves.size + 1, leaves.shape[1])
    ones = np.ones(leaves.size, dtype=np.float32)
    return scipy_sparse.csr_array((ones, leaves.ravel(), ends), shape=(len(leaves), size))


def _directions(target: Floats) -> Floats:
    """Returns the principal components [T, at most DIRECTIONS] of the scaled columns."""
    spread = target.std(axis=0)
    scaled = (target - target.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    if scaled.shape[1] <= DIRECTIONS:
        return np.asarray(scaled)
    left, size, _ = np.linalg.svd(scaled, full_matrices=False)
    return np.asarray(left[:, :DIRECTIONS] * size[:DIRECTIONS])


def _known_of_first(revealed: Floats, count: int) -> Floats:
    """Returns what the first `count` provers revealed; the others count as not tried."""
    return np.asarray(np.where(np.arange(revealed.shape[1]) < count, revealed, np.nan))


def _columns(features: Floats | None, revealed: Floats) -> Floats:
    return revealed if features is None else np.hstack([features, revealed])
