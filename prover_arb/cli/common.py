"""Options that several commands share, and functions that print results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from prover_arb.cli.commands import tell
from prover_arb.cli.visible import visible
from prover_arb.core.lazy import lazy_module
from prover_arb.core.money import MicroUSD, parse_budget, plain_usd
from prover_arb.core.theorem import Limits, Profile
from prover_arb.core.worker_bounds import Workers
from prover_arb.errors import InputError

if TYPE_CHECKING:
    from prover_arb.oracle.kernels.official import kernel
    from prover_arb.oracle.toolchain import download, resolve
    from prover_arb.oracle.toolchain.resolve import Toolchain
    from prover_arb.problems import DataSet
else:
    # Commands that a server answers need none of these.
    kernel = lazy_module("prover_arb.oracle.kernels.official.kernel")
    download = lazy_module("prover_arb.oracle.toolchain.download")
    resolve = lazy_module("prover_arb.oracle.toolchain.resolve")

SERVED_LEDGER = Path("runs/serve/ledger.sqlite3")
"""The ledger of `prover-arb serve`, unless it is told another."""

DatabaseOption = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        envvar="PROVER_ARB_DATABASE",
        help="The database with orders and keys, such as postgresql://user:password@host/name; a "
        "file beside the ledger if absent.",
    ),
]
WorkersOption = Annotated[
    Workers | None,
    typer.Option(
        metavar="N|LEAST..MOST",
        parser=Workers.parse,
        help="Number of Lean workers; one per core if absent. With bounds, such as 2..8, more are "
        "started while requests wait for one, and end when they are not needed.",
    ),
]
LedgerOption = Annotated[
    Path, typer.Option(metavar="FILE", help="The ledger of the service, as for `serve`.")
]


def say(text: str) -> None:
    """Prints a result without wrapping or colours; invisible characters become numbers."""
    typer.echo(visible(text))


def list_unread(data: DataSet | None) -> None:
    """Prints to standard error which rows of a data set could not be read, and why."""
    for line in data.unread_lines() if data is not None else ():
        tell(line)


def provision(profile: Profile, *, judges: bool = True, full: bool = False) -> Toolchain:
    """Finds Lean, or downloads and builds what is missing, with a progress bar.

    With `full` every file is checked by its hash, not by its size alone. Without `judges` the
    official kernel may be missing: statements can then be read but nothing can be judged.

    Raises:
        ToolchainError: Lean, or the official kernel, cannot be provided here.
    """
    if judges:
        kernel.find()
    with download.progress_bar() as progress:
        return resolve.ensure(profile, progress=progress, report=progress.console.print, full=full)


def budget(text: str) -> MicroUSD:
    """Returns the micro-dollars of a --budget.

    Raises:
        BudgetError: it is not an amount, negative or absurd.
    """
    return parse_budget(text, field="--budget")


def run_budget(text: str | None) -> MicroUSD | None:
    """Returns the micro-dollars of a --run-budget; raises the same errors as `budget`."""
    return None if text is None else parse_budget(text, field="--run-budget")


def limits(heartbeats: int | None, timeout: float | None) -> Limits:
    """Returns the limits of one check; None leaves the default."""
    given: dict[str, int] = {}
    if heartbeats is not None:
        given["heartbeats"] = heartbeats
    if timeout is not None:
        given["wall_ms"] = round(timeout * 1000)
    return Limits(**given)


Procurement = Literal["posted", "auction"]


def policies(given: Sequence[str], procurement: Procurement, value_usd: str | None) -> list[str]:
    """Returns the requested policies in their text form; none if the default applies.

    Raises:
        InputError: options contradict each other.
    """
    if procurement == "posted":
        if value_usd is not None:
            raise InputError("--value applies to auctions only; add --procurement auction")
        return list(given)
    if given:
        raise InputError("--policy cannot be combined with --procurement auction; leave one out")
    if value_usd is None:
        return ["auction"]
    return [f"auction:{plain_usd(parse_budget(value_usd, field='--value'))}"]


ProcurementOption = Annotated[
    Procurement,
    typer.Option(
        help="posted: provers are paid what they invoice; auction: provers bid for every attempt, "
        "and the best offer is paid by the second-price rule."
    ),
]
ValueOption = Annotated[
    str | None,
    typer.Option(
        "--value", metavar="USD", help="The value of a proof in an auction; the budget if absent."
    ),
]
ProblemsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="A published problem set (.jsonl, .json), a .lean file or a folder of them; the "
        "shipped theorems of the main job if absent. See `problems check`.",
    ),
]
StrictOption = Annotated[
    bool,
    typer.Option(
        "--strict", help="Refuse a problem set with unreadable rows, instead of listing those rows."
    ),
]
SplitOption = Annotated[str | None, typer.Option(help="Use only this split, such as test.")]
LimitOption = Annotated[
    int | None, typer.Option(min=1, help="Use only this many theorems, the first ones.")
]
ProfileOption = Annotated[
    Profile,
    typer.Option(help="core: Lean and the library shipped here; mathlib: an installed Mathlib."),
]
CatalogOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The price list (TOML); the shipped one if absent."),
]
MaxParallelOption = Annotated[
    int | None,
    typer.Option(
        "--max-parallel",
        min=1,
        max=1_000,
        help="How many attempts at one theorem may run at once; 1 if absent. More save time: once "
        "one is a proof, the others are cancelled and paid for what they had used.",
    ),
]
HeartbeatsOption = Annotated[
    int | None,
    typer.Option(min=1, max=1_000_000_000, help="Lean heartbeats that one check may use."),
]
TimeoutOption = Annotated[
    float | None, typer.Option(min=0.1, max=3600, help="Seconds that one check may take.")
]
OneKernelOption = Annotated[
    bool,
    typer.Option(
        "--one-kernel",
        help="Let the official kernel judge alone, without the embedded Lean's kernel. This saves "
        "19 to 34 percent of a check's processor time; certificates then list one kernel.",
    ),
]
PristineOption = Annotated[
    bool,
    typer.Option(
        "--pristine",
        help="Reset Lean before every candidate, so that no candidate can change the messages or "
        "the speed of the next. By default Lean is reset after anything unusual and every 200 "
        "requests. Verdicts do not depend on it.",
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output.")
]
