"""Money is an integer number of micro-dollars, from the price list to the ledger.

No float ever holds money: amounts come in as decimal text and leave as decimal text.

`MicroUSD` marks such a number for the type checker; at run time it is an int. A function returns
`MicroUSD` where it makes an amount, and the fields of values that hold an amount have this type, so
that whatever reads them knows the unit. Parameters take `int` until all their callers pass
`MicroUSD`; sums and differences are ints, and are marked again where they become a field or a
result. Prices are no amounts: their unit stands in their name, such as `price_per_cpu_hour`.
"""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NewType

from prover_arb.errors import BudgetError

MicroUSD = NewType("MicroUSD", int)
"""An amount of money in micro-dollars."""

NO_MONEY = MicroUSD(0)

MICRO = 1_000_000
"""Micro-dollars in one dollar."""

LARGEST_BUDGET = 1_000_000 * MICRO
"""A budget above a million dollars is refused as a typing error."""

_AMOUNT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_NO_NUMBER = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


def parse_usd(text: str | Decimal | int, *, field: str = "budget") -> MicroUSD:
    """Returns the micro-dollars of a decimal amount of dollars, such as "0.05".

    A fraction of a micro-dollar is refused, not rounded. `field` names the amount in messages.

    Raises:
        BudgetError: the text is not a number, is negative, is finer than a micro-dollar, or is
            above LARGEST_BUDGET.
    """
    written = str(text).strip().removeprefix("$")
    if _NO_NUMBER.fullmatch(written):
        raise BudgetError(f"{field}: {text!r} is not a finite amount")
    if not _AMOUNT.fullmatch(written):
        raise BudgetError(f"{field}: {text!r} is not an amount in dollars; write it like 0.05")
    micro = Decimal(written) * MICRO
    if micro < 0:
        raise BudgetError(f"{field}: {text!r} is negative")
    if micro > LARGEST_BUDGET:
        limit = LARGEST_BUDGET // MICRO
        raise BudgetError(f"{field}: {text!r} is above ${limit:,}, surely a typing error")
    if micro != micro.to_integral_value():
        raise BudgetError(f"{field}: {text!r} is finer than a micro-dollar (0.000001)")
    return MicroUSD(int(micro))


def parse_budget(amount: str | Decimal | float, *, field: str = "budget") -> MicroUSD:
    """Returns the micro-dollars of a budget, which is an amount above 0.

    A float is an amount that was computed, such as 0.1 + 0.2, and is rounded down to a
    micro-dollar; text is what somebody wrote, and is refused if it is finer.

    Raises:
        BudgetError: for what `parse_usd` refuses, and for 0.
    """
    written = str(amount)
    if isinstance(amount, float) and abs(amount) <= LARGEST_BUDGET:
        # The shortest decimal text of a float is the number as it was written.
        written = f"{Decimal(written).quantize(Decimal('0.000001'), rounding=ROUND_FLOOR):f}"
    micro = parse_usd(written, field=field)
    if micro == 0:
        raise BudgetError(f"{field}: {amount!r} buys nothing; at least 0.000001 is needed")
    return micro


def format_usd(micro: int, *, digits: int = 6) -> str:
    """Returns dollars as text with `digits` after the point (at most 6), such as "$0.000120"."""
    sign = "-" if micro < 0 else ""
    amount = (Decimal(abs(micro)) / MICRO).quantize(Decimal(1).scaleb(-digits))
    return f"{sign}${amount:,}"


def charge_for(quantity: int, *, price: int, per: int) -> MicroUSD:
    """Returns the charge for `quantity` units at `price` micro-dollars per `per` units, rounded up.

    Rounding up keeps a sum of charges from falling below what the prover is owed.
    """
    exact = Decimal(quantity) * price / per
    return MicroUSD(int(exact.to_integral_value(rounding=ROUND_CEILING)))


def plain_usd(micro: int) -> str:
    """Returns dollars without sign, separators or trailing zeros, as `parse_usd` reads them."""
    text = format_usd(micro).removeprefix("$").replace(",", "")
    return text.rstrip("0").rstrip(".")
