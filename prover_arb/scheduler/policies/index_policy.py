"""The policy that buys by the index, learning as it goes.

It begins with recorded theorems, or with none: then the cheapest worst case promises most per
dollar, so that it goes from cheap sellers to dear ones like a cascade, and dear ones are tried
where a draw in their favour makes them worth their price. What it has learnt comes with the state,
so the policy is a function of the state like any other; see index/learning.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from prover_arb.core.money import MICRO
from prover_arb.core.purchases import Buy, State, Stop
from prover_arb.scheduler.index.arrays import Floats
from prover_arb.scheduler.index.learning import Learner
from prover_arb.scheduler.policies.offer import next_attempt, supposed


class IndexPolicy:
    """Buys from the seller with the best index, while that is above 1.

    `value` is what a proof is worth in micro-dollars; None takes each theorem's budget for it.
    A purchase that the best index without bonuses would not have made is one that explores.
    """

    procurement: Literal["posted"] = "posted"

    def __init__(
        self,
        learner: Learner,
        *,
        name: str,
        value: int | None = None,
        max_attempts: Mapping[str, int] | None = None,
    ) -> None:
        self._learner = learner
        self._name = name
        self._value = value
        self._max_attempts = dict(max_attempts or {})

    @property
    def name(self) -> str:
        return self._name

    def decide(self, state: State) -> Buy | Stop:
        """An attempt of the seller with the best index that the budget leaves room for."""
        quotes = {quote.prover: quote.worst_case for quote in state.quotes}
        index = self._learner.after(state.memory, quotes)
        found = index.outlook(state.theorem, supposed(state), quotes, state.seed)
        value = (state.budget if self._value is None else self._value) / MICRO
        buy, worth = self._best(state, index.provers, value * found.chance / found.cost)
        per_dollar = value * (found.chance + found.bonus) / found.cost
        favoured = index.provers[int(per_dollar.argmax())] if index.provers else None
        # Where the bonuses favour the purchase that is best without them, nothing is explored.
        if buy is None or buy.prover != favoured:
            tried, attractive = self._best(state, index.provers, per_dollar)
            if tried is not None and (buy is None or tried.prover != buy.prover):
                return tried.model_copy(update={"explores": True})
            buy, worth = tried, attractive
        if buy is not None:
            return buy
        if worth:
            return Stop(why="sellers worth asking have no further attempt within the budget")
        return Stop(why="no seller's next attempt is worth what it costs")

    def _best(
        self, state: State, provers: tuple[str, ...], index: Floats
    ) -> tuple[Buy | None, bool]:
        """The purchase with the best index above 1, and whether any seller is above it."""
        left = index.copy()
        worth = False
        while left.size and left[j := int(left.argmax())] > 1:
            worth = True
            buy = next_attempt(
                state,
                provers[j],
                allowance=None,
                max_attempts=self._max_attempts.get(provers[j], 1),
            )
            if buy is not None:
                return buy, True
            left[j] = 0.0
        return None, worth
