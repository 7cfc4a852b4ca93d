"""Certificates: a proof as one JSON file that can be checked again elsewhere.

The seals of a certificate show that a part was edited, and which. They keep nobody from making
a new certificate with new seals: whether a proof is one is decided by judging it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic import ValidationError

from prover_arb.core.theorem import (
    Candidate,
    Certificate,
    Limits,
    Theorem,
    Value,
    Verdict,
    fault,
    sha256,
)
from prover_arb.errors import CertificateError, OracleError

LONGEST_SHOWN = 120
"""Characters of a value that a difference quotes."""


class Difference(Value):
    """Where a certificate does not hold."""

    part: str
    """Which part of the certificate."""
    claimed: str
    """What the certificate says."""
    found: str
    """What is true."""

    def __str__(self) -> str:
        return f"{self.part}: the certificate says {self.claimed}, {self.found}"


def issue(theorem: Theorem, candidate: Candidate, verdict: Verdict, limits: Limits) -> Certificate:
    """The certificate of a proved candidate.

    Raises:
        OracleError: the verdict is not `proved`, is replayed from records, or does not say which
            toolchain judged.
    """
    if verdict.replayed:
        raise OracleError("no certificate for a replay of recorded attempts: no kernel judged")
    if verdict.status != "proved" or verdict.toolchain is None:
        raise OracleError(f"no certificate for a verdict of {verdict.status!r}")
    unsealed = Certificate(
        theorem=theorem,
        candidate=candidate,
        statement_sha256=theorem.digest,
        candidate_sha256=candidate.digest,
        axioms=verdict.axioms,
        toolchain=verdict.toolchain,
        kernels=verdict.kernels,
        limits=limits,
        elapsed_ms=verdict.elapsed_ms,
        issued_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return unsealed.model_copy(update={"seals": seals(unsealed)})


def seals(certificate: Certificate) -> dict[str, str]:
    """SHA-256 of every part by its name."""
    theorem, candidate = certificate.theorem, certificate.candidate
    return {
        "name": sha256(theorem.name),
        "statement": sha256(theorem.statement),
        "preamble": sha256(theorem.preamble),
        "profile": sha256(theorem.profile),
        "kind": sha256(candidate.kind),
        "proof": sha256(candidate.text),
        "digests": sha256(certificate.statement_sha256, certificate.candidate_sha256),
        "axioms": sha256(*certificate.axioms),
        "toolchain": sha256(certificate.toolchain.model_dump_json()),
        "kernels": sha256(*certificate.kernels),
        "limits": sha256(certificate.limits.model_dump_json()),
        "issue": sha256(str(certificate.elapsed_ms), certificate.issued_at),
    }


def read(text: str, origin: str) -> Certificate:
    """The certificate in a file's text; `origin` names the file in errors.

    Raises:
        CertificateError: not JSON, another version, a field missing, unknown or given twice.
    """
    try:
        row = json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise CertificateError(f"{origin}: not a certificate: {error}") from None
    if not isinstance(row, dict) or "version" not in row:
        raise CertificateError(f"{origin}: not a certificate: no field `version`")
    try:
        return Certificate.model_validate(row)
    except ValidationError as error:
        raise CertificateError(f"{origin}: {fault(error)}") from None


def edits(certificate: Certificate) -> list[Difference]:
    """The parts that are not what was sealed; no Lean is needed to see them."""
    found = []
    now = seals(certificate)
    for part in sorted(now.keys() | certificate.seals.keys()):
        claimed, true = certificate.seals.get(part, ""), now.get(part, "")
        if claimed != true:
            found.append(_difference(part, f"seal {claimed or 'none'}", f"it has {true or 'none'}"))
    theorem, candidate = certificate.theorem, certificate.candidate
    for part, claimed, true in (
        ("statement_sha256", certificate.statement_sha256, theorem.digest),
        ("candidate_sha256", certificate.candidate_sha256, candidate.digest),
    ):
        if claimed != true:
            found.append(_difference(part, claimed, f"the text has {true}"))
    return found


def judged_again(certificate: Certificate, verdict: Verdict) -> list[Difference]:
    """What a new judgement says otherwise: the proof, its axioms, and who judged."""
    found = []
    if verdict.status != "proved":
        why = f" ({verdict.reason}: {verdict.detail})" if verdict.reason else f" ({verdict.detail})"
        found.append(_difference("proof", "it is a proof", f"here it is {verdict.status}{why}"))
    elif verdict.axioms != certificate.axioms:
        found.append(
            _difference("axioms", _listed(certificate.axioms), f"it uses {_listed(verdict.axioms)}")
        )
    here = verdict.toolchain
    if here is not None:
        for field in ("lean", "commit", "integrity", "library"):
            claimed, true = getattr(certificate.toolchain, field), getattr(here, field)
            if claimed != true:
                found.append(_difference(f"toolchain.{field}", claimed, f"judged here by {true}"))
    if verdict.status == "proved" and verdict.kernels != certificate.kernels:
        found.append(
            _difference(
                "kernels", _listed(certificate.kernels), f"asked here: {_listed(verdict.kernels)}"
            )
        )
    return found


def _difference(part: str, claimed: str, found: str) -> Difference:
    return Difference(part=part, claimed=_short(claimed), found=_short(found))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """A JSON object; a field given twice could show a reader another text than it is judged by."""
    row = dict(pairs)
    if len(row) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"field {next(n for n in names if names.count(n) > 1)!r} is given twice")
    return row
