"""Money: text in, integers inside, text out."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover_arb.core.money import (
    LARGEST_BUDGET,
    MICRO,
    charge_for,
    format_usd,
    parse_budget,
    parse_usd,
)
from prover_arb.errors import BudgetError


@pytest.mark.parametrize(
    ("text", "micro"),
    [
        ("0", 0),
        ("0.05", 50_000),
        (" $0.05 ", 50_000),
        ("0.000001", 1),
        ("1e-6", 1),
        ("1000000", LARGEST_BUDGET),
        (3, 3 * MICRO),
    ],
)
def test_dollars_become_micro_dollars(text: str | int, micro: int) -> None:
    assert parse_usd(text) == micro


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not an amount"),
        ("five", "not an amount"),
        ("0,05", "not an amount"),
        ("nan", "not a finite"),
        ("inf", "not a finite"),
        ("-0.01", "negative"),
        ("1000000.01", "typing error"),
        ("0.0000001", "finer than a micro-dollar"),
        ("1_000", "not an amount"),
        ("٣", "not an amount"),
        ("0.٥", "not an amount"),
        ("1 000", "not an amount"),
        ("1e", "not an amount"),
        ("+-1", "not an amount"),
    ],
)
def test_what_is_no_budget_is_refused_by_field(text: str, said: str) -> None:
    with pytest.raises(BudgetError, match=said) as caught:
        parse_usd(text, field="--budget")
    assert str(caught.value).startswith("--budget: ")


@pytest.mark.parametrize(
    ("amount", "micro"), [(0.1 + 0.2, 300_000), (1e-6, 1), (2.9999999e-6, 2), ("0.3", 300_000)]
)
def test_a_computed_budget_is_rounded_down(amount: str | float, micro: int) -> None:
    assert parse_budget(amount) == micro


@pytest.mark.parametrize("amount", [0, "0", 0.0, "0.000000", 1e-7, "-0"])
def test_a_budget_of_nothing_is_refused(amount: str | float) -> None:
    with pytest.raises(BudgetError, match=r"--budget: .* buys nothing"):
        parse_budget(amount, field="--budget")


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), 1e300, -0.5])
def test_a_float_that_is_no_budget(amount: float) -> None:
    with pytest.raises(BudgetError):
        parse_budget(amount)


@given(st.integers(0, LARGEST_BUDGET))
def test_what_is_written_is_read_back(micro: int) -> None:
    assert parse_usd(format_usd(micro).replace(",", "")) == micro


def test_format_has_sign_separators_and_digits() -> None:
    assert format_usd(120) == "$0.000120"
    assert format_usd(-1_500_000) == "-$1.500000"
    assert format_usd(1_234_567_890_000, digits=2) == "$1,234,567.89"


@given(st.integers(0, 10**15), st.integers(0, 10**12), st.integers(1, 10**10))
def test_a_charge_is_the_exact_amount_rounded_up(quantity: int, price: int, per: int) -> None:
    exact = Fraction(quantity * price, per)
    assert 0 <= charge_for(quantity, price=price, per=per) - exact < 1
