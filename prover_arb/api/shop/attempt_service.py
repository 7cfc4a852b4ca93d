"""The counter: takes what is asked of a seller, has the hosts work on it, turns away the rest."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from prover_arb.api.shop.completions import ChatRequest, Refusal
from prover_arb.core.purchases import Attempt
from prover_arb.core.theorem import Theorem
from prover_arb.errors import InputError, OracleError, ProverError
from prover_arb.provers.chat.model_config import ChatListing
from prover_arb.provers.recorded.seller import AnswersSeller
from prover_arb.runtime.worker_factory import Blueprint, Quoter
from prover_arb.runtime.worker_pool import HostQueue

BUSY_SECONDS = 2
"""When to come back while all places are taken."""

Reader = Callable[[str], Theorem]
"""From a message to the theorem that it asks to prove; raises InputError where there is none."""


class Counter:
    """Sellers of a blueprint, for at most `at_once` requests at a time.

    With `per_minute`, each buyer gets so many requests to each seller in any 60 seconds.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        names: Sequence[str],
        *,
        workers: int,
        at_once: int,
        read: Reader,
        per_minute: int | None = None,
    ) -> None:
        """Raises InputError for a name that is not sold here."""
        elsewhere = (ChatListing, AnswersSeller)
        offered = {s.name: s for s in blueprint.sellers() if not isinstance(s, elsewhere)}
        for name in names:
            if name not in offered:
                known = ", ".join(offered) or "none"
                raise InputError(f"no local prover {name!r} in the catalog; there are: {known}")
        self.sellers: dict[str, Quoter] = {name: offered[name] for name in names}
        self._hosts = HostQueue([blueprint.host() for _ in range(workers)])
        self._read = read
        self._free = at_once
        self._rate = None if per_minute is None else RateLimitItemPerMinute(per_minute)
        self._taken = MovingWindowRateLimiter(MemoryStorage())

    async def open(self) -> None:
        """Back as soon as one host is ready.

        Raises:
            ToolchainError, OracleError: no host came up.
        """
        await self._hosts.start()

    async def close(self) -> None:
        await self._hosts.close()

    async def sell(self, request: ChatRequest, *, buyer: str = "") -> tuple[Theorem, list[Attempt]]:
        """As many attempts as the request wants choices, each within its budget.

        Raises:
            Refusal: no such seller, no theorem in the message, no room or too many requests of
                this buyer, or Lean broke down.
        """
        seller = self.sellers.get(request.model)
        if seller is None:
            known = ", ".join(self.sellers)
            raise Refusal(
                404,
                f"no model {request.model!r} here; there are: {known}",
                param="model",
                code="model_not_found",
            )
        theorem = self._theorem(request)
        worst = seller.quote(theorem).worst_case
        budget = worst if request.budget is None else min(worst, request.budget)
        self._let_in(seller.name, buyer)
        self._free -= 1
        try:
            attempts = [
                await self._attempt(
                    seller.name, theorem, number, budget, seed=request.seed or 0, buyer=buyer
                )
                for number in range(request.n or 1)
            ]
        except ProverError as error:
            raise Refusal(400, str(error), param="messages") from error
        except OracleError as error:
            raise Refusal(503, f"Lean broke down: {error}") from error
        finally:
            self._free += 1
        return theorem, attempts

    def _let_in(self, seller: str, buyer: str) -> None:
        """Only what is let in counts: who is turned away has lost nothing but time."""
        if self._free < 1:
            raise _too_many("all workers are busy", wait=BUSY_SECONDS)
        if self._rate is not None and not self._taken.hit(self._rate, seller, buyer):
            reset = self._taken.get_window_stats(self._rate, seller, buyer).reset_time
            wait = max(1, math.ceil(reset - time.time()))
            raise _too_many(f"more than {self._rate.amount} requests in a minute", wait=wait)

    async def _attempt(
        self, seller: str, theorem: Theorem, number: int, budget: int, *, seed: int, buyer: str
    ) -> Attempt:
        return await self._hosts.run(
            lambda host: host.attempt(
                seller, theorem, number=number, budget=budget, seed=seed, customer=buyer
            ),
            customer=buyer,
            again=True,
        )

    def _theorem(self, request: ChatRequest) -> Theorem:
        asked = [m.text for m in request.messages if m.role == "user"]
        if not asked:
            raise Refusal(400, "no message of the user", param="messages")
        try:
            return self._read(asked[-1])
        except InputError as error:
            raise Refusal(400, str(error), param="messages") from error


def _too_many(why: str, *, wait: int) -> Refusal:
    return Refusal(429, why, code="rate_limit_exceeded", headers={"Retry-After": str(wait)})
