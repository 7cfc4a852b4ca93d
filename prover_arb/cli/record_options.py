"""What the commands on recorded attempts share: where records are read, how a study is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from prover_arb.cli.common import say
from prover_arb.cli.console import show
from prover_arb.core.record_files import read_pool
from prover_arb.core.records import ProverRecords, left_out
from prover_arb.research.study import Study

_SOURCES = typer.Option(
    "--records",
    metavar="DIR",
    help='A folder of PROVER.jsonl files with rows {"id", "mean_cost", "attempts"}, or a ledger '
    "file of this program. Repeat it to combine the provers of several.",
)
RecordsOption = Annotated[list[Path], _SOURCES]
SourcesOption = Annotated[list[Path] | None, _SOURCES]
StatementsOption = Annotated[
    Path | None,
    typer.Option(
        "--statements",
        metavar="FILE",
        help="The theorems' statements: a problem set in any published form. Without it, policies "
        "read the theorems' names only.",
    ),
]
ProversOption = Annotated[
    str | None,
    typer.Option("--provers", metavar="A,B,C", help="Only these provers; all if absent."),
]


def records_of(records: Sequence[Path], provers: str | None) -> list[ProverRecords]:
    """Reads the records of the provers asked for.

    Raises:
        RecordsError: a source cannot be read, or a prover has records in two sources.
    """
    return read_pool(records, names_of(provers))


def named(records: Sequence[Path]) -> str:
    """Returns the sources of records as text."""
    return ", ".join(map(str, records))


def names_of(provers: str | None) -> list[str] | None:
    """Returns the names that a --provers lists, or None without one."""
    return [name.strip() for name in provers.split(",")] if provers else None


def with_count(study: Study, records: Sequence[ProverRecords]) -> Study:
    """Returns the study with the number of problems left out, as data and as a sentence.

    A problem is left out if not every prover has records of it.
    """
    count = left_out(records)
    counted = replace(study, data={**study.data, "problems_left_out": count})
    if not count:
        return counted
    return replace(counted, sentences=[*study.sentences, left_out_line(count)])


def left_out_line(count: int) -> str:
    """Returns the sentence that says how many problems are left out."""
    return f"Problems left out, because not every prover has records of them: {count}."


def show_study(study: Study) -> None:
    """Prints a study's table, and its findings in sentences."""
    table = Table(title=study.title, title_justify="left", box=SIMPLE_HEAD)
    for i, heading in enumerate(study.header):
        table.add_column(heading, justify="right" if i else "left")
    for row in study.rows:
        table.add_row(*row)
    show(table)
    for sentence in study.sentences:
        say(sentence)
