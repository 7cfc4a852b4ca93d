"""What sellers turned out to be, against what their records promised.

Success. Where the records say that an attempt of prover j succeeds with chance q, it is believed to
succeed with log odds logit(q) + theta_j: recalibration by an intercept (Cox, "Two further
applications of a model for binary regression", 1958). theta_j is known as a distribution on a grid,

    P(theta) ~ prior(theta) * prod_n F_n(theta)^(FORGET^age_n),   F_n = sigmoid(logit q_n + theta)

for purchase n if it was a proof, else 1 - F_n; age counts j's own later purchases, so that a prover
that changes is believed anew. For a prover with records the prior is mostly narrow, since records
are mostly honest, with a wide part for those that are not; without records it is wide.

Exploration. Optimistic Thompson sampling (May, Korda, Lee, Leslie, "Optimistic Bayesian sampling in
contextual-bandit problems", 2012): for each theorem one theta_j is drawn for every prover, and its
chance is taken from the draw where that is better than what is believed. The advantage is the
exploration bonus; it shrinks as the prover's purchases settle what it is, and is given for a first
attempt on a theorem alone, so that no hopeless theorem is bought for again and again to learn. The
draws are those of a hash of seed, theorem and prover, so neither other sellers nor the order of
theorems change them.

Prices. level_j is what j invoiced over what was expected, over its purchases of late:

    level_j = (e + sum_n RECENT^age_n paid_n) / (e + sum_n RECENT^age_n expected_n)

with e the mean of the expected_n: one purchase at the recorded price is believed in beforehand.
What is expected is the recorded cost times the ratio of the worst case quoted now to the one quoted
then, as far as both are known; of a prover without records, the worst case itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.table import logit, sigmoid

GRID = np.linspace(-8.0, 8.0, 65)
"""Values of theta."""

HONEST, LYING, NEW = 0.3, 3.0, 2.0
"""Standard deviations of theta: of the narrow and the wide part, and without records."""

DOUBT = 0.05
"""Weight of the wide part."""

FORGET = 0.99
RECENT = 0.8


class Standings:
    """Of m provers, learnt from purchase after purchase."""

    def __init__(self, recorded: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        """`recorded` [m]: which provers have records."""
        known = (1 - DOUBT) * _normal(HONEST) + DOUBT * _normal(LYING)
        self._prior = np.log(np.where(recorded[:, None], known, _normal(NEW)))
        self._seen = np.zeros_like(self._prior)
        count = len(recorded)
        self._paid, self._expected = np.zeros(count), np.zeros(count)
        self._sum, self._count = np.zeros(count), np.zeros(count)

    def judged(self, prover: int, chance: float, proved: bool) -> None:
        """An attempt for which the records promised `chance` was a proof, or was none."""
        odds = float(logit(np.array(chance))) + GRID
        self._seen[prover] *= FORGET
        self._seen[prover] += -np.logaddexp(0.0, -odds if proved else odds)

    def invoiced(self, prover: int, expected: float, paid: float) -> None:
        """An attempt that was expected to cost `expected` dollars did cost `paid`."""
        self._paid[prover] = RECENT * self._paid[prover] + paid
        self._expected[prover] = RECENT * self._expected[prover] + expected
        self._sum[prover] += expected
        self._count[prover] += 1

    @property
    def level(self) -> Floats:
        """[m]"""
        usual = np.where(self._count > 0, self._sum / np.maximum(self._count, 1), 1.0)
        return np.asarray((usual + self._paid) / (usual + self._expected))

    @property
    def belief(self) -> Belief:
        """What is believed of theta now."""
        return Belief(self._prior + self._seen)

    def learnt(self, quoted: Floats) -> Learnt:
        """All of it now; `quoted` [m] as there."""
        return Learnt(self.belief, self.level, self._count.copy(), quoted)


class Belief:
    """theta of every prover, as it is believed at one moment."""

    def __init__(self, log: Floats) -> None:
        """`log` [m, G] unnormalised."""
        mass = np.exp(log - log.max(axis=1, keepdims=True))
        self._mass = np.cumsum(mass / mass.sum(axis=1, keepdims=True), axis=1)
        mean = np.diff(self._mass, axis=1, prepend=0.0) @ GRID
        self.mean = np.where(np.abs(mean) < 1e-9, 0.0, mean)
        """[m]"""

    def draw(self, seed: int, theorem: str, provers: tuple[str, ...]) -> Floats:
        """[m] one draw for each of the provers, less the mean, if positive."""
        lots = np.array([_lot(seed, theorem, prover) for prover in provers])
        at = (self._mass < lots[:, None]).sum(axis=1)
        drawn = GRID[np.minimum(at, len(GRID) - 1)]
        return np.asarray(np.maximum(drawn - self.mean, 0.0))


@dataclass(frozen=True, eq=False)
class Learnt:
    """What has been learnt of m provers at one moment; arrays [m]."""

    belief: Belief
    level: Floats
    purchases: Floats
    """How many it was learnt from."""
    quoted: Floats
    """Worst case, in dollars, at which costs hold; 0 where that is not known."""


def raised(chances: Floats, draw: Floats) -> Floats:
    """Chances in the light of a draw; never lower."""
    return np.asarray(np.where(draw > 0, sigmoid(logit(chances) + draw), chances))


def _normal(spread: float) -> Floats:
    mass = np.exp(-0.5 * (GRID / spread) ** 2) + 1e-30
    return np.asarray(mass / mass.sum())


def _lot(seed: int, theorem: str, prover: str) -> float:
    """In (0, 1)."""
    text = f"{seed}\0{theorem}\0{prover}".encode()
    number = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")
    return (number + 0.5) / 2**64
