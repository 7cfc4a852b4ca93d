"""Families of inequalities: squares, means, bounds on intervals, fractions, absolute values."""

from __future__ import annotations

from prover_arb.problems.generator.draws import Draws, Family, minus, polynomial, signed


def _ordered(d: Draws) -> str:
    return d.choice(("ℝ", "ℝ", "ℝ", "ℚ", "ℤ"))


def _two_sided(d: Draws, low: str, high: str) -> str:
    return d.choice((f"{low} ≤ {high}", f"{high} ≥ {low}"))


def _squares(d: Draws) -> str:
    """A sum of squares of linear forms, written out."""
    x, y, z = d.names()
    variables = (x, y, z)[: 1 + min(2, (d.difficulty + 1) // 2)]
    c: dict[str, int] = {}

    def add(key: str, value: int) -> None:
        c[key] = c.get(key, 0) + value

    for _ in range(d.randint(1, 2)):
        a, b = d.whole(4), d.whole(4)
        u, v = d.choice(variables), d.choice(variables)
        if u == v:
            add(f"{u} ^ 2", a * a)
            add(u, 2 * a * b)
            add("", b * b)
            continue
        u, v = sorted((u, v))
        add(f"{u} ^ 2", a * a)
        add(f"{u} * {v}", 2 * a * b)
        add(f"{v} ^ 2", b * b)
    constant = c.pop("", 0) + d.choice((0, 0, 1, 3)) - abs(d.slip()) * 3
    left = [(k, v) for v, k in c.items() if k > 0]
    right = [(-k, v) for v, k in c.items() if k < 0]
    used = [v for v in variables if any(v in key for key in c)]
    kind = _ordered(d)
    head = f"({' '.join(used)} : {kind}) : "
    if d.random() < 0.5 or not right:
        return head + _two_sided(d, "0", signed(left + [(-k, v) for k, v in right], constant))
    return head + _two_sided(d, signed(right), signed(left, constant))


def _means(d: Draws) -> str:
    x, y, z = d.names()
    h, k, m, _ = d.hypotheses()
    kind, n = d.choice(("ℝ", "ℝ", "ℚ")), d.number(1, 6)
    s = abs(d.slip())
    pos = f"({h} : 0 < {x}) ({k} : 0 < {y})"
    shapes = [
        f"({x} {y} : {kind}) : {(2 + s) * n} * {x} * {y} ≤ {n} * ({x} ^ 2 + {y} ^ 2)",
        f"({x} {y} : {kind}) : {x} * {y} ≤ (({x} + {y}) / {2 + s}) ^ 2",
        f"({x} {y} : {kind}) : ({x} + {y}) ^ 2 ≤ {2 + n - s} * ({x} ^ 2 + {y} ^ 2)",
        f"({x} {y} : {kind}) {pos} : {x} ^ 2 * {y} + {x} * {y} ^ 2 ≤ {x} ^ 3 + {y} ^ 3",
        f"({x} {y} {z} : {kind}) : {n} * ({x} * {y} + {y} * {z} + {z} * {x}) ≤ "
        f"{n} * ({x} ^ 2 + {y} ^ 2 + {z} ^ 2)",
        f"({x} {y} {z} : {kind}) : ({x} + {y} + {z}) ^ 2 ≤ {3 - min(s, 1)} * "
        f"({x} ^ 2 + {y} ^ 2 + {z} ^ 2)",
        f"({x} {y} {z} : {kind}) {pos} ({m} : 0 < {z}) : {6 * n} * {x} * {y} * {z} ≤ {n} * "
        f"({x} ^ 2 * {y} + {x} * {y} ^ 2 + {y} ^ 2 * {z} + {y} * {z} ^ 2 + {z} ^ 2 * {x} + "
        f"{z} * {x} ^ 2)",
        f"({x} {y} : {kind}) {pos} : {x} ^ 3 * {y} + {x} * {y} ^ 3 ≤ {x} ^ 4 + {y} ^ 4",
    ]
    return d.choice(shapes[: 3 + d.difficulty])


def _cauchy(d: Draws) -> str:
    a, b, c = d.names()
    e = "d" if "d" not in (a, b, c) else "e"
    p, q = d.number(1, 5), d.number(1, 5)
    shapes = [
        f"({a} {b} : ℝ) ({d.hypotheses()[0]} : {a} ^ 2 + {b} ^ 2 = 1) : {a} * {b} ≤ 1 / 2",
        f"({a} {b} : ℝ) : ({signed([(p, a), (q, b)])}) ^ 2 ≤ {p * p + q * q - abs(d.slip())} * "
        f"({a} ^ 2 + {b} ^ 2)",
        f"({a} {b} {c} {e} : ℝ) : ({p * p} * {a} * {c} + {q * q} * {b} * {e}) ^ 2 ≤ "
        f"({p * p} * {a} ^ 2 + {q * q} * {b} ^ 2) * ({p * p} * {c} ^ 2 + {q * q} * {e} ^ 2)",
        f"({a} {b} {c} : ℝ) ({d.hypotheses()[0]} : {a} + {b} + {c} = {3 * p}) : "
        f"{3 * p * p + abs(d.slip())} ≤ {a} ^ 2 + {b} ^ 2 + {c} ^ 2",
    ]
    return d.choice(shapes[: 1 + d.difficulty])


def _chain(d: Draws) -> str:
    x, y, z = d.names()
    h, k, m, _ = d.hypotheses()
    kind = _ordered(d)
    a, b = d.number(1, 9), d.number(1, 9)
    s = abs(d.slip())
    return d.choice([
        f"({x} {y} {z} : {kind}) ({h} : {x} < {y}) ({k} : {y} ≤ {z}) : "
        f"2 * {x} < {y} + {z} - {s * 7}" if not s else f"({x} {y} : {kind}) ({h} : {x} < {y}) : "
        f"{x} + {s} < {y}",
        f"({x} {y} : {kind}) ({h} : {a} ≤ {x}) ({k} : {b} ≤ {y}) : {a + 2 * b + s} ≤ {x} + 2 * {y}",
        f"({x} {y} : {kind}) ({h} : {x} + {y} ≤ {a}) ({k} : {x} - {y} ≤ {b}) : "
        f"2 * {x} ≤ {a + b - s}",
        f"({x} : {kind}) ({h} : {a} * {x} + {b} < {a * b + b}) : {x} < {b - s}",
        f"({x} {y} {z} : {kind}) ({h} : {x} ≤ {y} + {a}) ({k} : {y} ≤ {z} + {b}) ({m} : {z} ≤ 0) : "
        f"{x} ≤ {a + b - s}",
    ])  # fmt: skip


def _interval(d: Draws) -> str:
    x, (h, k, *_) = d.names()[0], d.hypotheses()
    kind = _ordered(d)
    low = d.randint(-6, 4)
    high = low + d.number(1, 4 + d.difficulty)
    s = abs(d.slip())
    c = [low * high, -(low + high), 1]
    above = polynomial([-low * high - s, low + high], x)
    return d.choice([
        f"({x} : {kind}) ({h} : {low} ≤ {x}) ({k} : {x} ≤ {high}) : {x} ^ 2 ≤ {above}",
        f"({x} : {kind}) ({h} : {low} ≤ {x}) ({k} : {x} ≤ {high}) : {polynomial(c, x)} ≤ {-s}",
        f"({x} : {kind}) ({h} : {polynomial(c, x)} < 0) : {low} < {x}",
        f"({x} : {kind}) ({h} : {polynomial(c, x)} ≤ 0) : {low} ≤ {x} ∧ {x} ≤ {high - s}",
        f"({x} : {kind}) ({h} : {max(1, high) + s} < {x}) : {max(1, high) ** 2 + s * 40} < {x} ^ 2",
    ])  # fmt: skip


def _positive_fraction(d: Draws) -> str:
    x, y, _ = d.names()
    h, k, *_ = d.hypotheses()
    n, s = d.number(1, 6), abs(d.slip())
    shapes = [
        f"({x} : ℝ) ({h} : 0 < {x}) : {2 * n + s} ≤ {x} + {n * n} / {x}",
        f"({x} {y} : ℝ) ({h} : 0 < {x}) ({k} : 0 < {y}) : {2 * n} ≤ {n} * ({x} / {y} + {y} / {x})",
        f"({x} : ℝ) ({h} : {n} < {x}) : 1 / {x} < 1 / {n + s}",
        f"({x} {y} : ℝ) ({h} : 0 < {x}) ({k} : 0 < {y}) : 4 / ({x} + {y}) ≤ 1 / {x} + 1 / {y}",
        f"({x} {y} : ℝ) ({h} : 0 < {x}) ({k} : {x} < {y}) : {x} / {y} < 1",
        f"({x} {y} : ℝ) ({h} : 0 < {x}) ({k} : 0 < {y}) : 1 / {x} + 1 / {y} = "
        f"({x} + {y}) / ({x} * {y})",
    ]
    return d.choice(shapes[: 1 + d.difficulty])


def _absolute_bound(d: Draws) -> str:
    x, y, z = d.names()
    kind, h = _ordered(d), d.hypotheses()[0]
    a, b = d.number(1, 9), d.whole(9)
    s = abs(d.slip())
    return d.choice([
        f"({x} {y} : {kind}) : |{x} + {y}| ≤ |{x}| + |{y}|",
        f"({x} {y} : {kind}) : |{x}| - |{y}| ≤ |{x} - {y}|",
        f"({x} : {kind}) ({h} : |{minus(x, b)}| ≤ {a}) : |{x}| ≤ {a + abs(b) - s}",
        f"({x} {y} {z} : {kind}) : |{x} - {z}| ≤ |{x} - {y}| + |{y} - {z}|",
        f"({x} {y} : {kind}) ({h} : |{x}| ≤ {a}) (h' : |{y}| ≤ {a + 1}) : |{x} + {y}| ≤ "
        f"{2 * a + 1 - s}",
    ])  # fmt: skip


def _product(d: Draws) -> str:
    x, y, z = d.names()
    h, k, m, _ = d.hypotheses()
    a, b = d.number(1, 6), d.number(1, 6)
    s = abs(d.slip())
    return d.choice([
        f"({x} {y} : ℝ) ({h} : {a} ≤ {x}) ({k} : {b} ≤ {y}) : {a * b + s} ≤ {x} * {y}",
        f"({x} {y} : ℝ) ({h} : 0 ≤ {x}) ({k} : 0 ≤ {y}) : 0 ≤ {x} * {y} + {x} + {y} - {s}",
        f"({x} {y} {z} : ℝ) ({h} : 0 ≤ {x}) ({k} : {x} ≤ {y}) ({m} : 0 ≤ {z}) : "
        f"{x} * {z} ≤ {y} * {z}",
        f"({x} {y} : ℝ) ({h} : 0 ≤ {x}) ({k} : {x} ≤ {y}) : {x} ^ 2 ≤ {y} ^ 2",
        f"({x} {y} : ℝ) ({h} : {x} < {y}) ({k} : 0 < {x}) : {x} ^ 3 < {y} ^ 3",
        f"({x} {y} : ℝ) ({h} : {a} ≤ {x}) ({k} : {a} ≤ {y}) : {x} + {y} ≤ {x} * {y} + 1",
    ])  # fmt: skip


FAMILIES = (
    Family("sum_of_squares", "inequality", _squares),
    Family("means", "inequality", _means),
    Family("cauchy", "inequality", _cauchy),
    Family("chain", "inequality", _chain),
    Family("interval", "inequality", _interval),
    Family("positive_fraction", "inequality", _positive_fraction),
    Family("absolute_bound", "inequality", _absolute_bound),
    Family("bounded_product", "inequality", _product),
)
