"""`provers serve` sells attempts of local provers over HTTP; `provers check` tries the models."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from prover_arb.api.sockets import is_loopback
from prover_arb.cli.commands import (
    FAILED,
    complain,
)
from prover_arb.cli.common import CatalogOption, JsonOption, ProfileOption, say
from prover_arb.cli.console import show
from prover_arb.core.lazy import lazy_module
from prover_arb.core.money import format_usd
from prover_arb.core.theorem import Theorem
from prover_arb.errors import InputError
from prover_arb.oracle.options import OracleOptions
from prover_arb.problems import theorem_of_message
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.chat.model_config import PricedModel
from prover_arb.provers.chat.profiles import warning as profile_warning
from prover_arb.provers.recorded.answers_prover import AnswersProver

if TYPE_CHECKING:
    from prover_arb.api.shop import attempt_service, shop_app
    from prover_arb.provers.chat import check
    from prover_arb.runtime import local_worker
else:
    attempt_service = lazy_module("prover_arb.api.shop.attempt_service")
    shop_app = lazy_module("prover_arb.api.shop.shop_app")
    check = lazy_module("prover_arb.provers.chat.check")
    local_worker = lazy_module("prover_arb.runtime.local_worker")


def serve_provers(
    *,
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Names of local provers in the catalog.")
    ],
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one, which is printed.")
    ] = 8001,
    catalog: CatalogOption = None,
    workers: Annotated[int, typer.Option(min=1, help="Number of Lean workers.")] = 1,
    at_once: Annotated[
        int,
        typer.Option(
            min=1, help="How many requests are served at once; others get 429 with Retry-After."
        ),
    ] = 8,
    per_minute: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1_000_000,
            metavar="N",
            help="How many requests a client may send to each prover in any 60 seconds; others get "
            "429 with Retry-After. No limit if absent.",
        ),
    ] = None,
    latency_ms: Annotated[
        int,
        typer.Option(
            min=0, max=600_000, metavar="MS", help="Milliseconds by which every answer is delayed."
        ),
    ] = 0,
    keys: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A file of API keys, one per line; without it no key is needed."
        ),
    ] = None,
    profile: ProfileOption = "core",
) -> None:
    """Sell attempts of local provers as models of an OpenAI-compatible API, until Ctrl-C.

    A token stands for a micro-dollar: list the provers with prices of "0" in and "1" out per
    million tokens.
    """
    allowed = [] if keys is None else _keys(keys)
    if not allowed and not is_loopback(host):
        raise InputError(
            f"--host {host}: other machines can reach it; say who may buy with --keys FILE"
        )
    factory = local_worker.LocalWorkerFactory(
        catalog=load_catalog(catalog), profile=profile, options=OracleOptions(one_kernel=True)
    )

    def read(message: str) -> Theorem:
        return theorem_of_message(message, profile)

    service = attempt_service.AttemptService(
        factory, names, workers=workers, at_once=at_once, read=read, per_minute=per_minute
    )
    shop_app.serve(service, keys=allowed, host=host, port=port, latency_ms=latency_ms)


def check_provers(
    *,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME...]", help="Names of models in the catalog; all if absent."),
    ] = None,
    catalog: CatalogOption = None,
    profile: ProfileOption = "core",
    json: JsonOption = False,
) -> None:
    """Send one cheap real request to each language model of a catalog, and report the answer.

    It is paid like any other: the prompt and at most 64 tokens. Of recorded answers (kind
    `answers`) it says what the file holds. Exit codes: 0 all answered, 2 the catalog, a file of
    answers or a name is wrong, 3 a model did not answer.
    """
    models = {
        s.name: s
        for s in load_catalog(catalog).priced_provers()
        if isinstance(s, PricedModel | AnswersProver)
    }
    for name in names or ():
        if name not in models:
            known = ", ".join(models) or "none"
            raise InputError(f"no language model {name!r} in the catalog; there are: {known}")
    if not models:
        complain('the catalog lists no language models (kind = "chat"): nothing to check')
    to_ask = [name for name in names or models if isinstance(models[name], PricedModel)]
    if warning := profile_warning(profile, to_ask):
        complain(warning)

    async def look_at(model: PricedModel | AnswersProver) -> check.Finding:
        if isinstance(model, AnswersProver):
            return check.Finding(prover=model.name, answered=True, remark=model.entry.summary)
        return await check.check(model)

    async def all_of_them() -> list[check.Finding]:
        return await asyncio.gather(*(look_at(models[name]) for name in names or models))

    findings = asyncio.run(all_of_them())
    table = Table(box=SIMPLE_HEAD)
    for heading in ("prover", "answered", "ms", "cost", "tokens in / out", "remark"):
        table.add_column(heading)
    for finding in findings:
        if json:
            say(finding.model_dump_json())
        used = finding.usage
        table.add_row(
            finding.prover,
            "yes" if finding.answered else "no",
            str(finding.wall_ms),
            format_usd(finding.cost),
            f"{used.prompt} / {used.completion}" if used and not used.estimated else "",
            escape(finding.remark),
        )
    if findings and not json:
        show(table)
    if not all(finding.answered for finding in findings):
        raise typer.Exit(FAILED)


def _keys(path: Path) -> list[str]:
    try:
        lines = path.read_text().split()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--keys {path}: cannot be read: {error}") from None
    if not lines:
        raise InputError(f"--keys {path}: no key in it")
    return lines
