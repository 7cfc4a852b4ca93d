"""`prover-arb verify`: judge one proof, or many with one warm Lean, and buy nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from prover_arb.cli.commands import (
    BAD_INPUT,
    EXIT_CODES,
    FAILED,
    NOT_PROVED,
    PROVED,
    complain,
    errors,
)
from prover_arb.cli.common import (
    HeartbeatsOption,
    JsonOption,
    OneKernelOption,
    PristineOption,
    ProblemsOption,
    ProfileOption,
    TimeoutOption,
    limits,
    provision,
    say,
)
from prover_arb.cli.verify_answers import verify_answers
from prover_arb.core import strict_json
from prover_arb.core.files import numbered_lines, write_atomic
from prover_arb.core.machine import processors
from prover_arb.core.theorem import (
    Candidate,
    CandidateKind,
    Certificate,
    Profile,
    Verdict,
    fault,
    sha256,
)
from prover_arb.errors import InputError, ProblemError
from prover_arb.oracle.certificate import axioms_told, declared, edits, judged_again, read
from prover_arb.oracle.jobs import VerificationJob, VerificationOptions, verdicts
from prover_arb.oracle.options import OracleOptions
from prover_arb.oracle.verifier import open_oracle
from prover_arb.problems import read_text, read_theorem_file

SHOWN = (
    "status",
    "reason",
    "detail",
    "axioms",
    "axioms_exact",
    "kernels",
    "asked",
    "messages",
    "toolchain",
    "elapsed_ms",
    "cpu_us",
)
"""Fields of a verdict that --json and --batch print; the statement's data is in certificates."""
_ASKED = {"type", "question_sha256"}

CODES = {
    "proved": PROVED,
    "refuted": PROVED,
    "rejected": NOT_PROVED,
    "invalid_statement": BAD_INPUT,
    "void": FAILED,
}

NOTES = (
    'A line of a batch is {"theorem": {"name", "statement", "preamble"}, "candidate": {"kind", '
    '"text"}}, where `statement` is everything between the name and `:=`. A malformed line is '
    "named and nothing is judged. A batch ends with 0 when every line was judged, whatever the "
    "verdicts, and with 3 when the oracle failed on one.\n\n" + EXIT_CODES
)


def verify(
    *,
    theorem: Annotated[
        Path | None,
        typer.Option(metavar="FILE.lean", help="Preamble and one theorem ending in `sorry`."),
    ] = None,
    candidate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The proof to judge.")
    ] = None,
    kind: Annotated[
        CandidateKind | None, typer.Option(help="What the candidate file holds.")
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(metavar="CERT.json", help="Judge a certificate again, from the file alone."),
    ] = None,
    batch: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="Many theorems with candidates.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.jsonl",
            help="Answers of a model to judge, several per theorem: pass@k and why the others "
            "fail. They are for the theorems of --problems.",
        ),
    ] = None,
    problems: ProblemsOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.jsonl",
            help="Write a row per answer of --answers as it is judged; an unfinished file goes on.",
        ),
    ] = None,
    heartbeats: HeartbeatsOption = None,
    timeout: TimeoutOption = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Lean workers for a batch or answers; one per core if absent."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.ndjson",
            help="Write a proof and all it rests on in Lean's export format, for other checkers.",
        ),
    ] = None,
    profile: ProfileOption = "core",
    one_kernel: OneKernelOption = False,
    pristine: PristineOption = False,
    as_json: JsonOption = False,
) -> None:
    """Judge a proof; with --batch many, one JSON object per line back, in order.

    With --certificate, say whether the certificate holds, and if not, every part that differs. With
    --answers, judge a file of a model's answers and print pass@k.
    """
    options = OracleOptions(one_kernel=one_kernel, pristine=pristine)
    one = (theorem, candidate, kind)
    _refuse_with(certificate or batch or answers, "--export goes with one theorem", export)
    _refuse_with(answers is None, "--problems and --out go with --answers", problems, out)
    if certificate is not None:
        why = "--certificate brings everything with it; leave the other options out"
        _refuse_with(certificate, why, *one, batch, answers, heartbeats, timeout)
        raise typer.Exit(_recheck(certificate, options, as_json))
    bounds = limits(heartbeats, timeout)
    if answers is not None:
        why = "--answers goes with --problems; leave out --theorem and the others"
        _refuse_with(answers, why, *one, batch)
        verify_answers(
            answers,
            problems,
            out=out,
            profile=profile,
            bounds=bounds,
            options=options,
            workers=workers,
            as_json=as_json,
        )
        return
    if batch is not None:
        why = "--batch brings its own theorems; leave out --theorem and the others"
        _refuse_with(batch, why, *one)
        jobs = read_batch(batch, profile)
        how = VerificationOptions(provision(profile), bounds, options)
        raise typer.Exit(asyncio.run(_judge_batch(jobs, how, workers)))
    if theorem is None or candidate is None or kind is None:
        raise InputError(
            "give --theorem FILE.lean --candidate FILE --kind KIND, or --batch FILE, or "
            "--certificate FILE, or --answers FILE"
        )
    job = VerificationJob(
        theorem=read_theorem_file(theorem, profile),
        candidate=Candidate(kind=kind, text=read_text(candidate)),
    )
    how = VerificationOptions(provision(profile), bounds, options)
    verdict = asyncio.run(_judge_one(job, how))
    if export is not None and verdict.status == "proved":
        write_atomic(export, asyncio.run(_export(job, how)))
    if as_json:
        say(as_object(verdict))
    else:
        _tell(job, verdict)
    if verdict.status == "void":
        complain(f"the oracle failed: {verdict.detail}")
    raise typer.Exit(CODES[verdict.status])


def _refuse_with(given: object, why: str, *others: object) -> None:
    """Raises InputError where one of `others` is given together with an option."""
    if given and any(others):
        raise InputError(why)


def _recheck(path: Path, options: OracleOptions, as_json: bool) -> int:
    """Say whether a certificate holds; the exit code.

    A certificate that claims one kernel is judged with one.
    """
    found = read(read_text(path), str(path))
    job = VerificationJob(theorem=found.theorem, candidate=found.candidate)
    if len(found.kernels) == 1:
        options = options.model_copy(update={"one_kernel": True})
    toolchain = provision(found.theorem.profile)
    verdict = asyncio.run(_judge_one(job, VerificationOptions(toolchain, found.limits, options)))
    if verdict.status == "void":
        complain(f"the oracle failed: {verdict.detail}")
        return FAILED
    differences = [*edits(found), *judged_again(found, verdict)]
    if as_json:
        answer = {
            "holds": not differences,
            "differences": [one.model_dump() for one in differences],
            "verdict": json.loads(as_object(verdict)),
        }
        say(json.dumps(answer, ensure_ascii=False))
    elif differences:
        say(f"{found.theorem.name}: the certificate does not hold")
        for one in differences:
            say(f"  {one}")
    else:
        _tell_certificate(found)
    return NOT_PROVED if differences else PROVED


def _tell_certificate(found: Certificate) -> None:
    """What a certificate says; all of it has just been compared with a new judgement."""
    theorem, toolchain, limits = found.theorem, found.toolchain, found.limits
    say(f"{theorem.name}: the certificate holds")
    for title, text in (
        (f"preamble, on top of the profile {theorem.profile}", theorem.preamble),
        ("statement", theorem.statement),
        (f"proof, as {found.candidate.kind}", found.candidate.text),
    ):
        say(f"  {title}:" if text else f"  {title}: none")
        for line in text.split("\n") if text else ():
            say(f"    {line}")
    names = declared(found.asked.statement)
    say("  each kernel was asked whether the proof, as data, proves")
    say(f"    theorem {theorem.name} : {found.asked.type}")
    say(f"    where the preamble and the statement declare: {', '.join(names) or 'nothing'}")
    say(f"    statement as data {sha256(found.asked.statement)}")
    say(f"    whole question    {found.asked.question_sha256}")
    for kernel in found.kernels:
        say(f"  accepted by {kernel}")
    say(f"  axioms: {axioms_told(found)}")
    say(f"  elaborated by Lean {toolchain.lean}, commit {toolchain.commit}")
    say(f"    package {toolchain.integrity}")
    say(f"    library {toolchain.library}")
    say(
        f"  limits: {limits.heartbeats} heartbeats, {limits.wall_ms} ms, "
        f"{limits.output_bytes} bytes of output"
    )


def as_object(verdict: Verdict) -> str:
    """One line of JSON with the fields that are part of the interface."""
    shown = verdict.model_dump(mode="json", include={**dict.fromkeys(SHOWN, True), "asked": _ASKED})
    return json.dumps({field: shown[field] for field in SHOWN}, ensure_ascii=False)


def read_batch(path: Path, profile: Profile) -> list[VerificationJob]:
    """All lines of a batch.

    Raises:
        ProblemError: the first malformed line, named.
    """
    jobs = []
    for place, line in numbered_lines(path, read_text(path)):
        jobs.append(_job(place, line.strip(" \t\r\ufeff"), profile))
    if not jobs:
        raise ProblemError(f"{path}: the file is empty")
    return jobs


def _job(origin: str, line: str, profile: Profile) -> VerificationJob:
    try:
        row: Any = strict_json.loads(line)
    except ValueError as error:
        raise ProblemError(f"{origin}: not JSON: {error}") from None
    if not isinstance(row, dict) or not isinstance(row.get("theorem"), dict):
        raise ProblemError(f'{origin}: expected {{"theorem": {{...}}, "candidate": {{...}}}}')
    theorem = {"profile": profile} | row["theorem"]
    try:
        job = VerificationJob.model_validate(row | {"theorem": theorem})
    except ValidationError as error:
        raise ProblemError(f"{origin}: {fault(error)}") from None
    if job.theorem.profile != profile:
        raise ProblemError(f"{origin}: theorem.profile: not {profile}, which --profile says")
    return job


async def _judge_one(job: VerificationJob, options: VerificationOptions) -> Verdict:
    with errors.status("judging"):
        [verdict] = [verdict async for verdict in verdicts([job], options, workers=1)]
    return verdict


async def _export(job: VerificationJob, options: VerificationOptions) -> str:
    with errors.status("exporting"):
        async with open_oracle(options.toolchain, size=1) as (_, oracle):
            return await oracle.export(job.theorem, job.candidate, options.limits)


async def _judge_batch(
    jobs: Sequence[VerificationJob], options: VerificationOptions, workers: int | None
) -> int:
    """Print verdicts in order as soon as they are known; the exit code."""
    code = PROVED
    size = min(workers or processors(), len(jobs))
    number = 0
    async for verdict in verdicts(jobs, options, workers=size):
        number += 1
        say(as_object(verdict))
        if verdict.status == "void":
            complain(f"line {number} could not be judged: {verdict.detail}")
            code = FAILED
    return code


def _tell(job: VerificationJob, verdict: Verdict) -> None:
    reason = f" ({verdict.reason})" if verdict.reason else ""
    detail = f": {verdict.detail}" if verdict.detail else ""
    say(f"{job.theorem.name}: {verdict.status}{reason}{detail}")
    for message in verdict.messages:
        say(f"  {message.line}:{message.column}: {message.severity}: {message.text}")
    if verdict.status in {"proved", "refuted"}:
        say(f"  axioms: {axioms_told(verdict)}")
        say(f"  accepted by {' and '.join(verdict.kernels)}")
    if verdict.toolchain is not None:
        say(f"  elaborated by Lean {verdict.toolchain.lean}; all took {verdict.elapsed_ms} ms")
