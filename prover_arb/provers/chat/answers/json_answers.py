"""Answers that come as JSON: `{"proof": "..."}`, the arguments of a tool, a text as one string."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

from prover_arb.problems.lean_looks import DECLARING, looks_lean

_START = re.compile(r"\{\s*\"|\[\s*[\"{]")
_VALUE = re.compile(r"\"\w+\"\s*:\s*\"((?:[^\"\\]|\\.)*)", re.DOTALL)
_MOST = 20
"""Beginnings of JSON that are tried in one text."""
_LONGEST_LITERAL = 100_000
_DECODER = json.JSONDecoder(strict=False)


def strings_in(text: str) -> list[str]:
    """The strings in the JSON of a text that look like an answer, in their order."""
    return [string for value in _values(text) for string in _strings(value) if _is_answer(string)]


def _values(text: str) -> Iterator[object]:
    stripped = text.strip()
    if stripped[:1] in {'"', "{", "["}:
        value = _decoded(stripped)
        if value is not None:
            yield value
            return
    end = decoded = 0
    for number, start in enumerate(_START.finditer(text)):
        if number == _MOST:
            break
        if start.start() < end:
            continue
        try:
            value, end = _DECODER.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            continue
        decoded += 1
        yield value
    if not decoded and stripped.startswith("{"):  # its end is missing, or wrong
        yield from _texts(stripped)


def _texts(text: str) -> Iterator[str]:
    """The texts in something that begins as an object of JSON does and goes wrong."""
    for value in _VALUE.findall(text):
        try:
            yield _DECODER.decode(f'"{value}"')
        except ValueError:
            continue


def _decoded(text: str) -> object:
    """A whole text as JSON, or as the literal of Python that some models write for it."""
    try:
        value: object = _DECODER.decode(text)
    except (ValueError, RecursionError):
        if not text.startswith(("{'", "['")) or len(text) > _LONGEST_LITERAL:
            return None
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
    return value


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _is_answer(text: str) -> bool:
    return "```" in text or looks_lean(text) or DECLARING.search(text) is not None
