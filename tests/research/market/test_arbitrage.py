"""Arbitrage, revenue and competition on markets with known answers, and their laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prover_arb.core.records import ProverRecords
from prover_arb.research.curves import ESTIMATORS, Estimator
from prover_arb.research.market.arbitrage import arbitrage, break_even, widest
from prover_arb.research.market.competition import entry_and_exit, marginal_revenue, undercut
from prover_arb.research.market.model import Market, build_market
from prover_arb.research.market.revenue import revenue, segments
from tests.research.market.synthetic_market import calm, records, two_tier


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_two_tiers(estimator: Estimator) -> None:
    market = two_tier(estimator=estimator)
    trade = arbitrage(market)
    assert market.price[-1] == pytest.approx(10.0, rel=1e-3)
    assert trade.cost[-1] == pytest.approx(3.0, rel=0.02)
    assert trade.margin[-1] == pytest.approx(0.7, abs=0.01)
    assert trade.thresholds[-1] == pytest.approx([1.0, 10.0], rel=0.05)
    assert trade.shares[:, -1] == pytest.approx([1.0, 2.0], rel=0.05)
    assert trade.attempts[-1] == pytest.approx(1.2, rel=0.05)
    earned = revenue(market, trade)
    assert earned.without[:, -1] == pytest.approx([0.0, 10.0], rel=1e-3)
    assert earned.change[-1] == pytest.approx(0.3, abs=0.01)
    assert earned.kept[-1] == pytest.approx(7.0, rel=0.02)
    assert earned.serving_without[-1] == 1
    assert earned.serving_with[-1] == 2
    assert segments(market, earned.without)[0][0] == "cheap"
    assert segments(market, earned.with_arbitrage)[-1][0] == "cheap + dear"


def test_net_of_verification_and_search() -> None:
    trade = arbitrage(two_tier())
    assert trade.net_margin()[-1] == trade.margin[-1]
    # 1.2 attempts at 0.5, and one unit of search for each problem sold: 3 + 0.6 + 1.
    net = trade.net_margin(verification=0.5, search=1.0)[-1]
    assert net == pytest.approx(1 - 4.6 / 10, abs=0.01)
    assert trade.net_margin(search=1e9)[-1] == 0.0
    assert break_even(10, 3, 700) == pytest.approx(100)
    assert break_even(3, 3, 700) == float("inf")


def test_a_rate_nobody_reaches_has_no_price() -> None:
    rows = [(1.0, 5, 5)] * 6 + [(1.0, 5, 0)] * 4
    market = build_market([records("a", rows)], low=0.5, high=0.9)
    trade = arbitrage(market)
    beyond = market.rates > 0.6 + 1e-9
    assert np.isinf(market.price[beyond]).all()
    assert np.isinf(trade.cost[beyond]).all()
    assert np.isnan(trade.margin[beyond]).all()
    assert (market.cheapest[beyond] == -1).all()
    earned = revenue(market, trade)
    assert segments(market, earned.without)[-1][0] == "nobody"


def test_arbitrage_beyond_every_single_prover_is_not_called_a_margin() -> None:
    single = records("a", [(1.0, 5, 5)] * 5 + [(1.0, 5, 0)] * 5)
    two = records("b", [(1.0, 5, 0)] * 5 + [(1.0, 5, 5)] * 5)
    market = build_market([single, two], low=0.4, high=1.0)
    trade = arbitrage(market)
    assert np.isfinite(trade.cost[-1])
    assert np.isinf(trade.price[-1])
    assert np.isnan(trade.margin[-1])
    assert np.isfinite(trade.margin[widest(trade)])


@pytest.mark.parametrize(("attempts", "successes"), [(1, 1), (1, 0), (3, 3)])
def test_one_problem(attempts: int, successes: int) -> None:
    sure = records("sure", [(4.0, 2, 2)])
    market = build_market([sure, records("other", [(1.0, attempts, successes)])])
    trade = arbitrage(market)
    assert np.isfinite(trade.cost).all()
    assert (trade.cost <= market.price + 1e-12).all()


row = st.tuples(st.floats(0.1, 50), st.integers(1, 8), st.integers(0, 8)).map(
    lambda t: (t[0], t[1], min(t[1], t[2]))
)


@st.composite
def markets(draw: st.DrawFn, most: int = 3) -> list[ProverRecords]:
    problems = draw(st.integers(1, 8))
    count = draw(st.integers(1, most))
    rows = st.lists(row, min_size=problems, max_size=problems)
    provers = [records(f"p{j}", draw(rows)) for j in range(count)]
    if not any(r.successes for prover in provers for r in prover.rows.values()):
        provers.append(records("sure", [(10.0, 2, 2)] * problems))
    return provers


GRID = np.geomspace(0.1, 400, 8)


def _market(found: list[ProverRecords], estimator: Estimator) -> Market:
    return build_market(
        found, estimator=estimator, most=400.0, points=40, rates=12, low=0.05, high=1.0
    )


@settings(calm, max_examples=60)
@given(found=markets(), estimator=st.sampled_from(ESTIMATORS), fine=st.booleans())
def test_arbitrage_never_costs_more_than_the_market(
    found: list[ProverRecords], estimator: Estimator, fine: bool
) -> None:
    market = _market(found, estimator)
    trade = arbitrage(market, None if fine else GRID)
    priced = np.isfinite(market.price)
    assert (trade.cost[priced] <= market.price[priced] * (1 + 1e-9)).all()
    assert (trade.margin[priced] >= 0).all()
    assert (trade.margin[priced] <= 1).all()
    known = np.isfinite(trade.cost)
    total = trade.shares[:, known].sum(axis=0)
    assert total == pytest.approx(trade.cost[known])
    earned = revenue(market, trade)
    both = earned.with_arbitrage.sum(axis=0) + earned.kept
    assert both[priced] == pytest.approx(market.price[priced])


@settings(calm, max_examples=40)
@given(found=markets(most=1), estimator=st.sampled_from(ESTIMATORS))
def test_one_prover_leaves_no_margin(found: list[ProverRecords], estimator: Estimator) -> None:
    market = _market(found[:1], estimator) if _solves(found[0]) else _market(found[1:], estimator)
    trade = arbitrage(market)
    priced = np.isfinite(market.price)
    assert trade.margin[priced] == pytest.approx(0.0, abs=1e-6)


def _solves(one: ProverRecords) -> bool:
    return any(record.successes for record in one.rows.values())


@settings(calm, max_examples=40)
@given(found=markets(), estimator=st.sampled_from(ESTIMATORS))
def test_more_provers_never_raise_the_cost(
    found: list[ProverRecords], estimator: Estimator
) -> None:
    market = _market(found, estimator)
    everyone = arbitrage(market, GRID)
    for name in market.names:
        fewer = market.of([other for other in market.names if other != name])
        if fewer.provers:
            assert (everyone.cost <= arbitrage(fewer, GRID).cost * (1 + 1e-9)).all()


@calm
@given(
    price=st.floats(1, 1e6),
    shares=st.lists(st.floats(0.01, 1.0), min_size=1, max_size=5),
    step=st.floats(0.005, 0.5),
)
def test_competition_never_ends_below_cost(price: float, shares: list[float], step: float) -> None:
    costs = [price * share for share in shares]
    price_war = undercut(price, costs, step)
    assert (np.diff(price_war.prices) < 0).all()
    assert price_war.price >= min(costs)
    if len(costs) > 1:
        # Whoever is second cheapest would have undercut anything higher.
        assert price_war.price <= sorted(costs)[1] or price_war.price == price
    for seller, asked in zip(price_war.undercutters, price_war.prices[1:], strict=True):
        assert asked >= costs[seller]


def test_competition_of_equals_ends_at_cost() -> None:
    price_war = undercut(100.0, [40.0, 40.0], 0.05)
    assert price_war.price == 40.0
    assert price_war.undercutters[:4] == (0, 1, 0, 1)
    assert undercut(100.0, [40.0], 0.05).prices.tolist() == [100.0, 95.0]
    assert undercut(100.0, [], 0.05).price == 100.0


@calm
@given(
    cost=st.floats(0.1, 0.99),
    fixed=st.floats(0, 0.5),
    step=st.floats(0.01, 0.3),
    active=st.integers(0, 6),
)
def test_entry_and_exit_stay_between_cost_and_price(
    cost: float, fixed: float, step: float, active: int
) -> None:
    history = entry_and_exit(1.0, cost, volume=1.0, fixed=fixed, step=step, active=active)
    for period in history:
        assert cost - 1e-9 <= period.price <= 1.0
        assert period.surplus >= -1e-9
    if fixed > 1 - cost:
        assert history[-1].active == 0
        assert history[-1].price == 1.0


def test_free_entry_brings_the_price_to_cost() -> None:
    last = entry_and_exit(100.0, 40.0, volume=10, fixed=0.0, step=0.05)[-1]
    assert last.price == pytest.approx(40.0)
    assert last.profit == pytest.approx(0.0)
    costly = entry_and_exit(100.0, 40.0, volume=10, fixed=150.0, step=0.05)[-1]
    assert costly.price > 40.0
    assert costly.profit >= -1e-6


def test_marginal_revenue_is_the_slope() -> None:
    rates = np.linspace(0.5, 0.9, 5)
    assert marginal_revenue(rates, 3 * rates) == pytest.approx(3.0)
    assert np.isnan(marginal_revenue(rates[:1], rates[:1])).all()
