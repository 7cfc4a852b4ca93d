"""Families of logic, sets, functional equations and casts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prover_arb.problems.generator.draws import Draws, Family, signed

Rule = Callable[[Mapping[str, bool]], bool]
"""What a formula says, given which propositions hold."""


def _proposition(d: Draws) -> str:
    """A statement about propositions: a random one that a truth table confirms."""
    names = d.choice((("A", "B", "C"), ("P", "Q", "R"), ("p", "q", "r")))
    used = names[: 2 if d.difficulty < 3 else 3]
    for _ in range(400):
        text, value = _formula(d, used, 2 + d.difficulty // 2)
        rows = [dict(zip(used, row, strict=True)) for row in _rows(len(used))]
        holds = [value(row) for row in rows]
        if all(holds) and all(name in text for name in used) and len(text) < 120:
            return f"({' '.join(used)} : Prop) : {text}"
    a, b = used[:2]
    return f"({a} {b} : Prop) : {a} ∧ {b} → {b} ∧ {a}"


def _rows(count: int) -> list[tuple[bool, ...]]:
    return [tuple(bool(n >> i & 1) for i in range(count)) for n in range(2**count)]


def _formula(d: Draws, names: tuple[str, ...], depth: int) -> tuple[str, Rule]:
    if depth == 0 or d.random() < 0.15:
        name = d.choice(names)
        if d.random() < 0.25:
            return f"¬ {name}", lambda row: not row[name]
        return name, lambda row: row[name]
    sign = d.choice(("∧", "∨", "→", "→", "↔"))
    left, f = _formula(d, names, depth - 1)
    right, g = _formula(d, names, depth - 1)
    left, right = (
        f"({side})" if " " in side.removeprefix("¬ ") else side for side in (left, right)
    )
    rules: dict[str, Rule] = {
        "∧": lambda row: f(row) and g(row),
        "∨": lambda row: f(row) or g(row),
        "→": lambda row: not f(row) or g(row),
        "↔": lambda row: f(row) == g(row),
    }
    return f"{left} {sign} {right}", rules[sign]


def _quantifiers(d: Draws) -> str:
    kind = d.choice(("α", "M", "S"))
    p, q = d.choice((("P", "Q"), ("p", "q"), ("red", "big")))
    h, k, *_ = d.hypotheses()
    head = f"({kind} : Type) ({p} {q} : {kind} → Prop)"
    return d.choice([
        f"{head} ({h} : ∀ x, {p} x → {q} x) ({k} : ∃ x, {p} x) : ∃ x, {q} x",
        f"{head} ({h} : ∀ x, {p} x ∧ {q} x) : (∀ x, {p} x) ∧ ∀ x, {q} x",
        f"{head} : (∃ x, {p} x ∨ {q} x) ↔ (∃ x, {p} x) ∨ ∃ x, {q} x",
        f"{head} ({h} : ¬ ∃ x, {p} x) : ∀ x, {p} x → {q} x",
        f"{head} ({h} : ∀ x, {p} x → {q} x) ({k} : ∀ x, ¬ {q} x) : ∀ x, ¬ {p} x",
        f"{head} ({h} : ∃ x, {p} x ∧ ¬ {q} x) : ¬ ∀ x, {p} x → {q} x",
        f"({kind} : Type) (r : {kind} → {kind} → Prop) ({h} : ∃ x, ∀ y, r x y) : ∀ y, ∃ x, r x y",
        f"({kind} : Type) (r : {kind} → {kind} → Prop) ({h} : ∀ x y, r x y → r y x) ({k} : "
        f"∀ x y z, r x y → r y z → r x z) (x y : {kind}) (hr : r x y) : r x x",
    ])  # fmt: skip


def _islands(d: Draws) -> str:
    """Knights, who tell the truth, and knaves, who do not."""
    a, b = d.choice((("A", "B"), ("P", "Q"), ("k", "j")))
    h, k, *_ = d.hypotheses()
    claims: list[tuple[str, Callable[[bool, bool], bool]]] = [
        (f"{a} ↔ {b}", lambda x, y: x == y), (f"¬ {a} ∨ ¬ {b}", lambda x, y: not (x and y)),
        (f"¬ {b}", lambda x, y: not y), (f"¬ {a} ∧ ¬ {b}", lambda x, y: not x and not y),
        (f"{a} ∧ {b}", lambda x, y: x and y), (f"{a} → {b}", lambda x, y: not x or y),
        (f"{b} → {a}", lambda x, y: not y or x),
    ]  # fmt: skip
    for _ in range(60):
        (t, f), (s, g) = d.choice(claims), d.choice(claims)
        models = [
            (x, y) for x in (False, True) for y in (False, True)
            if x == f(x, y) and y == g(x, y)
        ]  # fmt: skip
        if len(models) == 1:
            x, y = models[0]
            goal = f"{'' if x else '¬ '}{a} ∧ {'' if y else '¬ '}{b}"
            return f"({a} {b} : Prop) ({h} : {a} ↔ ({t})) ({k} : {b} ↔ ({s})) : {goal}"
    return f"({a} {b} : Prop) ({h} : {a} ↔ (¬ {a} ∨ ¬ {b})) : {a} ∧ ¬ {b}"


def _functional(d: Draws) -> str:
    kind, f = d.choice(("ℝ", "ℤ", "ℚ")), d.choice("fg")
    h, k, *_ = d.hypotheses()
    n, c, s = d.number(2, 4 + d.difficulty), d.whole(9), abs(d.slip())
    add = f"({f} : {kind} → {kind}) ({h} : ∀ x y, {f} (x + y) = {f} x + {f} y)"
    shapes = [
        f"{add} : {f} 0 = {s}",
        f"{add} ({k} : {f} 1 = {c}) : {f} {n} = {n * c + s}",
        f"{add} (x : {kind}) : {f} (-x) = -{f} x",
        f"({f} : {kind} → {kind}) ({h} : ∀ x, {f} (x + {n}) = {f} x + {abs(c)}) ({k} : {f} 0 = "
        f"{c}) : {f} {2 * n} = {c + 2 * abs(c) + s}",
        f"({f} : {kind} → {kind}) ({h} : ∀ x y, {f} (x + y) = {f} x + y) (x : {kind}) : "
        f"{f} (x + {n}) = {f} x + {n + s}",
        f"({f} : {kind} → {kind}) ({h} : ∀ x y, {f} (x * y) = {f} x * {f} y) ({k} : {f} {n} = 0) :"
        f" {f} {n * n} = {s}",
        f"({f} : {kind} → {kind}) ({h} : ∀ x, {f} ({f} x) = x) : ∀ x y, {f} x = {f} y → x = y",
        f"({f} : {kind} → {kind}) ({h} : ∀ x, {f} x + 2 * {f} (-x) = 3 * x) : "
        f"{f} {n} = {-3 * n + s}",
    ]
    return d.choice(shapes[: 3 + d.difficulty])


def _casts(d: Draws) -> str:
    n, m, _ = d.names()
    h, k, *_ = d.hypotheses()
    kind = d.choice(("ℤ", "ℚ", "ℝ"))
    v, a, b, s = d.number(1), d.number(2, 9), d.number(1, 9), d.slip()
    shapes = [
        f"({n} : ℕ) ({h} : ({n} : {kind}) = {v}) : {n} = {v + s}",
        f"({n} : ℕ) ({h} : {a} * ({n} : {kind}) + {b} = {a * v + b}) : {n} = {v + s}",
        f"({n} {m} : ℕ) ({h} : {n} = {m} + {a}) : ({n} : {kind}) - {m} = {a + s}",
        f"({n} : ℕ) ({h} : ({n} : {kind}) < {v}) : {n} < {v - abs(s)}",
        f"({n} {m} : ℕ) ({h} : ({n} : {kind}) + {m} = {v + a}) ({k} : ({n} : {kind}) - {m} = "
        f"{v - a}) : {n} = {v + s}",
        f"({n} : ℕ) ({h} : {a} ≤ {n}) : (({n} - {a} : ℕ) : ℤ) = {n} - {a + abs(s)}",
    ]
    return d.choice(shapes[: 2 + d.difficulty])


def _natural_subtraction(d: Draws) -> str:
    n, m, _ = d.names()
    h, k, *_ = d.hypotheses()
    a, b, s = d.number(1), d.number(1), d.slip()
    return d.choice([
        f"({n} : ℕ) ({h} : {a} ≤ {n}) : {n} - {a} + {a} = {n} + {abs(s)}" if s else
        f"({n} : ℕ) ({h} : {a} ≤ {n}) : {n} - {a} + {a} = {n}",
        f"({n} : ℕ) ({h} : {n} - {a} = {b}) : {n} = {a + b + s}",
        f"({n} {m} : ℕ) ({h} : {n} < {m}) : {n} + {1 + abs(s)} ≤ {m}",
        f"({n} {m} : ℕ) ({h} : {m} ≤ {n}) ({k} : {n} ≤ {m} + {a}) : {n} - {m} ≤ {a - abs(s)}",
        f"({n} {m} : ℕ) ({h} : {n} + {m} = {a + b}) ({k} : {a} ≤ {n}) : {m} ≤ {max(0, b - abs(s))}",
        f"({n} : ℕ) ({h} : {n} ≠ 0) ({k} : {n} ≤ {2}) : {n} = 1 ∨ {n} = {2 + abs(s)}",
    ])  # fmt: skip


def _maps(d: Draws) -> str:
    h, k, *_ = d.hypotheses()
    kind = d.choice(("ℝ", "ℤ", "ℚ"))
    a, b = d.number(2, 9), d.whole(9)
    line = signed([(a, "x")], b)
    f = f"(f : {kind} → {kind}) ({h} : ∀ x, f x = {line})"
    return d.choice([
        f": Function.Injective (fun x : {kind} => {line})",
        f"(f g : ℕ → ℕ) ({h} : Function.Injective f) ({k} : Function.Injective g) : "
        f"Function.Injective (fun x => g (f x))",
        f"(f : ℕ → ℕ) ({h} : ∀ n, f n < f (n + 1)) : f 0 < f {a}",
        f": Function.Surjective (fun x : ℝ => {line})",
        f"{f} : ∀ x y, f x = f y → x = y",
        f"{f} (x y : {kind}) ({k} : x < y) : f x < f y",
    ])  # fmt: skip


FAMILIES = (
    Family("proposition", "logic", _proposition),
    Family("quantifiers", "logic", _quantifiers),
    Family("knights_and_knaves", "logic", _islands),
    Family("functional_equation", "functions", _functional),
    Family("casts", "algebra", _casts),
    Family("natural_subtraction", "algebra", _natural_subtraction),
    Family("maps", "functions", _maps),
)
