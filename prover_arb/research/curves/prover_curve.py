"""What a budget buys of one prover on each problem: the chance of failing, and what is spent.

Source: Olmedo, Schölkopf, Hardt, "Computational Arbitrage in AI Model Markets", 2026,
arXiv 2603.22404. Symbols, for problem i of prover j:

    n, s      recorded attempts and successes (`attempts`, `successes`)
    c         mean cost of an attempt, a float in the unit of the records (`cost`)
    k         floor(b / c), the number of attempts that budget b buys
    pass@k    1 - C(n-s, k) / C(n, k), unbiased for k <= n

`fail` is 1 - pass@k. An attempt is paid only while the problem is unsolved, so the expected spend
up to b is the integral of `fail` from 0 to b:

    spend(b) = c * (fail(0) + ... + fail(k-1)) + (b - c*k) * fail(k)

Three estimators differ in what they assume once the records run out:

    paper         pass@k = 1 for k >= n if s > 0, and an unsolved problem goes on costing. This is
                  optimistic where n is small.
    recorded      a replay that never buys more than the n recorded attempts of a problem: after
                  them nothing more is spent on it, and nothing more is claimed.
    independent   every attempt succeeds with rate s/n, whatever came before: fail(k) = (1-s/n)^k.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from prover_arb.scheduler.index.arrays import Floats, Ints

Estimator = Literal["paper", "recorded", "independent"]

ESTIMATORS: tuple[Estimator, ...] = get_args(Estimator)

ABOUT: dict[Estimator, str] = {
    "paper": "pass@k as in the paper: certain of success once the recorded attempts are used up",
    "recorded": "replay of the records: never past the recorded attempts",
    "independent": "independent draws at the recorded success rate",
}
"""One line about each estimator, for plots."""


@dataclass(frozen=True)
class ProverCurve:
    """One prover on N problems: the chance of failing and the spend, as functions of the budget."""

    name: str
    cost: Floats
    """The mean cost of an attempt [N]."""
    attempts: Ints
    """How many attempts were recorded [N]."""
    successes: Ints
    """How many of them succeeded [N]."""
    estimator: Estimator
    fail: Floats
    """fail(0) ... fail(n) of each problem, one problem after the other."""
    before: Floats
    """fail(0) + ... + fail(k-1), in the same places as `fail`."""
    start: Ints
    """Where each problem begins in `fail` and `before` [N]."""

    def __len__(self) -> int:
        return len(self.cost)

    def tables(self, budgets: ArrayLike) -> tuple[Floats, Floats]:
        """Returns (fail, spend), each [len(budgets), N], at budgets in the unit of the records."""
        b = np.atleast_1d(np.asarray(budgets, dtype=np.float64))[:, None]
        # The price of a whole number of attempts must buy that many, however the division rounds.
        k = np.floor(b / self.cost * (1 + 1e-12)).astype(np.int64)
        if self.estimator == "independent":
            return self._independent(b, k)
        held = np.minimum(k, self.attempts)
        at = self.start + held
        fail = self.fail[at]
        spend = self.cost * self.before[at]
        if self.estimator == "paper":
            spend += np.maximum(b - held * self.cost, 0.0) * fail
        else:
            rest = np.where(k < self.attempts, np.maximum(b - held * self.cost, 0.0), 0.0)
            spend += rest * fail
        return fail, spend

    def subset(self, problems: Ints) -> ProverCurve:
        """Returns the same prover on some of the problems, by number; repeats are allowed."""
        return prover_curve(
            self.name,
            self.cost[problems],
            self.attempts[problems],
            self.successes[problems],
            self.estimator,
        )

    def scaled(self, factor: float) -> ProverCurve:
        """Returns the same prover at `factor` times its prices."""
        return prover_curve(
            self.name, self.cost * factor, self.attempts, self.successes, self.estimator
        )

    def _independent(self, b: Floats, k: Ints) -> tuple[Floats, Floats]:
        rate = self.successes / self.attempts
        fail = np.power(1.0 - rate, k)
        whole = np.where(rate > 0, (1.0 - fail) / np.where(rate > 0, rate, 1.0), k)
        return fail, self.cost * whole + np.maximum(b - k * self.cost, 0.0) * fail


def prover_curve(
    name: str,
    cost: ArrayLike,
    attempts: ArrayLike,
    successes: ArrayLike,
    estimator: Estimator = "paper",
) -> ProverCurve:
    """Makes the curve of a prover from its records: mean cost, attempts and successes, each [N]."""
    c = np.asarray(cost, dtype=np.float64)
    n = np.asarray(attempts, dtype=np.int64)
    s = np.asarray(successes, dtype=np.int64)
    start = np.concatenate([[0], np.cumsum(n + 1)])
    fails = [_fail(int(tries), int(wins)) for tries, wins in zip(n, s, strict=True)]
    fail = np.concatenate(fails) if fails else np.empty(0)
    before = np.concatenate([np.cumsum(f) - f for f in fails]) if fails else np.empty(0)
    return ProverCurve(name, c, n, s, estimator, fail, before, start[:-1].astype(np.int64))


def _fail(n: int, s: int) -> Floats:
    """Returns C(n-s, k) / C(n, k) for k = 0..n [n+1], as the product of (n-s-i) / (n-i) for i <
    k."""
    i = np.arange(n)
    return np.concatenate([[1.0], np.cumprod(np.clip((n - s - i) / (n - i), 0.0, 1.0))])
