"""A client for the HTTP API that `prover-arb serve` serves.

    from prover_arb.client import Client

    with Client("http://127.0.0.1:8000") as client:
        client.verify("(n : ℕ) : n + 0 = n", "simp").status      # "proved"
        client.prove(": 1 + 1 = 2", budget_usd="0.05").status    # "proved"

`AsyncClient` has the same methods as coroutines. Errors are `ApiError`, with the fields of the
server's problem document, and `ServerUnreachable`.
"""

from __future__ import annotations

from prover_arb.client.async_client import AsyncClient
from prover_arb.client.models import (
    Batch,
    BatchPage,
    BatchResult,
    Event,
    File,
    Gap,
    MarketPage,
    Proof,
    ProofPage,
    Prover,
    Purchase,
    Quote,
)
from prover_arb.client.sync_client import Client
from prover_arb.errors import ApiError, ServerUnreachable

__all__ = [
    "ApiError",
    "AsyncClient",
    "Batch",
    "BatchPage",
    "BatchResult",
    "Client",
    "Event",
    "File",
    "Gap",
    "MarketPage",
    "Proof",
    "ProofPage",
    "Prover",
    "Purchase",
    "Quote",
    "ServerUnreachable",
]
