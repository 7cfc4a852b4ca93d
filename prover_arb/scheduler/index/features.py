"""Numbers read off a theorem's name and statement, without Lean.

Two-thirds of them count symbols. All counts go through log(1 + x), so that long statements do not
drown the rest.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
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
"""Where competition problems come from, as their names begin."""


_LONGEST_FIRST = sorted(SOURCES, key=len, reverse=True)

_SAME = {"amc12a": "amc12", "amc12b": "amc12", "aimeI": "aime", "aimeII": "aime"}

KINDS = ("mathd_algebra", "mathd_numbertheory", "algebra", "numbertheory", "induction", "amc12",
         "aime", "imo")  # fmt: skip
"""Categories with a feature of their own."""

REPOSITORIES = 32
"""Columns that repositories share, in problems named after one: `django__django-13794`."""

FROM_NAMES = len(KINDS) + 1 + REPOSITORIES + 1

OF_KIND = slice(-FROM_NAMES, None)
"""The columns that tell the kind of problem and its number, and nothing of the statement."""

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
    """The part of a theorem's name that says what kind of problem it is."""
    for source in _LONGEST_FIRST:
        if name.startswith(source + "_"):
            return _SAME.get(source, source)
    return "other"


def matrix(names: Sequence[str], statements: Sequence[str]) -> Floats:
    """[N, F]"""
    read = [_read(*each) for each in zip(names, statements, strict=True)]
    found = np.array(read, dtype=np.float64).reshape(len(read), -1)
    counted = found.shape[1] - FROM_NAMES
    found[:, :counted] = np.log1p(found[:, :counted])
    return found


def of_theorems(names: Sequence[str], statements: Sequence[str | None]) -> Floats:
    """[N, F] where statements may be missing: such a theorem is taken for an average one.

    Its name still counts; so do the names alone where most statements are missing.
    """
    has = np.array([text is not None for text in statements], dtype=bool)
    if 2 * has.sum() < len(has):
        return matrix(names, [""] * len(names))
    found = matrix(names, [text or "" for text in statements])
    found[~has, :-FROM_NAMES] = found[has, :-FROM_NAMES].mean(axis=0)
    return found


def _read(name: str, statement: str) -> list[float]:
    """Counts, which are put on a log scale, and then flags and the problem's place."""
    text = _HEAD.sub("", _PROOF.split(statement, 1)[0])
    goal = text.rsplit(" : ", 1)[-1] if " : " in text else text
    numerals = [int(each[:18]) for each in _NUMERAL.findall(text)]
    kind = category(name)
    place, issue = _PLACE.search(name), _ISSUE.match(name)
    # Repositories may fall into the same column; that costs something, and needs no list of them.
    column = crc32(issue.group(1).encode()) % REPOSITORIES if issue else -1
    count, asked = text.count, goal.count
    return [
        *map(count, COUNTED),
        len(text), len(goal), len(text.split()), count("("),
        len(_HYPOTHESIS.findall(text)), len(_FUNCTION.findall(text)),
        len(numerals), max(numerals, default=0), len(set(numerals)),
        asked("="), asked("≤") + asked("<") + asked(">") + asked("≥"),
        asked("∃") + asked("↔"), len(_POWER.findall(text)),
        max((int(each[:6]) for each in _EXPONENT.findall(text)), default=0),
        *(float(kind == each) for each in KINDS),
        float(place.group(1)) / 10 if place and int(place.group(1)) < 100 else 0.0,
        *(float(i == column) for i in range(REPOSITORIES)),
        math.log1p(int(issue.group(2))) if issue else 0.0,
    ]  # fmt: skip
