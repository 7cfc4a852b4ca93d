"""Lists all commands of `prover-arb`."""

from __future__ import annotations

from typing import Annotated, ClassVar

import typer

from prover_arb.cli import quick_start
from prover_arb.cli.commands import EXIT_CODES, CommandSource, LazyCommands, LogJson, Verbose
from prover_arb.cli.visible import show_logs
from prover_arb.core.version import VERSION

OPERATIONS = "prover_arb.cli.operations"
REMOTE = "prover_arb.cli.remote"
PROVE = "Buy a proof of one theorem; print it, what it cost, and where its certificate is."
VERIFY = "Judge a proof; with --batch many, one JSON object per line back, in order."
FILL = "Buy proofs for the theorems of a Lean file that end in `sorry`, and write them into it."
BENCH = "Run policies over a problem set, and compare runs."
MCP = CommandSource(
    "Serve tools for agents over the Model Context Protocol, until its input ends or Ctrl-C.",
    "prover_arb.cli.mcp_command",
    "mcp",
    epilog="NOTES",
    takes_server=True,
)


class AllCommands(LazyCommands):
    """Every command of `prover-arb`; a test compares the lines here with the commands' own help."""

    sources: ClassVar[dict[str, CommandSource]] = {
        "setup": CommandSource(
            "Find or download Lean, check every file, and prepare the verifier.",
            OPERATIONS,
            "setup",
        ),
        "doctor": CommandSource(
            "Report what this machine has, judge true and false proofs, and say what to do.",
            OPERATIONS,
            "doctor",
        ),
        "prove": CommandSource(
            PROVE,
            "prover_arb.cli.prove",
            "prove",
            epilog="EXAMPLE",
            remote=CommandSource(PROVE, REMOTE, "prove", epilog="NOTES"),
        ),
        "fill": CommandSource(
            FILL,
            "prover_arb.cli.fill",
            "fill",
            epilog="EXAMPLE",
            remote=CommandSource(FILL, "prover_arb.cli.remote_fill", "fill", epilog="NOTES"),
        ),
        "verify": CommandSource(
            VERIFY,
            "prover_arb.cli.verify",
            "verify",
            epilog="NOTES",
            remote=CommandSource(VERIFY, REMOTE, "verify", epilog="NOTES"),
        ),
        "bench": CommandSource(
            BENCH,
            "prover_arb.cli.bench",
            extensions=("prover_arb.cli.bench_replay",),
            remote=CommandSource(BENCH, "prover_arb.cli.remote_bench"),
            named_server_only=True,
        ),
        "problems": CommandSource(
            "Check, generate and compare problem sets.", "prover_arb.cli.problems"
        ),
        "provers": CommandSource("List, check, serve and record provers.", OPERATIONS, "provers"),
        "distill": CommandSource(
            "Teach cheap provers from proofs that expensive ones sold, and measure them.",
            "prover_arb.cli.distill",
        ),
        "market": CommandSource(
            "Study a market of provers from recorded attempts: prices, arbitrage, and who gains.",
            "prover_arb.cli.market",
        ),
        "schedule": CommandSource(
            "Decide which attempt to buy next: measure policies on theorems they were not fitted "
            "on.",
            "prover_arb.cli.schedule",
            extensions=("prover_arb.cli.schedule_objectives",),
        ),
        "serve": CommandSource(
            "Serve the HTTP API, with a page at / and documentation at /docs, until Ctrl-C.",
            OPERATIONS,
            "serve",
        ),
        "mcp": MCP,
        "keys": CommandSource("Create, list and revoke API keys.", "prover_arb.cli.keys"),
        "ledger": CommandSource("Compute what was bought and paid.", OPERATIONS, "ledger"),
    }


app = typer.Typer(
    cls=AllCommands,
    name="prover-arb",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=(
        "Buy Lean 4 proofs from many provers; the Lean kernel decides what is a proof.\n\n"
        "Begin with `prover-arb setup` (downloads Lean once), see that it works with "
        '`prover-arb doctor`, then buy a proof: `prover-arb prove "(a b : ℕ) (h : a < b) : '
        'a + 1 ≤ b" --budget 0.05`, or run every policy on a problem set: '
        "`prover-arb bench run`.\n\n"
        "Results go to standard output, progress to standard error.\n\n" + EXIT_CODES
    ),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"prover-arb {VERSION}")
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option(
        "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
    ),
]


@app.callback()
def _root(
    verbose: Verbose = 0,
    log_json: LogJson = False,
    version_wanted: VersionOption = False,
    server: Annotated[  # commands.py reads it
        str | None,
        typer.Option(
            metavar="URL",
            envvar="PROVER_ARB_SERVER",
            help="Have `verify`, `prove`, `fill` and `mcp` done by the service at this address, "
            "with the API key in PROVER_ARB_API_KEY; Lean is then not started here. On the "
            "command line it goes with `bench run` too.",
        ),
    ] = None,
) -> None:
    show_logs(verbose, as_json=log_json)


def main() -> None:
    """Entry point of `prover-arb`."""
    quick_start.prepare()
    app()
