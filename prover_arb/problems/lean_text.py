"""Just enough of Lean's surface syntax to cut a file into commands and a theorem into its parts.

This is no parser of Lean: it knows comments (nested), strings, character literals, names and
brackets, and nothing of what they mean. Whether a statement makes sense is for Lean to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from prover_arb.errors import ProblemError

_PART = r"(?:[^\W\d][\w'!?]*|«[^»\n]*»)"
_TOKEN = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<line_comment>--[^\n]*)
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
_STRING_END = re.compile(r'(?:\\.|[^"\\])*"', re.DOTALL)
_OPENING = frozenset("([{⟨⦃⟦")
_CLOSING = frozenset(")]}⟩⦄⟧")

_COMMANDS = frozenset({
    "abbrev", "attribute", "axiom", "class", "compile_inductive", "coinductive", "def",
    "deriving", "elab", "elab_rules", "end", "example", "export", "extern", "import",
    "inductive", "infix", "infixl", "infixr", "initialize", "instance", "lemma", "local",
    "macro", "macro_rules", "mutual", "namespace", "noncomputable", "notation", "opaque",
    "open", "partial", "postfix", "prefix", "private", "protected", "public", "scoped",
    "section", "set_option", "structure", "syntax", "theorem", "universe", "universes",
    "unsafe", "variable", "variables"
})  # fmt: skip
"""Words that start a command when they stand at the beginning of a line."""

_THEOREM_WORDS = frozenset({"theorem", "lemma"})


@dataclass(frozen=True)
class Token:
    """A word of the text; comments and space are no tokens, except doc comments."""

    kind: Literal["name", "number", "string", "assign", "doc", "other"]
    text: str
    start: int
    end: int
    depth: int
    """How many brackets are open around it."""


@dataclass(frozen=True)
class Command:
    """One command of a file, from its first word to just before the next command."""

    word: str
    """Its first word, such as `open`, `def`, `theorem` or `@` (an attribute)."""
    tokens: tuple[Token, ...]
    start: int
    end: int
    """Where its last token ends."""


@dataclass(frozen=True)
class Declaration:
    """`theorem NAME STATEMENT := PROOF`, taken apart."""

    name: str
    statement: str
    sorry: bool
    """Whether the proof is `sorry` or `by sorry` and nothing else."""
    start: int


def line_of(text: str, position: int) -> int:
    """Line of a position, counted from 1."""
    return text.count("\n", 0, position) + 1


def tokens(text: str) -> Iterator[Token]:
    """The words of a Lean text.

    Raises:
        ProblemError: a comment or a string is never closed; names the line.
    """
    position = depth = 0
    while match := _TOKEN.match(text, position):
        kind, start, position = match.lastgroup or "other", match.start(), match.end()
        if kind == "block_comment":
            position = _comment_end(text, start)
            if text.startswith("/--", start):
                yield Token("doc", text[start:position], start, position, depth)
            continue
        if kind in {"space", "line_comment"}:
            continue
        word = match.group()
        if kind == "string":
            position = _string_end(text, start)
        elif kind == "raw":
            position = _raw_string_end(text, match)
        if word in _CLOSING:
            depth = max(0, depth - 1)
        yield Token(_KINDS.get(kind, "other"), text[start:position], start, position, depth)
        if word in _OPENING:
            depth += 1


_KINDS: dict[str, Literal["name", "number", "string", "assign", "doc", "other"]] = {
    "name": "name",
    "number": "number",
    "string": "string",
    "raw": "string",
    "char": "string",
    "assign": "assign",
}


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


def commands(text: str) -> list[Command]:
    """Cut a Lean text into its commands.

    A command starts where one of Lean's command words, `@[` or a doc comment begins a line, and
    at every `theorem` or `lemma` outside brackets. Words before the first command are a command of
    their own (with the word they start with), so that nothing is lost.

    Raises:
        ProblemError: a comment or a string is never closed; names the line.
    """
    groups: list[list[Token]] = []
    for token in tokens(text):
        if not groups or _starts_command(text, token):
            groups.append([])
        groups[-1].append(token)
    return [Command(_word(g), tuple(g), g[0].start, g[-1].end) for g in _joined(groups)]


def _starts_command(text: str, token: Token) -> bool:
    if token.depth == 0 and token.text in _THEOREM_WORDS:
        return True
    if token.start and text[token.start - 1] != "\n":
        return False
    return token.kind == "doc" or token.text in _COMMANDS or token.text in {"@", "#"}


def _joined(groups: list[list[Token]]) -> Iterator[list[Token]]:
    """A doc comment, attributes and modifiers belong to the declaration that follows them."""
    pending: list[Token] = []
    for group in groups:
        pending.extend(group)
        if not _is_prefix(group):
            yield pending
            pending = []
    if pending:
        yield pending


def _is_prefix(group: list[Token]) -> bool:
    first, last = group[0], group[-1]
    if first.kind == "doc" and len(group) == 1:
        return True
    if first.text == "@":
        return last.text == "]" and last.depth == 0
    return last is first and first.text in {"private", "protected", "noncomputable", "public"}


def _word(group: list[Token]) -> str:
    """First word of a command after doc comments, attributes and modifiers."""
    skipping = False
    for token in group:
        if token.text == "@" and token.depth == 0:
            skipping = True
        elif skipping:
            skipping = not (token.text == "]" and token.depth == 0)
        elif token.kind != "doc" and token.text not in {"private", "protected", "public"}:
            return token.text
    return group[0].text


def is_theorem(command: Command) -> bool:
    """Whether the command declares a theorem or lemma."""
    return command.word in _THEOREM_WORDS


def doc_of(command: Command) -> str:
    """Text of the doc comment of a declaration, without its marks; empty when it has none."""
    first = command.tokens[0]
    return first.text[3:-2].strip() if first.kind == "doc" else ""


def declaration(text: str, command: Command) -> Declaration:
    """Take a theorem apart.

    The statement is everything between the name and the `:=` before the proof: the last one when
    the proof is `sorry`, so that neither a default value in a binder nor a `let` is taken for it.

    Raises:
        ProblemError: no name, no `:=`, or nothing between the two; names the line.
    """
    words = list(command.tokens)
    at = next(i for i, t in enumerate(words) if t.text in _THEOREM_WORDS)
    keyword = words[at]
    where = f"line {line_of(text, keyword.start)}"
    if at + 1 >= len(words) or words[at + 1].kind != "name":
        raise ProblemError(f"{where}: `{keyword.text}` is not followed by a name")
    name = words[at + 1]
    body = words[at + 2 :]
    sorry = _sorry_at(body)
    assign = sorry if sorry is not None else _first_assign(body)
    if assign is None:
        raise ProblemError(
            f"{where}: {name.text} has no `:=`; a theorem to prove ends in `:= by sorry`"
        )
    if assign == 0:
        raise ProblemError(f"{where}: {name.text} has no statement between its name and `:=`")
    statement = text[body[0].start : body[assign - 1].end]
    return Declaration(name.text, statement, sorry is not None, keyword.start)


def _sorry_at(body: list[Token]) -> int | None:
    """Index of the `:=` of a closing `:= sorry` or `:= by sorry`."""
    texts = [token.text for token in body[-3:]]
    if texts[-2:] == [":=", "sorry"]:
        return len(body) - 2
    if texts == [":=", "by", "sorry"]:
        return len(body) - 3
    return None


def _first_assign(body: list[Token]) -> int | None:
    return next((i for i, t in enumerate(body) if t.kind == "assign" and t.depth == 0), None)


def as_signature(text: str) -> str:
    """A statement ready to follow a theorem's name; a bare proposition gets the `:` it lacks.

    Raises:
        ProblemError: nothing but space and comments, or a comment or a string is never closed.
    """
    words = list(tokens(text))
    if not words:
        raise ProblemError("the statement is empty")
    binders = words[0].text in {"(", "[", "{", "⦃", ":", "."}
    typed = any(token.text == ":" and token.depth == 0 for token in words)
    statement = text[words[0].start : words[-1].end]
    return statement if binders and typed else f": {statement}"
