"""A client for the HTTP API that `prover-arb serve` serves.

    from prover_arb.client import Client

    with Client("http://127.0.0.1:8000") as client:
        client.verify("(n : ℕ) : n + 0 = n", "simp").status      # "proved"
        client.prove(": 1 + 1 = 2", budget_usd="0.05").status    # "proved"

`AsyncClient` has the same methods as coroutines. Errors are `ApiError`, with the fields of the
server's problem document, and `ServerUnreachable`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from prover_arb.client.async_client import AsyncClient

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


def __getattr__(name: str) -> object:
    """Loads the asynchronous client, and asyncio with it, when it is first used."""
    if name != "AsyncClient":
        raise AttributeError(f"module 'prover_arb.client' has no attribute {name!r}")
    value = globals()[name] = import_module("prover_arb.client.async_client").AsyncClient
    return value
