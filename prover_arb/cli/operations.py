"""The commands `setup`, `doctor`, `provers`, `serve` and `ledger`.

The module is longer than 300 lines because commands are mostly the help of their options.
"""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from prover_arb.api.service.cache_options import CacheOptions, CacheScope
from prover_arb.bench.runs import RunFolder
from prover_arb.bench.tables import explored_lines, group_table, overhead_table, totals_table
from prover_arb.broker.conduct import conduct_lines
from prover_arb.broker.ledger.opening import is_url, open_ledger
from prover_arb.broker.ledger.schema import LedgerGroup
from prover_arb.broker.ledger.store import LedgerAddress
from prover_arb.cli.commands import (
    EXIT_CODES,
    FAILED,
    Commands,
    LogJson,
    Verbose,
    complain,
)
from prover_arb.cli.common import (
    SERVED_LEDGER,
    CatalogOption,
    DatabaseOption,
    JsonOption,
    OneKernelOption,
    PristineOption,
    ProfileOption,
    WorkersOption,
    provision,
    say,
)
from prover_arb.cli.console import show
from prover_arb.cli.provers_record import record_provers
from prover_arb.cli.provers_serve import check_provers, serve_provers
from prover_arb.cli.visible import show_logs
from prover_arb.core.lazy import lazy_module
from prover_arb.core.money import format_usd, parse_usd
from prover_arb.core.rejections import rejection_lines
from prover_arb.errors import InputError, RunError
from prover_arb.oracle.doctor import diagnose
from prover_arb.oracle.options import OracleOptions
from prover_arb.provers.catalog import Entry, load_catalog
from prover_arb.provers.prover_config import ProverConfig
from prover_arb.provers.recorded.answers_prover import AnswersConfig

if TYPE_CHECKING:
    from prover_arb.api.service import ray_serve
else:
    ray_serve = lazy_module("prover_arb.api.service.ray_serve")


def setup(profile: ProfileOption = "core") -> None:
    """Find or download Lean, check every file, and prepare the verifier.

    It is needed once; later calls check what is there and repair it. Exit codes: 0 Lean is ready, 3
    Lean cannot be provided on this machine.
    """
    provision(profile, full=True)
    say("Lean is ready; try `prover-arb doctor`.")


def doctor(profile: ProfileOption = "core", json: JsonOption = False) -> None:
    """Report what this machine has, judge true and false proofs, and say what to do.

    Exit codes: 0 everything works, 3 proofs cannot be checked here.
    """
    diagnosis = asyncio.run(diagnose(profile))
    if json:
        say(diagnosis.model_dump_json())
    else:
        show(diagnosis.table())
        for line in diagnosis.advice:
            complain(line)
    if not diagnosis.ok:
        raise typer.Exit(FAILED)


def serve(
    ctx: typer.Context,
    *,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    ledger: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="The file that keeps purchases; orders are kept beside it."
        ),
    ] = SERVED_LEDGER,
    database: DatabaseOption = None,
    catalog: CatalogOption = None,
    workers: WorkersOption = None,
    brokers: Annotated[
        int,
        typer.Option(
            min=1,
            help="Number of broker processes, among which orders and workers are divided; an order "
            "belongs to one of them by the hash of its statement.",
        ),
    ] = 1,
    reserved: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Number of Lean workers besides, for verifications alone, so that these do not "
            "wait behind orders; one for each broker if absent.",
        ),
    ] = None,
    standby: Annotated[
        int,
        typer.Option(
            min=0,
            help="For how many keys more than one each of these has Lean processes ready, so that "
            "a verification does not wait for a start because another key came before; each takes "
            "about 0.7 GB of memory, from the second key on.",
        ),
    ] = 1,
    running: Annotated[
        int, typer.Option(min=1, help="How many orders are worked on at once; others are queued.")
    ] = 16,
    margin: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            help="What customers are charged over what is spent, as a share of it: 0.1 is 10 %.",
        ),
    ] = 0.0,
    proof_cache: Annotated[
        CacheScope,
        typer.Option(
            help="Whose proofs answer an order for the same statement, once they are judged again: "
            "those of its own key, of all keys (shared; price and time then tell a customer that "
            "somebody proved it, and the proof is shown), or none (off)."
        ),
    ] = "own",
    cache_price: Annotated[
        str,
        typer.Option(
            metavar="USD",
            help="What a proof from the cache is charged, besides what judging it again cost.",
        ),
    ] = "0",
    private_webhooks: Annotated[
        bool,
        typer.Option(
            "--private-webhooks",
            help="Send webhooks to this machine and into private networks too, where a customer "
            "could reach what is not theirs.",
        ),
    ] = False,
    profile: ProfileOption = "core",
    one_kernel: OneKernelOption = False,
    pristine: PristineOption = False,
    address: Annotated[
        str | None, typer.Option(help="The address of an existing Ray cluster.")
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=POLICY",
            help="Register a policy that requests may name, such as "
            "tuned=schedule:policy.json; again for several. cascade, schedule, auction and "
            "single:PROVER are always there. Requests cannot name files.",
        ),
    ] = None,
    verbose: Verbose = 0,
    log_json: LogJson = False,
) -> None:
    """Serve the HTTP API, with a page at / and documentation at /docs, until Ctrl-C.

    POST /v1/proofs {theorem, budget_usd} orders a proof, GET /v1/proofs/{id} returns its progress,
    POST /v1/verify judges a candidate. Without API keys (`prover-arb keys`) it serves this machine
    alone.
    """
    before = ctx.find_root().params
    show_logs(verbose + before["verbose"], as_json=log_json or before["log_json"])
    arguments = ray_serve.ServiceArguments(
        ledger=ledger,
        database=database,
        catalog=catalog,
        workers=workers,
        brokers=brokers,
        reserved=reserved,
        standby=standby,
        profile=profile,
        policies=tuple(policy or ()),
        running=running,
        margin=margin,
        cache=CacheOptions(scope=proof_cache, price=parse_usd(cache_price, field="--cache-price")),
        private_webhooks=private_webhooks,
    )
    ray_serve.run(
        arguments,
        host=host,
        port=port,
        options=OracleOptions(one_kernel=one_kernel, pristine=pristine),
        address=address,
    )


provers = typer.Typer(
    cls=Commands, help="List, check, serve and record provers.", no_args_is_help=True
)
ledger = typer.Typer(cls=Commands, help="Compute what was bought and paid.", no_args_is_help=True)


@provers.callback()
def _provers() -> None:
    """List, check, serve and record provers."""


@provers.command("list")
def list_provers(catalog: CatalogOption = None, json: JsonOption = False) -> None:
    """List every prover with its price and the most that one attempt can cost."""
    prices = load_catalog(catalog)
    if json:
        say(prices.model_dump_json())
        return
    table = Table(title=f"price list {prices.version}", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("prover", "kind", "price", "one attempt at most", "what it sells"):
        table.add_column(heading)
    for name, entry in prices.entries.items():
        table.add_row(name, entry.kind, *_prices(entry), entry.description)
    show(table)
    say(f"Verification costs {format_usd(prices.verification_price, digits=2)} per CPU-hour.")
    if prices.refutation is not None:
        price, most = _prices(prices.refutation)
        say(f"A refutation, for policies with refute+, costs {price}, at most {most}.")


def _prices(entry: Entry) -> tuple[str, str]:
    """Returns the list price and the worst case, for a model that of an empty prompt."""
    if isinstance(entry, ProverConfig):
        price = f"{format_usd(entry.price_per_cpu_hour, digits=2)} per CPU-hour"
        return price, format_usd(entry.worst_case)
    prompt, completion = (
        format_usd(price, digits=2) for price in (entry.price.prompt, entry.price.completion)
    )
    price = f"{prompt} in, {completion} out per million tokens"
    if isinstance(entry, AnswersConfig):
        return price, entry.summary
    return price, f"{format_usd(entry.worst_case([]))} + prompt"


provers.command("serve", epilog=EXIT_CODES)(serve_provers)
provers.command("check")(check_provers)
provers.command("record", epilog=EXIT_CODES)(record_provers)


@ledger.callback()
def _ledger() -> None:
    """Compute what was bought and paid."""


@ledger.command("totals", epilog=EXIT_CODES)
def totals(
    ledger: Annotated[
        str,
        typer.Argument(
            metavar="RUN|FILE|URL",
            help="The folder of a run, a ledger file, or the URL of a service's database.",
        ),
    ],
    run_id: Annotated[
        str | None,
        typer.Option("--run", help="The id of the run, if it is not the name of the folder."),
    ] = None,
    by: Annotated[
        LedgerGroup | None,
        typer.Option(help="Sum all runs of the ledger by API key, by day (UTC) or by prover."),
    ] = None,
    overheads: Annotated[
        bool,
        typer.Option("--overheads", help="Show only what deciding and learning took, by policy."),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Compute every total of a run again, from the ledger alone.

    With --by the totals are of all that is in the ledger, such as that of a service.
    """
    if by is not None:
        if run_id is not None:
            raise InputError("--by sums all runs of a ledger; leave out --run")
        if overheads:
            raise InputError("--by sums purchases; leave out --overheads, or give it without --by")
        _show_totals_by(ledger, by, json=json)
        return
    address, name = _run_in(ledger, run_id)
    with closing(open_ledger(address, create=False)) as book:
        summaries, explored = book.summarise(name), book.explored(name)
        took = book.overheads(name)
        notes = [*conduct_lines(book.dealings(name)), *rejection_lines(book.answers(name))]
    if not summaries:
        raise RunError(f"{address}: there is no purchase of the run {name!r} in it")
    if json:
        for row in took if overheads else summaries:
            say(row.model_dump_json())
    elif overheads:
        show(overhead_table(took, name))
    else:
        show(totals_table(summaries, name, took))
        for line in (*explored_lines(explored), *notes):
            say(line)


def _show_totals_by(ledger: str, by: LedgerGroup, *, json: bool) -> None:
    address = _address(ledger)
    with closing(open_ledger(address, create=False)) as book:
        totals_of_groups = book.totals_by(by)
    if json:
        for group in totals_of_groups:
            say(group.model_dump_json())
    else:
        show(group_table(totals_of_groups, by))


def _run_in(ledger: str, run_id: str | None) -> tuple[LedgerAddress, str]:
    """Returns the ledger that an argument names, and the run in it."""
    address = _address(ledger)
    folder = Path(ledger)
    is_folder = not is_url(address) and folder.is_dir()
    if run_id is None and is_folder and RunFolder(folder).config.exists():
        run_id = RunFolder(folder).read_config().run
    if run_id is None and not is_folder:
        raise RunError(f"{ledger}: name the run with --run ID, or sum all of them with --by")
    return address, run_id or folder.resolve().name


def _address(ledger: str) -> LedgerAddress:
    if is_url(ledger):
        return ledger
    path = RunFolder(Path(ledger)).ledger if Path(ledger).is_dir() else Path(ledger)
    if not path.is_file():
        raise RunError(
            f"{path}: there is no ledger; give the folder of a run, a ledger file, or a URL"
        )
    return path
