"""What a student sees of a statement: a vector of numbers, made without Lean."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np

from prover_arb.problems.forms import form
from prover_arb.provers.students.skeletons import surroundings_of
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.features import FROM_NAMES, matrix

HASHED = 256
"""Columns that words and pairs of words of a statement's form share."""

_PROBES = (
    "(x y : ℝ) (h₀ : 2 * x + 3 * y = 12) (h₁ : x - y = 1) : x = 3 ∧ y = 2",
    "(n : ℕ) (h : n % 3 = 2) : 3 ∣ n ^ 2 + 2",
    ": ∑ k ∈ Finset.range 10, k ^ 2 = 285",
)


def features(statements: Sequence[str]) -> Floats:
    """Returns the features [N, F] of N statements."""
    counted = matrix([""] * len(statements), statements)[:, :-FROM_NAMES]
    return np.hstack([
        counted,
        np.array([_shape(text) for text in statements]).reshape(len(statements), -1),
        np.array([_hashed(text) for text in statements]).reshape(len(statements), HASHED),
    ])  # fmt: skip


def features_sha256() -> str:
    """Returns a hash of how features are made, by those of a few statements."""
    values = np.round(features(_PROBES), 6)
    return hashlib.sha256(values.astype("<f8").tobytes()).hexdigest()


def _shape(statement: str) -> list[float]:
    around = surroundings_of(statement)
    return [
        float(len(around.variables)),
        float(len(around.hypotheses)),
        float(len(around.functions)),
        float(len(around.numerals)),
        float(statement.lstrip().startswith(":")),
    ]


def _hashed(statement: str) -> Floats:
    words = form(statement).split(" ")
    counts = np.zeros(HASHED)
    for gram in [*words, *map(" ".join, pairwise(words))]:
        counts[crc32(gram.encode()) % HASHED] += 1
    return np.log1p(counts)
