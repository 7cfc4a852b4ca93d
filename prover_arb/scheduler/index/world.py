"""What further attempts would do on a recorded theorem, in two readings of its record (n, s).

    independent   every attempt succeeds with chance s/n
    beta          the chance is drawn once from Beta(s + 0.3, n - s + 0.3), and is not known

Both go on past the recorded n, where attempts cost as much as before. With fail(k) the chance that
k attempts all fail, an attempt paid only while all before it failed costs fail(k) times its price,
so K attempts cost fail(0) + ... + fail(K-1) prices. Both sums are closed forms:

    independent   (1 - (1-p)^K) / p, K where p = 0
    beta          a = s + 0.3, b = n - s + 0.3: fail(k) = B(a, b+k) / B(a, b), and the sum is
                  (fail(K) * (a+b+K-1) - (a+b-1)) / (1-a); a is never 1
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, gammaln

from prover_arb.scheduler.index.attempts import Floats

World = Literal["independent", "beta"]

WORLDS: tuple[World, ...] = get_args(World)

PSEUDO = 0.3
"""Successes and failures added to a record in the beta world."""


def survival(world: World, successes: ArrayLike, attempts: ArrayLike, counts: ArrayLike) -> Floats:
    """fail(counts), all arguments broadcast against one another."""
    s, n, k = (np.asarray(each, dtype=np.float64) for each in (successes, attempts, counts))
    if world == "independent":
        return np.asarray(np.power(1.0 - s / n, k))
    a, b = s + PSEUDO, n - s + PSEUDO
    return np.asarray(np.exp(gammaln(b + k) - gammaln(b) + gammaln(a + b) - gammaln(a + b + k)))


def paid(world: World, successes: ArrayLike, attempts: ArrayLike, counts: ArrayLike) -> Floats:
    """fail(0) + ... + fail(counts - 1): attempts paid for until `counts` or a success."""
    s, n, k = (np.asarray(each, dtype=np.float64) for each in (successes, attempts, counts))
    fail = survival(world, s, n, k)
    if world == "independent":
        p = s / n
        return np.asarray(np.where(p > 0, (1.0 - fail) / np.where(p > 0, p, 1.0), k))
    a, both = s + PSEUDO, n + 2 * PSEUDO
    return np.asarray((fail * (both + k - 1) - (both - 1)) / (1 - a))


def rate_below(world: World, successes: ArrayLike, attempts: ArrayLike, rates: ArrayLike) -> Floats:
    """Chance that the success rate lies at or below `rates`, broadcast."""
    s, n, r = (np.asarray(each, dtype=np.float64) for each in (successes, attempts, rates))
    if world == "independent":
        return np.asarray((s / n <= r).astype(np.float64))
    return np.asarray(betainc(s + PSEUDO, n - s + PSEUDO, np.clip(r, 0.0, 1.0)))
