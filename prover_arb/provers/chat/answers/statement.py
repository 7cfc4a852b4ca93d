"""Finds the theorem that was asked for in a text, and the proof that stands behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from prover_arb.core.lexer import Token, tokens
from prover_arb.core.theorem import Theorem
from prover_arb.problems.commands import Command, commands

_KEYWORDS = frozenset({"theorem", "lemma", "example"})
_ASSIGNING = frozenset({":=", "by", "|", "where"})


@dataclass(frozen=True)
class Stated:
    """A declaration of the theorem that was asked for."""

    command: Command
    keyword: Token
    name: Token | None
    """None for an `example`."""
    same: bool
    """Whether its statement is the one asked for, word for word."""
    proof: tuple[Token, ...]
    """What stands behind the statement; where that is in other words, from its `:=` on."""


def proof_of(code: str, command: Command, theorem: Theorem) -> Stated | None:
    """The command as a declaration of the theorem, by its name or by its statement.

    None where it declares something else, or has no proof.
    """
    words = command.tokens
    at = next(
        (i for i, token in enumerate(words) if token.text in _KEYWORDS and token.depth == 0), None
    )
    if at is None:
        return None
    keyword, rest, name = words[at], words[at + 1 :], None
    if keyword.text != "example":
        if not rest or rest[0].kind != "name":
            return None
        name, rest = rest[0], _without_universes(rest[1:])
    wanted = _words(theorem.statement)
    same = [token.text for token in rest[: len(wanted)]] == wanted
    named = name is not None and plain_name(name.text) == plain_name(theorem.name)
    if not (same or named):
        return None
    if same:
        proof = rest[len(wanted) :]
    else:
        start = next(
            (i for i, token in enumerate(rest) if token.depth == 0 and token.text in _ASSIGNING),
            None,
        )
        proof = () if start is None else rest[start:]
    given = [token.text for token in proof if token.text not in {":=", "by"}]
    return Stated(command, keyword, name, same, proof) if given else None


@lru_cache(maxsize=8)
def commands_in(code: str) -> tuple[Command, ...]:
    """The commands of a text.

    Raises:
        ProblemError: a comment or a string is never closed.
    """
    return tuple(commands(code))


@lru_cache(maxsize=8)
def _words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


def plain_name(name: str) -> str:
    """A name without what may be written around it: `«my thm»`, `_root_.foo`."""
    return re.sub(r"[«»]", "", name).removeprefix("_root_.")


def _without_universes(rest: tuple[Token, ...]) -> tuple[Token, ...]:
    """What follows a name and its `.{u, v}`."""
    texts = [token.text for token in rest]
    if texts[:2] == [".", "{"] and "}" in texts:
        return rest[texts.index("}") + 1 :]
    return rest
