"""The histories that policies learn from: the theorems that each policy has finished.

A policy is a function of what it is given. Every decision on a theorem gets the same history, that
of the moment when work on the theorem began, so that decisions can be made again from the ledger
and do not depend on what is bought for other theorems meanwhile. What was judged in earlier runs,
and by programs that died, is read from the ledger once. A resumed theorem is left out of the
history until it finishes.
"""

from __future__ import annotations

from collections.abc import Sequence

from prover_arb.broker.settlement import past_of
from prover_arb.core.history import History, PurchaseOutcome, TheoremHistory
from prover_arb.core.protocols import Ledger
from prover_arb.core.purchases import Purchase
from prover_arb.core.theorem import REFUTER, Theorem


class Histories:
    """The history of each policy, over one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._histories: dict[str, History] = {}
        self._finished: dict[str, dict[tuple[str, str], TheoremHistory]] = {}
        self._earlier: dict[tuple[str, str], History] = {}

    def earlier(self, *, run: str, policy: str) -> History:
        """Returns what `policy` knew before `run`, for runs that resume theorems again and again.

        The theorems of such a run that are over by now are the easy ones, so learning from them
        alone would mislead.
        """
        if (run, policy) not in self._earlier:
            finished = self._ledger.finished(policy)
            others = (history for (other, _), history in finished.items() if other != run)
            self._earlier[run, policy] = History(others)
        return self._earlier[run, policy]

    def begin(self, *, run: str, policy: str, theorem: Theorem) -> History:
        """Returns what `policy` may know when work on `theorem` begins."""
        if policy not in self._histories:
            self._finished[policy] = self._ledger.finished(policy)
            self._histories[policy] = History(self._finished[policy].values())
        unended = self._finished[policy].pop((run, theorem.digest), None)
        if unended is not None:
            history = self._histories[policy]
            self._histories[policy] = History(
                finished for finished in history.since(0) if finished is not unended
            )
        return self._histories[policy]

    def end(
        self, *, run: str, policy: str, theorem: Theorem, purchases: Sequence[Purchase]
    ) -> None:
        """Adds `theorem` to the history, since nothing more is bought for it."""
        past = tuple(
            outcome for purchase in purchases if (outcome := _judged(purchase)) is not None
        )
        if past:
            ended = TheoremHistory(theorem=theorem.name, statement=theorem.statement, past=past)
            self._histories[policy] = self._histories[policy].after(ended)
            # If the same theorem is resumed with a larger budget, it is taken out again.
            self._finished[policy][run, theorem.digest] = ended


def _judged(purchase: Purchase) -> PurchaseOutcome | None:
    """Returns what can be learnt from a purchase.

    That is None if the prover did not deliver, or could not have proved the statement.
    """
    if purchase.state != "judged" or purchase.prover == REFUTER:
        return None
    if purchase.verdict is not None and purchase.verdict.status in {"invalid_statement", "refuted"}:
        return None
    return past_of(purchase)
