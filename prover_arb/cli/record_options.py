"""What commands on recorded attempts share: where the records are, how a study is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from prover_arb.cli.common import (
    say,
    show,
)
from prover_arb.core.records import ProverRecords, left_out, read_pool

if TYPE_CHECKING:
    from prover_arb.research.study import Study

_SOURCES = typer.Option(
    "--records",
    metavar="DIR",
    help='Folder of PROVER.jsonl files, rows {"id", "mean_cost", "attempts"}; or a ledger of ours '
    "(a file). Repeat it to pool provers of several.",
)
RecordsOption = Annotated[list[Path], _SOURCES]
SourcesOption = Annotated[list[Path] | None, _SOURCES]
StatementsOption = Annotated[
    Path | None,
    typer.Option(
        "--statements",
        metavar="FILE",
        help="A problem set in any published form, for policies that read statements.",
    ),
]
ProversOption = Annotated[
    str | None, typer.Option("--provers", metavar="A,B,C", help="Only these; all if absent.")
]


def records_of(records: Sequence[Path], provers: str | None) -> list[ProverRecords]:
    """The records asked for.

    Raises:
        RecordsError: they cannot be read, or a prover has records in two places.
    """
    return read_pool(records, names_of(provers))


def named(records: Sequence[Path]) -> str:
    """The sources as text."""
    return ", ".join(map(str, records))


def names_of(provers: str | None) -> list[str] | None:
    """The names of a --provers."""
    return [name.strip() for name in provers.split(",")] if provers else None


def with_count(study: Study, records: Sequence[ProverRecords]) -> Study:
    """The study, saying how many problems it leaves out because not every prover has them."""
    count = left_out(records)
    told = replace(study, data={**study.data, "problems_left_out": count})
    return replace(told, sentences=[*study.sentences, left_out_line(count)]) if count else told


def left_out_line(count: int) -> str:
    """That so many problems are left out, as a sentence."""
    return f"Problems left out, because not every prover has records of them: {count}."


def show_study(study: Study) -> None:
    """Its table, and its findings in words."""
    table = Table(title=study.title, title_justify="left", box=SIMPLE_HEAD)
    for i, heading in enumerate(study.header):
        table.add_column(heading, justify="right" if i else "left")
    for row in study.rows:
        table.add_row(*row)
    show(table)
    for sentence in study.sentences:
        say(sentence)
