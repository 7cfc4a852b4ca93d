"""Deterministic sellers are not made to work twice for the same answer.

Policies compared in one run buy the same attempts. A deterministic seller would give the same
candidate at the same price, up to the noise of its processor clock, so it is handed out again with
the invoice it had: the comparison becomes a paired one, and a run takes a fraction of the time.
Every policy still pays the full invoice on the ledger, and the oracle judges every copy.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import Theorem

KEPT = 20_000
"""Attempts remembered, the latest used ones."""

Key = tuple[str, str, str, int, int, int]


class Recall:
    """Attempts by customer, seller, theorem, attempt number, budget and seed."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._attempts: OrderedDict[Key, Attempt] = OrderedDict()
        self._asking: dict[Key, asyncio.Lock] = {}

    async def attempt(
        self,
        seller: str,
        theorem: Theorem,
        work: Callable[[], Awaitable[Attempt]],
        *,
        number: int,
        budget: int,
        seed: int,
        customer: str = "",
    ) -> Attempt:
        """What the seller answered to this before, or what `work` answers now.

        Whoever asks while the seller is at it waits for the same answer; failures are not kept.
        """
        key = (customer, seller, theorem.digest, number, budget, seed)
        lock = self._asking.setdefault(key, asyncio.Lock())
        try:
            async with lock:
                known = self._attempts.get(key)
                if known is None:
                    known = await work()
                    self._attempts[key] = known
                self._attempts.move_to_end(key)
        finally:
            if not lock.locked():
                self._asking.pop(key, None)
        while len(self._attempts) > self._kept:
            self._attempts.popitem(last=False)
        return known
