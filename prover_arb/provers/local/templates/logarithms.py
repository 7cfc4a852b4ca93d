"""Logarithms, exponentials and real powers, taken apart into logarithms of primes and variables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover_arb.provers.local.goal import Goal
from prover_arb.provers.local.templates.inequalities import signs
from prover_arb.provers.local.templates.reading import (
    applications,
    facts,
    numerals,
    split_top,
    texts,
    unbracketed,
)

_LOG = "Real.«log»"
_BASE = re.compile(r"(\((?:[^()]|\([^()]*\))*\)|[\w₀-₉]+) \^ (\((?:[^()]|\([^()]*\))*\)|[\w₀-₉]+)")
_EQUATION = re.compile(r"^([^=<>≤≥≠∀∃∨↔→∧]+) = ([^=<>≤≥≠∀∃∨↔→∧]+)$")
_LOGS = ("log", "Real.«log»", "Real.log")
_MOST_LINES = 24


def logarithms(goal: Goal) -> Iterator[str]:
    """Everything in terms of the logarithms of primes and of positive variables."""
    said = texts(goal)
    bases = _real_bases(goal)
    if not bases and not any(word in text for text in said for word in ("log", "exp")):
        return
    lines = [*_casts(goal), *_primes(goal), *_arguments(goal)][:_MOST_LINES]
    yield "\n".join([*lines, "grind"])
    taken = _of_equations(goal, bases)
    if taken:
        yield "\n".join([*lines, *taken, "grind"])
    target = _EQUATION.match(goal.target)
    if target is not None and bases:
        yield "\n".join([*lines, *taken, *_compared(target[1], target[2], bases), "grind"])
    powers = _powers(goal)
    if powers:
        yield "\n".join([*(f"have l{i} := {line}" for i, line in enumerate(powers)), "grind"])


def factors(number: int) -> list[tuple[int, int]]:
    """Primes and their exponents."""
    powers: list[tuple[int, int]] = []
    rest, p = number, 2
    while rest > 1:
        if p * p > rest:
            p = rest
        exponent = 0
        while rest % p == 0:
            rest //= p
            exponent += 1
        if exponent:
            powers.append((p, exponent))
        p += 1
    return powers


def _primes(goal: Goal) -> list[str]:
    """The logarithm of every numeral by its prime factors; those of primes are positive."""
    lines: dict[str, None] = {}
    for n in [n for n in numerals(goal, most=10**6) if n > 1 and n in _spoken_of(goal)][:8]:
        product = ""
        for p, exponent in factors(n):
            positive = f"(show (0 : ℝ) < {p} by grind)"
            lines.setdefault(f"Real.log_pos (show (1 : ℝ) < {p} by grind)")
            if exponent > 1:
                lines.setdefault(f"Real.log_pow {positive} {exponent}")
            power = f"({p} : ℝ) ^ ({exponent} : ℕ)" if exponent > 1 else f"({p} : ℝ)"
            if product:
                lines.setdefault(
                    f"Real.log_mul (show (0 : ℝ) < {product} by grind) "
                    f"(show (0 : ℝ) < {power} by grind)"
                )
            product = f"{product} * {power}" if product else power
    return [f"have l{i} := {line}" for i, line in enumerate(lines)]


def _spoken_of(goal: Goal) -> set[int]:
    """Numerals of which a logarithm is taken, or may be: those of arguments and of equations."""
    parts = [text for text in texts(goal) if "log" not in text]
    for text in texts(goal):
        parts += [term for word in _LOGS for term in applications(text, word)]
        if "logb" in text:
            parts.append(text)
    return {int(n) for part in parts for n in re.findall(r"(?<![\w.₀-₉])\d+", part)}


def _casts(goal: Goal) -> list[str]:
    """Natural numbers more than one are more than one among the reals."""
    lines = []
    for i, x in enumerate(x for x in goal.variables("ℕ") if any(f"↑{x}" in t for t in texts(goal))):
        lines += [
            f"try have v{i} := Lean.Grind.OrderedRing.natCast_lt_natCast_of_lt (R := ℝ) "
            f"_ _ (show 1 < {x} by grind)",
            f"try have u{i} : (1 : ℝ) < ({x} : ℝ) := by grind",
        ]
    return lines[:8]


def _positive(term: str) -> str:
    parts = split_top(unbracketed(term), " * ")
    if len(parts) == 1:
        return f"(show (0 : ℝ) < {term} by grind)"
    left = _positive(" * ".join(parts[:-1]))
    return f"(mul_pos {left} {_positive(parts[-1])})"


def _arguments(goal: Goal) -> list[str]:
    """Logarithms of products, quotients and powers that the goal speaks of."""
    lines: dict[str, None] = {}
    terms = dict.fromkeys(
        term for text in texts(goal) for word in _LOGS for term in applications(text, word)
    )
    for term in list(terms)[:6]:
        inner = unbracketed(term)
        parts = split_top(inner, " * ")
        for k in range(len(parts) - 1, 0, -1):
            left = " * ".join(parts[:k])
            lines.setdefault(f"Real.log_mul {_positive(left)} {_positive(parts[k])}")
        quotient = split_top(inner, " / ")
        if len(quotient) == 2 and len(parts) == 1:
            lines.setdefault(f"Real.log_div {_positive(quotient[0])} {_positive(quotient[1])}")
        if power := re.fullmatch(r"([\w₀-₉]+) \^ (\d+)", inner):
            lines.setdefault(f"Real.log_pow (show (0 : ℝ) < {power[1]} by grind) {power[2]}")
    return [f"try have a{i} := {line}" for i, line in enumerate(lines)]


def _real_bases(goal: Goal) -> list[str]:
    """What is raised to a power that is no numeral: numerals first, then variables."""
    reals = set(goal.variables("ℝ"))
    bases: dict[str, None] = {}
    for text in texts(goal):
        for base, exponent in _BASE.findall(text):
            inside = set(re.findall(r"[^\W\d][\w₀-₉]*", exponent))
            if "/" in exponent or inside & reals:
                bases.setdefault(base)
    return sorted(bases, key=lambda b: (not b.isdigit(), len(b)))[:6]


def _of_equations(goal: Goal, bases: list[str]) -> list[str]:
    """Logarithms of both sides of equations between powers or products."""
    lines = []
    equations = [f for f in facts(goal) if _EQUATION.match(f.text)]
    for i, fact in enumerate(equations[:5]):
        if "log" not in fact.text:
            lines.append(f"try have g{i} := congrArg (fun t => {_LOG} t) {fact.proof}")
    if not lines:
        return []
    for i, base in enumerate(bases):
        lines += [
            f"try have p{i} : (0 : ℝ) < {base} := by grind",
            f"try simp only [Real.log_rpow p{i}] at *",
        ]
    strict = [s.strong for s in signs(goal) if s.strict][:3]
    pairs = [(a, b) for a in strict for b in strict if a != b]
    lines += [f"try have m{i} := Real.log_mul {a} {b}" for i, (a, b) in enumerate(pairs[:4])]
    return lines


def _compared(left: str, right: str, bases: list[str]) -> list[str]:
    """An equation between positive terms follows from that of their logarithms."""
    positive = "first | grind | exact Real.rpow_pos_of_pos (by grind) _ | "
    positive += (
        "exact mul_pos (Real.rpow_pos_of_pos (by grind) _) (Real.rpow_pos_of_pos (by grind) _)"
    )
    lines = [f"apply Real.log_injOn_pos (by {positive}) (by {positive})"]
    lines.append("try rw [Real.log_mul (by " + positive + ") (by " + positive + ")]")
    lines += [f"try simp only [Real.log_rpow (show (0 : ℝ) < {b} by grind)]" for b in bases]
    return lines


def _powers(goal: Goal) -> list[str]:
    """Logarithms of positive variables' powers and products."""
    lines: dict[str, None] = {}
    small = [n for n in numerals(goal, most=20) if n > 1]
    positive = [s for s in signs(goal) if s.strict][:3]
    for s in positive:
        for k in small[:3]:
            lines.setdefault(f"Real.log_pow {s.strong} {k}")
        for t in positive:
            lines.setdefault(f"Real.log_mul {s.strong} {t.strong}")
    return list(lines)[:14]
