"""Prints what a benchmark run came to; `prover-arb bench report` compares several."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from prover_arb.bench.equal_solve_rate import comparison_lines
from prover_arb.bench.report import (
    all_margins,
    load_runs,
    prover_lines,
    summaries,
    why_lines,
    write_report,
)
from prover_arb.bench.runs import Run, RunFolder
from prover_arb.bench.summary import clairvoyant
from prover_arb.bench.tables import (
    bound_line,
    explored_lines,
    margin_line,
    objective_lines,
    overhead_lines,
    policy_table,
    refuted_lines,
    void_lines,
)
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.cli.commands import FAILED, complain
from prover_arb.cli.common import say
from prover_arb.cli.console import show


def close(done: Run) -> None:
    """Prints the closing table of a run, and where everything is."""
    labelled = summaries([done])
    if labelled:
        what = "run" if done.config.replay is None else "replay"
        show(policy_table(labelled, f"{what} {done.config.run}"))
    for line in overhead_lines(labelled):
        say(line)
    say(bound_line(clairvoyant(done.rows)))
    for margin in all_margins(done):
        say(margin_line(margin))
    for line in comparison_lines(done.rows, done.overheads):
        say(line)
    lines = (
        *void_lines(done.rows),
        *refuted_lines(done.rows),
        *_explored(done),
        *objective_lines(done),
    )
    for line in lines:
        say(line)
    for line in (*prover_lines(done), *why_lines(done)):
        say(line)
    if done.unread:
        say(
            f"{len(done.unread)} of {done.config.rows} theorems of the data set were not read; the "
            f"reasons: {done.folder / 'unread.jsonl'}"
        )
    if done.not_judged:
        names = ", ".join(item.title or item.theorem for item in done.not_judged)
        say(
            f"{len(done.not_judged)} of {done.config.theorems} statements are void, because Lean "
            f"ended while it read them: {names}; the reasons: {done.folder / 'skipped.jsonl'}"
        )
    if done.not_elaborated:
        say(
            f"{len(done.not_elaborated)} of {done.config.theorems} statements do not elaborate in "
            f"the {done.config.profile} profile; Lean's reasons: {done.folder / 'skipped.jsonl'}"
        )
    for line in done.config.replay.lines if done.config.replay else ():
        say(line)
    say(f"report {done.folder.absolute() / 'report.html'}")
    if done.rows and not any(row.judged for row in done.rows):
        complain(f"nothing could be judged: {done.rows[-1].why_stopped}")
        raise typer.Exit(FAILED)
    if not done.rows and done.not_judged:
        complain(f"nothing could be judged: {done.not_judged[-1].reason}")
        raise typer.Exit(FAILED)


def _explored(done: Run) -> list[str]:
    """Returns what policies bought in order to learn, by the ledger."""
    with closing(SqliteLedger(RunFolder(done.folder).ledger)) as ledger:
        return explored_lines(ledger.explored(done.config.run))


def report(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs, finished or not.")],
    out: Annotated[Path, typer.Option(metavar="FILE.html", help="Where to write the page.")] = Path(
        "comparison.html"
    ),
) -> None:
    """Compare runs in one table and one self-contained page."""
    loaded = load_runs(runs)
    labelled = summaries(loaded)
    show(policy_table(labelled, "runs compared" if len(loaded) > 1 else "run"))
    for run in loaded:
        say(f"{run.folder.name}: {bound_line(clairvoyant(run.rows))}")
        for margin in all_margins(run):
            say(f"{run.folder.name}: {margin_line(margin)}")
        for line in (
            *comparison_lines(run.rows, run.overheads),
            *overhead_lines(summaries([run])),
        ):
            say(f"{run.folder.name}: {line}")
    data = {run.config.data_sha256 for run in loaded}
    if len(data) > 1:
        complain("these runs used different data sets; their solve rates do not compare")
    write_report(loaded, out)
    say(f"report {out}")
