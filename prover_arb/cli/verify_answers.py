"""`prover-arb verify --answers`: judge a file of recorded answers, and say what passes."""

from __future__ import annotations

import asyncio
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from prover_arb.bench.judged_answers import (
    AnswersSetting,
    PendingAnswer,
    ResultsFile,
    Summary,
    pending,
    summarise,
)
from prover_arb.bench.progress import Bars
from prover_arb.cli.commands import FAILED, INTERRUPTED, complain
from prover_arb.cli.common import list_unread, provision, say
from prover_arb.cli.console import errors, show
from prover_arb.core.machine import processors
from prover_arb.core.theorem import Limits, Profile
from prover_arb.errors import RecordsError
from prover_arb.oracle.jobs import VerificationOptions, verdicts
from prover_arb.oracle.options import OracleOptions
from prover_arb.problems import read_problems
from prover_arb.provers.recorded.dump import read_answers


def verify_answers(
    answers: Path,
    problems: Path | None,
    *,
    out: Path | None,
    profile: Profile,
    bounds: Limits,
    options: OracleOptions,
    workers: int | None,
    as_json: bool,
) -> None:
    """Judges every answer of a file, prints what passes, and exits with 3 if one was not judged.

    Raises:
        InputError: the answers, the problems or an earlier file of results cannot be used.
    """
    dump = read_answers(answers)
    data = read_problems(problems, profile=profile)
    list_unread(data)
    known = {*data.by_name(), *data.statements()}
    if unknown := list(dump.unknown(known)):
        key, origin = unknown[0]
        more = f" (nor {len(unknown) - 1} others)" if len(unknown) > 1 else ""
        raise RecordsError(
            f"{origin}: theorem: {data.path} has no theorem named {key!r}{more}; correct the name, "
            "or name the problem set with --problems"
        )
    toolchain = provision(profile)
    setting = AnswersSetting(
        answers_sha256=dump.sha256,
        data_sha256=data.sha256,
        profile=profile,
        limits=bounds,
        toolchain=toolchain.identity,
        one_kernel=options.one_kernel,
        package_version=version("prover-arb"),
    )
    results = ResultsFile(setting, out)
    results.open()
    work = list(pending(data.problems, dump, results))
    how = VerificationOptions(toolchain, bounds, options)
    try:
        asyncio.run(_judge(work, results, how, min(workers or processors(), max(1, len(work)))))
    except KeyboardInterrupt:
        kept = "; what was judged is kept, and the same command goes on" if out else ""
        complain(f"stopped{kept}")
        raise typer.Exit(INTERRUPTED) from None
    order = {problem.name: place for place, problem in enumerate(data.problems)}
    rows = sorted(results.rows.values(), key=lambda row: (order[row.theorem], row.number))
    summary = summarise(rows, theorems=len(data.problems))
    if as_json:
        say(summary.model_dump_json())
    else:
        _tell(summary, answers, data.path)
    void = sum(tally.void for tally in summary.theorems)
    if void:
        complain(f"the oracle failed on {void} answers, which count for nothing; try them again")
        raise typer.Exit(FAILED)


async def _judge(
    work: list[PendingAnswer], results: ResultsFile, how: VerificationOptions, size: int
) -> None:
    if not work:
        return
    with Bars(errors) as bars:
        bars.begin("candidates", len(work))
        seen: Counter[str] = Counter()
        done = 0
        async for verdict in verdicts([item.job for item in work], how, workers=size):
            for row in work[done].judged(verdict):
                results.add(row)
                seen[row.status] += 1
            done += 1
            news = ", ".join(f"{count} {status}" for status, count in seen.most_common())
            bars.show("candidates", done, news)


def _tell(summary: Summary, answers: Path, problems: Path) -> None:
    """The table of theorems, the reasons, and pass@k."""
    ks = list(summary.pass_at)
    table = Table(box=SIMPLE_HEAD)
    table.add_column("theorem", no_wrap=True)
    for heading in ("answers", "proved", "void", *(f"pass@{k}" for k in ks)):
        table.add_column(heading, justify="right")
    table.add_column("most of the others")
    for tally in summary.theorems:
        passed = [f"{tally.pass_at[k]:.3f}" if k in tally.pass_at else "" for k in ks]
        numbers = [str(tally.answers), str(tally.proved), str(tally.void or "")]
        why = "the statement does not elaborate" if tally.invalid else tally.why
        table.add_row(escape(tally.theorem), *numbers, *passed, escape(why))
    show(table)
    for title, groups in (("no proof", summary.reasons), ("not judged", summary.void)):
        for group in groups:
            say(f"{title}: {group.count} {group.why}")
    judged = sum(tally.answers for tally in summary.theorems)
    proved = sum(tally.proved for tally in summary.theorems)
    solved = sum(tally.proved > 0 for tally in summary.theorems)
    invalid = sum(tally.invalid for tally in summary.theorems)
    say(
        f"{answers}: {proved} of {judged} judged answers are proofs, of {solved} of "
        f"{len(summary.theorems)} theorems; statements that do not elaborate: {invalid}; "
        f"theorems of {problems} without an answer: {summary.unanswered}"
    )
    for k in ks:
        say(
            f"pass@{k} {summary.pass_at[k]:.4f}, mean over {summary.counted[k]} theorems "
            "(unbiased estimator of Chen et al. 2021)"
        )
