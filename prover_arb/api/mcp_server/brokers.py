"""Who does what the tools are told: a service, or a market in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from prover_arb.api.mcp_server.answers import Bought, Seller
from prover_arb.api.service.usd import dollars
from prover_arb.client import AsyncClient, Proof, Quote
from prover_arb.core.money import MicroUSD
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.theorem import Candidate, Profile, Theorem, Verdict
from prover_arb.errors import ProverArbError
from prover_arb.oracle.kernels.official.kernel import find
from prover_arb.oracle.toolchain.resolve import ensure
from prover_arb.problems import refuse_unfounded
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime import Marketplace, open_marketplace

OpenMarket = Callable[[], AbstractAsyncContextManager[Marketplace]]


class Broker(Protocol):
    """Judges and buys for the tools."""

    async def verify(self, theorem: Theorem, candidate: Candidate) -> Verdict: ...

    async def prove(
        self, theorem: Theorem, *, budget: MicroUSD, policy: str, seconds: int
    ) -> Bought: ...

    async def sellers(self, theorem: Theorem) -> list[Seller]: ...

    async def close(self) -> None: ...


class ServiceBroker:
    """Has a service do it."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._leaving: set[asyncio.Task[None]] = set()

    async def verify(self, theorem: Theorem, candidate: Candidate) -> Verdict:
        """Returns the verdict of the service."""
        return await self._client.verify(theorem, candidate)

    async def prove(
        self, theorem: Theorem, *, budget: MicroUSD, policy: str, seconds: int
    ) -> Bought:
        """Orders a proof, and waits for it; the order is cancelled if the caller goes away."""
        placing = asyncio.ensure_future(
            self._client.prove(
                theorem, budget_usd=dollars(budget), policy=policy, deadline=seconds, wait=0
            )
        )
        try:
            order = await asyncio.shield(placing)
            async for _ in self._client.events(order.id):
                pass
        except asyncio.CancelledError:
            leaving = asyncio.create_task(self._cancel(placing))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
            raise
        order = await self._client.proof(order.id)
        failed = str((order.problem or {}).get("detail", ""))
        return Bought.of(
            order.status,
            order.certificate,
            why_stopped=order.why_stopped or failed,
            spent_usd=f"{order.charged_usd:f}",
            order=order.id,
        )

    async def _cancel(self, placing: asyncio.Future[Proof]) -> None:
        """Cancels an order, which may not be placed yet."""
        with suppress(ProverArbError):  # one that was refused needs no cancelling
            await self._client.cancel((await placing).id)

    async def quote(self, theorem: Theorem, *, budget: MicroUSD, policy: str) -> Quote:
        """Returns what a proof would cost."""
        return await self._client.quote(theorem, budget_usd=dollars(budget), policy=policy)

    async def sellers(self, theorem: Theorem) -> list[Seller]:
        """Returns every prover of the service; its prices are those of short statements."""
        market = await self._client.market()
        return [
            Seller(
                name=prover.prover,
                most_usd=f"{prover.price_usd:f}",
                solve_rate=prover.solve_rate,
                cost_per_solved_usd=_shown(prover.cost_per_solved_usd),
            )
            for prover in market.provers
        ]

    async def close(self) -> None:
        """Closes the connections, once the orders that were given up are cancelled."""
        await asyncio.gather(*self._leaving, return_exceptions=True)
        await self._client.close()


class LocalBroker:
    """Does it on this machine, by a market that is opened when it is first needed."""

    def __init__(self, open_market: OpenMarket, catalog: Path | None = None) -> None:
        self._open = open_market
        self._catalog = catalog
        self._market: Marketplace | None = None
        self._opening = asyncio.Lock()
        self._closing = AsyncExitStack()

    async def verify(self, theorem: Theorem, candidate: Candidate) -> Verdict:
        """Returns the verdict of the oracle."""
        return await (await self._opened()).verify(theorem, candidate)

    async def prove(
        self, theorem: Theorem, *, budget: MicroUSD, policy: str, seconds: int
    ) -> Bought:
        """Buys a proof."""
        refuse_unfounded(theorem)
        market = await self._opened()
        run = f"mcp-{uuid4().hex[:12]}"
        job = ProofJob(policy=policy, budget=budget, run=run, deadline=seconds)
        outcome = await market.prove(theorem, job)
        return Bought.of(
            outcome.status,
            outcome.certificate,
            why_stopped=outcome.why_stopped,
            spent_usd=dollars(outcome.cost + outcome.verification_cost),
            order=run,
        )

    async def sellers(self, theorem: Theorem) -> list[Seller]:
        """Returns every prover of the price list, and what it asks for an attempt."""
        catalog = await asyncio.to_thread(load_catalog, self._catalog)
        return [
            Seller(
                name=prover.name,
                most_usd=dollars(prover.quote(theorem).worst_case),
                description=catalog.entries[prover.name].description,
            )
            for prover in catalog.priced_provers()
        ]

    async def _opened(self) -> Marketplace:
        async with self._opening:
            if self._market is None:
                self._market = await self._closing.enter_async_context(self._open())
            return self._market

    async def close(self) -> None:
        """Closes the market, if it was opened."""
        await self._closing.aclose()


def _shown(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


@asynccontextmanager
async def market_here(
    ledger: Path, catalog: Path | None, profile: Profile
) -> AsyncIterator[Marketplace]:
    """Opens a market with one Lean worker on this machine, which Lean is prepared for first."""
    find()
    await asyncio.to_thread(ensure, profile)
    async with open_marketplace(
        ledger=ledger, ray=False, workers=1, catalog=catalog, profile=profile
    ) as market:
        yield market
