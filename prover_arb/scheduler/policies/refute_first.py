"""Ask whether the statement is false before much is spent on proving it.

What is bought for a false statement is lost, up to the whole budget. With a share f of false
statements among those the cheap sellers leave open, a refutation at price c that would be found
saves on average f times what is spent else; it is worth asking for where c < f * stake. The stake
is what may still be spent, and f is taken for `SHARE`.
"""

from __future__ import annotations

from typing import Literal

from prover_arb.core.protocols import Policy
from prover_arb.core.purchases import Buy, State, Stop
from prover_arb.core.theorem import REFUTER
from prover_arb.scheduler.policies.valuing import at_value

SHARE = 0.02
"""Statements that are false, of those that cheaper sellers than the refuter could not prove; one
of 69 on MiniF2F's test split, more where machines wrote them."""

PREFIX = "refute+"
"""In a policy's text form."""


class Doubting:
    """Another policy, but a refutation comes before the first attempt dearer than it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    @property
    def name(self) -> str:
        return PREFIX + self._policy.name

    @property
    def procurement(self) -> Literal["posted", "auction"]:
        return self._policy.procurement

    def at(self, value: int) -> Doubting:
        """The same where a proof is worth `value` micro-dollars.

        Raises:
            PolicyError: the other policy does not go by that.
        """
        return Doubting(at_value(self._policy, value))

    def decide(self, state: State) -> Buy | Stop:
        """What the other policy decides, which knows nothing of refutations."""
        attempts = tuple(one for one in state.pending if one.prover != REFUTER)
        decision = self._policy.decide(
            state.model_copy(update={"pending": attempts, "refuter": None})
        )
        if isinstance(decision, Stop):
            return decision
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
