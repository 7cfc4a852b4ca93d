"""Examples in docstrings print what they say."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize(
    "module",
    [
        "prover_arb.problems.forms",
        "prover_arb.problems.statement",
        "prover_arb.provers.pricing",
    ],
)
def test_the_examples_of_a_module(module: str) -> None:
    results = doctest.testmod(import_module(module))
    assert results.attempted > 0
    assert results.failed == 0
