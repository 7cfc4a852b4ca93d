"""What commands on recorded attempts share: where the records are, how a study is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from prover_arb.cli.common import say, show
from prover_arb.records import ProverRecords, ledger_records, read_folder

if TYPE_CHECKING:
    from prover_arb.market.study import Study

RecordsOption = Annotated[
    Path,
    typer.Option(
        "--records",
        metavar="DIR",
        help='Folder of PROVER.jsonl files, rows {"id", "mean_cost", "attempts"}; or a ledger '
        "of ours (a file).",
    ),
]
ProversOption = Annotated[
    str | None, typer.Option("--provers", metavar="A,B,C", help="Only these; all if absent.")
]


def records_of(records: Path, provers: str | None) -> list[ProverRecords]:
    """The records asked for.

    Raises:
        RecordsError: they cannot be read.
    """
    names = [name.strip() for name in provers.split(",")] if provers else None
    if not records.is_file():
        return read_folder(records, names)
    found = ledger_records(records)
    return found if names is None else [one for one in found if one.prover in names]


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
