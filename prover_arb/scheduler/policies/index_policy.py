"""The policy that buys by the index and learns while it runs; its text form is `schedule`.

It begins with recorded theorems, those that come with the package if no file is named, or with
none. Without any, the cheapest worst case promises most
per dollar, so it goes from cheap provers to expensive ones like a cascade, and tries an expensive
one where a draw in its favour makes it worth its price. What it has learnt comes with the state, so
the policy is a function of the state like any other (index/learning.py).

Where it stops it says what a proof would have to be worth to go on. An attempt with chance p and
cost c is bought where a proof is worth more than c / p: the asking value by which theorems that
share one budget are compared. Exploration bonuses count in p where exploration has no bound.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np

from prover_arb.core.money import MICRO
from prover_arb.core.purchases import Buy, Offer, State, Stop
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

    def at(self, value: int) -> IndexPolicy:
        """Returns the same policy where a proof is worth `value` micro-dollars."""
        return IndexPolicy(
            self._learner,
            name=self.name,
            value=value,
            max_attempts=self._max_attempts,
            exploration=self._exploration,
        )

    def decide(self, state: State) -> Buy | Stop:
        """Buys an attempt of the prover with the best index that the budget leaves room for."""
        quotes = {quote.prover: quote.worst_case for quote in state.quotes}
        index = self._learner.after(state.history, quotes)
        forecast = index.forecast(state.theorem, assuming_failures(state), quotes, state.seed)
        value = (state.budget if self._value is None else self._value) / MICRO
        buy, worthwhile = self._best(state, index.provers, value * forecast.chance / forecast.cost)
        per_dollar = value * (forecast.chance + forecast.bonus) / forecast.cost
        favourite = index.provers[int(per_dollar.argmax())] if index.provers else None
        # Where the bonuses favour the purchase that is best without them, nothing is explored.
        if buy is None or buy.prover != favourite:
            explored, attractive = self._best(state, index.provers, per_dollar)
            if explored is None or (buy is not None and explored.prover == buy.prover):
                buy, worthwhile = explored, attractive
            elif self._may_explore(state, index, explored, forecast):
                return explored.model_copy(update={"explores": True})
        if buy is not None:
            return buy
        why = (
            "the provers worth asking have no further attempt within the budget"
            if worthwhile
            else "no prover's next attempt is worth what it costs"
        )
        return Stop(why=why, offer=self._offer(state, index.provers, forecast, quotes))

    def _best(
        self, state: State, provers: tuple[str, ...], index: Floats
    ) -> tuple[Buy | None, bool]:
        """Returns the purchase with the best index above 1, and whether any index is above 1."""
        remaining = index.copy()
        worthwhile = False
        while remaining.size and remaining[j := int(remaining.argmax())] > 1:
            worthwhile = True
            buy = next_attempt(
                state, provers[j], allowance=None, max_attempts=self._sells(provers[j])
            )
            if buy is not None:
                return buy, True
            remaining[j] = 0.0
        return None, worthwhile

    def _may_explore(self, state: State, index: Index, buy: Buy, forecast: Forecast) -> bool:
        if self._bound is None:
            return True
        return self._bound.allows(
            state.theorem,
            buy.prover,
            seed=state.seed,
            cost=float(forecast.cost[index.columns[buy.prover]]) * MICRO,
            provers=len(state.quotes),
            history=state.history,
        )

    def _offer(
        self,
        state: State,
        provers: tuple[str, ...],
        forecast: Forecast,
        quotes: Mapping[str, int],
    ) -> Offer | None:
        """Returns the best attempt that is sold, whether or not the budget pays for it.

        Where exploration is bounded, bonuses do not count: at a value that they alone justify, the
        attempt would mostly not be bought.
        """
        chance = forecast.chance + (forecast.bonus if self._bound is None else 0.0)
        asking = forecast.cost / chance
        for j in np.argsort(asking, kind="stable"):
            prover = provers[j]
            if prover in quotes and attempts_of(state, prover) < self._sells(prover):
                return Offer(
                    prover=prover,
                    value=int(asking[j] * MICRO) + 1,
                    expected=math.ceil(forecast.cost[j] * MICRO),
                    worst_case=quotes[prover],
                )
        return None

    def _sells(self, prover: str) -> int:
        return self._max_attempts.get(prover, 1)
