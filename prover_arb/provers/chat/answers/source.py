"""A text of several commands around a theorem: what of it is judged, and under which name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from prover_arb.core.theorem import Theorem
from prover_arb.problems.commands import Command
from prover_arb.provers.chat.answers.statement import commands_in, plain_name, proof_of

_MODIFIERS = frozenset({
    "private", "protected", "public", "nonrec", "noncomputable", "unsafe", "partial", "scoped",
    "local"
})  # fmt: skip
_LIMITS = frozenset({"maxHeartbeats", "maxRecDepth", "synthInstance.maxHeartbeats"})
_OPTIONS = _LIMITS | {
    "synthInstance.maxSize", "exponentiation.threshold", "autoImplicit", "relaxedAutoImplicit",
    "linter.unusedVariables", "linter.all", "pp.all", "pp.explicit", "pp.numericTypes",
    "pp.unicode.fun"
}  # fmt: skip
"""Options that a candidate may set; the verifier refuses one that sets another."""
_ATTRIBUTES = frozenset({
    "simp", "grind", "reducible", "irreducible", "semireducible", "instance", "ext", "inline",
    "specialize", "elab_as_elim", "refl", "symm", "congr", "local", "scoped", "expose"
})  # fmt: skip
"""Attributes that a candidate may use; the verifier refuses one that uses another."""
NAMESPACES = frozenset({
    "Array", "Bool", "Classical", "Equiv", "Fin", "Finset", "Fintype", "Function", "Int", "List",
    "Multiset", "Option", "Prod", "Set", "Subtype", "Sum", "ZMod"
})  # fmt: skip
"""Namespaces that the core profile has and does not open itself; it has no others of Mathlib's."""

Edit = tuple[int, int, str]
"""A stretch of the text, and what replaces it."""


@dataclass
class Source:
    """A text of several commands, and what of it is to be judged.

    Raises:
        ProblemError: a comment or a string in it is never closed.
    """

    code: str
    theorem: Theorem

    def __post_init__(self) -> None:
        self._commands = commands_in(self.code)
        stated = (proof_of(self.code, command, self.theorem) for command in self._commands)
        known = [declared for declared in stated if declared is not None]
        by_name = [
            declared for declared in known if declared.name and self._is_ours(declared.name.text)
        ]
        self.main = next(reversed(by_name or known), None)
        """The declaration of the theorem."""
        self._declared = {
            command.tokens[1].text
            for command in self._commands
            if command.word == "namespace" and command.tokens[1:]
        }
        self._dropped = list(self._without_use())
        self._left = [command for command in self._commands if command not in self._dropped]

    @property
    def alone(self) -> bool:
        """Whether nothing but the theorem is there, and what may be left out around it."""
        return self.main is not None and all(
            command is self.main.command
            or command.word == "end"
            or _is_section(command)
            or self._is_plain_open(command)
            for command in self._left
        )

    @property
    def opened(self) -> list[str]:
        """Namespaces that the text opens, and that the profile has and does not open itself."""
        names = [
            name
            for command in self._commands
            if self._is_plain_open(command)
            for name in _opened(command)
        ]
        return [name for name in dict.fromkeys(names) if name in NAMESPACES]

    def file(self) -> str:
        """The text without what is of no use, with the theorem under its own name."""
        edits: list[Edit] = [(command.start, command.end, "") for command in self._dropped]
        for command in self._left:
            if self.main is not None and command is self.main.command:
                edits += self._heading()
                continue
            edits += _without_attributes(command)
            if command.word == "lemma":  # which only Mathlib knows
                words = [token for token in command.tokens if token.text == "lemma"]
                edits += [(token.start, token.end, "theorem") for token in words[:1]]
            elif self._is_plain_open(command):
                kept = [name for name in _opened(command) if name in NAMESPACES]
                ending = " in" if command.reaches else ""
                opened = f"open {' '.join(kept)}{ending}" if kept else ""
                edits.append((command.start, command.end, opened))
        return re.sub(r"\n{3,}", "\n\n", _edited(self.code, edits)).strip("\n")

    def _is_ours(self, name: str) -> bool:
        return plain_name(name) == plain_name(self.theorem.name)

    def _heading(self) -> Iterator[Edit]:
        """What stands before the theorem's name goes, and the name becomes the one asked for."""
        main = self.main
        assert main is not None
        yield main.command.start, main.keyword.end, "theorem"
        name = self.theorem.name
        spaces = [space for word, space in self._scopes_around_main() if word == "namespace"]
        if spaces and ".".join([*spaces, main.name.text if main.name else ""]) != name:
            name = f"_root_.{name}"
        elif spaces and main.name is not None:
            name = main.name.text
        if main.name is None:
            yield main.keyword.end, main.keyword.end, f" {name}"
        elif main.name.text != name:
            yield main.name.start, main.name.end, name

    def _without_use(self) -> Iterator[Command]:
        """Commands that prove nothing, that the profile brings, or that end what never began."""
        preamble = {_words(command) for command in commands_in(self.theorem.preamble)}
        open_scopes = 0
        for place, command in enumerate(self._commands):
            follower = self._commands[place + 1] if place + 1 < len(self._commands) else None
            if _is_scope(command):
                open_scopes += 1
            elif command.word == "end":
                open_scopes -= 1
            if open_scopes < 0:
                open_scopes = 0
                yield command
            elif (
                _is_useless(command)
                or _words(command) in preamble
                or self._decorates(command, follower)
                or self._is_an_aside(command)
            ):
                yield command

    def _is_plain_open(self, command: Command) -> bool:
        """Whether a command opens namespaces for the core profile, none of them the text's own."""
        return (
            self.theorem.profile == "core"
            and command.word == "open"
            and not any(name in self._declared for name in _words(command)[1:])
        )

    def _decorates(self, command: Command, follower: Command | None) -> bool:
        """Whether a command is nothing but documentation, attributes and modifiers of the main."""
        if self.main is None or follower is not self.main.command:
            return False
        first = command.tokens[0]
        bare = command.word == first.text
        return bare and (first.kind == "doc" or first.text == "@" or first.text in _MODIFIERS)

    def _is_an_aside(self, command: Command) -> bool:
        """Whether a command is an example beside the theorem."""
        return (
            command.word == "example" and self.main is not None and command is not self.main.command
        )

    def _scopes_around_main(self) -> list[tuple[str, str]]:
        """The namespaces and sections that are open where the theorem stands."""
        scopes: list[tuple[str, str]] = []
        for command in self._left:
            if self.main is not None and command is self.main.command:
                break
            if _is_scope(command):
                scopes.append((command.word, _words(command)[-1]))
            elif command.word == "end" and scopes:
                scopes.pop()
        return scopes


def _is_useless(command: Command) -> bool:
    """Whether a command only imports, prints, sets a limit, or is certain to be refused."""
    words = _words(command)
    if command.word in {"import", "module", "prelude", "#"} or words[0] == "#":
        return True
    if command.word == "set_option" and len(words) > 1:
        return words[1] not in _OPTIONS or (words[1] in _LIMITS and not command.reaches)
    return command.word == "attribute" and not _are_allowed(words[1:])


def _are_allowed(words: Sequence[str]) -> bool:
    """Whether the attributes in the first brackets are those that a candidate may use."""
    inside = words[words.index("[") + 1 : words.index("]")] if {"[", "]"} <= set(words) else ()
    first = [word for before, word in zip(("[", *inside), inside, strict=False) if before in "[,"]
    return all(word in _ATTRIBUTES or word == "-" for word in first)


def _without_attributes(command: Command) -> Iterator[Edit]:
    """The attributes before a declaration go where one of them is certain to be refused."""
    if command.tokens[0].text != "@" and command.tokens[0].kind != "doc":
        return
    words = _words(command)
    if "@" in words and "]" in words and not _are_allowed(words[words.index("@") + 1 :]):
        first, last = words.index("@"), words.index("]")
        yield command.tokens[first].start, command.tokens[last].end, ""


def _opened(command: Command) -> list[str]:
    """The namespaces that `open` names; none where it opens single names of one."""
    words = [word for word in _words(command)[1:] if word not in {"scoped", "in"}]
    plain = all(token.kind == "name" for token in command.tokens) and "hiding" not in words
    return words if plain and "renaming" not in words else []


def _is_scope(command: Command) -> bool:
    return command.word in {"namespace", "mutual"} or _is_section(command)


def _is_section(command: Command) -> bool:
    words = _words(command)
    return command.word == "section" or (
        words[0] in {"noncomputable", "public"} and "section" in words
    )


def _words(command: Command) -> tuple[str, ...]:
    return tuple(token.text for token in command.tokens)


def _edited(code: str, edits: Iterable[Edit]) -> str:
    """The code with stretches of it replaced."""
    parts, at = [], 0
    for start, end, text in sorted(edits):
        parts += [code[at:start], text]
        at = end
    return "".join([*parts, code[at:]])
