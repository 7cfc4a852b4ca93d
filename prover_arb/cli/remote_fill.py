"""`prover-arb --server URL fill`: the same command, done by a service.

Nothing that runs Lean or buys is imported here.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import typer

from prover_arb.cli.commands import FAILED, complain
from prover_arb.cli.common import JsonOption, ProfileOption, budget, say
from prover_arb.cli.fill_options import (
    FILL_EXIT_CODES,
    EachBudgetOption,
    FileArgument,
    FileBudgetOption,
    FilledFileOption,
    file_budget,
)
from prover_arb.cli.fill_results import FillWriter, ShownGap
from prover_arb.cli.remote import DeadlineOption, ServedPolicyOption, opened_client
from prover_arb.cli.theorem_options import SeedOption
from prover_arb.cli.waiting import waiting_for
from prover_arb.client.models import File, Gap
from prover_arb.client.sync_client import Client
from prover_arb.core.money import parse_usd, plain_usd
from prover_arb.problems.gaps import gaps_of
from prover_arb.problems.lean_file import LeanFile

NOTES = "The API key is read from the variable PROVER_ARB_API_KEY.\n\n" + FILL_EXIT_CODES

LOOK_SECONDS = 0.5
"""How often the service is asked how far the file is."""


def fill(
    ctx: typer.Context,
    *,
    file: FileArgument,
    budget_usd: EachBudgetOption = "0.05",
    file_budget_usd: FileBudgetOption = None,
    policy: ServedPolicyOption = None,
    deadline: DeadlineOption = None,
    seed: SeedOption = 0,
    profile: ProfileOption = "core",
    out: FilledFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Buy proofs for the theorems of a Lean file that end in `sorry`, and write them into it.

    The service at --server buys them in order, and a later one may use an earlier one. What is
    bought is written at once, so that a second call buys only what is still open; Ctrl-C cancels
    the rest. Nothing but the `sorry`s changes. The certificates are in a new folder under runs/.
    """
    each = budget(budget_usd)
    whole = file_budget(file_budget_usd)
    lean_file = LeanFile.read(file)
    gaps = gaps_of(lean_file, profile)
    ended: File | None = None
    if gaps.fillable:
        # A theorem that rests on an open one may be bought too, once that is filled.
        many = len(gaps.fillable) + sum(gap.number is not None for gap in gaps.unfilled)
        with opened_client(ctx) as client, waiting_for("placing the order") as say_now:
            ordered = client.fill(
                lean_file.text,
                budget_usd=plain_usd(whole or each * many),
                theorem_budget_usd=plain_usd(each),
                policy=policy,
                deadline=deadline,
                seed=seed,
                wait=0,
            )
            writer = FillWriter(lean_file, out, Path("runs") / f"fill-{ordered.id}")
            try:
                for now in _versions(client, ordered):
                    _keep(now, writer)
                    say_now(f"{len(now.gaps)} of {many} ended, ${now.spent_usd} spent")
                    ended = now
            except KeyboardInterrupt:
                stopped = client.cancel_file(ordered.id)
                _keep(stopped, writer)
                complain(f"{stopped.filled} filled so far, written to {writer.written_to}")
                complain(f"the order {ordered.id} is cancelled")
                raise
    else:
        writer = FillWriter(lean_file, out, Path("runs"))
    _end(ended, [ShownGap.untried(gap) for gap in gaps.unfilled], writer, as_json)


def _versions(client: Client, file: File) -> Iterator[File]:
    """Yields the order of a file as it changes, up to its end."""
    while True:
        yield file
        if file.ended:
            return
        while (now := client.file_of(file.id)) == file:
            time.sleep(LOOK_SECONDS)
        file = now


def _keep(file: File, writer: FillWriter) -> None:
    """Writes what was bought so far."""
    for gap in file.gaps:
        if gap.certificate is not None:
            writer.write_certificate(gap.name, gap.line, gap.certificate)
    writer.write(file.text)


def _end(file: File | None, untried: list[ShownGap], writer: FillWriter, as_json: bool) -> None:
    """Prints how an order ended, or what is `untried` if there is none, and ends the program."""
    became = untried if file is None else [_shown(gap) for gap in file.gaps]
    if as_json:
        more = {"run": None if file is None else str(writer.folder)}
        more["order"] = None if file is None else file.id
        say(json.dumps(writer.as_json(became, more), ensure_ascii=False))
    else:
        writer.tell(became)
        if file is not None:
            say(f"charged ${file.charged_usd} (${file.spent_usd} spent), order {file.id}")
    for problem in writer.unwritten:
        complain(problem)
    code = writer.exit_code(became)
    if file is not None and file.status == "failed":
        complain(f"the order failed: {(file.problem or {}).get('detail', 'it is not said why')}")
        code = FAILED
    if code:
        raise typer.Exit(code)


def _shown(gap: Gap) -> ShownGap:
    return ShownGap(
        gap.name,
        gap.line,
        gap.status,
        gap.reason,
        parse_usd(gap.cost_usd),
        parse_usd(gap.verification_cost_usd),
        None if gap.status == "not_bought" else gap.attempts,
    )
