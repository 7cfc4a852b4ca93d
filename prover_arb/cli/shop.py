"""`provers serve`: sell attempts of local provers over HTTP."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated

import typer

from prover_arb.cli.common import CatalogOption, ProfileOption
from prover_arb.errors import InputError
from prover_arb.provers.catalog import load_catalog
from prover_arb.theorem import Profile, Theorem

_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)


def serve_provers(
    *,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Sellers of the catalog.")],
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="0 takes a free one; it is printed.")
    ] = 8001,
    catalog: CatalogOption = None,
    workers: Annotated[int, typer.Option(min=1, help="Lean workers.")] = 1,
    at_once: Annotated[
        int, typer.Option(min=1, help="Requests taken at once; others are told to come back.")
    ] = 8,
    keys: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="API keys of the buyers, one per line; none if absent."),
    ] = None,
    profile: ProfileOption = "core",
) -> None:
    """Sell attempts of local provers as models of an OpenAI-compatible API, until Ctrl-C.

    A token is worth a micro-dollar: list it with prices of "0" in and "1" out per million tokens.
    """
    from prover_arb.runtime.lean_host import LeanBlueprint  # noqa: PLC0415
    from prover_arb.shop.app import serve  # noqa: PLC0415
    from prover_arb.shop.counter import Counter  # noqa: PLC0415

    allowed = [] if keys is None else _keys(keys)
    if not allowed and not _is_loopback(host):
        raise InputError(f"--host {host}: others can reach it; say who may buy with --keys FILE")
    blueprint = LeanBlueprint(catalog=load_catalog(catalog), profile=profile, one_kernel=True)

    def read(message: str) -> Theorem:
        return theorem_of(message, profile)

    counter = Counter(blueprint, names, workers=workers, at_once=at_once, read=read)
    serve(counter, keys=allowed, host=host, port=port)


def theorem_of(message: str, profile: Profile) -> Theorem:
    """The theorem to prove in a buyer's message: in the last fenced block that holds one.

    Raises:
        ProblemError: no theorem that ends in `sorry`, or one that cannot be used.
    """
    from prover_arb.bench.lean_source import cut  # noqa: PLC0415

    blocks = [code for code in _FENCE.findall(message) if re.search(r"\bsorry\b", code)]
    return cut("the message", blocks[-1] if blocks else message, profile)[-1].theorem


def _keys(path: Path) -> list[str]:
    try:
        lines = path.read_text().split()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"--keys {path}: cannot be read: {error}") from None
    if not lines:
        raise InputError(f"--keys {path}: no key in it")
    return lines


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
