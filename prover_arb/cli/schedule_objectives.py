"""`prover-arb schedule objectives`: batch budgets, solve rates and deadlines on recorded
attempts."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated

import typer

from prover_arb.cli.commands import EXIT_CODES
from prover_arb.cli.common import (
    JsonOption,
    say,
)
from prover_arb.cli.console import errors
from prover_arb.cli.record_options import (
    ProversOption,
    RecordsOption,
    StatementsOption,
    named,
    records_of,
    show_study,
    with_count,
)
from prover_arb.cli.schedule import SecondsOption, app, read_statements
from prover_arb.errors import InputError
from prover_arb.research.evaluation.objectives.objectives_page import write
from prover_arb.research.evaluation.objectives.objectives_study import study_objectives
from prover_arb.research.evaluation.objectives.study_options import ObjectivesOptions
from prover_arb.research.study import plain
from prover_arb.scheduler.index.panel import panel_of
from prover_arb.scheduler.index.world import World
from prover_arb.scheduler.planning.times import seconds_for


@app.command("objectives", epilog=EXIT_CODES)
def objectives(
    *,
    records: RecordsOption,
    statements: StatementsOption = None,
    provers: ProversOption = None,
    budgets: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...",
            help="Budgets for all theorems together, in the records' unit; what the solve rates "
            "are planned to cost if absent.",
        ),
    ] = None,
    rates: Annotated[
        str | None, typer.Option(metavar="A,B,...", help="Solve rates; 0.5 to 0.8 if absent.")
    ] = None,
    deadlines: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...",
            help="Seconds for each theorem; 1 to 64 attempts of the fastest prover if absent.",
        ),
    ] = None,
    rate_by_deadline: Annotated[
        float, typer.Option(help="Share of the theorems that is to be proved within a deadline.")
    ] = 0.7,
    seconds_per_unit: SecondsOption = None,
    world: Annotated[World, typer.Option(help="How a record of successes is read.")] = (
        "independent"
    ),
    folds: Annotated[int, typer.Option(help="Number of folds of the cross-validation.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Random seed of the folds and the draws.")] = 0,
    draws: Annotated[
        int,
        typer.Option(
            min=10, max=10_000, help="Number of random draws used to simulate a shared budget."
        ),
    ] = 200,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a page, JSON and CSV to this folder.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Plan batch budgets, solve rates and deadlines for held-out theorems, and see what happens."""
    shares = _numbers("--rates", rates)
    for rate in (*(shares or ()), rate_by_deadline):
        if not 0 < rate < 1:
            raise InputError(f"a solve rate of {rate:g}: expected between 0 and 1")
    times = _numbers("--deadlines", deadlines)
    recorded = records_of(records, provers)
    panel = panel_of(recorded)
    seconds = seconds_for(panel, recorded, seconds_per_unit)
    if seconds is None and times is not None:
        raise InputError(
            f"--deadlines: the records of {named(records)} do not say how long attempts take; give "
            "--seconds-per-unit"
        )
    options = ObjectivesOptions(
        world=world,
        folds=folds,
        seed=seed,
        draws=draws,
        budgets=_numbers("--budgets", budgets),
        rates=shares,
        deadlines=None if times is None else sorted(times),
        rate_by_deadline=rate_by_deadline,
    )
    studies = [
        with_count(study, recorded)
        for study in study_objectives(
            panel,
            None if statements is None else read_statements(statements),
            seconds,
            options,
            lambda line: errors.print(line, highlight=False),
        )
    ]
    page = None if out is None else write(studies, out)
    if as_json:
        data = {study.name: plain(study.data) for study in studies}
        say(json.dumps({"study": "objectives", **data}, ensure_ascii=False))
        return
    for study in studies:
        show_study(study)
    if seconds is None:
        say("no deadlines: the records hold no times; --seconds-per-unit assumes them")
    if seconds_per_unit is not None:
        say(f"times are assumed: {seconds_per_unit:g} s for each unit of cost")
    if page is not None:
        say(f"report {page}")


def _numbers(option: str, text: str | None) -> list[float] | None:
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(f"{option}: {text!r}: expected numbers with commas") from None
    if not all(math.isfinite(number) and number > 0 for number in numbers):
        raise InputError(f"{option}: {text!r}: expected positive numbers")
    return numbers
