"""Buys from one prover only, as a customer without a broker does."""

from __future__ import annotations

from typing import Literal

from prover_arb.core.purchases import Buy, State, Stop
from prover_arb.scheduler.policies.next_attempt import next_attempt


class SingleProver:
    """Buys attempts of one prover until it proves the theorem or sells no further attempt."""

    procurement: Literal["posted"] = "posted"

    def __init__(self, prover: str, *, max_attempts: int = 1) -> None:
        self._prover = prover
        self._max_attempts = max_attempts

    @property
    def name(self) -> str:
        return f"single:{self._prover}"

    def decide(self, state: State) -> Buy | Stop:
        """Buys another attempt while the budget and the prover allow one."""
        buy = next_attempt(state, self._prover, allowance=None, max_attempts=self._max_attempts)
        return buy or Stop(why=f"{self._prover} has no further attempt within the budget")
