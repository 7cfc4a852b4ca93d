"""Prices of hosted models from the PyPI package `genai-prices`, which carries its list with it.

Nothing is fetched: the prices are those of the installed version. If a price changes during the
day, the highest counts; if it changes with the length of the prompt, longer prompts are not sent.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from prover_arb.core.lazy import lazy_module
from prover_arb.core.money import MICRO
from prover_arb.errors import CatalogError

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo

genai_prices = lazy_module("genai_prices")
data_snapshot = lazy_module("genai_prices.data_snapshot")

SOURCE = "genai-prices"

_HOURS = 24
_PER_REQUEST = "requests_kcount"
_UNITS = {"prompt": "input_mtok", "completion": "output_mtok", "cached": "cache_read_mtok"}


def listed_prices(
    model: str, *, provider: str | None, endpoint: str, now: datetime | None = None
) -> dict[str, int]:
    """Returns micro-dollars per million tokens, rounded up, under the names of `TokenPrices`.

    The model is looked up with `provider`, else with the provider at `endpoint`, else by name
    alone.

    Raises:
        CatalogError: the package does not know the model, or has no price of its tokens.
    """
    info = _model(model, provider, endpoint)
    today = (now or datetime.now(UTC)).replace(minute=0, second=0, microsecond=0)
    prices: dict[str, int] = {}
    for hour in range(_HOURS):
        hourly = vars(info.get_prices(today + timedelta(hours=hour)))
        if hourly.get(_PER_REQUEST):
            raise CatalogError(f"{version()} says that {model!r} is also paid by the request")
        for name, unit in _UNITS.items():
            price = hourly.get(unit)
            if price is None:
                continue
            base, tiers = getattr(price, "base", price), getattr(price, "tiers", ())
            prices[name] = max(prices.get(name, 0), _micro(base))
            for tier in tiers:
                prices["up_to"] = min(prices.get("up_to", tier.start), tier.start)
    for name in ("prompt", "completion"):
        if name not in prices:
            raise CatalogError(f"{version()} knows no price of {model!r} for {name} tokens")
    return prices


def version() -> str:
    """Returns the name and the version of the package, for messages and hashes."""
    return f"{SOURCE} {genai_prices.__version__}"


def _model(model: str, provider: str | None, endpoint: str) -> ModelInfo:
    snapshot = data_snapshot.get_snapshot()
    ways = [(provider, None)] if provider is not None else [(None, endpoint), (None, None)]
    for name, url in ways:
        try:
            info: ModelInfo = snapshot.find_provider_model(model, None, name, url)[1]
        except LookupError:
            continue
        return info
    whose = "" if provider is None else f" of {provider!r}"
    raise CatalogError(f"{version()} does not know the model {model!r}{whose}")


def _micro(price: Decimal) -> int:
    return int((price * MICRO).to_integral_value(rounding=ROUND_CEILING))
