"""Asks whether the statement is false before much is spent on proving it.

What is bought for a false statement is lost, up to the whole budget. Let f be the share of false
statements among those that cheap provers leave open. A refutation at price c that would be found
saves f times what would be spent otherwise, on average; so it is worth asking for where c < f times
what may still be spent. `SHARE` stands for f.
"""

from __future__ import annotations

from math import ceil
from typing import Literal

from prover_arb.core.money import format_usd
from prover_arb.core.protocols import LearningPolicy, Policy
from prover_arb.core.purchases import Buy, State, Stop
from prover_arb.core.theorem import REFUTER
from prover_arb.scheduler.policies.valuing import at_value

SHARE = 0.02
"""The assumed share of false statements among those that provers cheaper than the refuter left
open: one of 69 on MiniF2F's test split, more where machines wrote the statements."""

PREFIX = "refute+"
"""How the text form of such a policy begins."""


class RefuteFirst:
    """Follows another policy, but asks for a refutation before the first more expensive attempt."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    @property
    def name(self) -> str:
        return PREFIX + self._policy.name

    @property
    def procurement(self) -> Literal["posted", "auction"]:
        return self._policy.procurement

    def at(self, value: int) -> RefuteFirst:
        """Returns the same policy where a proof is worth `value` micro-dollars.

        Raises:
            PolicyError: the other policy does not depend on what a proof is worth.
        """
        return RefuteFirst(at_value(self._policy, value))

    def take_learning_ns(self) -> int:
        """Returns the nanoseconds that the other policy spent on learning; 0 if it learns
        nothing."""
        return self._policy.take_learning_ns() if isinstance(self._policy, LearningPolicy) else 0

    def decide(self, state: State) -> Buy | Stop:
        """Decides as the other policy does, which is not shown refutations, or asks for one
        first."""
        attempts = tuple(pending for pending in state.pending if pending.prover != REFUTER)
        decision = self._policy.decide(
            state.model_copy(update={"pending": attempts, "refuter": None})
        )
        if isinstance(decision, Stop):
            return _with_what_was_not_asked(decision, state)
        if len(attempts) < len(state.pending):
            return Stop(why="it is being asked whether the statement is false")
        refuter = state.refuter
        if (
            refuter is None
            or decision.budget <= refuter.worst_case
            or refuter.worst_case > SHARE * state.spendable
        ):
            return decision
        return Buy(prover=refuter.prover, budget=refuter.worst_case)


def _with_what_was_not_asked(stop: Stop, state: State) -> Stop:
    """Returns the same decision, which says so if the budget is too small for a refutation."""
    refuter = state.refuter
    if refuter is None or refuter.worst_case <= SHARE * state.budget:
        return stop
    needed = format_usd(ceil(refuter.worst_case / SHARE))
    why = (
        f"{stop.why}; whether the statement is false was not asked, since that may cost "
        f"{format_usd(refuter.worst_case)}, which a budget of at least {needed} allows"
    )
    return stop.model_copy(update={"why": why})
