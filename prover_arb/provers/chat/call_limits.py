"""Limits of the requests to a model: how many at once, how long to wait, how often to retry."""

from __future__ import annotations

from pydantic import Field, StrictFloat, StrictInt

from prover_arb.core.retry_policy import LONGEST_WAIT_SECONDS, RETRIES
from prover_arb.core.theorem import Value


class CallLimits(Value):
    """Limits of the requests to one model."""

    concurrency: StrictInt = Field(default=8, ge=1, le=10_000)
    """Requests to its endpoint at once; the smallest number counts if models share one."""
    connect_seconds: StrictFloat = Field(default=10, gt=0, le=600)
    silence_seconds: StrictFloat = Field(default=300, gt=0, le=86_400)
    """The longest wait for the first token, and between two tokens."""
    total_seconds: StrictFloat = Field(default=900, gt=0, le=86_400)
    """The longest time from a request to the end of its answer."""
    retries: StrictInt = Field(default=RETRIES, ge=0, le=20)
    """How often a request is repeated after 429, 5xx or a lost connection, if nothing was sold."""
    longest_wait_seconds: StrictFloat = Field(default=LONGEST_WAIT_SECONDS, gt=0, le=3_600)
    """If Retry-After asks for a longer wait, the request fails instead."""
    max_answer_bytes: StrictInt = Field(default=4_000_000, ge=1_000, le=100_000_000)
    failures_in_a_row: StrictInt = Field(default=5, ge=1, le=1_000)
    """After that many failures, the endpoint is not asked for `rest_seconds`."""
    rest_seconds: StrictFloat = Field(default=30, gt=0, le=86_400)
