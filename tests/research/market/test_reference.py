"""Every reference number of the market model, from the recorded attempts if they are there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from prover_arb.core.record_files import read_folder
from prover_arb.research.curves import read_cost
from prover_arb.research.curves.cascade import evaluate
from prover_arb.research.market.arbitrage import Arbitrage, arbitrage, at_rate, widest
from prover_arb.research.market.model import Market, build_market
from prover_arb.scheduler.index.arrays import Floats

SHARED = [parent / "shared" / "data" / "records" for parent in Path(__file__).resolve().parents]
RECORDS = next((folder for folder in SHARED if folder.is_dir()), SHARED[2])

pytestmark = [
    pytest.mark.needs_shared,
    pytest.mark.skipif(not RECORDS.is_dir(), reason=f"{RECORDS} is absent; these tests replay it"),
]

LEAN_GRID = np.geomspace(1.1264e5, 1.1264e7, 20)
"""The 20-point log grid per threshold, two decades, in the records' unit. Its ends are not part of
the reference; these were recovered from the reference costs, which lie above those of a finer
search: it finds cheaper cascades."""

PRICE = {0.70: 2.39e7, 0.75: 6.10e7, 0.80: 2.92e8, 0.85: 1.54e9, 0.90: 5.29e9}
COST = {0.70: 2.08e7, 0.75: 5.58e7, 0.80: 1.63e8, 0.85: 6.90e8, 0.90: 2.68e9}
MARGIN = {0.70: 0.132, 0.75: 0.085, 0.80: 0.442, 0.85: 0.551, 0.90: 0.494}


@pytest.fixture(scope="module")
def lean() -> Market:
    return build_market(read_folder(RECORDS / "lean"), most=2e8, low=0.6, high=0.9)


@pytest.fixture(scope="module")
def lean_arbitrage(lean: Market) -> Arbitrage:
    rates = np.array(list(PRICE))
    return arbitrage(lean.at(rates), LEAN_GRID)


def test_the_lean_market_has_244_problems(lean: Market) -> None:
    assert len(lean.problems) == 244
    assert lean.names == ["kimina-1.7b", "kimina-8b", "kimina-72b"]


@pytest.mark.parametrize("rate", PRICE)
def test_lean_prices_costs_and_margins(lean_arbitrage: Arbitrage, rate: float) -> None:
    i = at_rate(lean_arbitrage, rate)
    assert lean_arbitrage.price[i] * 244 == pytest.approx(PRICE[rate], rel=0.01)
    assert lean_arbitrage.cost[i] * 244 == pytest.approx(COST[rate], rel=0.01)
    assert lean_arbitrage.margin[i] == pytest.approx(MARGIN[rate], abs=0.005)


def test_lean_largest_margin_and_fall_of_revenue(lean: Market) -> None:
    trade = arbitrage(lean, LEAN_GRID)
    for at in (at_rate(trade, 0.848), widest(trade)):
        assert trade.margin[at] == pytest.approx(0.556, abs=0.005)
        assert trade.revenue_change[at] == pytest.approx(0.444, abs=0.005)
    # The top is flat: the largest margin lies two grid points to the left of the reference's.
    assert trade.rates[widest(trade)] == pytest.approx(0.848, abs=0.007)


def test_the_coarse_to_fine_search_finds_no_dearer_cascades(lean: Market) -> None:
    coarse, fine = arbitrage(lean, LEAN_GRID), arbitrage(lean)
    assert (fine.cost <= coarse.cost * 1.001).all()
    assert (fine.cost < coarse.cost * 0.999).mean() > 0.5


@pytest.fixture(scope="module")
def swebench() -> Market:
    records = read_folder(RECORDS / "swebench", ["gpt5mini", "deepseek"])
    return build_market(records, most=1.0, low=0.68)


def mean_margins(market: Market, first: Floats) -> Floats:
    """The mean over solve rates of (M - A) / M of each cascade whose first threshold is given.

    The second prover gets the rest of the budget; losses count as negative.
    """
    thresholds = np.column_stack([first, market.budgets[-1] - first])
    solved, spend = evaluate(market.provers, thresholds, market.budgets)
    costs = np.array([read_cost(s, c, market.rates) for s, c in zip(solved, spend, strict=True)])
    known = np.isfinite(market.price)
    gains = 1.0 - costs[:, known] / market.price[known]
    means: Floats = np.where(np.isfinite(gains).all(axis=1), gains.mean(axis=1), -np.inf)
    return means


def test_swebench_reference_policy_is_among_the_best_on_the_grid(swebench: Market) -> None:
    grid = np.geomspace(0.01, 0.5, 100)
    assert 0.0812 in grid.round(4)
    assert swebench.budgets[-1] - 0.0812 == pytest.approx(0.9188)
    # Neighbours on the grid differ by less than the sampling error of 445 problems.
    (reference,) = mean_margins(swebench, np.array([0.0812]))
    assert reference > mean_margins(swebench, grid).max() - 0.001


def test_swebench_prices_and_margins(swebench: Market) -> None:
    assert swebench.names == ["gpt5mini", "deepseek"]
    thresholds = [[0.0812, 0.9188]]
    solved, spend = evaluate(swebench.provers, thresholds, swebench.budgets)
    at75 = swebench.at(np.array([0.75]))
    assert at75.price[0] * 500 == pytest.approx(118.5, rel=0.01)
    assert read_cost(solved[0], spend[0], 0.75)[0] * 500 == pytest.approx(78.7, rel=0.01)
    margins = 1 - read_cost(solved[0], spend[0], swebench.rates) / swebench.price
    assert margins.max() == pytest.approx(0.411, abs=0.005)
    assert 1 - margins.max() == pytest.approx(0.589, abs=0.005)
