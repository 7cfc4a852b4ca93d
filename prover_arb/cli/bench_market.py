"""`prover-arb bench market`: the benchmark bought over HTTP from sellers in other processes."""

from __future__ import annotations

import asyncio
import signal
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prover_arb.bench import http_market
from prover_arb.bench.comparison_tables import (
    comparison_lines,
    comparison_table,
    pairs_table,
    undisturbed_table,
)
from prover_arb.bench.prepare import new_folder
from prover_arb.bench.progress import LiveProgress
from prover_arb.bench.rows import Row, write_atomic
from prover_arb.bench.runner import OpenMarket, Watcher
from prover_arb.cli.commands import (
    INTERRUPTED,
    NOT_PROVED,
    complain,
    errors,
)
from prover_arb.cli.common import (
    JsonOption,
    OneKernelOption,
    PristineOption,
    ProblemsOption,
    ProfileOption,
    list_unread,
    provision,
    say,
    show,
)
from prover_arb.oracle.options import OracleOptions
from prover_arb.runtime import open_marketplace

if TYPE_CHECKING:
    from prover_arb.bench.comparison import Comparison

EXIT_CODES = """Exit codes: 0 both runs bought the same, but for the clock and what the killed \
seller did not sell; 1 they differ in something else (it is named); 2 bad input; 3 the oracle, the \
toolchain or a seller failed; 130 stopped by Ctrl-C, the sellers with it."""


def market(
    *,
    problems: ProblemsOption = None,
    limit: Annotated[
        int | None, typer.Option(min=http_market.FEWEST, help="Only the first theorems.")
    ] = None,
    policy: Annotated[
        str, typer.Option(help="As for `bench run`.", show_default=True)
    ] = http_market.POLICY,
    kill: Annotated[
        str, typer.Option(metavar="SELLER", help="Killed after a third of the theorems.")
    ] = "portfolio",
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder for both runs; a new one in runs/ if absent."),
    ] = None,
    profile: ProfileOption = "core",
    one_kernel: OneKernelOption = False,
    pristine: PristineOption = False,
    json: JsonOption = False,
) -> None:
    """Buy over HTTP from three sellers in processes of their own, and compare.

    The theorems are bought in this process first, then from `provers serve` processes with prices,
    latencies and rate limits of their own. One of them is killed after a third of the theorems and
    started again after two. Every proof is judged here, by the same oracle, in both runs.
    """
    order = http_market.Order(
        folder=out or new_folder(prefix="market-"),
        problems=problems,
        limit=limit,
        policy=policy,
        killed=kill,
        profile=profile,
    )
    inside = http_market.ready(order)
    list_unread(inside.data)
    provision(profile)

    def open_market(catalog: Path | None, workers: int) -> OpenMarket:
        market = partial(
            open_marketplace,
            ray=False,
            workers=workers,
            catalog=catalog,
            profile=profile,
            options=OracleOptions(one_kernel=one_kernel, pristine=pristine),
        )
        return lambda ledger: market(ledger=ledger)

    async def both(displays: ExitStack) -> Comparison:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await http_market.run(
            order, inside, open_market=open_market, watch=partial(_watch, displays)
        )

    try:
        with ExitStack() as displays:
            found = asyncio.run(both(displays))
    except (KeyboardInterrupt, asyncio.CancelledError):
        complain(f"stopped; what was bought until then is in {order.folder}")
        raise typer.Exit(INTERRUPTED) from None
    write_atomic(order.folder / "comparison.json", found.model_dump_json(indent=2) + "\n")
    if json:
        say(found.model_dump_json())
    else:
        show(comparison_table(found))
        show(undisturbed_table(found))
        show(pairs_table(found))
        for line in comparison_lines(found):
            say(line)
        say(f"runs {order.folder / 'in-process'} and {order.folder / 'over-http'}")
    if found.faults:
        raise typer.Exit(NOT_PROVED)


def _watch(displays: ExitStack, name: str) -> Watcher:
    """Progress under the name of the run: its policy is the same in both."""
    displays.close()
    watcher = displays.enter_context(LiveProgress(errors)).watcher()

    def added(row: Row) -> None:
        watcher.added(row.model_copy(update={"policy": name}))

    return Watcher(
        inspected=watcher.inspected,
        begun=lambda _policy, theorems: watcher.begun(name, theorems),
        added=added,
    )
