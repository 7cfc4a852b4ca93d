"""What the index buys for a theorem, attempt after attempt, and at which value of a proof.

Until a proof ends everything an attempt can only fail. So at any value V of a proof the index
policy follows the same sequence of attempts, and V only decides where it stops. With w the belief
over recorded theorems t, and p_t(i), c_t(i) the chance and the cost of the i-th attempt once those
before it have failed,

    gain(i) = sum_t w_t p_t(i) prod_{l<i} (1 - p_t(l))     attempt i is reached, and is a proof
    cost(i) = sum_t w_t c_t(i) prod_{l<i} (1 - p_t(l))     attempt i is reached, and paid

and attempt i is bought if V gain(l) > cost(l) for all l <= i, that is, if V is above its *asking*
value: the largest cost(l) / gain(l) so far. One path thus holds the policy at every V. A live
belief also changes with the prices met on the way; a path is what can be said beforehand.

Ranking by the ratio of chance to cost, with a reservation value at which going on and stopping are
equally good: Weitzman, "Optimal Search for the Best Alternative", Econometrica 47 (1979). For
attempts one of which suffices, the least cost / chance first is optimal: Mitten, "An Analytic
Solution to the Least Cost Testing Sequence Problem", 1960.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.planning.cells import Cells

NOBODY = -1
"""Stands past the end of a path, where no prover is asked."""

LONGEST = 4_000
"""The number of attempts after which a path ends in any case."""


@dataclass(frozen=True)
class Paths:
    """The attempts that an index buys for each of Q theorems, at most K for each."""

    prover: Ints
    """The prover of each attempt [Q, K]; NOBODY past a path's end."""
    gain: Floats
    """The chance that the attempt is reached and is a proof [Q, K]."""
    cost: Floats
    """The cost in the unit of the cells, times the chance that the attempt is reached [Q, K]."""
    asking: Floats
    """The value of a proof above which the attempt is bought [Q, K]; inf past a path's end."""

    def __len__(self) -> int:
        return len(self.prover)

    def bought(self, value: float) -> Floats:
        """Returns whether each attempt is bought where a proof is worth `value` [Q, K]."""
        return np.asarray(self.asking < value, dtype=np.float64)

    def below(self, value: float) -> Paths:
        """Returns the same paths, each ending where the policy stops at `value`."""
        keep = self.asking < value
        longest = int(keep.sum(axis=1).max(initial=0))
        return Paths(
            np.where(keep, self.prover, NOBODY)[:, :longest],
            np.where(keep, self.gain, 0.0)[:, :longest],
            np.where(keep, self.cost, 0.0)[:, :longest],
            np.where(keep, self.asking, np.inf)[:, :longest],
        )

    def played(self, truth: Cells) -> Paths:
        """Returns the same attempts with the gains and costs that they have in `truth`.

        The cells of `truth` are those of the Q theorems themselves.
        """
        gain, cost = np.zeros_like(self.gain), np.zeros_like(self.cost)
        still_open, failed = np.ones(len(self)), np.zeros_like(truth.wins)
        for step, prover in enumerate(self.prover.T):
            q = np.nonzero(prover != NOBODY)[0]
            j = prover[q]
            count = failed[q, j] * (1 - truth.known[j])
            chance = truth.wins[q, j] / (truth.total[q, j] + count)
            gain[q, step] = still_open[q] * chance
            cost[q, step] = still_open[q] * truth.cost[q, j]
            still_open[q] *= 1 - chance
            failed[q, j] += 1
        return replace(self, gain=gain, cost=cost)


def paths_for(cells: Cells, weights: Floats, highest: float, most: Ints) -> Paths:
    """Returns the paths of Q theorems under beliefs `weights` [Q, T] over the T theorems of
    `cells`.

    A path ends where a proof would have to be worth more than `highest`, or after `most` [m]
    attempts of every prover. Each row of `weights` sums to 1.
    """
    queries, m = len(weights), len(most)
    wins, total = cells.wins, cells.total
    mass = np.array(weights, dtype=np.float64)
    made = np.zeros((queries, m), dtype=np.int64)
    chance = np.repeat((wins / total)[None], queries, axis=0)
    highest_asking = np.zeros(queries)
    active = np.arange(queries)
    columns: list[tuple[Ints, Floats, Floats, Floats]] = []
    while len(active) and len(columns) < LONGEST:
        gains = np.einsum("qt,qtm->qm", mass[active], chance[active])
        costs = mass[active] @ cells.cost
        ratio = np.where(made[active] < most, costs / np.maximum(gains, 1e-300), np.inf)
        best = ratio.argmin(axis=1)
        at = np.arange(len(active))
        highest_asking[active] = np.maximum(highest_asking[active], ratio[at, best])
        goes_on = highest_asking[active] < highest
        active, best, at = active[goes_on], best[goes_on], at[goes_on]
        if not len(active):
            break
        prover, gain, cost, asking = _empty_column(queries)
        prover[active], gain[active], cost[active] = best, gains[at, best], costs[at, best]
        asking[active] = highest_asking[active]
        columns.append((prover, gain, cost, asking))
        mass[active] *= 1.0 - chance[active, :, best]
        made[active, best] += 1
        chance[active, :, best] = wins[:, best].T / (total[:, best].T + made[active, best][:, None])
    prover, gain, cost, asking = (
        np.stack(column, axis=1)
        for column in zip(*columns or [_empty_column(queries)], strict=True)
    )
    return Paths(prover, gain, cost, asking)


def _empty_column(queries: int) -> tuple[Ints, Floats, Floats, Floats]:
    """Returns (prover, gain, cost, asking) of a step that no path has; each is [queries]."""
    return (
        np.full(queries, NOBODY), np.zeros(queries), np.zeros(queries), np.full(queries, np.inf),
    )  # fmt: skip
