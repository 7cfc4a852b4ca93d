"""Fits the cascade that training theorems recommend: an order of provers, each with a threshold.

The measure is that of equal_solve_rate.py: what a cascade costs at the solve rates of the band, as
shares of the theorems that any prover proved, on theorems that every prover was tried on. A prover
with the threshold tau spends min(tau, c) on a theorem that costs it c, and proves it if c <= tau.
Orders are all tried where there are few provers, else only the cheapest first; the thresholds of an
order are improved one at a time, among quantiles of what the prover's proofs cost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from prover_arb.bench.equal_solve_rate import RATES, Floats, Spending, costs_at
from prover_arb.core.history import TheoremHistory

MOST_ORDERED = 5
"""Up to so many provers, every order is tried."""
QUANTILES = (0.25, 0.5, 0.75, 0.9, 1.0)
SWEEPS = 4


@dataclass(frozen=True)
class _Tried:
    """What every prover spent on each theorem and whether it proved it; [provers, theorems]."""

    provers: tuple[str, ...]
    spent: Floats
    proved: Floats

    def score(self, order: Sequence[int], taus: Floats) -> tuple[float, float]:
        """How many rates a cascade does not reach, and the mean log of its cost at the others."""
        theorems = self.spent.shape[1]
        cost, solved = np.zeros(theorems), np.zeros(theorems, dtype=bool)
        for j in order:
            cost += np.where(solved, 0.0, np.minimum(self.spent[j], taus[j]))
            solved |= (self.proved[j] > 0) & (self.spent[j] <= taus[j])
        solvable = float(self.proved.any(axis=0).sum())
        once = np.ones((1, theorems))
        costs = costs_at(
            Spending.cut_off(list(cost), list(solved)), once, solvable * RATES[None, :]
        )[0]
        reached = np.isfinite(costs)
        return float((~reached).sum()), float(np.log(costs[reached]).mean()) if reached.any() else 0


def one_per_theorem(
    finished: Mapping[tuple[str, str, str], TheoremHistory],
) -> list[TheoremHistory]:
    """Joins the histories that several policies of a run have of one theorem.

    Policies of a run may share attempts, so each prover's purchases are taken from the history in
    which it was asked most often. The keys are run, policy and digest of the statement.
    """
    joined: dict[tuple[str, str], TheoremHistory] = {}
    for (run, _, digest), history in finished.items():
        known = joined.get((run, digest))
        joined[run, digest] = history if known is None else _joined(known, history)
    return list(joined.values())


def _joined(first: TheoremHistory, second: TheoremHistory) -> TheoremHistory:
    provers = dict.fromkeys(bought.prover for bought in (*first.past, *second.past))
    choices = [
        [
            [bought for bought in history.past if bought.prover == name]
            for history in (first, second)
        ]
        for name in provers
    ]
    past = (bought for choice in choices for bought in max(choice, key=len))
    return first.model_copy(update={"past": tuple(past)})


def fitted_cascade(histories: Sequence[TheoremHistory]) -> dict[str, int] | None:
    """Returns the thresholds of the best cascade in its order, in micro-dollars.

    None where no theorem was tried by every prover, or none of them was proved.
    """
    tried = _tried(histories)
    if tried is None:
        return None
    grids = [_grid(tried, j) for j in range(len(tried.provers))]
    best: tuple[tuple[float, float], tuple[int, ...], Floats] | None = None
    for order in _orders(tried):
        taus = np.array([grid[-1] for grid in grids])
        score = tried.score(order, taus)
        for _ in range(SWEEPS):
            before = score
            for j in order:
                for tau in grids[j]:
                    changed = taus.copy()
                    changed[j] = tau
                    if (other := tried.score(order, changed)) < score:
                        score, taus = other, changed
            if score == before:
                break
        if best is None or score < best[0]:
            best = (score, order, taus)
    if best is None:
        return None
    _, order, taus = best
    return {tried.provers[j]: round(taus[j]) for j in order if taus[j] > 0}


def _tried(histories: Sequence[TheoremHistory]) -> _Tried | None:
    provers = tuple(sorted({bought.prover for history in histories for bought in history.past}))
    whole = [h for h in histories if {bought.prover for bought in h.past} == set(provers)]
    spent = np.zeros((len(provers), len(whole)))
    proved = np.zeros((len(provers), len(whole)))
    for i, history in enumerate(whole):
        for bought in history.past:
            j = provers.index(bought.prover)
            spent[j, i] += bought.cost
            proved[j, i] += bought.status == "proved"
    return _Tried(provers, spent, proved) if proved.any() else None


def _grid(tried: _Tried, j: int) -> list[float]:
    """Thresholds to try for a prover, the last of which leaves it everything."""
    costs = tried.spent[j][tried.proved[j] > 0]
    steps = [float(np.ceil(q)) for q in np.quantile(costs, QUANTILES)] if costs.size else []
    return [0.0, *sorted(set(steps)), float(np.ceil(tried.spent[j].max()))]


def _orders(tried: _Tried) -> list[tuple[int, ...]]:
    cheapest_first = tuple(int(j) for j in np.argsort(tried.spent.mean(axis=1), kind="stable"))
    if len(cheapest_first) > MOST_ORDERED:
        return [cheapest_first]
    return list(permutations(cheapest_first))
