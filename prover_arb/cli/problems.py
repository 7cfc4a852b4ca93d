"""`prover-arb problems check`: what of a problem set would be read, what not, and why."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from prover_arb.cli.commands import (
    BAD_INPUT,
    EXIT_CODES,
    Commands,
    complain,
    errors,
)
from prover_arb.cli.common import (
    JsonOption,
    ProfileOption,
    provision,
    say,
)
from prover_arb.cli.problems_generate import generate_problems, print_forms
from prover_arb.core.machine import processors
from prover_arb.core.theorem import Limits
from prover_arb.errors import InputError, OracleError
from prover_arb.oracle.pool import LeanPool
from prover_arb.oracle.reference import ReferenceService
from prover_arb.problems import DataSet, Problem, Unread, grouped, survey

if TYPE_CHECKING:
    from prover_arb.oracle.toolchain.resolve import Toolchain

CHECK_CODES = (
    "Exit codes: 0 everything is read (and elaborates, with --elaborate); 1 something is not; 2 a "
    "file is missing or of a kind that is not read, or nothing in it can be; 3 Lean failed."
)

SOME_NOT = 1

SHOWN = 20
"""Reasons that are listed for a file unless every theorem is asked for."""

app = typer.Typer(cls=Commands, help="See what a problem set holds.", no_args_is_help=True)


@dataclass(frozen=True)
class Checked:
    """A problem set, and what of it does not elaborate where that was asked."""

    data: DataSet
    faults: list[Unread] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The exit code for this one."""
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
        bool, typer.Option("--elaborate", help="Have Lean elaborate every statement, too.")
    ] = False,
    profile: ProfileOption = "core",
    every: Annotated[
        bool, typer.Option("--all", help="List every theorem by itself, not one line per reason.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what of a problem set would be read, what not, and why; Lean is not needed.

    Read are MiniF2F, ProofNet, PutnamBench, Lean Workbook and NuminaMath in the forms they are
    published in, as JSON Lines, JSON, .lean files or folders of those, also compressed as .gz.
    """
    code = 0
    found: list[Checked] = []
    for path in files:
        try:
            found.append(Checked(survey(path, profile=profile)))
        except InputError as error:
            complain(error)
            code = BAD_INPUT
    if elaborate and any(each.data.problems for each in found):
        toolchain = provision(profile, judges=False)
        found = asyncio.run(_elaborated(found, toolchain))
    for each in found:
        if not as_json:
            _tell(each, elaborate, every)
        code = max(code, each.code)
    if as_json:
        say(json.dumps({"files": [_as_json(each, elaborate) for each in found]}))
    raise typer.Exit(code)


app.command("generate", epilog=EXIT_CODES)(generate_problems)
app.command("forms", epilog=EXIT_CODES)(print_forms)


async def _elaborated(sets: Sequence[Checked], toolchain: Toolchain) -> list[Checked]:
    """The same sets with the statements that Lean refuses.

    Raises:
        OracleError: no Lean process could be started.
    """
    size = processors()
    turns = asyncio.Semaphore(size)
    done = 0
    total = sum(len(each.data.problems) for each in sets)
    with errors.status("elaborating") as status:
        async with LeanPool(toolchain, size=size) as pool:
            references = ReferenceService(pool)

            async def fault(problem: Problem) -> Unread | None:
                nonlocal done
                async with turns:
                    try:
                        found = await references.inspect(problem.theorem, Limits())
                        reason = "" if found.elaborates else found.reason or "no reason given"
                    except OracleError as error:
                        reason = f"Lean broke down on it: {error}"
                done += 1
                status.update(f"elaborating {done} of {total}")
                if not reason:
                    return None
                return Unread(problem.origin, first_line(reason), name=problem.label)

            return [
                Checked(
                    each.data,
                    [
                        one
                        for one in await asyncio.gather(*map(fault, each.data.problems))
                        if one is not None
                    ],
                )
                for each in sets
            ]


def _tell(checked: Checked, elaborate: bool, every: bool) -> None:
    data = checked.data
    say(f"{data.path}: {len(data.problems)} of {data.rows} theorems read")
    if data.unread:
        kinds = Counter(each.kind for each in data.unread)
        counted = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        say(f"  not read: {counted}")
        _list(data.unread, every)
    if elaborate:
        good = len(data.problems) - len(checked.faults)
        say(f"{data.path}: {good} of {len(data.problems)} statements elaborate")
        _list(checked.faults, every)


def _list(unread: Sequence[Unread], every: bool) -> None:
    lines = [f"{each} ({each.name})" if each.name else str(each) for each in unread]
    if not every:
        lines = grouped(sorted(unread, key=_frequency(unread)))
    shown = lines if every else lines[:SHOWN]
    for line in shown:
        say(f"  {line}")
    if len(shown) < len(lines):
        say(f"  and {len(lines) - len(shown)} other reasons; --all lists every theorem")


def _frequency(unread: Sequence[Unread]) -> Callable[[Unread], int]:
    """A key that sorts by how often a reason is met, the most frequent first."""
    counts = Counter((each.field, each.reason) for each in unread)
    return lambda each: -counts[each.field, each.reason]


def first_line(text: str) -> str:
    """The first line of one of Lean's messages."""
    return text.strip().partition("\n")[0]


def _as_json(checked: Checked, elaborate: bool) -> dict[str, Any]:
    data = checked.data
    found: dict[str, Any] = {
        "path": str(data.path),
        "sha256": data.sha256,
        "rows": data.rows,
        "read": len(data.problems),
        "problems": [
            {"origin": p.origin, "name": p.name, "title": p.label, "split": p.split}
            for p in data.problems
        ],
        "unread": [asdict(each) for each in data.unread],
    }
    if elaborate:
        found["elaborate"] = len(data.problems) - len(checked.faults)
        found["do_not_elaborate"] = [
            {"origin": each.origin, "name": each.name, "reason": each.reason}
            for each in checked.faults
        ]
    return found
