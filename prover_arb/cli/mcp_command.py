"""`prover-arb mcp`: the broker as tools for agents."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from prover_arb.api.mcp_server.brokers import Broker, LocalBroker, ServiceBroker, market_here
from prover_arb.api.mcp_server.tools import make_server
from prover_arb.cli.commands import EXIT_CODES
from prover_arb.cli.common import CatalogOption, ProfileOption, budget
from prover_arb.client import AsyncClient

NOTES = (
    'An agent starts it with {"command": "prover-arb", "args": ["mcp"]}, or with '
    '["--server", "URL", "mcp"].\n\n' + EXIT_CODES
)


def mcp(
    ctx: typer.Context,
    *,
    http: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=65535,
            metavar="PORT",
            help="Serve streamable HTTP at http://127.0.0.1:PORT/mcp, for this machine alone, "
            "in place of standard input and output.",
        ),
    ] = None,
    most_usd: Annotated[
        str, typer.Option("--budget", metavar="USD", help="The most that one call may spend.")
    ] = "0.05",
    catalog: CatalogOption = None,
    profile: ProfileOption = "core",
    ledger: Annotated[
        Path, typer.Option(metavar="FILE", help="The file that keeps purchases made here.")
    ] = Path("runs/mcp/ledger.sqlite3"),
) -> None:
    """Serve tools for agents over the Model Context Protocol, until its input ends or Ctrl-C.

    The tools verify, prove and market are done by the service at --server, which gives quotes too,
    or on this machine.
    """
    most = budget(most_usd)
    address = ctx.find_root().params["server"]
    broker: Broker
    if address:
        broker = ServiceBroker(AsyncClient(address))
    else:
        broker = LocalBroker(partial(market_here, ledger, catalog, profile), catalog)
    server = make_server(broker, most=most, profile=profile)
    if http is None:
        asyncio.run(server.run_stdio_async())
    else:
        asyncio.run(server.run_streamable_http_async(port=http))
