"""A stream of theorems bought by auction, where provers may lie and the kernel decides.

For every theorem each prover bids a price and claims a solve probability; `allocate`
(core/auction_rule.py) picks the winner, and the kernel says whether what it sold is a proof. There
are two guards against overstated quality:

    weights   a prover's claims are multiplied by how far it is trusted after what it sold so far
              (`auction_rule.trust`)
    outcome   the payment follows the verdict (`auction_rule.settle`), so that a lie costs at once

The rule is that of arXiv 2601.21839; the guards are additions of this project.
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
class Behaviour:
    """How one prover behaves, against the truth that it knows for each theorem."""

    name: str
    overstates: float = 1.0
    """The factor on the solve probability that it claims; the claim is at most 1."""
    pads: float = 1.0
    """The factor on the compute that it uses, and bids."""
    keeps: float = 0.0
    """The share of the additional compute that it invoices but does not use."""


@dataclass(frozen=True)
class Stream:
    """The result of a stream of T theorems."""

    winners: tuple[int, ...]
    """The number of the winner for each theorem [T]; -1 where no prover was asked."""
    profit: Floats
    """Each prover's payments less its costs [m]."""
    weights: Floats
    """How far each prover is believed at the end [m]."""
    proved: int
    paid: float
    welfare: float
    """The value of the proofs less what they cost to make."""


def simulate(
    value: float,
    quality: Floats,
    cost: Floats,
    conduct: Sequence[Behaviour],
    *,
    settlement: Settlement = "claim",
    weighted: bool = True,
    seed: int = 0,
) -> Stream:
    """Buys T theorems one after another; `quality` and `cost` [T, m] are the truth."""
    rng = np.random.default_rng(seed)
    draws = rng.random(len(quality))
    m = len(conduct)
    sold, claimed = np.zeros(m), np.zeros(m)
    profit = np.zeros(m)
    winners: list[int] = []
    proved, paid, welfare = 0, 0.0, 0.0
    inflation = np.array([prover.overstates for prover in conduct])
    padding = np.array([prover.pads for prover in conduct])
    burnt = padding - np.array([prover.keeps for prover in conduct]) * (padding - 1.0)
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
    """Returns how far claims are believed [m]."""
    return np.array([trust(p, c) for p, c in zip(sold, claimed, strict=True)])
