"""Figures of merit, computed from out-of-fold outcomes of every theorem.

The band cost ratio of a policy against a reference, over solve rates s = 0.60 .. 0.90:

    exp( mean over s of log( cost_policy(s) / cost_reference(s) ) )

where cost(s) is read off the out-of-fold curve, with log cost interpolated in the solve rate. Its
interval is a bootstrap over theorems, with the same draws for every policy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prover_arb.scheduler.index.arrays import Floats

STEP = 0.01
"""Between two solve rates of the band."""

BINS = 10
"""Ranges of predictions, of equal width, whose rates are compared with them."""

INTERVAL = (2.5, 97.5)
"""The percentiles that bound an interval."""


@dataclass(frozen=True)
class PolicyOutcome:
    """What a policy does, out of fold, at each of L values of a proof."""

    solved: Floats
    """The chance that each theorem is solved [N, L]."""
    cost: Floats
    """The expected cost of each theorem [N, L]."""


def band(low: float, high: float) -> Floats:
    """Returns the solve rates low, low + 0.01, ..., high."""
    return np.linspace(low, high, round((high - low) / STEP) + 1)


def log_costs(outcome: PolicyOutcome, rates: Floats, draws: Floats) -> Floats:
    """Returns the log cost at each rate [B, S], for theorem weights `draws` [B, N].

    It is inf where a rate is out of reach.
    """
    solved = np.maximum.accumulate(draws @ outcome.solved, axis=1)
    cost = np.maximum.accumulate(draws @ outcome.cost, axis=1)
    out = np.full((len(draws), len(rates)), np.inf)
    for i, (reached, spent) in enumerate(zip(solved, cost, strict=True)):
        # The cheapest way to a rate is the first level that reaches it.
        rising = np.concatenate([[True], np.diff(reached) > 1e-12]) & (spent > 0)
        if not rising.any():
            continue
        at, paid = reached[rising], np.log(spent[rising])
        out[i] = np.interp(rates, at, paid, right=np.inf)
    return out


def bootstrap(theorems: int, draws: int, seed: int) -> Floats:
    """Returns weights [1 + draws, theorems] that sum to 1.

    The first row weighs the theorems alike; the others resample them with replacement.
    """
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(theorems, np.full(theorems, 1 / theorems), size=draws)
    return np.vstack([np.ones(theorems), counts]) / theorems


def ratio(policy: Floats, reference: Floats) -> Floats:
    """Returns exp of the mean difference of log costs [B], over the rates that both reach."""
    reached = np.isfinite(policy) & np.isfinite(reference)
    gap = np.where(reached, policy, 0.0) - np.where(reached, reference, 0.0)
    count = reached.sum(axis=1)
    mean = np.where(count > 0, gap.sum(axis=1) / np.maximum(count, 1), np.nan)
    return np.asarray(np.exp(mean))


def interval(draws: Floats) -> tuple[float, float]:
    """Returns the bounds of the central 95% of bootstrap draws."""
    known = draws[np.isfinite(draws)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.percentile(known, INTERVAL)
    return float(low), float(high)


@dataclass(frozen=True)
class Calibration:
    """How well predicted chances of the next attempt agree with what it does."""

    brier: float
    """Mean squared error of the predicted chance against outcomes of attempts."""
    base: float
    """The same for a prediction that knows only each prover's mean rate."""
    predicted: list[float]
    """Mean prediction in each bin."""
    observed: list[float]
    """Mean success rate there."""
    count: list[int]
    """How many predictions fall into each bin."""


def calibration(predicted: Floats, rate: Floats, base: Floats) -> Calibration:
    """Returns the calibration of predictions [N, m] against recorded rates [N, m].

    It is exact over outcomes, without sampling. `base` [N, m] is the prediction to compare with.
    """
    p, r = predicted.ravel(), rate.ravel()
    edges = np.clip((p * BINS).astype(int), 0, BINS - 1)
    filled = [b for b in range(BINS) if (edges == b).any()]
    return Calibration(
        brier=float(np.mean((p - r) ** 2 + r * (1 - r))),
        base=float(np.mean((base.ravel() - r) ** 2 + r * (1 - r))),
        predicted=[float(p[edges == b].mean()) for b in filled],
        observed=[float(r[edges == b].mean()) for b in filled],
        count=[int((edges == b).sum()) for b in filled],
    )
