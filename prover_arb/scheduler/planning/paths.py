"""What the index buys for a theorem, attempt after attempt, and at which value of a proof.

Until a proof ends everything an attempt can only fail, so at any value V of a proof the index
policy goes along one and the same sequence of attempts; V says only where it stops. With w the
belief over recorded theorems t, and p_t(i), c_t(i) the chance and the cost of the i-th attempt
once those before it have failed,

    gain(i) = sum_t w_t p_t(i) prod_{l<i} (1 - p_t(l))     it is reached, and is a proof
    cost(i) = sum_t w_t c_t(i) prod_{l<i} (1 - p_t(l))     it is reached, and paid

and attempt i is bought if V gain(l) > cost(l) for all l <= i: if V is above its *asking* value, the
largest cost(l) / gain(l) so far. One path thus holds the policy at every V. Prices met on the way
change a live belief; a path is what can be said before.

The ratio of chance to cost as the thing to rank by, with a reservation value at which one is
indifferent between going on and stopping: Weitzman, "Optimal Search for the Best Alternative",
Econometrica 47 (1979); for attempts one of which suffices, cheapest cost / chance first is optimal
(Mitten, "An Analytic Solution to the Least Cost Testing Sequence Problem", 1960).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.planning.cells import Cells

NOBODY = -1
"""Stands past the end of a path, where no prover is asked."""

LONGEST = 4_000
"""Attempts after which a path ends in any case."""


@dataclass(frozen=True)
class Paths:
    """The attempts an index buys for each of Q theorems, at most K of each."""

    prover: Ints
    """[Q, K] whose attempt it is; NOBODY past a path's end."""
    gain: Floats
    """[Q, K]"""
    cost: Floats
    """[Q, K] in the unit of the cells; the chance that it is not needed any more is in it."""
    asking: Floats
    """[Q, K] it is bought where a proof is worth more than that; inf past a path's end."""

    def __len__(self) -> int:
        return len(self.prover)

    def bought(self, value: float) -> Floats:
        """[Q, K] whether each attempt is bought where a proof is worth `value`."""
        return np.asarray(self.asking < value, dtype=np.float64)

    def below(self, value: float) -> Paths:
        """The same paths, ending where the policy stops at `value`."""
        keep = self.asking < value
        longest = int(keep.sum(axis=1).max(initial=0))
        return Paths(
            np.where(keep, self.prover, NOBODY)[:, :longest],
            np.where(keep, self.gain, 0.0)[:, :longest],
            np.where(keep, self.cost, 0.0)[:, :longest],
            np.where(keep, self.asking, np.inf)[:, :longest],
        )

    def played(self, truth: Cells) -> Paths:
        """The same attempts with the gains and costs they have on Q theorems as they are."""
        gain, cost = np.zeros_like(self.gain), np.zeros_like(self.cost)
        left, failed = np.ones(len(self)), np.zeros_like(truth.wins)
        for step, prover in enumerate(self.prover.T):
            q = np.nonzero(prover != NOBODY)[0]
            j = prover[q]
            count = failed[q, j] * (1 - truth.known[j])
            chance = truth.wins[q, j] / (truth.both[q, j] + count)
            gain[q, step], cost[q, step] = left[q] * chance, left[q] * truth.cost[q, j]
            left[q] *= 1 - chance
            failed[q, j] += 1
        return replace(self, gain=gain, cost=cost)


def paths_for(cells: Cells, weights: Floats, highest: float, most: Ints) -> Paths:
    """Paths under beliefs `weights` [Q, T] about Q theorems, each summing to 1, over T recorded.

    A path ends where a proof would have to be worth more than `highest`, or after `most` [m]
    attempts of every prover.
    """
    queries, m = len(weights), len(most)
    a, both = cells.wins, cells.both
    mass = np.array(weights, dtype=np.float64)
    made = np.zeros((queries, m), dtype=np.int64)
    chance = np.repeat((a / both)[None], queries, axis=0)
    asked = np.zeros(queries)
    active = np.arange(queries)
    columns: list[tuple[Ints, Floats, Floats, Floats]] = []
    while len(active) and len(columns) < LONGEST:
        gains = np.einsum("qt,qtm->qm", mass[active], chance[active])
        costs = mass[active] @ cells.cost
        ratio = np.where(made[active] < most, costs / np.maximum(gains, 1e-300), np.inf)
        best = ratio.argmin(axis=1)
        at = np.arange(len(active))
        asked[active] = np.maximum(asked[active], ratio[at, best])
        on = asked[active] < highest
        active, best, at = active[on], best[on], at[on]
        if not len(active):
            break
        prover, gain, cost, asking = _nothing(queries)
        prover[active], gain[active], cost[active] = best, gains[at, best], costs[at, best]
        asking[active] = asked[active]
        columns.append((prover, gain, cost, asking))
        mass[active] *= 1.0 - chance[active, :, best]
        made[active, best] += 1
        chance[active, :, best] = a[:, best].T / (both[:, best].T + made[active, best][:, None])
    prover, gain, cost, asking = (
        np.stack(each, axis=1) for each in zip(*columns or [_nothing(queries)], strict=True)
    )
    return Paths(prover, gain, cost, asking)


def _nothing(queries: int) -> tuple[Ints, Floats, Floats, Floats]:
    return (
        np.full(queries, NOBODY), np.zeros(queries), np.zeros(queries), np.full(queries, np.inf),
    )  # fmt: skip
