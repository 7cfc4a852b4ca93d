"""The options of `fill`, whether this machine or a service buys."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from prover_arb.core.money import MicroUSD, parse_budget

FILL_EXIT_CODES = (
    "Exit codes: 0 every `sorry` is filled, or there is none; 1 some stay open; 2 bad input, or a "
    "statement that Lean does not accept; 3 the oracle or the toolchain failed; 130 stopped by "
    "Ctrl-C."
)

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE.lean", help="The file with theorems to prove.")
]
EachBudgetOption = Annotated[
    str,
    typer.Option("--budget", metavar="USD", help="The most that may be spent on one theorem."),
]
FileBudgetOption = Annotated[
    str | None,
    typer.Option(
        "--file-budget",
        metavar="USD",
        help="The most that may be spent on the file; no limit but --budget's if absent.",
    ),
]
FilledFileOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE.lean", help="Write the result here and leave FILE.lean as it is."),
]


def file_budget(text: str | None) -> MicroUSD | None:
    """Returns the micro-dollars of a --file-budget.

    Raises:
        BudgetError: it is not an amount, negative or absurd.
    """
    return None if text is None else parse_budget(text, field="--file-budget")
