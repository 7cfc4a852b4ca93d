"""Where the market runs: in this process, or on Ray."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from prover_arb.core.theorem import Profile
from prover_arb.oracle.options import DEFAULTS, OracleOptions
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime.marketplace import LocalMarketplace, Marketplace
from prover_arb.runtime.worker_factory import Blueprint, Host

__all__ = [
    "Blueprint",
    "Host",
    "LocalMarketplace",
    "Marketplace",
    "open_blueprint",
    "open_marketplace",
]


@asynccontextmanager
async def open_marketplace(
    *,
    ledger: Path,
    ray: bool = True,
    address: str | None = None,
    workers: int | None = None,
    catalog: Path | None = None,
    profile: Profile = "core",
    options: OracleOptions = DEFAULTS,
) -> AsyncIterator[Marketplace]:
    """A market with `workers` Lean workers (one per CPU unless told), closed at the end.

    With `ray` the cluster at `address` is used, else the one this runs inside as a job, else a
    local one that ends with the market. `catalog` None is the catalog shipped here;
    `options` say how candidates are judged.

    Raises:
        CatalogError: the catalog cannot be used, or an API key that it names.
        InputError: no cluster answers at `address`.
        ToolchainError, OracleError: no Lean worker came up.
    """
    from prover_arb.runtime.lean_worker import LeanBlueprint  # noqa: PLC0415

    prices = load_catalog(catalog)
    prices.require_usable_keys()
    blueprint = LeanBlueprint(catalog=prices, profile=profile, options=options)
    async with open_blueprint(
        blueprint, ledger=ledger, ray=ray, address=address, workers=workers
    ) as market:
        yield market


@asynccontextmanager
async def open_blueprint(
    blueprint: Blueprint,
    *,
    ledger: Path,
    ray: bool = True,
    address: str | None = None,
    workers: int | None = None,
) -> AsyncIterator[Marketplace]:
    """As `open_marketplace`, for any market that can be described."""
    market: Marketplace
    if ray:
        # Ray takes seconds to import, so it is imported by those who use it.
        from prover_arb.runtime.ray_market import RayMarketplace  # noqa: PLC0415

        market = await RayMarketplace.create(
            blueprint, ledger=ledger, workers=workers, address=address
        )
    else:
        market = await LocalMarketplace.create(blueprint, ledger=ledger, workers=workers)
    try:
        yield market
    finally:
        await market.close()
