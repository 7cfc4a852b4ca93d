"""Money is an integer number of micro-dollars, from the price list to the ledger.

No float ever holds money: amounts come in as decimal text and leave as decimal text.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal, InvalidOperation

from prover_arb.errors import BudgetError

MICRO = 1_000_000
"""Micro-dollars in one dollar."""

LARGEST_BUDGET = 1_000_000 * MICRO
"""A budget above a million dollars is taken for a typing error."""


def parse_usd(text: str | Decimal | int, *, field: str = "budget") -> int:
    """Micro-dollars in a decimal amount of dollars, such as "0.05".

    A fraction of a micro-dollar is refused, not rounded.

    Raises:
        BudgetError: not a number, negative, finer than a micro-dollar, or above LARGEST_BUDGET.
    """
    try:
        micro = Decimal(str(text).strip().removeprefix("$")) * MICRO
    except InvalidOperation:
        message = f"{field}: {text!r} is not an amount in dollars; write it like 0.05"
        raise BudgetError(message) from None
    if not micro.is_finite():
        raise BudgetError(f"{field}: {text!r} is not a finite amount")
    if micro < 0:
        raise BudgetError(f"{field}: {text!r} is negative")
    if micro > LARGEST_BUDGET:
        limit = LARGEST_BUDGET // MICRO
        raise BudgetError(f"{field}: {text!r} is above ${limit:,}, surely a typing error")
    if micro != micro.to_integral_value():
        raise BudgetError(f"{field}: {text!r} is finer than a micro-dollar (0.000001)")
    return int(micro)


def format_usd(micro: int, *, digits: int = 6) -> str:
    """Dollars as text, `digits` after the point (at most 6), such as "$0.000120"."""
    sign = "-" if micro < 0 else ""
    amount = (Decimal(abs(micro)) / MICRO).quantize(Decimal(1).scaleb(-digits))
    return f"{sign}${amount:,}"


def charge_for(quantity: int, *, price: int, per: int) -> int:
    """Micro-dollars for `quantity` units at `price` micro-dollars per `per` units, rounded up.

    Rounding up keeps a sum of charges from falling below what the seller is owed.
    """
    return int((Decimal(quantity) * price / per).to_integral_value(rounding=ROUND_CEILING))


def plain_usd(micro: int) -> str:
    """Dollars without sign, separators or trailing zeros, as `parse_usd` reads them: "0.002"."""
    text = format_usd(micro).removeprefix("$").replace(",", "")
    return text.rstrip("0").rstrip(".")
