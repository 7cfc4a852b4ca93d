"""What families of generated theorems draw from: seeded numbers, names, types, polynomials."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

TRAINING_SPLIT = "train"
"""The split of theorems that provers and policies may learn from."""

NAMES = (("x", "y", "z"), ("a", "b", "c"), ("m", "n", "k"), ("p", "q", "r"), ("u", "v", "w"),
         ("s", "t", "r"))  # fmt: skip
HYPOTHESES = (("h1", "h2", "h3", "h4"), ("h₀", "h₁", "h₂", "h₃"), ("ha", "hb", "hc", "hd"),
              ("h", "h'", "hk", "hm"), ("eq1", "eq2", "eq3", "eq4"))  # fmt: skip


class Draws(random.Random):
    """A seeded source of what a family varies, at a difficulty from 1 to 5."""

    def __init__(self, seed: str, difficulty: int, *, false: bool = False) -> None:
        """Makes the draws of one theorem; `false` asks for a variant that does not hold."""
        super().__init__(seed)
        self.difficulty = difficulty
        self._false = false
        self.slipped = False

    def slip(self) -> int:
        """Returns what is added to an answer: 0, or for a false variant a small number."""
        if not self._false:
            return 0
        self.slipped = True
        return self.choice((-2, -1, 1, 2, 3))

    def number(self, low: int | None = None, high: int | None = None) -> int:
        """Returns a whole number; by itself from 2 to a bound that grows with the difficulty."""
        if high is None:
            high = (6, 12, 25, 60, 150)[self.difficulty - 1]
        return self.randint(2 if low is None else low, high)

    def whole(self, size: int | None = None) -> int:
        """Returns a whole number of either sign that is not 0."""
        bound = (5, 9, 15, 30, 60)[self.difficulty - 1] if size is None else size
        return self.choice((-1, 1)) * self.randint(1, bound)

    def names(self) -> tuple[str, str, str]:
        """Returns three names of numbers."""
        return self.choice(NAMES)

    def hypotheses(self) -> tuple[str, str, str, str]:
        """Returns four names of hypotheses."""
        return self.choice(HYPOTHESES)

    def field(self) -> str:
        """Returns a type of numbers that can be divided."""
        return self.choice(("ℝ", "ℝ", "ℚ"))

    def ring(self) -> str:
        """Returns a type of numbers that can be subtracted."""
        return self.choice(("ℝ", "ℝ", "ℚ", "ℤ"))

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """Returns different items, in the order in which they stand."""
        chosen = set(self.sample(range(len(items)), count))
        return [item for place, item in enumerate(items) if place in chosen]


@dataclass(frozen=True)
class Family:
    """A family of theorems: one competition topic, with shapes and numerals to vary."""

    name: str
    topic: str
    make: Callable[[Draws], str]
    """Returns the text between the name and `:=`."""


def signed(terms: Sequence[tuple[int, str]], constant: int = 0) -> str:
    """Writes a sum such as `3 * x - y + 2`; terms with coefficient 0 are left out."""
    parts = [(c, v) for c, v in terms if c != 0]
    if constant or not parts:
        parts.append((constant, ""))
    text = ""
    for place, (coefficient, factor) in enumerate(parts):
        size = abs(coefficient)
        body = str(size) if not factor else factor if size == 1 else f"{size} * {factor}"
        if place == 0:
            text = f"-{body}" if coefficient < 0 else body
        else:
            text += f" {'-' if coefficient < 0 else '+'} {body}"
    return text


def power(base: str, exponent: int) -> str:
    """Writes `x ^ 3`, or `x` for exponent 1."""
    return base if exponent == 1 else f"{base} ^ {exponent}"


def polynomial(coefficients: Sequence[int], variable: str) -> str:
    """Writes a polynomial, the highest power first; coefficients start with the constant."""
    terms = [(c, power(variable, k)) for k, c in enumerate(coefficients) if k > 0]
    return signed(terms[::-1], coefficients[0])


def minus(variable: str, value: int) -> str:
    """Writes `(x - 3)`, or `(x + 3)` for a negative value, or `x` for 0."""
    if value == 0:
        return variable
    return f"({variable} {'-' if value > 0 else '+'} {abs(value)})"


def negative(value: int) -> str:
    """Writes a whole number, in brackets if it is negative."""
    return str(value) if value >= 0 else f"({value})"
