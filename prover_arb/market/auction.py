"""Procurement by a reverse second-price auction with quality bids, against paying for compute.

Source: Velasco et al., "Test-Time Compute Games", 2026, arXiv 2601.21839. A customer values a proof
at v. Prover j bids a price b_j and a solve probability q_j. Score s_j = v*q_j - b_j; the best score
wins if it is positive, and is paid v*q_w - max(s_2, 0): the customer keeps what the second-best
offer would have given. Bidding one's true cost is a dominant strategy.

Arithmetic is on whatever numbers are given: floats here in the market's unit, exact fractions in
the tests, integer micro-dollars and `Fraction` qualities in the live auction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

import numpy as np

from prover_arb.curves.attempts import Floats, Seller

Number = TypeVar("Number", int, float, Fraction)


@dataclass(frozen=True)
class Sale(Generic[Number]):
    """Who won, and what it means."""

    winner: int
    payment: Number
    """Expected, before the outcome is known."""
    runner_up: Number
    """max(s_2, 0), what the customer keeps."""


def allocate(
    value: Number, bids: Sequence[Number], qualities: Sequence[Number]
) -> Sale[Number] | None:
    """The winner and its payment, or None when no score is positive; ties go to the first."""
    scores = [value * q - b for b, q in zip(bids, qualities, strict=True)]
    order = sorted(range(len(scores)), key=lambda j: -scores[j])
    if not order or scores[order[0]] <= 0:
        return None
    winner = order[0]
    zero = value - value
    second = max(scores[order[1]], zero) if len(order) > 1 else zero
    return Sale(winner, value * qualities[winner] - second, second)


def settle(value: Number, sale: Sale[Number], proved: bool) -> Number:
    """What the winner gets once the kernel has spoken: v if proved, less what the customer keeps.

    Its expectation at the true quality is v*q - max(s_2, 0), whatever was claimed, so that no
    claim pays but the true one: the payment may be negative, a deposit forfeited.
    """
    return (value if proved else value - value) - sale.runner_up


@dataclass(frozen=True)
class Offers:
    """What each prover could do on an average problem: one column per budget."""

    quality: Floats
    """[m, B] solve probability."""
    cost: Floats
    """[m, B] expected spend."""


def offers(sellers: Sequence[Seller], budgets: Floats) -> Offers:
    """Quality and cost of each prover at each budget."""
    tables = [one.tables(budgets) for one in sellers]
    return Offers(
        np.array([1.0 - fail.mean(axis=1) for fail, _ in tables]),
        np.array([spend.mean(axis=1) for _, spend in tables]),
    )


@dataclass(frozen=True)
class Mechanism:
    """How a mechanism ends for one value v; all per problem."""

    prover: int
    """-1 if nobody sells."""
    budget: int
    """Position of the chosen budget."""
    quality: float
    cost: float
    payment: float
    welfare: float
    """v*q - cost: what customer and prover have together."""


NOTHING = Mechanism(-1, 0, 0.0, 0.0, 0.0, 0.0)


def by_auction(value: float, offered: Offers) -> Mechanism:
    """Every prover bids the budget with its best v*q - cost, at cost: its dominant strategy."""
    best = (value * offered.quality - offered.cost).argmax(axis=1)
    rows = np.arange(len(best))
    quality, cost = offered.quality[rows, best], offered.cost[rows, best]
    sale = allocate(value, [float(c) for c in cost], [float(q) for q in quality])
    if sale is None:
        return NOTHING
    w = sale.winner
    gain = value * quality[w] - cost[w]
    return Mechanism(w, int(best[w]), float(quality[w]), float(cost[w]), sale.payment, float(gain))


def by_compute(
    value: float, offered: Offers, *, markup: float = 0.25, rounds: int = 500
) -> Mechanism:
    """Paying `1 + markup` per unit of compute: provers choose how much to compute, in turn.

    A customer takes the offer with the highest v*q - (1 + markup)*cost, if it is not negative. Each
    prover in turn answers the others by its most profitable amount that is still taken (what its
    customers like best, if none is), until nobody moves.
    """
    prices = (1.0 + markup) * offered.cost
    utility = value * offered.quality - prices
    chosen = utility.argmax(axis=1)
    m = len(chosen)
    rows = np.arange(m)
    for _ in range(rounds):
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
