"""`prover-arb distill evaluate`: students against their teacher on held-out theorems."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from prover_arb.bench.distill_evaluation import (
    Evaluation,
    EvaluationSetting,
    Tried,
    require_unseen,
)
from prover_arb.bench.progress import Bars
from prover_arb.bench.runs import RunFolder
from prover_arb.cli.commands import FAILED, INTERRUPTED, complain
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
from prover_arb.cli.console import errors
from prover_arb.cli.record_options import show_study
from prover_arb.core.machine import processors
from prover_arb.core.money import MICRO
from prover_arb.core.record_files import read_pool
from prover_arb.core.theorem import sha256
from prover_arb.errors import CatalogError, ProblemError, RunError, StudentError
from prover_arb.oracle.budgeted import Checker
from prover_arb.oracle.verifier import open_oracle
from prover_arb.problems import read_problems
from prover_arb.provers.catalog import Catalog, load_catalog
from prover_arb.provers.prover_config import ProverConfig
from prover_arb.provers.students.student_prover import StudentConfig, StudentProver
from prover_arb.research.market.market_report import page_of, write_files, write_page
from prover_arb.research.market.seeded_attempts import SeededAttempts
from prover_arb.research.market.student_figures import RESAMPLES, student_figures
from prover_arb.research.market.studies import students_study

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prover_arb.oracle.toolchain.resolve import Toolchain
    from prover_arb.problems import Problem
    from prover_arb.research.study import Study


def evaluate_students(
    *,
    catalog: Annotated[
        Path, typer.Option(metavar="FILE", help="Catalog that lists the students and the teacher.")
    ],
    teacher: Annotated[str, typer.Option(metavar="NAME", help="The prover they learnt from.")],
    problems: ProblemsOption = None,
    split: SplitOption = None,
    limit: LimitOption = None,
    sample: Annotated[
        int | None,
        typer.Option(min=1, help="Only so many theorems, drawn at random; all if absent."),
    ] = None,
    seeds: Annotated[str, typer.Option(metavar="N,N,...", help="Random seeds.")] = "0,1,2,3,4",
    draws: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1000,
            help="Attempts of a student per theorem and seed; as many as it sells if absent.",
        ),
    ] = None,
    resamples: Annotated[
        int,
        typer.Option(min=10, max=10_000, help="Bootstrap draws of theorems, for the intervals."),
    ] = RESAMPLES,
    out: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Folder to write to; an unfinished one is continued."),
    ],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Lean workers; one per core if absent.")
    ] = None,
    profile: ProfileOption = "core",
    as_json: JsonOption = False,
) -> None:
    """Make and judge attempts of students and their teacher on theorems that were held out.

    Shows what students solve and cost, the margin of an arbitrageur against training, the teacher's
    lost revenue, and what `schedule` costs that buys from both, over all seeds. DIR/students.html
    has the plots, students.json the data, and DIR/records is for `market` and `schedule`. Attempts
    are kept theorem by theorem; the same command continues an evaluation that was stopped.
    """
    prices = load_catalog(catalog)
    students = {n: e for n, e in prices.entries.items() if isinstance(e, StudentConfig)}
    if not students:
        raise CatalogError(f"{catalog}: no prover of kind student; `distill train` prints entries")
    _require_teacher(teacher, prices, catalog)
    data = read_problems(problems, profile=profile)
    list_unread(data)
    chosen = [p for p in data.problems if split is None or p.split == split][:limit]
    if not chosen:
        known = ", ".join(sorted({p.split for p in data.problems if p.split})) or "none"
        raise ProblemError(f"{data.path}: no theorem in the split {split!r}; known splits: {known}")
    require_unseen(students, chosen)
    # In this order an evaluation that was stopped has judged theorems that were drawn at random.
    chosen = sorted(chosen, key=lambda problem: sha256(problem.label))[:sample]
    chosen_seeds = _seeds(seeds)
    toolchain = provision(profile)
    evaluation = Evaluation(
        out,
        EvaluationSetting(
            teacher=teacher,
            students={name: entry.sha256 for name, entry in students.items()},
            seeds=chosen_seeds,
            draws=draws or max(entry.max_attempts for entry in students.values()),
            data_sha256=data.sha256,
            profile=profile,
            catalog_version=prices.version,
            catalog_sha256=prices.sha256,
            toolchain=toolchain.identity,
            package_version=version("prover-arb"),
        ),
    )
    with RunFolder(out).locked():
        evaluation.open()
        work = _evaluate(
            evaluation,
            prices,
            students,
            chosen,
            toolchain=toolchain,
            workers=min(workers or processors(), len(chosen)),
        )
        try:
            unjudged = asyncio.run(work)
        except KeyboardInterrupt:
            complain("stopped; what was judged is kept, and the same command continues")
            raise typer.Exit(INTERRUPTED) from None
        judged = [problem for problem in chosen if problem.label in evaluation.rows]
        study = _figures(evaluation, students, judged, resamples)
    if as_json:
        say(study.as_json())
    else:
        show_study(study)
        say(f"report {out / 'students.html'}")
    if unjudged:
        complain(
            f"the oracle could not judge all attempts on {len(unjudged)} theorems, which are left "
            f"out; run again to try them again: {', '.join(unjudged[:5])}"
        )
        raise typer.Exit(FAILED)


async def _evaluate(
    evaluation: Evaluation,
    catalog: Catalog,
    students: dict[str, StudentConfig],
    problems: list[Problem],
    *,
    toolchain: Toolchain,
    workers: int,
) -> list[str]:
    teacher = evaluation.setting.teacher
    if all(problem.label in evaluation.rows for problem in problems):
        return []
    async with open_oracle(toolchain, size=workers) as (pool, oracle):
        built = {prover.name: prover for prover in catalog.build(pool)}
        sold = {name: (entry, StudentProver(name, entry, pool)) for name, entry in students.items()}
        checker = Checker(oracle, price=catalog.verification_price)
        with Bars(errors) as bars:
            bars.begin("theorems", len(problems))
            tried: list[str] = []

            def done(theorem: str) -> None:
                tried.append(theorem)
                rows = [evaluation.rows[name] for name in tried if name in evaluation.rows]
                proved = sum(row.taught.solved for row in rows)
                bars.show("theorems", len(tried), f"{teacher} proved {proved}")

            return await evaluation.run(
                problems, built[teacher], sold, checker, workers=workers, done=done
            )


def _figures(
    evaluation: Evaluation,
    students: dict[str, StudentConfig],
    problems: list[Problem],
    resamples: int,
) -> Study:
    """Writes the records, the study and its page, and returns the study.

    Raises:
        RunError: no theorem was judged.
    """
    if not problems:
        raise RunError(f"{evaluation.folder}: no theorem was judged, so there is nothing to show")
    setting = evaluation.setting
    rows = [evaluation.rows[problem.label] for problem in problems]
    names = tuple(row.theorem for row in rows)
    seeds = range(len(setting.seeds))
    teacher = _attempts(setting.teacher, names, [[[row.taught] for row in rows]])
    pupils = [
        replace(
            _attempts(name, names, [[row.drawn[name][seed] for row in rows] for seed in seeds]),
            learnt=entry.file.card.theorems,
            tokens=entry.file.card.tokens,
        )
        for name, entry in students.items()
    ]
    folder = evaluation.write_records(prover.records() for prover in (teacher, *pupils))
    market, figures = student_figures(
        teacher,
        pupils,
        statements={problem.label: problem.theorem.statement for problem in problems},
        resamples=resamples,
        report=lambda line: errors.print(line, highlight=False),
    )
    band = float(market.rates[0]), float(market.rates[-1])
    study = students_study(teacher, figures, seeds=setting.seeds, draws=setting.draws, band=band)
    write_files([study], evaluation.folder)
    page = page_of(market, read_pool([folder]))
    write_page(
        replace(page, title=f"Students of {setting.teacher}"),
        [study],
        evaluation.folder / "students.html",
    )
    return study


def _attempts(
    prover: str, theorems: tuple[str, ...], tried: Iterable[Iterable[Iterable[Tried]]]
) -> SeededAttempts:
    """Returns attempts as arrays, from lists by seed, theorem and number."""
    read = [[[(t.solved, t.cost, t.cpu_us) for t in draws] for draws in rows] for rows in tried]
    values = np.asarray(read, dtype=np.float64)
    return SeededAttempts(
        prover,
        theorems,
        solved=values[..., 0] > 0,
        cost=values[..., 1] / MICRO,
        cpu_s=values[..., 2] / 1e6,
    )


def _require_teacher(teacher: str, prices: Catalog, catalog: Path) -> None:
    """Refuses a teacher whose one attempt does not stand for all that it sells."""
    sold = {
        name: isinstance(entry, ProverConfig)
        and not isinstance(entry, StudentConfig)
        and entry.deterministic
        for name, entry in prices.entries.items()
    }
    if not sold.get(teacher, False):
        others = ", ".join(name for name, teaches in sold.items() if teaches) or "none"
        raise CatalogError(
            f"--teacher {teacher!r}: not a teacher in {catalog}, which is a deterministic prover "
            f"of this machine; there are {others}"
        )


def _seeds(text: str) -> tuple[int, ...]:
    try:
        seeds = tuple(int(part) for part in text.split(","))
    except ValueError:
        raise StudentError(f"--seeds {text!r}: expected whole numbers with commas") from None
    if min(seeds) < 0 or len(set(seeds)) < len(seeds):
        raise StudentError(f"--seeds {text!r}: expected different numbers, none negative")
    return seeds
