"""What further attempts would do on a recorded theorem, in each of the two worlds.

A world is a reading of a record of n attempts and s successes (scheduler/index/world.py). In both,
attempts past the recorded n cost as much as those before. Let fail(k) be the chance that k attempts
all fail. An attempt is paid for only while all attempts before it failed, so K attempts cost
fail(0) + ... + fail(K-1) times the price of one. Both sums have closed forms:

    independent   (1 - (1-p)^K) / p with p = s/n, or K where p = 0
    beta          with a = s + 0.3 and b = n - s + 0.3: fail(k) = B(a, b+k) / B(a, b), and the sum
                  is (fail(K) * (a+b+K-1) - (a+b-1)) / (1-a); a is never 1
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, gammaln

from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.world import PSEUDO, World


def survival(world: World, successes: ArrayLike, attempts: ArrayLike, counts: ArrayLike) -> Floats:
    """Returns fail(counts), the chance that so many attempts all fail.

    The arguments are broadcast against one another.
    """
    s, n, k = _floats(successes, attempts, counts)
    if world == "independent":
        return np.asarray(np.power(1.0 - s / n, k))
    a, b = s + PSEUDO, n - s + PSEUDO
    return np.asarray(np.exp(gammaln(b + k) - gammaln(b) + gammaln(a + b) - gammaln(a + b + k)))


def paid(world: World, successes: ArrayLike, attempts: ArrayLike, counts: ArrayLike) -> Floats:
    """Returns fail(0) + ... + fail(counts - 1): the attempts paid for until a success or `counts`.

    The arguments are broadcast against one another.
    """
    s, n, k = _floats(successes, attempts, counts)
    fail = survival(world, s, n, k)
    if world == "independent":
        p = s / n
        return np.asarray(np.where(p > 0, (1.0 - fail) / np.where(p > 0, p, 1.0), k))
    a, total = s + PSEUDO, n + 2 * PSEUDO
    return np.asarray((fail * (total + k - 1) - (total - 1)) / (1 - a))


def rate_below(world: World, successes: ArrayLike, attempts: ArrayLike, rates: ArrayLike) -> Floats:
    """Returns the chance that the success rate lies at or below `rates`.

    The arguments are broadcast against one another.
    """
    s, n, r = _floats(successes, attempts, rates)
    if world == "independent":
        return np.asarray((s / n <= r).astype(np.float64))
    return np.asarray(betainc(s + PSEUDO, n - s + PSEUDO, np.clip(r, 0.0, 1.0)))


def _floats(*values: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.asarray(value, dtype=np.float64) for value in values)
