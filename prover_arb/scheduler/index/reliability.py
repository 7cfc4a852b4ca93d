"""How reliable each prover turned out to be, against what its records promised.

Success. Where the records say that an attempt of prover j succeeds with chance q, it is believed to
succeed with log odds logit(q) + theta_j: recalibration by an intercept (Cox, "Two further
applications of a model for binary regression", 1958). The offset theta_j is known as a distribution
on a grid,

    P(theta) ~ prior(theta) * prod_n F_n(theta)^(FORGET^age_n),   F_n = sigmoid(logit q_n + theta)

for a purchase n that was a proof, and with 1 - F_n in place of F_n for one that was none. The age
of a purchase counts j's own later purchases, so that a prover that changes is believed anew. The
prior of a prover with records is mostly narrow, since records are mostly honest, with a wide part
for those that are not; without records it is wide.

Exploration. Optimistic Thompson sampling (May, Korda, Lee, Leslie, "Optimistic Bayesian sampling in
contextual-bandit problems", 2012): for each theorem one theta_j is drawn for every prover, and its
chance is taken from the draw where that is better than what is believed. The advantage is the
exploration bonus. It shrinks as purchases settle how good the prover is, and only a first attempt
on a theorem gets it, so that no hopeless theorem is bought for again and again in order to learn.
Draws come from a hash of seed, theorem and prover, so neither other provers nor the order of
theorems change them.

Prices. level_j is what j invoiced over what was expected, mostly over its latest purchases:

    level_j = (N e + sum_n R^age_n paid_n) / (N e + sum_n R^age_n expected_n)

where e is the mean of the expected_n, so that N purchases at the recorded price are assumed
beforehand. What attempts cost varies tenfold between theorems, so the level of a prover with
records moves slowly: over the latest few purchases it would be mostly noise. Without records it
has to be found soon. What is expected is the recorded cost times the ratio of the worst case quoted
now to the one quoted then, as far as both are known; for a prover without records, the worst case
itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.table import logit, sigmoid

GRID = np.linspace(-8.0, 8.0, 65)
"""The values of theta."""

HONEST, LYING, NEW = 0.3, 3.0, 2.0
"""Standard deviations of theta in the narrow part, in the wide part, and without records."""

DOUBT = 0.05
"""The weight of the wide part."""

FORGET = 0.99
RECENT, ASSUMED = 0.98, 20
"""R and N of provers with records."""

RECENT_OF_NEW, ASSUMED_OF_NEW = 0.8, 1
"""R and N of provers without records."""


class ReliabilityPosterior:
    """What is learnt about m provers from purchase after purchase."""

    def __init__(self, has_records: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        """Begins with the prior; `has_records` [m] marks the provers that have records."""
        known = (1 - DOUBT) * _normal(HONEST) + DOUBT * _normal(LYING)
        self._prior = np.log(np.where(has_records[:, None], known, _normal(NEW)))
        self._seen = np.zeros_like(self._prior)
        self._assumed = np.where(has_records, ASSUMED, ASSUMED_OF_NEW)
        self._recent = np.where(has_records, RECENT, RECENT_OF_NEW)
        count = len(has_records)
        self._paid, self._expected = np.zeros(count), np.zeros(count)
        self._sum, self._count = np.zeros(count), np.zeros(count)

    def judged(self, prover: int, chance: float, proved: bool) -> None:
        """Takes in an attempt that the records gave `chance`, and whether it was a proof."""
        odds = float(logit(np.array(chance))) + GRID
        self._seen[prover] *= FORGET
        self._seen[prover] += -np.logaddexp(0.0, -odds if proved else odds)

    def invoiced(self, prover: int, expected: float, paid: float) -> None:
        """Takes in an attempt that was `expected` to cost so many dollars, and did cost `paid`."""
        self._paid[prover] = self._recent[prover] * self._paid[prover] + paid
        self._expected[prover] = self._recent[prover] * self._expected[prover] + expected
        self._sum[prover] += expected
        self._count[prover] += 1

    @property
    def level(self) -> Floats:
        """The price levels [m]."""
        usual = np.where(self._count > 0, self._sum / np.maximum(self._count, 1), 1.0)
        assumed = self._assumed * usual
        return np.asarray((assumed + self._paid) / (assumed + self._expected))

    @property
    def belief(self) -> OffsetBelief:
        """What is believed of theta now."""
        return OffsetBelief(self._prior + self._seen)

    def estimate(self, quoted: Floats) -> Reliability:
        """Returns all of it as it is now; `quoted` [m] is that of `Reliability`."""
        return Reliability(self.belief, self.level, self._count.copy(), quoted)


class OffsetBelief:
    """The offset theta of every prover, as it is believed at one moment."""

    def __init__(self, log: Floats) -> None:
        """`log` [m, G] are log probabilities on the grid, not normalised."""
        mass = np.exp(log - log.max(axis=1, keepdims=True))
        self._cumulative = np.cumsum(mass / mass.sum(axis=1, keepdims=True), axis=1)
        mean = np.diff(self._cumulative, axis=1, prepend=0.0) @ GRID
        self.mean = np.where(np.abs(mean) < 1e-9, 0.0, mean)
        """The mean offset [m]."""

    def draw(self, seed: int, theorem: str, provers: tuple[str, ...]) -> Floats:
        """Draws an offset for each of the provers: [m], how far it lies above the mean, or 0."""
        uniform = np.array([_uniform(seed, theorem, prover) for prover in provers])
        position = (self._cumulative < uniform[:, None]).sum(axis=1)
        drawn = GRID[np.minimum(position, len(GRID) - 1)]
        return np.asarray(np.maximum(drawn - self.mean, 0.0))


@dataclass(frozen=True, eq=False)
class Reliability:
    """What has been learnt about m provers at one moment; arrays are [m]."""

    belief: OffsetBelief
    level: Floats
    """The price level: what was invoiced over what was expected."""
    purchases: Floats
    """How many purchases it was learnt from."""
    quoted: Floats
    """The worst case, in dollars, at which costs hold; 0 where unknown."""


def raised(chances: Floats, draw: Floats) -> Floats:
    """Returns the chances after a draw of offsets; none gets lower."""
    return np.asarray(np.where(draw > 0, sigmoid(logit(chances) + draw), chances))


def _normal(spread: float) -> Floats:
    mass = np.exp(-0.5 * (GRID / spread) ** 2) + 1e-30
    return np.asarray(mass / mass.sum())


def _uniform(seed: int, theorem: str, prover: str) -> float:
    """Returns a number in (0, 1) that depends on the arguments alone."""
    text = f"{seed}\0{theorem}\0{prover}".encode()
    number = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
    return (number + 0.5) / 2**64
