"""Attempts that are sold in slices: the policy decides again after each of them.

A prover may sell an attempt piece by piece. A slice that neither found a proof nor came to the end
of the prover's work says where the next one goes on (`Attempt.resume`), as a text that any worker
can go on from. An attempt that is bought whole has no slices.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pydantic import Field

from prover_arb.core.theorem import Value

_MARK = "#"


class Slice(Value):
    """Which slice of an attempt a worker is to make."""

    index: int = Field(ge=0)
    """Its place in the attempt, from 0."""
    resume: str = ""
    """Where the attempt goes on, as the slice before it said; empty at its beginning."""


def product(prover: str, index: int | None) -> str:
    """Returns the name of what is bought: the prover for a whole attempt, or `prover#2` for the
    second slice of one.

    An index learns about each product by itself, because a slice is bought only after the earlier
    ones failed.
    """
    return prover if index is None else f"{prover}{_MARK}{index + 1}"


def worst_cases(prices: Sequence[int]) -> list[int]:
    """Returns what each slice may cost, given what the slices come to one after another.

    A slice may use the time of the next one, too, to finish what it has begun.
    """
    return [price + following for price, following in pairwise([*prices, 0])]


def sold_as(name: str) -> tuple[str, int | None]:
    """Returns the prover that sells the product `name`, and which slice it is."""
    prover, mark, number = name.rpartition(_MARK)
    return (
        (prover, int(number) - 1)
        if mark and number.isascii() and number.isdigit()
        else (name, None)
    )


def prover_of(name: str) -> str:
    """Returns the prover that sells the product `name`."""
    return sold_as(name)[0]
