"""Greatest common divisors of linear terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import gcd

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.reading import unbracketed

_TERM = r"(\((?:[^()]|\([^()]*\))*\)|[\w₀-₉]+)"
_GCD = re.compile(
    rf"(?<![\w.])(?:Nat\.)?(?:gcd|Coprime) {_TERM} {_TERM}|{_TERM}\.(?:gcd|Coprime) {_TERM}"
)
_LINEAR = re.compile(r"^(?:(\d+) \* )?([^\W\d]\w*)(?: \+ (\d+))?$")


def gcds(goal: Goal) -> Iterator[str]:
    """The divisor of `a x + b` and `c x + d` divides the combination without `x`."""
    for match in _GCD.finditer(goal.target):
        first, second = (unbracketed(term) for term in match.groups() if term)
        forms = _LINEAR.match(first), _LINEAR.match(second)
        if forms[0] is None or forms[1] is None or forms[0][2] != forms[1][2]:
            continue
        (a, b), (c, d) = ((int(f[1] or 1), int(f[3] or 0)) for f in forms if f)
        g = gcd(a, c)
        if g == 0:
            continue
        left, right = c // g, a // g  # left * first - right * second has no variable
        rest = left * b - right * d
        both = [
            (left, first, f"Nat.gcd_dvd_left ({first}) ({second})"),
            (right, second, f"Nat.gcd_dvd_right ({first}) ({second})"),
        ]
        (m, big, p), (n, small, q) = both if rest >= 0 else both[::-1]
        yield (
            f"have x := Nat.dvd_sub (Nat.dvd_mul_left_of_dvd ({p}) {m}) "
            f"(Nat.dvd_mul_left_of_dvd ({q}) {n})\n"
            f"have e : {m} * ({big}) - {n} * ({small}) = {abs(rest)} := by omega\n"
            "rw [e] at x\n"
            "first\n  | exact Nat.dvd_one.1 x\n  | exact Nat.le_of_dvd (by decide) x\n"
            "  | (have := Nat.le_of_dvd (by decide) x; omega)"
        )
