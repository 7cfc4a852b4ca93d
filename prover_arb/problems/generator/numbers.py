"""Families of number theory: remainders, divisibility, primes, digits, small searches, powers.

It is over 300 lines since it is a flat list of short functions, one for each family.
"""

from __future__ import annotations

from math import gcd, lcm, prod

from prover_arb.problems.generator.draws import Draws, Family, minus, polynomial, signed

_PRIMES = [p for p in range(2, 400) if all(p % q for q in range(2, int(p**0.5) + 1))]


def _computed_remainder(d: Draws) -> str:
    a, b, m = d.number(), d.number(), d.number(3, 12 + 10 * d.difficulty)
    c = d.number()
    return d.choice([
        f": {a} ^ {b} % {m} = {max(0, a**b % m + d.slip())}",
        f": ({a} * {b} + {c}) % {m} = {max(0, (a * b + c) % m + d.slip())}",
        f": ({a} ^ {b} + {c} ^ {b}) % {m} = {max(0, (a**b + c**b) % m + d.slip())}",
        f": {m} ∣ {a} ^ {b} + {max(1, (-(a**b)) % m + d.slip())}",
        f": {a} * {b} ≡ {(a * b) % m + abs(d.slip())} [MOD {m}]",
    ][: 3 + d.difficulty // 2])  # fmt: skip


def _remainder(d: Draws) -> str:
    n, h = d.choice("nmkx"), d.hypotheses()[0]
    kind = d.choice(("ℕ", "ℕ", "ℤ"))
    m, k, c = d.number(3, 6 + 3 * d.difficulty), d.number(2, 12), d.number(0, 12)
    r = d.randint(0, m - 1)
    small = d.choice([q for q in range(2, m + 1) if m % q == 0])
    shapes = [
        f"({h} : {n} % {m} = {r}) : ({signed([(k, n)], c)}) % {m} = {(k * r + c) % m + d.slip()}",
        f"({h} : {n} % {m} = {r}) : {n} % {small} = {r % small + abs(d.slip())}",
        f"({h} : {n} % {m} = {r}) : {n} ^ 2 % {m} = {r * r % m + abs(d.slip())}",
        f"({h} : {n} % {m} = {r}) : ({n} ^ 2 + {c}) % {m} = {(r * r + c) % m + abs(d.slip())}",
        f"({h} : {n} % {m} = {r}) : {m} ∣ {n} + {(m - r) % m + m + d.slip()}",
    ]
    return f"({n} : {kind}) " + d.choice(shapes[: 2 + d.difficulty])


def _chinese(d: Draws) -> str:
    n, (h, k, m, _) = d.choice("nmkx"), d.hypotheses()
    pairs = [(3, 5), (3, 7), (4, 5), (5, 7), (4, 9), (7, 9), (8, 11), (5, 13), (11, 13)]
    a, b = d.choice(pairs[: 3 + d.difficulty])
    v = d.randint(1, a * b - 1)
    return d.choice([
        f"({n} : ℕ) ({h} : {n} < {a * b}) ({k} : {n} % {a} = {v % a}) ({m} : {n} % {b} = {v % b})"
        f" : {n} = {v + d.slip()}",
        f"({n} : ℕ) ({k} : {n} % {a} = {v % a}) ({m} : {n} % {b} = {v % b}) : "
        f"{n} % {a * b} = {v + d.slip()}",
    ])  # fmt: skip


def _polynomial_divisible(d: Draws) -> str:
    """A polynomial that a modulus divides at every whole number."""
    n, kind = d.choice("nmk"), d.choice(("ℤ", "ℕ"))
    m = d.choice((2, 2, 3, 3, 4, 5, 6, 7)[: 3 + d.difficulty])
    for _ in range(300):
        degree = d.randint(2, min(5, 2 + d.difficulty))
        c = [d.randint(0, m + 2) for _ in range(degree)] + [d.randint(1, 2)]
        if all(sum(k * v**i for i, k in enumerate(c)) % m == 0 for v in range(m)):
            break
    else:
        m, c = 2, [0, 1, 1]
    c[0] += abs(d.slip())
    text = polynomial(c, n)
    if d.random() < 0.5:
        return f"({n} : {kind}) : {m} ∣ {text}"
    return f"({n} : {kind}) : ({text}) % {m} = 0"


def _product_divisible(d: Draws) -> str:
    n, kind = d.choice("nmk"), d.choice(("ℤ", "ℕ"))
    k = d.randint(2, min(4, 2 + d.difficulty // 2))
    factors = [f"({n} + {i})" if i else n for i in range(k)]
    m = d.choice([q for q in range(2, prod(range(1, k + 1)) + 1) if prod(range(1, k + 1)) % q == 0])
    slip = d.slip()
    return f"({n} : {kind}) : {m if not slip else m * 5 + 1} ∣ {' * '.join(factors)}"


def _missed_residue(d: Draws) -> str:
    """A form in one, two or three squares or cubes that never meets a residue."""
    x, y, z = d.names()
    for _ in range(500):
        m = d.choice((3, 4, 5, 7, 8, 9)[: 2 + d.difficulty])
        e = d.choice((2, 2, 3, 4))
        c = d.choice((1, 1, 2, 3))
        pair = d.difficulty > 1 and d.random() < 0.7
        seen = {(u**e + c * v**e * pair) % m for u in range(m) for v in range(m)}
        missed = [r for r in range(m) if r not in seen]
        if missed:
            break
    else:
        m, e, c, pair, missed, seen = 4, 2, 1, False, [2], {0, 1}
    r = d.choice(missed)
    if d.slip():
        r = d.choice(sorted(seen))
    form = signed([(1, f"{x} ^ {e}"), (c * pair, f"{y} ^ {e}")])
    variables = f"{x} {y}" if pair else x
    h = d.hypotheses()[0]
    return d.choice([
        f"({variables} : ℤ) : ({form}) % {m} ≠ {r}",
        f"({variables} {z} : ℤ) : {form} ≠ {m} * {z} + {r}",
        f"({variables} {z} : ℤ) ({h} : {form} = {m} * {z} + {r}) : False",
    ])  # fmt: skip


def _square_residues(d: Draws) -> str:
    n = d.choice("nmkx")
    m = d.choice((3, 4, 5, 7, 8)[: 1 + d.difficulty])
    e = d.choice((2, 2, 3, 4))
    seen = sorted({v**e % m for v in range(m)})
    if d.slip():
        seen = seen[:-1]
    goal = " ∨ ".join(f"{n} ^ {e} % {m} = {r}" for r in seen)
    return f"({n} : {d.choice(('ℤ', 'ℕ'))}) : {goal}"


def _gcd(d: Draws) -> str:
    g, a, b = d.number(), d.number(), d.number()
    n = d.choice("nmk")
    return d.choice([
        f": Nat.gcd {g * a} {g * b} = {max(1, gcd(g * a, g * b) + d.slip())}",
        f": Nat.lcm {g * a} {b} = {lcm(g * a, b) + abs(d.slip())}",
        f": Nat.gcd {g * a} {b} * Nat.lcm {g * a} {b} = {g * a * b + d.slip()}",
        f": Nat.Coprime {a} {b}" if gcd(a, b) == 1 else f": ¬ Nat.Coprime {a} {b}",
        f"({n} : ℕ) : Nat.gcd {n} ({n} + 1) = {1 + abs(d.slip())}",
        f"({n} : ℕ) : Nat.gcd ({a} * {n}) ({a} * {n} + 1) = 1",
    ][: 3 + d.difficulty])  # fmt: skip


def _primes(d: Draws) -> str:
    high = (15, 25, 40, 60, 78)[d.difficulty - 1]
    p, q = d.choice(_PRIMES[:high]), d.choice(_PRIMES[: high // 3 + 1])
    bound = d.number(10, 20 * d.difficulty + 10)
    count = sum(r < bound for r in _PRIMES)
    h, k, *_ = d.hypotheses()
    least = next(r for r in _PRIMES if r > bound)
    return d.choice([
        f": Nat.Prime {p + (abs(d.slip()) * p)}",
        f": ¬ Nat.Prime {p * q if not d.slip() else p}",
        f": (Finset.filter Nat.Prime (Finset.range {bound})).card = {count + d.slip()}",
        f"(p : ℕ) ({h} : Nat.Prime p) ({k} : p ∣ {p * p}) : p = {p + d.slip()}",
        f": ∃ p, Nat.Prime p ∧ {bound} < p ∧ p ≤ {least}",
        f": IsLeast {{p : ℕ | Nat.Prime p ∧ {bound} < p}} {least + d.slip()}",
    ][: 2 + d.difficulty])  # fmt: skip


def _digits(d: Draws) -> str:
    n = d.number(10, 10 ** (1 + d.difficulty))
    return d.choice([
        f": (Nat.digits 10 {n}).sum = {max(0, sum(map(int, str(n))) + d.slip())}",
        f": (Nat.digits 10 {n}).length = {len(str(n)) + abs(d.slip())}",
        f": (Nat.digits 2 {n}).sum = {n.bit_count() + abs(d.slip())}",
        f": (Nat.divisors {n % 200 + 6}).card = "
        f"{sum((n % 200 + 6) % k == 0 for k in range(1, n % 200 + 7)) + abs(d.slip())}",
        f": ∑ k ∈ Nat.divisors {n % 120 + 6}, k = "
        f"{sum(k for k in range(1, n % 120 + 7) if (n % 120 + 6) % k == 0) + d.slip()}",
    ])  # fmt: skip


def _parity(d: Draws) -> str:
    a, b, _ = d.names()
    h, k, *_ = d.hypotheses()
    kind, c, e = d.choice(("ℤ", "ℕ")), d.number(2, 9), d.number(1, 9)
    first, second = d.choice(("Odd", "Even")), d.choice(("Odd", "Even"))

    def odd(kind: str) -> int:
        return int(kind == "Odd")

    shapes = [
        (f"{a} + {b}", odd(first) + odd(second)),
        (f"{a} * {b}", odd(first) * odd(second)),
        (f"{c} * {a} + {e} * {b}", c * odd(first) + e * odd(second)),
        (f"{a} ^ 2 + {b}", odd(first) + odd(second)),
        (f"{a} * {b} + {a} + {e}", odd(first) * odd(second) + odd(first) + e),
        (f"{a} ^ 3 + {b} ^ 2 + {e}", odd(first) + odd(second) + e),
    ]
    text, value = d.choice(shapes[: 2 + d.difficulty])
    goal = "Odd" if (value + abs(d.slip()) % 2) % 2 else "Even"
    return f"({a} {b} : {kind}) ({h} : {first} {a}) ({k} : {second} {b}) : {goal} ({text})"


def _combination(d: Draws) -> str:
    a, b = d.choice(((2, 5), (3, 5), (3, 7), (4, 7), (5, 8), (5, 9), (7, 9))[: 2 + d.difficulty])
    n, h = d.choice("nmN"), d.hypotheses()[0]
    least = (a - 1) * (b - 1)
    return d.choice([
        f": ∃ x y : ℤ, {a} * x + {b} * y = {d.number(1)}",
        f"(x y : ℕ) : {a} * x + {b} * y ≠ {least - 1 + abs(d.slip())}",
        f"({n} : ℕ) ({h} : {least - abs(d.slip())} ≤ {n}) : ∃ x y : ℕ, {n} = {a} * x + {b} * y",
    ])  # fmt: skip


def _witness(d: Draws) -> str:
    v, w = d.number(1), d.number(1)
    c, m = d.number(2, 6), d.number(3, 9)
    s = d.slip()
    return d.choice([
        f": ∃ n : ℕ, n ^ 2 + {c} * n = {v * v + c * v + (s and s * 1)}",
        f": ∃ x y : ℕ, x ^ 2 + y ^ 2 = {v * v + w * w} ∧ x < {v + 1} ∧ y < {w + 1}",
        f": ∃ n : ℕ, n % {m} = {v % m} ∧ n % {m + 1} = {w % (m + 1)}",
        f": ∃ x : ℤ, {c} * x - {v} = {c * w - v}",
        f": ∃ n : ℕ, {v} < n ∧ n ^ 2 < {(v + 2) ** 2}",
    ])  # fmt: skip


def _bounded(d: Draws) -> str:
    """One number of an interval, found by looking at all of them."""
    n, (h, k, *_) = d.choice("nmkx"), d.hypotheses()
    v, c = d.number(2, 8 + 6 * d.difficulty), d.number(1, 9)
    m = d.number(5, 13)
    bound = 10 + 8 * d.difficulty
    hits = [u for u in range(bound) if u * u % m == v * v % m and u % 3 == v % 3]
    shapes = [
        f"({n} : ℕ) ({h} : {n} * ({n} + {c}) = {v * (v + c)}) : {n} = {v + d.slip()}",
        f"({n} : ℕ) ({h} : {n} ^ 2 = {v * v}) : {n} = {v + d.slip()}",
        f"({n} : ℕ) ({h} : {v * v} < {n} ^ 2) ({k} : {n} ^ 2 < {(v + 2) ** 2}) : "
        f"{n} = {v + 1 + d.slip()}",
        f"({n} : ℕ) ({h} : {n} ^ 3 = {v**3}) : {n} = {v + d.slip()}",
    ]
    if len(hits) == 1:
        shapes.append(
            f"({n} : ℕ) ({h} : {n} < {bound}) ({k} : {n} ^ 2 % {m} = {v * v % m}) (h3 : {n} % 3 = "
            f"{v % 3}) : {n} = {hits[0] + d.slip()}"
        )
    return d.choice(shapes)


def _division(d: Draws) -> str:
    n, h = d.choice("nmkx"), d.hypotheses()[0]
    m, q = d.number(2, 12), d.number(1, 20)
    k = d.choice([j for j in (2, 3, 5) if j != m])
    return d.choice([
        f"({n} : ℕ) ({h} : {n} / {m} = {q}) : {m * q + abs(d.slip())} ≤ {n} ∧ {n} < {m * q + m}",
        f"({n} : ℕ) ({h} : {n} / {m} = {q}) : {n} ≤ {m * q + m - 1 - abs(d.slip())}",
        f"({n} : ℕ) ({h} : {m} ∣ {n}) : {m} ∣ {k} * {n} + {m * q + d.slip()}",
        f"(a b : ℤ) ({h} : {m} ∣ a - b) : {m} ∣ {k} * a - {k + abs(d.slip())} * b",
        f"({n} : ℕ) ({h} : {m * k} ∣ {n}) : {m + abs(d.slip()) * 30} ∣ {n}",
    ])  # fmt: skip


def _period(d: Draws) -> str:
    """Powers modulo a small number, by the remainder of the exponent."""
    n, h = d.choice("nmk"), d.hypotheses()[0]
    a, m = d.choice(((2, 3), (2, 7), (3, 4), (3, 5), (2, 5), (4, 7), (3, 13), (2, 15))
                    [: 3 + d.difficulty])  # fmt: skip
    order = next(k for k in range(1, 20) if a**k % m == 1)
    r = d.randint(0, order - 1)
    return d.choice([
        f"({n} : ℕ) ({h} : {n} % {order} = {r}) : {a} ^ {n} % {m} = {a**r % m + abs(d.slip())}",
        f"({n} : ℕ) : {a} ^ ({order} * {n} + {r}) % {m} = {a**r % m + abs(d.slip())}",
        f"({n} : ℕ) : {m} ∣ {a**order} ^ {n} - {1 + abs(d.slip())}",
    ])  # fmt: skip


def _power_divides(d: Draws) -> str:
    n = d.choice("nmk")
    m = d.choice((2, 3, 4, 5, 6, 8, 9)[: 3 + d.difficulty])
    a = m * d.number(1, 3) + 1
    b = d.number(1, 3)
    return d.choice([
        f"({n} : ℕ) : {m} ∣ {a} ^ {n} + {m * b - 1 + d.slip()}",
        f"({n} : ℕ) : {a} ^ {n} % {m} = {1 + abs(d.slip())}",
        f"({n} : ℤ) (j : ℕ) : {m} ∣ ({m} * {n} + 1) ^ j - 1" if m < 5 else f"({n} : ℕ) : "
        f"({a} ^ {n} + {b}) % {m} = {(1 + b) % m + d.slip()}",
        f"({n} : ℕ) : {m * m} ∣ {m + 1} ^ {n} + {m * m - m} * {n} + {m * m - 1 + d.slip()}",
    ])  # fmt: skip


def _digit_pair(d: Draws) -> str:
    a, b, _ = d.names()
    p, q = d.randint(1, 9), d.randint(0, 9)
    k = d.randint(1, 5)
    more = 10 * p + q - k * (p + q)
    left, right = ("", f" + {more}") if more >= 0 else (f" + {-more}", "")
    return (
        f"({a} {b} : ℕ) (h1 : 1 ≤ {a}) (h2 : {a} ≤ 9) (h3 : {b} ≤ 9) "
        f"(h4 : 10 * {a} + {b}{left} = {k} * ({a} + {b}){right}) "
        f"(h5 : {a} - {b} = {p - q}) : {a} = {p + d.slip()}".replace(
            f"{a} - {b} = {p - q}", f"{a} + {q} = {b} + {p}"
        )
    )


def _integer_product(d: Draws) -> str:
    x, y, _ = d.names()
    h, k, *_ = d.hypotheses()
    p = d.choice(_PRIMES[1 : 3 + 2 * d.difficulty])
    a = d.number(1, 6)
    return d.choice([
        f"({x} {y} : ℕ) ({h} : {minus(x, -a)} * {minus(y, -a)} = {p * p}) ({k} : {x} = {y}) : "
        f"{x} = {p - a + d.slip()}" if p > a else
        f"({x} : ℕ) ({h} : {x} * {x} = {p * p}) : {x} = {p + d.slip()}",
        f"({x} {y} : ℕ) ({h} : {x} * {y} = {p}) ({k} : 1 < {x}) : {y} = {1 + abs(d.slip())}",
    ])  # fmt: skip


FAMILIES = (
    Family("computed_remainder", "number_theory", _computed_remainder),
    Family("remainder", "number_theory", _remainder),
    Family("chinese_remainders", "number_theory", _chinese),
    Family("divisible_polynomial", "number_theory", _polynomial_divisible),
    Family("divisible_product", "number_theory", _product_divisible),
    Family("missed_residue", "number_theory", _missed_residue),
    Family("square_residues", "number_theory", _square_residues),
    Family("gcd_lcm", "number_theory", _gcd),
    Family("primes", "number_theory", _primes),
    Family("digits_divisors", "number_theory", _digits),
    Family("parity", "number_theory", _parity),
    Family("linear_combination", "number_theory", _combination),
    Family("witness", "number_theory", _witness),
    Family("bounded_search", "number_theory", _bounded),
    Family("division", "number_theory", _division),
    Family("period_of_powers", "number_theory", _period),
    Family("power_divides", "number_theory", _power_divides),
    Family("digit_pair", "number_theory", _digit_pair),
    Family("integer_product", "number_theory", _integer_product),
)
