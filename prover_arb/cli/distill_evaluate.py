"""`prover-arb distill evaluate`: students against their teacher on held-out theorems."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from prover_arb.bench.distill_evaluation import Evaluation, Pair, require_unseen
from prover_arb.bench.progress import Bars
from prover_arb.cli.common import (
    JsonOption,
    LimitOption,
    ProblemsOption,
    ProfileOption,
    SplitOption,
    list_unread,
    provision,
    say,
)
from prover_arb.cli.console import errors, show
from prover_arb.core.machine import processors
from prover_arb.core.money import format_usd
from prover_arb.errors import CatalogError, ProblemError, StudentError
from prover_arb.oracle.budgeted import Checker
from prover_arb.oracle.verifier import open_oracle
from prover_arb.problems import read_problems
from prover_arb.provers.catalog import Catalog, load_catalog
from prover_arb.provers.students.student_prover import StudentConfig, StudentProver

if TYPE_CHECKING:
    from prover_arb.oracle.toolchain.resolve import Toolchain
    from prover_arb.problems import Problem


def evaluate_students(
    *,
    catalog: Annotated[
        Path, typer.Option(metavar="FILE", help="Catalog that lists the students and the teacher.")
    ],
    teacher: Annotated[str, typer.Option(metavar="NAME", help="The prover they learnt from.")],
    problems: ProblemsOption = None,
    split: SplitOption = None,
    limit: LimitOption = None,
    seeds: Annotated[str, typer.Option(metavar="N,N,...", help="Random seeds.")] = "0,1,2,3,4",
    draws: Annotated[
        int, typer.Option(min=1, max=1000, help="Attempts of a student per theorem and seed.")
    ] = 8,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the records, one file per prover.")
    ],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Lean workers; one per core if absent.")
    ] = None,
    profile: ProfileOption = "core",
    as_json: JsonOption = False,
) -> None:
    """Make and judge attempts of students and their teacher on theorems that were held out.

    The records written are read by `market distillation` (margin and the teacher's lost revenue
    against training) and `schedule evaluate` (both sold to the schedule).
    """
    prices = load_catalog(catalog)
    students = {n: e for n, e in prices.entries.items() if isinstance(e, StudentConfig)}
    if not students:
        raise CatalogError(f"{catalog}: no prover of kind student; `distill train` prints entries")
    if teacher not in prices.entries or teacher in students:
        others = ", ".join(name for name in prices.entries if name not in students) or "none"
        raise CatalogError(f"--teacher {teacher!r}: not a teacher in {catalog}; there are {others}")
    data = read_problems(problems, profile=profile)
    list_unread(data)
    chosen = [p for p in data.problems if split is None or p.split == split][:limit]
    if not chosen:
        raise ProblemError(f"{data.path}: no theorem in the split {split!r}")
    require_unseen(students, chosen)
    evaluation = Evaluation(teacher, _seeds(seeds), draws)
    toolchain = provision(profile)
    size = min(workers or processors(), len(chosen))
    work = _evaluate(evaluation, prices, students, chosen, toolchain=toolchain, workers=size)
    asyncio.run(work)
    evaluation.write(out)
    pairs = [evaluation.pair(name, entry) for name, entry in students.items()]
    if as_json:
        say(json.dumps([asdict(pair) for pair in pairs]))
        return
    show(_table(evaluation, pairs))
    tokens = ",".join(f"{pair.student}={pair.tokens}" for pair in pairs)
    say(
        f"records {out}\n"
        f"prover-arb market distillation --records {out} --teacher {teacher} --tokens {tokens}\n"
        f"prover-arb schedule evaluate --records {out}"
    )


async def _evaluate(
    evaluation: Evaluation,
    catalog: Catalog,
    students: dict[str, StudentConfig],
    problems: list[Problem],
    *,
    toolchain: Toolchain,
    workers: int,
) -> None:
    async with open_oracle(toolchain, size=workers) as (pool, oracle):
        built = {prover.name: prover for prover in catalog.build(pool)}
        sold = {name: (entry, StudentProver(name, entry, pool)) for name, entry in students.items()}
        checker = Checker(oracle, price=catalog.verification_price)
        with Bars(errors) as bars:
            bars.begin("theorems", len(problems))
            tried: list[str] = []

            def done(theorem: str) -> None:
                tried.append(theorem)
                proved = sum(attempt.solved for attempt in evaluation.taught.values())
                bars.show("theorems", len(tried), f"{evaluation.teacher} proved {proved}")

            await evaluation.run(
                problems, built[evaluation.teacher], sold, checker, workers=workers, done=done
            )


def _table(evaluation: Evaluation, pairs: list[Pair]) -> Table:
    solved = sum(tried.solved for tried in evaluation.taught.values())
    cost = sum(tried.cost for tried in evaluation.taught.values())
    title = (
        f"{evaluation.teacher} proves {solved} of {len(evaluation.taught)} for {format_usd(cost)}; "
        f"students: up to {evaluation.draws} draws, {len(evaluation.seeds)} seeds"
    )
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("student", no_wrap=True)
    for heading in (
        "theorems", "tokens", "solved", "by one draw", "share of teacher's", "share of its cost",
        "of its CPU", "new",
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    for pair in pairs:
        table.add_row(
            pair.student,
            str(pair.theorems_learnt),
            str(pair.tokens),
            "{:.1f} ({:.1f} to {:.1f})".format(*pair.solved),
            f"{pair.solved_at_once:.1f}",
            "{:.0%} ({:.0%} to {:.0%})".format(*pair.solve_share),
            "{:.0%} ({:.0%} to {:.0%})".format(*pair.cost_share),
            f"{pair.cpu_share:.0%}",
            f"{pair.new:.1f}",
        )
    return table


def _seeds(text: str) -> tuple[int, ...]:
    try:
        seeds = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise StudentError(f"--seeds {text!r}: expected whole numbers with commas") from None
    if min(seeds) < 0 or len(set(seeds)) < len(seeds):
        raise StudentError(f"--seeds {text!r}: expected different numbers, none negative")
    return seeds
