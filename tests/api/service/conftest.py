"""Servers for all tests that do not stop them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from service_process import Server, local_server

from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.service_app import orders_file
from prover_arb.api.service.webhooks.secret_store import SecretStore
from prover_arb.core.money import MicroUSD
from tests.api.service.customers import BOUNDS, FAST, Customers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with local_server(tmp_path_factory.mktemp("service") / "ledger.sqlite") as running:
        running.wait_for("/readyz", 30)
        yield running


@pytest.fixture
def customers(customers_of_session: Customers) -> Iterator[Customers]:
    """Several customers of a server, whose orders have all ended when the next test begins."""
    yield customers_of_session
    customers_of_session.end_all_orders()


@pytest.fixture(scope="session")
def customers_of_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Customers]:
    """Several customers of a server with small bounds, which sends webhooks to this machine too."""
    ledger = tmp_path_factory.mktemp("customers") / "ledger.sqlite"
    database = Database(sqlite_url(orders_file(ledger)))
    keys = KeyStore(database)
    made = {
        "ada": keys.create_now("ada"),
        "bob": keys.create_now("bob"),
        "poor": keys.create_now("poor", budget=MicroUSD(1_000)),
    }
    signing = SecretStore(database).show_now(made["ada"][1].id)
    database.close()
    with ExitStack() as stack:
        server = stack.enter_context(local_server(ledger, json.dumps(BOUNDS), "", "0", FAST))
        server.wait_for("/readyz", 60)
        secrets = {name: secret for name, (secret, _) in made.items()}
        yield Customers(server.clients_of(secrets, stack), signing, orders_file(ledger))
