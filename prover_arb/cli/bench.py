"""`prover-arb bench run` and `prover-arb bench report`."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prover_arb.bench.known_theorems import begins_with
from prover_arb.bench.lasting import lasting
from prover_arb.bench.prepare import RUNS, PreparedRun, claim, new_folder, prepare
from prover_arb.bench.progress import LiveProgress
from prover_arb.bench.report import (
    write_run_report,
)
from prover_arb.bench.run_options import RunOptions
from prover_arb.bench.runner import Benchmark, OpenMarket
from prover_arb.bench.tables import (
    plan_line,
)
from prover_arb.cli.bench_report import close, report
from prover_arb.cli.commands import EXIT_CODES, INTERRUPTED, Commands, complain
from prover_arb.cli.common import (
    CatalogOption,
    LimitOption,
    MaxParallelOption,
    OneKernelOption,
    PristineOption,
    ProblemsOption,
    ProcurementOption,
    SplitOption,
    StrictOption,
    ValueOption,
    WorkersOption,
    budget,
    list_unread,
    policies,
    provision,
    run_budget,
)
from prover_arb.cli.console import errors
from prover_arb.core.machine import processors
from prover_arb.core.money import parse_budget
from prover_arb.core.theorem import Profile
from prover_arb.errors import InputError, ProverArbError
from prover_arb.oracle.options import OracleOptions
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.chat.model_config import PricedModel
from prover_arb.provers.chat.profiles import warning as profile_warning
from prover_arb.runtime import open_marketplace
from prover_arb.scheduler.policies.parse import FORMS

if TYPE_CHECKING:
    from prover_arb.runtime import Marketplace

app = typer.Typer(
    cls=Commands, help="Run policies over a problem set, and compare runs.", no_args_is_help=True
)

RunsOption = Annotated[Path, typer.Option(help="The folder in which new runs get their folders.")]
RunOutOption = Annotated[Path | None, typer.Option(metavar="DIR", help="The folder of this run.")]
ResumeOption = Annotated[
    Path | None, typer.Option(metavar="RUN", help="Continue the run in this folder.")
]
RayOption = Annotated[bool, typer.Option("--ray/--no-ray", help="Use Ray, or only this process.")]
AddressOption = Annotated[
    str | None, typer.Option(help="The address of an existing Ray cluster, such as auto.")
]
BrokersOption = Annotated[
    int,
    typer.Option(
        min=1,
        help="Number of broker processes on Ray, among which theorems and workers are divided; the "
        "figures are the same with any number.",
    ),
]


@app.command("run", epilog=EXIT_CODES)
def run(
    *,
    problems: ProblemsOption = None,
    strict: StrictOption = False,
    split: SplitOption = None,
    limit: LimitOption = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            help=f"{FORMS}; repeat it for several. `schedule fit` writes such a FILE. Every single "
            "prover, the cascades and schedule if absent."
        ),
    ] = None,
    procurement: ProcurementOption = "posted",
    value_usd: ValueOption = None,
    budget_usd: Annotated[
        str | None,
        typer.Option(
            "--budget",
            metavar="USD",
            help="The budget of each theorem; 0.05 if absent, or all of --batch-budget.",
        ),
    ] = None,
    batch_usd: Annotated[
        str | None,
        typer.Option(
            "--batch-budget",
            metavar="USD",
            help="One budget for all theorems: the one with the best value per dollar buys next, "
            "until the budget is spent. For `schedule` policies only.",
        ),
    ] = None,
    target_rate: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Stop when this share of the theorems is proved; the best value per dollar is "
            "bought first. For `schedule` policies only.",
        ),
    ] = None,
    deadline: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="The time for each theorem, after which nothing more is bought for it. How many "
            "attempts run in parallel is planned from the times in the policy file. For one "
            "policy schedule:FILE only.",
        ),
    ] = None,
    run_budget_usd: Annotated[
        str | None,
        typer.Option(
            "--run-budget",
            metavar="USD",
            help="The budget of the whole run, for all policies together.",
        ),
    ] = None,
    max_parallel: MaxParallelOption = None,
    seed: Annotated[int | None, typer.Option(help="Random seed for provers that sample.")] = None,
    runs: RunsOption = RUNS,
    out: RunOutOption = None,
    resume: ResumeOption = None,
    workers: WorkersOption = None,
    ray: RayOption = True,
    address: AddressOption = None,
    brokers: BrokersOption = 1,
    catalog: CatalogOption = None,
    known_theorems: Annotated[
        bool,
        typer.Option(
            "--known-theorems",
            help="Let the file of schedule:FILE know theorems of this run, by form; without this "
            "it is refused.",
        ),
    ] = False,
    profile: Annotated[Profile | None, typer.Option(help="core (default) or mathlib.")] = None,
    one_kernel: OneKernelOption = False,
    pristine: PristineOption = False,
) -> None:
    """Run every policy on every theorem; write a table, plots and certificates at the end.

    Ctrl-C stops cleanly; --resume continues the run, and pays for nothing twice.
    """
    refuse_cluster_without_ray(address, brokers, ray)
    options = RunOptions(
        problems=problems,
        strict=strict,
        split=split,
        limit=limit,
        policies=tuple(policies(policy or [], procurement, value_usd)),
        budget=None if budget_usd is None else budget(budget_usd),
        run_budget=run_budget(run_budget_usd),
        max_parallel=max_parallel,
        batch_budget=None if batch_usd is None else parse_budget(batch_usd, field="--batch-budget"),
        target_rate=target_rate,
        deadline=deadline,
        seed=seed,
        profile=profile,
        catalog=catalog,
        out=None if resume and out is None else lasting(out or new_folder(runs)),
        resume=resume,
        known_theorems=known_theorems,
    )
    ready = prepare(options)
    list_unread(ready.data)
    _warn_of_models(ready)
    for line in begins_with(ready.config.policies, ready.problems):
        errors.print(line, highlight=False)
    if ready.plan is not None:
        errors.print(plan_line(ready.plan, len(ready.problems)), highlight=False)
    if address is None and "RAY_ADDRESS" not in os.environ:
        provision(ready.config.profile)
    with ready.folder.locked():
        if not ready.resumed:
            claim(ready)
        market = partial(
            open_marketplace,
            ray=ray,
            address=address,
            workers=workers,
            brokers=brokers,
            catalog=Path(ready.config.catalog) if ready.config.catalog else None,
            profile=ready.config.profile,
            options=OracleOptions(one_kernel=one_kernel, pristine=pristine),
        )
        at_once = None if workers is None else workers.most
        go(ready, lambda ledger: market(ledger=ledger), at_once)
        done = write_run_report(ready.folder)
    close(done)


def _warn_of_models(ready: PreparedRun) -> None:
    """Say what the profile lacks, where language models are bought from."""
    priced = load_catalog(ready.config.catalog or None).priced_provers()
    models = [prover.name for prover in priced if isinstance(prover, PricedModel)]
    if warning := profile_warning(ready.config.profile, models):
        complain(warning)


def refuse_cluster_without_ray(address: str | None, brokers: int, ray: bool) -> None:
    """Raises InputError for options that contradict each other."""
    if brokers > 1 and not ray:
        raise InputError(
            f"--brokers {brokers} needs Ray, but --no-ray says to do without it; leave one of the "
            "two out"
        )
    if address is not None and not ray:
        raise InputError("--address names a Ray cluster, but --no-ray says to do without Ray")


def go(ready: PreparedRun, open_market: OpenMarket, at_once: int | None) -> None:
    """Run to the end, with `at_once` theorems at a time (None: one per processor).

    When stopped by Ctrl-C or SIGTERM, say how to go on and end with 130.

    Raises:
        ProverArbError: the market failed.
    """

    @asynccontextmanager
    async def stoppable(ledger: Path) -> AsyncIterator[Marketplace]:
        async with open_market(ledger) as market:
            # Only now: Ray installs a handler of its own when it starts.
            task = asyncio.current_task()
            assert task is not None
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
            yield market

    with LiveProgress(errors) as progress:
        benchmark = Benchmark(
            ready,
            open_market=stoppable,
            workers=at_once or processors(),
            watcher=progress.watcher(),
        )
        try:
            asyncio.run(benchmark.run())
        except (KeyboardInterrupt, asyncio.CancelledError):
            complain(f"stopped; go on with: {_resume_command(ready)}")
            raise typer.Exit(INTERRUPTED) from None
        except (ProverArbError, OSError):
            complain(f"what was done is kept; go on with: {_resume_command(ready)}")
            raise


def _resume_command(ready: PreparedRun) -> str:
    command = "run" if ready.config.replay is None else "replay"
    return shlex.join(["prover-arb", "bench", command, "--resume", str(ready.folder.path)])


app.command("report", epilog=EXIT_CODES)(report)
