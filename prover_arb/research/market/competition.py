"""Several arbitrageurs: undercutting, and entry and exit with fixed costs.

Source: arXiv 2603.22404: arbitrageurs take turns undercutting the price by a step, so that it falls
from M(q) to A(q) and the margin to zero. Fixed costs, entry and exit are additions of this project.
Costs and prices are per problem, fixed costs per period, in the unit of the records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from prover_arb.scheduler.index.arrays import Floats

PERIODS = 400
"""Periods that a market with entry and exit is simulated for."""


@dataclass(frozen=True)
class PriceWar:
    """How the price of one solve rate fell."""

    prices: Floats
    """The price after each turn [T+1]; the market price comes first."""
    undercutters: tuple[int, ...]
    """The number of the arbitrageur that undercut in each turn [T]."""

    @property
    def price(self) -> float:
        return float(self.prices[-1])


def undercut(price: float, costs: Sequence[float], step: float) -> PriceWar:
    """Lets arbitrageurs with the given costs undercut in turn by `step`, a share of the first
    price.

    Each asks the old price less the step, or its own cost if that is more, as long as this
    undercuts the price. It ends when no other arbitrageur can undercut the one that sells.

    If two or more have the lowest cost, the price ends there. If only one has it, the price ends
    just below the second lowest cost.

    Raises:
        ValueError: `step` is not in (0, 1].
    """
    if not 0 < step <= 1:
        raise ValueError(f"step: {step} is not a share in (0, 1]")
    prices, undercutters = [price], []
    holder, idle, turn = -1, 0, 0
    while costs and idle < len(costs):
        turn_of = turn % len(costs)
        turn += 1
        offer = max(prices[-1] - step * price, costs[turn_of])
        if turn_of == holder or not offer < prices[-1]:
            idle += 1
            continue
        prices.append(offer)
        undercutters.append(turn_of)
        holder, idle = turn_of, 0
    return PriceWar(np.array(prices), tuple(undercutters))


@dataclass(frozen=True)
class Period:
    """One period of a market with entry and exit."""

    active: int
    price: float
    profit: float
    """Of each active arbitrageur, after its fixed cost."""
    surplus: float
    """What customers save against the market price, over all problems of the period."""


def entry_and_exit(
    price: float,
    cost: float,
    *,
    volume: float,
    fixed: float,
    step: float,
    active: int = 0,
) -> list[Period]:
    """Simulates identical arbitrageurs that share `volume` problems per period.

    Each of them pays `fixed` per period. In each period the active ones undercut by `step` of M, if
    two or more of them could still pay their fixed cost at that price. One leaves if they lose
    money, and one enters if it would earn money after entering. The simulation begins with `active`
    of them. Without a fixed cost the price ends at A; with one it ends at the average cost of those
    that stay, never below A. Where no arbitrageur can pay the fixed cost, the market price stays.
    """
    now = price
    history: list[Period] = []
    for _ in range(PERIODS):
        earned = (now - cost) * volume
        if earned > fixed * (active + 1):
            active += 1
        elif active and earned < fixed * active * (1 - 1e-9):
            active -= 1
        if active >= 2:
            floor = cost + fixed * active / volume
            now = min(now, max(now - step * price, floor))
        elif not active:
            now = price
        profit = (now - cost) * volume / active - fixed if active else 0.0
        history.append(Period(active, now, profit, (price - now) * volume if active else 0.0))
        if len(history) > 2 and history[-1] == history[-2]:
            break
    return history


def marginal_revenue(rates: Floats, revenue: Floats) -> Floats:
    """Returns d revenue / d q [Q]: what provers earn from the next share of problems solved."""
    if len(rates) < 2 or not rates[-1] > rates[0]:
        return np.full(len(rates), np.nan)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.gradient(revenue, rates))
