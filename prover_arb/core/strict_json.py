"""Reads JSON, and refuses what people and programs could read in two ways.

A key that is given twice could show a reader another text than the one that is judged. A number of
thousands of digits is a mistake, and NaN and Infinity are no JSON.
"""

from __future__ import annotations

import json
from typing import NoReturn

LONGEST_NUMBER = 300
"""How many characters a number may have."""


def loads(text: str) -> object:
    """Returns the value of a JSON text; a byte order mark before it is skipped.

    Raises:
        ValueError: the text is no JSON, or can be read in two ways; the message says what.
    """
    try:
        return json.loads(
            text.removeprefix("\ufeff"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_refuse,
        )
    except RecursionError:
        raise ValueError("the values are nested too deeply") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    row = dict(pairs)
    if len(row) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"field {next(n for n in names if names.count(n) > 1)!r} is given twice")
    return row


def _integer(digits: str) -> int:
    return int(_short(digits))


def _float(digits: str) -> float:
    return float(_short(digits))


def _short(digits: str) -> str:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(
            f"the number {digits[:20]}... has {len(digits)} characters, and at most "
            f"{LONGEST_NUMBER} are read"
        )
    return digits


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
