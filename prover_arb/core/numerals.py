"""Says which texts are numbers: those of plain ASCII digits.

Python's own readers take `1_0` for 10, and skip blanks; none of that is meant by anybody who writes
a number on a command line or into an address.
"""

from __future__ import annotations

import re

_INTEGER = re.compile(r"-?[0-9]{1,300}")
_NUMBER = re.compile(r"-?([0-9]{1,300}(\.[0-9]{0,300})?|\.[0-9]{1,300})([eE][+-]?[0-9]{1,4})?")


def integer_fault(text: str) -> str:
    """Returns what is wrong with the text of a whole number; empty if nothing is."""
    return "" if _INTEGER.fullmatch(text) else f"{text!r} is no whole number; write it like 10"


def number_fault(text: str) -> str:
    """Returns what is wrong with the text of a finite number; empty if nothing is."""
    return "" if _NUMBER.fullmatch(text) else f"{text!r} is no number; write it like 10 or 0.5"


def parse_integer(text: str) -> int:
    """Returns a whole number; raises ValueError, with what is wrong, for any other text."""
    fault = integer_fault(text)
    if fault:
        raise ValueError(fault)
    return int(text)
