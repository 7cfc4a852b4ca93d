"""What a broker hands its policies to learn from: the theorems each of them has finished.

A policy stays a function of what it is given. The broker gives every decision on a theorem the same
memory, that of the moment when work on the theorem began, so that decisions can be made again from
the ledger, and do not depend on what others buy meanwhile. What was judged in earlier runs, and by
programs that died, is read from the ledger once; a theorem gone on with is no memory until it ends.
"""

from __future__ import annotations

from collections.abc import Sequence

from prover_arb.broker.settlement import past_of
from prover_arb.core.history import Finished, Memory, Past
from prover_arb.core.protocols import Ledger
from prover_arb.core.purchases import Purchase
from prover_arb.core.theorem import REFUTER, Theorem


class Archive:
    """Memories by policy, over one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._memories: dict[str, Memory] = {}
        self._found: dict[str, dict[tuple[str, str], Finished]] = {}
        self._earlier: dict[tuple[str, str], Memory] = {}

    def earlier(self, *, run: str, policy: str) -> Memory:
        """What `policy` knew before `run`, in which theorems are gone on with again and again.

        Those that are over by now would be the easy ones: to learn from them alone misleads.
        """
        if (run, policy) not in self._earlier:
            found = self._ledger.finished(policy)
            others = (one for (other, _), one in found.items() if other != run)
            self._earlier[run, policy] = Memory(others)
        return self._earlier[run, policy]

    def begin(self, *, run: str, policy: str, theorem: Theorem) -> Memory:
        """What `policy` may know when work on `theorem` begins."""
        if policy not in self._memories:
            self._found[policy] = self._ledger.finished(policy)
            self._memories[policy] = Memory(self._found[policy].values())
        unended = self._found[policy].pop((run, theorem.digest), None)
        if unended is not None:
            memory = self._memories[policy]
            self._memories[policy] = Memory(one for one in memory.since(0) if one is not unended)
        return self._memories[policy]

    def end(
        self, *, run: str, policy: str, theorem: Theorem, purchases: Sequence[Purchase]
    ) -> None:
        """Nothing more is bought for `theorem`."""
        past = tuple(judged for one in purchases if (judged := _judged(one)) is not None)
        if past:
            ended = Finished(theorem=theorem.name, statement=theorem.statement, past=past)
            self._memories[policy] = self._memories[policy].after(ended)
            # Should the same theorem be gone on with, with a larger budget, it is taken out again.
            self._found[policy][run, theorem.digest] = ended


def _judged(purchase: Purchase) -> Past | None:
    """What can be learnt from it; nothing where the seller did not deliver, or had no chance."""
    if purchase.state != "judged" or purchase.prover == REFUTER:
        return None
    if purchase.verdict is not None and purchase.verdict.status in {"invalid_statement", "refuted"}:
        return None
    return past_of(purchase)
