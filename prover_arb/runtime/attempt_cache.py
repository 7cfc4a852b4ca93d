"""Deterministic provers are not made to work twice for the same answer.

Policies that are compared in one run buy the same attempts. A deterministic prover would give the
same candidate at the same price, up to the noise of its processor clock, so its answer is handed
out again with the invoice that it had. The comparison becomes a paired one, and a run takes a
fraction of the time. Every policy still pays the full invoice in the ledger, and the oracle judges
every copy.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from prover_arb.core.purchases import Attempt, AttemptRequest
from prover_arb.core.theorem import Theorem

MOST_ATTEMPTS = 20_000
"""How many attempts are remembered; the least recently used ones are forgotten first."""

Key = tuple[str, AttemptRequest]


class AttemptCache:
    """Attempts by theorem and request."""

    def __init__(self, most: int = MOST_ATTEMPTS) -> None:
        self._most = most
        self._attempts: OrderedDict[Key, Attempt] = OrderedDict()
        self._locks: dict[Key, asyncio.Lock] = {}

    async def attempt(
        self, theorem: Theorem, request: AttemptRequest, work: Callable[[], Awaitable[Attempt]]
    ) -> Attempt:
        """Returns the earlier answer to the same request, or what `work` answers now.

        A second caller waits for an answer that is being made. Failures are not remembered.
        """
        key = (theorem.digest, request)
        lock = self._locks.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                known = self._attempts.get(key)
                if known is None:
                    known = await work()
                    self._attempts[key] = known
                self._attempts.move_to_end(key)
        finally:
            if not lock.locked():
                self._locks.pop(key, None)
        while len(self._attempts) > self._most:
            self._attempts.popitem(last=False)
        return known
