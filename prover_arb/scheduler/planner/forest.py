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

import numpy as np

from prover_arb.curves.attempts import Floats
from prover_arb.scheduler.planner.panel import Ints

TREES = 100
LEAF = 12
"""Rows in a leaf at least; a theorem has one for every stage."""

SHARE = 0.5
"""Of the features that each split may choose from."""

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

        off = np.random.default_rng(seed).normal(size=revealed.shape) * noise
        stages = [_met(revealed + off, count) for count in range(revealed.shape[1] + 1)]
        rows = [_columns(known, each) for each in stages]
        spread = target.std(axis=0)
        scaled = (target - target.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        forest = RandomForestRegressor(
            TREES, min_samples_leaf=LEAF, max_features=SHARE, random_state=seed, n_jobs=1
        ).fit(np.vstack(rows), np.squeeze(np.tile(scaled, (len(stages), 1))))
        self._theorems = len(target)
        self._trees = _Trees([each.tree_ for each in forest.estimators_])
        self._leaves = self._trees.shares([self._trees.leaves(each) for each in rows])

    def weights(self, asked: Floats | None, met: Floats) -> Floats:
        """[Q, T] beliefs, each summing to 1, about theorems with features `asked` [Q, F] of which
        buying revealed `met` [Q, m] so far, NaN where nothing."""
        leaves = self._trees.leaves(_columns(asked, met))
        mean = self._leaves[leaves].mean(axis=1)
        return np.asarray((1 - FLOOR) * mean + FLOOR / self._theorems, dtype=np.float64)


class _Trees:
    """Trees as arrays, all descended at once: a row takes depth steps, not trees times depth."""

    def __init__(self, trees: Sequence[object]) -> None:
        sizes = [tree.node_count for tree in trees]  # type: ignore[attr-defined]
        start = np.concatenate([[0], np.cumsum(sizes)[:-1]])

        def joined(name: str) -> list[Floats]:
            return [np.asarray(getattr(tree, name)) for tree in trees]

        self._root = start
        self._feature = np.concatenate(joined("feature"))
        self._threshold = np.concatenate(joined("threshold"))
        self._missing_left = np.concatenate(joined("missing_go_to_left")).astype(bool)
        left, right = joined("children_left"), joined("children_right")
        self._left = np.concatenate([each + s for each, s in zip(left, start, strict=True)])
        self._right = np.concatenate([each + s for each, s in zip(right, start, strict=True)])
        self._leaf = self._feature < 0
        self._depth = max(tree.max_depth for tree in trees)  # type: ignore[attr-defined]
        # Leaves are numbered in a row, so that what is kept of them is no larger than it must be.
        self._number = np.cumsum(self._leaf) - 1

    def leaves(self, rows: Floats) -> Ints:
        """[Q, trees] the leaves that rows [Q, F] fall into, numbered over all trees."""
        # Trees compare in single precision, and so must whoever descends them.
        x = rows.astype(np.float32)
        at = np.broadcast_to(self._root, (len(x), len(self._root)))
        row = np.arange(len(x))[:, None]
        for _ in range(self._depth):
            inner = ~self._leaf[at]
            value = x[row, np.where(inner, self._feature[at], 0)]
            left = np.where(np.isnan(value), self._missing_left[at], value <= self._threshold[at])
            at = np.where(inner, np.where(left, self._left[at], self._right[at]), at)
        return np.asarray(self._number[at], dtype=np.int64)

    def shares(self, stages: Sequence[Ints]) -> Floats:
        """[leaves, T] each recorded theorem's share of each leaf, from where its rows fell."""
        theorems = len(stages[0])
        count = np.zeros((int(self._leaf.sum()), theorems), dtype=np.float32)
        for leaves in stages:
            np.add.at(count, (leaves, np.arange(theorems)[:, None]), 1.0)
        return np.asarray(count / count.sum(axis=1, keepdims=True))


def _met(revealed: Floats, count: int) -> Floats:
    """Of the first `count` provers, the others not met."""
    return np.asarray(np.where(np.arange(revealed.shape[1]) < count, revealed, np.nan))


def _columns(known: Floats | None, met: Floats) -> Floats:
    return met if known is None else np.hstack([known, met])
