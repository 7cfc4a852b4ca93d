"""Repairs the characters of a model's answer before anything else reads it."""

from __future__ import annotations

import html
import re

_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u2060\ufeff]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_MARKS = re.compile(r"^([ \t>]*)[\u00b4\u2018\u2019`]{3,}", re.MULTILINE)
"""Typographic quotation marks where a fence is meant."""
_QUOTES = str.maketrans("\u2018\u2019\u201c\u201d", "''\"\"")


def whole_characters(text: str) -> str:
    """Join halves of characters that came apart, and replace halves that stay alone.

    JSON may write a character outside the basic plane as two escapes, and a server that cuts its
    stream between them sends each half in an event of its own.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def tidied(text: str) -> str:
    """The answer with plain line ends and spaces, and without characters nobody can see.

    Tabs become two columns each, because Lean refuses them.
    """
    text = _LINE_ENDS.sub("\n", whole_characters(text))
    text = _INVISIBLE.sub("", _SPACES.sub(" ", text)).expandtabs(2)
    return _MARKS.sub(lambda marks: marks[1] + "`" * (len(marks[0]) - len(marks[1])), text)


def unescaped(text: str) -> str:
    """The answer with HTML entities decoded; some servers escape what they send, even twice."""
    for _ in range(2):
        if not _ENTITY.search(text):
            break
        text = _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)
    return text


def straight_quotes(code: str) -> str:
    """Code with the quotation marks that Lean knows in place of typographic ones."""
    return code.translate(_QUOTES)
