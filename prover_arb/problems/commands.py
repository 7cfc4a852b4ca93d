"""Cuts a Lean text into commands: imports, definitions, theorems, each with its text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from prover_arb.core.lexer import Token, line_of, tokens

_COMMANDS = frozenset({
    "abbrev", "alias", "attribute", "axiom", "class", "coinductive", "compile_inductive",
    "constant", "declare_syntax_cat", "def", "deriving", "elab", "elab_rules", "end", "example",
    "export", "extern", "import", "include", "inductive", "infix", "infixl", "infixr",
    "initialize", "instance", "irreducible_def", "lemma", "local", "macro", "macro_rules",
    "mutual", "namespace", "noncomputable", "nonrec", "notation", "notation3", "omit", "opaque",
    "open", "open_locale", "partial", "postfix", "prefix", "private", "protected", "public",
    "run_cmd", "scoped", "section", "set_option", "structure", "suppress_compilation", "syntax",
    "theorem", "universe", "universes", "unsafe", "variable", "variables",
})  # fmt: skip
"""Words that start a command when they stand at the beginning of a line."""

STATING = frozenset({"theorem", "lemma", "example"})
"""Words that start a command that states something, anywhere outside brackets."""

_MODIFIERS = frozenset({
    "local", "noncomputable", "nonrec", "partial", "private", "protected", "public", "scoped",
    "unsafe",
})  # fmt: skip

_PLAIN = frozenset({
    "end", "export", "import", "namespace", "open", "open_locale", "section", "set_option",
    "universe", "universes",
})  # fmt: skip
"""Commands made of names and numbers only: the next command word ends them, on any line."""

_REACHING = frozenset({
    "attribute", "include", "omit", "open", "set_option", "universe", "variable",
})  # fmt: skip
"""Commands that may end in `in`; they then apply to the next command only."""


@dataclass(frozen=True, eq=False)
class Command:
    """One command of a text, from its first word to just before the next command."""

    word: str
    """Its first word after doc comment, attributes and modifiers, such as `open` or `theorem`."""
    tokens: tuple[Token, ...]
    source: str
    """The whole text that it stands in."""

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where its last token ends."""
        return self.tokens[-1].end

    @property
    def text(self) -> str:
        return self.source[self.start : self.end]

    @property
    def line(self) -> int:
        """Where it begins, after its doc comment and attributes, counted from 1."""
        first = next((t for t in self.tokens if t.text == self.word), self.tokens[0])
        return line_of(self.source, first.start)

    @property
    def reaches(self) -> bool:
        """Whether it ends in `in`, so that it applies to the next command only."""
        return self.word in _REACHING and self.tokens[-1].text == "in"

    @property
    def states(self) -> bool:
        """Whether it declares a theorem, a lemma or an example."""
        return self.word in STATING

    @property
    def name_token(self) -> Token | None:
        """The name that follows its first word, or None."""
        for place, token in enumerate(self.tokens[:-1]):
            if token.text == self.word:
                after = self.tokens[place + 1]
                return after if after.kind == "name" else None
        return None

    @property
    def doc(self) -> str:
        """Its doc comment without the marks; empty if it has none."""
        first = self.tokens[0]
        return first.text[3:-2].strip() if first.kind == "doc" else ""


def commands(text: str) -> list[Command]:
    """Cuts a Lean text into its commands.

    A command starts where one of Lean's command words, `@[` or a doc comment begins a line, and at
    every `theorem`, `lemma` or `example` outside brackets. Words before the first command make a
    command of their own, whose word is their first, so that nothing is lost.

    Raises:
        ProblemError: a comment or a string is never closed; names the line.
    """
    groups: list[list[Token]] = []
    before = 0
    for token in tokens(text):
        if not groups or _starts(token, groups[-1], text[before : token.start]):
            groups.append([])
        groups[-1].append(token)
        before = token.end
    return [Command(_word(group), _rebased(group), text) for group in _joined(groups)]


@lru_cache(maxsize=256)
def header_commands(text: str) -> tuple[Command, ...]:
    """Returns the commands of a text that many rows of a data set share; see `commands`."""
    return tuple(commands(text))


def _starts(token: Token, group: list[Token], gap: str) -> bool:
    """Returns whether a token that follows `group`, after the space `gap`, begins a new command."""
    first, last = group[0], group[-1]
    outside = token.depth <= first.depth
    if outside and (token.text in STATING or (first.text in _REACHING and last.text == "in")):
        return True
    marks = token.kind == "doc" or token.text in _COMMANDS or token.text in {"@", "#"}
    if outside and first.text in _PLAIN:
        return marks and token.text != "scoped"
    return marks and _begins_line(gap)


def _rebased(group: list[Token]) -> tuple[Token, ...]:
    """Returns the tokens with brackets counted from the beginning of their command."""
    base = group[0].depth
    if base == 0:
        return tuple(group)
    return tuple(token._replace(depth=max(0, token.depth - base)) for token in group)


def _begins_line(gap: str) -> bool:
    """Returns whether space and comments before a word leave it at the beginning of a line."""
    return gap.endswith("\n") or ("\n" in gap and gap.rstrip(" \t").endswith("-/"))


def _joined(groups: list[list[Token]]) -> Iterator[list[Token]]:
    """Joins doc comments, attributes and modifiers with the declaration that follows them.

    Lean does not allow a doc comment before `open ... in`; it is given to what comes after.
    """
    pending: list[Token] = []
    for group in groups:
        if group[0].kind == "doc" and _word(group) in _REACHING:
            pending.append(group.pop(0))
        if _word(group) in _REACHING:
            yield group
            continue
        pending.extend(group)
        if _head(group) is not None:
            yield pending
            pending = []
    if pending:
        yield pending


def _head(group: list[Token]) -> Token | None:
    """Returns the first word of a command after doc comments, attributes and modifiers."""
    skipping = False
    for token in group:
        if token.text == "@" and token.depth == 0:
            skipping = True
        elif skipping:
            skipping = not (token.text == "]" and token.depth == 0)
        elif token.kind != "doc" and token.text not in _MODIFIERS:
            return token
    return None


def _word(group: list[Token]) -> str:
    head = _head(group)
    return (head or group[0]).text
