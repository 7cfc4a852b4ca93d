"""Certificates: a proof as one JSON file that can be checked again elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime

from prover_arb.errors import OracleError
from prover_arb.theorem import Candidate, Certificate, Limits, Theorem, Verdict


def issue(theorem: Theorem, candidate: Candidate, verdict: Verdict, limits: Limits) -> Certificate:
    """The certificate of a proved candidate.

    Raises:
        OracleError: the verdict is not `proved`, or does not say which toolchain judged.
    """
    if verdict.status != "proved" or verdict.toolchain is None:
        raise OracleError(f"no certificate for a verdict of {verdict.status!r}")
    lean = verdict.toolchain
    return Certificate(
        theorem=theorem,
        candidate=candidate,
        statement_sha256=theorem.digest,
        candidate_sha256=candidate.digest,
        axioms=verdict.axioms,
        toolchain=lean,
        kernels=verdict.kernels,
        limits=limits,
        elapsed_ms=verdict.elapsed_ms,
        issued_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
