"""What an order is charged: the settlements, their prices, and how they are rounded.

Every rounding is up to a whole micro-dollar, so that no charge falls below what it stands for.
"""

from __future__ import annotations

import math
from fractions import Fraction

from prover_arb.api.service.orders import Order, OrderStatus
from prover_arb.core.money import LARGEST_BUDGET, MICRO, NO_MONEY, MicroUSD


def with_margin(cost: Fraction, margin_ppm: int) -> MicroUSD:
    """Returns micro-dollars with the margin, which is in millionths of them, rounded up."""
    return MicroUSD(math.ceil(cost * (MICRO + margin_ppm) / MICRO))


def price_on_proof(expected_cost: int, probability: float, margin_ppm: int) -> MicroUSD | None:
    """Returns the price of a proof that is paid only if there is one.

    On average it pays for all that is spent, also where there is no proof, and the margin. It is
    None if no proof is expected, or only at a price above the largest budget.
    """
    if probability <= 0:
        return None
    price = with_margin(Fraction(expected_cost) / Fraction(probability), margin_ppm)
    return price if 0 < price <= LARGEST_BUDGET else None


def charge(
    order: Order, status: OrderStatus, *, spent: int, extra: MicroUSD = NO_MONEY
) -> MicroUSD:
    """Returns what an order is charged that ends with this status, after so much was spent.

    `extra` is charged besides what was spent, such as the price of a proof from the cache.
    """
    if order.settlement == "pay-on-proof":
        return order.price if order.price is not None and status == "proved" else NO_MONEY
    return MicroUSD(min(order.budget, with_margin(Fraction(spent), order.margin_ppm) + extra))


def most_charged(order: Order) -> MicroUSD:
    """Returns what an order is charged at most: what its key's budget must cover."""
    return order.budget if order.price is None else order.price
