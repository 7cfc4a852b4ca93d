"""Numbers read off a theorem's name and statement, without Lean.

Two-thirds of them count symbols. All counts go through log(1 + x), so that long statements do not
drown the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from prover_arb.curves.attempts import Floats

COUNTED = (
    "∀", "∃", "∑", "∏", "^", "/", "%", "∣", "∧", "∨", "¬", "↔", "→", "≤", "<", "≠", "=", "+", "*",
    "√", "⁻¹", "∈", "⌊", "|", "!", "-",
    "ℕ", "ℤ", "ℚ", "ℝ", "ℂ", "Finset", "Set", "filter", "range", "Icc", "card", "sqrt", "log",
    "sin", "cos", "tan", "π", "exp", "abs", "gcd", "lcm", "factorial", "choose", "digits",
    "Prime", "divisors", "MOD", "ZMod", "Equiv", "IsLeast", "IsGreatest", "Injective", "Polynomial",
    "fun", "if",
)  # fmt: skip
"""Symbols and words counted in a statement."""

SOURCES = ("mathd_algebra", "mathd_numbertheory", "algebra", "numbertheory", "induction", "amc12",
           "amc12a", "amc12b", "aime", "imo", "aimeI", "aimeII")  # fmt: skip
"""Where competition problems come from, as their names begin."""

KINDS = slice(-9, None)
"""The columns that tell the kind of problem and its number, and nothing of the statement."""


def category(name: str) -> str:
    """The part of a theorem's name that says what kind of problem it is."""
    for source in sorted(SOURCES, key=len, reverse=True):
        if name.startswith(source + "_"):
            return {"amc12a": "amc12", "amc12b": "amc12", "aimeI": "aime", "aimeII": "aime"}.get(
                source, source
            )
    return "other"


def features(name: str, statement: str) -> Floats:
    """[F] finite numbers; the same F for every statement."""
    text = _without_name(_without_proof(statement))
    goal = text.rsplit(" : ", 1)[-1] if " : " in text else text
    numerals = [int(each[:18]) for each in re.findall(r"\d+", text)]
    kind = category(name)
    counts = [text.count(each) for each in COUNTED]
    rest = [
        len(text), len(goal), len(text.split()), text.count("("),
        len(re.findall(r"\(\s*[h][\w₀-₉']*\s*:", text)),
        len(re.findall(r"(?:ℕ|ℤ|ℚ|ℝ|ℂ)\s*→\s*(?:ℕ|ℤ|ℚ|ℝ|ℂ)", text)),
        len(numerals), max(numerals, default=0), len(set(numerals)),
        goal.count("="), goal.count("≤") + goal.count("<") + goal.count(">") + goal.count("≥"),
        goal.count("∃") + goal.count("↔"), len(re.findall(r"\^\s*[a-zA-Z(]", text)),
        _powers(text),
    ]  # fmt: skip
    flags = [float(kind == each) for each in ("mathd_algebra", "mathd_numbertheory", "algebra",
             "numbertheory", "induction", "amc12", "aime", "imo")]  # fmt: skip
    place = re.search(r"_p(\d+)", name)
    number = float(place.group(1)) / 10 if place and int(place.group(1)) < 100 else 0.0
    return np.concatenate([np.log1p(np.array([*counts, *rest], dtype=np.float64)), flags, [number]])


def matrix(names: Sequence[str], statements: Sequence[str]) -> Floats:
    """[N, F]"""
    return np.array([features(*each) for each in zip(names, statements, strict=True)])


def _powers(text: str) -> int:
    return max((int(each[:6]) for each in re.findall(r"\^\s*(\d+)", text)), default=0)


def _without_proof(statement: str) -> str:
    return re.split(r":=\s*(?:by\b|sorry)", statement)[0]


def _without_name(text: str) -> str:
    return re.sub(r"^\s*(?:theorem|lemma)\s+\S+", "", text)
