"""From Lean text to problems: each theorem ending in `sorry`, and what it needs before it.

Imports and resource options never reach the preamble (the profile and the limits of a check decide
those); in the core profile `open`s are dropped as well unless they open something the text itself
declares, because that profile has its own preamble.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from prover_arb.core.theorem import Profile, Theorem
from prover_arb.errors import ProblemError
from prover_arb.problems.lean_text import (
    Command,
    commands,
    declaration,
    doc_of,
    is_theorem,
    line_of,
)


@dataclass(frozen=True)
class Problem:
    """A theorem of a data set, with what the data set says about it."""

    theorem: Theorem
    origin: str
    """`file:line` it was read from."""
    split: str = ""
    source: str = ""
    difficulty: str = ""
    category: str = ""
    informal: str = ""
    """The problem in words."""
    header: str = ""
    """The Lean text before the theorem, verbatim, imports and all."""

    @property
    def name(self) -> str:
        return self.theorem.name


def cut(
    origin: str, text: str, profile: Profile, *, split: str = "", lines: bool = False
) -> list[Problem]:
    """All theorems ending in `sorry` of a Lean text, each with the other commands before it.

    A text with one such theorem may prove lemmas before it; a text with several is a data set, in
    which a theorem that is already proved would silently be missing, so that it is refused.
    `lines` says that `origin` is a file of this text, so that lines in it can be named.

    Raises:
        ProblemError: no such theorem, or one that cannot be used; names the origin.
    """

    def at(position: int) -> str:
        return f"{origin}:{line_of(text, position)}" if lines else origin

    try:
        found = commands(text)
        parts = {c.start: declaration(text, c) for c in found if is_theorem(c)}
    except ProblemError as error:
        raise ProblemError(f"{origin}: {error}") from None
    open_ones = [c for c in found if c.start in parts and parts[c.start].sorry]
    proved = [parts[c.start] for c in found if c.start in parts and not parts[c.start].sorry]
    if not open_ones or (proved and len(open_ones) > 1):
        if not proved:
            raise ProblemError(f"{origin}: no theorem in it")
        first = proved[0]
        raise ProblemError(f"{at(first.start)}: {first.name} does not end in `:= by sorry`")
    problems = []
    for target in open_ones:
        before = [c for c in found if c.start < target.start and c not in open_ones]
        here = at(parts[target.start].start)
        namespaces = _open_namespaces(before)
        if namespaces:
            raise ProblemError(
                f"{here}: {parts[target.start].name} stands inside `namespace {namespaces[-1]}`; "
                "a theorem to prove must stand outside of namespaces"
            )
        try:
            theorem = make_theorem(
                parts[target.start].name,
                parts[target.start].statement,
                _preamble(text, before, profile),
                profile,
            )
        except ProblemError as error:
            raise ProblemError(f"{here}: {error}") from None
        header = "\n".join(text[c.start : c.end] for c in before)
        problems.append(Problem(theorem, here, split, informal=doc_of(target), header=header))
    return problems


def make_theorem(name: str, statement: str, preamble: str, profile: Profile) -> Theorem:
    """A validated theorem.

    Raises:
        ProblemError: names the field that Lean or the limits do not allow.
    """
    try:
        return Theorem(name=name, statement=statement, preamble=preamble, profile=profile)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ProblemError(f"{field}: {first['msg'].removeprefix('Value error, ')}") from None


def _open_namespaces(before: list[Command]) -> list[str]:
    stack: list[tuple[str, str]] = []
    for command in before:
        words = [token.text for token in command.tokens]
        if command.word in {"namespace", "section", "mutual"} or words[-1] == "section":
            stack.append((command.word, words[-1]))
        elif command.word == "end" and stack:
            stack.pop()
    return [name for word, name in stack if word == "namespace"]


def _preamble(text: str, before: list[Command], profile: Profile) -> str:
    declared = {c.tokens[1].text for c in before if c.word == "namespace" and len(c.tokens) > 1}
    kept = [text[c.start : c.end] for c in before if _is_kept(c, profile, declared)]
    # `open X in` and `set_option o v in` reach over the next command, here the theorem itself,
    # which is elaborated apart from its preamble.
    if kept and before[-1].tokens[-1].text == "in" and kept[-1].endswith("in"):
        kept[-1] = kept[-1].removesuffix("in").rstrip()
    return "\n".join(kept)


def _is_kept(command: Command, profile: Profile, declared: set[str]) -> bool:
    words = [token.text for token in command.tokens]
    if command.word in {"import", "prelude", "module"} or words[0] == "public":
        return False
    if command.word == "set_option" and len(words) > 1:
        return not words[1].lower().endswith("heartbeats")
    if command.word == "open" and profile == "core":
        return any(word in declared for word in words[1:])
    return True
