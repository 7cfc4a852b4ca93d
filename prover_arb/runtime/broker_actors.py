"""The actors that hold the brokers of a market on Ray, each with its share of the workers.

A broker leases workers of its own share and of no other. One pool for all would have to be asked
twice for every purchase, by every broker, and would be the bottleneck that several brokers remove.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from prover_arb.broker.ledger.opening import absolute_address, open_ledger
from prover_arb.broker.ledger.store import LedgerAddress
from prover_arb.core.worker_bounds import Workers
from prover_arb.errors import InputError
from prover_arb.runtime.actor_handle import ActorHandle
from prover_arb.runtime.elastic_pool import WorkerSupply
from prover_arb.runtime.ray_worker import RayWorker
from prover_arb.runtime.shard_engine import ShardEngine
from prover_arb.runtime.worker_factory import WorkerFactory

MOST_REQUESTS = 10_000
"""How many requests an engine may work on at once; each waits for a worker most of its time."""


class BrokerActors:
    """Starts the actors of `count` brokers over one ledger."""

    def __init__(
        self,
        factory: WorkerFactory,
        workers: Sequence[RayWorker] | WorkerSupply[RayWorker],
        ledger: LedgerAddress,
        *,
        reserved: Sequence[RayWorker] = (),
        count: int = 1,
    ) -> None:
        """The workers, and those in `reserved`, are divided among the brokers.

        Workers of a supply are made by the broker that they belong to, and die with it.
        """
        self.count = count
        self._factory = factory
        self._address = absolute_address(ledger)
        self._workers = [
            workers.part(index, count)
            if isinstance(workers, WorkerSupply)
            else workers[index::count]
            for index in range(count)
        ]
        self._reserved = [reserved[index::count] for index in range(count)]
        if count > 1:
            open_ledger(self._address).close()  # It is made once, not by several programs at once.

    def start(self, index: int) -> ActorHandle[ShardEngine]:
        """Starts the actor of a broker; its engine is not started yet."""
        # The ledger is a file of this machine, and an engine without a CPU never waits for one.
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        engine = partial(
            ShardEngine,
            self._factory,
            self._workers[index],
            self._address,
            self._reserved[index],
        )
        return ActorHandle.create(
            engine,
            num_cpus=0,
            max_concurrency=MOST_REQUESTS,
            scheduling_strategy=here,
            enable_task_events=False,
        )

    def start_again(self, index: int, ended: ActorHandle[ShardEngine]) -> ActorHandle[ShardEngine]:
        """Starts the actor of a broker in place of one that ended, if need be by this.

        Its workers are started again, too: they may still do what the broker that ended asked.
        """
        ended.kill()
        workers = self._workers[index]
        again = () if isinstance(workers, WorkerSupply) else workers
        for worker in (*again, *self._reserved[index]):
            worker.restart()
        return self.start(index)

    def workers(self, index: int) -> int:
        """Returns how many workers a broker has, reserved ones included."""
        workers = self._workers[index]
        least = workers.bounds.least if isinstance(workers, WorkerSupply) else len(workers)
        return least + len(self._reserved[index])

    def has_reserved(self, index: int) -> bool:
        """Returns whether some of a broker's workers are reserved for interactive requests."""
        return bool(self._reserved[index])


def require_workers(brokers: int, workers: Workers | int) -> None:
    """Raises InputError if some broker would have no worker."""
    least = workers if isinstance(workers, int) else workers.least
    if brokers > least:
        raise InputError(
            f"--brokers {brokers}: each broker needs a worker, and there are {least}; give "
            "more --workers, or fewer brokers"
        )
