"""The HTTP API of the market: FastAPI on Ray Serve."""

from prover_arb.service.app import create_app
from prover_arb.service.server import run

__all__ = ["create_app", "run"]
