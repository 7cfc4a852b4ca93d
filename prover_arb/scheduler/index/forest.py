"""Which recorded theorems a new one is like: a forest reads its statement and what buying revealed.

A regression forest predicts how hard a theorem is, prover by prover, and the leaves it puts the
theorem into name the recorded ones it is like: the weight of one of those is its share of the
leaves, averaged over the trees (Meinshausen, "Quantile Regression Forests", JMLR 7, 2006). So a
belief stays a row of weights over recorded theorems.

What the forest is fitted on are recorded theorems at every stage of buying: the statement alone,
and with what the cheapest prover revealed (its price, or that it failed), the cheapest two, and so
on. What is not met yet is a missing value, which its trees send to the side that fits better. One
forest thus serves before any purchase and after each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from prover_arb.scheduler.index.arrays import Floats, Ints

TREES = 100
LEAF = 12
"""Rows in a leaf at least; a theorem has one for every stage."""

DEPTH = 10
"""Of a tree at most: what a decision costs goes with the deepest."""

SHARE = 0.5
"""Of the features that each split may choose from."""

STAGES = 6
"""Of buying, beside the one before any purchase; more provers are met several at a time."""

DIRECTIONS = 6
"""Principal components of what is predicted; more hardly differ from noise, and cost time."""

MANY = 256
"""From so many rows on the library descends the trees; for a few its start takes longer."""

DENSE = 500
"""Recorded theorems up to which shares of leaves are kept with their zeros, which is faster."""

FLOOR = 0.1
"""Share of every belief that stays spread over all recorded theorems."""


class Forest:
    """Fitted once on T recorded theorems; asked any number of times."""

    def __init__(
        self,
        known: Floats | None,
        revealed: Floats,
        target: Floats,
        *,
        noise: Floats | float = 0.0,
        seed: int = 0,
    ) -> None:
        """`known` [T, F] features of statements, if there are any; `revealed` [T, m] what
        buying reveals, NaN where a theorem was never tried; `target` [T, d] what shall be
        predicted; `noise` [m] how far what single attempts reveal may be off."""
        from sklearn.ensemble import RandomForestRegressor  # noqa: PLC0415

        # Columns that say nothing would only take the places of others in the splits.
        self._told = None if known is None else np.ptp(known, axis=0) > 0
        known = self._read(known)
        m = revealed.shape[1]
        off = np.random.default_rng(seed).normal(size=revealed.shape) * noise
        counts = np.unique(np.round(np.linspace(0, m, min(m, STAGES) + 1)).astype(np.int64))
        rows = [_columns(known, _met(revealed + off, count)) for count in counts.tolist()]
        self._theorems = len(target)
        self._trees: _Trees | None = None
        if not rows[0].shape[1]:
            return
        forest = RandomForestRegressor(
            TREES,
            max_depth=DEPTH,
            min_samples_leaf=LEAF,
            max_features=SHARE,
            random_state=seed,
            n_jobs=1,
        ).fit(np.vstack(rows), np.squeeze(np.tile(_directions(target), (len(rows), 1))))
        self._trees = _Trees(forest)
        shares = self._trees.shares([self._trees.leaves(each) for each in rows])
        self._sparse = shares
        self._dense = shares.toarray() if self._theorems <= DENSE else None

    def weights(self, asked: Floats | None, met: Floats) -> Floats:
        """[Q, T] beliefs, each summing to 1, about theorems with features `asked` [Q, F] of which
        buying revealed `met` [Q, m] so far, NaN where nothing."""
        if self._trees is None:
            return np.full((len(met), self._theorems), 1.0 / self._theorems)
        leaves = self._trees.leaves(_columns(self._read(asked), met))
        if self._dense is not None and len(leaves) < MANY:
            mean = self._dense[leaves].mean(axis=1)
        else:
            mean = (_counts(leaves, self._sparse.shape[0]) @ self._sparse).toarray()
            mean /= leaves.shape[1]
        return np.asarray((1 - FLOOR) * mean + FLOOR / self._theorems, dtype=np.float64)

    def _read(self, features: Floats | None) -> Floats | None:
        return None if features is None or self._told is None else features[:, self._told]


class _Trees:
    """Trees as arrays, all descended at once: a row takes depth steps, not trees times depth.

    A node has two places in a row, of its left and its right child; a leaf leads to itself. Missing
    values stand as -inf where a node sends them left, and as inf where it sends them right.
    """

    def __init__(self, forest: Any) -> None:
        trees = [each.tree_ for each in forest.estimators_]
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
        self._child = 2 * np.stack([np.where(leaf, own, each) for each in children], 1).ravel()
        # Twice as many features: those whose missing values stand as -inf, and as inf.
        feature = np.where(leaf, 0, 2 * joined("feature") + missing_right)
        self._feature = np.repeat(feature, 2)
        # A split between missing and not missing has an infinite threshold.
        threshold = np.minimum(joined("threshold"), np.finfo(np.float64).max)
        self._threshold = np.repeat(np.where(leaf, np.inf, threshold), 2)
        # Leaves are numbered in a row, so that what is kept of them is no larger than it must be.
        self._number = np.cumsum(leaf) - 1
        self.count = int(leaf.sum())

    def leaves(self, rows: Floats) -> Ints:
        """[Q, trees] the leaves that rows [Q, F] fall into, numbered over all trees."""
        # Trees compare in single precision, and so must whoever descends them.
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
        """[leaves, T], sparse: each recorded theorem's share of each leaf, by its rows in it."""
        from scipy.sparse import diags_array  # noqa: PLC0415

        fell = sum(_counts(leaves, self.count) for leaves in stages).T.tocsr()
        return diags_array(1.0 / fell.sum(axis=1), dtype=np.float32) @ fell


def _counts(leaves: Ints, size: int) -> Any:
    """[Q, size], sparse: how often each of the leaves [Q, trees] is there."""
    from scipy.sparse import csr_array  # noqa: PLC0415

    ends = np.arange(0, leaves.size + 1, leaves.shape[1])
    ones = np.ones(leaves.size, dtype=np.float32)
    return csr_array((ones, leaves.ravel(), ends), shape=(len(leaves), size))


def _directions(target: Floats) -> Floats:
    """[T, at most DIRECTIONS] the principal components of the columns, each first scaled."""
    spread = target.std(axis=0)
    scaled = (target - target.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    if scaled.shape[1] <= DIRECTIONS:
        return np.asarray(scaled)
    left, size, _ = np.linalg.svd(scaled, full_matrices=False)
    return np.asarray(left[:, :DIRECTIONS] * size[:DIRECTIONS])


def _met(revealed: Floats, count: int) -> Floats:
    """Of the first `count` provers, the others not met."""
    return np.asarray(np.where(np.arange(revealed.shape[1]) < count, revealed, np.nan))


def _columns(known: Floats | None, met: Floats) -> Floats:
    return met if known is None else np.hstack([known, met])
