"""Certificates: a proof as one JSON file that can be checked again elsewhere.

It holds the statement as text and as the data that the kernels were given, the candidate, the
toolchain that elaborated, the kernels that accepted, the limits, and the axioms: those that the
proof rests on at most (`axioms_exact` says whether on every one of them; the proofs of library
theorems are not shipped, so one that is used counts for all three).

The seals of a certificate show that a part was edited, and which. They keep nobody from making
a new certificate with new seals: whether a proof is one is decided by judging it again.
"""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import ValidationError

from prover_arb.core import strict_json
from prover_arb.core.axioms import axioms_told, listed
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
from prover_arb.oracle.kernels.official.export import parse
from prover_arb.oracle.kernels.official.refusal import show
from prover_arb.oracle.kernels.official.store import Malformed, Store

VERSION = 3

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
            toolchain judged and what was asked.
    """
    if verdict.replayed:
        raise OracleError("no certificate for a replay of recorded attempts: no kernel judged")
    if verdict.status != "proved":
        raise OracleError(f"no certificate for a verdict of {verdict.status!r}")
    if verdict.toolchain is None or verdict.asked is None:
        raise OracleError(
            "no certificate for a verdict that does not say which toolchain judged and what was "
            "asked: it was recorded by an earlier release, whose verdicts are no longer believed; "
            "begin the run anew"
        )
    unsealed = Certificate(
        theorem=theorem,
        candidate=candidate,
        statement_sha256=theorem.digest,
        candidate_sha256=candidate.digest,
        asked=verdict.asked,
        axioms=verdict.axioms,
        axioms_exact=verdict.axioms_exact,
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
        "asked": sha256(certificate.asked.model_dump_json()),
        "axioms": sha256(str(certificate.axioms_exact), *certificate.axioms),
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
        row = strict_json.loads(text)
    except ValueError as error:
        raise CertificateError(f"{origin}: not a certificate: {error}") from None
    if not isinstance(row, dict) or "version" not in row:
        raise CertificateError(f"{origin}: not a certificate: no field `version`")
    if type(row["version"]) is int and 0 < row["version"] < VERSION:
        raise CertificateError(
            f"{origin}: certificate version {row['version']} is of a release whose verdicts are no "
            f"longer believed, and this one reads version {VERSION}; judge its theorem and its "
            "candidate anew with `prover-arb verify --theorem FILE.lean --candidate FILE --kind "
            "KIND` (SECURITY.md says what was wrong)"
        )
    try:
        return Certificate.model_validate(row)
    except ValidationError as error:
        raise CertificateError(f"{origin}: {fault(error)}") from None


def edits(certificate: Certificate) -> list[Difference]:
    """The parts that are not what was sealed; no Lean is needed to see them."""
    differences = []
    now = seals(certificate)
    for part in sorted(now.keys() | certificate.seals.keys()):
        claimed, true = certificate.seals.get(part, ""), now.get(part, "")
        if claimed != true:
            differences.append(
                _difference(part, f"seal {claimed or 'none'}", f"it has {true or 'none'}")
            )
    theorem, candidate = certificate.theorem, certificate.candidate
    for part, claimed, true in (
        ("statement_sha256", certificate.statement_sha256, theorem.digest),
        ("candidate_sha256", certificate.candidate_sha256, candidate.digest),
    ):
        if claimed != true:
            differences.append(_difference(part, claimed, f"the text has {true}"))
    return differences


def judged_again(certificate: Certificate, verdict: Verdict) -> list[Difference]:
    """What a new judgement says otherwise: the proof, what it rests on, who judged, and what was
    asked."""
    differences = list[Difference]()

    def compare(part: str, claimed: str, here: str, words: str) -> None:
        if claimed != here:
            differences.append(_difference(part, claimed, f"{words} {here}"))

    if verdict.status == "proved" and verdict.asked is not None:
        question = certificate.asked
        compare("axioms", axioms_told(certificate), axioms_told(verdict), "it rests here on")
        compare("kernels", listed(certificate.kernels), listed(verdict.kernels), "asked here:")
        compare("asked.type", question.type, verdict.asked.type, "here the statement means")
        for part, claimed, here in (
            ("asked.statement", sha256(question.statement), sha256(verdict.asked.statement)),
            ("asked.question_sha256", question.question_sha256, verdict.asked.question_sha256),
        ):
            compare(part, f"data of hash {claimed}", f"data of hash {here}", "made here was")
    else:
        why = f" ({verdict.reason}: {verdict.detail})" if verdict.reason else f" ({verdict.detail})"
        differences.append(
            _difference("proof", "it is a proof", f"here it is {verdict.status}{why}")
        )
    if verdict.toolchain is not None:
        for field in ("lean", "commit", "integrity", "library"):
            claimed, here = (getattr(of.toolchain, field) for of in (certificate, verdict))
            compare(f"toolchain.{field}", claimed, here, "judged here by")
    return differences


def declared(statement: str) -> tuple[str, ...]:
    """The names of the constants that a statement brings along, as data; what is no statement
    declares nothing."""
    try:
        constants = parse(statement, Store())[:-1]
    except Malformed:
        return ()
    return tuple(show(name) for declaration in constants for name in declaration.names)


def _difference(part: str, claimed: str, found: str) -> Difference:
    return Difference(part=part, claimed=_short(claimed), found=_short(found))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 3] + "..."
