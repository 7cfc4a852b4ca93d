"""Families of algebra: equations, systems, identities, functions by their formulas, roots."""

from __future__ import annotations

from prover_arb.problems.generator.draws import (
    Draws,
    Family,
    minus,
    negative,
    polynomial,
    signed,
)


def _linear_one(d: Draws) -> str:
    x, kind, h = d.names()[0], d.ring(), d.hypotheses()[0]
    root, a, b, c = d.whole(), d.number(), d.whole(), d.whole()
    right = a * root + b - c * root
    shapes = [
        f"{signed([(a, x)], b)} = {signed([(c, x)], right)}",
        f"{a} * {minus(x, b)} = {a * (root - b)}",
        f"{signed([(a, x)], b)} - {abs(c)} = {a * root + b - abs(c)}",
    ]
    if a == c:
        shapes = shapes[1:]
    goals = [f"{x} = {root + d.slip()}", f"{signed([(2, x)], 1)} = {2 * root + 1 + d.slip()}"]
    return f"({x} : {kind}) ({h} : {d.choice(shapes)}) : {d.choice(goals)}"


def _linear_pair(d: Draws) -> str:
    x, y, _ = d.names()
    kind, (h, k, *_) = d.ring(), d.hypotheses()
    p, q = d.whole(), d.whole()
    a, b, c, e = d.whole(), d.whole(), d.whole(), d.whole()
    while a * e == b * c:
        e = d.whole() * d.randint(1, 3)
    first = f"{signed([(a, x), (b, y)])} = {a * p + b * q}"
    second = f"{signed([(c, x), (e, y)])} = {c * p + e * q}"
    if d.random() < 0.3:
        second = f"{signed([(c, x)])} = {signed([(-e, y)], c * p + e * q)}"
    goal = d.choice([
        f"{x} = {p + d.slip()} ∧ {y} = {q}",
        f"{x} = {p + d.slip()}",
        f"{x} + {y} = {p + q + d.slip()}",
        f"{x} * {y} = {p * q + d.slip()}",
        f"{x} ^ 2 + {y} ^ 2 = {p * p + q * q + d.slip()}",
    ])  # fmt: skip
    if d.random() < 0.3:
        return f"({x} {y} : {kind}) ({h} : {first} ∧ {second}) : {goal}"
    return f"({x} {y} : {kind}) ({h} : {first}) ({k} : {second}) : {goal}"


def _linear_triple(d: Draws) -> str:
    x, y, z = d.names()
    kind, (h, k, m, _) = d.ring(), d.hypotheses()
    p, q, r = d.whole(9), d.whole(9), d.whole(9)
    if d.difficulty <= 2:
        rows = [(1, 1, 0), (0, 1, 1), (1, 0, 1)]
    else:
        rows = [(1, 1, 1), (1, -1, d.number(2, 4)), (d.number(2, 5), 1, -1)]
    texts = [
        f"{signed(list(zip(row, (x, y, z), strict=True)))} = {row[0] * p + row[1] * q + row[2] * r}"
        for row in rows
    ]
    goal = d.choice([
        f"{x} = {p + d.slip()} ∧ {y} = {q} ∧ {z} = {r}",
        f"{x} + {y} + {z} = {p + q + r + d.slip()}",
        f"{z} = {r + d.slip()}",
    ])  # fmt: skip
    return (
        f"({x} {y} {z} : {kind}) ({h} : {texts[0]}) ({k} : {texts[1]}) ({m} : {texts[2]}) : {goal}"
    )


def _quadratic(d: Draws) -> str:
    x, kind, (h, k, *_) = d.names()[0], d.ring(), d.hypotheses()
    r, s = d.whole(), d.whole()
    lead = d.choice((1, 1, 1, 2, 3))
    text = polynomial([lead * r * s, -lead * (r + s), lead], x)
    roots = f"{x} = {r + d.slip()} ∨ {x} = {s}"
    if r == s:
        roots = f"{x} = {r + d.slip()}"
    if r * s < 0 and d.random() < 0.4:
        top = max(r, s)
        return f"({x} : {kind}) ({h} : {text} = 0) ({k} : 0 < {x}) : {x} = {top + d.slip()}"
    if d.random() < 0.4:
        return f"({x} : {kind}) : {text} = 0 ↔ {roots}"
    if d.random() < 0.3:
        return f"({x} : {kind}) ({h} : {minus(x, r)} * {minus(x, s)} = 0) : {roots}"
    return f"({x} : {kind}) ({h} : {text} = 0) : {roots}"


def _sum_and_product(d: Draws) -> str:
    x, y, _ = d.names()
    kind, (h, k, *_) = d.ring(), d.hypotheses()
    s, p = d.whole(), d.whole()
    goal = d.choice([
        f"{x} ^ 2 + {y} ^ 2 = {s * s - 2 * p + d.slip()}",
        f"({x} - {y}) ^ 2 = {s * s - 4 * p + d.slip()}",
        f"{x} ^ 3 + {y} ^ 3 = {s**3 - 3 * s * p + d.slip()}",
        f"{x} ^ 2 * {y} + {x} * {y} ^ 2 = {s * p + d.slip()}",
        f"({x} + 1) * ({y} + 1) = {s + p + 1 + d.slip()}",
        f"{x} ^ 4 + {y} ^ 4 = {(s * s - 2 * p) ** 2 - 2 * p * p + d.slip()}",
    ][: 3 + d.difficulty])  # fmt: skip
    return f"({x} {y} : {kind}) ({h} : {x} + {y} = {s}) ({k} : {x} * {y} = {p}) : {goal}"


def _identity(d: Draws) -> str:
    x, y, z = d.names()
    kind = d.ring()
    a, b, c = d.whole(9), d.whole(9), d.whole(9)
    mixed = (2 * a * b + d.slip(), f"{x} * {y}")
    square = [(a * a, f"{x} ^ 2"), mixed, (b * b, f"{y} ^ 2")]
    texts = [
        f"{minus(x, a)} * {minus(x, b)} = {polynomial([a * b + d.slip(), -a - b, 1], x)}",
        f"({signed([(a, x), (b, y)])}) ^ 2 = {signed(square)}",
        f"({x} + {y} + {z}) ^ 2 = {x} ^ 2 + {y} ^ 2 + {z} ^ 2 + "
        f"{2 + d.slip()} * ({x} * {y} + {y} * {z} + {z} * {x})",
        f"({signed([(a, x)], b)}) * ({signed([(c, x)], -b)}) + {b * b} = "
        f"{signed([(a * c + d.slip(), f'{x} ^ 2'), (b * c - a * b, x)])}",
        f"({x} - {y}) * ({x} ^ 2 + {x} * {y} + {y} ^ 2) = {x} ^ 3 - {y} ^ 3",
        f"({x} + {y}) ^ 3 - ({x} - {y}) ^ 3 = {6 + d.slip()} * {x} ^ 2 * {y} + 2 * {y} ^ 3",
    ]
    text = d.choice(texts[: 2 + d.difficulty])
    used = [v for v in (x, y, z) if v in text]
    return f"({' '.join(used)} : {kind}) : {text}"


def _function_value(d: Draws) -> str:
    kind, f, x = d.ring(), d.choice("fgp"), d.choice("xtn")
    h = d.hypotheses()[0]
    c = [d.whole(9) for _ in range(2 if d.difficulty < 3 else 3)]

    def at(v: int) -> int:
        return sum(k * v**i for i, k in enumerate(c))

    body, v, w = polynomial(c, x), d.whole(6), d.whole(6)
    goals = [
        f"{f} {negative(v)} = {at(v) + d.slip()}",
        f"{f} {negative(v)} - {f} {negative(w)} = {at(v) - at(w) + d.slip()}",
        f"{f} ({f} {negative(v)}) = {at(at(v)) + d.slip()}",
        f"{f} {negative(v)} * {f} {negative(w)} = {at(v) * at(w) + d.slip()}",
    ]
    return f"({f} : {kind} → {kind}) ({h} : ∀ {x}, {f} {x} = {body}) : {d.choice(goals)}"


def _two_functions(d: Draws) -> str:
    kind = d.ring()
    (h, k, *_) = d.hypotheses()
    a, b, c, e, v = d.whole(9), d.whole(9), d.whole(9), d.whole(9), d.whole(6)
    quadratic = d.difficulty > 2
    f = f"∀ x, f x = {polynomial([b, a] if not quadratic else [b, a, 1], 'x')}"
    g = f"∀ x, g x = {polynomial([e, c], 'x')}"

    def f_at(x: int) -> int:
        return a * x + b + (x * x if quadratic else 0)

    inner = c * v + e
    goal = d.choice([
        f"f (g {negative(v)}) = {f_at(inner) + d.slip()}",
        f"g (f {negative(v)}) = {c * f_at(v) + e + d.slip()}",
        f"f {negative(v)} + g {negative(v)} = {f_at(v) + inner + d.slip()}",
    ])  # fmt: skip
    return f"(f g : {kind} → {kind}) ({h} : {f}) ({k} : {g}) : {goal}"


def _unknown_coefficient(d: Draws) -> str:
    kind = d.field()
    (h, k, *_) = d.hypotheses()
    a, b, v, w = d.whole(9), d.whole(9), d.whole(5), d.whole(5)
    if v == w:
        w += 1
    if d.difficulty <= 2:
        return (
            f"(f : {kind} → {kind}) (a : {kind}) ({h} : ∀ x, f x = a * x + {abs(b)}) "
            f"({k} : f {negative(v)} = {a * v + abs(b)}) : a = {a + d.slip()}"
        )
    return (
        f"(a b : {kind}) (f : {kind} → {kind}) ({h} : ∀ x, f x = a * x + b) "
        f"({k} : f {negative(v)} = {a * v + b}) (hw : f {negative(w)} = {a * w + b}) : "
        f"a = {a + d.slip()} ∧ b = {b}"
    )


def _fraction(d: Draws) -> str:
    x, y, _ = d.names()
    kind, (h, k, *_) = d.field(), d.hypotheses()
    a, b = d.number(), d.number(1)
    shapes = [
        f"({x} : {kind}) ({h} : {x} / {a} = {b}) : {x} = {a * b + d.slip()}",
        f"({x} : {kind}) ({h} : {x} ≠ 0) ({k} : {a * b} / {x} = {a}) : {x} = {b + d.slip()}",
        f"({x} : {kind}) ({h} : {x} / {a} + {x} / {a + 1} = {b * (2 * a + 1)}) : "
        f"{x} = {a * (a + 1) * b + d.slip()}",
        f"({x} {y} : {kind}) ({h} : {y} ≠ 0) ({k} : {x} / {y} = {a}) : {x} = {a + d.slip()} * {y}",
        f"({x} : {kind}) ({h} : {x} ≠ 0) ({k} : {x} + 1 / {x} = {a}) : "
        f"{x} ^ 2 + 1 / {x} ^ 2 = {a * a - 2 + d.slip()}",
        f"({x} : {kind}) ({h} : {x} ≠ {b}) ({k} : ({x} + {a}) / ({x} - {b}) = {a + 1}) : "
        f"{a} * {x} = {a + b * (a + 1) + d.slip()}",
    ]
    return d.choice(shapes[: 2 + d.difficulty])


def _absolute(d: Draws) -> str:
    x, kind, h = d.names()[0], d.ring(), d.hypotheses()[0]
    a, b = d.whole(), d.number(1)
    high = a + b - abs(d.slip())
    return d.choice([
        f"({x} : {kind}) ({h} : |{minus(x, a)}| = {b}) : {x} = {a + b + d.slip()} ∨ {x} = {a - b}",
        f"({x} : {kind}) ({h} : |{minus(x, a)}| < {b}) : {a - b} < {x} ∧ {x} < {high}",
        f"({x} : {kind}) ({h} : |{minus(x, a)}| ≤ {b}) : {x} ≤ {a + b - abs(d.slip())}",
        f"({x} : {kind}) ({h} : {a} < {x}) : |{minus(x, a)}| = {x} - {negative(a + d.slip())}",
    ])  # fmt: skip


def _root(d: Draws) -> str:
    a, b = d.number(), d.number()
    x, h = d.names()[0], d.hypotheses()[0]
    return d.choice([
        f": Real.sqrt {a * a} = {a + d.slip()}",
        f": Real.sqrt {a} * Real.sqrt {a * b * b} = {a * b + d.slip()}",
        f"({x} : ℝ) ({h} : 0 ≤ {x}) : Real.sqrt ({x} ^ 2) = {x}",
        f"({x} : ℝ) ({h} : 0 ≤ {x}) : Real.sqrt {x} ^ 2 = {x}",
        f": (Real.sqrt {a} + {b}) * (Real.sqrt {a} - {b}) = {a - b * b + d.slip()}",
        f"({x} : ℝ) ({h} : Real.sqrt ({x} + {b}) = {a}) : {x} = {a * a - b + d.slip()}",
    ][: 2 + d.difficulty])  # fmt: skip


def _story(d: Draws) -> str:
    """Coins, heads and legs, ages: two unknown natural numbers."""
    x, y, _ = d.names()
    (h, k, *_) = d.hypotheses()
    p, q = d.number(1), d.number(1)
    a, b = d.number(2, 12), d.number(2, 12)
    if a == b:
        b += 1
    shapes = [
        f"({x} {y} : ℕ) ({h} : {x} + {y} = {p + q}) ({k} : {a} * {x} + {b} * {y} = "
        f"{a * p + b * q}) : {x} = {p + d.slip()}",
        f"({x} {y} : ℕ) ({h} : {x} = {a} * {y}) ({k} : {x} + {y} = {(a + 1) * q}) : "
        f"{y} = {q + d.slip()}",
        f"({x} {y} : ℕ) ({h} : {x} = {y} + {a}) ({k} : {x} + {y} = {2 * q + a}) : "
        f"{x} = {q + a + d.slip()} ∧ {y} = {q}",
    ]
    return d.choice(shapes)


def _symmetric(d: Draws) -> str:
    x, y, z = d.names()
    kind, (h, k, *_) = d.ring(), d.hypotheses()
    a, b = d.whole(9), d.whole(9)
    return d.choice([
        f"({x} {y} {z} : {kind}) ({h} : {x} + {y} + {z} = {a}) ({k} : {x} * {y} + {y} * {z} + "
        f"{z} * {x} = {b}) : {x} ^ 2 + {y} ^ 2 + {z} ^ 2 = {a * a - 2 * b + d.slip()}",
        f"({x} {y} {z} : {kind}) ({h} : {x} + {y} + {z} = 0) : "
        f"{x} ^ 3 + {y} ^ 3 + {z} ^ 3 = {3 + d.slip()} * {x} * {y} * {z}",
        f"({x} {y} : {kind}) ({h} : {x} - {y} = {a}) ({k} : {x} ^ 2 - {y} ^ 2 = {a * b}) : "
        f"{x} + {y} = {b + d.slip()}",
    ])  # fmt: skip


FAMILIES = (
    Family("linear_equation", "algebra", _linear_one),
    Family("linear_pair", "algebra", _linear_pair),
    Family("linear_triple", "algebra", _linear_triple),
    Family("quadratic", "algebra", _quadratic),
    Family("sum_and_product", "algebra", _sum_and_product),
    Family("identity", "algebra", _identity),
    Family("function_value", "algebra", _function_value),
    Family("two_functions", "algebra", _two_functions),
    Family("unknown_coefficient", "algebra", _unknown_coefficient),
    Family("fraction", "algebra", _fraction),
    Family("absolute_value", "algebra", _absolute),
    Family("square_root", "algebra", _root),
    Family("two_unknowns", "algebra", _story),
    Family("symmetric", "algebra", _symmetric),
)
