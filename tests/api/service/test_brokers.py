"""`serve --brokers 2`: two brokers behind one service, of which one is killed."""

from __future__ import annotations

import json
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from service_process import PROGRAMS, free_port, serving

from prover_arb.api.service.database.database import Database, sqlite_url
from prover_arb.api.service.key_store import KeyStore
from prover_arb.api.service.ray_serve import application
from prover_arb.api.service.service_app import orders_file
from prover_arb.broker.ledger.ledger import SqliteLedger
from prover_arb.errors import InputError
from tests.api.service.customers import when_ended
from tests.broker_processes import broker_processes

STEPS = {
    "judged": ["purchase", "delivery", "verdict"],
    "lost": ["purchase", "lost"],
    "cancelled": ["purchase", "cancelled_purchase"],
}
"""The events of a purchase by the state in which it ended."""


@pytest.mark.ray
def test_each_order_ends_once_though_a_broker_is_killed(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.sqlite"
    with closing(Database(sqlite_url(orders_file(ledger)))) as database:
        store = KeyStore(database)
        secrets = {name: store.create_now(name)[0] for name in ("ada", "bob")}
        secrets["operator"] = store.create_now("operator", scopes=["operate"])[0]
    port = free_port()
    program = [sys.executable, str(PROGRAMS / "on_ray.py"), str(port), str(ledger), "2", "0.5"]
    with serving(*program, port=port) as server, ExitStack() as stack:
        reading = stack.enter_context(ThreadPoolExecutor()).submit(server.log)  # It fills a pipe.
        server.wait_for("/readyz", 300)
        clients = server.clients_of(secrets, stack)
        operator = clients.pop("operator")

        def counted(name: str) -> float:
            return float(re.findall(rf"^{name} (\S+)$", operator.get("/metrics").text, re.M)[0])

        terms = {"budget_usd": "0.001", "policy": "single:null"}
        orders = [
            (client, client.post("/v1/proofs", json=terms | {"theorem": {"statement": statement}}))
            for statement in (f": {number} = {number}" for number in range(5))
            for client in clients.values()
        ]
        ready = server.client.get("/readyz").json()
        assert (ready["brokers"], ready["brokers_ready"]) == (2, 2)
        while counted('prover_arb_attempts_total{prover="null"}') < 4:
            time.sleep(0.1)
        victim, other = broker_processes(ledger, server.process.pid)
        victim.kill()
        ended = [when_ended(client, response.json()) for client, response in orders]
        assert counted("prover_arb_broker_restarts") == 1
        assert counted('prover_arb_brokers{state="ready"}') == 2
        assert other.is_running()
        events = [
            client.get(order["urls"]["events"]).text
            for (client, _), order in zip(orders, ended, strict=True)
        ]
        for client in clients.values():
            listed = client.get("/v1/proofs").json()["data"]
            assert {order["status"] for order in listed} == {"proved"}
            assert len(listed) == 5
        assert server.stop() == 0
    log = reading.result(60)
    assert len(re.findall(r"broker \d of 2 ended, and is started again", log)) == 1
    assert "waits for its broker" in log
    with closing(SqliteLedger(ledger)) as book:
        for order, told in zip(ended, events, strict=True):
            bought = book.purchases(run=f"order-{order['id']}")
            assert [p.number for p in bought if p.state == "judged"] == [0, 1]
            spent = sum(p.cost + p.verification_cost for p in bought)
            assert (spent, order["spent_usd"], order["charged_usd"]) == (2, "0.000002", "0.000003")
            _require_all_events(told.replace("\r\n", "\n"), {p.id: p.state for p in bought})
        assert sum(row.spent for row in book.totals_by("key")) == 2 * len(orders)
    with closing(Database(sqlite_url(orders_file(ledger)))) as database:
        taken = {key.name: key.taken for key in KeyStore(database).list_now()}
    assert taken == {"ada": 15, "bob": 15, "operator": 0}


def _require_all_events(text: str, states: dict[int, str]) -> None:
    """An order's events name every step of every purchase once, and its end once, as the last."""
    kinds = re.findall(r"^event: (\w+)$", text, re.M)
    assert (kinds[0], kinds[-1], kinds.count("proved")) == ("queued", "proved", 1)
    steps: dict[int, list[str]] = {}
    data = map(json.loads, re.findall(r"^data: (.*)$", text, re.M))
    for kind, event in zip(kinds, data, strict=True):
        if "purchase" in event:
            steps.setdefault(event["purchase"], []).append(kind)
    assert steps == {purchase: STEPS[state] for purchase, state in states.items()}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"brokers": 0}, r"args: brokers"),
        ({"brokers": "two"}, r"args: brokers"),
        ({"brokers": 3, "workers": 2}, r"--brokers 3: each broker needs a worker.*there are 2"),
    ],
)
def test_brokers_that_cannot_be_are_refused(
    wrong: dict[str, object], why: str, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.sqlite"
    with closing(Database(sqlite_url(orders_file(ledger)))) as database:
        KeyStore(database).create_now("ada")
    with pytest.raises(InputError, match=why):
        application(wrong | {"ledger": str(ledger)})
