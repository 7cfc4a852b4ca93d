"""What a series of purchases promises: chances and costs by recorded theorems."""

from __future__ import annotations

import math

import numpy as np
import pytest

from prover_arb.broker.prospects import Prospects
from prover_arb.core.theorem import Theorem
from prover_arb.scheduler.index.attempt_index import Index
from prover_arb.scheduler.index.panel import Panel

PROVERS = tuple(f"prover{number}" for number in range(12))
THEOREM = Theorem(name="t", statement=": 1 = 1")
DOLLAR = 1_000_000


def prospects(solved: list[int | None], attempts: int = 1) -> Prospects:
    """Twelve provers; each theorem is proved by one of them, given by number, or by none."""
    successes = np.array([[attempts * (j == prover) for j in range(12)] for prover in solved])
    panel = Panel(
        PROVERS,
        tuple(f"known{number}" for number in range(len(solved))),
        np.tile(np.arange(1.0, 13.0), (len(solved), 1)),
        np.full(successes.shape, attempts, dtype=np.int64),
        successes.astype(np.int64),
    )
    return Prospects(Index(panel), THEOREM)


def bought(series: Prospects, provers: tuple[str, ...], share: float = 1.0) -> tuple[float, float]:
    """The chance of a proof, and the expected cost in dollars, if all of them are bought."""
    unproved, cost = 1.0, 0.0
    for prover in provers:
        promised = series.of(prover, DOLLAR)
        cost += unproved * promised.cost / DOLLAR
        unproved *= 1 - share * promised.chance
        series.fail(prover, share)
    return 1 - unproved, cost


class TestSeries:
    def test_many_purchases_prove_as_many_as_the_records_say(self) -> None:
        half = [0, 3, 5, 11, *[None] * 4]
        chance, _ = bought(prospects(half), PROVERS)
        assert chance == pytest.approx(0.5, abs=0.01)

    def test_what_nobody_proved_gets_no_likelier_with_every_further_prover(self) -> None:
        few, _ = bought(prospects([0, *[None] * 7]), PROVERS[1:2])
        all_but_one, _ = bought(prospects([0, *[None] * 7]), PROVERS[1:])
        assert few == pytest.approx(all_but_one)
        assert all_but_one < 0.1

    def test_a_prover_after_one_that_proved_the_same_theorems_promises_little(self) -> None:
        series = prospects([0, 0, 0, 0, 1, None, None, None])
        first = series.of(PROVERS[1], DOLLAR).chance
        series.fail(PROVERS[0], 1.0)
        assert series.of(PROVERS[1], DOLLAR).chance > first
        series.fail(PROVERS[1], 1.0)
        assert series.of(PROVERS[2], DOLLAR).chance == pytest.approx(0, abs=1e-9)

    def test_costs_count_where_a_proof_is_not_found_yet(self) -> None:
        _, cost = bought(prospects([0, None]), PROVERS[:2])
        # The second costs 2, where the first found nothing: half of the theorems, about.
        assert cost == pytest.approx(1 + 2 * 0.5, abs=0.01)

    def test_half_an_attempt_has_half_the_chance(self) -> None:
        whole = prospects([0, 0, None, None]).of(PROVERS[0], DOLLAR).chance
        halved, _ = bought(prospects([0, 0, None, None]), PROVERS[:1], share=0.5)
        assert halved == pytest.approx(whole / 2)

    def test_repeated_attempts_follow_the_record_of_attempts(self) -> None:
        series = prospects([0, None], attempts=10)
        chances = []
        for _ in range(6):
            chances.append(series.of(PROVERS[0], DOLLAR).chance)
            series.fail(PROVERS[0], 1.0)
        assert chances == sorted(chances, reverse=True)
        assert 1 - math.prod(1 - chance for chance in chances) == pytest.approx(0.5, abs=0.05)
