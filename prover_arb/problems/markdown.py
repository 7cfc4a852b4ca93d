"""Takes Lean text out of Markdown fences, and replaces spaces that Lean does not know."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from prover_arb.core.lazy import lazy_module
from prover_arb.core.lexer import tokens
from prover_arb.errors import ProblemError
from prover_arb.problems.fields import STATES

if TYPE_CHECKING:
    from prover_arb.problems import fences
else:
    fences = lazy_module("prover_arb.problems.fences")  # a Markdown parser takes long to import

_FENCES = ("```", "~~~")
_SPACES = str.maketrans({"\r": "\n", "\u00a0": " ", "\u200b": None, "\ufeff": None})
"""What word processors and pages leave behind."""


def plain(text: str) -> str:
    """Returns the text with the line ends and spaces that Lean knows."""
    return text.replace("\r\n", "\n").translate(_SPACES)


def lean_text(text: str) -> str:
    """Returns the last fenced block that may state a theorem, or else the text itself.

    Fences in a comment of Lean text are part of it.
    """
    text = plain(text)
    if not any(fence in text for fence in _FENCES) or not _is_markdown(text):
        return text
    codes = [block.code for block in fences.code_blocks(text) if not block.indented]
    blocks = [code for code in codes if STATES.search(code)]
    return blocks[-1] if blocks else text


def _is_markdown(text: str) -> bool:
    """Returns whether a fence stands outside of what Lean takes for comments and strings."""
    try:
        return any(
            before.text == after.text and before.text in "`~" and before.end == after.start
            for before, after in pairwise(tokens(text))
        )
    except ProblemError:
        return True
