"""The options that several commands share, and how results are printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.measure import Measurement
from rich.table import Table

from prover_arb.cli.commands import errors
from prover_arb.cli.visible import VisibleConsole, visible
from prover_arb.core.money import MicroUSD, parse_usd, plain_usd
from prover_arb.core.theorem import Limits, Profile
from prover_arb.errors import InputError
from prover_arb.oracle.kernels.official.kernel import find
from prover_arb.oracle.toolchain.download import progress_bar
from prover_arb.oracle.toolchain.resolve import ensure

if TYPE_CHECKING:
    from prover_arb.oracle.toolchain.resolve import Toolchain
    from prover_arb.problems import DataSet

output = VisibleConsole(emoji=False)
"""For results."""


def say(text: str) -> None:
    """Print a result without wrapping or colours; what cannot be seen is shown as a number."""
    output.print(visible(text), markup=False, highlight=False, soft_wrap=True)


def list_unread(data: DataSet | None) -> None:
    """Say on standard error which rows of a data set could not be read, and why."""
    for line in data.unread_lines() if data is not None else ():
        errors.print(visible(line), markup=False, highlight=False, soft_wrap=True)


def show(table: Table) -> None:
    """Print a table whole: wider than the terminal rather than with figures cut off."""
    roomy = output.options.update(max_width=500)
    width = max(output.width, Measurement.get(output, roomy, table).maximum)
    VisibleConsole(width=width, emoji=False).print(table)


def provision(profile: Profile, *, judges: bool = True, full: bool = False) -> Toolchain:
    """Find Lean, or download and build what is missing, and show how it goes.

    With `full` every file is checked by its hash, and not by its size alone. Without `judges` the
    official kernel may be missing: statements can be read, and nothing can be judged.

    Raises:
        ToolchainError: Lean, or the official kernel, cannot be had here.
    """
    if judges:
        find()
    with progress_bar() as progress:
        return ensure(profile, progress=progress, report=progress.console.print, full=full)


def budget(text: str) -> MicroUSD:
    """Micro-dollars of a --budget.

    Raises:
        BudgetError: not an amount, negative or absurd.
    """
    return parse_usd(text, field="--budget")


def run_budget(text: str | None) -> MicroUSD | None:
    """Micro-dollars of a --run-budget; raises as `budget`."""
    return None if text is None else parse_usd(text, field="--run-budget")


def limits(heartbeats: int | None, timeout: float | None) -> Limits:
    """Limits of one check; None leaves the default."""
    given: dict[str, int] = {}
    if heartbeats is not None:
        given["heartbeats"] = heartbeats
    if timeout is not None:
        given["wall_ms"] = round(timeout * 1000)
    return Limits(**given)


Procurement = Literal["posted", "auction"]


def policies(given: Sequence[str], procurement: Procurement, value_usd: str | None) -> list[str]:
    """The policies asked for, in their text form; none where the default is to be taken.

    Raises:
        InputError: options that contradict each other.
    """
    if procurement == "posted":
        if value_usd is not None:
            raise InputError("--value is what a proof is worth in an auction; say --procurement")
        return list(given)
    if given:
        raise InputError("--policy: an auction decides itself who sells; leave --policy out")
    if value_usd is None:
        return ["auction"]
    return [f"auction:{plain_usd(parse_usd(value_usd, field='--value'))}"]


ProcurementOption = Annotated[
    Procurement,
    typer.Option(
        help="posted: sellers are paid what they invoice; auction: they bid for every attempt, and "
        "the best offer is paid by the second-price rule."
    ),
]
ValueOption = Annotated[
    str | None,
    typer.Option(
        "--value", metavar="USD", help="What a proof is worth in an auction; the budget if absent."
    ),
]
ProblemsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="A published problem set (.jsonl, .json), a .lean file or a folder of them; the "
        "shipped problem set if absent. See `problems check`.",
    ),
]
StrictOption = Annotated[
    bool,
    typer.Option(
        "--strict", help="Refuse problems of which some cannot be read, instead of listing those."
    ),
]
SplitOption = Annotated[str | None, typer.Option(help="Only this split, such as test.")]
LimitOption = Annotated[int | None, typer.Option(min=1, help="Only the first theorems.")]
ProfileOption = Annotated[
    Profile,
    typer.Option(help="core: Lean and the library shipped here; mathlib: an installed Mathlib."),
]
CatalogOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Price list (TOML); the shipped one if absent.")
]
AbreastOption = Annotated[
    int | None,
    typer.Option(
        "--abreast",
        min=1,
        max=1_000,
        help="Attempts in flight at once for one theorem, 1 if absent: more buy time, and once one "
        "is a proof the others are cancelled and paid for what they had used.",
    ),
]
HeartbeatsOption = Annotated[
    int | None, typer.Option(min=1, max=1_000_000_000, help="Lean heartbeats for one check.")
]
TimeoutOption = Annotated[
    float | None, typer.Option(min=0.1, max=3600, help="Seconds for one check.")
]
OneKernelOption = Annotated[
    bool,
    typer.Option(
        "--one-kernel",
        help="Let the official kernel judge alone, without the embedded Lean's after it: saves "
        "19 to 34 percent of a check's processor time, and certificates then list one kernel.",
    ),
]
PristineOption = Annotated[
    bool,
    typer.Option(
        "--pristine",
        help="Put Lean back to its untouched state before every candidate, so that nothing one "
        "leaves behind changes the messages or the speed of the next. By default this is done "
        "after anything odd and every 200 requests. No proof is believed for it either way.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
