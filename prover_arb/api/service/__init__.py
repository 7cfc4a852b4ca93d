"""The HTTP API of the market: FastAPI on Ray Serve."""

from prover_arb.api.service.ray_serve import run
from prover_arb.api.service.service_app import create_app

__all__ = ["create_app", "run"]
