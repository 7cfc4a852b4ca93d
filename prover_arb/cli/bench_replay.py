"""`prover-arb bench replay`: runs policies on recorded attempts, with the real broker."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from prover_arb.bench.prepare import RUNS, claim, new_folder
from prover_arb.bench.prepare_replay import ReplayOptions, prepare_replay
from prover_arb.bench.report import write_run_report
from prover_arb.cli.bench import (
    AddressOption,
    BrokersOption,
    RayOption,
    ResumeOption,
    RunOutOption,
    RunsOption,
    app,
    go,
    refuse_cluster_without_ray,
)
from prover_arb.cli.bench_report import close
from prover_arb.cli.commands import EXIT_CODES
from prover_arb.cli.common import (
    budget,
    list_unread,
)
from prover_arb.cli.record_options import ProversOption, SourcesOption, StatementsOption, names_of
from prover_arb.runtime import open_market_of


@app.command("replay", epilog=EXIT_CODES)
def replay(
    *,
    records: SourcesOption = None,
    statements: StatementsOption = None,
    provers: ProversOption = None,
    dollars: Annotated[
        str | None,
        typer.Option(metavar="X", help="Dollars per unit of cost, if records are not in dollars."),
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            help="single:PROVER, cascade, cascade:PROVER=USD,..., auction, or schedule:FILE; "
            "repeat it for several. Every single prover and the cascade if absent."
        ),
    ] = None,
    budget_usd: Annotated[
        str | None,
        typer.Option("--budget", metavar="USD", help="The budget of each theorem; 0.05 if absent."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            help="Random seed that shuffles each record; with 0, or if absent, attempts are sold "
            "in the order in which they were recorded."
        ),
    ] = None,
    runs: RunsOption = RUNS,
    out: RunOutOption = None,
    resume: ResumeOption = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, help="How many theorems are bought for at once; one per core if absent."
        ),
    ] = None,
    ray: RayOption = True,
    address: AddressOption = None,
    brokers: BrokersOption = 1,
) -> None:
    """Buy recorded attempts instead of live ones; nothing is proved by it, and no Lean is needed.

    Every prover sells its attempts at a theorem at their mean cost, in whole micro-dollars rounded
    up, until they are used up. Ctrl-C stops cleanly; --resume continues the run.
    """
    refuse_cluster_without_ray(address, brokers, ray)
    names = names_of(provers)
    options = ReplayOptions(
        records=tuple(records or ()),
        statements=statements,
        provers=None if names is None else tuple(names),
        dollars=dollars,
        policies=tuple(policy or ()),
        budget=None if budget_usd is None else budget(budget_usd),
        seed=seed,
        out=out or (None if resume else new_folder(runs, prefix="replay-")),
        resume=resume,
    )
    ready, factory = prepare_replay(options)
    list_unread(ready.data)
    with ready.folder.locked():
        if not ready.resumed:
            claim(ready)
        market = partial(
            open_market_of, factory, ray=ray, address=address, workers=workers, brokers=brokers
        )
        go(ready, lambda ledger: market(ledger=ledger), workers)
        done = write_run_report(ready.folder)
    close(done)
