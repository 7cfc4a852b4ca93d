"""Reads fenced code that is not regular Markdown.

Such fences may open in the middle of a line, close right after the last tactic, have any
indentation, have code after their label, lack their opening or closing line, or stand inside Lean
comments.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from itertools import islice

from prover_arb.problems.lean_looks import looks_lean, starts_tactic

LEAN_LABELS = frozenset({"lean", "lean4", "lean3", "tactics", "tactic", "lean4code", "mathlib"})
FOREIGN_LABELS = frozenset({
    "bash", "c", "console", "cpp", "css", "haskell", "html", "java", "javascript", "js",
    "json", "latex", "lua", "math", "mermaid", "ocaml", "output", "py", "python", "python3",
    "rust", "sh", "shell", "tex", "toml", "ts", "xml", "yaml"
})  # fmt: skip

_PREFIX = r"(?P<prefix>[ \t]*(?:>[ \t]*)*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*)"
_AT_START = re.compile(_PREFIX + r"(?P<marks>`{3,}|~{3,})(?P<rest>.*)", re.DOTALL)
_TICKS = re.compile(r"`{3,}")
_LABEL = re.compile(
    r"\s*\{?\.?(?P<label>[A-Za-z][\w+#-]*(?:\.\w+)?)?(?P<four>[ \t]*-?4(?![\w.]))?\}?(?::[\w./-]+)?"
    r"(?P<attributes>(?:\s*\{[^}\n]*\}|\s+[\w-]+=(?:\"[^\"\n]*\"|\S+))*)\s*(?P<code>.*)",
    re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/-|-/|--")
_FAR = 500
"""Lines that are looked at before and behind a fence, so that no text takes long to read."""


@dataclass(frozen=True)
class Block:
    """A piece of code that a text sets apart."""

    code: str
    label: str = ""
    """The language that it is labelled with, in lower case; empty if there is none."""
    closed: bool = False
    """Whether its end is marked, so that no part of it can be missing."""
    indented: bool = False
    """Whether it is marked by its indentation only."""

    @property
    def is_lean(self) -> bool:
        """Whether it is labelled as Lean."""
        return self.label in LEAN_LABELS

    @property
    def is_foreign(self) -> bool:
        """Whether it is labelled as something that is certainly not Lean."""
        return self.label in FOREIGN_LABELS


@dataclass(frozen=True)
class Opening:
    """A fence that opens a block."""

    marks: str
    label: str
    code: str
    """The code after the label on the same line."""
    quoted: int = 0
    """How many `>` stand before it."""
    indent: int = 0


def opening(line: str) -> Opening | None:
    """Returns the fence that a line begins with, if it does."""
    match = _AT_START.match(line)
    if match is None:
        return None
    label, code = _split_label(match["rest"])
    prefix = match["prefix"]
    return Opening(match["marks"], label, code, prefix.count(">"), len(prefix.rpartition(">")[2]))


def loose_blocks(text: str) -> list[Block]:
    """Returns the blocks of a text whose fences are no regular Markdown."""
    return _Reader(text).read()


def _split_label(rest: str) -> tuple[str, str]:
    """Returns a label in lower case, and the code behind it on the same line."""
    match = _LABEL.match(rest)
    if match is None:
        return "", rest.strip()
    label, code = (match["label"] or "").lower(), match["code"].strip()
    if label == "lean" and match["four"]:
        label = "lean4"
    if label in LEAN_LABELS:
        return label, code if looks_lean(code) or "```" in code else ""
    if looks_lean(rest.strip()):
        return "", rest.strip()
    return label, code if _TICKS.search(code) else ""


@dataclass
class _Reader:
    """Reads a text line by line, outside and inside of blocks."""

    text: str
    blocks: list[Block] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    """Lines since the last block."""
    lean_before: bool = False
    """Whether one of them begins as Lean does."""

    def read(self) -> list[Block]:
        self.lines = deque(self.text.split("\n"))
        while self.lines:
            self._outside(self.lines.popleft())
        return self.blocks

    def _outside(self, line: str) -> None:
        at_start = opening(line)
        if at_start is not None:
            if self._closes_unopened(at_start):
                self._end_unopened(at_start.code)
            else:
                self._inside(at_start)
            return
        for ticks in _TICKS.finditer(line):
            before, rest = line[: ticks.start()], line[ticks.end() :]
            label, code = _split_label(rest)
            bare = not label and not rest.strip()
            if bare and (self.lean_before or self._begins_lean(before)):
                self._say(before)
                self._end_unopened("")
                return
            if label in LEAN_LABELS or code or (bare and self._is_lean_next()):
                self._inside(Opening(ticks.group(), label, code))
                return
        self._say(line)

    def _say(self, line: str) -> None:
        self.lean_before = self.lean_before or self._begins_lean(line)
        self.prose.append(line)

    def _begins_lean(self, line: str) -> bool:
        """Returns whether a command begins here, or a tactic that begins the text."""
        if not line.strip():
            return False
        begins_text = not self.blocks and not any(before.strip() for before in self.prose)
        return (begins_text and starts_tactic(line)) or (line[0] not in " \t" and looks_lean(line))

    def _closes_unopened(self, fence: Opening) -> bool:
        """Returns whether a fence without a label ends code whose opening fence is missing."""
        if fence.label or fence.code or not self.lean_before:
            return False
        fences = [later for later in map(opening, islice(self.lines, _FAR)) if later is not None]
        closes = fences and not fences[0].label and not fences[0].code
        return not closes or (len(fences) % 2 == 0 and not self._is_lean_next())

    def _is_lean_next(self) -> bool:
        return looks_lean(next((line for line in self.lines if line.strip()), ""))

    def _end_unopened(self, after: str) -> None:
        lines = self.prose
        start = next((i for i, line in enumerate(lines) if line.strip() and looks_lean(line)), 0)
        self.blocks.append(Block("\n".join(lines[start:]), label="lean", closed=True))
        self.prose, self.lean_before = [], False
        if after:
            self._say(after)

    def _inside(self, fence: Opening) -> None:
        """Reads one block up to its end."""
        self.prose, self.lean_before = [], False
        if fence.code:
            self.lines.appendleft(fence.code)
        code: list[str] = []
        depth = 0
        while self.lines:
            line = _unquoted(self.lines.popleft(), fence)
            end = self._end(line, depth, fence)
            if end is not None and not (depth and self._comment_ends(line, depth)):
                kept, after = end
                code += [kept] if kept.strip() else []
                if after:
                    self.lines.appendleft(after)
                self.blocks.append(_finished(code, fence, closed=True))
                return
            code.append(line)
            depth = _comment_depth(line, depth)
        self.blocks.append(_finished(code, fence, closed=False))

    def _end(self, line: str, depth: int, fence: Opening) -> tuple[str, str] | None:
        """Returns the code before the end of the block on this line, and what comes after it."""
        at_start = opening(line)
        if at_start is not None and at_start.marks[0] == fence.marks[0]:
            if at_start.label in LEAN_LABELS | FOREIGN_LABELS:  # its own closing line is missing
                return "", line
            shorter = len(at_start.marks) < len(fence.marks)
            if shorter and self._closing_follows(fence, len(fence.marks)):
                return None
            return "", _AT_START.sub(r"\g<rest>", line).strip()
        if fence.marks[0] != "`":
            return None
        for ticks in _TICKS.finditer(line):
            before, after = line[: ticks.start()], line[ticks.end() :].strip()
            in_comment = _comment_depth(before, depth) or _in_line_comment(before, depth)
            if in_comment and (after or self._closing_follows(fence, 3)):
                continue
            return before, after
        return None

    def _closing_follows(self, fence: Opening, length: int) -> bool:
        """Returns whether a closing line comes before the next block of Lean opens."""
        for line in islice(self.lines, _FAR):
            later_fence = opening(line)
            if later_fence is None or later_fence.marks[0] != fence.marks[0]:
                continue
            if later_fence.label in LEAN_LABELS:
                return False
            if not later_fence.label and not later_fence.code and len(later_fence.marks) >= length:
                return True
        return False

    def _comment_ends(self, line: str, depth: int) -> bool:
        """Returns whether the comment around a line ends further on, before another block."""
        for number, later in enumerate((line, *islice(self.lines, _FAR))):
            depth = _comment_depth(later, depth)
            if depth == 0:
                return True
            later_fence = opening(later)
            if number and later_fence is not None and later_fence.label in LEAN_LABELS:
                return False
        return False


def _unquoted(line: str, fence: Opening) -> str:
    """Returns a line without the quotation marks and the indentation of its block."""
    for _ in range(fence.quoted):
        line = re.sub(r"^[ \t]*>[ \t]?", "", line)
    lead = len(line) - len(line.lstrip(" "))
    indent = fence.indent - fence.quoted if fence.quoted else fence.indent
    return line[min(lead, max(0, indent)) :]


def _finished(code: list[str], fence: Opening, *, closed: bool) -> Block:
    text = "\n".join(code)
    if not closed:  # a closing fence that was cut off itself
        text = re.sub(r"\s*(?<!`)`{1,2}\s*$", "", text)
    return Block(text.strip("\n"), label=fence.label, closed=closed)


def _comment_depth(line: str, depth: int) -> int:
    """Returns how many Lean comments are open after a line that starts inside `depth` of them."""
    for edge in _COMMENT_EDGE.finditer(line):
        if edge.group() == "--":
            if depth == 0:
                break
        elif edge.group() == "/-":
            depth += 1
        elif depth:
            depth -= 1
    return depth


def _in_line_comment(before: str, depth: int) -> bool:
    return depth == 0 and any(edge.group() == "--" for edge in _COMMENT_EDGE.finditer(before))
