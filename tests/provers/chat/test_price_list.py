"""Prices from the installed package `genai-prices`, and what an answer takes to compute."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import UTC, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest
from genai_prices import Usage as TheirUsage
from genai_prices import calc_price, data_snapshot
from genai_prices.types import (
    ClauseEquals,
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    Provider,
    TimeOfDateConstraint,
)

from prover_arb.bench.result_rows import bought as in_row
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.core.purchases import Usage
from prover_arb.core.theorem import Theorem
from prover_arb.errors import CatalogError, ProverRefused
from prover_arb.provers.catalog import load_catalog
from prover_arb.provers.chat.model_config import ChatConfig
from prover_arb.provers.chat.price_list import listed_prices, version
from prover_arb.provers.pricing import TokenPrices
from tests.provers.chat.served_models import always, completion, respond
from tests.provers.chat.test_chat_prover import PROOF, buy, entry

OPENAI = "https://api.openai.com/v1"
HERE = "http://127.0.0.1:9/v1"

CATALOG = """
version = "1"
[verification]
price_per_cpu_hour = "0.05"
[provers.m]
kind = "chat"
endpoint = "{endpoint}"
model = "{model}"
price = {price}
"""


def write(folder: Path, *, model: str, price: str, endpoint: str = OPENAI) -> Path:
    path = folder / "catalog.toml"
    path.write_text(CATALOG.format(model=model, price=price, endpoint=endpoint))
    return path


def read(path: Path) -> ChatConfig:
    found = load_catalog(path).entries["m"]
    assert isinstance(found, ChatConfig)
    return found


@pytest.mark.parametrize(
    ("model", "provider", "endpoint"),
    [
        ("gpt-4o-mini", None, OPENAI),
        ("gpt-4o-mini", "openai", HERE),
        ("gpt-4o-mini", None, HERE),
        ("deepseek-prover-v2", "openrouter", HERE),
        ("deepseek/deepseek-v3.2-exp", None, "https://openrouter.ai/api/v1"),
    ],
)
def test_what_we_charge_is_what_the_package_charges(
    model: str, provider: str | None, endpoint: str
) -> None:
    ours = TokenPrices.model_validate(listed_prices(model, provider=provider, endpoint=endpoint))
    known = provider or ("openai" if endpoint != "https://openrouter.ai/api/v1" else "openrouter")
    for prompt, cached, answer in ((1_000, 0, 500), (123_457, 777, 99), (0, 0, 1)):
        theirs = calc_price(
            TheirUsage(input_tokens=prompt, cache_read_tokens=cached, output_tokens=answer),
            model,
            provider_id=known,
        ).total_price
        charge = ours.charge(Usage(prompt=prompt, cached=cached, completion=answer))
        assert 0 <= charge - theirs * 1_000_000 < 1


def test_a_catalog_may_leave_its_prices_to_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offline(*_: object) -> None:
        raise AssertionError("prices were looked up on the network")

    monkeypatch.setattr(socket, "create_connection", offline)
    monkeypatch.setattr(socket.socket, "connect", offline)
    found = read(write(tmp_path, model="gpt-4o-mini", price='"genai-prices"'))
    expected = listed_prices("gpt-4o-mini", provider="openai", endpoint=HERE)
    assert found.price == TokenPrices.model_validate(expected)
    named = read(write(tmp_path, model="deepseek-prover-v2", price='"genai-prices:openrouter"'))
    assert named.price.completion > named.price.prompt > 0


@pytest.mark.parametrize(
    ("model", "price", "said"),
    [
        ("kimina-8b-nobody-sells", '"genai-prices"', r"does not know the model 'kimina-8b-nob"),
        ("gpt-4o-mini", '"genai-prices:anthropic"', r"'gpt-4o-mini' of 'anthropic'; write prov"),
        ("gpt-4o-mini", '"genai-prices:nobody"', r"'gpt-4o-mini' of 'nobody'"),
        ("gpt-4o-mini", '"genai-prices:"', "is no price source"),
        ("gpt-4o-mini", '"cheap"', r"'cheap' is no price source; write \"genai-prices\""),
        ("sonar", '"genai-prices:perplexity"', "'sonar' is also paid by the request"),
        ("text-embedding-3-small", '"genai-prices:openai"', "knows no price of .* for completion"),
    ],
)
def test_a_model_without_a_price_is_named(
    tmp_path: Path, model: str, price: str, said: str
) -> None:
    path = write(tmp_path, model=model, price=price)
    with pytest.raises(CatalogError, match=rf"provers\.m\.price: .*{said}"):
        load_catalog(path)


def snapshot(monkeypatch: pytest.MonkeyPatch, prices: ModelPrice | list[ConditionalPrice]) -> None:
    """The package with one model, `odd`, at these prices."""
    model = ModelInfo(id="odd", match=ClauseEquals("odd"), prices=prices)
    real = data_snapshot.get_snapshot()
    provider: Provider = replace(real.providers[0], id="here", models=[model])
    monkeypatch.setattr(
        data_snapshot,
        "_custom_snapshot",
        data_snapshot.DataSnapshot(providers=[provider], from_auto_update=False),
    )


def test_prices_are_rounded_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = ModelPrice(input_mtok=Decimal("0.0000001"), output_mtok=Decimal("1.2345671"))
    snapshot(monkeypatch, odd)
    found = listed_prices("odd", provider="here", endpoint=HERE)
    assert found == {"prompt": 1, "completion": 1_234_568}


def test_the_dearest_hour_of_the_day_is_what_may_be_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    def at(price: str) -> ModelPrice:
        return ModelPrice(input_mtok=Decimal(price), output_mtok=Decimal(price))

    night = TimeOfDateConstraint(
        start_time=time(16, 30, tzinfo=UTC), end_time=time(0, 30, tzinfo=UTC)
    )
    snapshot(
        monkeypatch,
        [
            ConditionalPrice(constraint=None, prices=at("2")),
            ConditionalPrice(constraint=night, prices=at("1")),
        ],
    )
    for hour in (3, 20):
        now = datetime(2026, 11, 25, hour, 59, tzinfo=UTC)
        found = listed_prices("odd", provider="here", endpoint=HERE, now=now)
        assert found == {"prompt": 2_000_000, "completion": 2_000_000}


def test_a_prompt_too_long_for_its_prices_is_not_sent() -> None:
    found = listed_prices("claude-sonnet-4-5", provider="anthropic", endpoint=HERE)
    assert found["up_to"] == 200_000
    prices = TokenPrices(prompt=1, completion=1, up_to=50)
    with pytest.raises(ProverRefused, match="hold below 50 prompt tokens only"):
        buy(always(respond(completion(PROOF))), price=prices)


def test_prices_that_were_looked_up_are_part_of_the_price_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, model="odd", price='"genai-prices:here"')
    hashes = set()
    for price in ("1", "2", "2"):
        snapshot(monkeypatch, ModelPrice(input_mtok=Decimal(price), output_mtok=Decimal(price)))
        hashes.add(load_catalog(path).sha256)
    assert len(hashes) == 2
    assert version().startswith("genai-prices 0.")


class TestCompute:
    def test_flops_are_two_for_each_parameter_and_token(self) -> None:
        attempt, _ = buy(always(respond(completion(PROOF))), active_parameters_b=1.5)
        assert attempt.flops == 2 * 1.5e9 * 150
        plain, _ = buy(always(respond(completion(PROOF))))
        assert plain.flops == 0

    def test_they_stand_beside_the_dollars(self, tmp_path: Path) -> None:
        attempt, _ = buy(always(respond(completion(PROOF))), active_parameters_b=671)
        ledger = SqliteLedger(tmp_path / "ledger.db")
        for name in ("a", "b"):
            opened = ledger.reserve(
                run="r",
                theorem=Theorem(name=name, statement=": 1 = 1"),
                policy="p",
                prover="model",
                reserved=10**6,
            )
            delivered = ledger.deliver(opened, attempt)
        assert delivered.flops == attempt.flops == 2 * 671e9 * 150
        assert in_row(delivered).flops == attempt.flops
        (totals,) = ledger.summarise("r")
        assert totals.flops == 2 * attempt.flops

    @pytest.mark.parametrize("value", [0, -1, 10**7])
    def test_nonsense_is_refused(self, value: float) -> None:
        with pytest.raises(ValueError, match="active_parameters_b"):
            entry(HERE, active_parameters_b=value)
