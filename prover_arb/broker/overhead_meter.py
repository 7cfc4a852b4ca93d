"""Measures what a policy's decisions on one theorem take of the broker's processor.

It is the time of the thread that decides, so that it does not depend on what else the machine does.
What a policy learns, it may learn while it decides, while it is made, or when somebody else asks it
something; it says itself how long that took (`LearningPolicy`), and who decides next with it pays.
"""

from __future__ import annotations

from time import thread_time_ns

from prover_arb.core.overhead import Overhead
from prover_arb.core.protocols import LearningPolicy, Policy
from prover_arb.core.purchases import Buy, State, Stop


class OverheadMeter:
    """The processor time of a policy that is not on the ledger yet."""

    def __init__(self, policy: Policy, *, price: int) -> None:
        """`price` is in micro-dollars per CPU-hour."""
        self._policy = policy
        self._learner = policy if isinstance(policy, LearningPolicy) else None
        self._price = price
        self._deciding_ns = 0
        self._learning_ns = 0

    def decide(self, state: State) -> Buy | Stop:
        """Has the policy decide, and measures it."""
        self._learning_ns += self._learnt_ns()
        started = thread_time_ns()
        try:
            return self._policy.decide(state)
        finally:
            taken = thread_time_ns() - started
            learnt = self._learnt_ns()
            self._learning_ns += learnt
            self._deciding_ns += max(0, taken - learnt)

    def unrecorded(self) -> Overhead:
        """Returns what the ledger does not know yet, in whole microseconds, rounded up."""
        return Overhead(
            deciding_us=_microseconds(self._deciding_ns),
            learning_us=_microseconds(self._learning_ns),
            price=self._price,
        )

    def clear(self) -> None:
        """Begins at zero again: all that was measured is on the ledger."""
        self._deciding_ns = self._learning_ns = 0

    def _learnt_ns(self) -> int:
        return 0 if self._learner is None else self._learner.take_learning_ns()


def _microseconds(nanoseconds: int) -> int:
    return -(-nanoseconds // 1_000)
