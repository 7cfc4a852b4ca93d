"""`prover-arb --server URL verify` and `prove`: the same commands, done by a service.

Nothing that runs Lean or buys is imported here, so that these commands start at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prover_arb.cli.commands import EXIT_CODES, FAILED, NOT_PROVED, PROVED, complain
from prover_arb.cli.common import (
    HeartbeatsOption,
    JsonOption,
    ProfileOption,
    TimeoutOption,
    budget,
    limits,
    say,
)
from prover_arb.cli.theorem_options import (
    BudgetOption,
    NameOption,
    OutOption,
    PreambleOption,
    SeedOption,
    StatementArgument,
    TheoremOption,
    given_theorem,
)
from prover_arb.cli.verdict_output import CODES, as_object, print_verdict
from prover_arb.cli.waiting import waiting_for
from prover_arb.client.models import Proof
from prover_arb.client.sync_client import Client
from prover_arb.core.axioms import axioms_told
from prover_arb.core.durable_files import write_atomic
from prover_arb.core.lazy import lazy_module
from prover_arb.core.money import plain_usd
from prover_arb.core.theorem import Candidate, CandidateKind, Limits, Profile
from prover_arb.errors import ApiError, InputError
from prover_arb.problems.reader import read_text, read_theorem_file

if TYPE_CHECKING:
    from prover_arb.cli import verify as on_this_machine
else:
    on_this_machine = lazy_module("prover_arb.cli.verify")

NOTES = "The API key is read from the variable PROVER_ARB_API_KEY.\n\n" + EXIT_CODES

ServedPolicyOption = Annotated[
    str | None, typer.Option(help="A policy that the service has; its default if absent.")
]
DeadlineOption = Annotated[
    int | None, typer.Option(min=1, help="Seconds after which nothing more is bought.")
]

PLACING_SECONDS = 1
"""How long the order of a proof is waited for before its events are shown."""


def verify(
    ctx: typer.Context,
    *,
    theorem: TheoremOption = None,
    candidate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The proof to judge.")
    ] = None,
    kind: Annotated[
        CandidateKind | None, typer.Option(help="What the candidate file holds.")
    ] = None,
    batch: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="Many theorems with candidates.")
    ] = None,
    heartbeats: HeartbeatsOption = None,
    timeout: TimeoutOption = None,
    profile: ProfileOption = "core",
    as_json: JsonOption = False,
) -> None:
    """Judge a proof; with --batch many, one JSON object per line back, in order.

    The service at --server judges; options that are not listed here need Lean on this machine.
    """
    bounds = limits(heartbeats, timeout)
    if batch is not None:
        if theorem or candidate or kind:
            raise InputError("--batch brings its own theorems; leave out --theorem and the others")
        raise typer.Exit(_verify_batch(ctx, batch, profile, bounds))
    if theorem is None or candidate is None or kind is None:
        raise InputError("give --theorem FILE.lean --candidate FILE --kind KIND, or --batch FILE")
    target = read_theorem_file(theorem, profile)
    given = Candidate(kind=kind, text=read_text(candidate))
    with opened_client(ctx) as client, waiting_for(f"judging {target.name}"):
        verdict = client.verify(target, given, limits=bounds)
    if as_json:
        say(as_object(verdict))
    else:
        print_verdict(target, verdict)
    if verdict.status == "void":
        complain(f"the oracle failed: {verdict.detail}")
    raise typer.Exit(CODES[verdict.status])


def _verify_batch(ctx: typer.Context, path: Path, profile: Profile, bounds: Limits) -> int:
    jobs = on_this_machine.read_batch(path, profile)
    code = PROVED
    with opened_client(ctx) as client:
        pairs = ((job.theorem, job.candidate) for job in jobs)
        for number, verdict in enumerate(client.verify_many(pairs, limits=bounds), 1):
            say(as_object(verdict))
            if verdict.status == "void":
                complain(f"line {number} could not be judged: {verdict.detail}")
                code = FAILED
    return code


def prove(
    ctx: typer.Context,
    *,
    statement: StatementArgument = None,
    theorem: TheoremOption = None,
    budget_usd: BudgetOption = "0.05",
    policy: ServedPolicyOption = None,
    deadline: DeadlineOption = None,
    name: NameOption = None,
    preamble: PreambleOption = None,
    seed: SeedOption = 0,
    profile: ProfileOption = "core",
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Buy a proof of one theorem; print it, what it cost, and where its certificate is.

    The service at --server buys it, and keeps purchases and certificate. Ctrl-C cancels the order.
    """
    amount = plain_usd(budget(budget_usd))
    target = given_theorem(statement, theorem, name, preamble, profile)
    with opened_client(ctx) as client, waiting_for("placing the order") as say_now:
        proof = client.prove(
            target,
            budget_usd=amount,
            policy=policy,
            deadline=deadline,
            seed=seed,
            wait=PLACING_SECONDS,
        )
        try:
            if not proof.ended:
                for event in client.events(proof.id):
                    spent = event.data.get("spent_usd", "0")
                    say_now(f"{event.kind}, ${spent} spent")
                proof = client.proof(proof.id)
        except KeyboardInterrupt:
            client.cancel(proof.id)
            complain(f"the order {proof.id} is cancelled")
            raise
    certificate = proof.certificate or proof.refutation
    if as_json:
        say(proof.model_dump_json())
    else:
        _tell(proof)
    if out is not None and certificate is not None:
        write_atomic(out, certificate.model_dump_json(indent=2) + "\n")
    if proof.status == "failed":
        complain(f"the order failed: {(proof.problem or {}).get('detail', proof.why_stopped)}")
        raise typer.Exit(FAILED)
    raise typer.Exit(PROVED if proof.status == "proved" else NOT_PROVED)


def _tell(proof: Proof) -> None:
    certificate = proof.certificate or proof.refutation
    if certificate is not None:
        candidate, theorem = certificate.candidate, certificate.theorem
        if theorem.preamble and candidate.kind != "file":
            say(f"{theorem.preamble}\n")
        say(f"{candidate.as_lean(theorem)}\n")
        said = "proved" if proof.certificate else "NOT TRUE: its negation is proved"
        say(f"{said}; axioms: {axioms_told(certificate)}")
        say(f"accepted by {' and '.join(certificate.kernels)}")
    elif proof.status != "failed":
        say(f"{proof.status}: {proof.why_stopped}")
    say(
        f"charged ${proof.charged_usd} (${proof.cost_usd} to provers, "
        f"${proof.verification_cost_usd} for verification), {len(proof.purchases)} purchases"
    )
    say(f"order {proof.id}")


@contextmanager
def opened_client(ctx: typer.Context) -> Iterator[Client]:
    """Opens a client of the server that --server names; a refusal is an InputError."""
    try:
        with Client(ctx.find_root().params["server"]) as client:
            yield client
    except ApiError as error:
        if error.is_ours:
            raise InputError(f"{error.title}: {error.detail}") from None
        raise
