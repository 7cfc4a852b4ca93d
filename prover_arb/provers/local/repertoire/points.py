"""Computes with the terms of a goal: which small points satisfy its equations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, product

from prover_arb.provers.local.templates.numeric import Number, Term, Unreadable, read_term

MOST_POINTS = 1_500
"""How many points are looked at; a few hundredths of a second."""
_RELATION = re.compile(r" (=|≠|<|≤|>|≥) ")


class Relation:
    """A comparison of two terms, such as `x ^ 2 + 1 = 2 * y`."""

    def __init__(self, left: Term, sign: str, right: Term, names: Sequence[str]) -> None:
        self.sign = sign
        self.names = tuple(names)
        self._left = left
        self._right = right

    def difference(self, point: Mapping[str, Number]) -> Number | None:
        """Returns left minus right, or None where that has no value."""
        try:
            return self._left(point) - self._right(point)
        except (Unreadable, TypeError, OverflowError):
            return None

    def holds(self, point: Mapping[str, Number]) -> bool:
        """Returns whether it is true at the point."""
        gap = self.difference(point)
        if gap is None:
            return False
        return {
            "=": gap == 0,
            "≠": gap != 0,
            "<": gap < 0,
            "≤": gap <= 0,
            ">": gap > 0,
            "≥": gap >= 0,
        }[self.sign]


def read_relation(text: str) -> Relation | None:
    """Reads a comparison of terms of arithmetic; None if the text is something else."""
    parts = _RELATION.split(text)
    if len(parts) != 3:
        return None
    try:
        left, names = read_term(parts[0])
        right, more = read_term(parts[2])
    except Unreadable:
        return None
    return Relation(left, parts[1], right, list(dict.fromkeys([*names, *more])))


def grid(names: Sequence[str], values: Sequence[int | Fraction]) -> Iterator[dict[str, Number]]:
    """Yields points with these values, at most MOST_POINTS."""
    for chosen in islice(product(values, repeat=len(names)), MOST_POINTS):
        yield {name: Fraction(value) for name, value in zip(names, chosen, strict=True)}
