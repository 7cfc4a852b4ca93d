"""Exports as lines of data: joined, or cut in two, as a reference and an elaborator give them."""

from __future__ import annotations

import json
from typing import Any

_NUMBERED = ("in", "il", "ie")
_NAMES = frozenset(
    ("in", "pre", "name", "typeName", "induct", "param", "levelParams", "all", "ctors")
)
_LEVELS = frozenset(("il", "succ", "sort", "us", "max", "imax"))
_TERMS = frozenset(("ie", "fn", "arg", "type", "body", "value", "struct", "expr"))
"""Where the numbers of each kind stand."""


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def text(items: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(item) + "\n" for item in items)


def is_declaration(item: dict[str, Any]) -> bool:
    return not any(mark in item for mark in _NUMBERED)


def joined(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One export after the other, as one: the numbers of the second are moved."""
    tally = {mark: sum(mark in item for item in first) for mark in _NUMBERED}
    return [*first, *(_moved(item, tally["in"], tally["il"], tally["ie"]) for item in second)]


def bundle(statement: str, proof: str, given: int) -> tuple[str, str]:
    """The reference and the proof of what the verifier gives as one: the reference holds the first
    `given` declarations of the proof, and the theorem as an axiom."""
    if given == 0:
        return statement, proof
    items = lines(proof)
    places = [index for index, item in enumerate(items) if is_declaration(item)]
    return text(joined(items[: places[given - 1] + 1], lines(statement))), proof


def _moved(item: dict[str, Any], names: int, levels: int, terms: int) -> dict[str, Any]:
    """A line with other numbers; 0 stands for the empty name and the level zero in every export."""

    def move(key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {inner: move(inner, held) for inner, held in value.items()}
        if isinstance(value, list):
            return [move(key, held) for held in value]
        if key in _TERMS:
            return value + terms
        if key in _NAMES and value:
            return value + names
        return value + levels if key in _LEVELS and value else value

    return {key: move(key, value) for key, value in item.items()}
