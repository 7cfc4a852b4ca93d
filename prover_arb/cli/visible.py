"""Prints invisible characters as numbers.

Statements, proofs, and the messages of Lean and of provers are written by strangers. A character
that moves the cursor, changes the direction of reading, or takes no room could make a reader see
another text than the one that was judged. It is printed as its number, in the way JSON writes it.
"""

from __future__ import annotations

import logging
import re

from prover_arb.core.logs import JsonForm, TextForm, write_logs

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Characters that show nothing although Python calls them printable."""
_SPACING = re.compile("[\n\t]")


def visible(text: str) -> str:
    """Returns the text with invisible characters written like `\\u202e`.

    Line ends, tabs and plain spaces stay, and JSON stays the same JSON.
    """
    if _SPACING.sub("", text).isprintable() and not _INVISIBLE.search(text):
        return text
    return "".join(char if _is_plain(char) else _number(char) for char in text)


class _VisibleForm(TextForm):
    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record))


def show_logs(verbose: int = 0, *, as_json: bool = False) -> None:
    """Writes log records to standard error, and has libraries' warnings look the same.

    Without `verbose` those are warnings and errors; 1 adds every purchase, verdict, order and start
    of a worker, 2 all the rest. `as_json` writes one JSON object per line.
    """
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    form = JsonForm() if as_json else _VisibleForm()
    write_logs(level, form)
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(form)


def _is_plain(char: str) -> bool:
    return char in "\n\t" or (char.isprintable() and not _INVISIBLE.match(char))


def _number(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
