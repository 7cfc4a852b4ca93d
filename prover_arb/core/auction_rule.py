"""The rule of the reverse second-price auction with quality bids: who wins, and what it is paid.

Source: Velasco et al., "Test-Time Compute Games", 2026, arXiv 2601.21839. A customer values a proof
at v. Prover j bids a price b_j and a solve probability q_j. Score s_j = v*q_j - b_j; the best score
wins if it is positive, and is paid v*q_w - max(s_2, 0): the customer keeps what the second-best
offer would have given. Bidding one's true cost is a dominant strategy.

Arithmetic is on whatever numbers are given: floats on records, exact fractions in the tests, and
integer micro-dollars with `Fraction` qualities where money moves.
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


def payment(value: int, kept: int, *, proved: bool) -> tuple[int, int]:
    """What the customer pays the winner, and what the winner forfeits; one of them is 0."""
    net = settle(value, Sale(0, 0, kept), proved)
    return max(net, 0), max(-net, 0)


PATIENCE = 2.0
"""How many proofs a new seller may miss before it is believed less."""


def trust(proofs: float, claimed: float) -> float:
    """How far a seller's quality claims are believed, in [0, 1], after what it sold so far.

    `claimed` is the sum of the solve probabilities it claimed on what it sold, `proofs` how many of
    those the kernel accepted. min(1, (proofs + d) / claimed)^2 with the benefit of the doubt
    d = PATIENCE + sqrt(claimed): taken once, the ratio would put a liar back to its true quality;
    squared, it is believed less than if it had been honest. Ours; the source has no such guard.
    """
    doubt = PATIENCE + sqrt(claimed)
    return min(1.0, (proofs + doubt) / max(claimed, doubt)) ** 2
