"""Several brokers of one market: each has a part of the theorems and of the workers.

A theorem belongs to a broker by the hash of its statement, so that no two buy for it and its bounds
(budget, attempts at once) hold as with one broker. All brokers write the same ledger, in which the
budget of a run is one number. What decisions on other theorems depend on, the histories that
policies learn from and how provers behave, comes to a broker with its next theorem: then it knows
every theorem that had ended by the time it begins, as a single broker does.

Under a lease (`ProofJob.lease`) one program alone may take steps in a run, so the theorems of such
a run, which are those of a file that a service fills, belong to one broker together.

One of several brokers that dies is started again, and the others go on. What it had in work ends
with `BrokerDied`, and may be asked for again under the next lease. Where several brokers buy in one
run, or there is one broker alone, its death is the end of the market.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Concatenate, ParamSpec, TypeVar

from ray.exceptions import RayActorError

from prover_arb.broker.ended import EndedTheorem
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Theorem
from prover_arb.errors import BrokerDied, ProverArbError, RunError
from prover_arb.runtime.actor_handle import ActorHandle
from prover_arb.runtime.broker_actors import BrokerActors
from prover_arb.runtime.engine import Engine
from prover_arb.runtime.shard_engine import ShardEngine
from prover_arb.runtime.worker_pool import PoolStatus

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

RESTART_SECONDS = 5.0
"""How long after it was started a broker that died is started again at the earliest."""

STARTS_IN_A_ROW = 3
"""A broker that dies this often while it starts is given up."""


class BrokerShards:
    """Brokers in actors, one or more, over one ledger."""

    def __init__(self, actors: BrokerActors) -> None:
        self._actors = actors
        self.engines = [actors.start(index) for index in range(actors.count)]
        self._started_at = [time.monotonic()] * actors.count
        self._restarting: dict[int, asyncio.Task[None]] = {}
        """The brokers that are started again, and those that cannot be."""
        self._restarts = 0
        self._not_told: list[list[EndedTheorem]] = [[] for _ in self.engines]
        """What each engine does not know yet of the others' theorems."""
        self._sharing: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Starts the workers of all engines; returns when each engine has one that is ready.

        Raises:
            ToolchainError, OracleError: an engine has none.
            RunError: an engine's process ended.
        """
        try:
            await asyncio.gather(*(engine.call(Engine.start) for engine in self.engines))
        except RayActorError as error:
            raise _ended(error) from error

    def stop(self) -> None:
        """Starts no broker again from now on."""
        for restart in self._restarting.values():
            restart.cancel()

    async def prove(self, theorem: Theorem, job: ProofJob) -> Outcome:
        """Buys a proof with the theorem's broker.

        Raises:
            BrokerDied: the broker died over it, and is started again.
            RunError: the broker died, and the market with it.
        """
        if len(self.engines) == 1:
            return await self._call(0, Engine.prove, theorem, job)
        if not job.lease:
            await self._share(job)
        index = broker_of(theorem, job, len(self.engines))
        await self._there(index)
        others, self._not_told[index] = self._not_told[index], []
        try:
            outcome, ended = await self._call(index, ShardEngine.prove_beside, theorem, job, others)
        except BaseException:
            # Nobody knows whether it was told; a history is learnt once all the same.
            if job.lease:
                self._not_told[index][:0] = others
            raise
        for other, not_told in enumerate(self._not_told):
            if other != index:
                not_told.append(ended)
        return outcome

    async def ask(
        self,
        theorem: Theorem | None,
        method: Callable[Concatenate[ShardEngine, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Calls a method that buys nothing, with the theorem's engine unless its broker is dead."""
        return await self._first(lambda _: False, theorem, method, *args, **kwargs)

    async def check(
        self,
        theorem: Theorem,
        method: Callable[Concatenate[ShardEngine, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Calls a method that needs Lean at once, with an engine that has reserved workers.

        That is the theorem's engine, which has read the theorem or will, if it has some.
        """
        without = self._without_reserved
        return await self._first(without, theorem, method, *args, **kwargs)

    async def status(self) -> PoolStatus:
        """Returns how busy the workers of all engines are."""
        parts = await asyncio.gather(*map(self._status_of, range(len(self.engines))))
        sums = {
            field: sum(getattr(part, field) for part in parts)
            for field, described in PoolStatus.model_fields.items()
            if described.is_required()
        }
        return PoolStatus(
            **sums,
            brokers=len(parts),
            brokers_ready=sum(part.brokers_ready for part in parts),
            broker_restarts=self._restarts,
        )

    async def _status_of(self, index: int) -> PoolStatus:
        restart = self._restarting.get(index)
        if restart is None or restart.done():
            try:
                return await self._call(index, Engine.status)
            except BrokerDied:
                pass
        workers = self._actors.workers(index)
        return PoolStatus(workers=workers, ready=0, waiting=0, restarts=0, brokers_ready=0)

    async def _first(
        self,
        later: Callable[[int], bool],
        theorem: Theorem | None,
        method: Callable[Concatenate[ShardEngine, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Calls a method of the first engine that answers, those of `later` brokers last."""
        count = len(self.engines)
        own = 0 if theorem is None else broker_of(theorem, None, count)
        order = sorted(
            range(count),
            key=lambda index: (index in self._restarting, later(index), (index - own) % count),
        )
        died: BrokerDied | None = None
        for index in order:
            try:
                return await self._call(index, method, *args, **kwargs)
            except BrokerDied as error:
                died = error
        assert died is not None
        raise died

    def _without_reserved(self, index: int) -> bool:
        return not self._actors.has_reserved(index)

    async def _call(
        self,
        index: int,
        method: Callable[Concatenate[ShardEngine, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Calls a method of an engine, once its broker is there.

        Raises:
            BrokerDied: its process ended, and is started again.
            RunError: its process ended, and is not.
        """
        await self._there(index)
        engine = self.engines[index]
        try:
            return await engine.call(method, *args, **kwargs)
        except RayActorError as error:
            raise self._lost(index, engine, error) from error

    async def _there(self, index: int) -> None:
        """Waits until a broker that is started again is there; raises RunError if it can't be."""
        restart = self._restarting.get(index)
        if restart is not None:
            await asyncio.wait({restart})
            if restart.cancelled():
                raise RunError("the market is closed")
            restart.result()

    def _lost(self, index: int, engine: ActorHandle[ShardEngine], error: RayActorError) -> RunError:
        """Has a broker started again whose engine does not answer; returns what to say of it."""
        if len(self.engines) == 1 or self._sharing:
            return _ended(error)
        which = f"broker {index + 1} of {len(self.engines)}"
        if index not in self._restarting and self.engines[index] is engine:
            why = str(error).partition("\n")[0]
            log.error("%s ended, and is started again with its workers: %s", which, why)
            # What asked it, and stands in this context with the ids of its log lines, does not.
            restart = asyncio.create_task(self._restart(index, which), context=Context())
            self._restarting[index] = restart
        return BrokerDied(f"{which} ended; what was paid for is in the ledger")

    async def _restart(self, index: int, which: str) -> None:
        """Starts a broker in place of one that ended.

        Raises:
            RunError: it does not start.
        """
        for _ in range(STARTS_IN_A_ROW):
            again_at = self._started_at[index] + RESTART_SECONDS
            await asyncio.sleep(again_at - time.monotonic())
            self._started_at[index] = time.monotonic()
            engine = self._actors.start_again(index, self.engines[index])
            self.engines[index] = engine
            try:
                await engine.call(Engine.start)
            except RayActorError as error:
                log.warning("%s ended while it started: %s", which, error)
            except ProverArbError as error:
                raise RunError(f"{which} does not start: {error}") from error
            else:
                self._not_told[index].clear()  # It has read the ledger.
                self._restarts += 1
                del self._restarting[index]
                log.warning("%s is there again", which)
                return
        raise RunError(f"{which} ended {STARTS_IN_A_ROW} times in a row while it started")

    async def _share(self, job: ProofJob) -> None:
        """Has all engines get ready for a run and a policy before any of them buys."""
        key = job.run, job.policy
        if key not in self._sharing:
            self._sharing[key] = asyncio.create_task(self._get_ready(job))
        try:
            await asyncio.shield(self._sharing[key])
        except BaseException:
            if self._sharing[key].done():
                del self._sharing[key]
            raise

    async def _get_ready(self, job: ProofJob) -> None:
        first, *others = range(len(self.engines))
        await self._call(first, ShardEngine.share, job, recover=True)
        await asyncio.gather(
            *(self._call(other, ShardEngine.share, job, recover=False) for other in others)
        )


def broker_of(theorem: Theorem, job: ProofJob | None, brokers: int) -> int:
    """Returns which of several brokers, from 0, buys for a theorem by the terms of a job."""
    text = theorem.digest
    if job is not None and job.lease and job.run_budget is not None:
        text = hashlib.sha256(job.run.encode()).hexdigest()
    return int(text[:8], 16) % brokers


def _ended(error: RayActorError) -> RunError:
    return RunError(
        "the process with the broker and the ledger ended; what was paid for is in the "
        f"ledger, and the run can be resumed ({error})"
    )
