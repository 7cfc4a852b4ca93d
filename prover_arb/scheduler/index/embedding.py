"""Places statements so that those which say alike things lie close to each other.

The places come from a latent semantic analysis (Deerwester et al., "Indexing by Latent Semantic
Analysis", Journal of the American Society for Information Science 41, 1990): statements are counted
by their words and pairs of words, and the directions in which recorded statements differ most are
kept. Numerals count as equal. It is fitted on the recorded theorems that an index begins with, so
that statements are placed by what the market sells proofs of.

Whether it pays depends on how many theorems there are: over seven splits of 262 training theorems
the schedule's cost at equal solve rate fell by 2%, over six splits of 448 it rose by 1%
(benchmarks/signals.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from threadpoolctl import threadpool_limits

from prover_arb.core.lazy import lazy_module
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.features import Read, of_theorems

sklearn_text = lazy_module("sklearn.feature_extraction.text")
sklearn_decomposition = lazy_module("sklearn.decomposition")

DIMENSIONS = 8
FEW = 50
"""Fewer statements than this are not placed."""
_SEED = 0


def placing(statements: Sequence[str | None]) -> Read:
    """Returns what reads theorems as `of_theorems` does and adds their places, fitted on these.

    A theorem without a statement lies where the mean of the others does. Where there are few
    statements, or hardly any words in them, none is placed.
    """
    known = [text for text in statements if text is not None]
    if len(known) < FEW:
        return of_theorems
    counts = sklearn_text.TfidfVectorizer(analyzer=_words, min_df=2, sublinear_tf=True)
    reduced = sklearn_decomposition.TruncatedSVD(DIMENSIONS, random_state=_SEED)
    with threadpool_limits(limits=1):
        try:
            counted = counts.fit_transform(known)
        except ValueError:  # no word stands in two of them
            return of_theorems
        if counted.shape[1] <= DIMENSIONS:
            return of_theorems
        mean = reduced.fit_transform(counted).mean(axis=0)

    def read(names: Sequence[str], statements: Sequence[str | None]) -> Floats:
        places = np.tile(mean, (len(names), 1))
        has = [i for i, text in enumerate(statements) if text is not None]
        if has:
            with threadpool_limits(limits=1):
                places[has] = reduced.transform(counts.transform([statements[i] for i in has]))
        return np.hstack([places, of_theorems(names, statements)])

    return read


def _words(statement: str) -> list[str]:
    """Returns the words and signs of a statement, and its pairs of them that stand together."""
    signs = re.findall(r"\w+|[^\w\s]", re.sub(r"\d+", "0", statement))
    return [*signs, *map(" ".join, pairwise(signs))]
