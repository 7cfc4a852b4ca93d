"""Takes a theorem apart: its name, its statement, and what stands in the place of the proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from prover_arb.core.lexer import Token, line_of, tokens
from prover_arb.errors import ProblemError
from prover_arb.problems.commands import STATING, Command

Ending = Literal["sorry", "open", "missing", "begun", "proved"]
"""What follows the statement: `sorry` alone; `:=` or `:= by` and nothing; not even `:=`; a proof
with a `sorry` in it; a proof without one."""

SORRY = frozenset({"sorry", "admit", "sorryAx"})
"""Words that leave something unproved."""

_FILLERS = SORRY | {"by", "exact", "done", "(", ")", "{", "}", "·", ";", "."}
_BINDING = frozenset({"let", "have", "letI", "haveI", "let_fun"})
_AFTER_A_NAME = frozenset({":", "(", "[", "{", "⦃", ".", "@", "|", "_", "⟨"})


@dataclass(frozen=True)
class Declaration:
    """`theorem NAME STATEMENT := PROOF`, taken apart."""

    name: str
    """Empty for an example."""
    statement: str
    words: tuple[Token, ...]
    """The tokens of the statement."""
    ending: Ending
    proof: tuple[Token, ...] = ()
    """The tokens after the `:=` before the proof, if there is one."""

    @property
    def to_prove(self) -> bool:
        """Whether a proof is missing."""
        return self.ending != "proved"


def declaration(command: Command) -> Declaration:
    """Takes a theorem apart.

    The statement is everything between the name and the `:=` before the proof: the last one when
    the proof is `sorry`, so that neither a default value in a binder nor a `let` is taken for it.

    Raises:
        ProblemError: no name, or nothing between the name and the proof; names the line.
    """
    words = list(command.tokens)
    at = next(i for i, token in enumerate(words) if token.text in STATING)
    keyword, body = words[at], words[at + 1 :]
    where = f"line {line_of(command.source, keyword.start)}"
    name = ""
    if keyword.text != "example":
        name = _name(keyword, body, where)
        body = body[1:]
    called = name or "the example"
    assign = _proof_at(body)
    if assign == 0 or not body:
        raise ProblemError(f"{where}: {called} has no statement between its name and `:=`")
    words = body if assign is None else body[:assign]
    ending: Ending = "missing"
    proof: list[Token] = []
    if assign is not None:
        proof = body[assign + 1 :]
        ending = _ending(proof)
        if len(body) > assign + 1 and body[assign + 1].text == "begin":
            raise ProblemError(f"{where}: `begin` is Lean 3; only Lean 4 is read")
    elif _by_cases(command.source, body):
        ending = "proved"
    elif any(a.text == "shows" and b.kind == "string" for a, b in pairwise(body)):
        raise ProblemError(f"{where}: `shows` is Isabelle; only Lean 4 is read")
    statement = command.source[words[0].start : words[-1].end]
    return Declaration(name, statement, tuple(words), ending, tuple(proof))


def _name(keyword: Token, body: Sequence[Token], where: str) -> str:
    if not body or body[0].kind != "name":
        instead = f" but by `{body[0].text}`" if body and body[0].kind == "number" else ""
        raise ProblemError(f"{where}: `{keyword.text}` is not followed by a name{instead}")
    name = body[0]
    after = body[1] if len(body) > 1 else None
    if (
        after is not None
        and after.start == name.end
        and after.kind == "other"
        and after.text not in _AFTER_A_NAME
    ):
        raise ProblemError(
            f"{where}: `{name.text}{after.text}...` is not a name; Lean writes a name with such "
            "signs in «»"
        )
    return name.text


def _proof_at(body: Sequence[Token]) -> int | None:
    """Returns the index of the `:=` before the proof, or None.

    It is that of a closing `:= sorry`, `:= by` or `:=`, wherever that stands, or else the first
    outside brackets that belongs to no `let` or `have` of the statement.
    """
    last = len(body) - 1
    while last >= 0 and body[last].text in _FILLERS:
        last -= 1
    if last >= 0 and body[last].kind == "assign":
        return last
    pending = 0
    for place, token in enumerate(body):
        if token.depth > 0:
            continue
        if token.text in _BINDING:
            pending += 1
        elif token.kind == "assign":
            if pending == 0:
                return place
            pending -= 1
    return None


def _ending(proof: Sequence[Token]) -> Ending:
    texts = [token.text for token in proof]
    if not texts or texts == ["by"]:
        return "open"
    if not SORRY.isdisjoint(texts):
        return "sorry" if _FILLERS.issuperset(texts) else "begun"
    return "proved"


def _by_cases(source: str, body: Sequence[Token]) -> bool:
    """Returns whether it is proved by equations such as `| 0 => rfl`, which need no `:=`."""
    started = False
    for before, token in pairwise(body):
        if token.depth > 0:
            continue
        if token.text in {"match", "fun", "λ"}:
            return False
        if token.text == "|" and "\n" in source[before.end : token.start]:
            started = True
        elif started and before.text == "=" and token.text == ">" and before.end == token.start:
            return True
    return False


def as_signature(text: str) -> str:
    """Returns a statement as it follows a theorem's name: a bare proposition gets a `:`.

    Raises:
        ProblemError: the text is empty, or a comment or a string is never closed.
    """
    words = list(tokens(text))
    if not words:
        raise ProblemError("the statement is empty")
    statement = text[words[0].start : words[-1].end]
    return statement if is_signature(words) else f": {statement}"


def is_signature(words: Sequence[Token]) -> bool:
    """Returns whether a text is binders, a colon and a proposition, as after a theorem's name."""
    if not words:
        return False
    begins = words[0].text in {"(", "[", "{", "⦃", ":", "."}
    return begins and any(token.text == ":" and token.depth == 0 for token in words)
