"""A market: provers with records of the same problems, on one grid of budgets and solve rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from prover_arb.core.records import ProverRecords, common_problems
from prover_arb.errors import RecordsError
from prover_arb.research.curves.prover_curve import Estimator, ProverCurve, prover_curve
from prover_arb.research.curves.solve import Curve, budget_grid, curve
from prover_arb.scheduler.index.arrays import Floats

RATES = 100
POINTS = 250


@dataclass(frozen=True)
class Market:
    """Provers, cheapest attempt first, on the N problems that all of them have records of."""

    sellers: tuple[ProverCurve, ...]
    problems: tuple[str, ...]
    """[N]"""
    budgets: Floats
    """[B] spent at most on one prover for one problem; begins with 0, in the records' unit."""
    rates: Floats
    """[Q] solve rates looked at, rising."""
    records_cost: float = 0.0
    """What making the records of these problems cost: the price of knowing the market."""
    unit: str = ""

    @property
    def names(self) -> list[str]:
        return [one.name for one in self.sellers]

    @cached_property
    def curves(self) -> list[Curve]:
        """One curve per seller."""
        return [curve(one, self.budgets) for one in self.sellers]

    @cached_property
    def prices(self) -> Floats:
        """[m, Q] what each prover's customers pay for each solve rate; inf out of reach."""
        return np.array([one.cost(self.rates) for one in self.curves])

    @cached_property
    def price(self) -> Floats:
        """[Q] market price M(q), the least over provers; inf where nobody reaches q."""
        return np.asarray(self.prices.min(axis=0))

    @property
    def cheapest(self) -> NDArray[np.int64]:
        """[Q] which prover has the market price; -1 where nobody reaches q."""
        return np.where(np.isfinite(self.price), self.prices.argmin(axis=0), -1)

    @property
    def reach(self) -> float:
        """The highest solve rate that a single prover sells."""
        return max(one.reach for one in self.curves)

    def of(self, names: Sequence[str]) -> Market:
        """The same market with only some of its provers."""
        kept = tuple(one for one in self.sellers if one.name in names)
        return replace(self, sellers=kept)

    def on(self, problems: NDArray[np.int64]) -> Market:
        """The same provers on some of the problems, by number; repeats are allowed."""
        return replace(
            self,
            sellers=tuple(one.subset(problems) for one in self.sellers),
            problems=tuple(self.problems[i] for i in problems),
            records_cost=search_cost(self.sellers, problems),
        )

    def with_sellers(self, sellers: Sequence[ProverCurve]) -> Market:
        """Other sellers on the same grids, put in order of what their attempts cost."""
        return replace(self, sellers=_ordered(sellers))

    def at(self, rates: Floats) -> Market:
        """The same market looked at other solve rates."""
        return replace(self, rates=rates)


def build_market(
    records: Sequence[ProverRecords],
    *,
    estimator: Estimator = "paper",
    most: float | None = None,
    low: float | None = None,
    high: float | None = None,
    points: int = POINTS,
    rates: int = RATES,
) -> Market:
    """The market of some provers' records.

    `most` is the highest budget for one problem (as far as the records go if absent); `low` and
    `high` are the solve rates looked at (from 65% of what the best prover reaches to all of it).

    Raises:
        RecordsError: the records make no market together.
    """
    problems = common_problems(records)
    sellers = _ordered([_seller(one, problems, estimator) for one in records])
    if not any(one.successes.any() for one in sellers):
        raise RecordsError("no prover ever solved any of the problems: there is nothing to sell")
    top = _furthest(sellers) if most is None else most
    if not top > 0:
        raise RecordsError(f"the highest budget must be positive, not {top}")
    budgets = budget_grid(list(sellers), top, points)
    market = Market(
        sellers=sellers,
        problems=tuple(problems),
        budgets=budgets,
        rates=np.empty(0),
        records_cost=search_cost(sellers, np.arange(len(problems))),
        unit=next((row.unit for one in records for row in one.rows.values() if row.unit), ""),
    )
    end = market.reach if high is None else high
    begin = 0.65 * end if low is None else low
    if not 0 < begin <= end <= 1:
        raise RecordsError(f"solve rates from {begin:g} to {end:g}: expected 0 < low <= high <= 1")
    return market.at(np.linspace(begin, end, rates))


def search_cost(sellers: Sequence[ProverCurve], problems: NDArray[np.int64]) -> float:
    """What the recorded attempts on some problems cost; a problem drawn twice is paid once."""
    once = np.unique(problems)
    return float(sum((one.cost[once] * one.attempts[once]).sum() for one in sellers))


def _seller(records: ProverRecords, problems: Sequence[str], estimator: Estimator) -> ProverCurve:
    rows = [records.rows[problem] for problem in problems]
    return prover_curve(
        records.prover,
        [row.mean_cost for row in rows],
        [row.attempts for row in rows],
        [row.successes for row in rows],
        estimator,
    )


def _ordered(sellers: Sequence[ProverCurve]) -> tuple[ProverCurve, ...]:
    return tuple(sorted(sellers, key=lambda one: float(one.cost.mean())))


def _furthest(sellers: Sequence[ProverCurve]) -> float:
    """The budget that buys every recorded attempt on every problem that was ever solved."""
    spent = [(one.cost * one.attempts)[one.successes > 0] for one in sellers]
    return float(max(each.max() for each in spent if len(each))) * 1.01
