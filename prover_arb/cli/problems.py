"""`prover-arb problems check`: reports what can be read of a problem set, what cannot, and why."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from prover_arb.bench.progress import Bars
from prover_arb.cli.commands import BAD_INPUT, EXIT_CODES, Commands, complain
from prover_arb.cli.common import (
    JsonOption,
    ProfileOption,
    provision,
    say,
)
from prover_arb.cli.console import errors
from prover_arb.cli.problems_generate import generate_problems, print_forms
from prover_arb.core.machine import processors
from prover_arb.core.theorem import Limits
from prover_arb.errors import InputError, OracleError
from prover_arb.oracle.lean_pool import LeanPool
from prover_arb.oracle.reference import ReferenceService
from prover_arb.problems import DataSet, Problem, Unread, grouped, survey

if TYPE_CHECKING:
    from prover_arb.oracle.toolchain.resolve import Toolchain

CHECK_CODES = (
    "Exit codes: 0 everything is read (and elaborates, with --elaborate); 1 something is not; 2 a "
    "file is missing, of an unsupported kind, or nothing in it can be read; 3 Lean failed."
)

SOME_NOT = 1

SHOWN = 20
"""How many reasons are listed for a file without --all."""

app = typer.Typer(
    cls=Commands, help="Check, generate and compare problem sets.", no_args_is_help=True
)


@dataclass(frozen=True)
class Checked:
    """A problem set, with the statements that do not elaborate if that was asked."""

    data: DataSet
    faults: list[Unread] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The exit code for this set."""
        if not self.data.problems:
            return BAD_INPUT
        return SOME_NOT if self.data.unread or self.faults else 0


@app.command("check", epilog=CHECK_CODES)
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Problem sets: files or folders.")
    ],
    *,
    elaborate: Annotated[
        bool, typer.Option("--elaborate", help="Also let Lean elaborate every statement.")
    ] = False,
    profile: ProfileOption = "core",
    every: Annotated[
        bool, typer.Option("--all", help="List every theorem, instead of one line per reason.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Report what can be read of a problem set, what cannot, and why; Lean is not needed.

    MiniF2F, ProofNet, PutnamBench, Lean Workbook, NuminaMath and others are read in their published
    forms, as JSON Lines, JSON, .lean files or folders of those, also compressed as .gz.
    """
    code = 0
    sets: list[Checked] = []
    for path in files:
        try:
            sets.append(Checked(survey(path, profile=profile)))
        except InputError as error:
            complain(error)
            code = BAD_INPUT
    if elaborate and any(checked.data.problems for checked in sets):
        toolchain = provision(profile, judges=False)
        sets = asyncio.run(_elaborated(sets, toolchain))
    for checked in sets:
        if not as_json:
            _tell(checked, elaborate, every)
        code = max(code, checked.code)
    if as_json:
        say(json.dumps({"files": [_as_json(checked, elaborate) for checked in sets]}))
    raise typer.Exit(code)


app.command("generate", epilog=EXIT_CODES)(generate_problems)
app.command("forms", epilog=EXIT_CODES)(print_forms)


async def _elaborated(sets: Sequence[Checked], toolchain: Toolchain) -> list[Checked]:
    """Returns the sets with the statements that Lean refuses.

    Raises:
        OracleError: no Lean process could be started.
    """
    size = processors()
    turns = asyncio.Semaphore(size)
    done = 0
    total = sum(len(checked.data.problems) for checked in sets)
    with Bars(errors) as bars:
        bars.begin("elaborating", total)
        async with LeanPool(toolchain, size=size) as pool:
            references = ReferenceService(pool)

            async def fault(problem: Problem) -> Unread | None:
                nonlocal done
                async with turns:
                    try:
                        check = await references.inspect(problem.theorem, Limits())
                        reason = "" if check.elaborates else check.reason or "no reason given"
                    except OracleError as error:
                        reason = f"Lean broke down on it: {error}"
                done += 1
                bars.show("elaborating", done)
                if not reason:
                    return None
                return Unread(problem.origin, first_line(reason), name=problem.label)

            return [
                Checked(
                    checked.data,
                    [
                        unread
                        for unread in await asyncio.gather(*map(fault, checked.data.problems))
                        if unread is not None
                    ],
                )
                for checked in sets
            ]


def _tell(checked: Checked, elaborate: bool, every: bool) -> None:
    data = checked.data
    say(f"{data.path}: {len(data.problems)} of {data.rows} theorems read")
    if data.unread:
        kinds = Counter(row.kind for row in data.unread)
        counted = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        say(f"  not read: {counted}")
        _list(data.unread, every)
    if elaborate:
        good = len(data.problems) - len(checked.faults)
        say(f"{data.path}: {good} of {len(data.problems)} statements elaborate")
        _list(checked.faults, every)


def _list(unread: Sequence[Unread], every: bool) -> None:
    lines = [f"{row} ({row.name})" if row.name else str(row) for row in unread]
    if not every:
        lines = grouped(sorted(unread, key=_frequency(unread)))
    shown = lines if every else lines[:SHOWN]
    for line in shown:
        say(f"  {line}")
    if len(shown) < len(lines):
        say(f"  and {len(lines) - len(shown)} other reasons; --all lists every theorem")


def _frequency(unread: Sequence[Unread]) -> Callable[[Unread], int]:
    """Returns a sort key that puts the most frequent reasons first."""
    counts = Counter((row.field, row.reason) for row in unread)
    return lambda row: -counts[row.field, row.reason]


def first_line(text: str) -> str:
    """Returns the first line of one of Lean's messages."""
    return text.strip().partition("\n")[0]


def _as_json(checked: Checked, elaborate: bool) -> dict[str, Any]:
    data = checked.data
    fields: dict[str, Any] = {
        "path": str(data.path),
        "sha256": data.sha256,
        "rows": data.rows,
        "read": len(data.problems),
        "problems": [
            {"origin": p.origin, "name": p.name, "title": p.label, "split": p.split}
            for p in data.problems
        ],
        "unread": [asdict(row) for row in data.unread],
    }
    if elaborate:
        fields["elaborate"] = len(data.problems) - len(checked.faults)
        fields["do_not_elaborate"] = [
            {"origin": row.origin, "name": row.name, "reason": row.reason} for row in checked.faults
        ]
    return fields
