"""The histories that policies learn from: the theorems that each policy has finished.

A policy is a function of what it is given. Every decision on a theorem gets the same history, that
of the moment when work on the theorem began, so that decisions can be made again from the ledger
and do not depend on what is bought for other theorems meanwhile. What was judged in earlier runs,
and by programs that died, is read from the ledger once. A resumed theorem is left out of the
history until it finishes.
"""

from __future__ import annotations

from collections.abc import Iterable

from prover_arb.broker.account import Account
from prover_arb.broker.settlement import purchase_outcome
from prover_arb.core.history import History, PurchaseOutcome, TheoremHistory
from prover_arb.core.protocols import Ledger
from prover_arb.core.purchases import Purchase
from prover_arb.core.theorem import ASIDE, Theorem


class Histories:
    """The history of each policy, over one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._histories: dict[str, History] = {}
        self._finished: dict[str, dict[tuple[str, str], TheoremHistory]] = {}
        self._earlier: dict[tuple[str, str], History] = {}

    def begin(self, account: Account) -> History:
        """Returns what the account's policy may know when work on its theorem begins.

        If a proof has a value (`ProofJob.value`), the theorems of the run are resumed again and
        again. Those of them that are over by now are the easy ones, so that learning from them
        alone would mislead; the policy then knows what it knew before the run.
        """
        run, policy, digest = _key(account)
        if account.job.value is not None:
            return self._before(run, policy)
        self.known(policy)
        self._take_out(run, policy, digest)
        return self._histories[policy]

    def known(self, policy: str) -> History:
        """Returns the theorems that a policy has finished."""
        if policy not in self._histories:
            self._finished[policy] = self._ledger.finished(policy)
            self._histories[policy] = History(self._finished[policy].values())
        return self._histories[policy]

    def end(self, account: Account) -> None:
        """Adds the account's theorem to the history, unless it will be resumed.

        If its deadline had passed before, work on it did not begin, and its policy may not be
        known yet.
        """
        ended = theorem_history(account.theorem, account.purchases)
        if ended is not None and account.job.value is None:
            self.learn(*_key(account), ended)

    def learn(self, run: str, policy: str, digest: str, ended: TheoremHistory) -> None:
        """Adds a theorem that this broker finished, or another one."""
        self.known(policy)
        self._take_out(run, policy, digest)
        self._histories[policy] = self._histories[policy].after(ended)
        # If the same theorem is resumed with a larger budget, it is taken out again.
        self._finished[policy][run, digest] = ended

    def _take_out(self, run: str, policy: str, digest: str) -> None:
        unended = self._finished[policy].pop((run, digest), None)
        if unended is not None:
            history = self._histories[policy]
            self._histories[policy] = History(
                finished for finished in history.since(0) if finished is not unended
            )

    def _before(self, run: str, policy: str) -> History:
        if (run, policy) not in self._earlier:
            finished = self._ledger.finished(policy)
            others = (history for (other, _), history in finished.items() if other != run)
            self._earlier[run, policy] = History(others)
        return self._earlier[run, policy]


def _key(account: Account) -> tuple[str, str, str]:
    return account.job.run, account.policy.name, account.theorem.digest


def theorem_history(theorem: Theorem, purchases: Iterable[Purchase]) -> TheoremHistory | None:
    """Returns what was bought for a theorem as policies learn from it; None if that is nothing."""
    past = tuple(outcome for purchase in purchases if (outcome := _judged(purchase)) is not None)
    if not past:
        return None
    return TheoremHistory(theorem=theorem.name, statement=theorem.statement, past=past)


def _judged(purchase: Purchase) -> PurchaseOutcome | None:
    """Returns what can be learnt from a purchase.

    That is None if the prover did not deliver, or could not have proved the statement.
    """
    if purchase.state != "judged" or purchase.prover in ASIDE:
        return None
    if purchase.verdict is not None and purchase.verdict.status in {"invalid_statement", "refuted"}:
        return None
    return purchase_outcome(purchase)
