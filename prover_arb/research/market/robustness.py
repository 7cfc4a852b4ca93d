"""Whether a policy fitted on some problems still earns money on others, after the search is paid.

Source: arXiv 2603.22404. Thresholds are fitted on a sample, whose own cost is the *search budget*,
and evaluated on problems of another domain. The search cost is subtracted from the profit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prover_arb.research.curves.cascade import outcome
from prover_arb.research.curves.cascade_search import FIT_POINTS, FIT_PRICES, cheapest_by_climbing
from prover_arb.research.curves.solve import budget_grid
from prover_arb.research.market.model import Market, search_cost

SMALLEST = 5
"""The least number of problems in a domain, and in a fitting sample."""


def domain(problem: str) -> str:
    """Returns where a problem comes from: its repository (SWE-bench) or its source (MiniF2F)."""
    if "__" in problem:
        return problem.rsplit("-", 1)[0]
    head = problem.split("_")
    name = re.match(r"[a-z]*", head[0]) if head[0] else None
    first = name.group() if name and name.group() else head[0]
    return "_".join(head[:2]) if first == "mathd" and len(head) > 1 else first


def domains(problems: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """Returns the problems of each large domain by number; the others together as `others`."""
    groups: dict[str, list[int]] = {}
    for number, problem in enumerate(problems):
        groups.setdefault(domain(problem), []).append(number)
    large = {name: numbers for name, numbers in groups.items() if len(numbers) >= 4 * SMALLEST}
    rest = [n for name, numbers in groups.items() if name not in large for n in numbers]
    if len(rest) >= SMALLEST:
        large["others"] = sorted(rest)
    return {name: np.array(numbers) for name, numbers in large.items()}


@dataclass(frozen=True)
class Transfer:
    """A policy fitted on one domain and used on the others; per problem, over repeated samples."""

    trained_on: str
    sample: int
    """How many problems the fitting sample has."""
    search: float
    """What their records cost."""
    margins: tuple[float, ...]
    """(M - A) / M on the other domains for each sample, at the solve rate reached there; losses
    are negative."""
    profits: tuple[float, ...]
    """M - A per problem for each sample."""
    prices: tuple[float, ...]
    """M on the other domains for each sample, at the solve rate reached there."""
    skipped: int
    """How many samples were left out: the policy solves more on the other domains than any single
    prover, so that there is no price to compare with, or there was nothing to fit on."""

    @property
    def price(self) -> float:
        """The mean of M over samples; NaN without one."""
        return float(np.mean(self.prices)) if self.prices else float("nan")

    @property
    def margin(self) -> float:
        """The mean of the margin over samples; NaN without one."""
        return float(np.mean(self.margins)) if self.margins else float("nan")

    def net_margin(self, volume: float) -> float:
        """Returns the mean over samples of the margin after the search, spread over `volume`
        problems; a mean of the same kind as `margin`."""
        search = self.search / volume
        nets = [(p - search) / m for p, m in zip(self.profits, self.prices, strict=True)]
        return float(np.mean(nets)) if nets else float("nan")

    def net_profit(self, volume: float) -> float:
        """Returns the mean profit per problem when the search is spread over `volume` problems."""
        return float(np.mean(self.profits)) - self.search / volume if self.profits else float("nan")

    def interval(self, level: float = 0.9) -> tuple[float, float]:
        """Returns the quantiles of the margin over samples that bound the share `level`."""
        if not self.margins:
            return float("nan"), float("nan")
        low, high = np.quantile(self.margins, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)


def transfer(
    market: Market,
    *,
    samples: Sequence[float] = (0.25, 0.5, 1.0),
    repeats: int = 20,
    target: float = 0.95,
    seed: int = 0,
) -> list[Transfer]:
    """Fits on each domain with search budgets of growing size, and evaluates on all other domains.

    `samples` are shares of the domain's problems; each is drawn `repeats` times with replacement,
    also the whole domain. `target` is the solve rate aimed at, as a share of the best that a single
    prover reaches on the sample.
    """
    groups = domains(market.problems)
    rng = np.random.default_rng(seed)
    everything = np.arange(len(market.problems))
    results = []
    for name, numbers in groups.items():
        others = np.setdiff1d(everything, numbers)
        if len(others) < SMALLEST:
            continue
        elsewhere = market.on(others)
        for share in samples:
            size = max(SMALLEST, round(share * len(numbers)))
            drawn = [rng.choice(numbers, size) for _ in range(repeats)]
            results.append(_transfer(market, name, drawn, elsewhere, target))
    return results


def _transfer(
    market: Market, name: str, drawn: list[NDArray[np.int64]], elsewhere: Market, target: float
) -> Transfer:
    margins, profits, prices = [], [], []
    for sample in drawn:
        tau = fit(market.on(sample), target)
        if tau is None:
            continue
        fail, spend = outcome(elsewhere.provers, tau)
        solved, cost = 1.0 - float(fail.mean()), float(spend.sum(axis=0).mean())
        price = min(float(curve.cost(solved)[0]) for curve in elsewhere.curves)
        if not np.isfinite(price) or price <= 0:
            continue
        margins.append((price - cost) / price)
        profits.append(price - cost)
        prices.append(price)
    return Transfer(
        trained_on=name,
        sample=len(drawn[0]),
        search=float(np.mean([search_cost(market.provers, sample) for sample in drawn])),
        margins=tuple(margins),
        profits=tuple(profits),
        prices=tuple(prices),
        skipped=len(drawn) - len(margins),
    )


def fit(market: Market, target: float) -> NDArray[np.float64] | None:
    """Returns the thresholds [m] of the cheapest cascade at `target` of the reach, or None."""
    if market.reach <= 0:
        return None
    grid = budget_grid(list(market.provers), float(market.budgets[-1]), FIT_POINTS)
    rate = target * market.reach
    cheapest = cheapest_by_climbing(market.provers, grid, [rate], prices=FIT_PRICES)
    return cheapest.thresholds[0] if np.isfinite(cheapest.cost[0]) else None
