"""How a service uses the proofs that it knows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from prover_arb.core.money import NO_MONEY, MicroUSD
from prover_arb.core.theorem import Value

CacheScope = Literal["off", "own", "shared"]
"""Whose proofs answer an order: nobody's, those of its own key, or those of all keys."""


class CacheOptions(Value):
    """Which proofs answer orders, and at which price."""

    scope: CacheScope = "own"
    price: MicroUSD = Field(default=NO_MONEY, ge=0)
    """What a proof from the cache is charged, besides what it cost to judge it again."""


OWN_FOR_NOTHING = CacheOptions()
"""A key's own proofs, at what judging them again costs."""
