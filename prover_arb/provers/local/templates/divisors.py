"""Greatest common divisors and least common multiples, and factorials near each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import gcd

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.reading import facts, texts, unbracketed

_TERM = r"(\((?:[^()]|\([^()]*\))*\)|[\w₀-₉]+)"
_GCD = re.compile(
    rf"(?<![\w.])(?:Nat\.)?(?:gcd|Coprime) {_TERM} {_TERM}|{_TERM}\.(?:gcd|Coprime) {_TERM}"
)
_LCM = re.compile(rf"(?<![\w.])(?:Nat\.)?lcm {_TERM} {_TERM}|{_TERM}\.lcm {_TERM}")
_LINEAR = re.compile(r"^(?:(\d+) \* )?([^\W\d]\w*)(?: \+ (\d+))?$")
_SHIFTED = re.compile(r"^(\w+) \* (\w+) \+ (?:\1 \+ \2|\2 \+ \1) = (\d+)$")
_FACTORIAL = re.compile(r"(?:\((\w+) \+ (\d+)\)|(?<![\w.])([^\W\d]\w*) ?)!")


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


def multiples(goal: Goal) -> Iterator[str]:
    """Greatest common divisor times least common multiple is the product."""
    pairs = dict.fromkeys(
        tuple(term for term in match.groups() if term)
        for text in texts(goal)
        for match in _LCM.finditer(text)
    )
    if pairs:
        lines = [f"have m{i} := Nat.gcd_mul_lcm {a} {b}" for i, (a, b) in enumerate(pairs)]
        about = ", ".join(h.name for h in goal.facts if " = " in h.type and "∀" not in h.type)
        names = " ".join(f"m{i}" for i in range(len(pairs)))
        yield "\n".join([*lines, f"simp only [{about}] at {names}", "first | omega | grind"])
        yield "\n".join([*lines, "grind"])


def shifted_products(goal: Goal) -> Iterator[str]:
    """`x y + x + y = n` says `(x + 1) (y + 1) = n + 1`: one case per divisor of that."""
    naturals = goal.variables("ℕ")
    found = []
    for fact in facts(goal):
        match = _SHIFTED.match(fact.text)
        if match is None or not {match[1], match[2]} <= set(naturals):
            continue
        number = int(match[3]) + 1
        if number <= 2_000:
            divisors = [d for d in range(1, number + 1) if number % d == 0]
            found.append((len(divisors), number, divisors, match[1], match[2]))
    for _, number, divisors, x, y in sorted(found)[:2]:
        values = " ∨ ".join(f"k = {d - 1}" for d in divisors)
        lines = [
            f"have r_divides : {y} + 1 ∣ {number} := ⟨{x} + 1, by grind⟩",
            f"have r_all : ∀ k, k < {number} → (k + 1 ∣ {number} → {values}) := by decide +kernel",
            f"have r_one := r_all {y} (by have := Nat.le_of_dvd (by decide) r_divides; omega) "
            "r_divides",
            "clear r_all r_divides",
            f"rcases r_one with {' | '.join('rfl' for _ in divisors)}",
        ]
        lines += [
            f"· have r_other : {x} = {number // d - 1} := by omega\n"
            "  subst r_other\n  first | omega | grind"
            for d in divisors
        ]
        yield "\n".join(lines)


def factorials(goal: Goal) -> Iterator[str]:
    """Neighbouring factorials in terms of the least of them, which is not zero."""
    lines: dict[str, None] = {}
    for text in texts(goal):
        for shifted, offset, plain in _FACTORIAL.findall(text):
            x, most = (shifted, int(offset)) if shifted else (plain, 0)
            lines.setdefault(f"Nat.factorial_pos {x}")
            for k in range(min(most, 4)):
                lines.setdefault(
                    f"Nat.factorial_succ ({x} + {k})" if k else f"Nat.factorial_succ {x}"
                )
    if lines:
        given = [f"have f{i} := {line}" for i, line in enumerate(lines)]
        yield "\n".join([*given, "grind"])
        yield "\n".join([*given, "simp only [Nat.factorial_succ] at *; push_cast at *; grind"])
