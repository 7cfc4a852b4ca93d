"""What a replica keeps of an order that it puts back: nothing."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from prover_arb.api.service.cache_options import OWN_FOR_NOTHING
from prover_arb.api.service.database.database import Database, now, sqlite_url
from prover_arb.api.service.event_store import EventStore
from prover_arb.api.service.files.file_filler import FileFiller
from prover_arb.api.service.files.file_store import FileStore
from prover_arb.api.service.known_proofs import KnownProofs
from prover_arb.api.service.order_queue import OrderQueue
from prover_arb.api.service.order_store import OrderStore
from prover_arb.api.service.order_worker import OrderWorker
from prover_arb.api.service.orders import OrderTerms, new_order
from prover_arb.api.service.purchase_follower import PurchaseFollower
from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.api.service.service_limits import ServiceLimits
from prover_arb.broker.ledger.opening import open_ledger
from prover_arb.core.money import MicroUSD
from prover_arb.core.theorem import Theorem
from prover_arb.runtime import LocalMarketplace
from prover_arb.runtime.null_market import NullWorkerFactory

PATIENCE_SECONDS = 60
STUCK = NullWorkerFactory(seconds=600)


class Replica:
    """A worker on orders of one database, in this process."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.ledger = open_ledger(folder / "ledger.sqlite")
        self.orders = OrderStore(database, ServiceLimits(), cache_price=MicroUSD(0))
        events = EventStore(database, most=100)
        self.follower = PurchaseFollower(self.ledger, events, on_step=lambda step: None)
        self.worker = OrderWorker(
            OrderQueue(database, lease_seconds=30),
            self.orders,
            events,
            self.follower,
            RegisteredPolicies(),
            filler=FileFiller(FileStore(database), "core"),
            known=KnownProofs(database, OWN_FOR_NOTHING),
            at_once=2,
            heartbeat=10,
            on_finished=lambda status, spent, charged: None,
        )


async def _until_following(replica: Replica, count: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while replica.follower.following != count:
            await asyncio.sleep(0.01)


async def _park(folder: Path) -> int:
    """Returns how many orders are followed after one was parked that was followed before."""
    with closing(Database(sqlite_url(folder / "orders.sqlite"))) as database:
        replica = Replica(database, folder)
        terms = OrderTerms(
            theorem=Theorem(name="t", statement=": 1 = 1"),
            policy="single:null",
            budget=MicroUSD(100),
            settlement="cost-plus",
        )
        order = new_order(
            terms,
            tenant="ada",
            customer="ada",
            created_at=now(),
            request_id="",
            idempotency_key=None,
            price=None,
            margin_ppm=0,
        )
        await replica.orders.place(order)
        market = await LocalMarketplace.create(STUCK, ledger=folder / "ledger.sqlite", workers=1)
        running = asyncio.create_task(replica.worker.run(market))
        await _until_following(replica, 1)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await market.close()
        replica.ledger.close()
        return replica.follower.following


def test_a_parked_order_is_not_followed_any_more(tmp_path: Path) -> None:
    assert asyncio.run(_park(tmp_path)) == 0
