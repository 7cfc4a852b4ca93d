"""Takes fenced code out of Markdown, also where people and models write it irregularly.

`code_blocks` is the one place in this project that takes fenced code out of a text. A CommonMark
parser reads the text first. If that leaves a fence inside a block or in the prose, or ends a block
inside a Lean comment, the tolerant reader of loose_fences.py reads the text again.
"""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from prover_arb.problems.lean_looks import is_whole
from prover_arb.problems.loose_fences import Block, loose_blocks, opening

_FENCE_RUN = re.compile(r"`{3,}")
_MARKS = re.compile(r"[ \t>]*(`{3,}|~{3,})[ \t]*")
_DEEPEST = 3
"""Blocks inside blocks: an answer in a block of Markdown, and a wrapper around that."""


def code_blocks(text: str, depth: int = 0) -> list[Block]:
    """Returns the fenced and indented blocks of a Markdown text, in its order.

    A block of Markdown that itself holds fenced code is replaced by what it holds.
    """
    blocks = _commonmark(text)
    if blocks is None:
        blocks = loose_blocks(text)
    if depth == _DEEPEST:
        return blocks
    unpacked: list[Block] = []
    for block in blocks:
        inner = code_blocks(block.code, depth + 1) if _holds_fence(block) else []
        unpacked += [part for part in inner if not part.indented] or [block]
    return unpacked


def _holds_fence(block: Block) -> bool:
    lines = block.code.split("\n")
    return not block.is_lean and any(opening(line) is not None for line in lines)


def _commonmark(text: str) -> list[Block] | None:
    """Returns the blocks as CommonMark has them; None if the text is not regular Markdown."""
    lines = text.split("\n")
    blocks = []
    for token in _parser().parse(text):
        if token.type == "code_block":
            blocks.append(Block(token.content.rstrip("\n"), indented=True, closed=True))
        elif token.type == "fence":
            block = _block(token, lines)
            if block is None:
                return None
            blocks.append(block)
        elif token.type == "inline" and _FENCE_RUN.search(token.content):
            return None
    if any(block.indented and _FENCE_RUN.search(block.code) for block in blocks):
        return None
    return blocks


def _block(token: Token, lines: list[str]) -> Block | None:
    """Returns a fence of CommonMark, unless it shows that its text is no regular Markdown."""
    first, end = token.map or (0, 0)
    last = _MARKS.fullmatch(lines[end - 1]) if end - 1 > first else None
    if last is None or not token.info.replace(" ", "").replace(".", "").isalnum():
        # Never closed; or a label that holds code, or is missing, where a fence closes something.
        return None
    block = Block(token.content.rstrip("\n"), label=token.info.split()[0].lower(), closed=True)
    if _FENCE_RUN.search(block.code) or (block.is_lean and not is_whole(block.code)):
        return None
    return block


@cache
def _parser() -> MarkdownIt:
    """Blocks only: what stands inside paragraphs is left as it is, and so is HTML."""
    parser = MarkdownIt("commonmark")
    parser.disable(["html_block", "reference", "heading", "lheading", "hr"])
    return parser
