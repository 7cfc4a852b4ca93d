"""Procurement by auction against paying for compute, on recorded attempts.

Source: Velasco et al., "Test-Time Compute Games", 2026, arXiv 2601.21839. A prover that is paid for
its compute gains by computing more than is worth it. In the auction
(prover_arb/core/auction_rule.py) it bids the amount with the best v*q - cost, so that the welfare
v*q - cost is never lower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from prover_arb.core.auction_rule import Sale, allocate, settle
from prover_arb.research.curves.prover_curve import ProverCurve
from prover_arb.scheduler.index.arrays import Floats

__all__ = [
    "BudgetOffers",
    "Mechanism",
    "Sale",
    "allocate",
    "by_auction",
    "by_compute",
    "offers",
    "settle",
]

ROUNDS = 500
"""Rounds of answers after which provers that still move are stopped."""


@dataclass(frozen=True)
class BudgetOffers:
    """What each prover could do on an average problem; one column for each budget."""

    quality: Floats
    """The solve probability [m, B]."""
    cost: Floats
    """The expected spend [m, B]."""


def offers(provers: Sequence[ProverCurve], budgets: Floats) -> BudgetOffers:
    """Returns the quality and cost of each prover at each budget."""
    tables = [prover.tables(budgets) for prover in provers]
    return BudgetOffers(
        np.array([1.0 - fail.mean(axis=1) for fail, _ in tables]),
        np.array([spend.mean(axis=1) for _, spend in tables]),
    )


@dataclass(frozen=True)
class Mechanism:
    """How a mechanism ends for one value v of a proof; amounts are per problem."""

    prover: int
    """The number of the prover that sells, or -1."""
    budget: int
    """The position of the chosen budget."""
    quality: float
    cost: float
    payment: float
    welfare: float
    """v*q - cost: what customer and prover gain together."""


NOTHING = Mechanism(-1, 0, 0.0, 0.0, 0.0, 0.0)


def by_auction(value: float, offered: BudgetOffers) -> Mechanism:
    """Returns how the auction ends.

    Every prover bids the budget with its best v*q - cost, at cost, which is its dominant strategy.
    """
    best = (value * offered.quality - offered.cost).argmax(axis=1)
    rows = np.arange(len(best))
    quality, cost = offered.quality[rows, best], offered.cost[rows, best]
    sale = allocate(value, [float(c) for c in cost], [float(q) for q in quality])
    if sale is None:
        return NOTHING
    w = sale.winner
    gain = value * quality[w] - cost[w]
    return Mechanism(w, int(best[w]), float(quality[w]), float(cost[w]), sale.payment, float(gain))


def by_compute(value: float, offered: BudgetOffers, *, markup: float = 0.25) -> Mechanism:
    """Returns how paying `1 + markup` per unit of compute ends.

    The customer takes the offer with the highest v*q - (1 + markup)*cost, if it is not negative.
    Each prover in turn answers the others with its most profitable amount that the customer still
    takes, or with the amount the customer likes best if none is taken, until no prover moves.
    """
    prices = (1.0 + markup) * offered.cost
    utility = value * offered.quality - prices
    chosen = utility.argmax(axis=1)
    m = len(chosen)
    rows = np.arange(m)
    for _ in range(ROUNDS):
        before = chosen.copy()
        for j in range(m):
            others = [float(utility[i, chosen[i]]) for i in range(m) if i != j]
            rival = max([0.0, *others])
            # Ties go to the prover that moves; the others must be beaten, not matched.
            taken = utility[j] >= rival if rival == 0.0 else utility[j] > rival
            if taken.any():
                chosen[j] = int(np.where(taken, markup * offered.cost[j], -1.0).argmax())
            else:
                chosen[j] = int(utility[j].argmax())
        if (chosen == before).all():
            break
    kept = utility[rows, chosen]
    w = int(kept.argmax())
    at = int(chosen[w])
    if kept[w] < 0 or offered.quality[w, at] <= 0:
        return NOTHING
    quality, cost = float(offered.quality[w, at]), float(offered.cost[w, at])
    return Mechanism(w, at, quality, cost, float(prices[w, at]), value * quality - cost)
