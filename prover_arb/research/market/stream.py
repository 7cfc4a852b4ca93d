"""A stream of theorems bought by auction, with sellers who may lie, and a kernel that sees it.

Every theorem, each seller bids a price and claims a solve probability; `allocate`
(core/auction_rule.py) picks the winner, the kernel says whether its proof is one. Two guards
against overstated quality:

    weights   a seller's claims are multiplied by how far it is trusted after what it sold so far
              (auction.trust)
    outcome   the payment follows the verdict (auction.settle), so that a lie costs at once

Source of the rule: arXiv 2601.21839; the guards are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from prover_arb.core.auction_rule import allocate, settle, trust
from prover_arb.scheduler.index.arrays import Floats

Settlement = Literal["claim", "outcome"]


@dataclass(frozen=True)
class Conduct:
    """How one seller behaves; the truth is what it is asked for each theorem."""

    name: str
    overstates: float = 1.0
    """Claims its solve probability times this, at most 1."""
    pads: float = 1.0
    """Burns (and bids) this many times the compute it needs."""
    keeps: float = 0.0
    """Share of the padding it really burns nothing for: invoiced, but pure profit."""


@dataclass(frozen=True)
class Stream:
    """What a stream of T theorems came to."""

    winners: tuple[int, ...]
    """[T] -1 where nobody was asked."""
    profit: Floats
    """[m] each seller's payments less its costs."""
    weights: Floats
    """[m] how far each is believed at the end."""
    proved: int
    paid: float
    welfare: float
    """Value of proofs less what they cost to make."""


def simulate(
    value: float,
    quality: Floats,
    cost: Floats,
    conduct: Sequence[Conduct],
    *,
    settlement: Settlement = "claim",
    weighted: bool = True,
    seed: int = 0,
) -> Stream:
    """Buy T theorems one after another; `quality` and `cost` are the truth, [T, m]."""
    rng = np.random.default_rng(seed)
    draws = rng.random(len(quality))
    m = len(conduct)
    sold, claimed = np.zeros(m), np.zeros(m)
    profit = np.zeros(m)
    winners: list[int] = []
    proved, paid, welfare = 0, 0.0, 0.0
    inflation = np.array([seller.overstates for seller in conduct])
    padding = np.array([seller.pads for seller in conduct])
    burnt = padding - np.array([seller.keeps for seller in conduct]) * (padding - 1.0)
    for t, (true, spent) in enumerate(zip(quality, cost, strict=True)):
        claim = np.minimum(1.0, true * inflation)
        weight = _weights(sold, claimed) if weighted else np.ones(m)
        believed = np.minimum(1.0, claim * weight)
        sale = allocate(value, list(map(float, spent * padding)), list(map(float, believed)))
        if sale is None:
            winners.append(-1)
            continue
        w = sale.winner
        success = bool(draws[t] < true[w])
        payment = sale.payment if settlement == "claim" else settle(value, sale, success)
        profit[w] += payment - spent[w] * burnt[w]
        claimed[w] += claim[w]
        sold[w] += success
        winners.append(w)
        proved += success
        paid += payment
        welfare += value * success - float(spent[w] * burnt[w])
    weights = _weights(sold, claimed) if weighted else np.ones(m)
    return Stream(tuple(winners), profit, weights, proved, paid, welfare)


def _weights(sold: Floats, claimed: Floats) -> Floats:
    """[m] how far claims are believed."""
    return np.array([trust(p, c) for p, c in zip(sold, claimed, strict=True)])
