"""`prover-arb provers record`: records what local provers do with a problem set."""

from __future__ import annotations

import asyncio
import math
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from prover_arb.bench.progress import Bars
from prover_arb.bench.recording import UNREADABLE, Recording, RecordingSetting
from prover_arb.bench.runs import RunFolder
from prover_arb.cli.commands import FAILED, INTERRUPTED, complain
from prover_arb.cli.common import (
    CatalogOption,
    LimitOption,
    OneKernelOption,
    ProblemsOption,
    ProfileOption,
    SplitOption,
    StrictOption,
    list_unread,
    provision,
    say,
)
from prover_arb.cli.console import errors, show
from prover_arb.core.machine import processors
from prover_arb.core.theorem import Limits
from prover_arb.errors import InputError, ProblemError
from prover_arb.oracle.options import OracleOptions
from prover_arb.oracle.verifier import open_oracle
from prover_arb.problems import read_problems
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.prover_config import ProverConfig

if TYPE_CHECKING:
    from prover_arb.bench.recording import Recording
    from prover_arb.oracle.toolchain.resolve import Toolchain
    from prover_arb.problems import Problem
    from prover_arb.provers.catalog import Catalog


def record_provers(
    *,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="Names of local provers; all if absent."),
    ] = None,
    problems: ProblemsOption = None,
    strict: StrictOption = False,
    split: SplitOption = None,
    limit: LimitOption = None,
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", help="The folder of the records; an unfinished one is continued."
        ),
    ],
    dollars: Annotated[
        float | None,
        typer.Option(help="Dollars per unit of cost; costs are written in that unit."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Number of Lean workers; one per core if absent.")
    ] = None,
    catalog: CatalogOption = None,
    profile: ProfileOption = "core",
    one_kernel: OneKernelOption = False,
) -> None:
    """Let local provers try every statement once, judge the attempts, and write PROVER.jsonl files.

    `schedule` and `market` read these records. A row holds what an attempt cost, verification
    included, whether it was a proof, the prover's processor time and why it failed. A statement
    that does not elaborate is a failure at the cost of finding that out. The same command continues
    a recording that was stopped.
    """
    if dollars is not None and not (math.isfinite(dollars) and dollars > 0):
        raise InputError(f"--dollars: {dollars:g} is not a positive number")
    prices = load_catalog(catalog)
    local = [name for name, entry in prices.entries.items() if isinstance(entry, ProverConfig)]
    for name in names or ():
        if name not in local:
            raise InputError(
                f"no local prover {name!r} in the catalog; there are: {', '.join(local)}"
            )
    data = read_problems(problems, profile=profile, strict=strict)
    list_unread(data)
    chosen = [p for p in data.problems if split is None or p.split == split][:limit]
    if not chosen:
        known = ", ".join(sorted({p.split for p in data.problems if p.split})) or "none"
        raise ProblemError(f"{data.path}: no theorem in the split {split!r}; known splits: {known}")
    toolchain = provision(profile)
    recording = Recording(
        out,
        RecordingSetting(
            data_sha256=data.sha256,
            profile=profile,
            dollars="" if dollars is None else repr(dollars),
            limits=Limits(),
            catalog_version=prices.version,
            catalog_sha256=prices.sha256,
            toolchain=toolchain.identity,
            one_kernel=one_kernel,
            package_version=version("prover-arb"),
        ),
        prices.verification_price,
    )
    provers = list(dict.fromkeys(names or local))
    with RunFolder(out).locked():
        recording.open(provers)
        size = min(workers or processors(), len(chosen))
        work = _record(
            recording,
            problems=chosen,
            provers=provers,
            toolchain=toolchain,
            catalog=prices,
            workers=size,
        )
        try:
            unjudged = asyncio.run(work)
        except KeyboardInterrupt:
            complain("stopped; what was judged is kept, and the same command continues")
            raise typer.Exit(INTERRUPTED) from None
        recording.put_in_order(problem.label for problem in data.problems)
    show(_table(recording, chosen, provers))
    say(f"records {out}")
    if unjudged:
        complain(
            f"the oracle could not judge {len(unjudged)} attempts, which are not recorded; run "
            f"again to try them again: {', '.join(unjudged[:5])}"
        )
        raise typer.Exit(FAILED)


async def _record(
    recording: Recording,
    *,
    problems: list[Problem],
    provers: list[str],
    toolchain: Toolchain,
    catalog: Catalog,
    workers: int,
) -> list[str]:
    options = OracleOptions(one_kernel=recording.setting.one_kernel)
    async with open_oracle(toolchain, size=workers, options=options) as (pool, oracle):
        built = {prover.name: prover for prover in catalog.build(pool)}
        with Bars(errors) as bars:
            bars.begin("theorems", len(problems))
            tried: list[str] = []

            def done(theorem: str) -> None:
                tried.append(theorem)
                proved = {p: sum(r.successes for r in recording.rows[p].values()) for p in provers}
                news = ", ".join(f"{name} {count}" for name, count in proved.items())
                bars.show("theorems", len(tried), f"proved: {news}")

            return await recording.run(
                problems, [built[name] for name in provers], oracle, workers=workers, done=done
            )


def _table(recording: Recording, problems: list[Problem], provers: list[str]) -> Table:
    table = Table(title="recorded", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("prover", no_wrap=True)
    unit = "units" if recording.setting.dollars else "$"
    for heading in ("theorems", "proved", "do not elaborate", f"cost, {unit}", "CPU s"):
        table.add_column(heading, justify="right")
    for name in provers:
        recorded = recording.rows[name]
        rows = [recorded[p.label] for p in problems if p.label in recorded]
        table.add_row(
            name,
            str(len(rows)),
            str(sum(row.successes for row in rows)),
            str(sum(row.note == UNREADABLE for row in rows)),
            f"{math.fsum(row.mean_cost for row in rows):.6g}",
            f"{math.fsum(row.cpu_s or 0.0 for row in rows):.1f}",
        )
    return table
