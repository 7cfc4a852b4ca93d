"""Families of sums, products, induction and recurrences."""

from __future__ import annotations

from math import factorial, prod

from prover_arb.problems.generator.draws import Draws, Family, polynomial, signed


def _computed_sum(d: Draws) -> str:
    n, k = d.number(3, 6 + 8 * d.difficulty), d.choice("kij")
    c = [d.randint(0, 6), d.number(1, 6)] + ([d.randint(1, 3)] if d.difficulty > 2 else [])
    low = d.randint(0, 3)

    def at(v: int) -> int:
        return sum(a * v**i for i, a in enumerate(c))

    body = polynomial(c, k)
    odd = sum(at(v) for v in range(n) if v % 2)
    return d.choice([
        f": ∑ {k} ∈ Finset.range {n}, ({body}) = {sum(map(at, range(n))) + d.slip()}",
        f": ∑ {k} ∈ Finset.Icc {low} {n}, ({body}) = {sum(map(at, range(low, n + 1))) + d.slip()}",
        f": ∑ {k} ∈ Finset.filter (fun {k} => {k} % 2 = 1) (Finset.range {n}), ({body}) = "
        f"{odd + d.slip()}",
        f": ∏ {k} ∈ Finset.range {min(n, 7)}, ({k} + {low + 1}) = "
        f"{prod(v + low + 1 for v in range(min(n, 7))) + d.slip()}",
        f": (∑ {k} ∈ Finset.range {n}, {k} ^ 2) % {n} = "
        f"{sum(v * v for v in range(n)) % n + abs(d.slip())}",
    ])  # fmt: skip


def _counted(d: Draws) -> str:
    n, m = d.number(10, 20 + 30 * d.difficulty), d.number(2, 7)
    q, k = d.number(2, 9), d.choice("nkx")
    either = sum(v % m == 0 or v % q == 0 for v in range(1, n + 1))
    both = sum(v % m == 1 and v % q == 1 for v in range(n))
    squares = sum(v * v < n for v in range(n))
    return d.choice([
        f": (Finset.filter (fun {k} => {m} ∣ {k}) (Finset.Icc 1 {n})).card = {n // m + d.slip()}",
        f": (Finset.filter (fun {k} => {m} ∣ {k} ∨ {q} ∣ {k}) (Finset.Icc 1 {n})).card = "
        f"{either + d.slip()}",
        f": (Finset.filter (fun {k} => {k} % {m} = 1 ∧ {k} % {q} = 1) (Finset.range {n})).card = "
        f"{both + abs(d.slip())}",
        f": (Finset.filter (fun {k} => {k} ^ 2 < {n}) (Finset.range {n})).card = "
        f"{squares + d.slip()}",
    ])  # fmt: skip


def _polynomial_sum(d: Draws) -> str:
    """The closed form of the sum of a polynomial, by induction."""
    n, k = d.choice("nmN"), d.choice("kij")
    if n == k:
        k = "i"
    a, b, s = d.number(1, 7), d.number(0, 7), d.slip()
    shapes = [
        f"2 * ∑ {k} ∈ Finset.range ({n} + 1), ({signed([(a, k)], b)}) = "
        f"({n} + 1) * ({signed([(a, n)], 2 * b + s)})",
        f"∑ {k} ∈ Finset.range {n}, ({signed([(2 * a, k)], a)}) = {a} * {n} ^ 2 + {abs(s)}"
        if s else f"∑ {k} ∈ Finset.range {n}, ({signed([(2 * a, k)], a)}) = {a} * {n} ^ 2",
        f"∑ {k} ∈ Finset.range {n}, {a} = {a + abs(s)} * {n}",
        f"6 * ∑ {k} ∈ Finset.range ({n} + 1), {a} * {k} ^ 2 = {a} * ({n} * ({n} + 1) * "
        f"(2 * {n} + {1 + abs(s)}))",
        f"4 * ∑ {k} ∈ Finset.range ({n} + 1), {a} * {k} ^ 3 = {a} * ({n} * ({n} + 1)) ^ 2",
        f"3 * ∑ {k} ∈ Finset.range ({n} + 1), {a} * {k} * ({k} + 1) = {a} * ({n} * ({n} + 1) * "
        f"({n} + {2 + abs(s)}))",
        f"3 * ∑ {k} ∈ Finset.range {n}, (2 * {k} + 1) ^ 2 + {n} = 4 * {n} ^ 3",
    ]  # fmt: skip
    return f"({n} : ℕ) : " + d.choice(shapes[: 2 + d.difficulty])


def _geometric(d: Draws) -> str:
    n, k = d.choice("nmN"), d.choice("kij")
    r, a, s = d.number(2, 4 + d.difficulty), d.number(1, 5), abs(d.slip())
    shapes = [
        f"({n} : ℕ) : {r - 1} * ∑ {k} ∈ Finset.range {n}, {r} ^ {k} + {1 + s} = {r} ^ {n}",
        f"({n} : ℕ) : {r - 1} * ∑ {k} ∈ Finset.range {n}, {a} * {r} ^ {k} + {a + s} = {a} * "
        f"{r} ^ {n}",
        f"({n} : ℕ) : ∑ {k} ∈ Finset.range {n}, ({r - 1} : ℚ) * {r} ^ {k} = {r} ^ {n} - {1 + s}",
        f"({n} : ℕ) (x : ℝ) : (x - 1) * ∑ {k} ∈ Finset.range {n}, x ^ {k} = x ^ {n} - {1 + s}",
        f"({n} : ℕ) : ∑ {k} ∈ Finset.range {n}, (1 / 2 : ℚ) ^ {k} = {2 + s} - 2 * (1 / 2) ^ {n}",
    ]
    return d.choice(shapes[: 1 + d.difficulty])


def _telescope(d: Draws) -> str:
    n, k = d.choice("nmN"), d.choice("kij")
    a, s = d.number(1, 5), abs(d.slip())
    shapes = [
        f"({n} : ℕ) : ∑ {k} ∈ Finset.range {n}, (({k} + {a + 1} : ℚ) - ({k} + {a})) = {n} + {s}"
        if s else
        f"({n} : ℕ) : ∑ {k} ∈ Finset.range {n}, (({k} + {a + 1} : ℚ) - ({k} + {a})) = {n}",
        f"(f : ℕ → ℤ) ({n} : ℕ) : ∑ {k} ∈ Finset.range {n}, (f ({k} + 1) - f {k}) = f {n} - "
        f"f {s}",
        f"({n} : ℕ) : ∏ {k} ∈ Finset.range {n}, (({k} : ℚ) + {a + 1}) / ({k} + {a}) = "
        f"({n} + {a + s}) / {a}",
        f"({n} : ℕ) : ∑ {k} ∈ Finset.range {n}, 1 / ((({k} : ℚ) + {a}) * ({k} + {a + 1})) = "
        f"1 / {a} - 1 / ({n} + {a + s})",
        f"({n} : ℕ) : ∏ {k} ∈ Finset.range {n}, (1 + 1 / (({k} : ℚ) + {a})) = "
        f"({n} + {a + s}) / {a}",
    ]  # fmt: skip
    return d.choice(shapes[: 1 + d.difficulty])


def _factorials(d: Draws) -> str:
    n, k, v, s = d.choice("nmN"), d.choice("kij"), d.number(3, 6 + d.difficulty), abs(d.slip())
    shapes = [
        f": Nat.factorial {v} = {factorial(v) + s}",
        f": Nat.factorial {v + 1} / Nat.factorial {v - 1} = {(v + 1) * v + s}",
        f"({n} : ℕ) : Nat.factorial ({n} + 2) = ({n} + 2) * ({n} + {1 + s}) * Nat.factorial {n}",
        f"({n} : ℕ) : ∏ {k} ∈ Finset.range {n}, ({k} + {1 + s}) = Nat.factorial {n}",
        f"({n} : ℕ) : {n} + 1 ∣ Nat.factorial ({n} + 1)",
        f": Nat.choose {v + 2} {min(3, v)} = "
        f"{factorial(v + 2) // factorial(min(3, v)) // factorial(v + 2 - min(3, v)) + s}",
    ]
    return d.choice(shapes[: 2 + d.difficulty])


def _growth(d: Draws) -> str:
    """An inequality that holds from some number on, by induction."""
    n, h = d.choice("nmN"), d.hypotheses()[0]
    a, s = d.number(2, 3 + d.difficulty), abs(d.slip())
    start = next(v for v in range(1, 60) if all(u * a < 2**u for u in range(v, v + 30)))
    shapes = [
        f"({n} : ℕ) : {n} + {1 + s} ≤ 2 ^ {n}",
        f"({n} : ℕ) : {n} < {a} ^ {n}",
        f"({n} : ℕ) : 1 + {a - 1 + s} * {n} ≤ {a} ^ {n}",
        f"({n} : ℕ) ({h} : {start - min(s, start)} ≤ {n}) : {a} * {n} < 2 ^ {n}",
        f"({n} : ℕ) : {n} ^ 2 < {a + 1} ^ {n} + {n} ^ 2",
        f"({n} : ℕ) ({h} : 1 ≤ {n}) : Nat.factorial {n} ≤ {n} ^ {n}",
        f"({n} : ℕ) : 2 ^ {n} ≤ Nat.factorial ({n} + 1)",
        f"({n} : ℕ) (x : ℝ) ({h} : 0 ≤ x) : 1 + {n} * x ≤ (1 + x) ^ {n}",
    ]
    return d.choice(shapes[: 3 + d.difficulty])


def _recurrence_value(d: Draws) -> str:
    u, (h, k, m, _) = d.choice("uafg"), d.hypotheses()
    kind = d.choice(("ℕ", "ℕ", "ℤ", "ℚ"))
    a, r, b = d.randint(0, 6), d.number(1, 4), d.randint(0, 6)
    steps = d.number(3, 4 + 2 * d.difficulty)
    if d.random() < 0.5:
        v = a
        for _ in range(steps):
            v = r * v + b
        return (
            f"({u} : ℕ → {kind}) ({h} : {u} 0 = {a}) ({k} : ∀ n, {u} (n + 1) = "
            f"{signed([(r, f'{u} n')], b)}) : {u} {steps} = {v + d.slip()}"
        )
    c, q = d.randint(0, 5), d.choice((1, 1, 2, 3))
    values = [a, c]
    for _ in range(steps):
        values.append(values[-1] + q * values[-2])
    step = signed([(1, f"{u} (n + 1)"), (q, f"{u} n")])
    return (
        f"({u} : ℕ → {kind}) ({h} : {u} 0 = {a}) ({k} : {u} 1 = {c}) ({m} : ∀ n, {u} (n + 2) = "
        f"{step}) : {u} {steps} = {values[steps] + d.slip()}"
    )


def _recurrence_form(d: Draws) -> str:
    u, (h, k, *_) = d.choice("uafg"), d.hypotheses()
    kind = d.choice(("ℕ", "ℤ", "ℚ"))
    a, r = d.randint(1, 6), d.number(2, 5)
    s = abs(d.slip())
    start = f"({u} : ℕ → {kind}) ({h} : {u} 0 = {a})"
    shapes = [
        f"{start} ({k} : ∀ n, {u} (n + 1) = {u} n + {r}) (n : ℕ) : {u} n = {a} + {r + s} * n",
        f"{start} ({k} : ∀ n, {u} (n + 1) = {r} * {u} n) (n : ℕ) : {u} n = {a} * {r} ^ (n + {s})"
        if s else
        f"{start} ({k} : ∀ n, {u} (n + 1) = {r} * {u} n) (n : ℕ) : {u} n = {a} * {r} ^ n",
        f"{start} ({k} : ∀ n, {u} (n + 1) = {r} * {u} n + {r - 1}) (n : ℕ) : {u} n + 1 = "
        f"{a + 1 + s} * {r} ^ n",
        f"{start} ({k} : ∀ n, {u} (n + 1) = {u} n + 2 * n + 1) (n : ℕ) : {u} n = n ^ 2 + {a + s}",
        f"{start} ({k} : ∀ n, {u} (n + 1) = (n + 1) * {u} n) (n : ℕ) : {u} n = {a + s} * "
        f"Nat.factorial n",
    ]  # fmt: skip
    return d.choice(shapes[: 1 + d.difficulty])


FAMILIES = (
    Family("computed_sum", "sequences", _computed_sum),
    Family("counted", "sequences", _counted),
    Family("polynomial_sum", "sequences", _polynomial_sum),
    Family("geometric_sum", "sequences", _geometric),
    Family("telescope", "sequences", _telescope),
    Family("factorials", "sequences", _factorials),
    Family("growth", "sequences", _growth),
    Family("recurrence_value", "sequences", _recurrence_value),
    Family("recurrence_form", "sequences", _recurrence_form),
)
