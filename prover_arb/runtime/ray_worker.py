"""A market's worker in a Ray actor."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

from ray.exceptions import ActorUnavailableError, RayActorError

from prover_arb.broker.loop import Inspection
from prover_arb.core.purchases import Attempt, AttemptRequest
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.errors import OracleError, WorkerDied
from prover_arb.runtime.actor_handle import ActorHandle
from prover_arb.runtime.worker_factory import Worker

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

RESTARTS_IN_A_ROW = 5
"""A worker that dies this often while it starts is given up."""


class RayWorker:
    """A worker in an actor, which Ray restarts when its process dies."""

    def __init__(self, actor: ActorHandle[Worker]) -> None:
        self._actor = actor

    async def start(self) -> None:
        for _ in range(RESTARTS_IN_A_ROW):
            try:
                await self._actor.call(Worker.start)
            except ActorUnavailableError:
                await asyncio.sleep(0.5)
            except RayActorError as error:
                raise OracleError(f"a worker cannot be restarted: {error}") from error
            else:
                return
        raise OracleError(f"a worker died {RESTARTS_IN_A_ROW} times in a row while starting")

    async def attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt:
        """Makes an attempt; if it is cancelled, what it used is not known and not invoiced."""
        return await self._call(Worker.attempt, theorem, request)

    async def verify(
        self, theorem: Theorem, candidate: Candidate, limits: Limits, *, customer: str = ""
    ) -> Verdict:
        return await self._call(Worker.verify, theorem, candidate, limits, customer=customer)

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> Inspection:
        return await self._call(Worker.inspect, theorem, customer=customer)

    async def identity(self) -> ToolchainIdentity:
        return await self._call(Worker.identity)

    async def close(self) -> None:
        try:
            await self._actor.call(Worker.close)
        except RayActorError:
            log.debug("a worker's process was gone before it was closed")

    def restart(self) -> None:
        """Ends its process, whatever it does; Ray starts another one, which is to be started."""
        self._actor.restart()

    async def _call(
        self,
        method: Callable[Concatenate[Worker, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        try:
            return await self._actor.call(method, *args, **kwargs)
        except RayActorError as error:
            raise WorkerDied("the process that held a Lean worker ended") from error
