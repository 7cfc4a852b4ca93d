"""`prover-arb verify`: judges one proof, or many with one warm Lean, and buys nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from prover_arb.cli.commands import (
    EXIT_CODES,
    FAILED,
    PROVED,
    complain,
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
from prover_arb.cli.judging import judge_one
from prover_arb.cli.verdict_output import CODES, as_object, print_verdict
from prover_arb.cli.verify_answers import verify_answers
from prover_arb.cli.verify_certificate import recheck
from prover_arb.cli.waiting import waiting_for
from prover_arb.core import strict_json
from prover_arb.core.durable_files import numbered_lines, write_atomic
from prover_arb.core.machine import processors
from prover_arb.core.theorem import (
    Candidate,
    CandidateKind,
    Profile,
    fault,
)
from prover_arb.errors import InputError, ProblemError
from prover_arb.oracle.jobs import VerificationJob, VerificationOptions, verdicts
from prover_arb.oracle.options import OracleOptions
from prover_arb.oracle.verifier import open_oracle
from prover_arb.problems import read_text, read_theorem_file

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
        typer.Option(
            metavar="FILE.lean", help="A file with a preamble and one theorem ending in `sorry`."
        ),
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
    single = (theorem, candidate, kind)
    _refuse_with(certificate or batch or answers, "--export goes with one theorem", export)
    _refuse_with(answers is None, "--problems and --out go with --answers", problems, out)
    if certificate is not None:
        why = "--certificate brings everything with it; leave the other options out"
        _refuse_with(certificate, why, *single, batch, answers, heartbeats, timeout)
        raise typer.Exit(recheck(certificate, options, as_json))
    bounds = limits(heartbeats, timeout)
    if answers is not None:
        why = "--answers goes with --problems; leave out --theorem and the others"
        _refuse_with(answers, why, *single, batch)
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
        _refuse_with(batch, why, *single)
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
    verdict = asyncio.run(judge_one(job, how))
    if export is not None and verdict.status == "proved":
        write_atomic(export, asyncio.run(_export(job, how)))
    if as_json:
        say(as_object(verdict))
    else:
        print_verdict(job.theorem, verdict)
    if verdict.status == "void":
        complain(f"the oracle failed: {verdict.detail}")
    raise typer.Exit(CODES[verdict.status])


def _refuse_with(given: object, why: str, *others: object) -> None:
    """Raises InputError if one of `others` is given together with an option."""
    if given and any(others):
        raise InputError(why)


def read_batch(path: Path, profile: Profile) -> list[VerificationJob]:
    """Returns the jobs in the lines of a batch.

    Raises:
        ProblemError: a line is malformed; names the first one.
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


async def _export(job: VerificationJob, options: VerificationOptions) -> str:
    with waiting_for(f"exporting {job.theorem.name}"):
        async with open_oracle(options.toolchain, size=1) as (_, oracle):
            return await oracle.export(job.theorem, job.candidate, options.limits)


async def _judge_batch(
    jobs: Sequence[VerificationJob], options: VerificationOptions, workers: int | None
) -> int:
    """Prints verdicts in order as soon as they are known; returns the exit code."""
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
