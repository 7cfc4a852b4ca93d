"""The HTTP API of the market: FastAPI on Ray Serve."""
