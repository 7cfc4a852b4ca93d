"""The value of a printed term of real arithmetic, as a hint for what to claim; Lean decides."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction

Number = Fraction | float
Term = Callable[[Mapping[str, Number]], Number]

_TOKEN = re.compile(
    r"\s*(?:(\d+)|(⁻¹|[-+*/^()|⌊⌋])|(Real\.«?(?:sqrt|log|logb)»?|abs|[^\W\d][\w'₀-₉]*))"
)
_MOST_BITS = 2_000


class Unreadable(Exception):
    """The text is not a term of arithmetic, or has no value there."""


class _Reader:
    """Recursive descent; a term becomes a function of its variables."""

    def __init__(self, text: str) -> None:
        text = text.replace("↑", "")
        self.tokens: list[str] = []
        position = 0
        while position < len(text.rstrip()):
            match = _TOKEN.match(text, position)
            if match is None:
                raise Unreadable(text)
            self.tokens.append(match.group().strip())
            position = match.end()
        self.names: dict[str, None] = {}

    def next(self) -> str:
        return self.tokens[0] if self.tokens else ""

    def take(self, token: str = "") -> str:
        if not self.tokens or (token and self.tokens[0] != token):
            raise Unreadable(token)
        return self.tokens.pop(0)

    def sum(self) -> Term:
        left = self.product()
        while self.next() in ("+", "-"):
            sign = _plus if self.take() == "+" else _minus
            left = _combined(sign, left, self.product())
        return left

    def product(self) -> Term:
        if self.next() == "-":
            self.take()
            return _combined(_times, lambda _: Fraction(-1), self.product())
        left = self.power()
        while self.next() in ("*", "/"):
            operation = _times if self.take() == "*" else _divided
            left = _combined(operation, left, self.power())
        return left

    def power(self) -> Term:
        base = self.application()
        while self.next() == "⁻¹":
            self.take()
            base = _combined(_divided, lambda _: Fraction(1), base)
        if self.next() != "^":
            return base
        self.take()
        return _combined(_power, base, self.power())

    def application(self) -> Term:
        token = self.next().replace("«", "").replace("»", "")
        if token in _FUNCTIONS:
            self.take()
            return _applied(_FUNCTIONS[token], self.atom())
        if token == "Real.logb":
            self.take()
            base, argument = self.atom(), self.atom()
            return _combined(lambda a, b: _log(b) / _log(a), base, argument)
        return self.atom()

    def atom(self) -> Term:
        token = self.take()
        if token.isdigit():
            value = Fraction(int(token))
            return lambda _: value
        for left, right, function in (("(", ")", _same), ("|", "|", _absolute), ("⌊", "⌋", _floor)):
            if token == left:
                inner = self.sum()
                self.take(right)
                return _applied(function, inner)
        if not (token[0].isalpha() or token[0] == "_") or "." in token or token == "abs":
            raise Unreadable(token)
        self.names.setdefault(token)
        return lambda env: _lookup(env, token)


def read_term(text: str) -> tuple[Term, list[str]]:
    """The term's value as a function of its variables, and their names.

    Raises:
        Unreadable: it is not a term of arithmetic; calling the function may raise it as well.
    """
    reader = _Reader(text)
    try:
        term = reader.sum()
    except RecursionError:
        raise Unreadable(text) from None
    if reader.tokens:
        raise Unreadable(text)
    return term, list(reader.names)


def constant(text: str) -> Number | None:
    """The value of a term without variables, or None."""
    try:
        term, names = read_term(text)
        return None if names else term({})
    except Unreadable:
        return None


def _applied(function: Callable[[Number], Number], argument: Term) -> Term:
    return lambda env: function(argument(env))


def _combined(operation: Callable[[Number, Number], Number], left: Term, right: Term) -> Term:
    return lambda env: operation(left(env), right(env))


def _lookup(env: Mapping[str, Number], name: str) -> Number:
    if name not in env:
        raise Unreadable(name)
    return env[name]


def _same(x: Number) -> Number:
    return x


def _floor(x: Number) -> Number:
    return Fraction(math.floor(x))


def _absolute(x: Number) -> Number:
    return -x if x < 0 else x


def _plus(a: Number, b: Number) -> Number:
    return a + b


def _minus(a: Number, b: Number) -> Number:
    return a - b


def _times(a: Number, b: Number) -> Number:
    return a * b


def _divided(a: Number, b: Number) -> Number:
    return Fraction(0) if b == 0 else a / b


def _power(a: Number, b: Number) -> Number:
    try:
        if isinstance(a, Fraction) and isinstance(b, Fraction) and b.denominator == 1:
            size = max(a.numerator.bit_length(), a.denominator.bit_length()) * abs(b)
            if size > _MOST_BITS or (a == 0 and b < 0):
                raise Unreadable("power")
            return a ** int(b)
        return math.pow(a, b)
    except (OverflowError, ValueError):
        raise Unreadable("power") from None


def _sqrt(x: Number) -> Number:
    if x <= 0:
        return Fraction(0)
    if isinstance(x, Fraction):
        roots = math.isqrt(x.numerator), math.isqrt(x.denominator)
        if (roots[0] ** 2, roots[1] ** 2) == (x.numerator, x.denominator):
            return Fraction(*roots)
    return math.sqrt(x)


def _log(x: Number) -> Number:
    if x == 0:
        return Fraction(0)
    return math.log(float(_absolute(x)))


_FUNCTIONS: dict[str, Callable[[Number], Number]] = {
    "Real.sqrt": _sqrt,
    "Real.log": _log,
    "abs": _absolute,
}
