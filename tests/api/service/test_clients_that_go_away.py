"""A request that is cut off anywhere leaves no order that nobody works on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from prover_arb.api.problem_documents import Problem
from prover_arb.api.service.database.database import sqlite_url
from prover_arb.api.service.metrics import Metrics
from prover_arb.api.service.order_store import Selection
from prover_arb.api.service.orders import Order, OrderTerms
from prover_arb.api.service.registered_policies import RegisteredPolicies
from prover_arb.api.service.service import Service
from prover_arb.api.service.service_limits import ServiceLimits
from prover_arb.api.service.tenants import Tenant
from prover_arb.api.service.webhooks.sender import WebhookOptions
from prover_arb.core.money import MicroUSD
from prover_arb.core.theorem import Theorem
from prover_arb.runtime import LocalMarketplace, Marketplace
from prover_arb.runtime.null_market import NullWorkerFactory

TENANT = Tenant(id="", customer="")
TERMS = OrderTerms(
    theorem=Theorem(name="claim", statement=": 1 = 1"),
    policy="single:null",
    budget=MicroUSD(1000),
)


def test_every_stored_order_is_worked_on(tmp_path: Path) -> None:
    @asynccontextmanager
    async def open_market() -> AsyncIterator[Marketplace]:
        market = await LocalMarketplace.create(
            NullWorkerFactory(), ledger=tmp_path / "ledger.sqlite", workers=1
        )
        try:
            yield market
        finally:
            await market.close()

    async def main() -> None:
        service = Service(
            open_market,
            ledger=tmp_path / "ledger.sqlite",
            database=sqlite_url(tmp_path / "orders.sqlite"),
            profile="core",
            policies=RegisteredPolicies(),
            limits=ServiceLimits(),
            metrics=Metrics(),
            webhooks=WebhookOptions(),
        )
        service.open()
        async with asyncio.timeout(60):
            while True:
                try:
                    await service.keeper.judging()
                except Problem:
                    await asyncio.sleep(0.01)
                else:
                    break
            requests = []
            for number in range(60):
                placing = service.place(TENANT, TERMS, idempotency_key=None)
                requests.append(asyncio.create_task(placing))
                await asyncio.sleep(number * 0.0002)
                requests[-1].cancel()
            ended = await asyncio.gather(*requests, return_exceptions=True)
            assert any(isinstance(result, asyncio.CancelledError) for result in ended)
            while any(not order.finished_at for order in await orders(service)):
                await asyncio.sleep(0.02)
        stored = await orders(service)
        assert stored
        assert {order.status for order in stored} == {"proved"}
        await service.close()

    async def orders(service: Service) -> list[Order]:
        return await service.orders.page(TENANT.id, Selection(limit=100))

    asyncio.run(main())
