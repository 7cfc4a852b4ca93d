"""The rule of the reverse second-price auction with quality bids: who wins, and what it is paid.

Source: Velasco et al., "Test-Time Compute Games", 2026, arXiv 2601.21839. A customer values a proof
at v. Prover j bids a price b_j and a solve probability q_j, and has the score s_j = v*q_j - b_j.
The best score wins if it is positive, and is paid v*q_w - max(s_2, 0): the customer keeps what the
second-best offer would have given (`Sale.runner_up`, the customer's surplus). Bidding one's true
cost is a dominant strategy.

The arithmetic works on floats (records), on exact fractions (tests), and on integer micro-dollars
with `Fraction` qualities (where money moves).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Generic, TypeVar

Number = TypeVar("Number", int, float, Fraction)


@dataclass(frozen=True)
class Sale(Generic[Number]):
    """The winner of an auction, and what it means."""

    winner: int
    """The position of the winning bid."""
    payment: Number
    """The expected payment, before the outcome is known."""
    runner_up: Number
    """max(s_2, 0), which the customer keeps."""


def allocate(
    value: Number, bids: Sequence[Number], qualities: Sequence[Number]
) -> Sale[Number] | None:
    """Returns the sale, or None if no score is positive; the first of equal scores wins."""
    scores = [value * q - b for b, q in zip(bids, qualities, strict=True)]
    order = sorted(range(len(scores)), key=lambda j: -scores[j])
    if not order or scores[order[0]] <= 0:
        return None
    winner = order[0]
    zero = value - value
    second = max(scores[order[1]], zero) if len(order) > 1 else zero
    return Sale(winner, value * qualities[winner] - second, second)


def settle(value: Number, sale: Sale[Number], proved: bool) -> Number:
    """Returns what the winner gets after the verdict: v if proved, less what the customer keeps.

    Its expectation at the true quality is v*q - max(s_2, 0), whatever was claimed, so only the true
    claim pays. The result may be negative: the winner then forfeits a deposit.
    """
    return (value if proved else value - value) - sale.runner_up


def payment(value: int, customer_surplus: int, *, proved: bool) -> tuple[int, int]:
    """Returns what the customer pays the winner, and what the winner forfeits; one of them is 0."""
    net = settle(value, Sale(0, 0, customer_surplus), proved)
    return max(net, 0), max(-net, 0)


PATIENCE = 2.0
"""How many proofs a new prover may miss before its claims are trusted less."""


def trust(proofs: float, claimed: float) -> float:
    """Returns how far a prover's quality claims are trusted, in [0, 1], after what it sold so far.

    `claimed` is the sum of the solve probabilities that it claimed on what it sold, and `proofs` is
    how many of those the kernel accepted. The trust is min(1, (proofs + d) / claimed)^2 with the
    benefit of the doubt d = PATIENCE + sqrt(claimed). The ratio alone would put a liar back to its
    true quality; squared, it is trusted less than if it had been honest. This guard is an addition
    of this project; the source has none.
    """
    doubt = PATIENCE + sqrt(claimed)
    return min(1.0, (proofs + doubt) / max(claimed, doubt)) ** 2
