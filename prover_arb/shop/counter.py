"""The counter: takes what is asked of a seller, has the hosts work on it, turns away the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prover_arb.errors import InputError, OracleError, ProverError
from prover_arb.protocols import Attempt
from prover_arb.provers.chat.entry import ChatListing
from prover_arb.runtime.host import Blueprint, Quoter
from prover_arb.runtime.leases import HostQueue
from prover_arb.shop.wire import ChatRequest, Refusal
from prover_arb.theorem import Theorem

TRIES = 2
"""Hosts that may be lost over one attempt."""

RETRY_AFTER_SECONDS = 2

Reader = Callable[[str], Theorem]
"""From a message to the theorem that it asks to prove; raises InputError where there is none."""


class Counter:
    """Sellers of a blueprint, for at most `at_once` requests at a time."""

    def __init__(
        self,
        blueprint: Blueprint,
        names: Sequence[str],
        *,
        workers: int,
        at_once: int,
        read: Reader,
    ) -> None:
        """Raises InputError for a name that is not sold here."""
        offered = {s.name: s for s in blueprint.sellers() if not isinstance(s, ChatListing)}
        for name in names:
            if name not in offered:
                known = ", ".join(offered) or "none"
                raise InputError(f"no local prover {name!r} in the catalog; there are: {known}")
        self.sellers: dict[str, Quoter] = {name: offered[name] for name in names}
        self._hosts = HostQueue([blueprint.host() for _ in range(workers)])
        self._read = read
        self._free = at_once

    async def open(self) -> None:
        """Back as soon as one host is ready.

        Raises:
            ToolchainError, OracleError: no host came up.
        """
        await self._hosts.start()

    async def close(self) -> None:
        await self._hosts.close()

    async def sell(self, request: ChatRequest) -> tuple[Theorem, list[Attempt]]:
        """As many attempts as the request wants choices, each within its budget.

        Raises:
            Refusal: no such seller, no theorem in the message, no room, or Lean broke down.
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
        if self._free < 1:
            raise Refusal(
                429,
                "all workers are busy",
                code="rate_limit_exceeded",
                headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
            )
        self._free -= 1
        try:
            attempts = [
                await self._attempt(seller.name, theorem, number, budget, request.seed or 0)
                for number in range(request.n or 1)
            ]
        except ProverError as error:
            raise Refusal(400, str(error), param="messages") from error
        except OracleError as error:
            raise Refusal(503, f"Lean broke down: {error}") from error
        finally:
            self._free += 1
        return theorem, attempts

    async def _attempt(
        self, seller: str, theorem: Theorem, number: int, budget: int, seed: int
    ) -> Attempt:
        return await self._hosts.run(
            lambda host: host.attempt(seller, theorem, number=number, budget=budget, seed=seed),
            tries=TRIES,
        )

    def _theorem(self, request: ChatRequest) -> Theorem:
        asked = [m.text for m in request.messages if m.role == "user"]
        if not asked:
            raise Refusal(400, "no message of the user", param="messages")
        try:
            return self._read(asked[-1])
        except InputError as error:
            raise Refusal(400, str(error), param="messages") from error
