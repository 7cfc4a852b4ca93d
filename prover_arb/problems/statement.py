"""Reads a theorem as people type it: a statement, a bare proposition, or a declaration."""

from __future__ import annotations

from prover_arb.core.theorem import Profile, Theorem
from prover_arb.errors import ProblemError
from prover_arb.problems.commands import commands
from prover_arb.problems.declaration import as_signature, declaration
from prover_arb.problems.markdown import lean_text
from prover_arb.problems.theorems import NO_THEOREM, make_theorem, read_lean


def parse_statement(
    text: str, *, name: str | None = None, preamble: str = "", profile: Profile = "core"
) -> Theorem:
    """Returns the theorem in a text: a statement, a bare proposition, or a whole declaration.

    `name` may be left out: a declaration brings its own, anything else is called `theorem_1`.

    Example:
        >>> parse_statement("theorem easy (n : ℕ) : n + 0 = n := by sorry").statement
        '(n : ℕ) : n + 0 = n'

    Raises:
        ProblemError: it is empty, has two theorems or two names, has a proof, or is no Lean text.
    """
    try:
        if not any(command.states for command in commands(text)):
            statement = as_signature(_without_sorry(text))
            return make_theorem(name or "theorem_1", statement, preamble, profile)
    except ProblemError as error:
        raise ProblemError(f"statement: {error}") from None
    reading = read_lean("statement", text, profile, name=name or "theorem_1")
    if len(reading.problems) > 1:
        raise ProblemError("statement: it declares more than one theorem")
    if not reading.problems:
        raise ProblemError(str(reading.unread[0]))
    theorem = reading.problems[0].theorem
    if name not in (None, theorem.name):
        raise ProblemError(f"statement: it is called {theorem.name}, but --name says {name}")
    both = "\n".join(part for part in (preamble, theorem.preamble) if part)
    return make_theorem(theorem.name, theorem.statement, both, profile)


def theorem_of_message(message: str, profile: Profile) -> Theorem:
    """Returns the theorem to prove in a client's message, from the last fenced block that has one.

    Raises:
        ProblemError: no theorem without a proof, or one that cannot be used.
    """
    reading = read_lean("the message", lean_text(message), profile)
    if not reading.problems:
        reasons = [str(unread) for unread in reading.unread]
        raise ProblemError(reasons[-1] if reasons else f"the message: {NO_THEOREM}")
    return reading.problems[-1].theorem


def _without_sorry(text: str) -> str:
    """Allow `STATEMENT := by sorry` without the theorem's name, too."""
    wrapped = f"theorem t {text}"
    try:
        parts = declaration(commands(wrapped)[0])
    except ProblemError:
        return text
    return parts.statement if parts.ending in {"sorry", "open"} else text
