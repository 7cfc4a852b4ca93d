"""Splits a Lean text into words: enough of Lean's syntax to find where things begin and end.

This is not a parser of Lean. It knows nested comments, strings, character literals, names and
brackets, but not what they mean: Lean decides whether a statement makes sense.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from prover_arb.errors import ProblemError

_PART = r"(?:[^\W\d][\w'!?]*|«[^»\n]*»)"
_TOKEN = re.compile(
    rf"""
      (?P<space>(?:\s|--[^\n]*)+)
    | (?P<block_comment>/-)
    | (?P<raw>r(?P<hashes>\#*)")
    | (?P<string>")
    | (?P<name>{_PART}(?:\.(?:{_PART}|\d+))*)
    | (?P<char>'(?:\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|.)|[^'\\\n])')
    | (?P<number>\d[\w.]*)
    | (?P<assign>:=)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/-|-/")
_STRING_END = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_OPENING = frozenset("([{⟨⦃⟦⌊⌈")
_CLOSING = frozenset(")]}⟩⦄⟧⌋⌉")

Kind = Literal["name", "number", "string", "assign", "doc", "other"]

_KINDS: dict[str, Kind] = {
    "name": "name",
    "number": "number",
    "string": "string",
    "raw": "string",
    "char": "string",
    "assign": "assign",
}


class Token(NamedTuple):
    """A word of the text, or a doc comment; other comments and space make no tokens."""

    kind: Kind
    text: str
    start: int
    end: int
    depth: int
    """How many brackets are open around it."""


def line_of(text: str, position: int) -> int:
    """Returns the line of a position, counted from 1."""
    return text.count("\n", 0, position) + 1


def tokens(text: str) -> Iterator[Token]:
    """Yields the words of a Lean text.

    Raises:
        ProblemError: a comment or a string is never closed; names the line.
    """
    position = depth = 0
    match_at = _TOKEN.match
    while match := match_at(text, position):
        kind, start, position = match.lastgroup, match.start(), match.end()
        if kind == "space":
            continue
        if kind == "block_comment":
            position = _comment_end(text, start)
            if text.startswith("/--", start):
                yield Token("doc", text[start:position], start, position, depth)
            continue
        word = match.group()
        if kind == "other":
            if word in _CLOSING:
                depth = max(0, depth - 1)
            yield Token("other", word, start, position, depth)
            if word in _OPENING:
                depth += 1
            continue
        if kind == "string":
            position = _string_end(text, start)
        elif kind == "raw":
            position = _raw_string_end(text, match)
        yield Token(_KINDS[kind or ""], text[start:position], start, position, depth)


def _comment_end(text: str, start: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/-" else -1
        if depth == 0:
            return edge.end()
    raise ProblemError(f"line {line_of(text, start)}: a comment `/-` is never closed")


def _string_end(text: str, start: int) -> int:
    match = _STRING_END.match(text, start + 1)
    if match is None:
        raise ProblemError(f"line {line_of(text, start)}: a string is never closed")
    return match.end()


def _raw_string_end(text: str, opening: re.Match[str]) -> int:
    close = '"' + opening.group("hashes")
    end = text.find(close, opening.end())
    if end < 0:
        raise ProblemError(f"line {line_of(text, opening.start())}: a string is never closed")
    return end + len(close)
