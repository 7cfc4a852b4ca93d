"""Repeated k-fold cross-validation over theorems, with explicit seeds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from prover_arb.errors import InputError
from prover_arb.scheduler.index.arrays import Ints


def folds(theorems: int, k: int, seed: int) -> Iterator[tuple[Ints, Ints]]:
    """Yields (training, held-out) theorems by number; every theorem is held out once.

    Raises:
        InputError: there are fewer than two folds, or more folds than theorems.
    """
    if not 2 <= k <= theorems:
        raise InputError(
            f"--folds: {k} folds of {theorems} theorems; give a number from 2 to {theorems}"
        )
    order = np.random.default_rng(seed).permutation(theorems)
    for part in np.array_split(order, k):
        held = np.zeros(theorems, dtype=bool)
        held[part] = True
        yield np.nonzero(~held)[0], np.nonzero(held)[0]
