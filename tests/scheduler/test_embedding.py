"""Statements that say alike things are placed close to each other."""

from __future__ import annotations

import numpy as np

from prover_arb.scheduler.index.embedding import DIMENSIONS, FEW, placing
from prover_arb.scheduler.index.features import of_theorems

REMAINDERS = [f"(n : ℕ) (h : n % {k} = {k - 1}) : n * n % {k} = 1" for k in range(2, 40)]
INEQUALITIES = [f"(x y : ℝ) (h : 0 < x) : x * y ≤ x ^ 2 + {k} * y ^ 2" for k in range(2, 40)]


def test_a_new_statement_lies_with_those_of_its_kind() -> None:
    recorded = [*REMAINDERS, *INEQUALITIES]
    read = placing(recorded)
    names = ["t"] * len(recorded)
    places = read(names, recorded)[:, :DIMENSIONS]
    asked = ["(m : ℕ) (h : m % 97 = 96) : m * m % 97 = 1", "(a b : ℝ) : a * b ≤ a ^ 2 + b ^ 2"]
    for new, own, other in zip(
        read(["new"] * 2, asked)[:, :DIMENSIONS],
        (places[: len(REMAINDERS)], places[len(REMAINDERS) :]),
        (places[len(REMAINDERS) :], places[: len(REMAINDERS)]),
        strict=True,
    ):
        assert np.linalg.norm(own - new, axis=1).max() < np.linalg.norm(other - new, axis=1).min()
    assert np.array_equal(read(names, recorded), read(names, recorded))


def test_a_missing_statement_lies_in_the_middle_and_few_are_not_placed() -> None:
    recorded = [*REMAINDERS, *INEQUALITIES]
    read = placing([*recorded, None])
    places = read(["t"] * (len(recorded) + 1), [*recorded, None])[:, :DIMENSIONS]
    assert np.allclose(places[-1], places[:-1].mean(axis=0))
    for alike in (recorded[: FEW - 1], [f": {n} = {n}" for n in range(FEW)], [""] * FEW):
        assert np.array_equal(placing(alike)(alike, alike), of_theorems(alike, alike))
