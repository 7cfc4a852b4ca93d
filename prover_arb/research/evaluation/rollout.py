"""What the index buys for held-out theorems, block after block, and where it stops.

Until a proof ends everything an attempt can only fail, so the index goes the same way at every
value V of a proof; V only says where it stops. With w the belief over recorded theorems t after
everything bought so far, the next block of prover j, in which fail_tj goes from f to f', is worth

    gain_j = sum_t w_t (f - f') / f        cost_j = sum_t w_t c_tj (attempts paid) / f

The index takes the block with the least cost_j / gain_j, and stops where that is V or more. Each
step thus has an *asking* value, the largest cost / gain so far: it is bought where a proof is worth
more. Unlike a plan, a rollout changes its belief by the prices that it pays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from prover_arb.research.evaluation.lattice import LatticeTables
from prover_arb.scheduler.index.arrays import Floats, Ints
from prover_arb.scheduler.index.beliefs import SPREAD
from prover_arb.scheduler.planning.paths import NOBODY

PriceLookup = Callable[[int, Ints, Ints], Floats]
"""Maps (prover, theorems [q], attempts [q]) to the mean price [q] of the attempts just paid."""

BeliefUpdate = Callable[[Ints, Floats], Floats]
"""Maps (theorems [q], log prices paid [q, m], NaN for none) to weights [q, T], which leave failures
out."""


@dataclass(frozen=True)
class Rollout:
    """The blocks bought for each of Q theorems, at most K of each."""

    prover: Ints
    """The prover of each block [Q, K]; NOBODY past a rollout's end."""
    asking: Floats
    """The value of a proof above which the block is bought [Q, K]; it rises along a rollout."""


def roll_out(
    known: LatticeTables,
    believe: BeliefUpdate,
    price_lookup: PriceLookup,
    queries: int,
    highest: float,
    *,
    noise: float = 0.0,
) -> Rollout:
    """Returns the rollouts for `queries` theorems, up to a value of a proof of `highest`.

    `noise` is the standard deviation of log prices around a theorem's mean. The mean of k prices
    that were paid predicts the next one with a weight of SPREAD^2 / (SPREAD^2 + noise^2 / k), and
    the belief predicts it with the rest.
    """
    m, theorems = len(known.fail), len(known.cost)
    last = np.array([chances.shape[1] - 1 for chances in known.fail])
    met = np.full((queries, m), np.nan)
    block = np.zeros((queries, m), dtype=np.int64)
    base = believe(np.arange(queries), met)
    fail = np.ones((queries, m, theorems))
    steps = [_step(known, j) for j in range(m)]
    highest_asking = np.zeros(queries)
    active = np.arange(queries)
    provers, asking = [np.full(queries, NOBODY)], [np.zeros(queries)]
    while True:
        weights = base[active] * fail[active].prod(axis=1)
        total = weights.sum(axis=1, keepdims=True)
        # Where no recorded theorem failed as often, failures say nothing more.
        weights = np.where(total > 0, weights / np.where(total > 0, total, 1.0), base[active])
        least = np.full(len(active), np.inf)
        best = np.full(len(active), NOBODY)
        for j, (solved, paid) in enumerate(steps):
            at = np.minimum(block[active, j], last[j] - 1)
            gain = np.einsum("qt,qt->q", weights, solved[at])
            cost = np.einsum("qt,qt->q", weights, paid[at] * known.cost[:, j])
            again = np.einsum("qt,qt->q", weights, paid[at]) * np.exp(met[active, j])
            count = np.maximum(known.lattice.counts[j][at], 1)
            share = SPREAD**2 / (SPREAD**2 + noise**2 / count)
            cost = np.where(np.isnan(again), cost, cost ** (1 - share) * again**share)
            ratio = np.where(block[active, j] < last[j], cost / np.maximum(gain, 1e-300), np.inf)
            best, least = np.where(ratio < least, j, best), np.minimum(ratio, least)
        highest_asking[active] = np.maximum(highest_asking[active], least)
        goes = highest_asking[active] < highest
        active, best = active[goes], best[goes]
        if not len(active):
            break
        provers.append(np.full(queries, NOBODY))
        asking.append(np.full(queries, np.inf))
        provers[-1][active], asking[-1][active] = best, highest_asking[active]
        for j in np.unique(best):
            bought = active[best == j]
            first = block[bought, j] == 0
            block[bought, j] += 1
            fail[bought, j] = known.fail[j].T[block[bought, j]]
            news = bought if noise else bought[first]
            if len(news):
                count = known.lattice.counts[j][block[news, j]]
                met[news, j] = np.log(price_lookup(int(j), news, count))
                base[news] = believe(news, met[news])
    return Rollout(np.stack(provers[1:] or provers, axis=1), np.stack(asking[1:] or asking, axis=1))


def rollout_outcomes(
    rollout: Rollout, market: LatticeTables, values: Floats
) -> tuple[Floats, Floats]:
    """Returns what rollouts do in truth on the Q theorems of `market`: (solved, cost), each [Q,
    L]."""
    count = len(rollout.prover)
    block = np.zeros((count, len(market.fail)), dtype=np.int64)
    open_ = np.ones(count)
    solved = np.zeros((count, len(values)))
    spent = np.zeros_like(solved)
    for prover, asking in zip(rollout.prover.T, rollout.asking.T, strict=True):
        for j in np.unique(prover[prover != NOBODY]):
            q = np.nonzero(prover == j)[0]
            at = block[q, j]
            here, there = market.fail[j][q, at], market.fail[j][q, at + 1]
            others = np.divide(open_[q], here, out=np.zeros(len(q)), where=here > 0)
            cost = others * market.cost[q, j] * (market.paid[j][q, at + 1] - market.paid[j][q, at])
            bought = values > asking[q, None]
            solved[q] += (others * (here - there))[:, None] * bought
            spent[q] += cost[:, None] * bought
            open_[q] = others * there
            block[q, j] += 1
    return solved, spent


def _step(known: LatticeTables, prover: int) -> tuple[Floats, Floats]:
    """Returns (solved, attempts paid), each [blocks - 1, T], of a block after all before it
    failed."""
    fail, paid = known.fail[prover].T, known.paid[prover].T
    here = np.where(fail[:-1] > 0, fail[:-1], 1.0)
    reached = fail[:-1] > 0
    return (
        np.where(reached, (fail[:-1] - fail[1:]) / here, 0.0),
        np.where(reached, (paid[1:] - paid[:-1]) / here, 1.0),
    )
