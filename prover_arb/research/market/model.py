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
"""How many solve rates are looked at."""

POINTS = 250
"""How many budgets are on the grid."""


@dataclass(frozen=True)
class Market:
    """Provers, cheapest attempt first, on the N problems that all of them have records of."""

    provers: tuple[ProverCurve, ...]
    problems: tuple[str, ...]
    """The names of the problems [N]."""
    budgets: Floats
    """Budgets for one prover on one problem [B], in the records' unit; they begin with 0."""
    rates: Floats
    """The solve rates looked at [Q], rising."""
    records_cost: float = 0.0
    """What the recorded attempts on these problems cost: the price of knowing the market."""
    unit: str = ""

    @property
    def in_unit(self) -> str:
        """The unit of costs, as it follows the name of an axis or a column."""
        return f" ({self.unit or 'unit of the records'})"

    @property
    def per_problem(self) -> str:
        """The unit of costs per problem, as it follows the name of an axis or a column."""
        return f" ({self.unit or 'unit of the records'} per problem)"

    @property
    def names(self) -> list[str]:
        return [prover.name for prover in self.provers]

    @cached_property
    def curves(self) -> list[Curve]:
        """One curve for each prover."""
        return [curve(prover, self.budgets) for prover in self.provers]

    @cached_property
    def prices(self) -> Floats:
        """What each prover's customers pay for each solve rate [m, Q]; inf out of reach."""
        return np.array([prover.cost(self.rates) for prover in self.curves])

    @cached_property
    def price(self) -> Floats:
        """The market price M(q) [Q], the least over provers; inf where no prover reaches q."""
        return np.asarray(self.prices.min(axis=0))

    @property
    def cheapest(self) -> NDArray[np.int64]:
        """The number of the prover with the market price [Q]; -1 where no prover reaches q."""
        return np.where(np.isfinite(self.price), self.prices.argmin(axis=0), -1)

    @property
    def reach(self) -> float:
        """The highest solve rate that a single prover reaches."""
        return max(prover.reach for prover in self.curves)

    def of(self, names: Sequence[str]) -> Market:
        """Returns the same market with only some of its provers."""
        chosen = tuple(prover for prover in self.provers if prover.name in names)
        return replace(self, provers=chosen)

    def on(self, problems: NDArray[np.int64]) -> Market:
        """Returns the same provers on some of the problems, by number; repeats are allowed."""
        return replace(
            self,
            provers=tuple(prover.subset(problems) for prover in self.provers),
            problems=tuple(self.problems[i] for i in problems),
            records_cost=search_cost(self.provers, problems),
        )

    def with_provers(self, provers: Sequence[ProverCurve]) -> Market:
        """Returns the market with other provers on the same grids, ordered by mean cost."""
        return replace(self, provers=_ordered(provers))

    def at(self, rates: Floats) -> Market:
        """Returns the same market at other solve rates."""
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
    """Builds the market of some provers' records.

    `most` is the highest budget for one problem; by default as far as the records go. `low` and
    `high` bound the solve rates; by default they run from 65% of what the best prover reaches to
    all of it.

    Raises:
        RecordsError: the provers share no problem, none ever solved one, or a bound is wrong.
    """
    problems = common_problems(records)
    provers = _ordered(
        [_curve_of(prover_records, problems, estimator) for prover_records in records]
    )
    if not any(prover.successes.any() for prover in provers):
        raise RecordsError(_nothing_sold(records, len(problems)))
    top = _furthest(provers) if most is None else most
    if not top > 0:
        raise RecordsError(f"the highest budget must be positive, not {top}")
    budgets = budget_grid(list(provers), top, points)
    market = Market(
        provers=provers,
        problems=tuple(problems),
        budgets=budgets,
        rates=np.empty(0),
        records_cost=search_cost(provers, np.arange(len(problems))),
        unit=next((row.unit for prover in records for row in prover.rows.values() if row.unit), ""),
    )
    end = market.reach if high is None else high
    begin = 0.65 * end if low is None else low
    if not 0 < begin <= end <= 1:
        raise RecordsError(f"solve rates from {begin:g} to {end:g}: expected 0 < low <= high <= 1")
    return market.at(np.linspace(begin, end, rates))


def _nothing_sold(records: Sequence[ProverRecords], shared: int) -> str:
    """Returns why there is no market, for records in which the shared problems have no proof."""
    elsewhere = sum(any(row.outcomes) for prover in records for row in prover.rows.values())
    why = "no prover ever solved any of the problems: there is nothing to sell"
    if elsewhere:
        why = (
            f"no prover solved any of the {shared} problems that all of them have records of; the "
            f"{elsewhere} proofs are of other problems. Choose provers that were tried on the "
            "same problems, with --provers"
        )
    return why


def search_cost(provers: Sequence[ProverCurve], problems: NDArray[np.int64]) -> float:
    """Returns what the recorded attempts on some problems cost; repeats are paid once."""
    distinct = np.unique(problems)
    return float(
        sum((prover.cost[distinct] * prover.attempts[distinct]).sum() for prover in provers)
    )


def _curve_of(records: ProverRecords, problems: Sequence[str], estimator: Estimator) -> ProverCurve:
    rows = [records.rows[problem] for problem in problems]
    return prover_curve(
        records.prover,
        [row.mean_cost for row in rows],
        [row.attempts for row in rows],
        [row.successes for row in rows],
        estimator,
    )


def _ordered(provers: Sequence[ProverCurve]) -> tuple[ProverCurve, ...]:
    return tuple(sorted(provers, key=lambda prover: float(prover.cost.mean())))


def _furthest(provers: Sequence[ProverCurve]) -> float:
    """Returns the budget that buys all recorded attempts on every problem that was solved."""
    solved = [prover.successes > 0 for prover in provers]
    spent = [
        (prover.cost * prover.attempts)[rows] for prover, rows in zip(provers, solved, strict=True)
    ]
    return float(max(amounts.max() for amounts in spent if len(amounts))) * 1.01
