"""Provers that answer alike again are not made to work twice for the same answer.

Policies that are compared in one run buy the same attempts. A deterministic prover would give the
same candidate at the same price, up to the noise of its processor clock, and so does a student for
the same number and seed; so the answer is handed out again with the invoice that it had. The
comparison becomes a paired one, and a run takes a fraction of the time. Every policy still pays the
full invoice in the ledger.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from prover_arb.core.purchases import Attempt, AttemptRequest
from prover_arb.core.theorem import Theorem
from prover_arb.runtime.answer_cache import AnswerCache

Key = tuple[str, AttemptRequest]


class AttemptCache(AnswerCache[Key, Attempt]):
    """Attempts by theorem and request."""

    async def attempt(
        self, theorem: Theorem, request: AttemptRequest, work: Callable[[], Awaitable[Attempt]]
    ) -> Attempt:
        """Returns the earlier answer to the same request, or what `work` answers now."""
        return await self.answer((theorem.digest, request), work)
