"""The same market on Ray: the engine in one actor or several, each worker in another."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import ray
from ray.exceptions import RayActorError

from prover_arb.broker.ledger.store import LedgerAddress
from prover_arb.broker.loop import Inspection
from prover_arb.core.outcome import Outcome
from prover_arb.core.plan import Plan
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Quote, verdicts_of
from prover_arb.core.theorem import Candidate, Limits, Theorem, ToolchainIdentity, Verdict
from prover_arb.core.worker_bounds import Workers
from prover_arb.errors import InputError
from prover_arb.oracle.alarm import sound_alarm
from prover_arb.runtime.actor_handle import ActorHandle
from prover_arb.runtime.broker_actors import BrokerActors, require_workers
from prover_arb.runtime.broker_shards import BrokerShards
from prover_arb.runtime.elastic_pool import WorkerSupply
from prover_arb.runtime.engine import Engine
from prover_arb.runtime.node_watch import NodeWatch
from prover_arb.runtime.placement import Placement, lean_placement
from prover_arb.runtime.ray_logs import receive_last_words
from prover_arb.runtime.ray_session import connect
from prover_arb.runtime.ray_worker import RayWorker
from prover_arb.runtime.shard_engine import ShardEngine
from prover_arb.runtime.worker_factory import Worker, WorkerFactory
from prover_arb.runtime.worker_pool import PoolStatus

log = logging.getLogger(__name__)

CLOSING_SECONDS = 20.0


class RayMarketplace:
    """A market whose engine and workers are Ray actors, owned by this process."""

    def __init__(
        self,
        brokers: BrokerActors,
        workers: Sequence[ActorHandle[Worker]],
        *,
        shut_ray_down: bool,
    ) -> None:
        self._shards = BrokerShards(brokers)
        self._nodes = NodeWatch()
        self._workers = workers
        self._shut_ray_down = shut_ray_down

    @classmethod
    async def create(
        cls,
        factory: WorkerFactory,
        *,
        ledger: LedgerAddress,
        workers: Workers | int | None = None,
        reserved: int = 0,
        reserved_factory: WorkerFactory | None = None,
        address: str | None = None,
        brokers: int = 1,
    ) -> RayMarketplace:
        """Opens with `workers` workers (one per CPU of the cluster by default).

        Between two bounds their number goes with the queue, and each takes a CPU; those for which
        the cluster has no room are pending actors, for which Ray's autoscaler may add machines.
        Besides them there are `reserved` workers for interactive requests only, which share the
        CPUs, from `reserved_factory` if they are of another make. Theorems and workers are shared
        between `brokers` brokers; see broker_shards.py.

        Raises:
            InputError: no cluster answers at `address`, or it has too few workers for the brokers.
            ToolchainError, OracleError: no worker started.
        """
        asked = None if workers is None else Workers.of(workers, 1)
        connected = connect(address, workers=None if asked is None else asked.most)
        placement = _placement()
        cpus = placement.cpus
        bounds = Workers.of(asked, cpus)
        try:
            require_workers(brokers, bounds)
        except InputError:
            if connected:
                ray.shutdown()
            raise
        # More workers than CPUs share them; Ray counts CPUs in ten-thousandths.
        shared = bounds.least > cpus and not bounds.elastic
        share = math.floor(cpus / bounds.least * 10_000) / 10_000 if shared else 1
        make = partial(RayWorker.create, factory.worker, placement, cpus=share)
        supply = WorkerSupply(partial(make, ends_actor=True), bounds)
        fixed = [] if bounds.elastic else [make() for _ in range(bounds.least)]
        besides = [
            RayWorker.create((reserved_factory or factory).worker, placement, cpus=0)
            for _ in range(reserved)
        ]
        started = BrokerActors(factory, fixed or supply, ledger, reserved=besides, count=brokers)
        actors = [worker.actor for worker in (*fixed, *besides)]
        market = cls(started, actors, shut_ray_down=connected)
        try:
            await market.start()
        except BaseException:
            await market.close()
            raise
        return market

    async def start(self) -> None:
        """Starts the workers, and returns as soon as each broker has one that is ready."""
        self._nodes.start()
        await self._shards.start()

    @classmethod
    @asynccontextmanager
    async def opened(
        cls,
        factory: WorkerFactory,
        *,
        ledger: LedgerAddress,
        workers: Workers | int | None = None,
        reserved: int = 0,
        reserved_factory: WorkerFactory | None = None,
        address: str | None = None,
        brokers: int = 1,
    ) -> AsyncIterator[RayMarketplace]:
        """Creates a market and closes it at the end."""
        market = await cls.create(
            factory,
            ledger=ledger,
            workers=workers,
            reserved=reserved,
            reserved_factory=reserved_factory,
            address=address,
            brokers=brokers,
        )
        try:
            yield market
        finally:
            await market.close()

    async def prove(self, theorem: Theorem, job: ProofJob) -> Outcome:
        outcome = await self._shards.prove(theorem, job)
        for verdict in verdicts_of(outcome.purchases):
            sound_alarm(theorem, verdict)
        return outcome

    async def plan(self, theorem: Theorem, job: ProofJob) -> Plan:
        return await self._shards.ask(theorem, Engine.plan, theorem, job)

    async def quotes(self, theorem: Theorem) -> list[Quote]:
        return await self._shards.ask(theorem, Engine.quotes, theorem)

    async def verify(
        self,
        theorem: Theorem,
        candidate: Candidate,
        limits: Limits | None = None,
        *,
        customer: str = "",
    ) -> Verdict:
        verdict = await self._shards.check(
            theorem, Engine.verify, theorem, candidate, limits, customer=customer
        )
        sound_alarm(theorem, verdict)
        return verdict

    async def inspect(self, theorem: Theorem, *, customer: str = "") -> Inspection:
        return await self._shards.check(theorem, Engine.inspect, theorem, customer=customer)

    async def identity(self) -> ToolchainIdentity:
        return await self._shards.ask(None, Engine.identity)

    async def status(self) -> PoolStatus:
        status = await self._shards.status()
        return status.model_copy(
            update={"nodes": self._nodes.alive, "nodes_lost": self._nodes.lost}
        )

    async def check_policy(self, policy: str) -> str:
        return await self._shards.ask(None, Engine.check_policy, policy)

    async def close(self) -> None:
        """Closes the workers' Lean processes and the ledger, then ends the actors."""
        self._nodes.stop()
        self._shards.stop()
        engines = tuple(self._shards.engines)
        try:
            await asyncio.gather(*map(_close, engines))
        finally:
            ends = (*(e.end_log for e in engines), *(w.end_log for w in self._workers))
            await receive_last_words(ends)
            for kill in (*(e.kill for e in engines), *(w.kill for w in self._workers)):
                kill()
            if self._shut_ray_down:
                ray.shutdown()


def cluster_cpus() -> int:
    """Returns how many CPUs the cluster has for Lean workers; a market has as many by default."""
    return _placement().cpus


def _placement() -> Placement:
    return lean_placement(ray.nodes())  # type: ignore[no-untyped-call]


async def _close(engine: ActorHandle[ShardEngine]) -> None:
    try:
        await asyncio.wait_for(engine.call(Engine.close), CLOSING_SECONDS)
    except (RayActorError, TimeoutError) as error:
        log.warning("the engine did not close cleanly: %s", error)
