"""Fits the cascade that training theorems recommend: an order of provers, each with a threshold.

The measure is that of equal_solve_rate.py: what a cascade costs at the solve rates of the band, as
shares of the theorems that any prover proved, on theorems that every prover was tried on. What a
threshold buys is replayed from the purchases on record, by the rules of next_attempt.py: the first
attempt may be cut short, and what comes after it, a further attempt or slice, is bought whole or
not at all. Orders are all tried where there are few provers, else only the cheapest first; the
thresholds of an order are improved one at a time. Those of a prover are quantiles of what its
proofs cost, or, where it sells slices, what leaves room for each further slice: a slice that was
cut short could not be recalled from another policy's purchases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from prover_arb.bench.equal_solve_rate import RATES, Floats, Spending, costs_at
from prover_arb.core.history import PurchaseOutcome, TheoremHistory

MOST_ORDERED = 5
"""Up to so many provers, every order is tried."""
QUANTILES = (0.25, 0.5, 0.75, 0.9, 1.0)
SWEEPS = 4


_Bought = tuple[PurchaseOutcome, ...]


class _Tried:
    """What every prover sold for each theorem, and what a threshold would have bought of it."""

    def __init__(self, provers: Sequence[str], histories: Sequence[TheoremHistory]) -> None:
        self.provers = tuple(provers)
        self.bought: list[list[_Bought]] = [
            [tuple(b for b in history.past if b.prover == name) for history in histories]
            for name in provers
        ]
        """The purchases of each prover [provers][theorems]."""
        self._within: dict[tuple[int, float], tuple[Floats, NDArray[np.bool_]]] = {}

    def within(self, j: int, tau: float) -> tuple[Floats, NDArray[np.bool_]]:
        """Returns what prover j takes of a threshold [theorems], and what it proves with that."""
        if (j, tau) not in self._within:
            both = [_within(bought, tau) for bought in self.bought[j]]
            self._within[j, tau] = (
                np.array([cost for cost, _ in both]),
                np.array([proved for _, proved in both], dtype=bool),
            )
        return self._within[j, tau]

    def all_of(self, j: int) -> tuple[Floats, NDArray[np.bool_]]:
        """Returns what everything that prover j sold costs [theorems], and what it proves."""
        return self.within(j, np.inf)

    def score(self, order: Sequence[int], taus: Sequence[float]) -> tuple[float, float]:
        """How many rates a cascade does not reach, and the mean log of its cost at the others."""
        theorems = len(self.bought[0])
        cost, solved = np.zeros(theorems), np.zeros(theorems, dtype=bool)
        for j in order:
            spent, proved = self.within(j, taus[j])
            cost += np.where(solved, 0.0, spent)
            solved |= proved
        solvable = float(np.any([self.all_of(j)[1] for j in order], axis=0).sum())
        once = np.ones((1, theorems))
        costs = costs_at(
            Spending.cut_off(list(cost), list(solved)), once, solvable * RATES[None, :]
        )[0]
        reached = np.isfinite(costs)
        return float((~reached).sum()), float(np.log(costs[reached]).mean()) if reached.any() else 0


def _within(bought: _Bought, tau: float) -> tuple[float, bool]:
    """Returns what a threshold spends of one prover's purchases, and whether that is a proof."""
    paid = 0.0
    for place, purchase in enumerate(bought):
        room = tau - paid
        if place and max(purchase.offered, purchase.cost) > room:
            break
        if purchase.cost > room:
            return tau, False
        paid += purchase.cost
        if purchase.status == "proved":
            return paid, True
    return paid, False


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
    best: tuple[tuple[float, float], tuple[int, ...], list[float]] | None = None
    for order in _orders(tried):
        taus = [grid[-1] for grid in grids]
        score = tried.score(order, taus)
        for _ in range(SWEEPS):
            before = score
            for j in order:
                for tau in grids[j]:
                    changed = [*taus[:j], tau, *taus[j + 1 :]]
                    other = tried.score(order, changed)
                    # A run is cut off at the cost of its dearest proof, so that failures beyond it
                    # cost nothing here: of equals, the smaller threshold is better.
                    if (other, tau) < (score, taus[j]):
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
    provers = sorted({bought.prover for history in histories for bought in history.past})
    whole = [h for h in histories if {bought.prover for bought in h.past} == set(provers)]
    tried = _Tried(provers, whole)
    proves_any = any(tried.all_of(j)[1].any() for j in range(len(provers)))
    return tried if proves_any else None


def _grid(tried: _Tried, j: int) -> list[float]:
    """Thresholds to try for a prover, the last of which leaves it everything."""
    if any(purchase.slice is not None for bought in tried.bought[j] for purchase in bought):
        return [0.0, *_room_for_slices(tried.bought[j])]
    spent, proved = tried.all_of(j)
    costs = spent[proved]
    steps = [float(np.ceil(q)) for q in np.quantile(costs, QUANTILES)] if costs.size else []
    return [0.0, *sorted(set(steps)), float(np.ceil(spent.max()))]


def _room_for_slices(attempts: Sequence[_Bought]) -> list[float]:
    """Returns the thresholds that pay for one, two, ... slices of every attempt [slices]."""
    rooms: dict[int, float] = {}
    for bought in attempts:
        paid = 0
        for place, purchase in enumerate(bought):
            needed = paid + max(purchase.offered, purchase.cost)
            rooms[place] = max(rooms.get(place, 0.0), float(needed))
            paid += purchase.cost
    return sorted(set(rooms.values()))


def _orders(tried: _Tried) -> list[tuple[int, ...]]:
    spent = [tried.all_of(j)[0].mean() for j in range(len(tried.provers))]
    cheapest_first = tuple(int(j) for j in np.argsort(spent, kind="stable"))
    if len(cheapest_first) > MOST_ORDERED:
        return [cheapest_first]
    return list(permutations(cheapest_first))
