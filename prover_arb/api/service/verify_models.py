"""Requests and answers about the verification of candidates."""

from __future__ import annotations

from pydantic import Field

from prover_arb.api.problem_documents import ProblemDocument
from prover_arb.api.service.service_limits import LARGEST_BATCH, LONGEST_CHECK_MS
from prover_arb.api.service.shapes import Shape, TheoremIn
from prover_arb.core.theorem import SHORTEST_MS, Candidate, Limits, Verdict


class LimitsIn(Limits):
    """What the check may use."""

    heartbeats: int = Field(default=400_000, ge=1, le=1_000_000_000, strict=True)
    """Lean heartbeats, thousands of small allocations, per declaration."""
    wall_ms: int = Field(default=60_000, ge=SHORTEST_MS, le=LONGEST_CHECK_MS, strict=True)
    """The wall-clock time of the whole check, in milliseconds."""
    output_bytes: int = Field(default=200_000, ge=1_000, le=50_000_000, strict=True)
    """What Lean may write about the candidate, in bytes."""


class VerifyRequest(Shape):
    """The request to judge one candidate."""

    theorem: TheoremIn
    """What the candidate is to prove."""
    candidate: Candidate
    """The proof to judge."""
    limits: LimitsIn = LimitsIn()
    """Bounds on this check, which have defaults."""


class VerifyBatchRequest(Shape):
    """The request to judge many candidates."""

    items: list[VerifyRequest] = Field(min_length=1, max_length=LARGEST_BATCH)
    """Up to 1,000 candidates, each with its theorem."""


class BatchVerdict(Shape):
    """One line of the answer to a batch: a verdict, or why there is none."""

    index: int = Field(ge=0)
    """The place of the candidate in the request, from 0."""
    verdict: Verdict | None = None
    """What the oracle says."""
    problem: ProblemDocument | None = None
    """Why this candidate was not judged; the others are."""
