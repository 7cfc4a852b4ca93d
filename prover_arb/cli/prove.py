"""`prover-arb prove`: buys a proof of one theorem."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from prover_arb.bench.prepare import new_folder
from prover_arb.bench.runs import RunFolder
from prover_arb.broker.conduct import conduct_lines
from prover_arb.cli.certificate_files import write_certificate
from prover_arb.cli.commands import (
    BAD_INPUT,
    EXIT_CODES,
    FAILED,
    NOT_PROVED,
    complain,
)
from prover_arb.cli.common import (
    CatalogOption,
    HeartbeatsOption,
    JsonOption,
    MaxParallelOption,
    OneKernelOption,
    PristineOption,
    ProcurementOption,
    ProfileOption,
    TimeoutOption,
    ValueOption,
    budget,
    limits,
    policies,
    provision,
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
from prover_arb.cli.waiting import waiting_for
from prover_arb.core.axioms import axioms_told
from prover_arb.core.file_names import slug
from prover_arb.core.machine import processors
from prover_arb.core.money import format_usd
from prover_arb.core.outcome import Outcome
from prover_arb.core.proof_job import ProofJob
from prover_arb.core.purchases import Purchase
from prover_arb.core.rejections import answers_in, by_prover, first_error, rejection_lines
from prover_arb.core.theorem import Theorem, Verdict
from prover_arb.oracle.options import OracleOptions
from prover_arb.problems import refuse_unfounded
from prover_arb.provers.catalog import load_catalog
from prover_arb.runtime import open_marketplace
from prover_arb.scheduler import make_policy
from prover_arb.scheduler.policies.parse import FORMS

EXAMPLE = (
    'Example: prover-arb prove "(a b : ℕ) (h : a < b) : a + 1 ≤ b" --budget 0.05\n\n' + EXIT_CODES
)


def prove(
    *,
    statement: StatementArgument = None,
    theorem: TheoremOption = None,
    budget_usd: BudgetOption = "0.05",
    policy: Annotated[
        str | None,
        typer.Option(
            help=f"{FORMS}; cascade if absent. `schedule fit` writes such a FILE. With refute+, as "
            "in refute+cascade, the negation of the statement is tried before much is spent."
        ),
    ] = None,
    procurement: ProcurementOption = "posted",
    value_usd: ValueOption = None,
    name: NameOption = None,
    preamble: PreambleOption = None,
    max_parallel: MaxParallelOption = None,
    seed: SeedOption = 0,
    heartbeats: HeartbeatsOption = None,
    timeout: TimeoutOption = None,
    catalog: CatalogOption = None,
    profile: ProfileOption = "core",
    one_kernel: OneKernelOption = False,
    pristine: PristineOption = False,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Buy a proof of one theorem; print it, what it cost, and where its certificate is.

    The purchases are recorded in a ledger of their own, in a new folder under runs/. The
    certificate is written there too, unless --out names another file.
    """
    amount = budget(budget_usd)
    bounds = limits(heartbeats, timeout)
    target = given_theorem(statement, theorem, name, preamble, profile)
    refuse_unfounded(target)
    [rule] = policies([policy] if policy else [], procurement, value_usd) or ["cascade"]
    prices = load_catalog(catalog)
    prices.require_usable_keys()
    make_policy(rule, prices.entries)
    provision(profile)
    folder = RunFolder(new_folder(prefix="prove-"))
    with waiting_for(f"buying a proof of {target.name}"):
        job = ProofJob(
            policy=rule,
            budget=amount,
            run=folder.path.name,
            seed=seed,
            limits=bounds,
            max_parallel=max_parallel or 1,
        )
        options = OracleOptions(one_kernel=one_kernel, pristine=pristine)
        outcome = asyncio.run(_buy(target, job, folder.ledger, catalog, options))
    certificate, unwritten = None, ""
    proof = outcome.proof
    if proof is not None:
        certificate = out or folder.path / "certificates" / f"{slug(proof.theorem.name)}.json"
        unwritten = write_certificate(certificate, proof)
        certificate = None if unwritten else certificate
    if as_json:
        say(json.dumps(_as_json(outcome, folder, certificate), ensure_ascii=False))
    else:
        _tell(outcome, target, folder, certificate)
    if outcome.status == "invalid_statement":
        raise typer.Exit(BAD_INPUT)
    if unwritten:
        complain(unwritten)
    if unwritten or outcome.status == "void":
        raise typer.Exit(FAILED)
    if outcome.status in {"not_proved", "refuted"}:
        raise typer.Exit(NOT_PROVED)


async def _buy(
    theorem: Theorem, job: ProofJob, ledger: Path, catalog: Path | None, options: OracleOptions
) -> Outcome:
    async with open_marketplace(
        ledger=ledger,
        ray=False,
        workers=min(job.max_parallel, processors()),
        catalog=catalog,
        profile=theorem.profile,
        options=options,
    ) as market:
        return await market.prove(theorem, job)


def _as_json(outcome: Outcome, folder: RunFolder, certificate: Path | None) -> dict[str, Any]:
    """Returns what --json prints, with amounts in micro-dollars.

    If `status` is refuted, candidate and certificate are those of the negation.
    """
    proof = outcome.proof
    return {
        "status": outcome.status,
        "theorem": outcome.theorem,
        "candidate": proof.candidate.model_dump(mode="json") if proof else None,
        "certificate": str(certificate) if certificate else None,
        "cost": outcome.cost,
        "verification_cost": outcome.verification_cost,
        "budget": outcome.budget,
        "why_stopped": outcome.why_stopped,
        "wall_ms": outcome.wall_ms,
        "run": str(folder.path),
        "notes": conduct_lines(purchase.dealing for purchase in outcome.purchases),
        "answers": [
            {**group.model_dump(mode="json"), "line": group.line}
            for group in by_prover(answers_in(outcome.purchases))
        ],
        "attempts": [
            {
                "prover": purchase.prover,
                "slice": purchase.slice,
                "cost": purchase.cost,
                "verification_cost": purchase.verification_cost,
                "state": purchase.state,
                "status": purchase.verdict.status if purchase.verdict else "nothing",
                "reason": purchase.verdict.reason if purchase.verdict else None,
                "detail": purchase.verdict.detail if purchase.verdict else "",
                "message": _message(purchase),
                "failure": purchase.failure,
                "fault": purchase.fault,
                "terms": purchase.terms.model_dump(mode="json") if purchase.terms else None,
            }
            for purchase in outcome.purchases
        ],
    }


def _message(purchase: Purchase) -> dict[str, Any] | None:
    error = first_error(purchase.verdict) if purchase.verdict else None
    return error.model_dump(mode="json") if error else None


def _tell(outcome: Outcome, theorem: Theorem, folder: RunFolder, certificate: Path | None) -> None:
    if outcome.status == "invalid_statement":
        complain(f"{theorem.name}: {outcome.why_stopped}")
        return
    if outcome.status == "void":
        complain(f"{theorem.name}: {outcome.why_stopped}")
    proof = outcome.proof
    if proof is not None:
        code, preamble = proof.candidate.as_lean(proof.theorem), proof.theorem.preamble
        say(f"{preamble}\n\n{code}" if preamble and proof.candidate.kind != "file" else code)
        say("")
        settling = next(p for p in outcome.purchases if p.verdict and _settles(p.verdict))
        by = settling.prover
        if settling.slice is not None:
            by += f", slice {settling.slice + 1} of its attempt"
        said = "proved" if outcome.status == "proved" else "NOT TRUE: its negation is proved"
        say(f"{said} by {by}; axioms: {axioms_told(proof)}")
        say(f"accepted by {' and '.join(proof.kernels)}")
    else:
        could = "not proved" if outcome.status == "not_proved" else "not judged"
        say(f"{could}: {outcome.why_stopped}")
    total = outcome.cost + outcome.verification_cost
    attempts = outcome.attempts
    say(
        f"cost {format_usd(total)} ({format_usd(outcome.cost)} to provers, "
        f"{format_usd(outcome.verification_cost)} for verification), "
        f"{attempts} attempt{'' if attempts == 1 else 's'}, {outcome.wall_ms / 1000:.1f} s"
    )
    for line in conduct_lines(purchase.dealing for purchase in outcome.purchases):
        say(line)
    for line in rejection_lines(answers_in(outcome.purchases)):
        say(line)
    if certificate is not None:
        say(f"certificate {certificate}")
    say(f"ledger {folder.ledger}")


def _settles(verdict: Verdict) -> bool:
    return verdict.status in {"proved", "refuted"}
