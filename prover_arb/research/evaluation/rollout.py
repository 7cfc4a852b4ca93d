"""What the index buys for held-out theorems, block after block, and where it stops.

Until a proof ends everything an attempt can only fail, so the index goes one way at every value V
of a proof; V says only where it stops. With w the belief over recorded theorems t after everything
bought so far, the next block of prover j, fail_tj going from f to f', is worth

    gain_j = sum_t w_t (f - f') / f        cost_j = sum_t w_t c_tj (attempts paid) / f

It takes the least cost_j / gain_j, and stops where that is V or more. So each step has an *asking*
value, the largest cost / gain so far: it is bought where a proof is worth more. Unlike a plan, a
walk changes its belief by the prices it meets: it asks the till, having paid.
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
"""(prover, theorems [q], attempts [q]) to the mean price [q] of the attempts just paid for."""

BeliefUpdate = Callable[[Ints, Floats], Floats]
"""(theorems [q], log prices met [q, m], NaN for none) to weights [q, T], failures left out."""


@dataclass(frozen=True)
class Rollout:
    """The blocks bought for each of Q theorems, at most K of each."""

    prover: Ints
    """[Q, K] NOBODY past a walk's end."""
    asking: Floats
    """[Q, K] a step is bought where a proof is worth more; rises along a walk."""


def roll_out(
    known: LatticeTables,
    believe: BeliefUpdate,
    price_lookup: PriceLookup,
    queries: int,
    highest: float,
    *,
    noise: float = 0.0,
) -> Rollout:
    """The walks for `queries` theorems, to where a proof must be worth more than `highest`.

    `noise` is how far, in log, single prices lie around a theorem's mean: the mean of k of them
    stands for the next with a share of SPREAD^2 / (SPREAD^2 + noise^2 / k), the belief for what
    is left.
    """
    m, theorems = len(known.fail), len(known.cost)
    last = np.array([each.shape[1] - 1 for each in known.fail])
    met = np.full((queries, m), np.nan)
    block = np.zeros((queries, m), dtype=np.int64)
    base = believe(np.arange(queries), met)
    fail = np.ones((queries, m, theorems))
    steps = [_step(known, j) for j in range(m)]
    asked = np.zeros(queries)
    on = np.arange(queries)
    provers, asking = [np.full(queries, NOBODY)], [np.zeros(queries)]
    while True:
        weights = base[on] * fail[on].prod(axis=1)
        total = weights.sum(axis=1, keepdims=True)
        # Where no recorded theorem failed as often, failures say nothing more.
        weights = np.where(total > 0, weights / np.where(total > 0, total, 1.0), base[on])
        least = np.full(len(on), np.inf)
        best = np.full(len(on), NOBODY)
        for j, (solved, paid) in enumerate(steps):
            at = np.minimum(block[on, j], last[j] - 1)
            gain = np.einsum("qt,qt->q", weights, solved[at])
            cost = np.einsum("qt,qt->q", weights, paid[at] * known.cost[:, j])
            again = np.einsum("qt,qt->q", weights, paid[at]) * np.exp(met[on, j])
            count = np.maximum(known.lattice.counts[j][at], 1)
            share = SPREAD**2 / (SPREAD**2 + noise**2 / count)
            cost = np.where(np.isnan(again), cost, cost ** (1 - share) * again**share)
            ratio = np.where(block[on, j] < last[j], cost / np.maximum(gain, 1e-300), np.inf)
            best, least = np.where(ratio < least, j, best), np.minimum(ratio, least)
        asked[on] = np.maximum(asked[on], least)
        goes = asked[on] < highest
        on, best = on[goes], best[goes]
        if not len(on):
            break
        provers.append(np.full(queries, NOBODY))
        asking.append(np.full(queries, np.inf))
        provers[-1][on], asking[-1][on] = best, asked[on]
        for j in np.unique(best):
            bought = on[best == j]
            first = block[bought, j] == 0
            block[bought, j] += 1
            fail[bought, j] = known.fail[j].T[block[bought, j]]
            news = bought if noise else bought[first]
            if len(news):
                count = known.lattice.counts[j][block[news, j]]
                met[news, j] = np.log(price_lookup(int(j), news, count))
                base[news] = believe(news, met[news])
    return Rollout(np.stack(provers[1:] or provers, axis=1), np.stack(asking[1:] or asking, axis=1))


def rollout_outcomes(way: Rollout, market: LatticeTables, values: Floats) -> tuple[Floats, Floats]:
    """What walks do in truth, on the Q theorems of `market`: (solved, cost), each [Q, L]."""
    count = len(way.prover)
    block = np.zeros((count, len(market.fail)), dtype=np.int64)
    open_ = np.ones(count)
    solved = np.zeros((count, len(values)))
    spent = np.zeros_like(solved)
    for prover, asking in zip(way.prover.T, way.asking.T, strict=True):
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
    """(solved, attempts paid), each [blocks - 1, T]: of the next block where all before failed."""
    fail, paid = known.fail[prover].T, known.paid[prover].T
    here = np.where(fail[:-1] > 0, fail[:-1], 1.0)
    reached = fail[:-1] > 0
    return (
        np.where(reached, (fail[:-1] - fail[1:]) / here, 0.0),
        np.where(reached, (paid[1:] - paid[:-1]) / here, 1.0),
    )
