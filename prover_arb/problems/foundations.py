"""Finds out whether a statement rests on something that its preamble leaves unproved or assumes.

PutnamBench asks for an answer first, `abbrev solution : ℕ := sorry`, and then for a proof about
`solution`. Nothing can be proved about a `sorry`, and a proof from an axiom does not count, so no
money is spent on such a statement until the gap is filled.

Only words are compared. Lean finds the gaps in notations and instances when it elaborates the
statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prover_arb.core.lexer import Token, tokens
from prover_arb.core.theorem import Theorem
from prover_arb.errors import ProblemError
from prover_arb.problems.commands import Command, commands
from prover_arb.problems.declaration import SORRY

_ASSUMING = frozenset({"axiom", "constant"})
_NAMELESS = frozenset({
    "infix", "infixl", "infixr", "instance", "macro", "notation", "notation3", "postfix", "prefix",
    "variable",
})  # fmt: skip
"""Commands that may become part of a statement that does not name them."""


def unfounded(statement: Iterable[Token], before: Sequence[Command]) -> str:
    """Returns why a statement cannot be proved as it stands; empty if it may be.

    `statement` holds its tokens, `before` the commands of its preamble.
    """
    words = list(statement)
    if any(token.text in SORRY for token in words):
        return "the statement contains `sorry`, so that it says nothing definite"
    gaps = {command: _gap(command) for command in before}
    if not any(gaps.values()):
        return ""
    used = name_parts(words)
    for command in reversed(before):
        name = command.name_token
        if command.word in _NAMELESS or name is None:
            needed = command.word in _NAMELESS
        else:
            needed = name.text.rpartition(".")[2] in used
        if not needed:
            continue
        if gaps[command]:
            return _reason(command, name)
        used |= name_parts(command.tokens)
    return ""


def unfounded_theorem(theorem: Theorem) -> str:
    """Does the same as `unfounded` for a theorem."""
    try:
        return unfounded(tokens(theorem.statement), commands(theorem.preamble))
    except ProblemError:
        # Lean will say what is wrong with it.
        return ""


def refuse_unfounded(theorem: Theorem) -> None:
    """Refuses a theorem that cannot have a proof.

    Raises:
        ProblemError: the statement rests on a `sorry` or an axiom of its preamble.
    """
    reason = unfounded_theorem(theorem)
    if reason:
        raise ProblemError(f"{theorem.name}: {reason}", kind="unprovable")


def _gap(command: Command) -> bool:
    return command.word in _ASSUMING or any(token.text in SORRY for token in command.tokens)


def name_parts(words: Iterable[Token]) -> set[str]:
    """Returns the names in a text and the parts of dotted names, as in `solution.card`."""
    names: set[str] = set()
    for token in words:
        if token.kind == "name":
            names.add(token.text)
            names.update(token.text.split("."))
    return names


def _reason(command: Command, name: Token | None) -> str:
    if name is None:
        return f"its preamble leaves a gap that it may rest on: `{command.word} ... sorry`"
    if command.word in _ASSUMING:
        return f"it rests on the axiom `{name.text}` of its preamble; that would be no proof"
    return (
        f"it rests on `{name.text}`, which its preamble leaves as `sorry`; put a definition there"
    )
