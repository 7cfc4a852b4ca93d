"""The policy that buys by the index and learns while it runs; its text form is `schedule`.

It begins with recorded theorems, those that come with the package if no file is named, or with
none. Without any, the cheapest worst case promises most
per dollar, so it goes from cheap provers to expensive ones like a cascade, and tries an expensive
one where a draw in its favour makes it worth its price. What it has learnt comes with the state, so
the policy is a function of the state like any other (index/learning.py).

Where a prover sells slices, the index of the next one is the best chance per dollar of buying it
alone, or with the next few, each if those before it fail: a barren slice is bought for the sake of
a good one after it (`Index.per_dollar_of_series`; the index of Gittins for a job in stages).

Where it stops it says what a proof would have to be worth to go on. An attempt with chance p and
cost c is bought where a proof is worth more than c / p: the asking value by which theorems that
share one budget are compared. Exploration bonuses count in p where exploration has no bound.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import chain
from typing import Literal

import numpy as np

from prover_arb.core.money import MICRO, MicroUSD
from prover_arb.core.purchases import Buy, Offer, Quote, State, Stop
from prover_arb.core.slices import product, worst_cases
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.attempt_index import Forecast, Index
from prover_arb.scheduler.index.learning import Learner
from prover_arb.scheduler.policies.exploration import Exploration, ExplorationBound
from prover_arb.scheduler.policies.next_attempt import (
    assuming_failures,
    attempts_of,
    next_attempt,
)


class IndexPolicy:
    """Buys from the prover with the best index, while that is above 1.

    `value` is what a proof is worth in micro-dollars; None takes each theorem's budget. A purchase
    explores if the best index without bonuses would not have made it.
    """

    procurement: Literal["posted"] = "posted"

    def __init__(
        self,
        learner: Learner,
        *,
        name: str,
        value: int | None = None,
        max_attempts: Mapping[str, int] | None = None,
        exploration: Exploration | None = None,
    ) -> None:
        """Makes a policy called `name`; provers that `max_attempts` leaves out sell one attempt.

        `exploration` bounds what is bought to learn; without it there is no bound.
        """
        self._learner = learner
        self._name = name
        self._value = value
        self._max_attempts = dict(max_attempts or {})
        self._exploration = exploration
        self._bound = None if exploration is None else ExplorationBound(exploration)

    @property
    def name(self) -> str:
        return self._name

    @property
    def value(self) -> int | None:
        """What a proof is worth, in micro-dollars; None: each theorem's budget."""
        return self._value

    def at(self, value: int) -> IndexPolicy:
        """Returns the same policy where a proof is worth `value` micro-dollars."""
        return IndexPolicy(
            self._learner,
            name=self.name,
            value=value,
            max_attempts=self._max_attempts,
            exploration=self._exploration,
        )

    def take_learning_ns(self) -> int:
        """Returns the nanoseconds of processor time spent on learning since this was last asked.

        A policy and what `at` makes of it learn together.
        """
        return self._learner.meter.take_ns()

    def index_for(self, state: State) -> Index:
        """Returns the index over all that is sold, after the history of the state."""
        coming = (_coming(quote) for quote in state.quotes if quote.slices)
        sold = {*(quote.product for quote in state.quotes), *chain(*coming)}
        slices = {quote.prover: quote.slices for quote in state.quotes if quote.slices}
        return self._learner.after(state.history, sold, slices)

    def decide(self, state: State) -> Buy | Stop:
        """Buys an attempt of the prover with the best index that the budget leaves room for."""
        quotes = {quote.product: quote.worst_case for quote in state.quotes}
        coming = {quote.product: _coming(quote) for quote in state.quotes if quote.slices}
        index = self.index_for(state)
        past = assuming_failures(state)
        forecast = index.forecast(state.theorem, past, quotes, state.seed)
        value = (state.budget if self._value is None else self._value) / MICRO
        without_bonus = forecast.chance / forecast.cost
        per_dollar = (forecast.chance + forecast.bonus) / forecast.cost
        for sold, series in coming.items():
            # A slice may be worth buying for the sake of those that come after it.
            of_series = index.per_dollar_of_series(state.theorem, past, series)
            for indices in (without_bonus, per_dollar):
                indices[index.columns[sold]] = max(indices[index.columns[sold]], of_series)
        buy, worthwhile = self._best(state, index, value * without_bonus, value)
        favourite = index.provers[int(per_dollar.argmax())] if index.provers else None
        # Where the bonuses favour the purchase that is best without them, nothing is explored.
        seller = {quote.product: quote.prover for quote in state.quotes}
        if buy is None or favourite is None or buy.prover != seller.get(favourite):
            explored, attractive = self._best(state, index, value * per_dollar, value)
            if explored is None or (buy is not None and explored.prover == buy.prover):
                buy, worthwhile = explored, attractive
            elif self._may_explore(state, index, explored, forecast):
                return explored.model_copy(update={"explores": True, "asking": None})
        if buy is not None:
            return buy
        why = (
            "the provers worth asking have no further attempt within the budget"
            if worthwhile
            else "no prover's next attempt is worth what it costs"
        )
        asking = per_dollar if self._bound is None else without_bonus
        return Stop(why=why, offer=self._offer(state, index, forecast, asking))

    def _best(
        self, state: State, index: Index, per_dollar: Floats, value: float
    ) -> tuple[Buy | None, bool]:
        """Returns the purchase with the best index above 1, and whether any index is above 1.

        `per_dollar` are the indices where a proof is worth `value` dollars.
        """
        remaining = per_dollar.copy()
        sold = {quote.product: quote.prover for quote in state.quotes}
        worthwhile = False
        while remaining.size and remaining[j := int(remaining.argmax())] > 1:
            worthwhile = True
            prover = sold.get(index.provers[j])
            buy = None if prover is None else self._next(state, prover)
            if buy is not None:
                asking = MicroUSD(int(value * MICRO / remaining[j]) + 1)
                return buy.model_copy(update={"asking": asking}), True
            remaining[j] = 0.0
        return None, worthwhile

    def _may_explore(self, state: State, index: Index, buy: Buy, forecast: Forecast) -> bool:
        if self._bound is None:
            return True
        bought = next(q.product for q in state.quotes if q.prover == buy.prover)
        return self._bound.allows(
            state.theorem,
            bought,
            seed=state.seed,
            cost=float(forecast.cost[index.columns[bought]]) * MICRO,
            products=sum(max(1, len(quote.slices)) for quote in state.quotes),
            history=state.history,
        )

    def _next(self, state: State, prover: str) -> Buy | None:
        return next_attempt(state, prover, allowance=None, max_attempts=self._sells(prover))

    def _offer(
        self, state: State, index: Index, forecast: Forecast, per_dollar: Floats
    ) -> Offer | None:
        """Returns the best attempt that is sold, whether or not the budget pays for it.

        Where exploration is bounded, bonuses do not count: at a value that they alone justify, the
        attempt would mostly not be bought.
        """
        quotes = {quote.product: quote for quote in state.quotes}
        for j in np.argsort(-per_dollar, kind="stable"):
            quote = quotes.get(index.provers[j])
            if quote is None:
                continue
            if quote.slice or attempts_of(state, quote.prover) < self._sells(quote.prover):
                return Offer(
                    prover=quote.prover,
                    value=int(MICRO / per_dollar[j]) + 1,
                    expected=math.ceil(forecast.cost[j] * MICRO),
                    worst_case=quote.worst_case,
                )
        return None

    def _sells(self, prover: str) -> int:
        return self._max_attempts.get(prover, 1)


def _coming(quote: Quote) -> dict[str, int]:
    """Returns the worst cases of the slice that is sold now and of those after it, by product."""
    first = quote.slice or 0
    worst = enumerate(worst_cases(quote.slices)[first:], first)
    return {product(quote.prover, index): most for index, most in worst}
