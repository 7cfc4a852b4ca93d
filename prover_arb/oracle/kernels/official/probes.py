"""Two declarations whose truth is known, to try a kernel on."""

from __future__ import annotations

import json

from prover_arb.oracle.kernels.judging import Submission

_TERMS: tuple[object, ...] = (
    {"str": {"pre": 0, "str": "probe"}, "in": 1},
    {"str": {"pre": 0, "str": "Nat"}, "in": 2},
    {"str": {"pre": 2, "str": "add"}, "in": 3},
    {"str": {"pre": 0, "str": "Eq"}, "in": 4},
    {"str": {"pre": 4, "str": "refl"}, "in": 5},
    {"succ": 0, "il": 1},
    {"const": {"name": 2, "us": []}, "ie": 0},
    {"const": {"name": 3, "us": []}, "ie": 1},
    {"natVal": "1", "ie": 2},
    {"natVal": "2", "ie": 3},
    {"app": {"fn": 1, "arg": 2}, "ie": 4},
    {"app": {"fn": 4, "arg": 2}, "ie": 5},
    {"const": {"name": 4, "us": [1]}, "ie": 6},
    {"app": {"fn": 6, "arg": 0}, "ie": 7},
    {"app": {"fn": 7, "arg": 5}, "ie": 8},
    {"app": {"fn": 8, "arg": 3}, "ie": 9},
    {"app": {"fn": 8, "arg": 2}, "ie": 10},
    {"const": {"name": 5, "us": [1]}, "ie": 11},
    {"app": {"fn": 11, "arg": 0}, "ie": 12},
    {"app": {"fn": 12, "arg": 3}, "ie": 13},
)
_TRUE, _FALSE, _REFLEXIVITY = 9, 10, 13
"""`1 + 1 = 2`, `1 + 1 = 1`, and a proof of the first."""


def _submission(type_: int) -> Submission:
    declared = {"name": 1, "levelParams": [], "type": type_}
    statement = {"axiom": {**declared, "isUnsafe": False}}
    proof = {"thm": {**declared, "value": _REFLEXIVITY, "all": [1]}}
    return Submission(_text(statement), _text(proof))


def _text(last: object) -> str:
    return "".join(json.dumps(line) + "\n" for line in (*_TERMS, last))


PROBES: tuple[tuple[str, Submission, bool], ...] = (
    ("official kernel, true", _submission(_TRUE), True),
    ("official kernel, false", _submission(_FALSE), False),
)
"""A label, a proof as data, and whether it is one."""
