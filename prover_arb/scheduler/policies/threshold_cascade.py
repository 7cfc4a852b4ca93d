"""The threshold cascade: cheap provers first, each up to its threshold, then the next.

Source: Olmedo, Schölkopf, Hardt, "Computational Arbitrage in AI Model Markets", 2026,
arXiv 2603.22404. There, tau_j is the most that is spent on prover j for one problem before the
problem goes on to prover j + 1. Here:

    tau_j                 `thresholds[name]`, micro-dollars, in the order of the mapping
    cost of an attempt    `PurchaseOutcome.cost`: the prover's invoice, and the verification
    attempts tau_j buys   whole ones; the threshold may cut the first one short (next_attempt.py)

Example: `ThresholdCascade({"flash": 100, "portfolio": 2_000})` spends up to $0.0001 on flash and,
if the theorem is still open, up to $0.002 on portfolio.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from prover_arb.core.money import plain_usd
from prover_arb.core.purchases import Buy, State, Stop
from prover_arb.scheduler.policies.next_attempt import next_attempt


class ThresholdCascade:
    """Spends up to `thresholds[j]` micro-dollars on each prover j in turn.

    Without thresholds it asks every prover on the market in turn, the cheapest worst case first,
    each as often as it sells. `max_attempts` says how often that is; provers that it leaves out
    sell one attempt.
    """

    procurement: Literal["posted"] = "posted"

    def __init__(
        self,
        thresholds: Mapping[str, int] | None = None,
        *,
        max_attempts: Mapping[str, int] | None = None,
        name: str | None = None,
    ) -> None:
        self._thresholds = None if thresholds is None else dict(thresholds)
        self._max_attempts = dict(max_attempts or {})
        self._name = name

    @property
    def name(self) -> str:
        if self._name is not None:
            return self._name
        if self._thresholds is None:
            return "cascade"
        steps = (f"{prover}={plain_usd(tau)}" for prover, tau in self._thresholds.items())
        return "cascade:" + ",".join(steps)

    def decide(self, state: State) -> Buy | Stop:
        """Buys an attempt of the first prover whose threshold has room for one."""
        for prover, tau in self._steps(state):
            buy = next_attempt(
                state, prover, allowance=tau, max_attempts=self._max_attempts.get(prover, 1)
            )
            if buy is not None:
                return buy
        return Stop(why="no prover has a further attempt within its threshold and the budget")

    def _steps(self, state: State) -> list[tuple[str, int | None]]:
        if self._thresholds is not None:
            return list(self._thresholds.items())
        cheapest_first = sorted(state.quotes, key=lambda quote: quote.whole)
        return [(quote.prover, None) for quote in cheapest_first]
