"""Two services on one database: they share the work, and one finishes what the other left."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from postgresql import postgresql
from service_process import Server, local_server

from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.orders import run_of
from prover_arb.api.service.service_app import orders_file, purchases_at
from prover_arb.broker.ledger.ledger import PurchaseLedger
from prover_arb.broker.ledger.opening import open_ledger
from prover_arb.core.money import MICRO, MicroUSD
from tests.api.service.test_api import problem

LIMITS = {"running_orders": 2, "lease_seconds": 1.5}
BUDGET = MicroUSD(40_000)


class Replicas:
    """Two servers on one database, a key for each of two customers, and the ledger of both."""

    def __init__(self, stack: ExitStack, folder: Path, url: str | None) -> None:
        ledger = folder / "ledger.sqlite"
        stored = url or sqlite_url(orders_file(ledger))
        with closing(Database(stored)) as opened:
            made = [KeyStore(opened).create_now(name, budget=BUDGET) for name in ("ada", "bob")]
        self.keys = {key.id: secret for secret, key in made}
        self.servers = [
            stack.enter_context(local_server(ledger, json.dumps(LIMITS), stored)) for _ in range(2)
        ]
        for server in self.servers:
            server.wait_for("/readyz", 60)
        self.ledger: PurchaseLedger = stack.enter_context(
            closing(open_ledger(purchases_at(ledger, url)))
        )

    def place(self, server: Server, key: str, statement: str, budget: str = "0.001") -> Any:
        body = {"theorem": {"statement": statement}, "budget_usd": budget, "policy": "single:null"}
        return server.client.post("/v1/proofs", json=body, headers={"X-Api-Key": self.keys[key]})

    def order(self, server: Server, key: str, url: str) -> dict[str, Any]:
        answer = server.client.get(url, headers={"X-Api-Key": self.keys[key]})
        shown: dict[str, Any] = answer.raise_for_status().json()
        return shown

    def placed(self, server: Server, statement: str, count: int) -> list[tuple[str, str]]:
        """Orders of both keys, as (key, url)."""
        return [
            (key, self.place(server, key, f"{statement} = {number}").json()["urls"]["get"])
            for number in range(count)
            for key in self.keys
        ]

    def wait(self, server: Server, orders: list[tuple[str, str]], done: int, *statuses: str) -> Any:
        """Waits until `done` of the orders have one of the statuses, and returns all."""
        deadline = time.monotonic() + 60
        while True:
            shown = [self.order(server, key, url) for key, url in orders]
            if sum(order["status"] in statuses for order in shown) >= done:
                return shown
            assert time.monotonic() < deadline, [order["status"] for order in shown]
            time.sleep(0.05)

    def exact(self, orders: list[dict[str, Any]]) -> None:
        """Every order is proved by its third attempt, and each attempt was paid once."""
        for order in orders:
            assert (order["status"], order["spent_usd"]) == ("proved", "0.000003"), order
            bought = self.ledger.purchases(run=run_of(order["id"]))
            paid = [p for p in bought if p.cost or p.state in {"open", "delivered", "judged"}]
            assert [(p.number, p.state, p.cost) for p in paid] == [
                (number, "judged", 1) for number in range(3)
            ]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def replicas(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Replicas]:
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            url = stack.enter_context(postgresql()).url
        yield Replicas(stack, tmp_path_factory.mktemp(request.param), url)


def test_a_cancellation_and_events_reach_the_other_replica(replicas: Replicas) -> None:
    one, other = replicas.servers
    orders = replicas.placed(one, ": stuck", 2)
    replicas.wait(other, orders, 4, "running")
    for key, url in orders:
        headers = {"X-Api-Key": replicas.keys[key]}
        assert other.client.post(f"{url}/cancel", headers=headers).json()["status"] == "cancelled"
        told = one.client.get(f"{url}/events", headers=headers).text
        kinds = [line[7:] for line in told.splitlines() if line.startswith("event: ")]
        assert kinds == ["queued", "running", "purchase", "lost", "cancelled"]


def test_the_budget_of_a_key_is_one_for_both(replicas: Replicas) -> None:
    one, other = replicas.servers
    key = next(iter(replicas.keys))
    first = replicas.place(one, key, ": stuck = 7", budget="0.039").json()
    problem(replicas.place(other, key, ": 1 = 1", budget="0.002"), 402, "key-budget-spent")
    headers = {"X-Api-Key": replicas.keys[key]}
    ended = other.client.post(f"{first['urls']['get']}/cancel", headers=headers).json()
    assert ended["status"] == "cancelled"


def test_one_that_was_stopped_and_goes_on_buys_nothing_more(replicas: Replicas) -> None:
    """Its leases run out while it stands still, and it is told so when it wakes up."""
    one, other = replicas.servers
    orders = replicas.placed(one, ": slow", 3)
    replicas.wait(other, orders, 4, "running")
    one.process.send_signal(signal.SIGSTOP)
    try:
        replicas.exact(replicas.wait(other, orders, 6, "proved", "failed"))
    finally:
        one.process.send_signal(signal.SIGCONT)
    replicas.exact(replicas.wait(one, orders, 6, "proved", "failed"))


def test_one_finishes_what_a_killed_one_left(replicas: Replicas) -> None:
    one, other = replicas.servers
    orders = replicas.placed(one, ": slow", 4)
    replicas.wait(other, orders, 4, "running")
    one.process.kill()
    ended = replicas.wait(other, orders, 8, "proved", "failed")
    replicas.exact(ended)
    spent: Counter[str] = Counter()
    for key in replicas.keys:
        headers = {"X-Api-Key": replicas.keys[key]}
        listed = other.client.get("/v1/proofs?limit=100", headers=headers).json()["data"]
        spent[key] = sum(round(float(order["spent_usd"]) * MICRO) for order in listed)
    assert {row.name: row.spent for row in replicas.ledger.totals_by("key")} == spent
