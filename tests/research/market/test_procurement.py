"""The auction's laws on exact fractions, and what becomes of liars."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prover_arb.research.market.procurement import (
    BudgetOffers,
    allocate,
    by_auction,
    by_compute,
    settle,
)
from prover_arb.research.market.stream import Behaviour, simulate
from tests.research.market.synthetic_market import calm

money = st.fractions(min_value=0, max_value=100, max_denominator=50)
share = st.fractions(min_value=0, max_value=1, max_denominator=50)
bidders = st.lists(st.tuples(money, share), min_size=1, max_size=6)


@calm
@given(value=money, offers=bidders)
def test_individually_rational_and_never_above_the_value(
    value: Fraction, offers: list[tuple[Fraction, Fraction]]
) -> None:
    bids, qualities = [b for b, _ in offers], [q for _, q in offers]
    sale = allocate(value, bids, qualities)
    scores = [value * q - b for b, q in offers]
    if sale is None:
        assert max(scores) <= 0
        return
    assert scores[sale.winner] == max(scores)
    assert bids[sale.winner] <= sale.payment <= value * qualities[sale.winner] <= value
    # The customer keeps exactly what the second-best offer would have given.
    kept = value * qualities[sale.winner] - sale.payment
    assert kept == max([Fraction(0), *sorted(scores)[:-1]])


@calm
@given(value=money, offers=bidders, lie=money, who=st.integers(0, 5))
def test_no_misreport_of_cost_pays(
    value: Fraction, offers: list[tuple[Fraction, Fraction]], lie: Fraction, who: int
) -> None:
    assume(who < len(offers))
    costs, qualities = [b for b, _ in offers], [q for _, q in offers]

    def profit(bid: Fraction) -> Fraction:
        sale = allocate(value, [*costs[:who], bid, *costs[who + 1 :]], qualities)
        return sale.payment - costs[who] if sale and sale.winner == who else Fraction(0)

    assert profit(costs[who]) >= profit(lie)


@calm
@given(value=money, offers=bidders, lie=share, who=st.integers(0, 5))
def test_paid_by_outcome_no_misreport_of_quality_pays_either(
    value: Fraction, offers: list[tuple[Fraction, Fraction]], lie: Fraction, who: int
) -> None:
    assume(who < len(offers))
    costs, qualities = [b for b, _ in offers], [q for _, q in offers]
    truth = qualities[who]

    def expected(claim: Fraction) -> Fraction:
        sale = allocate(value, costs, [*qualities[:who], claim, *qualities[who + 1 :]])
        if sale is None or sale.winner != who:
            return Fraction(0)
        won, lost = settle(value, sale, True), settle(value, sale, False)
        return truth * won + (1 - truth) * lost - costs[who]

    assert expected(truth) >= expected(lie)


def test_one_bidder_and_none() -> None:
    alone = allocate(10, [3], [1])
    assert alone is not None
    assert (alone.winner, alone.payment) == (0, 10)
    assert allocate(10, [], []) is None
    assert allocate(10, [10], [1]) is None


@st.composite
def offered(draw: st.DrawFn) -> BudgetOffers:
    provers, points = draw(st.integers(1, 4)), draw(st.integers(2, 8))
    steps = st.lists(st.floats(0, 1), min_size=points, max_size=points)
    costs = np.array([np.cumsum([0.0, *draw(steps)[1:]]) for _ in range(provers)])
    quality = np.array([np.sort([0.0, *draw(steps)[1:]]) for _ in range(provers)])
    return BudgetOffers(quality, costs)


@calm
@given(offers=offered(), value=st.floats(0, 20), markup=st.floats(0, 2))
def test_the_auctions_welfare_is_the_best_there_is(
    offers: BudgetOffers, value: float, markup: float
) -> None:
    best = by_auction(value, offers)
    paid_by_compute = by_compute(value, offers, markup=markup)
    assert best.welfare >= paid_by_compute.welfare - 1e-9
    assert best.welfare == pytest.approx(max(0.0, (value * offers.quality - offers.cost).max()))
    assert best.payment >= best.cost - 1e-9
    assert best.payment <= value + 1e-9


def test_pay_per_compute_sells_more_compute_than_is_worth_it() -> None:
    """A monopolist with quality 0.9 for 1, and 0.95 for 5, at value 20: worth 17, sold 14."""
    offers = BudgetOffers(np.array([[0.0, 0.9, 0.95]]), np.array([[0.0, 1.0, 5.0]]))
    assert by_auction(20.0, offers).welfare == pytest.approx(17.0)
    sold = by_compute(20.0, offers, markup=0.5)
    assert sold.budget == 2
    assert sold.welfare == pytest.approx(14.0)


THEOREMS = 3000


def _market(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    quality = rng.uniform(0.3, 0.8, (THEOREMS, 3))
    return quality, rng.uniform(0.05, 0.15, (THEOREMS, 3))


def test_overstated_quality_loses_when_outcomes_are_weighed() -> None:
    quality, cost = _market()
    honest = [Behaviour("a"), Behaviour("b"), Behaviour("c")]
    liar = [Behaviour("a", overstates=1.6), Behaviour("b"), Behaviour("c")]
    before = simulate(1.0, quality, cost, honest)
    trusting = simulate(1.0, quality, cost, liar, weighted=False)
    watching = simulate(1.0, quality, cost, liar)
    assert trusting.profit[0] > before.profit[0]
    assert watching.profit[0] < before.profit[0]
    assert watching.weights[0] < 0.7
    assert watching.weights[1:] == pytest.approx(1.0, abs=0.1)


def test_overstated_quality_loses_when_paid_by_outcome() -> None:
    quality, cost = _market(1)
    honest = [Behaviour("a"), Behaviour("b"), Behaviour("c")]
    liar = [Behaviour("a", overstates=1.6), Behaviour("b"), Behaviour("c")]
    before = simulate(1.0, quality, cost, honest, settlement="outcome", weighted=False)
    after = simulate(1.0, quality, cost, liar, settlement="outcome", weighted=False)
    assert after.profit[0] < before.profit[0]
    assert after.welfare < before.welfare


@pytest.mark.parametrize("keeps", [0.0, 1.0])
def test_padded_tokens_lose(keeps: float) -> None:
    """Whether the padding is burnt or pocketed: bidding above cost never pays."""
    quality, cost = _market(2)
    honest = [Behaviour("a"), Behaviour("b"), Behaviour("c")]
    padder = [Behaviour("a", pads=2.0, keeps=keeps), Behaviour("b"), Behaviour("c")]
    before = simulate(1.0, quality, cost, honest, weighted=False)
    after = simulate(1.0, quality, cost, padder, weighted=False)
    assert after.profit[0] < before.profit[0]


def test_a_stream_is_reproducible() -> None:
    quality, cost = _market()
    conduct = [Behaviour("a"), Behaviour("b"), Behaviour("c")]
    one, two = (simulate(1.0, quality, cost, conduct, seed=5) for _ in range(2))
    assert one.winners == two.winners
    assert (one.proved, one.paid) == (two.proved, two.paid)
