"""What a Lean process is asked so that V8 optimises the code that most requests need.

The theorems are our own and simple; each stands for a tactic, or for a way of Lean's elaborator and
kernel, that proofs of competition problems take.
"""

from __future__ import annotations

from collections.abc import Iterator

ROUNDS = 8
"""How often each request is answered: V8 optimises what was called often. About 15 s in all."""

_HEARTBEATS = 50_000
_MOST_BYTES = 10_000_000

_PROOFS = (
    (": 2 + 2 = 4", "rfl"),
    ("(a b : ℕ) (h : a = b) : a + 0 = b", "simp [h]"),
    ("(a b : ℕ) (h : a < b) : a + 1 ≤ b", "omega"),
    ("(n : ℕ) (h : n % 4 = 3) : n % 2 = 1", "omega"),
    (": (17 : ℕ) ^ 5 % 7 = 5", "decide"),
    (": (3 : ℝ) / 4 + 1 / 4 = 1", "norm_num"),
    ("(x y : ℝ) : 2 * x * y ≤ x ^ 2 + y ^ 2", "nlinarith [sq_nonneg (x - y)]"),
    ("(x y : ℝ) (h : x < y) (k : 0 < x) : x + 1 < 2 * y + 1", "linarith"),
    ("(x y : ℝ) : (x + y) ^ 2 = x ^ 2 + 2 * x * y + y ^ 2", "ring"),
    ("(a b c : ℤ) (h : a = b) (k : b = c) : a = c", "grind"),
    ("(x : ℝ) (h : x ^ 2 = 4) (k : 0 < x) : x = 2", "nlinarith [sq_nonneg (x - 2)]"),
    ("(p q : Prop) (hp : p) (hq : q) : q ∧ p", "constructor <;> assumption"),
    ("(x : ℝ) (h : x = 3 ∨ x = -3) : x ^ 2 = 9", "rcases h with h | h <;> subst h <;> norm_num"),
    ("(x y : ℝ) (h : x + y = 5) (k : x - y = 1) : x = 3 ∧ y = 2", "constructor <;> linarith"),
    (
        "(n : ℕ) : ∑ i ∈ Finset.range (n + 1), i = n * (n + 1) / 2",
        "induction n with\n"
        "| zero => simp\n"
        "| succ n ih =>\n"
        "  rw [Finset.sum_range_succ, ih]\n"
        "  have := Nat.mul_succ (n + 1) (n + 1)\n"
        "  grind",
    ),
)
"""Statements, each with a script that proves it."""

_FAILURES = (
    (
        "(x y : ℝ) (h : x < y) : y < x",
        ("linarith", "nlinarith", "norm_num", "grind", "positivity"),
    ),
    (
        "(a b : ℕ) : a * b = b + a",
        ("omega", "ring", "simp", "simp_all", "decide", "grind", "aesop"),
    ),
)
"""Statements with scripts that fail: most attempts do."""


def requests() -> Iterator[dict[str, object]]:
    """Yields what the process is asked in each round, in order."""
    limits = {"heartbeats": _HEARTBEATS, "output_bytes": _MOST_BYTES, "export_bytes": _MOST_BYTES}
    for number, (statement, script) in enumerate(_PROOFS):
        theorem = _theorem(number, statement)
        candidate = {"kind": "tactics", "text": script}
        yield {"op": "reference", "theorem": theorem, **limits}
        yield {"op": "elaborate", "theorem": theorem, "candidate": candidate, **limits}
        yield {"op": "try", "theorem": theorem, "scripts": [script], "heartbeats": _HEARTBEATS}
    for number, (statement, scripts) in enumerate(_FAILURES, len(_PROOFS)):
        theorem = _theorem(number, statement)
        yield {
            "op": "try",
            "theorem": theorem,
            "scripts": list(scripts),
            "heartbeats": _HEARTBEATS,
        }


def _theorem(number: int, statement: str) -> dict[str, str]:
    return {"name": f"rehearsed_{number}", "statement": statement, "preamble": ""}
