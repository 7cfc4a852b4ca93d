"""`prover-arb verify --certificate`: judges a certificate again, from the file alone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from prover_arb.cli.commands import FAILED, NOT_PROVED, PROVED, complain
from prover_arb.cli.common import provision, say
from prover_arb.cli.judging import judge_one
from prover_arb.cli.verdict_output import as_object
from prover_arb.core.axioms import axioms_told
from prover_arb.core.theorem import Certificate, sha256
from prover_arb.oracle.certificate import declared, edits, judged_again, read
from prover_arb.oracle.jobs import VerificationJob, VerificationOptions
from prover_arb.oracle.options import OracleOptions
from prover_arb.problems import read_text


def recheck(path: Path, options: OracleOptions, as_json: bool) -> int:
    """Prints whether a certificate holds; returns the exit code.

    A certificate that claims one kernel is judged with one.
    """
    certificate = read(read_text(path), str(path))
    job = VerificationJob(theorem=certificate.theorem, candidate=certificate.candidate)
    if len(certificate.kernels) == 1:
        options = options.model_copy(update={"one_kernel": True})
    toolchain = provision(certificate.theorem.profile)
    verdict = asyncio.run(
        judge_one(job, VerificationOptions(toolchain, certificate.limits, options))
    )
    if verdict.status == "void":
        complain(f"the oracle failed: {verdict.detail}")
        return FAILED
    differences = [*edits(certificate), *judged_again(certificate, verdict)]
    if as_json:
        answer = {
            "holds": not differences,
            "differences": [difference.model_dump() for difference in differences],
            "verdict": json.loads(as_object(verdict)),
        }
        say(json.dumps(answer, ensure_ascii=False))
    elif differences:
        say(f"{certificate.theorem.name}: the certificate does not hold")
        for difference in differences:
            say(f"  {difference}")
    else:
        _print_certificate(certificate)
    return NOT_PROVED if differences else PROVED


def _print_certificate(certificate: Certificate) -> None:
    """Prints what a certificate says, after it was compared with a new judgement."""
    theorem, toolchain, limits = certificate.theorem, certificate.toolchain, certificate.limits
    say(f"{theorem.name}: the certificate holds")
    for title, text in (
        (f"preamble, on top of the profile {theorem.profile}", theorem.preamble),
        ("statement", theorem.statement),
        (f"proof, as {certificate.candidate.kind}", certificate.candidate.text),
    ):
        say(f"  {title}:" if text else f"  {title}: none")
        for line in text.split("\n") if text else ():
            say(f"    {line}")
    names = declared(certificate.asked.statement)
    say("  each kernel was asked whether the proof, as data, proves")
    say(f"    theorem {theorem.name} : {certificate.asked.type}")
    say(f"    where the preamble and the statement declare: {', '.join(names) or 'nothing'}")
    say(f"    statement as data {sha256(certificate.asked.statement)}")
    say(f"    whole question    {certificate.asked.question_sha256}")
    for kernel in certificate.kernels:
        say(f"  accepted by {kernel}")
    say(f"  axioms: {axioms_told(certificate)}")
    say(f"  elaborated by Lean {toolchain.lean}, commit {toolchain.commit}")
    say(f"    package {toolchain.integrity}")
    say(f"    library {toolchain.library}")
    say(
        f"  limits: {limits.heartbeats} heartbeats, {limits.wall_ms} ms, "
        f"{limits.output_bytes} bytes of output"
    )
