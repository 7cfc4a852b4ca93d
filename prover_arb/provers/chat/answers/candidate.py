"""From the code in an answer to a candidate: what is no proof is taken off, nothing is judged.

A declaration of the theorem alone, as it was stated, gives its proof (`tactics` or `term`), to be
judged under the customer's statement. With lemmas beside it, or restated in other words, the whole
text is a `file`: without imports, without commands that only print, and without what would give
the theorem another name.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from prover_arb.core.theorem import Candidate, CandidateKind, Theorem
from prover_arb.errors import ProblemError
from prover_arb.problems.commands import Command
from prover_arb.problems.lean_looks import ALSO_TERMS, TACTICS, without_prose
from prover_arb.problems.lexer import tokens
from prover_arb.provers.chat.answers.characters import straight_quotes
from prover_arb.provers.chat.answers.statement import Stated, commands_in, plain_name, proof_of

_BY = re.compile(r"\s*(?::=\s*)?by\b")
_MODIFIERS = frozenset({
    "private", "protected", "public", "nonrec", "noncomputable", "unsafe", "partial", "scoped",
    "local"
})  # fmt: skip
_LINE_ONLY = re.compile(r"^(?:import\s|#[a-z]|module\s*$|prelude\s*$).*$", re.MULTILINE)
_LIMITS = frozenset({"maxHeartbeats", "maxRecDepth", "synthInstance.maxHeartbeats"})

Edit = tuple[int, int, str]
"""A stretch of the text, and what replaces it."""


def candidate_of(code: str, theorem: Theorem) -> Candidate | None:
    """The candidate in a piece of code; None where nothing of it is a proof."""
    code = straight_quotes(_with_line_ends(code)).strip("\n")
    code = without_prose(textwrap.dedent(code))
    try:
        kind, text = _classified(code, theorem)
    except ProblemError:  # a comment or a string without an end, which Lean will point out
        kind, text = _unparsed(code)
    if not text.strip():
        return None
    try:
        return Candidate(kind=kind, text=text)
    except ValidationError:  # longer than any candidate may be
        return None


def _with_line_ends(code: str) -> str:
    """Code on one line with `\\n` written out, as some models escape it, with real line ends."""
    code = code.strip()
    return code if "\n" in code else code.replace("\\n", "\n")


def _unparsed(code: str) -> tuple[CandidateKind, str]:
    by = _BY.match(code)
    return ("tactics", _block(code, by.end())) if by else ("file", code)


def _classified(code: str, theorem: Theorem) -> tuple[CandidateKind, str]:
    if not any(one.kind == "name" and one.text in _DECLARATIONS for one in tokens(code)):
        return _proof(code)
    source = _Source(code, theorem)
    main = source.main
    if main is None or not main.same or not source.alone:
        return "file", source.file()
    return _proof_behind(code, main) or ("file", source.file())


_DECLARATIONS = frozenset({
    "theorem", "lemma", "example", "def", "abbrev", "instance", "structure", "inductive", "axiom"
})  # fmt: skip


def _proof(code: str) -> tuple[CandidateKind, str]:
    """A proof without a declaration around it."""
    code = _LINE_ONLY.sub("", code).strip("\n")
    by = _BY.match(code)
    if by:
        return "tactics", _block(code, by.end())
    if code.lstrip().startswith(":="):
        term = code.lstrip()[2:].strip()
        return ("tactics", term) if _is_tactic(term) else ("term", term)
    return "tactics", textwrap.dedent(code).strip("\n")


def _proof_behind(code: str, stated: Stated) -> tuple[CandidateKind, str] | None:
    """The proof of a theorem that is stated word for word; None where only a file can say it."""
    proof, end = list(stated.proof), stated.command.end
    if any(one.text in {"termination_by", "decreasing_by", "where"} for one in proof):
        return None
    assigned = proof[0].text == ":="
    if assigned:
        proof = proof[1:]
    if not proof:
        return "tactics", ""
    first = proof[0]
    if first.text == "by":
        return "tactics", _block(code[:end], first.end)
    if _is_tactic(first.text, missing_by=assigned):
        return "tactics", _block(code[:end], first.start)
    return ("term", code[first.start : end].strip()) if assigned else None


def _is_tactic(text: str, *, missing_by: bool = True) -> bool:
    """Whether a proof begins with a tactic; what may be a term too is one behind `:=`."""
    word = re.match(r"[a-z][\w']*", text)
    if word is None or word.group() not in TACTICS:
        return False
    return not (missing_by and word.group() in ALSO_TERMS)


def _block(text: str, start: int) -> str:
    """The tactics from `start` on, moved left together: the first keeps its column till then."""
    body = text[start:]
    first = len(body) - len(body.lstrip())
    if "\n" not in body[:first]:
        line = text.rfind("\n", 0, start) + 1
        return textwrap.dedent(" " * (start - line) + body).strip("\n").rstrip()
    return textwrap.dedent(body).strip("\n").rstrip()


@dataclass
class _Source:
    """A text of several commands, and what of it is to be judged."""

    code: str
    theorem: Theorem

    def __post_init__(self) -> None:
        found = commands_in(self.code)
        stated = [(one, proof_of(self.code, one, self.theorem)) for one in found]
        known = [one for _, one in stated if one is not None]
        by_name = [one for one in known if one.name and self._is_ours(one.name.text)]
        self.main = next(reversed(by_name or known), None)
        self.dropped = list(self._dropped(found))
        left = [one for one in found if one not in self.dropped]
        self.alone = self.main is not None and all(
            one == self.main.command or one.word == "end" or self._is_section(one) for one in left
        )
        """Whether nothing but the theorem is there, and sections around it."""
        self.scopes = self._scopes_around_main(left)

    def file(self) -> str:
        """The text without what is dropped, with the theorem under its own name."""
        edits: list[Edit] = [(one.start, one.end, "") for one in self.dropped]
        edits += self._heading()
        return re.sub(r"\n{3,}", "\n\n", _edited(self.code, edits)).strip("\n")

    def _is_ours(self, name: str) -> bool:
        return plain_name(name) == plain_name(self.theorem.name)

    def _heading(self) -> Iterable[Edit]:
        """What stands before the theorem's name goes, and the name becomes the one asked for."""
        main = self.main
        if main is None:
            return
        yield main.command.start, main.keyword.end, "theorem"
        name = self.theorem.name
        spaces = [one for word, one in self.scopes if word == "namespace"]
        if spaces and ".".join([*spaces, main.name.text if main.name else ""]) != name:
            name = f"_root_.{name}"
        elif spaces and main.name is not None:
            name = main.name.text
        if main.name is None:
            yield main.keyword.end, main.keyword.end, f" {name}"
        elif main.name.text != name:
            yield main.name.start, main.name.end, name

    def _dropped(self, found: Sequence[Command]) -> Iterable[Command]:
        """Commands that prove nothing, that the profile brings, or that end what never began."""
        preamble = {_words(one) for one in commands_in(self.theorem.preamble)}
        declared = {
            one.tokens[1].text for one in found if one.word == "namespace" and one.tokens[1:]
        }
        open_scopes = 0
        for place, command in enumerate(found):
            words = _words(command)
            follower = found[place + 1] if place + 1 < len(found) else None
            if self._is_scope(command):
                open_scopes += 1
            elif command.word == "end":
                open_scopes -= 1
            if open_scopes < 0:
                open_scopes = 0
                yield command
            elif (
                self._is_useless(command, declared)
                or words in preamble
                or self._decorates(command, follower)
                or self._is_an_aside(command)
            ):
                yield command

    def _is_useless(self, command: Command, declared: set[str]) -> bool:
        words = _words(command)
        if command.word in {"import", "module", "prelude", "#"} or words[0] == "#":
            return True
        if command.word == "set_option" and words[-1] != "in":
            return len(words) > 1 and words[1] in _LIMITS
        if command.word == "open" and words[-1] != "in" and self.theorem.profile == "core":
            # The core profile opens what it has itself; other namespaces do not exist in it.
            return not any(word in declared for word in words[1:])
        return False

    def _decorates(self, command: Command, follower: Command | None) -> bool:
        """Whether a command is nothing but documentation, attributes and modifiers of the main."""
        if self.main is None or follower != self.main.command:
            return False
        first = command.tokens[0]
        return first.kind == "doc" or first.text == "@" or set(_words(command)) <= _MODIFIERS

    def _is_an_aside(self, command: Command) -> bool:
        """Whether a command is an example beside the theorem."""
        return command.word == "example" and self.main is not None and command != self.main.command

    def _is_scope(self, command: Command) -> bool:
        return command.word in {"namespace", "mutual"} or self._is_section(command)

    @staticmethod
    def _is_section(command: Command) -> bool:
        words = _words(command)
        return command.word == "section" or (
            words[0] in {"noncomputable", "public"} and "section" in words
        )

    def _scopes_around_main(self, left: Sequence[Command]) -> list[tuple[str, str]]:
        """The namespaces and sections that are open where the theorem stands."""
        scopes: list[tuple[str, str]] = []
        for command in left:
            if self.main is not None and command == self.main.command:
                break
            if self._is_scope(command):
                scopes.append((command.word, _words(command)[-1]))
            elif command.word == "end" and scopes:
                scopes.pop()
        return scopes


def _words(command: Command) -> tuple[str, ...]:
    return tuple(one.text for one in command.tokens)


def _edited(code: str, edits: Iterable[Edit]) -> str:
    """The code with stretches of it replaced; those that overlap are cut to what is left."""
    parts, at = [], 0
    for start, end, text in sorted(edits):
        parts += [code[at : max(at, start)], text]
        at = max(at, end)
    return "".join([*parts, code[at:]])
