"""Reads the prices of a catalog: dollars as text in the file, integer micro-dollars here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prover_arb.core.money import parse_usd
from prover_arb.errors import BudgetError, CatalogError
from prover_arb.provers.chat.price_list import SOURCE, listed_prices

PRICE = "price_per_cpu_hour"
"""The field of a price per CPU-hour, in dollars."""

TOKEN_PRICES = ("prompt", "completion", "cached")
"""The kinds of tokens that have prices."""


def token_prices(file: Path, where: str, entry: Mapping[str, Any]) -> dict[str, int]:
    """Returns the micro-dollars per million tokens of an entry, by kind of token.

    Raises:
        CatalogError: the price is missing, is not an amount, or cannot be looked up.
    """
    example = f'{where} = {{ prompt = "0.20", completion = "0.60" }}, dollars per million tokens'
    table = entry.get("price")
    if isinstance(table, str):
        source, colon, provider = table.partition(":")
        if source != SOURCE or (colon and not provider):
            raise CatalogError(
                f'{file}: {where}: {table!r} is no price source; write "{SOURCE}", '
                f'"{SOURCE}:PROVIDER", or {example}'
            )
        model, endpoint = str(entry.get("model", "")), str(entry.get("endpoint", ""))
        try:
            return listed_prices(model, provider=provider or None, endpoint=endpoint)
        except CatalogError as error:
            raise CatalogError(f"{file}: {where}: {error}; write {example}") from None
    if not isinstance(table, dict):
        raise CatalogError(f"{file}: {where}: missing; write {example}")
    unknown = sorted(set(table) - set(TOKEN_PRICES))
    if unknown:
        raise CatalogError(f"{file}: {where}.{unknown[0]}: unknown; write {example}")
    for name in ("prompt", "completion"):
        if name not in table:
            raise CatalogError(f"{file}: {where}.{name}: missing; write {example}")
    return {name: _usd(f"{file}: {where}.{name}", text) for name, text in table.items()}


def cpu_price(file: Path, where: str, table: Mapping[str, Any]) -> int:
    """Returns the micro-dollars per CPU-hour of a table.

    Raises:
        CatalogError: the price is missing or is not an amount.
    """
    field = f"{file}: {where}.{PRICE}"
    if PRICE not in table:
        raise CatalogError(f'{field}: missing; write {PRICE} = "0.05", dollars per CPU-hour')
    return _usd(field, table[PRICE])


def _usd(field: str, text: object) -> int:
    if not isinstance(text, str):
        raise CatalogError(f'{field}: {text!r} must stand in quotes, as in "0.05"')
    try:
        return parse_usd(text, field=field)
    except BudgetError as error:
        raise CatalogError(str(error)) from error
