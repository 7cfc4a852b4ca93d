"""Which texts are numbers, wherever somebody writes one."""

from __future__ import annotations

import pytest

from prover_arb.core.numerals import integer_fault, number_fault, parse_integer
from prover_arb.core.slices import sold_as

OTHERWISE = [
    "1_0",
    "\u0661\u0660",
    "\uff11",
    "+10",
    " 10",
    "10\n",
    "",
    "0x10",
    "-",
    "--1",
    "9" * 301,
]


@pytest.mark.parametrize("text", [*OTHERWISE, "10.0", "1e1", "ten"])
def test_what_is_no_whole_number(text: str) -> None:
    assert repr(text) in integer_fault(text)
    with pytest.raises(ValueError, match="no whole number"):
        parse_integer(text)


@pytest.mark.parametrize(("text", "number"), [("10", 10), ("-3", -3), ("007", 7), ("0", 0)])
def test_whole_numbers(text: str, number: int) -> None:
    assert (integer_fault(text), parse_integer(text)) == ("", number)


@pytest.mark.parametrize("text", [*OTHERWISE, "nan", "inf", "-Infinity", "0.1_0", "1.2.3", "."])
def test_what_is_no_number(text: str) -> None:
    assert repr(text) in number_fault(text)


@pytest.mark.parametrize("text", ["10", "-0.5", ".5", "5.", "1e-3", "2.5E+2"])
def test_numbers(text: str) -> None:
    assert number_fault(text) == ""


def test_a_slice_has_plain_digits() -> None:
    assert sold_as("search#2") == ("search", 1)
    assert sold_as("search#\u00b2") == ("search#\u00b2", None)
