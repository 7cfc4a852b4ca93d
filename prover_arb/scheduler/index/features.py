"""Numbers read off a theorem's name and statement, without Lean.

Most of them count symbols. All counts go through log(1 + x), so that long statements do not drown
the rest.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from zlib import crc32

import numpy as np

from prover_arb.scheduler.index.arrays import Floats

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
"""Where competition problems come from, as the beginnings of their names say."""

_LONGEST_FIRST = sorted(SOURCES, key=len, reverse=True)

_SAME = {"amc12a": "amc12", "amc12b": "amc12", "aimeI": "aime", "aimeII": "aime"}

KINDS = ("mathd_algebra", "mathd_numbertheory", "algebra", "numbertheory", "induction", "amc12",
         "aime", "imo")  # fmt: skip
"""The kinds of problems that have a feature of their own."""

REPOSITORIES = 32
"""How many columns repositories share, in problems named after one: `django__django-13794`."""

FROM_NAMES = len(KINDS) + 1 + REPOSITORIES + 1
"""How many features come from the name alone."""

OF_KIND = slice(-FROM_NAMES, None)
"""The columns that describe the kind of problem and its number, and nothing of the statement."""

_PROOF = re.compile(r":=\s*(?:by\b|sorry)")
_HEAD = re.compile(r"^\s*(?:theorem|lemma)\s+\S+")
_NUMERAL = re.compile(r"\d+")
_HYPOTHESIS = re.compile(r"\(\s*[h][\w₀-₉']*\s*:")
_FUNCTION = re.compile(r"(?:ℕ|ℤ|ℚ|ℝ|ℂ)\s*→\s*(?:ℕ|ℤ|ℚ|ℝ|ℂ)")
_POWER = re.compile(r"\^\s*[a-zA-Z(]")
_EXPONENT = re.compile(r"\^\s*(\d+)")
_PLACE = re.compile(r"_p(\d+)")
_ISSUE = re.compile(r"(\S+__\S+)-(\d{1,9})$")


def category(name: str) -> str:
    """Returns the part of a theorem's name that says what kind of problem it is."""
    for source in _LONGEST_FIRST:
        if name.startswith(source + "_"):
            return _SAME.get(source, source)
    return "other"


def matrix(names: Sequence[str], statements: Sequence[str]) -> Floats:
    """Returns the features [N, F] of N theorems."""
    rows = [_read(*texts) for texts in zip(names, statements, strict=True)]
    features = np.array(rows, dtype=np.float64).reshape(len(rows), -1)
    counted = features.shape[1] - FROM_NAMES
    features[:, :counted] = np.log1p(features[:, :counted])
    return features


Read = Callable[[Sequence[str], Sequence[str | None]], Floats]
"""Returns features [N, F] of N theorems, given their names and statements; `of_theorems` does."""


def of_theorems(names: Sequence[str], statements: Sequence[str | None]) -> Floats:
    """Returns features [N, F] where some statements may be missing.

    A theorem without a statement gets the mean features of the others, besides those of its name.
    Where most statements are missing, names alone are read.
    """
    has = np.array([text is not None for text in statements], dtype=bool)
    if 2 * has.sum() < len(has):
        return matrix(names, [""] * len(names))
    features = matrix(names, [text or "" for text in statements])
    features[~has, :-FROM_NAMES] = features[has, :-FROM_NAMES].mean(axis=0)
    return features


def _read(name: str, statement: str) -> list[float]:
    """Returns counts, which `matrix` puts on a log scale, and then flags and the problem's
    number."""
    text = _HEAD.sub("", _PROOF.split(statement, 1)[0])
    goal = text.rsplit(" : ", 1)[-1] if " : " in text else text
    numerals = [int(digits[:18]) for digits in _NUMERAL.findall(text)]
    kind = category(name)
    place, issue = _PLACE.search(name), _ISSUE.match(name)
    # Two repositories may share a column, which costs some accuracy and needs no list of them.
    column = crc32(issue.group(1).encode()) % REPOSITORIES if issue else -1
    count, in_goal = text.count, goal.count
    return [
        *map(count, COUNTED),
        len(text), len(goal), len(text.split()), count("("),
        len(_HYPOTHESIS.findall(text)), len(_FUNCTION.findall(text)),
        len(numerals), max(numerals, default=0), len(set(numerals)),
        in_goal("="), in_goal("≤") + in_goal("<") + in_goal(">") + in_goal("≥"),
        in_goal("∃") + in_goal("↔"), len(_POWER.findall(text)),
        max((int(digits[:6]) for digits in _EXPONENT.findall(text)), default=0),
        *(float(kind == known) for known in KINDS),
        float(place.group(1)) / 10 if place and int(place.group(1)) < 100 else 0.0,
        *(float(i == column) for i in range(REPOSITORIES)),
        math.log1p(int(issue.group(2))) if issue else 0.0,
    ]  # fmt: skip
