"""The commands `keys create`, `keys list`, `keys revoke` and `keys webhook-secret`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import SCOPES, USUAL_SCOPES, ApiKey, KeyStore, Scope
from prover_arb.api.service.service_app import orders_file
from prover_arb.api.service.webhooks.secret_store import OVERLAP, SecretStore
from prover_arb.cli.commands import EXIT_CODES, Commands, complain
from prover_arb.cli.common import SERVED_LEDGER, DatabaseOption, JsonOption, LedgerOption, say
from prover_arb.cli.console import show
from prover_arb.core.money import format_usd, parse_budget
from prover_arb.errors import InputError

app = typer.Typer(cls=Commands, help="Create, list and revoke API keys.", no_args_is_help=True)


@app.callback()
def _keys() -> None:
    """Create, list and revoke API keys."""


@app.command(epilog=EXIT_CODES)
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is, for the list of keys.")],
    *,
    budget: Annotated[
        str | None,
        typer.Option(
            metavar="USD", help="What all orders of the key may cost together; no limit if absent."
        ),
    ] = None,
    per_minute: Annotated[
        int | None,
        typer.Option(min=1, help="How many requests it may send a minute; no limit if absent."),
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SCOPE",
            help="What it allows, again for several: verify, prove, operate (to read /metrics). "
            "verify and prove if absent.",
        ),
    ] = None,
    ledger: LedgerOption = SERVED_LEDGER,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Create an API key, and print its secret once; only a hash of it is stored.

    The secret by which its webhooks are signed is printed too, on standard error.
    """
    scopes = [_scope(text) for text in scope or USUAL_SCOPES]
    if not name.strip() or len(name) > 128 or not name.isprintable():
        raise InputError("NAME: 1 to 128 printable characters are needed")
    limit = None if budget is None else parse_budget(budget, field="--budget")
    with _opened(database, ledger) as stored:
        secret, key = KeyStore(stored).create_now(
            name, scopes=scopes, budget=limit, per_minute=per_minute
        )
        signing = SecretStore(stored).show_now(key.id)
    if json:
        say(_json(key, secret=secret, webhook_secret=signing))
        return
    say(secret)
    complain(f"{key.id} is made for {name}; the key above is shown only now")
    complain(f"its webhooks are signed with {signing}")


@app.command("list", epilog=EXIT_CODES)
def list_keys(
    *,
    ledger: LedgerOption = SERVED_LEDGER,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """List the API keys, what each allows, and what it has taken of its budget."""
    with _opened(database, ledger) as stored:
        keys = KeyStore(stored).list_now()
    if json:
        for key in keys:
            say(_json(key))
        return
    table = Table("id", "name", "scopes", "budget", "taken", "requests/min", "created", "revoked")
    for key in keys:
        table.add_row(
            key.id,
            key.name,
            " ".join(key.scopes),
            "-" if key.budget is None else format_usd(key.budget),
            format_usd(key.taken),
            "-" if key.per_minute is None else str(key.per_minute),
            key.created_at,
            key.revoked_at or "-",
        )
    show(table)


@app.command(epilog=EXIT_CODES)
def revoke(
    key: Annotated[str, typer.Argument(metavar="ID", help="The id that `keys list` shows.")],
    *,
    ledger: LedgerOption = SERVED_LEDGER,
    database: DatabaseOption = None,
) -> None:
    """Revoke an API key; its orders go on, and nobody can read them with it any more."""
    with _opened(database, ledger) as stored:
        revoked = KeyStore(stored).revoke_now(key)
    say(f"{revoked.id} of {revoked.name} is revoked since {revoked.revoked_at}")


@app.command("webhook-secret", epilog=EXIT_CODES)
def webhook_secret(
    key: Annotated[
        str,
        typer.Argument(
            metavar="[ID]",
            help="The id that `keys list` shows; left out for a service without keys.",
        ),
    ] = "",
    *,
    rotate: Annotated[
        bool,
        typer.Option(
            "--rotate", help="Make a new secret; for a day messages are signed with both."
        ),
    ] = False,
    ledger: LedgerOption = SERVED_LEDGER,
    database: DatabaseOption = None,
) -> None:
    """Print the secret by which the webhooks of an API key are signed."""
    with _opened(database, ledger) as stored:
        secrets = SecretStore(stored)
        say(secrets.rotate_now(key) if rotate else secrets.show_now(key))
    if rotate:
        hours = OVERLAP.total_seconds() / 3600
        complain(f"the secret before it signs messages too for {hours:.0f} hours")


def _scope(text: str) -> Scope:
    for scope in SCOPES:
        if scope == text:
            return scope
    raise InputError(f"--scope {text!r}: there are {', '.join(SCOPES)}")


@contextmanager
def _opened(database: str | None, ledger: Path) -> Iterator[Database]:
    opened = Database(database or sqlite_url(orders_file(ledger.absolute())))
    try:
        yield opened
    finally:
        opened.close()


def _json(key: ApiKey, **more: str) -> str:
    return dumps(key.model_dump() | more)
