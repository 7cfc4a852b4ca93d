"""Sells attempts of local provers, which workers make, and refuses requests that are too many."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from prover_arb.api.shop.completions import (
    ChatRequest,
    Reader,
    Refusal,
    no_model,
    theorem_of,
)
from prover_arb.core.money import MicroUSD
from prover_arb.core.purchases import Attempt, AttemptRequest
from prover_arb.core.theorem import Theorem
from prover_arb.errors import InputError, OracleError, ProverError
from prover_arb.provers.chat.model_config import PricedModel
from prover_arb.provers.recorded.answers_prover import AnswersProver
from prover_arb.runtime.worker_factory import PricedProver, WorkerFactory
from prover_arb.runtime.worker_pool import WorkerPool

BUSY_SECONDS = 2
"""How long a client is asked to wait while all places are taken."""


class AttemptService:
    """Sells attempts of the provers of a factory, for at most `at_once` requests at a time.

    With `per_minute`, each client may send that many requests to each prover in any 60 seconds.
    """

    def __init__(
        self,
        factory: WorkerFactory,
        names: Sequence[str],
        *,
        workers: int,
        at_once: int,
        read: Reader,
        per_minute: int | None = None,
    ) -> None:
        """Raises InputError if a name is not that of a local prover of the factory."""
        offered = {
            prover.name: prover
            for prover in factory.provers()
            if not isinstance(prover, PricedModel | AnswersProver)
        }
        for name in names:
            if name not in offered:
                known = ", ".join(offered) or "none"
                raise InputError(f"no local prover {name!r} in the catalog; there are: {known}")
        self.provers: dict[str, PricedProver] = {name: offered[name] for name in names}
        self._pool = WorkerPool([factory.worker() for _ in range(workers)])
        self._read = read
        self._free = at_once
        self._rate = None if per_minute is None else RateLimitItemPerMinute(per_minute)
        self._taken = MovingWindowRateLimiter(MemoryStorage())

    async def open(self) -> None:
        """Starts the workers, and returns as soon as one is ready.

        Raises:
            ToolchainError, OracleError: no worker started.
        """
        await self._pool.start()

    async def close(self) -> None:
        """Closes the workers."""
        await self._pool.close()

    async def sell(
        self, request: ChatRequest, *, client: str = ""
    ) -> tuple[Theorem, list[Attempt]]:
        """Makes as many attempts as the request wants choices, each within its budget.

        A prover that answers a theorem always alike is asked once, and its answer is every choice,
        for which nothing more is charged. Only an attempt that the client's budget ended earlier
        than the prover would have is `cut`.

        Raises:
            Refusal: no such prover, no theorem in the message, no room or too many requests of
                this client, or Lean broke down.
        """
        prover = self.provers.get(request.model)
        if prover is None:
            raise no_model(request.model, [*self.provers])
        theorem = theorem_of(request, self._read)
        worst = prover.quote(theorem).worst_case
        budget = worst if request.budget is None else min(worst, request.budget)
        wanted = request.n or 1
        alike = prover.deterministic and prover.max_attempts == 1
        self._let_in(prover.name, client)
        self._free -= 1
        try:
            attempts = [
                await self._attempt(
                    theorem,
                    AttemptRequest(
                        prover=prover.name,
                        number=number,
                        budget=MicroUSD(budget),
                        seed=request.seed or 0,
                        customer=client,
                    ),
                )
                for number in range(1 if alike else wanted)
            ]
        except ProverError as error:
            raise Refusal(400, str(error), param="messages") from error
        except OracleError as error:
            raise Refusal(503, f"Lean broke down: {error}") from error
        finally:
            self._free += 1
        if budget >= worst:
            attempts = [attempt.model_copy(update={"cut": False}) for attempt in attempts]
        repeated = attempts[0].model_copy(update={"cost": MicroUSD(0)})
        return theorem, attempts + [repeated] * (wanted - len(attempts))

    def _let_in(self, prover: str, client: str) -> None:
        """Counts the request, or refuses it; a refused request does not count."""
        if self._free < 1:
            raise _too_many("all workers are busy", wait=BUSY_SECONDS)
        if self._rate is not None and not self._taken.hit(self._rate, prover, client):
            reset = self._taken.get_window_stats(self._rate, prover, client).reset_time
            wait = max(1, math.ceil(reset - time.time()))
            raise _too_many(f"more than {self._rate.amount} requests in a minute", wait=wait)

    async def _attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt:
        return await self._pool.run(
            lambda worker: worker.attempt(theorem, request), customer=request.customer, again=True
        )


def _too_many(why: str, *, wait: int) -> Refusal:
    return Refusal(429, why, code="rate_limit_exceeded", headers={"Retry-After": str(wait)})
