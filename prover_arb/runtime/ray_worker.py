"""A market's worker in a Ray actor."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

from ray.exceptions import ActorUnavailableError, RayActorError

from prover_arb.broker.loop import Inspection
from prover_arb.core.purchases import Attempt, AttemptRequest
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.errors import OracleError, WorkerDied
from prover_arb.runtime.actor_handle import ActorHandle
from prover_arb.runtime.placement import Placement
from prover_arb.runtime.worker_factory import Worker

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

RESTARTS_IN_A_ROW = 5
PATIENCE_SECONDS = 60.0
"""A worker is given up that was so often, and for so long, not there to be started. A busy machine
takes many seconds to start a process in place of one that died."""

CLOSING_SECONDS = 10.0
"""How long a worker may take to close before its process is ended."""


class RayWorker:
    """A worker in an actor, which Ray restarts when its process dies."""

    def __init__(self, actor: ActorHandle[Worker], *, ends_actor: bool = False) -> None:
        """With `ends_actor` the actor ends with the worker, also one that waits for a machine."""
        self.actor = actor
        self._ends_actor = ends_actor
        self._started = False

    @classmethod
    def create(
        cls,
        make: Callable[[], Worker],
        placement: Placement,
        *,
        cpus: float,
        ends_actor: bool = False,
    ) -> RayWorker:
        """Asks Ray for an actor that takes so many CPUs.

        Until the cluster has room for it the actor is pending, which Ray's autoscaler counts as
        demand, and `start` waits.
        """
        actor = ActorHandle.create(
            make,
            num_cpus=cpus,
            max_restarts=-1,
            max_concurrency=100,
            enable_task_events=False,
            **placement.options,
        )
        return cls(actor, ends_actor=ends_actor)

    async def start(self) -> None:
        failures, patient_until = 0, time.monotonic() + PATIENCE_SECONDS
        while failures < RESTARTS_IN_A_ROW or time.monotonic() < patient_until:
            try:
                await self.actor.call(Worker.start)
            except ActorUnavailableError:
                failures += 1
                await asyncio.sleep(0.5)
            except RayActorError as error:
                raise OracleError(f"a worker cannot be restarted: {error}") from error
            else:
                self._started = True
                return
        raise OracleError(f"a worker died {failures} times in a row while starting")

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
        if not self._ends_actor:
            await self._close()
            return
        try:
            if self._started:
                async with asyncio.timeout(CLOSING_SECONDS):
                    await self._close()
        except TimeoutError:
            log.warning("a worker did not close within %g s; its process is ended", CLOSING_SECONDS)
        finally:
            self.actor.kill()

    async def _close(self) -> None:
        try:
            await self.actor.call(Worker.close)
        except RayActorError:
            log.debug("a worker's process was gone before it was closed")

    def restart(self) -> None:
        """Ends its process, whatever it does; Ray starts another one, which is to be started."""
        self.actor.restart()

    async def _call(
        self,
        method: Callable[Concatenate[Worker, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        try:
            return await self.actor.call(method, *args, **kwargs)
        except RayActorError as error:
            raise WorkerDied("the process that held a Lean worker ended") from error
