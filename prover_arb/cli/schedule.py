"""`prover-arb schedule ...`: fit policies on recorded attempts, and measure them honestly."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from prover_arb.broker.ledger.ledger import read_finished
from prover_arb.cli.commands import (
    EXIT_CODES,
    Commands,
    errors,
)
from prover_arb.cli.common import (
    JsonOption,
    list_unread,
    say,
)
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
from prover_arb.core.money import parse_usd
from prover_arb.core.records import left_out
from prover_arb.errors import InputError
from prover_arb.scheduler.index.world import WORLDS, World

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    help="Decide which attempt to buy next: measure policies on theorems they were not fitted on.",
)


SecondsOption = Annotated[
    float | None,
    typer.Option(
        min=1e-12,
        help="Seconds that an attempt takes per unit of its cost, where records hold no times.",
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
        typer.Option("--policies", metavar="A,B", help="Only these beside the cascades."),
    ] = None,
    world: Annotated[
        World | None, typer.Option("--world", help="Only this one; both if absent.")
    ] = None,
    folds: Annotated[int, typer.Option(help="Folds of the cross-validation.")] = 5,
    seeds: Annotated[
        str, typer.Option(metavar="N,N,...", help="One split into folds for each.")
    ] = "0,1,2",
    low: Annotated[float, typer.Option("--from", help="Lowest solve rate of the band.")] = 0.60,
    high: Annotated[float, typer.Option("--to", help="Highest solve rate of the band.")] = 0.90,
    reference: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="What costs are compared with: the better of two cascades, or a policy's name.",
        ),
    ] = "cascade",
    draws: Annotated[int, typer.Option(min=10, max=100_000, help="Bootstrap draws.")] = 1000,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a page, JSON and CSV here.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Cross-validate policies on recorded attempts: what each costs at equal solve rate."""
    from prover_arb.research.evaluation import evaluate as judge  # noqa: PLC0415
    from prover_arb.research.evaluation.evaluation_page import write  # noqa: PLC0415
    from prover_arb.research.evaluation.evaluation_study import study_of  # noqa: PLC0415
    from prover_arb.research.evaluation.held_out import FittedForests  # noqa: PLC0415
    from prover_arb.research.evaluation.scores import Settings  # noqa: PLC0415
    from prover_arb.scheduler.index.panel import panel_of  # noqa: PLC0415

    if not 0 < low < high < 1:
        raise InputError(f"--from {low:g} --to {high:g}: expected 0 < from < to < 1")
    found = records_of(records, provers)
    panel = panel_of(found)
    texts = None if statements is None else read_statements(statements)
    names = None if policies is None else [each.strip() for each in policies.split(",")]
    forests: FittedForests = {}
    results: dict[str, judge.Result] = {
        each: judge.evaluate(
            panel,
            Settings(each, folds, _seeds(seeds), low, high, draws, reference=reference),
            statements=texts,
            policies=names,
            report=lambda line: errors.print(line, highlight=False),
            forests=forests,
        )
        for each in (WORLDS if world is None else (world,))
    }
    study = with_count(study_of(results), found)
    page = None
    if out is not None:
        facts = {
            "provers": ", ".join(panel.provers),
            "theorems": f"{len(panel)}, those that every prover has records of; "
            f"{left_out(found)} others are left out",
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
    out: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the policy.")],
    *,
    records: RecordsOption,
    statements: StatementsOption = None,
    provers: ProversOption = None,
    value: Annotated[
        str | None,
        typer.Option(metavar="USD", help="What a proof is worth; a theorem's budget if absent."),
    ] = None,
    dollars: Annotated[
        float | None,
        typer.Option(help="Dollars per unit of cost, where records are not in dollars."),
    ] = None,
    seconds_per_unit: SecondsOption = None,
) -> None:
    """Write a policy file; `--policy schedule:FILE` then decides by it."""
    from prover_arb.scheduler.fitting import ledger_quotes, panel_and_rest  # noqa: PLC0415
    from prover_arb.scheduler.planning.times import seconds_for  # noqa: PLC0415
    from prover_arb.scheduler.policy_file import policy_file  # noqa: PLC0415

    found = records_of(records, provers)
    bought = [one for path in records if path.is_file() for one in read_finished(path).values()]
    units = {row.unit for one in found for row in one.rows.values()}
    if dollars is None and units != {"USD"}:
        raise InputError(
            f"--dollars: the records of {named(records)} do not say that they are in dollars; say "
            "how many dollars one unit of their cost is"
        )
    if dollars is not None and not (math.isfinite(dollars) and dollars > 0):
        raise InputError(f"--dollars: {dollars:g} is not a positive number")
    panel, rest = panel_and_rest(found, bought)
    texts = {one.theorem: one.statement for one in bought if one.statement is not None}
    if statements is not None:
        texts |= read_statements(statements)
    worth = None if value is None else parse_usd(value, field="--value")
    if worth == 0:
        raise InputError("--value: a proof worth nothing is never bought")
    times = None if panel is None else seconds_for(panel, found, seconds_per_unit)
    written = policy_file(
        panel,
        texts,
        dollars=dollars or 1.0,
        value=worth,
        quotes=ledger_quotes(bought),
        learnt=rest,
        seconds=None if times is None else [float(each) for each in times.mean(axis=0)],
    )
    try:
        out.write_text(written.model_dump_json() + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out}: cannot be written: {error.strerror}") from None
    said = [one.statement for one in written.rows]
    said += [one.statement for one in written.learnt]
    known = sum(text is not None for text in said)
    say(
        f"{out}: {len(written.provers)} provers, {len(written.rows)} theorems that all were tried "
        f"on and {len(written.learnt)} that some were, {known} of them with statements; data "
        f"{written.data_sha256[:12]}"
    )
    if left_out(found):
        say(left_out_line(left_out(found)))


app.command("explain", epilog=EXIT_CODES)(explain)


def read_statements(path: Path) -> dict[str, str]:
    """Name to formal statement, of a problem set in any published form.

    Raises:
        InputError: nothing in it states anything; names file and lines.
    """
    from prover_arb.problems import survey  # noqa: PLC0415

    data = survey(path)
    found = data.statements()
    if not found:
        raise InputError("\n".join(data.unread_lines()) or f"{path}: no theorem in it")
    list_unread(data)
    return found


def _seeds(text: str) -> tuple[int, ...]:
    try:
        seeds = tuple(int(each) for each in text.split(","))
    except ValueError:
        raise InputError(f"--seeds: {text!r}: expected whole numbers with commas") from None
    if min(seeds) < 0 or len(set(seeds)) < len(seeds):
        raise InputError(f"--seeds: {text!r}: expected different numbers, none negative")
    return seeds
