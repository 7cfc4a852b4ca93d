"""One replica of the service: replica.py PORT LEDGER DATABASE MODEL_URL RAY_ADDRESS BROKERS.

DATABASE may be empty, for SQLite files beside the ledger. Without RAY_ADDRESS workers and broker
are in this process, otherwise each is a process of that cluster, in which BROKERS brokers share the
workers.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from chaos_market import ChaosFactory

from prover_arb.api.service.service_app import create_app, purchases_at
from prover_arb.api.service.service_limits import ServiceLimits
from prover_arb.cli.visible import show_logs
from prover_arb.runtime import LocalMarketplace, Marketplace

MARGIN_PPM = 125_000
WORKERS = 3
LIMITS = ServiceLimits(running_orders=8, lease_seconds=6)


def main() -> None:
    port, ledger, database, model_url, address, brokers = sys.argv[1:]
    show_logs(1, as_json=False)
    factory = ChaosFactory(model_url=model_url, seconds=0.05)
    purchases = purchases_at(Path(ledger), database or None)

    @asynccontextmanager
    async def opener() -> AsyncIterator[Marketplace]:
        market: Marketplace
        if address:
            # Ray takes a second to import, which a replica without it saves.
            from prover_arb.runtime.ray_market import RayMarketplace  # noqa: PLC0415

            # Ray ends the program at SIGTERM; the server shall close first.
            handler = signal.getsignal(signal.SIGTERM)
            market = await RayMarketplace.create(
                factory,
                ledger=purchases,
                workers=max(WORKERS, int(brokers)),
                reserved=int(brokers),
                address=address,
                brokers=int(brokers),
            )
            signal.signal(signal.SIGTERM, handler)
        else:
            market = await LocalMarketplace.create(
                factory, ledger=purchases, workers=WORKERS, reserved=1
            )
        try:
            yield market
        finally:
            await market.close()

    app = create_app(
        opener,
        ledger=Path(ledger),
        limits=LIMITS,
        database=database or None,
        margin_ppm=MARGIN_PPM,
    )
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
