"""On Ray a pool grows into the room that the cluster has, and works on where there is no more."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Attempt, AttemptRequest
from prover_arb.core.theorem import Theorem
from prover_arb.core.worker_bounds import Workers
from prover_arb.runtime.null_market import NullWorker, NullWorkerFactory
from prover_arb.runtime.worker_pool import PoolStatus

ORDERS = 8
ATTEMPTS = 3


@dataclass(frozen=True)
class GatedWorker(NullWorker):
    """Its attempts last until there is a file `gate`."""

    gate: str = ""

    async def attempt(self, theorem: Theorem, request: AttemptRequest) -> Attempt:
        while not Path(self.gate).exists():
            await asyncio.sleep(0.05)
        return await super().attempt(theorem, request)


@dataclass(frozen=True)
class GatedFactory(NullWorkerFactory):
    gate: str = ""

    def worker(self) -> GatedWorker:
        return GatedWorker(proves=self.proves, gate=self.gate)


async def until(
    status: Callable[[], Awaitable[PoolStatus]], holds: Callable[[PoolStatus], bool]
) -> None:
    async with asyncio.timeout(120):
        while not holds(await status()):
            await asyncio.sleep(0.05)


@pytest.mark.ray
def test_it_grows_while_there_is_room_and_a_pending_worker_harms_nobody(
    local_ray: None, tmp_path: Path
) -> None:
    import ray  # noqa: PLC0415
    from ray._private.state import actors  # noqa: PLC0415

    from prover_arb.runtime.ray_market import RayMarketplace  # noqa: PLC0415

    room = int(ray.cluster_resources()["CPU"])
    bounds = Workers(least=1, most=room + 1, patience_seconds=0.05, idle_seconds=0.5)
    gate = tmp_path / "gate"
    factory = GatedFactory(proves=ATTEMPTS - 1, gate=str(gate))
    # The workers cannot import this file, so what is defined in it travels by value.
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]
    ledger = tmp_path / "ledger.sqlite"
    theorems = [Theorem(name=f"t{i}", statement=f": {i} = {i}") for i in range(ORDERS)]
    before = set(actors())

    def living() -> int:
        table = actors().items()
        return sum(name not in before and actor["State"] != "DEAD" for name, actor in table)

    async def main() -> None:
        async with RayMarketplace.opened(factory, ledger=ledger, workers=bounds) as market:

            def place(run: str) -> list[asyncio.Task[Outcome]]:
                job = ProofJob(policy="single:null", budget=10, run=run)
                return [asyncio.create_task(market.prove(theorem, job)) for theorem in theorems]

            orders = place("first")
            # One worker more is wanted than there is room for.
            await until(market.status, lambda s: (s.workers, s.ready) == (room + 1, room))
            gate.touch()
            outcomes = await asyncio.gather(*orders)
            assert {(o.status, o.cost) for o in outcomes} == {("proved", ATTEMPTS)}
            await until(market.status, lambda s: (s.workers, s.ready) == (1, 1))
            gate.unlink()
            orders = place("second")
            await until(market.status, lambda s: s.workers == room + 1)
            for order in orders:
                order.cancel()
            await asyncio.gather(*orders, return_exceptions=True)
            assert living() >= room + 1
        # Nothing is left, not even the actor that waited for room when the market closed.
        async with asyncio.timeout(60):
            while living():
                await asyncio.sleep(0.1)

    try:
        asyncio.run(main())
    finally:
        ray.cloudpickle.unregister_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]
    store = SqliteLedger(ledger)
    assert len(store.purchases(run="first")) == ORDERS * ATTEMPTS
    store.close()
