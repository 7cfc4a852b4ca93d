"""`prover-arb schedule ...`: fits policies on recorded attempts, and measures them on held-out
ones."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from prover_arb.broker.ledger.ledger_reader import read_finished
from prover_arb.cli.commands import EXIT_CODES, Commands
from prover_arb.cli.common import JsonOption, list_unread, say
from prover_arb.cli.console import errors
from prover_arb.cli.record_options import (
    ProversOption,
    RecordsOption,
    StatementsOption,
    left_out_line,
    named,
    records_of,
    show_study,
    with_count,
)
from prover_arb.cli.schedule_explain import explain
from prover_arb.cli.schedule_learn import PolicyValueOption, learn, policy_value
from prover_arb.core.records import left_out
from prover_arb.errors import InputError
from prover_arb.problems import survey
from prover_arb.research.evaluation import evaluate as evaluation
from prover_arb.research.evaluation.evaluation_page import write
from prover_arb.research.evaluation.evaluation_study import study_of
from prover_arb.research.evaluation.held_out import FittedForests
from prover_arb.research.evaluation.scores import Settings
from prover_arb.scheduler.fitting import ledger_quotes, panel_and_rest
from prover_arb.scheduler.index.panel import panel_of
from prover_arb.scheduler.index.world import WORLDS, World
from prover_arb.scheduler.planning.times import seconds_for
from prover_arb.scheduler.policy_file import PolicyFile, policy_file

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    help="Decide which attempt to buy next: measure policies on theorems they were not fitted on.",
)


SecondsOption = Annotated[
    float | None,
    typer.Option(
        min=1e-12,
        help="Seconds that an attempt takes per unit of its cost, for records that hold no times.",
    ),
]


@app.command("evaluate", epilog=EXIT_CODES)
def evaluate(
    *,
    records: RecordsOption,
    statements: StatementsOption = None,
    provers: ProversOption = None,
    policies: Annotated[
        str | None,
        typer.Option(
            "--policies", metavar="A,B", help="Compare only these policies, besides the cascades."
        ),
    ] = None,
    world: Annotated[
        World | None,
        typer.Option("--world", help="How records of attempts are read; both ways if absent."),
    ] = None,
    folds: Annotated[int, typer.Option(help="Number of folds of the cross-validation.")] = 5,
    seeds: Annotated[
        str, typer.Option(metavar="N,N,...", help="Random seeds; each gives one split into folds.")
    ] = "0,1,2",
    low: Annotated[float, typer.Option("--from", help="Lowest solve rate of the band.")] = 0.60,
    high: Annotated[float, typer.Option("--to", help="Highest solve rate of the band.")] = 0.90,
    reference: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The policy that costs are compared with: a policy's name, or cascade for the "
            "better of two cascades.",
        ),
    ] = "cascade",
    draws: Annotated[
        int, typer.Option(min=10, max=100_000, help="Number of bootstrap draws.")
    ] = 1000,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a page, JSON and CSV to this folder.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Cross-validate policies on recorded attempts: what each costs at equal solve rate."""
    if not 0 < low < high < 1:
        raise InputError(f"--from {low:g} --to {high:g}: expected 0 < from < to < 1")
    recorded = records_of(records, provers)
    panel = panel_of(recorded)
    texts = None if statements is None else read_statements(statements)
    names = None if policies is None else [name.strip() for name in policies.split(",")]
    forests: FittedForests = {}
    results: dict[str, evaluation.Result] = {
        reading: evaluation.evaluate(
            panel,
            Settings(reading, folds, _seeds(seeds), low, high, draws, reference=reference),
            statements=texts,
            policies=names,
            report=lambda line: errors.print(line, highlight=False),
            forests=forests,
        )
        for reading in (WORLDS if world is None else (world,))
    }
    study = with_count(study_of(results), recorded)
    page = None
    if out is not None:
        facts = {
            "provers": ", ".join(panel.provers),
            "theorems": f"{len(panel)}, those that every prover has records of; "
            f"{left_out(recorded)} others are left out",
            "folds": f"{folds}, split by seeds {seeds}",
            "records": named(records),
            "statements": "none" if statements is None else str(statements),
        }
        page = write(results, facts, out)
    if as_json:
        say(study.as_json())
        return
    show_study(study)
    if page is not None:
        say(f"report {page}")


@app.command("fit", epilog=EXIT_CODES)
def fit(
    out: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the policy file.")],
    *,
    records: RecordsOption,
    statements: StatementsOption = None,
    provers: ProversOption = None,
    value: PolicyValueOption = None,
    dollars: Annotated[
        float | None,
        typer.Option(help="Dollars per unit of cost, for records that are not in dollars."),
    ] = None,
    seconds_per_unit: SecondsOption = None,
) -> None:
    """Fit a policy file on records; `--policy schedule:FILE` then decides by it."""
    recorded = records_of(records, provers)
    histories = [
        history for path in records if path.is_file() for history in read_finished(path).values()
    ]
    units = {row.unit for prover in recorded for row in prover.rows.values()}
    if dollars is None and units != {"USD"}:
        raise InputError(
            f"--dollars: the records of {named(records)} do not say that they are in dollars; say "
            "how many dollars one unit of their cost is"
        )
    if dollars is not None and not (math.isfinite(dollars) and dollars > 0):
        raise InputError(f"--dollars: {dollars:g} is not a positive number")
    panel, rest = panel_and_rest(recorded, histories)
    texts = {
        history.theorem: history.statement for history in histories if history.statement is not None
    }
    if statements is not None:
        texts |= read_statements(statements)
    worth = policy_value(value)
    times = None if panel is None else seconds_for(panel, recorded, seconds_per_unit)
    file = policy_file(
        panel,
        texts,
        dollars=dollars or 1.0,
        value=worth,
        quotes=ledger_quotes(histories),
        learnt=rest,
        seconds=None if times is None else times.mean(axis=0).tolist(),
    )
    try:
        out.write_text(file.model_dump_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from None
    say(_summary(file, out))
    if left_out(recorded):
        say(left_out_line(left_out(recorded)))


def _summary(file: PolicyFile, path: Path) -> str:
    statements = [row.statement for row in file.rows]
    statements += [history.statement for history in file.learnt]
    known = sum(statement is not None for statement in statements)
    return (
        f"{path}: {len(file.provers)} provers, {len(file.rows)} theorems that all were tried on "
        f"and {len(file.learnt)} that some were, {known} of them with statements; data "
        f"{file.data_sha256[:12]}"
    )


app.command("learn", epilog=EXIT_CODES)(learn)
app.command("explain", epilog=EXIT_CODES)(explain)


def read_statements(path: Path) -> dict[str, str]:
    """Returns formal statements by name, from a problem set in any published form.

    Raises:
        InputError: the file states nothing; the message names it and its lines.
    """
    data = survey(path)
    statements = data.statements()
    if not statements:
        raise InputError("\n".join(data.unread_lines()) or f"{path}: no theorem in it")
    list_unread(data)
    return statements


def _seeds(text: str) -> tuple[int, ...]:
    try:
        seeds = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise InputError(f"--seeds: {text!r}: expected whole numbers with commas") from None
    if min(seeds) < 0 or len(set(seeds)) < len(seeds):
        raise InputError(f"--seeds: {text!r}: expected different numbers, none negative")
    return seeds
