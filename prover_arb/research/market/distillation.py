"""Students against their teacher, and a provider that withholds its cheap model.

Source: arXiv 2603.22404. Each student is paired with its teacher, to see the mean margin over solve
rates against training tokens, and what the teacher loses. The mean is taken in two ways:

    at each rate       max over cascades of margin(q), averaged over the rates that have a price
    by one cascade     max over cascades of the mean of margin(q), 0 where it does not reach q; this
                       is the paper's

Gatekeeping means that a provider of an
expensive and a cheap model withholds the cheap one, and a distilled model takes its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from prover_arb.research.curves.cascade import evaluate
from prover_arb.research.curves.solve import read_cost
from prover_arb.research.market.arbitrage import arbitrage, margin
from prover_arb.research.market.model import Market
from prover_arb.research.market.revenue import revenue
from prover_arb.scheduler.index.arrays import Floats


@dataclass(frozen=True)
class Student:
    """What one student does to its teacher's market; means over solve rates."""

    name: str
    tokens: float
    """Training tokens as given, or as the name says; NaN if unknown."""
    mean_margin: float
    """With the best cascade at each solve rate."""
    mean_margin_of_one: float
    """With one cascade for all solve rates; those that it does not reach count as zero."""
    profit: float
    """The arbitrageur's mean profit per problem."""
    teacher_before: float
    """The teacher's mean revenue per problem without the arbitrageur."""
    teacher_after: float
    teacher_loss_to_both: float
    """The share of its revenue that the teacher loses to the student and the arbitrageur, against
    a market without either, over the solve rates that it reaches."""

    @property
    def teacher_loss(self) -> float:
        """The share of its revenue that the teacher loses."""
        if not self.teacher_before > 0:
            return float("nan")
        return 1.0 - self.teacher_after / self.teacher_before


def tokens_of(name: str) -> float:
    """Returns the training size that ends a prover's name, or NaN.

    Example:
        >>> tokens_of("1.7b-845"), tokens_of("small-192k"), tokens_of("small-1.5M")
        (845.0, 192000.0, 1500000.0)
    """
    size = re.search(r"[-_](\d+(?:\.\d+)?)([kKmM]?)$", name)
    if size is None:
        return float("nan")
    return float(size.group(1)) * {"": 1, "k": 1e3, "m": 1e6}[size.group(2).lower()]


def students(market: Market, teacher: str, tokens: dict[str, float]) -> list[Student]:
    """Returns every other prover of the market as a student, the least trained first."""
    results = []
    for name in market.names:
        if name == teacher:
            continue
        pair = market.of([name, teacher])
        trade = arbitrage(pair)
        earned = revenue(pair, trade)
        at = pair.names.index(teacher)
        reached = np.isfinite(pair.prices[at])
        alone = _mean(pair.prices[at, reached])
        results.append(
            Student(
                name=name,
                tokens=tokens.get(name, tokens_of(name)),
                mean_margin=_mean(trade.margin),
                mean_margin_of_one=_margin_of_one(pair),
                profit=_mean(earned.kept),
                teacher_before=_mean(earned.without[at]),
                teacher_after=_mean(earned.with_arbitrage[at]),
                teacher_loss_to_both=1.0 - _mean(earned.with_arbitrage[at, reached]) / alone,
            )
        )
    return sorted(
        results, key=lambda student: (np.isnan(student.tokens), student.tokens, student.name)
    )


@dataclass(frozen=True)
class Gate:
    """One situation of the provider of the expensive model."""

    situation: str
    provers: tuple[str, ...]
    provider: float
    """The mean revenue per problem of that provider, over all its models."""
    customers: float
    """The mean price per problem, after competition has brought it down to A."""
    margin: float


def gatekeeping(market: Market, dear: str, cheap: str, distilled: str) -> list[Gate]:
    """Compares selling the model `dear` alone, with `cheap`, and with `cheap` withheld.

    In the last case others sell the model `distilled`.
    """
    situations = {
        "dear model only": ([dear], [dear]),
        "both models sold": ([dear, cheap], [dear, cheap]),
        "cheap one withheld, a distilled one sold": ([dear, distilled], [dear]),
    }
    gates = []
    for situation, (names, own) in situations.items():
        submarket = market.of(names)
        trade = arbitrage(submarket)
        earned = revenue(submarket, trade).with_arbitrage
        mine = earned[[submarket.names.index(name) for name in own]].sum(axis=0)
        gates.append(
            Gate(
                situation,
                tuple(submarket.names),
                _mean(mine),
                _mean(trade.cost),
                _mean(trade.margin),
            )
        )
    return gates


def _margin_of_one(pair: Market) -> float:
    """Returns the best mean margin of one cascade of two provers, swept along its budget."""
    most = float(pair.budgets[-1])
    thresholds = [(first, most) for first in pair.budgets]
    sweep = np.concatenate([pair.budgets, most + pair.budgets[1:]])
    solved, spend = evaluate(pair.provers, thresholds, sweep)
    means = [
        np.nan_to_num(margin(pair.price, read_cost(rate, cost, pair.rates))).mean()
        for rate, cost in zip(solved, spend, strict=True)
    ]
    return float(max(means))


def _mean(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if len(finite) else float("nan")
