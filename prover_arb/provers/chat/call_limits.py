"""How a seller over HTTP is treated: how much at once, how long it is waited for, how often."""

from __future__ import annotations

from pydantic import Field

from prover_arb.core.theorem import Value


class CallLimits(Value):
    """How a seller is treated."""

    concurrency: int = Field(default=8, ge=1, le=10_000)
    """Requests to its endpoint at once; the smallest number of all sellers there holds."""
    connect_seconds: float = Field(default=10, gt=0, le=600)
    silence_seconds: float = Field(default=300, gt=0, le=86_400)
    """Longest wait for the first token, and between two."""
    total_seconds: float = Field(default=900, gt=0, le=86_400)
    """Longest time from a request to the end of its answer."""
    retries: int = Field(default=4, ge=0, le=20)
    """After 429, 5xx and lost connections, when nothing was sold yet."""
    longest_wait_seconds: float = Field(default=60, gt=0, le=3_600)
    """A seller that asks for more patience with Retry-After is not waited for."""
    max_answer_bytes: int = Field(default=4_000_000, ge=1_000, le=100_000_000)
    failures_in_a_row: int = Field(default=5, ge=1, le=1_000)
    """After so many, its endpoint is off the market for `rest_seconds`."""
    rest_seconds: float = Field(default=30, gt=0, le=86_400)
