"""Amounts of money as the API shows and reads them: dollars, as decimal text."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from prover_arb.core.money import MICRO, MicroUSD, parse_budget
from prover_arb.errors import BudgetError

Dollars = Annotated[
    str,
    Field(pattern=r"^\d+\.\d{6}$", examples=["0.000120"]),
]

SignedDollars = Annotated[
    str,
    Field(pattern=r"^-?\d+\.\d{6}$", examples=["-0.000120"]),
]


def dollars(micro: int) -> str:
    """Returns micro-dollars as decimal text in dollars, such as `0.000120`."""
    return f"{Decimal(micro) / MICRO:.6f}"


def _micro(value: object) -> MicroUSD:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError('an amount in dollars, such as 0.05 or "0.05", is needed')  # noqa: TRY004
    try:
        return parse_budget(value)
    except BudgetError as error:
        # The name of the field stands beside the message already.
        raise ValueError(str(error).removeprefix("budget: ")) from None


Budget = Annotated[
    MicroUSD,
    BeforeValidator(_micro),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^\$?([0-9]+(\.[0-9]{1,6})?)$"},
                {"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000},
            ],
            "examples": ["0.05"],
        }
    ),
]
"""Micro-dollars, written as dollars."""
