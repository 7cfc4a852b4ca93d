"""Where the market runs: in this process, or on Ray."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from prover_arb.broker.ledger.store import LedgerAddress
from prover_arb.core.lazy import lazy_module
from prover_arb.core.theorem import Profile
from prover_arb.core.worker_bounds import Workers
from prover_arb.oracle.options import DEFAULTS, OracleOptions
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime.local_worker import LocalWorkerFactory
from prover_arb.runtime.marketplace import LocalMarketplace, Marketplace
from prover_arb.runtime.worker_factory import Worker, WorkerFactory

if TYPE_CHECKING:
    from prover_arb.runtime import ray_market
else:
    ray_market = lazy_module("prover_arb.runtime.ray_market")

__all__ = [
    "LocalMarketplace",
    "Marketplace",
    "Worker",
    "WorkerFactory",
    "Workers",
    "open_market_of",
    "open_marketplace",
]


@asynccontextmanager
async def open_marketplace(
    *,
    ledger: LedgerAddress,
    ray: bool = True,
    address: str | None = None,
    workers: Workers | int | None = None,
    brokers: int = 1,
    catalog: Path | None = None,
    profile: Profile = "core",
    options: OracleOptions = DEFAULTS,
) -> AsyncIterator[Marketplace]:
    """Opens a market with `workers` Lean workers (one per CPU by default), and closes it.

    Between two bounds (`Workers`) their number goes with the queue.
    With `ray` the market runs on the cluster at `address`, or on the cluster that this program runs
    in as a job, or on a local one that ends with the market; there it may have several brokers,
    which share theorems and workers. `catalog` is a price list, by default
    the shipped one; `options` say how candidates are judged.

    Raises:
        CatalogError: the price list cannot be used, or an API key that it names.
        InputError: no cluster answers at `address`.
        ToolchainError, OracleError: no Lean worker started.
    """
    prices = load_catalog(catalog)
    prices.require_usable_keys()
    factory = LocalWorkerFactory(catalog=prices, profile=profile, options=options)
    async with open_market_of(
        factory, ledger=ledger, ray=ray, address=address, workers=workers, brokers=brokers
    ) as market:
        yield market


@asynccontextmanager
async def open_market_of(
    factory: WorkerFactory,
    *,
    ledger: LedgerAddress,
    ray: bool = True,
    address: str | None = None,
    workers: Workers | int | None = None,
    brokers: int = 1,
) -> AsyncIterator[Marketplace]:
    """Opens a market of the workers and provers of `factory`, like `open_marketplace`."""
    market: Marketplace
    if ray:
        market = await ray_market.RayMarketplace.create(
            factory, ledger=ledger, workers=workers, address=address, brokers=brokers
        )
    else:
        market = await LocalMarketplace.create(factory, ledger=ledger, workers=workers)
    try:
        yield market
    finally:
        await market.close()
