"""Plans over a lattice: a state says how many attempts of each prover have failed so far.

Until a proof ends everything, a plan meets nothing but failures, so an attempt sequence is a path
in this lattice. Attempts are bought in blocks that grow (1, 1, 1, 1, 2, 2, 3, ...); of a block,
only the attempts up to the first proof are paid. A *prior* is a set of recorded theorems, and a
belief is a set of weights on them. Failures change the weights by Bayes' rule, which here means
multiplying by the chance of failing:

    S(g)      = sum_t w_t prod_j fail_tj(g_j)              mass still unsolved at state g
    C_j(g)    = sum_t w_t c_tj prod_{l != j} fail_tl * (paid_tj(g_j + 1) - paid_tj(g_j))
    W(g)      = max(0, max_j  V (S(g) - S(g + e_j)) - C_j(g) + W(g + e_j))

W is the value of going on from g when a proof is worth V, and gives the optimal attempt sequence
for the belief (backward induction; Bellman, "Dynamic Programming", 1957). All beliefs and all
values are planned at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from prover_arb.errors import PolicyError
from prover_arb.research.evaluation.world_outcomes import paid, survival
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.panel import Panel
from prover_arb.scheduler.index.world import World

STATES = 6_000
"""About how many states a lattice may have; with more provers, blocks get coarser."""

MOST_PROVERS = 5
"""The most provers a lattice may have, not counting those that sell one attempt per theorem."""

FINE = 40
"""How many blocks one prover has where no lattice is made of them."""

Decisions = NDArray[np.int8]
"""The number of the prover to buy a block from, or the number of provers for stopping."""


@dataclass(frozen=True)
class Lattice:
    """Counts of attempts of each of m provers, in growing blocks."""

    counts: tuple[Ints, ...]
    """For each prover the counts at the ends of its blocks, rising from 0."""

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(counts) for counts in self.counts)

    @property
    def stop(self) -> int:
        """The decision that buys nothing more."""
        return len(self.counts)

    @cached_property
    def strides(self) -> tuple[int, ...]:
        """How much a state's number grows with a block of each prover."""
        tail = [int(np.prod(self.shape[j + 1 :])) for j in range(len(self.shape))]
        return tuple(tail)

    @cached_property
    def coordinates(self) -> Ints:
        """Which block of each prover a state has reached [m, states]."""
        return np.asarray(np.indices(self.shape).reshape(len(self.shape), -1), dtype=np.int64)

    def from_the_end(self) -> Iterator[Ints]:
        """Yields the states in groups; all successors of a state are in earlier groups."""
        depth = self.coordinates.sum(axis=0)
        order = np.argsort(-depth, kind="stable")
        edges = np.nonzero(np.diff(depth[order]))[0] + 1
        yield from np.split(order, edges)


def lattice_for(panel: Panel) -> Lattice:
    """Returns a lattice that reaches as far as the longest record of each prover.

    Raises:
        PolicyError: there are too many provers for a lattice that is fine enough.
    """
    several = int((~panel.once).sum())
    if several > MOST_PROVERS:
        raise PolicyError(
            f"attempt sequences are planned for {MOST_PROVERS} provers, not {several}"
        )
    return in_blocks(panel, max(5, round(STATES ** (1 / max(several, 1)))))


def in_blocks(panel: Panel, points: int = FINE) -> Lattice:
    """Returns a lattice with about `points` blocks of every prover that sells several attempts."""
    return Lattice(
        tuple(
            np.array([0, 1]) if once else blocks(int(most), points)
            for once, most in zip(panel.once, panel.attempts.max(axis=0), strict=True)
        )
    )


@dataclass(frozen=True)
class LatticeTables:
    """Chances of failing and attempts paid of N theorems, at the counts of a lattice."""

    lattice: Lattice
    cost: Floats
    """The cost of an attempt [N, m]."""
    fail: tuple[Floats, ...]
    """For each prover the chance that so many attempts fail [N, blocks]."""
    paid: tuple[Floats, ...]
    """For each prover the expected number of paid attempts [N, blocks]."""


def tables_of(panel: Panel, lattice: Lattice, world: World) -> LatticeTables:
    """Returns the tables of a panel's theorems on a lattice."""
    records = [
        (
            panel.reading(j, world),
            panel.successes[:, j, None],
            panel.attempts[:, j, None],
            lattice.counts[j][None, :],
        )
        for j in range(len(panel.provers))
    ]
    return LatticeTables(
        lattice,
        panel.cost,
        tuple(survival(*record) for record in records),
        tuple(paid(*record) for record in records),
    )


@dataclass(frozen=True)
class Expected:
    """What every step of a lattice promises, for each of Q beliefs over T theorems."""

    lattice: Lattice
    unsolved: Floats
    """The chance that the theorem is still open [states, Q]."""
    cost: tuple[Floats, ...]
    """For each prover the expected cost of its next block, times the chance that the state is
    reached [states, Q]."""


def expected(prior: LatticeTables, weights: Floats) -> Expected:
    """Returns what all steps promise under beliefs `weights` [Q, T], each summing to 1."""
    lattice = prior.lattice
    m = len(lattice.counts)
    costs = []
    for j in range(m):
        step = np.diff(prior.paid[j], axis=1, append=prior.paid[j][:, -1:])
        costs.append(_product(prior, weights, j, step * prior.cost[:, [j]]))
    return Expected(lattice, _product(prior, weights, None, None), tuple(costs))


def _product(
    prior: LatticeTables, weights: Floats, place: int | None, instead: Floats | None
) -> Floats:
    whole = np.ones((1, weights.shape[1]))
    for j, fail in enumerate(prior.fail):
        factor = instead if j == place and instead is not None else fail
        whole = (whole[:, None, :] * factor.T[None, :, :]).reshape(-1, weights.shape[1])
    out: Floats = whole @ weights.T
    return out


def best_sequences(steps: Expected, values: Floats) -> Decisions:
    """Returns the optimal plans [states, Q, L]: from whom to buy a block next, or to stop.

    `values` [L] is what a proof is worth.
    """
    lattice = steps.lattice
    size, beliefs = steps.unsolved.shape
    worth = values.astype(np.float32)
    going_on = np.zeros((size, beliefs, len(values)), dtype=np.float32)
    decisions = np.full(going_on.shape, lattice.stop, dtype=np.int8)
    unsolved = steps.unsolved.astype(np.float32)
    costs = [cost.astype(np.float32) for cost in steps.cost]
    for states in lattice.from_the_end():
        for j, stride in enumerate(lattice.strides):
            open_ = states[lattice.coordinates[j, states] < lattice.shape[j] - 1]
            if not len(open_):
                continue
            gain = (unsolved[open_] - unsolved[open_ + stride])[:, :, None] * worth
            gain -= costs[j][open_][:, :, None]
            gain += going_on[open_ + stride]
            best = going_on[open_]
            better = gain > best
            going_on[open_] = np.where(better, gain, best)
            decisions[open_] = np.where(better, np.int8(j), decisions[open_])
    return decisions


def greedy_sequences(steps: Expected, values: Floats) -> Decisions:
    """Returns the plans [states, Q, L] that always buy the block with the most proofs per cost.

    They buy while a proof is worth that much, and do not look ahead.
    """
    lattice = steps.lattice
    best = np.zeros_like(steps.unsolved)
    which = np.full(best.shape, lattice.stop, dtype=np.int8)
    for j, stride in enumerate(lattice.strides):
        open_ = np.nonzero(lattice.coordinates[j] < lattice.shape[j] - 1)[0]
        solved = steps.unsolved[open_] - steps.unsolved[open_ + stride]
        index = solved / np.maximum(steps.cost[j][open_], 1e-300)
        better = index > best[open_]
        best[open_] = np.where(better, index, best[open_])
        which[open_] = np.where(better, np.int8(j), which[open_])
    going = best[:, :, None] * values[None, None, :] > 1.0
    return np.where(going, which[:, :, None], np.int8(lattice.stop)).astype(np.int8)


def play(decisions: Decisions, market: LatticeTables) -> tuple[Floats, Floats]:
    """Returns what plans do in truth: (solved, cost), each [Q, L].

    `decisions` [states, Q, L] are the plans for the Q theorems of `market`; [states, 1, L] is one
    plan for all of them.
    """
    lattice = market.lattice
    count, values = len(market.cost), decisions.shape[2]
    plan = np.broadcast_to(np.arange(count)[:, None], (count, values))
    own = plan if decisions.shape[1] > 1 else np.zeros_like(plan)
    level = np.broadcast_to(np.arange(values)[None, :], (count, values))
    state = np.zeros((count, values), dtype=np.int64)
    open_ = np.ones((count, values))
    spent = np.zeros((count, values))
    for _ in range(sum(lattice.shape) + 1):
        chosen = decisions[state, own, level]
        if (chosen == lattice.stop).all():
            break
        for j, stride in enumerate(lattice.strides):
            at = np.nonzero(chosen == j)
            i, g = at[0], lattice.coordinates[j, state[at]]
            here, there = market.fail[j][i, g], market.fail[j][i, g + 1]
            others = np.divide(open_[at], here, out=np.zeros(len(i)), where=here > 0)
            bought = market.paid[j][i, g + 1] - market.paid[j][i, g]
            spent[at] += others * market.cost[i, j] * bought
            open_[at] = others * there
            state[at] += stride
    return 1.0 - open_, spent


def blocks(most: int, points: int) -> Ints:
    """Returns about `points` counts of attempts, rising from 0 to `most` in growing steps."""
    if max(most, 2) < points:
        return np.arange(max(most, 2) + 1)
    counts = np.unique(np.round(np.geomspace(1, max(most, 2), points - 1)).astype(np.int64))
    # Rounding merges small counts; the freed places make the larger counts finer.
    for finer in range(points, 4 * points):
        more = np.unique(np.round(np.geomspace(1, max(most, 2), finer)).astype(np.int64))
        if len(more) > points - 1:
            break
        counts = more
    return np.concatenate([[0], counts])
