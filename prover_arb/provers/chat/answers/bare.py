"""Code that stands among prose without fences."""

from __future__ import annotations

import re
import textwrap

from prover_arb.problems.lean_looks import DECLARING, is_prose, starts_command, starts_tactic
from prover_arb.problems.loose_fences import Block

_QUOTE = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_SPAN = re.compile(r"(?<!`)(?P<ticks>`{1,2})(?!`)(?P<code>[^`\n]+)(?P=ticks)(?!`)")


def bare_blocks(text: str) -> list[Block]:
    """Stretches of Lean in a text: each begins as Lean does and ends before prose.

    The last one is closed only where something follows it, since its end is not marked.
    """
    text = textwrap.dedent(text)
    if all(not line.strip() or line.lstrip().startswith(">") for line in text.split("\n")):
        text = textwrap.dedent(_QUOTE.sub("", text))
    blocks: list[Block] = []
    code: list[str] = []
    depth = column = 0

    def end(*, closed: bool) -> None:
        if code:
            blocks.append(Block(textwrap.dedent("\n".join(code)).strip("\n"), closed=closed))
            code.clear()

    for line in text.split("\n"):
        indented = len(line) - len(line.lstrip())
        if depth == 0 and line.strip() and (indented < column or is_prose(line[column:])):
            end(closed=True)
            column = 0
            if is_prose(line):
                continue
        if not code and (_starts(line) or (indented and DECLARING.match(line))):
            column = indented
        elif not code:
            continue
        code.append(line)
        depth = max(0, depth + line.count("/-") - line.count("-/"))
    end(closed=False)
    return blocks


def spans(text: str) -> list[Block]:
    """Code between single backticks that is a declaration, or a proof that begins with `by`."""
    spanned = [span["code"].strip() for span in _SPAN.finditer(text)]
    return [
        Block(code, closed=True)
        for code in spanned
        if re.match(r"(?:theorem|lemma|example|by|:=\s*by)\b", code)
    ]


def _starts(line: str) -> bool:
    return (
        bool(line.strip())
        and line[0] not in " \t"
        and (starts_command(line) or starts_tactic(line))
    )
