"""The index policy that says, where it stops, what a proof would have to be worth to go on.

An attempt with chance p and cost c is bought where a proof is worth more than c / p; that is the
asking value by which theorems that share one budget are compared. What is added to a chance for
the sake of learning counts here as it does in the decision.
"""

from __future__ import annotations

import math

import numpy as np

from prover_arb.core.money import MICRO
from prover_arb.core.purchases import Buy, Offer, State, Stop
from prover_arb.scheduler.policies.index_policy import IndexPolicy
from prover_arb.scheduler.policies.offer import bought, supposed


class AskingPolicy(IndexPolicy):
    """Decides as the index policy does."""

    def at(self, value: int) -> AskingPolicy:
        """The same policy where a proof is worth `value` micro-dollars."""
        return AskingPolicy(
            self._learner, name=self.name, value=value, max_attempts=self._max_attempts
        )

    def decide(self, state: State) -> Buy | Stop:
        decision = super().decide(state)
        if isinstance(decision, Buy):
            return decision
        return decision.model_copy(update={"offer": self._offer(state)})

    def _offer(self, state: State) -> Offer | None:
        """The best attempt that is sold, whatever is left to pay for it."""
        quotes = {quote.prover: quote.worst_case for quote in state.quotes}
        index = self._learner.after(state.memory, quotes)
        found = index.outlook(state.theorem, supposed(state), quotes, state.seed)
        asking = found.cost / (found.chance + found.bonus)
        for j in np.argsort(asking, kind="stable"):
            prover = index.provers[j]
            if prover in quotes and bought(state, prover) < self._max_attempts.get(prover, 1):
                return Offer(
                    prover=prover,
                    value=int(asking[j] * MICRO) + 1,
                    expected=math.ceil(found.cost[j] * MICRO),
                    worst_case=quotes[prover],
                )
        return None
